import { type Generated, Kysely, PostgresDialect, sql } from 'kysely'
import pg from 'pg'
import { openDatabase } from '../../src/db/database.ts'
import { parseTenantId, type TenantId } from '../../src/db/tenant-id.ts'
import { answerQuestions, readOptions } from './subject.ts'

/** The ways to read one page of one tenant's clients. */
export type DataWay = 'plain' | 'plain, prepared' | 'textbook' | 'withTenant' | 'readTenant'

export interface DataOptions {
  way: DataWay
  tenantUrl: string
  platformUrl: string
  plainUrl: string
  tenantIds: string[]
}

export type DataQuestion = { list: string } | { workers: number; milliseconds: number }

const connections = 16
/** In the text: with the limit as a parameter PostgreSQL plans a prepared statement again every time. */
const limit = sql.lit(20)
const columns = ['id', 'name', 'email', 'phone', 'address', 'notes', 'created_at', 'updated_at'] as const
const plainText = `select ${columns.join(', ')} from clients where tenant_id = $1
  order by created_at desc, id desc limit 20`

type List = (tenantId: TenantId) => Promise<unknown[]>

const options = readOptions<DataOptions>()
const tenantIds = options.tenantIds.map((id) => parseTenantId(id) as TenantId)
const list = openWay(options.way)

function openWay(way: DataWay): List {
  if (way === 'textbook') return openTextbook()
  if (way === 'withTenant' || way === 'readTenant') return openTenantry(way)
  const pool = new pg.Pool({ connectionString: options.plainUrl, max: connections })
  const name = way === 'plain, prepared' ? 'list' : undefined
  return async (tenantId) => (await pool.query({ name, text: plainText, values: [tenantId] })).rows
}

/** As the manuals show it: a transaction of the query builder, the tenant set in it, then the query. */
function openTextbook(): List {
  interface Tables {
    clients: Record<Exclude<(typeof columns)[number], 'created_at'>, string> & { created_at: Generated<Date> }
  }
  const pool = new pg.Pool({ connectionString: options.tenantUrl, max: connections })
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) })
  return (tenantId) =>
    db.transaction().execute(async (tx) => {
      await sql`set local app.tenant_id = ${sql.lit(tenantId)}`.execute(tx)
      return tx
        .selectFrom('clients')
        .select(columns)
        .orderBy('created_at', 'desc')
        .orderBy('id', 'desc')
        .limit(limit)
        .execute()
    })
}

function openTenantry(way: 'withTenant' | 'readTenant'): List {
  const { db } = openDatabase({
    tenantUrl: options.tenantUrl,
    platformUrl: options.platformUrl,
    tenantPoolSize: connections,
    platformPoolSize: 1,
    tenantPoolIdleMs: 30_000,
    platformPoolIdleMs: 30_000,
    poolWaitMs: 5000,
    statementTimeoutMs: 10_000,
    pipeline: true,
    prepared: true,
    onError: (error) => console.error(error),
  })
  type Queries = Parameters<Parameters<typeof db.readTenant>[1]>[0]
  const query = (queries: Queries) =>
    queries
      .selectFrom('clients')
      .select(columns)
      .orderBy('created_at', 'desc')
      .orderBy('id', 'desc')
      .limit(limit)
  return way === 'withTenant'
    ? (tenantId) => db.withTenant(tenantId, (tx) => query(tx).execute())
    : async (tenantId) => (await db.readTenant(tenantId, (queries) => [query(queries)]))[0]
}

async function measure({ workers, milliseconds }: { workers: number; milliseconds: number }) {
  const cpuBefore = process.cpuUsage()
  const start = performance.now()
  const end = start + milliseconds
  let count = 0
  const work = async () => {
    while (performance.now() < end) {
      await list(tenantIds[Math.floor(Math.random() * tenantIds.length)] as TenantId)
      count++
    }
  }
  await Promise.all(Array.from({ length: workers }, work))
  const { user, system } = process.cpuUsage(cpuBefore)
  return { perSecond: (count / (performance.now() - start)) * 1000, cpuMicros: (user + system) / count }
}

answerQuestions(async (question: DataQuestion) =>
  'list' in question ? list(parseTenantId(question.list) as TenantId) : measure(question),
)
