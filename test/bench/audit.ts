import { randomUUID } from 'node:crypto'
import { setInterval } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { type Database, openDatabase } from '../../src/db/database.ts'
import { withDirectClient } from '../../src/db/direct-client.ts'
import type { TenantId } from '../../src/db/tenant-id.ts'
import { writeAuditEntry } from '../../src/features/audit/audit.ts'
import { sealAudit } from '../../src/features/audit/seal-audit.ts'
import { type Contender, compare, type Measured } from './rounds.ts'
import { type Stage, startStage } from './stage.ts'

// What it costs to seal the audit trail: whoever writes beside it, in transactions per second that insert a row and its
// entry in one tenant, and without what sealing needs of the table; and one run over many tenants, of which all, some or
// none have new entries.
const { values: flags } = parseArgs({ options: { fsync: { type: 'boolean', default: false } } })
const pace = { rounds: 21, roundMs: 1000, warmUpMs: 1000 }
/** As many as one tenant has at a time in a process. */
const workers = 16
const tenants = 10_000
const entriesEach = 20

const tenantId = 'bench-1' as TenantId
const clock = { now: () => new Date() }
const log = { info() {}, warn: console.warn, error: console.error } as never

function open({ tenantUrl, platformUrl }: Stage): Database {
  return openDatabase({
    tenantUrl,
    platformUrl,
    tenantPoolSize: workers,
    platformPoolSize: 2,
    tenantPoolIdleMs: 30_000,
    platformPoolIdleMs: 30_000,
    poolWaitMs: 5000,
    statementTimeoutMs: 60_000,
    pipeline: true,
    prepared: true,
    onError: (error) => console.error(error),
  }).db
}

/** A client and the entry that says so. */
function write(db: Database): Promise<void> {
  return db.withTenant(tenantId, async (tx) => {
    const now = new Date()
    const row = { id: randomUUID(), name: 'Client', created_at: now, updated_at: now }
    await tx.insertInto('clients').values(row).execute()
    writeAuditEntry(tx, {
      actor: { kind: 'user', id: '0198c3a4-0000-7000-8000-000000000000' },
      action: 'client.created',
      object: { type: 'client', id: row.id },
      changedFields: ['name'],
      ip: '192.0.2.1',
      requestId: row.id,
      now,
    })
  })
}

async function measure(db: Database, milliseconds: number): Promise<Measured> {
  const durations: number[] = []
  const cpuBefore = process.cpuUsage()
  const start = performance.now()
  const end = start + milliseconds
  const work = async () => {
    for (let sentAt = performance.now(); sentAt < end; sentAt = performance.now()) {
      await write(db)
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

async function measureBesideSealing(db: Database, milliseconds: number): Promise<Measured> {
  const isOver = new AbortController()
  const sealing = (async () => {
    for await (const _ of setInterval(1000, undefined, { signal: isOver.signal })) {
      await sealAudit({ db, clock, log })
    }
  })().catch((error) => {
    if (error.name !== 'AbortError') throw error
  })
  // So that each second holds the same of it, however it falls.
  const measured = await measure(db, milliseconds + 200)
  isOver.abort()
  await sealing
  return measured
}

async function addTenants({ adminUrl }: Stage, count: number): Promise<void> {
  await withDirectClient(adminUrl, (admin) =>
    admin.query(
      `insert into tenants (tenant_id, name, region, plan, plan_set_by, status, status_set_by, status_changed_at,
          created_at, updated_at)
        select 'bench-' || n, 'Bench ' || n, 'FR', 'FREE', 'system', 'ACTIVE', 'system', now(), now(), now()
        from generate_series(1, $1::int) n on conflict do nothing`,
      [count],
    ),
  )
}

/** So many new entries for each of the first tenants. */
async function addEntries({ adminUrl }: Stage, { of, each }: { of: number; each: number }): Promise<void> {
  await withDirectClient(adminUrl, async (admin) => {
    await admin.query(
      `insert into audit_entries (tenant_id, id, actor_kind, actor_id, action, object_type, object_id, changed_fields,
          ip, request_id, created_at, updated_at)
        select 'bench-' || t, gen_random_uuid(), 'user', gen_random_uuid(), 'client.created', 'client',
          gen_random_uuid(), '{name}', '192.0.2.1', gen_random_uuid(), now(), now()
        from generate_series(1, $1::int) t, generate_series(1, $2::int)`,
      [of, each],
    )
    await admin.query('vacuum analyze audit_entries')
  })
}

function show(title: string, rows: Awaited<ReturnType<typeof compare>>): void {
  console.log(`\n${title}`)
  console.log(' ratio        (range)  per second  CPU µs  p50 ms  p99 ms')
  for (const { name, ratio, ratioRange, perSecond, cpuMicros, p50Ms, p99Ms } of rows) {
    const range = `(${ratioRange.map((each) => each.toFixed(3)).join('–')})`
    const cells = [ratio.toFixed(3).padStart(6), range.padStart(14), perSecond.toFixed(0).padStart(11)]
    cells.push(cpuMicros.toFixed(0).padStart(7))
    cells.push((p50Ms?.toFixed(1) ?? '').padStart(7), (p99Ms?.toFixed(1) ?? '').padStart(7))
    console.log(`${cells.join(' ')}  ${name}`)
  }
}

async function measureRuns(stage: Stage, db: Database): Promise<void> {
  await addTenants(stage, tenants)
  console.log(`\none run over ${tenants} tenants with ${entriesEach} entries each, milliseconds`)
  for (const [title, of, each] of [
    ['all have entries that are not sealed', tenants, entriesEach],
    ['all have one new entry', tenants, 1],
    ['100 have one new entry', 100, 1],
    ['none has', 0, 0],
  ] as const) {
    const took: number[] = []
    for (let run = 0; run < (of === tenants ? 1 : 5); run++) {
      if (of > 0) await addEntries(stage, { of, each })
      const start = performance.now()
      await sealAudit({ db, clock, log })
      took.push(performance.now() - start)
    }
    console.log(
      `${took
        .map((ms) => ms.toFixed(0))
        .join(' ')
        .padStart(24)}  ${title}`,
    )
    await withDirectClient(stage.adminUrl, (admin) => admin.query('vacuum analyze audit_seals, tenants'))
  }
}

const stops: (() => Promise<void>)[] = []
async function prepare(change = 'select 1'): Promise<{ stage: Stage; db: Database }> {
  const stage = await startStage({ fsync: flags.fsync })
  stops.push(() => stage.stop())
  await withDirectClient(stage.adminUrl, (admin) => admin.query(change))
  await addTenants(stage, 1)
  const db = open(stage)
  stops.push(() => db.close())
  return { stage, db }
}

try {
  const sealed = await prepare()
  const others: [string, string][] = [
    ['without the index on the position', 'drop index audit_entries_position'],
    ['without the position', 'alter table audit_entries drop column position'],
  ]
  const contenders: Contender[] = [
    { name: 'as it is', measure: (milliseconds) => measure(sealed.db, milliseconds) },
  ]
  const beside: Contender = {
    name: 'while sealing runs every second',
    measure: (milliseconds) => measureBesideSealing(sealed.db, milliseconds),
  }
  for (const [name, change] of others) {
    const { db } = await prepare(change)
    contenders.push({ name, measure: (milliseconds) => measure(db, milliseconds) })
  }
  console.log(
    `Node ${process.versions.node}, PostgreSQL ${sealed.stage.postgres}; medians of ${pace.rounds} rounds`,
  )
  console.log(`${workers} workers on ${workers} connections, a client and its entry in one tenant`)
  show('what sealing needs of the table', await compare(contenders, pace))
  show('beside sealing', await compare([contenders[0] as Contender, beside], pace))
  await measureRuns(sealed.stage, sealed.db)
} finally {
  for (const stop of stops.reverse()) await stop()
}
