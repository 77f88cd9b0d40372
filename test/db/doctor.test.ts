import pg from 'pg'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { withDirectClient } from '../../src/db/direct-client.ts'
import { type Check, checkDatabase, checkDatabaseAt } from '../../src/db/doctor.ts'
import { type MigrateResult, migrate } from '../../src/db/migrate.ts'
import { type EmptyDatabase, testSecret } from '../support/cluster.ts'
import { createTestDatabase, createUnmigratedDatabase } from '../support/database.ts'

// Each violation is planted by a superuser, on roles that this file alone has: they are named after its database.
const { isSuperuser } = inject('testCluster')

/** What the doctor calls it, how to break it, how to mend it. T and P are the tenant and platform role. */
const violations: [check: string, plant: string, mend: string][] = [
  ['has no powers (tenant role)', 'alter role T superuser', 'alter role T nosuperuser'],
  ['has no powers (tenant role)', 'alter role T bypassrls', 'alter role T nobypassrls'],
  ['has no powers (tenant role)', 'alter role T createrole', 'alter role T nocreaterole'],
  ['has no powers (tenant role)', 'alter role T replication', 'alter role T noreplication'],
  ['has no powers (tenant role)', 'alter role T createdb', 'alter role T nocreatedb'],
  ['has no powers (tenant role)', 'grant OWNER to T', 'revoke OWNER from T'],
  ['has no powers (tenant role)', 'grant pg_read_all_data to T', 'revoke pg_read_all_data from T'],
  ['has no powers (platform role)', 'alter role P superuser', 'alter role P nosuperuser'],
  ['has no powers (platform role)', 'alter role P bypassrls', 'alter role P nobypassrls'],
  ['has no powers (platform role)', 'grant OWNER to P', 'revoke OWNER from P'],
  ['owns nothing (tenant role)', 'alter table clients owner to T', 'alter table clients owner to OWNER'],
  ['owns nothing (platform role)', 'create schema s authorization P', 'drop schema s'],
  ['makes nothing (tenant role)', 'grant truncate on clients to T', 'revoke truncate on clients from T'],
  [
    'makes nothing (tenant role)',
    'grant references (name) on clients to T',
    'revoke references (name) on clients from T',
  ],
  ['makes nothing (platform role)', 'grant trigger on tenants to P', 'revoke trigger on tenants from P'],
  ['makes nothing (tenant role)', 'grant create on schema app to T', 'revoke create on schema app from T'],
  ['makes nothing (tenant role)', 'grant temp on database DB to T', 'revoke temp on database DB from T'],
  [
    'makes nothing (platform role)',
    'grant create on database DB to public',
    'revoke create on database DB from public',
  ],
  [
    'functions respect row security (tenant role)',
    `create function leak() returns bigint language sql security definer as 'select count(*) from tenants'`,
    'drop function leak',
  ],
  [
    'row security is forced',
    'alter table clients no force row level security',
    'alter table clients force row level security',
  ],
  [
    'row security is forced',
    'alter table clients disable row level security',
    'alter table clients enable row level security',
  ],
  [
    'row security is forced',
    'create table parts (tenant_id text, day date) partition by range (day)',
    'drop table parts',
  ],
  ['policies are canonical', 'create table unruled (tenant_id text)', 'drop table unruled'],
  [
    'policies are canonical',
    'create policy extra on clients to T using (true)',
    'drop policy extra on clients',
  ],
  [
    'policies are canonical',
    'alter policy tenant_isolation on clients with check (true)',
    'alter policy tenant_isolation on clients with check (tenant_id = app.current_tenant())',
  ],
  [
    'policies are canonical',
    'alter policy tenant_isolation on clients to OWNER',
    'alter policy tenant_isolation on clients to public',
  ],
  [
    'policies are canonical',
    'create policy platform_access on clients for select to P using (true)',
    'drop policy platform_access on clients',
  ],
  [
    'policies are canonical',
    'alter policy platform_access on memberships to T',
    'alter policy platform_access on memberships to P',
  ],
  [
    'policies are canonical',
    'drop policy platform_access on tenants',
    'create policy platform_access on tenants for select to P using (true)',
  ],
  ['every table is tenant-owned or listed', 'create table stray (id int)', 'drop table stray'],
  [
    'every table is tenant-owned or listed',
    'create view loophole as select * from clients',
    'drop view loophole',
  ],
  [
    'global tables are closed to tenants',
    'grant select (email) on users to T',
    'revoke select (email) on users from T',
  ],
  [
    'global tables are closed to tenants',
    'grant delete on sessions to T',
    'revoke delete on sessions from T',
  ],
  ['global tables are closed to tenants', 'grant update on plans to T', 'revoke update on plans from T'],
  ['keys carry the tenant', 'create unique index loose on clients (email)', 'drop index loose'],
  [
    'keys carry the tenant',
    `alter table audit_entries add column client_id uuid;
      alter table clients add constraint u unique (id);
      alter table audit_entries add constraint loose foreign key (client_id) references clients (id)`,
    'alter table audit_entries drop column client_id; alter table clients drop constraint u',
  ],
  [
    'audit trails are append-only (tenant role)',
    'grant delete on audit_entries to T',
    'revoke delete on audit_entries from T',
  ],
  [
    'audit trails are append-only (platform role)',
    'grant delete on platform_audit_entries to P',
    'revoke delete on platform_audit_entries from P',
  ],
  [
    'audit trails are append-only (tenant role)',
    'grant delete on audit_seals to T',
    'revoke delete on audit_seals from T',
  ],
  [
    'audit trails are append-only (platform role)',
    'grant update (hash) on audit_seals to P',
    'revoke update (hash) on audit_seals from P',
  ],
  [
    'audit trails are append-only (platform role)',
    'grant insert on audit_seals to P',
    'revoke insert on audit_seals from P',
  ],
  [
    'audit trails are append-only (tenant role)',
    'grant insert (position) on audit_entries to T',
    'revoke insert (position) on audit_entries from T',
  ],
  [
    'audit trails are append-only (platform role)',
    'grant update (action) on audit_entries to P',
    'revoke update (action) on audit_entries from P',
  ],
  ['no row without a tenant', 'create policy open on tenants using (true)', 'drop policy open on tenants'],
  ['no row without a tenant', 'alter role T set app.tenant_id = acme', 'alter role T reset app.tenant_id'],
]

const weaknesses: [check: string, plant: string, mend: string][] = [
  [
    'tenants can be deleted',
    'alter function app.purge_batch(integer) rename to purge_later',
    'alter function app.purge_later(integer) rename to purge_batch',
  ],
  [
    'tenant-owned tables have their shape',
    'drop index clients_created_at',
    'create index clients_created_at on clients (tenant_id, created_at desc, id desc)',
  ],
  [
    'tenant-owned tables have their shape',
    'alter table saved_queries drop constraint saved_queries_pkey',
    'alter table saved_queries add primary key (tenant_id, id)',
  ],
  [
    'tenant-owned tables have their shape',
    'alter table clients alter updated_at type timestamptz',
    'alter table clients alter updated_at type timestamptz(3)',
  ],
  [
    'tenant-owned tables have their shape',
    'alter table saved_queries rename id to other_id',
    'alter table saved_queries rename other_id to id',
  ],
  [
    'tenant-owned tables have their shape',
    'alter table tenant_settings alter tenant_id drop default',
    'alter table tenant_settings alter tenant_id set default app.current_tenant()',
  ],
  [
    'cannot call set_config (tenant role)',
    'grant execute on function set_config to T',
    'revoke execute on function set_config from T',
  ],
  [
    'cannot call set_config (platform role)',
    'grant update on pg_settings to P',
    'revoke update on pg_settings from P',
  ],
]

let database: EmptyDatabase
let urls: MigrateResult

describe.skipIf(!isSuperuser)(
  `the doctor${isSuperuser ? '' : ' (skipped: needs a superuser to plant)'}`,
  () => {
    beforeAll(async () => {
      database = await createUnmigratedDatabase()
      urls = await migrate({ adminUrl: database.adminUrl, tokenKeySecret: testSecret, log: () => undefined })
    })

    afterAll(() => database.drop())

    test('finds nothing in a migrated database', async () => {
      const checks = await examine()
      expect(checks.filter(({ ok }) => !ok)).toEqual([])
      expect(checks.length).toBeGreaterThan(15)
    })

    test('has a violation planted here for every check it makes', async () => {
      const planted = new Set([...violations, ...weaknesses].map(([name]) => name.replace(/ \(.*/, '')))
      const made = new Set((await examine()).map(({ name }) => name.replace(/ \(.*/, '')))
      expect(planted).toEqual(made)
    })

    test.each(violations)('%s: %s', async (name, plant, mend) => {
      await alter(plant)
      const found = (await examine()).find((check) => check.name === name)
      await alter(mend)
      expect(found).toMatchObject({ ok: false, severity: 'fatal' })
      expect(found?.detail).not.toContain('could not be checked')
      expect(await failing()).toEqual([])
    })

    test.each(weaknesses)(
      '%s: %s is a warning, since a DBA may be unable to prevent it',
      async (name, plant, mend) => {
        await alter(plant)
        expect(await examine()).toContainEqual(
          expect.objectContaining({ name, ok: false, severity: 'warning' }),
        )
        await alter(mend)
        expect(await failing()).toEqual([])
      },
    )

    test('a check that cannot be made does not hold', async () => {
      const refuse = async () => {
        throw new Error('connection lost')
      }
      const checks = await checkDatabase({ tenant: refuse, platform: refuse })
      expect(
        checks.every(({ ok, detail }) => !ok && detail === 'could not be checked: connection lost'),
      ).toBe(true)
    })
  },
)

test.skipIf(!isSuperuser)('the databases that tests clone are as tight as a migrated one', async () => {
  const clone = await createTestDatabase()
  try {
    expect((await examine(clone)).filter(({ ok }) => !ok)).toEqual([])
  } finally {
    await clone.drop()
  }
})

/** New connections each time, since a role's settings apply when it logs in. */
function examine({ tenantUrl, platformUrl }: Pick<MigrateResult, 'tenantUrl' | 'platformUrl'> = urls) {
  return checkDatabaseAt({ tenantUrl, platformUrl })
}

async function failing(): Promise<Check[]> {
  return (await examine()).filter(({ ok }) => !ok)
}

async function alter(sql: string): Promise<void> {
  const names: Record<string, string | undefined> = {
    T: new pg.Client(urls.tenantUrl).user,
    P: new pg.Client(urls.platformUrl).user,
    OWNER: new pg.Client(urls.ownerUrl).user,
    DB: database.name,
  }
  const filled = sql.replaceAll(/\b(T|P|OWNER|DB)\b/g, (word) => names[word] ?? word)
  await withDirectClient(database.adminUrl, (admin) => admin.query(filled))
}
