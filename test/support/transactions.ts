import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { type DatabaseOptions, openDatabase, type PlatformTx, type Tx } from '../../src/db/database.ts'
import { parseTenantId, type TenantId } from '../../src/db/tenant-id.ts'
import { createTestDatabase } from './database.ts'

export const acme = parseTenantId('acme') as TenantId
export const globex = parseTenantId('globex') as TenantId

/** The switches that hold everywhere, in all their combinations. */
export const modes = [
  { pipeline: true, prepared: true },
  { pipeline: false, prepared: true },
  { pipeline: true, prepared: false },
  { pipeline: false, prepared: false },
]

/** A migrated database with the tenants acme and globex, the data layer on it, and raw pg beside it. */
export async function openTransactions() {
  const database = await createTestDatabase()
  const closers: (() => Promise<unknown>)[] = []
  const errors: Error[] = []
  const owner = new pg.Client(database.ownerUrl)
  await owner.connect()
  for (const tenant of [acme, globex]) {
    await owner.query(`begin; set local app.tenant_id = '${tenant}';
      insert into tenants (tenant_id, name, region, plan, status, status_set_by, status_changed_at, created_at, updated_at)
      values ('${tenant}', '${tenant}', 'FR', 'FREE', 'ACTIVE', 'system', now(), now(), now()); commit`)
  }

  async function connectRaw(url: string): Promise<pg.Client> {
    const client = new pg.Client(url)
    client.on('error', () => undefined)
    await client.connect()
    closers.push(() => client.end())
    return client
  }

  return {
    ...database,
    owner,
    /** What connections reported to onError. */
    errors,
    connectRaw,
    open(options: Partial<DatabaseOptions> = {}) {
      const { db } = openDatabase({
        tenantUrl: database.tenantUrl,
        platformUrl: database.platformUrl,
        tenantPoolSize: 4,
        platformPoolSize: 4,
        tenantPoolIdleMs: 10_000,
        platformPoolIdleMs: 10_000,
        poolWaitMs: 5000,
        statementTimeoutMs: 20_000,
        pipeline: true,
        prepared: true,
        onError: (error) => errors.push(error),
        ...options,
      })
      closers.push(() => db.close())
      return db
    },
    /** The names of a tenant's clients as a connection of its own sees them. */
    async clientsOf(tenant: TenantId): Promise<string[]> {
      const [, , { rows }] = (await owner.query(
        `begin; set local app.tenant_id = '${tenant}'; select name from clients order by name; commit`,
      )) as unknown as pg.QueryResult<{ name: string }>[] &
        [unknown, unknown, pg.QueryResult<{ name: string }>]
      return rows.map(({ name }) => name)
    },
    async usersNamed(email: string): Promise<number> {
      const { rowCount } = await owner.query('select from users where email = $1', [email])
      return rowCount ?? 0
    },
    /** Closes what was opened, and deletes what was written. */
    async clear() {
      await Promise.all(closers.splice(0).map((close) => close()))
      for (const tenant of [acme, globex]) {
        await owner.query(`begin; set local app.tenant_id = '${tenant}'; delete from clients; commit`)
      }
      await owner.query('delete from users')
    },
    async close() {
      await owner.end()
      await database.drop()
    },
  }
}

export type Transactions = Awaited<ReturnType<typeof openTransactions>>

/** A client to insert. */
export function client(name: string) {
  return { id: randomUUID(), name, created_at: new Date(0), updated_at: new Date(0) }
}

/** Inserts a client. */
export function insertClient(tx: Tx, name: string) {
  return tx.insertInto('clients').values(client(name)).execute()
}

/** The text of an insert of one client, for raw pg; the tenant comes from the connection's setting. */
export function insertSql(name: string): string {
  return `insert into clients (id, name, created_at, updated_at) values (gen_random_uuid(), '${name}', now(), now())`
}

/** Inserts a person. */
export function insertUser(tx: PlatformTx, email: string) {
  return tx.insertInto('users').values(user(email)).execute()
}

/** The text of an insert of one person, for raw pg. */
export function userSql(email: string): string {
  return `insert into users (id, email, password_hash, first_name, last_name, locale, password_changed_at,
    created_at, updated_at) values (gen_random_uuid(), '${email}', '', '', '', 'en', now(), now(), now())`
}

/** A person to insert. */
export function user(email: string) {
  const now = new Date(0)
  return {
    id: randomUUID(),
    email,
    password_hash: '',
    first_name: '',
    last_name: '',
    locale: 'en',
    password_changed_at: now,
    terms_accepted_at: now,
    privacy_accepted_at: now,
    created_at: now,
    updated_at: now,
  }
}

/** The names of all clients that a handle sees. */
export async function namesIn(tx: Tx): Promise<string[]> {
  const rows = await tx.selectFrom('clients').select('name').orderBy('name').execute()
  return rows.map(({ name }) => name)
}

/** Cancels the statement of a backend, or ends the backend, until the statement that is under way has ended. */
export async function strike(
  killer: pg.Client,
  pid: number | undefined,
  how: 'cancel' | 'terminate',
  statement: Promise<unknown>,
) {
  let isUnderWay = true
  const ended = statement.finally(() => {
    isUnderWay = false
  })
  // Once is not always enough: a signal that comes before the statement does is for nothing.
  for (let pause = 5; isUnderWay; pause = 100) {
    await Promise.race([sleep(pause), ended.catch(() => undefined)])
    if (isUnderWay) await killer.query(`select pg_${how}_backend($1)`, [pid])
  }
  return ended
}
