import { type ChildProcess, fork } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { createCaller, type Member } from '../platform.ts'
import type { AttackName } from './attacks.ts'
import type { Tally, Target } from './wire.ts'

/** A server that is attacked, in a process of its own on this machine. */
export interface Victim {
  url: string
  pid: number
}

/** What an attack did to a server and to those who have nothing to do with it. */
export interface Damage extends Tally {
  /** Resident memory of the server in MiB: before, at its highest, and after. */
  before: number
  peak: number
  after: number
  /** For so long at most the server's event loop did nothing else, in milliseconds. */
  longestDelayMs: number
  /** The same of the process that watches, which does hardly anything: so long others keep it from the processor. */
  machineDelayMs: number
  /** How many times longer work takes here than the processor works at it: 1 where nobody else does. */
  slowness: number
  /** What somebody else was answered meanwhile, and how fast; a status of 0 is no answer. */
  quiet: { statuses: Record<string, number>; p50: number; p99: number; longest: number }
}

/** Starts an attack from a process of its own. `reached` is its height; it goes on until `end`. */
export function startAttack(name: AttackName, target: Target, env: Record<string, string> = {}) {
  const child: ChildProcess = fork(new URL('./attacker.ts', import.meta.url), {
    env: { ...process.env, ATTACK: name, TARGET: JSON.stringify(target), ...env },
    execArgv: [],
  })
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const reached = new Promise<Tally>((resolve, reject) => {
    child.once('message', (tally) => resolve(tally as Tally))
    void gone.then(() => reject(new Error(`the attack ${name} ended by itself`)))
  })
  return {
    reached,
    async end() {
      child.kill('SIGKILL')
      await gone
    },
  }
}

/**
 * Runs an attack, or several at once, and watches what becomes of the server and of a member of a tenant that has
 * nothing to do with it, who goes on working until it is over.
 * @param holdMs for how long it goes on at its height
 */
export async function watch(
  victim: Victim,
  quiet: Member,
  starts: (() => ReturnType<typeof startAttack>)[],
  holdMs: number,
): Promise<Damage> {
  const slowness = measureSlowness()
  const before = residentMiB(victim.pid, 'VmRSS')
  forgetPeak(victim.pid)
  await readLongestDelay(victim)
  const here = monitorEventLoopDelay({ resolution: 10 })
  here.enable()
  const worker = workQuietly(victim, quiet)
  const running = starts.map((start) => start())
  try {
    const tallies = await Promise.all(running.map(({ reached }) => reached))
    await sleep(holdMs)
    const answers = await worker.stop()
    const longestDelayMs = await readLongestDelay(victim)
    const peak = residentMiB(victim.pid, 'VmHWM')
    await Promise.all(running.map(({ end }) => end()))
    await sleep(100)
    return {
      connections: sum(tallies.map(({ connections }) => connections)),
      requests: sum(tallies.map(({ requests }) => requests)),
      statuses: Object.assign({}, ...tallies.map(({ statuses }) => statuses)),
      before,
      peak,
      after: residentMiB(victim.pid, 'VmRSS'),
      longestDelayMs,
      slowness: Math.max(slowness, measureSlowness()),
      machineDelayMs: Math.round(here.max / 1e6),
      quiet: answers,
    }
  } finally {
    here.disable()
    await worker.stop()
    await Promise.all(running.map(({ end }) => end()))
  }
}

/** A member who asks and writes, one request after the other, each second one over a connection of its own. */
function workQuietly({ url }: Victim, { token, tenantId }: Member) {
  const statuses: Record<string, number> = {}
  const took: number[] = []
  const kept = new Agent({ keepAlive: true, maxSockets: 1 })
  let isOver = false
  const ask = (index: number) =>
    new Promise<number>((resolve) => {
      const body = index % 5 === 0 ? '{"name":"Quiet"}' : undefined
      const headers = { Authorization: `Bearer ${token}`, 'X-Tenant-ID': tenantId }
      const sent = request(`${url}/v1/clients`, {
        method: body ? 'POST' : 'GET',
        headers: body ? { ...headers, 'Content-Type': 'application/json' } : headers,
        agent: index % 2 === 0 ? kept : new Agent(),
        timeout: 25_000,
      })
      sent.on('timeout', () => sent.destroy())
      sent.on('error', () => resolve(0))
      sent.on('response', (response) => {
        response.resume()
        response.on('end', () => resolve(response.statusCode ?? 0)).on('error', () => resolve(0))
      })
      sent.end(body)
    })
  const work = (async () => {
    for (let index = 0; !isOver; index++) {
      const start = performance.now()
      const status = await ask(index)
      took.push(performance.now() - start)
      statuses[status] = (statuses[status] ?? 0) + 1
      await sleep(10)
    }
  })()
  return {
    async stop(): Promise<Damage['quiet']> {
      isOver = true
      await work
      kept.destroy()
      const sorted = took.toSorted((one, other) => one - other)
      const percentile = (share: number) => Math.round(sorted[Math.floor(share * (sorted.length - 1))] ?? 0)
      return { statuses, p50: percentile(0.5), p99: percentile(0.99), longest: percentile(1) }
    },
  }
}

function measureSlowness(): number {
  const start = performance.now()
  const before = process.cpuUsage()
  const worked = () => {
    const { user, system } = process.cpuUsage(before)
    return (user + system) / 1000
  }
  while (worked() < 60);
  return Math.max(1, (performance.now() - start) / worked())
}

/** Linux keeps it: proc(5), /proc/pid/status. */
export function residentMiB(pid: number, field: 'VmRSS' | 'VmHWM'): number {
  const [, kib] =
    new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Math.round(Number(kib) / 1024)
}

/** From now on VmHWM is the highest since: proc(5), /proc/pid/clear_refs. */
function forgetPeak(pid: number): void {
  writeFileSync(`/proc/${pid}/clear_refs`, '5')
}

/** The longest delay of the server's event loop since it was read last: prom-client begins anew with each reading. */
async function readLongestDelay({ url }: Victim): Promise<number> {
  const { body } = await createCaller(url).request('GET', '/metrics')
  const [, seconds] = /^nodejs_eventloop_lag_max_seconds (\S+)$/m.exec(body) ?? []
  if (seconds === undefined) throw new Error('the server does not tell how its event loop does')
  return Math.round(Number(seconds) * 1000)
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, each) => total + each, 0)
}
