import { queryObjects } from 'node:v8'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { type Context, closeContext, createContext } from '../../src/context.ts'
import type { TenantId } from '../../src/db/tenant-id.ts'
import { tasks } from '../../src/jobs/tasks.ts'
import { startWorker } from '../../src/jobs/worker.ts'
import { createLog } from '../../src/log.ts'
import { type RunningServer, startServer } from '../../src/server.ts'
import { testSecret } from '../support/cluster.ts'
import { type Answer, goodPassword, type Platform, startPlatform } from '../support/platform.ts'
import { createRandom } from '../support/random.ts'
import { at } from '../support/sessions.ts'
import {
  describeOutcomes,
  faultsOf,
  type Outcome,
  prepareTraffic,
  trafficEnv,
} from '../support/trouble/traffic.ts'
import { isBegin, type Message, startWire, type Verdict, type Wire } from '../support/wire.ts'

// A server whose way to the database is cut, again and again, at every point of a transaction. TROUBLE_CUTS says how often,
// and TROUBLE_SEED asks for other points.
let platform: Platform
let wire: Wire
let context: Context
let server: RunningServer
let traffic: Awaited<ReturnType<typeof prepareTraffic>>
const rejections: unknown[] = []
const onRejection = (error: unknown) => void rejections.push(error)

const seed = Number(process.env.TROUBLE_SEED ?? 20_260_302)
const cuts = Number(process.env.TROUBLE_CUTS ?? 1000)

beforeAll(async () => {
  platform = await startPlatform(trafficEnv)
  const { tenantUrl, platformUrl } = platform.database
  wire = await startWire(tenantUrl)
  const { config } = platform.context
  context = await createContext({
    ...platform.context,
    // A thousand failures, each with its stack, would cost more than they do.
    log: createLog('silent'),
    config: { ...config, database: { ...config.database, statementTimeoutMs: 500, poolWaitMs: 2000 } },
    tenantUrl: wire.url(tenantUrl),
    platformUrl: wire.url(platformUrl),
    tokenKeySecret: testSecret,
  })
  server = await startServer(context, { host: '127.0.0.1', port: 0 })
  traffic = await prepareTraffic(platform, server.url)
  process.on('unhandledRejection', onRejection)
})
afterAll(async () => {
  process.off('unhandledRejection', onRejection)
  await server.close(1000)
  await closeContext(context)
  await wire.close()
  await platform.stop()
})
afterEach(() => {
  wire.onMessage = () => 'forward'
  expect(rejections).toEqual([])
})

const patiently = { timeout: 60_000, interval: 20 }

/** Sessions of our roles on the server, and what the pools of both servers know of. */
async function countSessions() {
  const [{ sessions }] = await platform.sql(
    `select count(*)::int as sessions from pg_stat_activity
      where datname = current_database() and usename ~ '_(tenant|platform)$'`,
  )
  const pools = [platform.context, context].flatMap(({ db }) => Object.values(db.counts()))
  const sum = (of: 'total' | 'idle' | 'waiting') => pools.reduce((before, counts) => before + counts[of], 0)
  return { sessions, total: sum('total'), idle: sum('idle'), waiting: sum('waiting') }
}

/** All is given back: nobody waits, and the server has the sessions that the pools know of. */
async function expectQuiet(): Promise<number> {
  const { sessions, total, idle, waiting } = await countSessions()
  expect({ sessions, idle, waiting }).toEqual({ sessions: total, idle: total, waiting: 0 })
  return total
}
const untilQuiet = () => vi.waitFor(expectQuiet, patiently)

const sockets = () => process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length
/** Of all kinds and ages, once those that nobody needs are collected. */
const clients = () => queryObjects(pg.Client as never, { format: 'count' })

/** Which of many requests come to nothing, and where: at BEGIN, at a statement, at COMMIT, at the login, or in between. */
function cutAtRandom({ below, oneOf }: ReturnType<typeof createRandom>) {
  const done = { begin: 0, statement: 0, commit: 0, login: 0 }
  const commits = new Set<number>()
  wire.onMessage = (message: Message): Verdict => {
    const { type, sql, connection } = message
    wire.messages.length = 0
    if (isBegin(message)) commits.delete(connection)
    if (type === 'B' && sql === 'commit') commits.add(connection)
    const statement = commits.has(connection) ? 'commit' : 'statement'
    const point = isBegin(message) ? 'begin' : type === 'p' ? 'login' : statement
    if (!['p', 'B', 'E', 'S'].includes(type) || below(point === 'commit' ? 6 : 20) > 0) return 'forward'
    done[point]++
    return oneOf<Verdict>(['cut', 'cut after', 'reset'])
  }
  return () => ({ ...done, all: Object.values(done).reduce((sum, count) => sum + count, 0) })
}

test('what is counted would show a connection that is kept, a session that no pool knows, and a wrong answer', async () => {
  await untilQuiet()
  const kept = Promise.withResolvers<void>()
  const held = context.db.withTenant('acme' as TenantId, () => kept.promise)
  await vi.waitFor(() =>
    expect(context.db.counts().tenant.idle).toBeLessThan(context.db.counts().tenant.total),
  )
  await expect(expectQuiet()).rejects.toThrow('deeply equal')
  kept.resolve()
  await held
  await untilQuiet()

  const stray = new pg.Client(platform.database.tenantUrl)
  stray.on('error', () => undefined)
  try {
    await stray.connect()
    await expect(expectQuiet()).rejects.toThrow('deeply equal')
  } finally {
    await stray.end()
  }
  // Many, since pools of this process and what earlier tests have left come and go meanwhile.
  const before = clients()
  const remembered = Array.from({ length: 100 }, () => new pg.Client())
  expect(clients()).toBeGreaterThan(before + remembered.length / 2)
  await untilQuiet()

  const fine = { kind: 'create', status: 503, code: 'database_unavailable', retryAfter: '1' }
  expect(faultsOf([fine, { ...fine, code: 'outcome_unknown', retryAfter: null }])).toEqual({})
  const wrong = [
    { ...fine, retryAfter: null },
    { ...fine, code: 'outcome_unknown' },
    { ...fine, kind: 'read', code: 'outcome_unknown', retryAfter: null },
    { ...fine, status: 500, code: 'internal_error' },
    { ...fine, status: 401, code: 'unauthenticated' },
  ]
  expect(Object.keys(faultsOf(wrong))).toHaveLength(5)
}, 180_000)

test(`${cuts} cut connections leave none behind, nor anything that remembers them (TROUBLE_SEED=${seed})`, async () => {
  const random = createRandom(seed)
  const kinds = traffic.kinds.filter((kind) => !['signup', 'login'].includes(kind))
  const askUntil = async (isOver: () => boolean) => {
    const one = async () => {
      while (!isOver()) await traffic.ask(random.oneOf(kinds))
    }
    await Promise.all(Array.from({ length: 24 }, one))
  }
  let warm = 0
  await askUntil(() => ++warm > 60)
  await untilQuiet()
  const before = { sockets: sockets(), clients: clients(), heap: process.memoryUsage().heapUsed }
  traffic.outcomes.length = 0

  const count = cutAtRandom(random)
  await askUntil(() => count().all >= cuts)
  wire.onMessage = () => 'forward'
  const total = await untilQuiet()

  expect(faultsOf(traffic.outcomes)).toEqual({})
  expect(total).toBeLessThanOrEqual(2 * (16 + 8))
  // Each that is left serves.
  const again = await Promise.all(Array.from({ length: 48 }, () => traffic.ask('read')))
  expect(new Set(again.map(({ status }) => status))).toEqual(new Set([200]))
  await untilQuiet()
  const after = { sockets: sockets(), clients: clients(), heap: process.memoryUsage().heapUsed }
  // A connection through the wire has three sockets here.
  expect(after.sockets).toBeLessThanOrEqual(before.sockets + 3 * (16 + 8))
  expect(after.clients).toBeLessThanOrEqual(before.clients + 16 + 8)
  const { begin, statement, commit, login } = count()
  process.stdout.write(
    `Cut: ${begin} at BEGIN, ${statement} at a statement, ${commit} at COMMIT, ${login} at the login. ` +
      `Answers: ${describeOutcomes(traffic.outcomes)}. Sessions afterwards: ${total}, all idle; sockets ${before.sockets} → ${after.sockets}, ` +
      `clients in memory ${before.clients} → ${after.clients}, heap ${Math.round(before.heap / 1e6)} → ${Math.round(after.heap / 1e6)} MB\n`,
  )
}, 360_000)

test('connections that stand still, at any point, are given up after a while, and others are served meanwhile', async () => {
  const points = [/^SET LOCAL app.tenant_id = 'acme'/, /^insert into "clients"/, /^commit/]
  const frozen = new Set<RegExp>()
  const writing = new Set<number>()
  const creating = new Set<number>()
  wire.onMessage = (message: Message) => {
    const { type, sql, connection } = message
    if (isBegin(message)) {
      creating.delete(connection)
      if (sql === 'BEGIN READ WRITE') writing.add(connection)
      else writing.delete(connection)
    }
    if (type !== 'B' || !writing.has(connection)) return 'forward'
    const point = points.find((each) => !frozen.has(each) && each.test(sql))
    if (sql.startsWith('insert into "clients"')) creating.add(connection)
    // The server writes for itself, too, such as its signing keys.
    if (!point || (sql === 'commit' && !creating.has(connection))) return 'forward'
    frozen.add(point)
    return 'freeze'
  }
  const held: Promise<Outcome>[] = []
  for (const [index] of points.entries()) {
    // Nobody is known, so they are looked up first, and the rest goes in a second write.
    await platform.forceTenant('acme', 'updated_at = updated_at')
    held.push(traffic.ask('create'))
    await vi.waitFor(() => expect(frozen.size).toBe(index + 1), patiently)
  }
  expect(await traffic.ask('read')).toMatchObject({ status: 200 })
  expect((await Promise.all(held)).map(({ code }) => code)).toEqual([
    'database_unavailable',
    // COMMIT has left with it.
    'outcome_unknown',
    'outcome_unknown',
  ])
  expect((await traffic.ask('create')).status).toBe(201)
  // Of what it was never told the server keeps the sessions, until the wire ends them.
  wire.drop()
  await untilQuiet()
}, 180_000)

test('an unknown outcome says when to come back to whoever can ask again without harm, and to nobody else', async () => {
  const acme = at(server, platform.acme)
  /** Cuts the connection when COMMIT has been sent of a transaction with such a statement. */
  const loseCommitOf = (statement: RegExp) => {
    const stages = new Map<number, 'begun' | 'commit'>()
    wire.onMessage = ({ type, sql, connection }: Message) => {
      if (statement.test(sql)) stages.set(connection, 'begun')
      if (type === 'B' && sql === 'commit' && stages.has(connection)) stages.set(connection, 'commit')
      return type === 'S' && stages.get(connection) === 'commit' ? 'cut after' : 'forward'
    }
  }
  const told = ({ status, body, headers }: Answer) => [status, body.code, headers.get('retry-after')]
  const create = (name: string, headers = {}) => acme.post('/v1/clients', { name }, headers)
  const countNamed = async (name: string) =>
    (await platform.sql('select from clients where name = $1', [name])).length

  loseCommitOf(/^insert into "clients"/)
  expect(told(await create('Without a key'))).toEqual([503, 'outcome_unknown', null])
  const key = { 'Idempotency-Key': 'asked twice' }
  expect(told(await create('With a key', key))).toEqual([503, 'outcome_unknown', '1'])
  // A key means nothing to a route that does not take it.
  const login = { email: platform.acme.email, password: goodPassword }
  loseCommitOf(/^insert into "sessions"/)
  expect(told(await acme.post('/auth/login', login, key))).toEqual([503, 'outcome_unknown', null])
  loseCommitOf(/ from "plans"/)
  expect(told(await acme.get('/signup/plans'))).toEqual([503, 'outcome_unknown', '1'])
  // Of what was asked for nothing has begun.
  loseCommitOf(/^insert into "rate_limits"/)
  expect(told(await acme.post('/auth/login', login))).toEqual([503, 'database_unavailable', '1'])
  wire.onMessage = () => 'forward'
  await vi.waitFor(async () => expect(await countNamed('With a key')).toBe(1), patiently)
  const again = await create('With a key', key)
  expect([again.status, again.headers.get('idempotency-replayed')]).toEqual([201, 'true'])
  expect(await countNamed('With a key')).toBe(1)
  expect(await countNamed('Without a key')).toBe(1)
}, 180_000)

/** A worker behind the wire, with a job that is done at once and whose end is lost as often as it is told to. */
async function loseEndOfJob(losses: number) {
  const task = vi.spyOn(tasks, 'recount-seats').mockResolvedValue(undefined)
  let lost = 0
  wire.onMessage = ({ type, sql }: Message) => {
    if (type !== 'B' || !/^\s*delete from .*_private_jobs/.test(sql) || lost === losses) return 'forward'
    return ++lost % 2 === 1 ? 'cut' : 'reset'
  }
  const worker = await startWorker(context, {
    url: wire.url(platform.database.jobsUrl),
    poolSize: 4,
    poolIdleMs: 10_000,
    onFailure: (error) => rejections.push(error),
  })
  await platform.sql(`select graphile_worker.add_job('recount-seats')`)
  await vi.waitFor(() => expect(lost).toBeGreaterThan(0), patiently)
  return { task, worker, lost: () => lost }
}
const openJobs = () =>
  platform.sql(`select from graphile_worker.jobs where task_identifier = 'recount-seats'`)

test('a job whose end is lost on the way is done once, and nobody is left with a promise that failed', async () => {
  const { task, worker, lost } = await loseEndOfJob(2)
  await vi.waitFor(async () => expect(await openJobs()).toEqual([]), patiently)
  expect([lost(), task.mock.calls.length]).toEqual([2, 1])
  await worker.stop()
  task.mockRestore()
}, 180_000)

test('a worker can be stopped while it cannot say that a job is done, which another does once more', async () => {
  const { task, worker } = await loseEndOfJob(Number.POSITIVE_INFINITY)
  await worker.stop()
  expect(await openJobs()).toHaveLength(1)
  expect(task).toHaveBeenCalledOnce()
  await platform.sql('delete from graphile_worker._private_jobs')
  task.mockRestore()
}, 180_000)

test('too many connections for the database: 503, and as before when there is room again', async () => {
  const limit = (count: number) =>
    platform.sql(`alter database ${platform.database.name} connection limit ${count}`)
  await limit(0)
  await platform.sql(`select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and usename ~ '_(tenant|platform)$'`)
  await untilQuiet()
  traffic.outcomes.length = 0
  const answers = await Promise.all(traffic.kinds.map((kind) => traffic.ask(kind)))
  expect(answers.map(({ code }) => code)).toEqual(answers.map(() => 'database_unavailable'))
  expect(faultsOf(answers)).toEqual({})
  await limit(-1)
  const after = await Promise.all(traffic.kinds.map((kind) => traffic.ask(kind)))
  expect(after.filter(({ status }) => status >= 300)).toEqual([])
}, 180_000)
