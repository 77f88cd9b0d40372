import { randomUUID } from 'node:crypto'
import { cp, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { inject } from 'vitest'
import { withDirectClient } from '../../src/db/direct-client.ts'
import { tableRules } from '../../src/db/doctor-rules.ts'
import { migrate } from '../../src/db/migrate.ts'
import { rolePrefix, type TestDatabase, testSecret } from '../support/cluster.ts'
import { createUnmigratedDatabase } from '../support/database.ts'
import { plantedTables, type Row, rowFactories } from './rows.ts'

/** A tenant-owned table as the catalogue describes it, with acme's and globex's row in it. */
export interface OwnedTable {
  name: string
  /** What identifies a row within a tenant: id, or tenant_id where there is none. */
  key: string
  primaryKey: string[]
  mine: Row
  theirs: Row
}

/** acme attacks, globex is attacked: every answer that holds this word is a breach. */
export const canary = 'canary-of-globex'

export interface World {
  database: TestDatabase
  /** Inside globex, so that an owner who is no superuser sees globex's rows too. */
  admin: pg.Client
  tables: OwnedTable[]
  table(name: string): OwnedTable
  connect(url: string): Promise<pg.Client>
  /** All of globex's rows of a table as one text. */
  fingerprint(table: string): Promise<string>
  close(): Promise<void>
}

interface WorldOptions {
  factories?: typeof rowFactories
  /** `own`: roles of this database alone, for tests that change a role. */
  roles?: 'shared' | 'own'
}

/**
 * A database with two tenants that have a row in every tenant-owned table the catalogue knows, two tables among
 * them that come from a migration of this test and that nothing names.
 * @throws Error when there is a tenant-owned table that rows.ts has no row for
 */
export async function openWorld(options: WorldOptions = {}): Promise<World> {
  const database = await migrateWithPlantedTables(options.roles)
  const clients: pg.Client[] = []
  const connect = async (url: string) => {
    const client = new pg.Client(url)
    client.on('error', () => undefined)
    clients.push(client)
    await client.connect()
    return client
  }
  const close = async () => {
    await Promise.all(clients.map((client) => client.end().catch(() => undefined)))
    await database.drop()
  }
  try {
    const admin = await connect(database.adminUrl)
    const tables = await findTables(admin)
    await seed(admin, tables, { ...(options.factories ?? rowFactories), ...plantedTables.rows })
    return {
      database,
      admin,
      tables,
      connect,
      close,
      table(name) {
        const found = tables.find((table) => table.name === name)
        if (!found) throw new Error(`no tenant-owned table ${name}`)
        return found
      },
      async fingerprint(table) {
        const { rows } = await admin.query(
          `select coalesce(string_agg(t::text, E'\\n' order by t::text), '') as text from ${table} t
            where tenant_id = 'globex'`,
        )
        return rows[0].text
      },
    }
  } catch (error) {
    await close()
    throw error
  }
}

async function migrateWithPlantedTables(roles: WorldOptions['roles']): Promise<TestDatabase> {
  const database = await createUnmigratedDatabase()
  const migrationsDir = await mkdtemp(join(tmpdir(), 'tenantry-migrations-'))
  try {
    await cp(join(import.meta.dirname, '../../db/migrations'), migrationsDir, { recursive: true })
    const number = (await readdir(migrationsDir)).filter((name) => name.endsWith('.sql')).length + 1
    const file = `${String(number).padStart(4, '0')}_planted.sql`
    await writeFile(join(migrationsDir, file), plantedTables.migration)
    const { adminUrl } = database
    const prefix = roles === 'own' ? database.name : rolePrefix
    const common = { tokenKeySecret: testSecret, log: () => undefined }
    const urls = await migrate({ adminUrl, migrationsDir, rolePrefix: prefix, ...common })
    const drop = async () => {
      await database.drop()
      if (roles === 'own') await dropRoles(inject('testCluster').adminUrl, prefix)
    }
    return { ...database, ...urls, drop }
  } catch (error) {
    await database.drop()
    throw error
  } finally {
    await rm(migrationsDir, { recursive: true })
  }
}

async function dropRoles(clusterUrl: string, prefix: string): Promise<void> {
  await withDirectClient(clusterUrl, async (admin) => {
    for (const kind of ['owner', 'tenant', 'platform', 'jobs', 'purger']) {
      await admin.query(`drop role if exists ${prefix}_${kind}`)
    }
  })
}

/** Every table with a tenant_id, those first that others refer to. */
async function findTables(admin: pg.Client): Promise<OwnedTable[]> {
  const { rows } = await admin.query(`
    with recursive owned as (
      select c.oid, c.relname, exists (select from pg_attribute where attrelid = c.oid and attname = 'id') as has_id
      from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id' and not attisdropped
      where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
    ), depths as (
      select oid, 0 as depth from owned
      union
      select k.conrelid, d.depth + 1 from depths d
      join pg_constraint k on k.confrelid = d.oid and k.contype = 'f' and k.conrelid <> d.oid
    )
    select relname as name, case when has_id then 'id' else 'tenant_id' end as key,
      array(select attname::text from pg_index i
        join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any(i.indkey)
        where i.indrelid = o.oid and i.indisprimary) as "primaryKey"
    from owned o order by (select max(depth) from depths d where d.oid = o.oid), relname`)
  return rows
}

async function seed(admin: pg.Client, tables: OwnedTable[], factories: typeof rowFactories): Promise<void> {
  for (const tenantId of ['acme', 'globex']) {
    const userId = randomUUID()
    const ids = new Map(tables.map(({ name }) => [name, randomUUID()]))
    const owner = {
      tenantId,
      canary: `canary-of-${tenantId}`,
      userId,
      idOf: (table: string) => ids.get(table) ?? '',
    }
    await insert(admin, 'users', {
      id: userId,
      email: `${owner.canary}@example.com`,
      password_hash: owner.canary,
      first_name: owner.canary,
      last_name: owner.canary,
      locale: 'en',
      password_changed_at: new Date(),
      terms_accepted_at: new Date(),
      privacy_accepted_at: new Date(),
      created_at: new Date(),
      updated_at: new Date(),
    })
    await insert(admin, 'super_admins', {
      id: userId,
      email: `${owner.canary}@example.com`,
      password_hash: owner.canary,
      credentials_changed_at: '2026-03-02T10:00:00.000Z',
      created_at: new Date(),
      updated_at: new Date(),
    })
    await admin.query(`set app.tenant_id = '${tenantId}'`)
    for (const table of tables) {
      const factory = factories[table.name]
      if (!factory) {
        throw new Error(
          `${table.name} is tenant-owned, and test/isolation/rows.ts has no row for it: add one, so that it is attacked too`,
        )
      }
      const id = table.key === 'id' ? { id: owner.idOf(table.name) } : {}
      const row: Row = { tenant_id: tenantId, ...id, ...factory(owner) }
      await insert(admin, table.name, row)
      if (tenantId === 'acme') table.mine = row
      else table.theirs = row
    }
  }
}

async function insert(client: pg.Client, table: string, row: Row): Promise<void> {
  await client.query(insertInto(table, row))
}

/** An insert of one row. */
export function insertInto(table: string, row: Row, more = ''): { text: string; values: unknown[] } {
  const names = Object.keys(row)
  const places = names.map((_name, index) => `$${index + 1}`)
  return {
    text: `insert into ${table} (${names.join(', ')}) values (${places.join(', ')}) ${more}`,
    values: Object.values(row),
  }
}

/** The names of keys between and in tenant-owned tables that the doctor finds without tenant_id. */
export async function findLooseKeys(admin: pg.Client): Promise<string[]> {
  const rule = tableRules.find(({ name }) => name === 'keys carry the tenant')
  const { rows } = await admin.query(rule?.sql ?? '')
  return rows.map(({ problem }) => String(problem.split(' ')[0]))
}
