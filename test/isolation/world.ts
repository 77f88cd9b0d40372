import { randomUUID } from 'node:crypto'
import { cp, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { inject } from 'vitest'
import { withDirectClient } from '../../src/db/direct-client.ts'
import { checkRules } from '../../src/db/doctor.ts'
import { ownDatabase, rules } from '../../src/db/doctor-rules.ts'
import { migrate } from '../../src/db/migrate.ts'
import { rolePrefix, type TestDatabase, testSecret } from '../support/cluster.ts'
import { behindPooler, createUnmigratedDatabase } from '../support/database.ts'
import { composeFingerprints, findTables, type OwnedTable } from './catalogue.ts'
import { plantedTables, type Row, rowFactories } from './rows.ts'

/** acme attacks, globex is attacked: every answer that holds this word is a breach. */
export const canary = 'canary-of-globex'

export interface World {
  database: TestDatabase
  /** Inside globex, so that an owner who is no superuser sees globex's rows too. */
  admin: pg.Client
  /** Major version of PostgreSQL. */
  version: number
  tables: OwnedTable[]
  /** Those of the partitioned ones among them, with the rows that are seen through these. */
  partitions: OwnedTable[]
  table(name: string): OwnedTable
  connect(url: string): Promise<pg.Client>
  /** By table, whatever is not acme's: all of globex's rows, and those of the tables that are nobody's. */
  fingerprints(): Promise<Record<string, string>>
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
    const all = await findTables(admin)
    const tables = all.filter(({ root }) => root === undefined)
    await seed(admin, tables, { ...(options.factories ?? rowFactories), ...plantedTables.rows })
    const partitions = all.flatMap((table) => {
      const root = tables.find(({ name }) => name === table.root)
      return root ? [{ ...table, mine: root.mine, theirs: root.theirs }] : []
    })
    const { rows } = await admin.query(`select current_setting('server_version_num')::int / 10000 as major`)
    const everything = await composeFingerprints(admin)
    return {
      database,
      admin,
      version: rows[0].major,
      tables,
      partitions,
      fingerprints: async () => {
        const { rows } = await admin.query({ name: 'fingerprints', text: everything })
        return Object.fromEntries(rows.map(({ name, hash }) => [name, hash]))
      },
      connect,
      close,
      table(name) {
        const found = tables.find((table) => table.name === name)
        if (!found) throw new Error(`no tenant-owned table ${name}`)
        return found
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
    return { ...database, ...behindPooler(urls), drop }
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

const keyRules = ['foreign-keys-carry-the-tenant', 'unique-keys-begin-with-the-tenant']

/** The names of keys between and in tenant-owned tables that the doctor finds without tenant_id. */
export async function findLooseKeys(admin: pg.Client): Promise<string[]> {
  const about = { ...ownDatabase, tenant_role: '', platform_role: '', runtime_roles: [] }
  const checks = await checkRules(
    async (sql) => (await admin.query(sql)).rows,
    rules.filter(({ name }) => keyRules.includes(name)),
    about,
  )
  return checks.flatMap(({ problems }) => problems.map((problem) => String(problem.split(' ')[0])))
}
