import { sql } from 'kysely'
import { openDatabase } from '../../../src/db/database.ts'
import { parseTenantId, type TenantId } from '../../../src/db/tenant-id.ts'

/** One connection of Tenantry's data layer that reads clients as GET /v1/clients does, without the rest of a request. */
export interface Reader {
  /** The newest 21: a page of 20, and whether there is another. */
  list(tenantId: string): Promise<unknown[]>
  getById(tenantId: string, clientId: string): Promise<unknown[]>
  /** The process of PostgreSQL that serves it. */
  findBackend(tenantId: string): Promise<number>
  close(): Promise<void>
}

/** What is read of a client. */
export const readColumns = [
  'id',
  'name',
  'email',
  'phone',
  'address',
  'notes',
  'created_at',
  'updated_at',
] as const

/**
 * Opens it; nothing is connected before the first read.
 * @param url of the tenant role, or of a role without row security, with which `saysTenant` has to be set
 * @param saysTenant adds `where tenant_id = …` to the queries
 */
export function openReader(url: string, { saysTenant = false } = {}): Reader {
  const { db } = openDatabase({
    tenantUrl: url,
    platformUrl: url,
    tenantPoolSize: 1,
    platformPoolSize: 1,
    tenantPoolIdleMs: 600_000,
    platformPoolIdleMs: 600_000,
    poolWaitMs: 5000,
    statementTimeoutMs: 10_000,
    pipeline: true,
    prepared: true,
    onError: (error) => console.error(error),
  })
  type Queries = Parameters<Parameters<typeof db.readTenant>[1]>[0]
  const clients = (queries: Queries, tenantId: TenantId) => {
    const query = queries.selectFrom('clients').select(readColumns)
    return saysTenant ? query.where('tenant_id', '=', tenantId) : query
  }
  const read = async (
    id: string,
    build: (queries: Queries, tenantId: TenantId) => ReturnType<typeof clients>,
  ) => {
    const tenantId = parseTenantId(id) as TenantId
    const [rows] = await db.readTenant(tenantId, (queries) => [build(queries, tenantId)])
    return rows
  }
  return {
    list: (id) =>
      read(id, (queries, tenantId) =>
        clients(queries, tenantId).orderBy('created_at', 'desc').orderBy('id', 'desc').limit(sql.lit(21)),
      ),
    getById: (id, clientId) =>
      read(id, (queries, tenantId) => clients(queries, tenantId).where('id', '=', clientId)),
    async findBackend(id) {
      const [[row]] = await db.readTenant(parseTenantId(id) as TenantId, (queries) => [
        queries.selectNoFrom(sql<number>`pg_backend_pid()`.as('pid')),
      ])
      return row?.pid as number
    },
    close: () => db.close(),
  }
}
