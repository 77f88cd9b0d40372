import { sql } from 'kysely'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type OpenedDatabase, openDatabase } from '../../src/db/database.ts'
import type { TenantId } from '../../src/db/tenant-id.ts'
import { protocolOfRun } from '../support/database.ts'
import { inside } from './attempt.ts'
import { canary, openWorld, type World } from './world.ts'

// Whoever commands a whole statement of the tenant role, not only a part of one.
const acme = 'acme' as TenantId

let world: World
let client: pg.Client
let opened: OpenedDatabase

beforeAll(async () => {
  world = await openWorld()
  const { tenantUrl, platformUrl } = world.database
  client = await world.connect(tenantUrl)
  const sizes = {
    tenantPoolSize: 1,
    platformPoolSize: 1,
    tenantPoolIdleMs: 60_000,
    platformPoolIdleMs: 60_000,
    poolWaitMs: 5000,
  }
  const common = { statementTimeoutMs: 5000, ...protocolOfRun(), onError: () => undefined }
  opened = openDatabase({ tenantUrl, platformUrl, ...sizes, ...common })
})

afterAll(async () => {
  await opened.db.close()
  await world.close()
})

/** The server refuses these. ROLE, OWNER, DB stand for names. */
const refused = [
  'set role OWNER',
  'set session authorization OWNER',
  "alter role current_user set app.tenant_id = 'globex'",
  "alter role ROLE in database DB set app.tenant_id = 'globex'",
  "alter role all set app.tenant_id = 'globex'",
  "alter database DB set app.tenant_id = 'globex'",
  'alter role ROLE bypassrls',
  'alter role ROLE superuser',
  'alter role ROLE rename to somebody',
  'grant OWNER to ROLE',
  'grant pg_read_all_data to ROLE',
  'create role somebody',
  'alter table clients disable row level security',
  'alter table clients no force row level security',
  'drop policy tenant_isolation on clients',
  'create policy all_of_it on clients using (true)',
  'alter function app.current_tenant() set app.tenant_id = globex',
  "create or replace function app.current_tenant() returns text language sql as $$ select 'globex' $$",
  "create function public.become() returns int language sql set app.tenant_id = 'globex' as 'select 1'",
  "create function pg_temp.become() returns int language sql set app.tenant_id = 'globex' as 'select 1'",
  "create function app.leak(text, text) returns bool language plpgsql cost 0.0001 as 'begin raise notice $1; end'",
  'create operator public.=== (leftarg = text, rightarg = text, function = texteq)',
  'create cast (text as integer) with inout',
  'create type public.leak as (t text)',
  'create schema leak',
  'create view public.leak as select * from clients',
  'create table public.leak (t text)',
  'create temp table leak (t text)',
  'create temp view leak as select 1',
  'create trigger leak after insert on clients for each row execute function suppress_redundant_updates_trigger()',
  'create rule leak as on insert to clients do also select 1',
  'create statistics leak on name, notes from clients',
  'create index leak on clients (name)',
  'create extension dblink',
  'create extension pageinspect',
  'create publication leak for all tables',
  'create event trigger leak on ddl_command_start execute function leak()',
  'comment on table clients is $$ mine $$',
  "copy clients to program 'cat'",
  "copy clients to '/tmp/leak'",
  "copy clients from '/etc/hostname'",
  "load 'auto_explain'",
  'set session_replication_role = replica',
  "set log_statement = 'all'",
  'truncate clients',
  'lock table users in access share mode',
  'prepare transaction $$leak$$',
  "prepare become as set local app.tenant_id = 'globex'",
]

test.each(refused)('the database refuses: %s', async (statement) => {
  const error = await inside(client, 'acme', () => extended(fillIn(statement))).catch((thrown) => thrown)
  expect(error).toBeInstanceOf(pg.DatabaseError)
  // Not allowed; no such role or function to do it with; prepared transactions disabled; a syntax without SET.
  expect(['42501', '42883', '55000', '42601', '0A000', '22023']).toContain(error.code)
  expect(error.message).not.toContain(canary)
})

test('the database refuses a DO block, which could do what a handle refuses to send', async () => {
  const block = "do $$ begin execute 'set local app.tenant_id = ''globex'''; end $$"
  await expect(inside(client, 'acme', () => extended(block))).rejects.toMatchObject({ code: '42501' })
})

test('a session that the tenant role prepares for itself begins without a tenant and sees nothing', async () => {
  await expect(extended("alter role current_user set app.tenant_id = 'globex'")).rejects.toMatchObject({
    code: '42501',
    message: 'permission denied to set parameter "app.tenant_id"',
  })
  const later = await world.connect(world.database.directTenantUrl)
  const { rows } = await later.query(
    'select app.current_tenant() as tenant, count(*)::int as seen from clients',
  )
  expect(rows).toEqual([{ tenant: null, seen: 0 }])
})

/**
 * PostgreSQL allows these to everybody, and some would cross tenants: a SET is all it takes. A handle sends
 * statements that read or write rows, and nothing else, so none of these reaches the server.
 */
const onlyByHandle = [
  "set local app.tenant_id = 'globex'",
  "SET app.tenant_id = 'globex'",
  "  set session app.tenant_id to 'globex'",
  "/* a comment */ set local app.tenant_id = 'globex'",
  "-- a comment\nset local app.tenant_id = 'globex'",
  "do $$ begin execute 'set local app.tenant_id = ''globex'''; end $$",
  'reset app.tenant_id',
  'reset all',
  'set local row_security = off',
  'set search_path = pg_catalog',
  'begin',
  'commit',
  'rollback',
  'end',
  'abort',
  'savepoint mine',
  'rollback to savepoint p1',
  'prepare mine as select 1',
  'deallocate all',
  'declare c cursor with hold for select name from clients',
  'listen everything',
  "notify everybody, 'x'",
  'analyze clients',
  "alter role current_user password 'owned'",
  'alter role current_user set row_security = off',
  'alter role current_user set search_path = pg_catalog',
  'copy clients to stdout',
  'show app.tenant_id',
  // The planner's estimates know the values of all tenants, and how many rows each has.
  "explain select name from clients where tenant_id = 'globex'",
]

describe('a handle refuses', () => {
  test.each(onlyByHandle)('%s', async (statement) => {
    const work = opened.db.withTenant(acme, (tx) => sql.raw(statement).execute(tx))
    await expect(work).rejects.toThrow(/a handle sends queries only/)
  })

  test('and the connection that was tried with it serves the next tenant as ever', async () => {
    const sees = (tenantId: string) =>
      opened.db.withTenant(tenantId as TenantId, (tx) => tx.selectFrom('clients').select('name').execute())
    expect(await sees('acme')).toEqual([{ name: 'canary-of-acme' }])
    expect(await sees('globex')).toEqual([{ name: canary }])
  })

  test('nor is a tenant left on the connection outside a transaction', async () => {
    await opened.db
      .withTenant(acme, (tx) => sql`set app.tenant_id = 'globex'`.execute(tx))
      .catch(() => undefined)
    const rows = await opened.ask.tenant('select app.current_tenant() as tenant', [])
    expect(rows).toEqual([{ tenant: null }])
  })
})

function extended(text: string) {
  return client.query({ text, queryMode: 'extended' } as pg.QueryConfig)
}

function fillIn(statement: string): string {
  const { name, ownerUrl, tenantUrl } = world.database
  const names: Record<string, string> = { DB: name, ROLE: user(tenantUrl), OWNER: user(ownerUrl) }
  return statement.replaceAll(/\b(ROLE|OWNER|DB)\b/g, (word) => pg.escapeIdentifier(names[word] ?? ''))
}

function user(url: string): string {
  return new pg.Client(url).user ?? ''
}
