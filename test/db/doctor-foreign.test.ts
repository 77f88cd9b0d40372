import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { withDirectClient } from '../../src/db/direct-client.ts'
import { asks, checkRules, findReadableTables } from '../../src/db/doctor.ts'
import { type ForeignDatabase, foreignDatabase, rules } from '../../src/db/doctor-rules.ts'
import { checkForeignDatabase } from '../../src/db/foreign-doctor.ts'
import type { EmptyDatabase } from '../support/cluster.ts'
import { createUnmigratedDatabase } from '../support/database.ts'
import { startWire } from '../support/wire.ts'

// The doctor in a database as a textbook has it: row security with one setting, and what is forgotten around it.
const { isSuperuser } = inject('testCluster')

const textbook = `
  create table accounts (org_id uuid primary key, name text not null, email text unique);
  create table projects (id uuid primary key, org_id uuid not null references accounts, name text not null);
  create table tasks (id bigserial primary key, org_id uuid not null references accounts,
    project_id uuid references projects (id), title text not null);
  create table colours (name text primary key);
  create table people (id uuid primary key, name text not null);
  alter table people enable row level security, force row level security;
  create policy self on people using (id = current_setting('my.person')::uuid);
  alter table accounts enable row level security, force row level security;
  alter table projects enable row level security, force row level security;
  alter table tasks enable row level security;
  create policy tenant on accounts using (org_id = current_setting('my.org')::uuid);
  create policy reads on projects for select using (org_id = current_setting('my.org')::uuid);
  create policy writes on projects for insert with check (org_id = current_setting('my.org')::uuid);
  create policy tenant on tasks using (org_id = current_setting('my.org')::uuid or title = 'Welcome');
  create view open_tasks as select * from tasks;
  create materialized view task_counts as select org_id, count(*) from tasks group by org_id;
  create function count_tasks() returns bigint language sql security definer as 'select count(*) from tasks';
  create role APP login password 'of a textbook' inherit;
  grant select, insert, update, delete on accounts, projects, people, tasks, open_tasks to APP;
  grant select on colours, task_counts to APP;
  grant usage on all sequences in schema public to APP;
  alter role APP set my.org = '00000000-0000-0000-0000-000000000000'`

const found: Record<string, string[]> = {
  'cannot-call-set-config': ['APP may call set_config', 'APP may update pg_settings'],
  'copies-of-tables-are-closed': ['APP may select the materialized view task_counts'],
  'default-privileges-give-nothing': ['every function that'],
  'foreign-keys-are-indexed': [
    'projects_org_id_fkey of projects has no index that begins with org_id',
    'tasks_org_id_fkey of tasks has no index',
    'tasks_project_id_fkey of tasks has no index that begins with project_id',
  ],
  'foreign-keys-carry-the-tenant': ['tasks_project_id_fkey of tasks does not join org_id with org_id'],
  'functions-of-others-are-listed': ['public.count_tasks() has the rights of'],
  'functions-pin-their-search-path': ['count_tasks() has the rights of'],
  'functions-respect-row-security': ['count_tasks() has the rights of'],
  'has-no-needless-powers': ['APP has TEMPORARY on the database'],
  'nothing-is-granted-to-everybody': [
    'everybody has EXECUTE on count_tasks()',
    'CONNECT, TEMPORARY on the database',
    'USAGE on the schema public',
  ],
  'numbers-are-not-shared': ['id of tasks is numbered', 'APP may use the sequence tasks_id_seq'],
  'policies-are-canonical': ['tasks has no policy that says', 'tasks has the policy tenant, which'],
  'row-security-is-forced': ['tasks has row security not forced'],
  'settings-are-not-preset': ['APP begins with my.org = 00000000'],
  'unique-keys-begin-with-the-tenant': [
    'accounts_email_key of accounts is unique',
    'tasks_pkey of tasks is unique',
  ],
  'views-ask-as-their-reader': ['APP may use the view open_tasks, which reads as'],
}

const mends = `
  alter role APP reset my.org;
  revoke all on database DB from public; grant connect on database DB to APP;
  revoke all on schema public from public; grant usage on schema public to APP;
  revoke execute on function set_config from public; revoke update on pg_settings from public;
  alter default privileges revoke execute on functions from public;
  drop function count_tasks;
  revoke all on task_counts from APP;
  drop view open_tasks;
  alter table tasks force row level security;
  alter policy tenant on tasks using (org_id = current_setting('my.org')::uuid);
  alter table accounts drop constraint accounts_email_key;
  alter table tasks drop constraint tasks_pkey, drop constraint tasks_project_id_fkey,
    alter id drop default, alter id type uuid using gen_random_uuid(), add primary key (org_id, id);
  drop sequence tasks_id_seq;
  alter table projects add unique (org_id, id);
  alter table tasks add foreign key (org_id, project_id) references projects (org_id, id);
  create index on tasks (org_id, project_id);
  create view open_tasks with (security_invoker) as select * from tasks; grant select on open_tasks to APP`

describe.skipIf(!isSuperuser)(
  `a database that is not ours${isSuperuser ? '' : ' (skipped: needs a superuser to plant)'}`,
  () => {
    let database: EmptyDatabase
    let app: string

    beforeAll(async () => {
      database = await createUnmigratedDatabase()
      app = `${database.name}_app`
      await alter(textbook)
    })

    afterAll(async () => {
      await alter(`drop owned by APP; drop role APP`)
      await database.drop()
    })

    test('has each of its weaknesses named, and nothing else', async () => {
      const checks = await examine()
      expect(checks.map(({ name }) => name)).toEqual(Object.keys(found))
      for (const { name, problems } of checks) {
        const wanted = found[name]?.map((text) => expect.stringContaining(text.replace('APP', app))) ?? []
        expect(problems, name).toEqual(expect.arrayContaining(wanted))
        expect(problems, name).toHaveLength(wanted.length)
      }
    })

    test('is sound once they are mended', async () => {
      await alter(mends)
      expect(await examine()).toEqual([])
    })

    test('is measured by the policy that its owner names, and in the schemas that they name', async () => {
      const other = await examine({ policy: '(org_id = (current_user)::uuid)' })
      expect(other.map(({ name, problems }) => [name, problems.length])).toEqual([
        ['policies-are-canonical', 7],
      ])
      const elsewhere = await examine({ schemas: ['another'] })
      expect(elsewhere.map(({ name }) => name)).toEqual(['tables-are-in-known-schemas'])
    })

    test('has no policy for a table of its own key that lets everybody in', async () => {
      await alter('alter policy self on people using (true)')
      const checks = await examine()
      await alter(`alter policy self on people using (id = current_setting('my.person')::uuid)`)
      expect(checks.map(({ name, problems }) => [name, problems.length])).toEqual([
        ['global-tables-are-closed-to-tenants', 3],
      ])
    })

    test('has functions with the rights of another that its owner has reviewed', async () => {
      await alter(`create function count_some(text[], integer) returns bigint language sql security definer
          set search_path = public, pg_temp as 'select count(*) from tasks';
        revoke all on function count_some from public; grant execute on function count_some to APP`)
      const names = async (definerFunctions: string[]) =>
        (await examine({ definerFunctions })).map(({ name }) => name)
      const [before, after] = [await names([]), await names(['public.count_some(text[],integer)'])]
      await alter('drop function count_some')
      expect(before).toEqual(['functions-of-others-are-listed', 'functions-respect-row-security'])
      expect(after).toEqual(['functions-respect-row-security'])
    })

    test('has its tables looked into in a schema of whatever name', async () => {
      await alter(`create schema "My App"; create table "My App".notes (org_id uuid);
        grant usage on schema "My App" to APP; grant select on "My App".notes to APP`)
      const about = { tenant_column: 'org_id', schemas: ['My App'] }
      const tables = await withDirectClient(urlOfApp(), (client) => findReadableTables(asks(client), about))
      expect(tables).toEqual(['"My App".notes'])
    })

    /** What fails, asked by the role that serves requests. */
    async function examine(more: Partial<ForeignDatabase> = {}) {
      const about = foreignDatabase({
        tenantRole: app,
        tenantColumn: 'org_id',
        globalTables: ['colours', 'people'],
        ...more,
      })
      const chosen = rules.filter(({ isOurs }) => !isOurs)
      const checks = await withDirectClient(urlOfApp(), (client) => checkRules(asks(client), chosen, about))
      return checks.filter(({ ok }) => !ok)
    }

    function urlOfApp() {
      const url = new URL(database.adminUrl)
      url.username = app
      url.password = 'of a textbook'
      return url.href
    }

    function alter(sql: string) {
      const filled = sql.replaceAll(/\bAPP\b/g, app).replaceAll(/\bDB\b/g, database.name)
      return withDirectClient(database.adminUrl, (admin) => admin.query(filled))
    }
  },
)

test('nothing that is set stays on the connection, which a pooler may give to others', async () => {
  const database = await createUnmigratedDatabase()
  const wire = await startWire(database.adminUrl)
  try {
    await checkForeignDatabase(wire.url(database.adminUrl))
    const sent = wire.messages.map(({ sql }) => sql).filter((sql) => sql !== '')
    const settings = sent.flatMap((sql) => sql.match(/\bset \w+/g) ?? [])
    expect(new Set(settings)).toEqual(new Set(['set transaction', 'set local']))
    expect(sent.filter((sql) => sql === 'begin')).toHaveLength(
      sent.filter((sql) => /^(commit|rollback)$/.test(sql)).length,
    )
    expect(sent.some((sql) => sql.includes('set local role'))).toBe(true)
  } finally {
    await wire.close()
    await database.drop()
  }
})
