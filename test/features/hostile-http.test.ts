/*
 * A server in a process of its own, under attack over raw sockets from further processes, while a member of another
 * tenant goes on working. HOSTILE_CONNECTIONS (5000) says how many connections say nothing, and as many say half a
 * request; more than the open files of this machine allow are never tried, and the table at the end says so.
 */
import { readFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { withDirectClient } from '../../src/db/direct-client.ts'
import { testSecret } from '../support/cluster.ts'
import { createTestDatabase } from '../support/database.ts'
import type { AttackName } from '../support/hostile/attacks.ts'
import { type Damage, startAttack, type Victim, watch } from '../support/hostile/watch.ts'
import { openMany, type Target } from '../support/hostile/wire.ts'
import { createCaller, createMember, type Member, signupBody } from '../support/platform.ts'
import { startSmallServers } from '../support/server-process.ts'

let database: Awaited<ReturnType<typeof createTestDatabase>>
let server: Awaited<ReturnType<typeof startSmallServers>>
let victim: Victim
let quiet: Member
let attacker: Member
let settings: Record<string, string>
const lines: string[] = []

beforeAll(async () => {
  database = await createTestDatabase()
  settings = {
    DATABASE_URL: database.adminUrl,
    TENANT_DATABASE_URL: database.tenantUrl,
    PLATFORM_DATABASE_URL: database.platformUrl,
    JOBS_DATABASE_URL: database.jobsUrl,
    TOKEN_KEY_SECRET: testSecret,
    // Without them, so that nothing but what is looked at here stands in an attacker's way.
    RATE_LIMITS: 'off',
    LOG_LEVEL: 'fatal',
    // Garbage is collected when the heap is full: with a small one what is left is what is held.
    NODE_OPTIONS: '--max-old-space-size=256',
  }
  server = await startSmallServers(settings, [{}])
  victim = { url: server.urls[0] as string, pid: server.pid }
  quiet = await signUp('Quiet')
  attacker = await signUp('Attacker')
  const row = JSON.stringify({ name: 'Long', notes: 'n'.repeat(20_000) })
  const headers = { 'Content-Type': 'application/x-ndjson' }
  const made = await attacker.request('POST', '/v1/clients/import', `${row}\n`.repeat(300), headers)
  expect(made.status).toBe(201)
})
afterAll(async () => {
  await server.end('SIGKILL')
  await database.drop()
  const heading =
    'attack                        connections  requests   RSS before/peak/after MB   loop (machine) ms   quiet: answers, p50/p99 ms'
  // What the server said at last, should it have ended.
  process.stdout.write(`${[heading, ...lines].join('\n')}\n${server.output().slice(-2000)}`)
})

async function signUp(company: string) {
  const { status, body } = await createCaller(victim.url).post('/signup', signupBody(company))
  expect(status).toBe(201)
  return createMember(victim.url, body)
}

function targetAt(url: string): Target {
  const { hostname: host, port } = new URL(url)
  const { token, tenantId } = attacker
  return { host, port: Number(port), token, tenantId, otherTenantId: quiet.tenantId }
}

function note(name: string, damage: Damage, remark = '') {
  const { connections, requests, before, peak, after, longestDelayMs, machineDelayMs } = damage
  const { statuses, p50, p99 } = damage.quiet
  const columns = [
    name.padEnd(28),
    String(connections).padStart(12),
    String(requests).padStart(9),
    `${before}/${peak}/${after}`.padStart(26),
    `${longestDelayMs} (${machineDelayMs})`.padStart(19),
    `  ${JSON.stringify(statuses)}, ${p50}/${p99}`,
    remark,
  ]
  lines.push(columns.join(' '))
}

/**
 * Bounds that hold on a machine ten times slower, or one that others work on: that shows in the watcher's work, too. No
 * machine is so busy that a loop may be held for longer than 15 s.
 */
function expectBounded({
  before,
  peak,
  longestDelayMs,
  machineDelayMs,
  slowness,
  quiet: { statuses },
}: Damage) {
  expect(Object.keys(statuses).filter((status) => status !== '200' && status !== '201')).toEqual([])
  expect((statuses[200] ?? 0) + (statuses[201] ?? 0)).toBeGreaterThan(0)
  expect(peak).toBeLessThan(900)
  expect(peak - before).toBeLessThan(350)
  expect(longestDelayMs).toBeLessThan(Math.min(3000 * slowness + 10 * machineDelayMs, 15_000))
}

async function attack(name: AttackName) {
  const damage = await watch(victim, quiet, [() => startAttack(name, targetAt(victim.url))], 300)
  note(name, damage)
  return damage
}

const isLinux = process.platform === 'linux'
const where = isLinux ? '' : ' (only on Linux: what a process holds is read from /proc)'

describe.skipIf(!isLinux)(
  `others are served, memory and the event loop stay within bounds${where}`,
  {
    timeout: 90_000,
  },
  () => {
    test.each<[AttackName]>([
      ['slowBodies'],
      ['slowHeaders'],
      ['hugeHeaders'],
      ['resets'],
      ['zipBombs'],
      ['costlyJson'],
      ['costlyHeaders'],
      ['strangers'],
      ['idempotencyKeys'],
      ['passwordFlood'],
      ['heldBodies'],
      ['heldInflatedBodies'],
      ['pipelinedJunk'],
      ['pipelinedLists'],
      ['unreadAnswers'],
    ])('under %s', async (name) => {
      expectBounded(await attack(name))
    })

    test('under thousands of connections, of which half say nothing and half say half a request', async () => {
      const [, files] =
        /^Max open files\s+(\d+)/m.exec(readFileSync(`/proc/${victim.pid}/limits`, 'utf8')) ?? []
      const wanted = Number(process.env.HOSTILE_CONNECTIONS ?? 5000)
      const possible = Math.floor((Number(files) - 400) / 2)
      const env = { CONNECTIONS: String(Math.min(wanted, possible)) }
      const remark = wanted > possible ? `(of ${2 * wanted}: a process has ${files} open files here)` : ''
      const starts = (['idleConnections', 'halfRequests'] as const).map(
        (name) => () => startAttack(name, targetAt(victim.url), env),
      )
      const damage = await watch(victim, quiet, starts, 500)
      note('idle and half requests', damage, remark)
      expectBounded(damage)
      expect(damage.connections).toBe(2 * Math.min(wanted, possible))
    })
  },
)

test.skipIf(!isLinux)(
  `connections leave file descriptors for what a request needs${where}`,
  {
    timeout: 90_000,
  },
  async () => {
    const { urls, end } = await startSmallServers(settings, [{}], { openFiles: 400 })
    const [url = ''] = urls
    const kept = new Agent({ keepAlive: true, maxSockets: 1 })
    const ask = () =>
      new Promise<number>((resolve, reject) => {
        const headers = { Authorization: `Bearer ${quiet.token}`, 'X-Tenant-ID': quiet.tenantId }
        const sent = request(`${url}/v1/clients`, { headers, agent: kept })
        sent.on('error', reject).on('response', (response) => {
          response.resume().on('end', () => resolve(response.statusCode ?? 0))
        })
        sent.end()
      })
    try {
      expect(await ask()).toBe(200)
      const sockets = await openMany(targetAt(url), 500)
      const isOver = () => sockets.filter((socket) => socket.readableEnded || socket.destroyed).length > 200
      for (const socket of sockets) socket.resume()
      await vi.waitFor(() => expect(isOver()).toBe(true), { timeout: 30_000 })
      // Its connections to the database have to be made anew.
      await withDirectClient(database.adminUrl, (client) =>
        client.query(
          'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
        ),
      )
      await vi.waitFor(async () => expect(await ask()).toBe(200), { timeout: 30_000 })
      for (const socket of sockets) socket.destroy()
      const { body: metrics } = await vi.waitFor(() => createCaller(url).request('GET', '/metrics'), {
        timeout: 30_000,
      })
      expect(Number(/^connections_refused_total (\d+)$/m.exec(metrics)?.[1])).toBeGreaterThan(200)
    } finally {
      kept.destroy()
      await end('SIGKILL')
    }
  },
)
