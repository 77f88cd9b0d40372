import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterEach, beforeEach, expect, inject, test } from 'vitest'
import { inTransaction, withDirectClient } from '../../src/db/direct-client.ts'
import { checkMigrations, type MigrateOptions, migrate } from '../../src/db/migrate.ts'
import { type EmptyDatabase, rolePrefix, testSecret } from '../support/cluster.ts'
import { createTestDatabase, createUnmigratedDatabase } from '../support/database.ts'

const ownMigrations = join(import.meta.dirname, '../../db/migrations')

let database: EmptyDatabase
let folder: string
let newest: number

beforeEach(async () => {
  database = await createUnmigratedDatabase()
  folder = await mkdtemp(join(tmpdir(), 'tenantry-migrations-'))
  await cp(ownMigrations, folder, { recursive: true })
  newest = (await checkMigrations({ adminUrl: database.adminUrl })).pending.length
})

afterEach(async () => {
  await database.drop()
  await rm(folder, { recursive: true })
})

test('an empty database gets every migration, and a second run finds nothing to do', async () => {
  const first = await run()
  expect(first.applied).toHaveLength(newest)
  // Somebody who is no superuser is told what else a DBA should do.
  const { isSuperuser } = inject('testCluster')
  expect(first.warnings).toEqual(
    isSuperuser
      ? []
      : expect.arrayContaining([
          expect.stringContaining('set_config'),
          expect.stringContaining('pg_settings'),
        ]),
  )
  expect(await askAs(first.platformUrl, 'select tenant_id from tenants')).toEqual([
    { tenant_id: 'system-default' },
  ])

  const second = await run()
  expect(second.applied).toEqual([])
  expect(second.tenantUrl).toBe(first.tenantUrl)
})

test('a database that another application uses is left exactly as it was', async () => {
  const describeAll = `select (select array_agg(datacl::text) from pg_database where datname = current_database()) as database,
    (select array_agg(nspname || coalesce(nspacl::text, '') order by nspname) from pg_namespace) as schemas,
    (select array_agg(relname || relrowsecurity::text order by relname) from pg_class
      where relnamespace = 'public'::regnamespace) as relations`
  await withDirectClient(database.adminUrl, async (admin) => {
    await admin.query(
      'create table orders (id int primary key, tenant_id text); insert into orders values (1)',
    )
    const { rows: before } = await admin.query(describeAll)
    await expect(run()).rejects.toThrow(/tables of another application \(orders …\): nothing was changed/)
    const { rows: after } = await admin.query(describeAll)
    expect(after).toEqual(before)
  })
})

test('a migration that was changed after it was applied is refused by name', async () => {
  await startMigrated()
  await addMigration(1, 'later', 'create table later (id int)')
  await addMigration(0, '', '-- changed', '0002_tenants.sql')
  await expect(run()).rejects.toThrow(
    /Changed or renamed after it was applied: 0002_tenants\.sql.*new migration/,
  )
  expect(await tableExists('later')).toBe(false)
})

test('line ends are no change', async () => {
  await startMigrated()
  await addMigration(1, 'lines', 'create table lines (\n  id int\n);\n')
  await run()
  await addMigration(1, 'lines', 'create table lines (\r\n  id int\r\n);\r\n')
  expect((await run()).applied).toEqual([])
})

test('files with a gap, a number twice or another name are refused before anything is applied', async () => {
  await addMigration(2, 'after_a_gap', 'select 1')
  await expect(run()).rejects.toThrow(/after_a_gap\.sql: number \d{4} is missing before it/)
  await addMigration(1, 'one', 'select 1')
  await addMigration(1, 'two', 'select 1')
  await expect(run()).rejects.toThrow(/_one\.sql and \d{4}_two\.sql have the same number/)
  await rm(join(folder, fileName(1, 'two')))
  await addMigration(0, '', 'select 1', '5-five.sql')
  await expect(run()).rejects.toThrow(/5-five\.sql: a migration is called NNNN_name\.sql/)
  expect(await ask("select from pg_namespace where nspname = 'app'")).toHaveLength(0)
})

test('a database that knows a migration without a file is newer than the program', async () => {
  await startMigrated()
  await addMigration(1, 'of_tomorrow', 'select 1')
  await run()
  await rm(join(folder, fileName(1, 'of_tomorrow')))
  await expect(run()).rejects.toThrow(/without a file here: \d{4}_of_tomorrow\.sql.*newer version/)
})

test('a failed migration leaves nothing, names file and line, and later ones are not applied', async () => {
  await startMigrated()
  await addMigration(1, 'good', 'create table good (id int primary key)')
  await addMigration(2, 'bad', 'create table half_done (id int);\n\nselect nonsense;\n')
  await addMigration(3, 'later', 'create table later (id int)')
  await expect(run()).rejects.toThrow(/_bad\.sql:3: column "nonsense" does not exist \(42703\)/)
  expect(await tableExists('good')).toBe(true)
  expect(await tableExists('half_done')).toBe(false)
  expect(await tableExists('later')).toBe(false)
  const rows = await ask('select name from app.migrations where number > $1 order by 1', [newest])
  expect(rows).toEqual([{ name: fileName(1, 'good') }])

  await addMigration(2, 'bad', 'create table half_done (id int)')
  expect((await run()).applied).toEqual([fileName(2, 'bad'), fileName(3, 'later')])
})

test('a violated constraint is told with its line too', async () => {
  await startMigrated()
  await addMigration(
    1,
    'numbers',
    'create table n (i int unique);\ninsert into n values (1);\ninsert into n\n  values (1);\n',
  )
  await expect(run()).rejects.toThrow(/_numbers\.sql:3: duplicate key .*\n {2}Key \(i\)=\(1\) already exists/)
})

test.each([
  ['commit', 'create table kept (id int);\ncommit;\ncreate table also_kept (id int);'],
  ['rollback', 'rollback;\ncreate table kept (id int);'],
  ['a commit inside a block', 'create table kept (id int);\ndo $$ begin commit; end $$;'],
])('%s in a migration is refused and nothing of it is kept', async (_, sql) => {
  await startMigrated()
  await addMigration(1, 'ends_itself', sql)
  await expect(run()).rejects.toThrow(
    /_ends_itself\.sql.*(transaction of its own|invalid transaction termination)/,
  )
  expect(await tableExists('kept')).toBe(false)
  expect(await tableExists('also_kept')).toBe(false)
  expect((await check()).pending).toEqual([fileName(1, 'ends_itself')])
})

test('two processes that migrate an empty database at once both succeed, and one does the work', async () => {
  await addMigration(1, 'slow', 'select pg_sleep(0.5)')
  const lines: string[] = []
  const results = await Promise.all([1, 2, 3].map(() => run({ log: (line) => lines.push(line) })))
  expect(results.map(({ applied }) => applied.length).sort()).toEqual([0, 0, newest + 1])
  expect(lines.filter((line) => line.startsWith('applied'))).toHaveLength(newest + 1)
  expect(lines).toContain('another process is migrating this database: waiting for it')
})

test('up to a number: later ones wait, tenants are apart, and the roles of the server have no rights yet', async () => {
  const { applied, tenantUrl, platformUrl } = await run({ to: 2 })
  expect(applied).toEqual(['0001_platform.sql', '0002_tenants.sql'])
  expect(await unprotectedTables()).toEqual([])
  for (const url of [tenantUrl, platformUrl]) {
    await expect(askAs(url, 'select name from tenants')).rejects.toThrow(
      'permission denied for table tenants',
    )
  }
  await expect(run({ to: 1 })).rejects.toThrow('migrations only go forward')
  await expect(run({ to: 99 })).rejects.toThrow(`There is no migration 99: the newest is ${newest}.`)

  expect((await run()).applied).toHaveLength(newest - 2)
  expect(await askAs(platformUrl, 'select tenant_id from tenants')).toEqual([{ tenant_id: 'system-default' }])
})

test('check tells what is pending, changed and unknown, and writes nothing', async () => {
  expect((await check()).pending).toHaveLength(newest)
  expect(await ask("select from pg_namespace where nspname in ('app', 'graphile_worker')")).toHaveLength(0)

  await addMigration(1, 'unknown', 'select 1')
  await run()
  await rm(join(folder, fileName(1, 'unknown')))
  await addMigration(0, '', '-- changed', '0001_platform.sql')
  expect(await check()).toEqual({
    pending: [],
    changed: ['0001_platform.sql'],
    unknown: [fileName(1, 'unknown')],
  })
})

test('migrations run as the owner, who is no superuser, under his own row security', async () => {
  await startMigrated()
  await addMigration(
    1,
    'who',
    `create table who as select current_user::text as name, rolsuper, rolbypassrls,
       current_setting('row_security') as row_security from pg_roles where rolname = current_user`,
  )
  const { ownerUrl } = await run()
  const name = new pg.Client(ownerUrl).user
  expect(await ask('select * from who')).toEqual([
    { name, rolsuper: false, rolbypassrls: false, row_security: 'off' },
  ])
})

test('forced row security blinds the owner, which a migration is told instead of passing as done', async () => {
  await startMigrated()
  await addMigration(
    1,
    'test_projects',
    `create table test_projects (tenant_id text collate "C" not null, id uuid not null, client_id uuid,
       primary key (tenant_id, id));
     insert into test_projects values
       ('system-default', gen_random_uuid(), '00000000-0000-7000-8000-000000000000')`,
  )
  const { ownerUrl } = await run()
  const backFill = 'update test_projects set client_id = null'
  const addKey = `alter table test_projects add constraint test_projects_client
    foreign key (tenant_id, client_id) references clients (tenant_id, id)`

  // The trap, as a plain connection of the owner has it: a back-fill of nothing and a valid key over an orphan.
  await withDirectClient(ownerUrl, async (owner) => {
    await owner.query('begin')
    expect((await owner.query(backFill)).rowCount).toBe(0)
    await owner.query(addKey)
    const { rows } = await owner.query(
      "select convalidated from pg_constraint where conname = 'test_projects_client'",
    )
    expect(rows).toEqual([{ convalidated: true }])
    await owner.query('rollback')
  })

  await addMigration(2, 'back_fill', backFill)
  await expect(run()).rejects.toThrow(/_back_fill\.sql.*row-level security policy for table "test_projects"/)
  await addMigration(2, 'back_fill', addKey)
  await expect(run()).rejects.toThrow(/_back_fill\.sql.*row-level security policy for table "test_projects"/)

  const open = (sql: string) =>
    `alter table test_projects no force row level security;
     alter table clients no force row level security;
     ${sql};
     alter table test_projects force row level security;
     alter table clients force row level security;`
  await addMigration(2, 'back_fill', open(addKey))
  await expect(run()).rejects.toThrow(
    /_back_fill\.sql.*violates foreign key constraint "test_projects_client"/,
  )
  await addMigration(2, 'back_fill', open(`${backFill}; ${addKey}`))
  expect((await run()).applied).toEqual([fileName(2, 'back_fill')])
  await ask('alter table test_projects no force row level security')
  expect(await ask('select client_id from test_projects')).toEqual([{ client_id: null }])
})

test('a new table with a tenant_id is protected without anybody naming it, partitioned ones too', async () => {
  await startMigrated()
  await addMigration(
    1,
    'things',
    `create table things (tenant_id text collate "C" not null default app.current_tenant(), id int not null,
       primary key (tenant_id, id));
     create table events (tenant_id text collate "C" not null default app.current_tenant(), at date not null)
       partition by range (at);
     create table events_2027 partition of events for values from ('2027-01-01') to ('2028-01-01')`,
  )
  const { tenantUrl } = await run()
  expect(await unprotectedTables()).toEqual([])
  await withDirectClient(tenantUrl, async (client) => {
    const as = (tenant: string, sql: string) =>
      inTransaction(client, async () => {
        await client.query(`set local app.tenant_id = '${tenant}'`)
        return (await client.query(sql)).rows
      })
    await as('acme', 'insert into things (id) values (1)')
    await as('acme', "insert into events (at) values ('2027-05-05')")
    for (const table of ['things', 'events']) {
      expect(await as('acme', `select tenant_id from ${table}`)).toEqual([{ tenant_id: 'acme' }])
      expect(await as('globex', `select tenant_id from ${table}`)).toEqual([])
      expect((await client.query(`select from ${table}`)).rowCount).toBe(0)
    }
    await expect(as('acme', 'select from events_2027')).rejects.toThrow('permission denied')
    await expect(as('globex', "insert into things values ('acme', 2)")).rejects.toThrow('row-level security')
    // The setting is '' by now.
    await expect(client.query('insert into things (id) values (3)')).rejects.toThrow('row-level security')
    await expect(client.query("insert into things values ('', 4)")).rejects.toThrow('row-level security')
  })
})

test('plans are made as if there were 200 tenants', async () => {
  await startMigrated()
  const { ownerUrl, tenantUrl, platformUrl } = await run()
  // As an older version has left it.
  await withDirectClient(ownerUrl, (owner) =>
    owner.query('alter table clients alter tenant_id reset (n_distinct)'),
  )
  await run()
  await withDirectClient(database.adminUrl, async (admin) => {
    const { rows } = await admin.query(
      `select attrelid::regclass::text as name from pg_attribute join pg_class c on c.oid = attrelid
        where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and attname = 'tenant_id'
          and attoptions is distinct from '{n_distinct=200}'`,
    )
    expect(rows).toEqual([])
  })
  // What they make dear is not compiled for it.
  for (const url of [tenantUrl, platformUrl]) expect(await askAs(url, 'show jit')).toEqual([{ jit: 'off' }])
})

test('a placeholder in a policy file that means nothing is an error', async () => {
  await startMigrated()
  const policiesDir = join(folder, 'policies')
  await cp(join(ownMigrations, '../policies'), policiesDir, { recursive: true })
  await writeFile(join(policiesDir, '40-typo.sql'), 'grant select on plans to :"tenat_role";')
  await expect(run({ policiesDir })).rejects.toThrow(/40-typo\.sql: :"tenat_role" is none of owner_role/)
  await writeFile(join(policiesDir, '40-typo.sql'), `select ':'::"char", 1 where :'jobs_role' <> 'a:b';`)
  await run({ policiesDir })
})

test('a restart does not wait for somebody who reads or writes for a long time', async () => {
  await startMigrated()
  const { ownerUrl, jobsUrl } = await run()
  const lockTablesOf = async (client: pg.Client, schemas: string[]) => {
    await client.query('begin')
    const { rows } = await client.query(
      "select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname = any($1)",
      [schemas],
    )
    for (const { name } of rows) await client.query(`lock table ${name} in row exclusive mode`)
    return rows.length
  }
  await withDirectClient(ownerUrl, (owner) =>
    withDirectClient(jobsUrl, async (jobs) => {
      expect(await lockTablesOf(owner, ['public', 'app'])).toBeGreaterThan(5)
      expect(await lockTablesOf(jobs, ['graphile_worker'])).toBeGreaterThan(3)
      await run()
    }),
  )
}, 10_000)

/** For what needs a database as the migrations leave it, and not to see them at work. */
async function startMigrated() {
  await database.drop()
  database = await createTestDatabase()
}

function run(options: Partial<MigrateOptions> = {}) {
  return migrate({
    adminUrl: database.adminUrl,
    tokenKeySecret: testSecret,
    rolePrefix,
    migrationsDir: folder,
    log: () => undefined,
    ...options,
  })
}

function check() {
  return checkMigrations({ adminUrl: database.adminUrl, migrationsDir: folder })
}

function fileName(after: number, name: string): string {
  return `${String(newest + after).padStart(4, '0')}_${name}.sql`
}

/** Writes the file that comes `after` so many behind the newest, or one with another name. */
async function addMigration(after: number, name: string, sql: string, file = fileName(after, name)) {
  await writeFile(join(folder, file), sql)
}

function ask(sql: string, values: unknown[] = []) {
  return askAs(database.adminUrl, sql, values)
}

function askAs(url: string, sql: string, values: unknown[] = []) {
  return withDirectClient(url, async (client) => (await client.query(sql, values)).rows)
}

async function tableExists(name: string): Promise<boolean> {
  return (
    (await ask("select from pg_tables where schemaname = 'public' and tablename = $1", [name])).length > 0
  )
}

function unprotectedTables() {
  return ask(`select c.relname from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
      and not (c.relrowsecurity and c.relforcerowsecurity
        and exists (select from pg_policy where polrelid = c.oid and polname = 'tenant_isolation'))`)
}
