import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { LoadQuestion } from './load-client.ts'
import type { Measured } from './rounds.ts'
import type { Bearer } from './stage.ts'
import { type Subject, startSubject } from './subject.ts'

/** Which request is repeated, as a random bearer each time. */
export interface LoadOptions {
  method: 'GET' | 'POST'
  /** In it and in the body `{tenant_id}` stands for the bearer's tenant, and `{id}` for one of the bearer's ids at random. */
  path: string
  body?: string
  bearers: (Bearer & { ids?: string[] })[]
  /** Whether answers other than 2xx are part of it. Otherwise one of them ends the measurement. */
  mayFail?: boolean
  /** How many are kept busy: 32 unless it says otherwise. */
  connections?: number
  /** Bearers come one after the other, from anyone on, in place of at random. */
  inTurn?: boolean
}

/** What one run of the load saw. */
export interface LoadAnswer {
  requests: number
  seconds: number
  /** Answers other than 2xx, and lost connections. */
  failures: number
  p50Ms: number
  p99Ms: number
}

/** A process that keeps connections busy. */
export interface Load {
  by: 'wrk' | 'a client in Node'
  measure(server: Subject, milliseconds: number): Promise<Measured>
  stop(): Promise<void>
}

/** The same number of requests each second, whether those before are answered or not. */
export interface SteadyLoad {
  /** @param leadMs the same is sent for so long before that, and its times do not count */
  measure(server: Subject, milliseconds: number, perSecond: number, leadMs?: number): Promise<Measured>
  stop(): Promise<void>
}

const usualConnections = 32
const run = promisify(execFile)

/** Load by wrk when it is installed, else by a client of ours, which takes more of the processor. */
export async function openLoad(folder: string, options: LoadOptions): Promise<Load> {
  // wrk ends with 1 and its version when asked for it; without a wrk there is no standard output.
  const version = await run('wrk', ['--version']).catch((error) => error)
  return String(version.stdout).startsWith('wrk ') ? openWrk(folder, options) : openClient(options)
}

async function openWrk(folder: string, options: LoadOptions): Promise<Load> {
  const script = join(folder, `${randomUUID()}.lua`)
  await writeFile(script, toLua(options))
  const { connections = usualConnections } = options
  const isOver = new AbortController()
  return {
    by: 'wrk',
    measure: (server, milliseconds) =>
      measureWith(server, options, async (url) => {
        const duration = `${Math.max(1, Math.round(milliseconds / 1000))}s`
        const parameters = ['-t1', `-c${connections}`, `-d${duration}`, '--latency', '-s', script, url]
        const bounds = { timeout: milliseconds + 20_000, signal: isOver.signal }
        const { stdout } = await run('wrk', parameters, bounds)
        return JSON.parse(stdout.slice(stdout.lastIndexOf('\n{'))) as LoadAnswer
      }),
    stop: async () => isOver.abort(),
  }
}

async function openClient(options: LoadOptions): Promise<Load> {
  const client = await startSubject('load-client.ts', {
    ...options,
    connections: options.connections ?? usualConnections,
  })
  return {
    by: 'a client in Node',
    measure: (server, milliseconds) =>
      measureWith(server, options, (url) =>
        client.ask<LoadAnswer>({ url, milliseconds } satisfies LoadQuestion, milliseconds),
      ),
    stop: () => client.stop(),
  }
}

/** A process that sends at a steady rate; neither wrk nor autocannon does, the one knows no rate, the other sends in bursts. */
export async function openSteadyLoad(options: LoadOptions): Promise<SteadyLoad> {
  const client = await startSubject('load-client.ts', {
    ...options,
    connections: options.connections ?? usualConnections,
  })
  return {
    measure: (server, milliseconds, perSecond, leadMs = 0) =>
      measureWith(server, options, (url) => {
        const question: LoadQuestion = { url, milliseconds, perSecond, leadMs }
        return client.ask<LoadAnswer>(question, milliseconds + leadMs)
      }),
    stop: () => client.stop(),
  }
}

async function measureWith(
  server: Subject,
  { mayFail }: LoadOptions,
  load: (url: string) => Promise<LoadAnswer>,
): Promise<Measured> {
  const url = await server.ask<string>('url')
  const before = await server.ask<NodeJS.CpuUsage>('cpu')
  const { requests, seconds, failures, p50Ms, p99Ms } = await load(url)
  const after = await server.ask<NodeJS.CpuUsage>('cpu')
  if (failures > 0 && !mayFail) throw new Error(`${failures} of ${requests} requests failed`)
  const cpuMicros = (after.user - before.user + after.system - before.system) / requests
  return { perSecond: requests / seconds, cpuMicros, p50Ms, p99Ms, failed: failures / requests }
}

/** As long as any id, so that the length of a body is known before one is chosen. */
const anyId = '00000000-0000-0000-0000-000000000000'

/** wrk's script: prepares a request of each bearer, sends a random one each time or the next, ends with one line of JSON. */
function toLua({ method, path, body, bearers, inTurn }: LoadOptions): string {
  const json = body === undefined ? '' : ', ["Content-Type"] = "application/json"'
  const lines = bearers.map(({ tenantId, token, ids = [] }) => {
    const fill = (text: string) => `[[${text.replaceAll('{tenant_id}', tenantId).replaceAll('{id}', anyId)}]]`
    const headers = `{ ["Authorization"] = "Bearer ${token}", ["X-Tenant-ID"] = "${tenantId}"${json} }`
    const filledBody = body === undefined ? 'nil' : fill(body)
    return `  { ${fill(path)}, ${headers}, ${filledBody}, { ${ids.map((id) => `"${id}"`).join(', ')} } },`
  })
  return `local bearers = {
${lines.join('\n')}
}
local requests = {}
local place
function init()
  math.randomseed(os.time())
  place = math.random(#bearers)
  for i, each in ipairs(bearers) do
    local request = wrk.format("${method}", each[1], each[2], each[3])
    local at = request:find("${anyId}", 1, true)
    requests[i] = at and { request:sub(1, at - 1), request:sub(at + ${anyId.length}), each[4] } or { request }
  end
end
function request()
  place = ${inTurn ? 'place % #requests + 1' : 'math.random(#requests)'}
  local one = requests[place]
  local ids = one[3]
  return ids and one[1] .. ids[math.random(#ids)] .. one[2] or one[1]
end
function done(summary, latency)
  local failed = summary.errors
  local failures = failed.connect + failed.read + failed.write + failed.status + failed.timeout
  print(string.format('\\n{"requests":%d,"seconds":%f,"failures":%d,"p50Ms":%f,"p99Ms":%f}', summary.requests,
    summary.duration / 1e6, failures, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3))
end
`
}
