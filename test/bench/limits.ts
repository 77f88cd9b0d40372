import { randomUUID } from 'node:crypto'
import { parseArgs } from 'node:util'
import pg from 'pg'
import { openDatabase } from '../../src/db/database.ts'
import { withDirectClient } from '../../src/db/direct-client.ts'
import type { TenantId } from '../../src/db/tenant-id.ts'
import { type Amounts, consume } from '../../src/features/plans/limits.ts'
import { type Contender, compare, type Measured } from './rounds.ts'
import { startTenantry } from './servers.ts'
import { type Stage, signUp, startStage } from './stage.ts'

// Transactions per second that insert a row and take one of a limit for it, all in one tenant and spread over many:
// without a limit, with ours, and in the ways that come to mind first. The tenants begin with as many rows as there
// are to be counted in the ways that count.
const { values: flags } = parseArgs({ options: { fsync: { type: 'boolean', default: false } } })
const pace = { rounds: 5, roundMs: 500, warmUpMs: 100 }
const tenants = 50
const rowsEach = 200
/** As many as one tenant has at a time in a process. */
const workers = 10

type Take = (tenantId: string) => Promise<unknown>

const insertText = `insert into clients (tenant_id, id, name, created_at, updated_at)
  values ($1, $2, 'Client', now(), now())`

/** Statement by statement, each awaited, on a role that row security does not bind. */
function byHand(
  pool: pg.Pool,
  begin: string,
  guard: (client: pg.PoolClient, tenantId: string) => Promise<void>,
): Take {
  return async function take(tenantId): Promise<void> {
    const client = await pool.connect()
    let isStale = false
    try {
      await client.query(begin)
      await guard(client, tenantId)
      await client.query({ name: 'insert', text: insertText, values: [tenantId, randomUUID()] })
      await client.query('commit')
    } catch (error) {
      await client.query('rollback')
      // Another transaction was faster: PostgreSQL asks for it to be tried again.
      isStale = (error as { code?: string }).code === '40001'
      if (!isStale) throw error
    } finally {
      client.release()
    }
    if (isStale) await take(tenantId)
  }
}

async function count(client: pg.PoolClient, tenantId: string): Promise<void> {
  const text = 'select count(*)::int as used from clients where tenant_id = $1'
  const { rows } = await client.query({ name: 'count', text, values: [tenantId] })
  if (rows[0].used > 1e9) throw new Error('limit reached')
}

function waysByHand(pool: pg.Pool): [string, Take][] {
  return [
    [
      'by hand: update of a counter, insert, commit',
      byHand(pool, 'begin', async (client, tenantId) => {
        const text = 'update bench_counters set used = used + 1 where tenant_id = $1 and used < 1e15'
        const { rowCount } = await client.query({ name: 'counter', text, values: [tenantId] })
        if (rowCount !== 1) throw new Error('limit reached')
      }),
    ],
    [
      'by hand: tenant for update, count(*), insert, commit',
      byHand(pool, 'begin', async (client, tenantId) => {
        const text = 'select from tenants where tenant_id = $1 for update'
        await client.query({ name: 'lock', text, values: [tenantId] })
        await count(client, tenantId)
      }),
    ],
    [
      'by hand: serializable, count(*), insert, commit, until it goes through',
      byHand(pool, 'begin isolation level serializable', count),
    ],
  ]
}

function ours({ tenantUrl, platformUrl }: Stage, stops: (() => Promise<void>)[]) {
  const { db } = openDatabase({
    tenantUrl,
    platformUrl,
    tenantPoolSize: workers,
    platformPoolSize: 1,
    tenantPoolIdleMs: 30_000,
    platformPoolIdleMs: 30_000,
    poolWaitMs: 5000,
    statementTimeoutMs: 10_000,
    pipeline: true,
    prepared: true,
    onError: (error) => console.error(error),
  })
  stops.push(() => db.close())
  return (amounts: Amounts): Take =>
    (tenantId) =>
      db.withTenant(tenantId as TenantId, async (tx) => {
        const now = new Date()
        consume(tx, amounts, now)
        const row = { id: randomUUID(), name: 'Client', created_at: now, updated_at: now }
        await tx.insertInto('clients').values(row).execute()
      })
}

async function measure(take: Take, tenantIds: string[], milliseconds: number): Promise<Measured> {
  const durations: number[] = []
  const cpuBefore = process.cpuUsage()
  const start = performance.now()
  const end = start + milliseconds
  const work = async () => {
    for (let sentAt = performance.now(); sentAt < end; sentAt = performance.now()) {
      await take(tenantIds[Math.floor(Math.random() * tenantIds.length)] as string)
      durations.push(performance.now() - sentAt)
    }
  }
  await Promise.all(Array.from({ length: workers }, work))
  const seconds = (performance.now() - start) / 1000
  const { user, system } = process.cpuUsage(cpuBefore)
  durations.sort((a, b) => a - b)
  const percentile = (part: number) => durations[Math.floor((durations.length - 1) * part)] as number
  return {
    perSecond: durations.length / seconds,
    cpuMicros: (user + system) / durations.length,
    p50Ms: percentile(0.5),
    p99Ms: percentile(0.99),
  }
}

/** Every tenant as it was before: what was inserted is gone, and so is what that left behind. */
async function tidy({ adminUrl }: Stage): Promise<void> {
  await withDirectClient(adminUrl, async (admin) => {
    await admin.query('truncate clients')
    await admin.query(
      `insert into clients (tenant_id, id, name, created_at, updated_at)
        select tenant_id, gen_random_uuid(), 'Client', now(), now() from tenants, generate_series(1, $1)
        where tenant_id <> 'system-default'`,
      [rowsEach],
    )
    await admin.query('vacuum analyze clients')
  })
}

async function prepare(stage: Stage): Promise<string[]> {
  const server = await startTenantry(stage)
  const bearers = await signUp(await server.ask<string>('url'), tenants).finally(() => server.stop())
  await withDirectClient(stage.adminUrl, async (admin) => {
    // High enough, but there.
    await admin.query(`update tenants set limit_overrides =
      '{"sites": 9007199254740991, "workflows": 9007199254740991, "executions_per_month": 9007199254740991}'`)
    await admin.query('create table bench_counters as select tenant_id, 0::bigint as used from tenants')
    await admin.query('alter table bench_counters add primary key (tenant_id)')
    await admin.query('grant select, update on bench_counters, tenants to plain')
  })
  return bearers.map(({ tenantId }) => tenantId)
}

async function run(stage: Stage, stops: (() => Promise<void>)[]): Promise<void> {
  const tenantIds = await prepare(stage)
  const taking = ours(stage, stops)
  const pool = new pg.Pool({ connectionString: stage.plainUrl, max: workers })
  // Its last connections may still be closing when PostgreSQL stops.
  pool.on('error', () => undefined)
  stops.push(() => pool.end())
  const ways: [string, Take][] = [
    ['no limit', taking({})],
    ['one limit', taking({ workflows: 1 })],
    ['three limits, one of them by the month', taking({ sites: 1, workflows: 1, executions_per_month: 1 })],
    ['by hand: no limit', byHand(pool, 'begin', async () => undefined)],
    ...waysByHand(pool),
  ]
  const contenders = [
    { where: 'one tenant', ids: tenantIds.slice(0, 1) },
    { where: `${tenants} tenants`, ids: tenantIds },
  ].flatMap(({ where, ids }): Contender[] =>
    ways.map(([name, take]) => ({
      name: `${where}, ${name}`,
      measure: async (milliseconds) => {
        await tidy(stage)
        // Every connection plans its statements anew after that.
        await measure(take, ids, 150)
        return measure(take, ids, milliseconds)
      },
    })),
  )
  const rows = await compare(contenders, pace)
  console.log(`Node ${process.versions.node}, PostgreSQL ${stage.postgres}; medians of ${pace.rounds} rounds`)
  console.log(`${workers} workers on ${workers} connections, ${rowsEach} rows a tenant`)
  console.log(' ratio      (range)  per second  CPU µs  p50 ms  p99 ms')
  for (const { name, ratio, ratioRange, perSecond, cpuMicros, p50Ms, p99Ms } of rows) {
    const range = `(${ratioRange.map((each) => each.toFixed(2)).join('–')})`
    const cells = [ratio.toFixed(2).padStart(6), range.padStart(12), perSecond.toFixed(0).padStart(11)]
    cells.push(cpuMicros.toFixed(0).padStart(7))
    cells.push((p50Ms?.toFixed(1) ?? '').padStart(7), (p99Ms?.toFixed(1) ?? '').padStart(7))
    console.log(`${cells.join(' ')}  ${name}`)
  }
}

const stops: (() => Promise<void>)[] = []
try {
  const stage = await startStage({ fsync: flags.fsync })
  stops.push(() => stage.stop())
  await run(stage, stops)
} finally {
  for (const stop of stops.reverse()) await stop()
}
