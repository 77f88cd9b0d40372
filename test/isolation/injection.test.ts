import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Database, openDatabase, type Tx } from '../../src/db/database.ts'
import type { TenantId } from '../../src/db/tenant-id.ts'
import { protocolOfRun } from '../support/database.ts'
import { canary, openWorld, type World } from './world.ts'

// A handler's worst mistake: text of a client's becomes part of a statement, or a statement of its own.
const acme = 'acme' as TenantId
const globex = 'globex' as TenantId

let world: World
let db: Database

beforeAll(async () => {
  world = await openWorld()
  const { tenantUrl, platformUrl } = world.database
  const sizes = {
    tenantPoolSize: 1,
    platformPoolSize: 1,
    tenantPoolIdleMs: 60_000,
    platformPoolIdleMs: 60_000,
    poolWaitMs: 5000,
  }
  const common = { statementTimeoutMs: 5000, ...protocolOfRun(), onError: () => undefined }
  db = openDatabase({ tenantUrl, platformUrl, ...sizes, ...common }).db
})

afterAll(async () => {
  await db.close()
  await world.close()
})

const asXml = (statement: string) =>
  `query_to_xml('${statement.replaceAll("'", "''")}', true, false, '')::text`
const becomeGlobex = "set local app.tenant_id = 'globex'"

/** What stands for an expression inside a statement, and how PostgreSQL answers: an SQLSTATE, or rows. */
const fragments: [fragment: string, answer: string][] = [
  [`''; ${becomeGlobex}; --`, '42601'],
  [`''; commit; ${becomeGlobex}`, '42601'],
  [`''; do $$ begin ${becomeGlobex}; end $$`, '42601'],
  ["set_config('app.tenant_id', 'globex', true)", '42501'],
  ["set_config('app.tenant_id', 'globex', false)", '42501'],
  ["pg_catalog.set_config('row_security', 'off', true)", '42501'],
  [asXml(becomeGlobex), '0A000'],
  [asXml("do $$ begin execute 'set local app.tenant_id = globex'; end $$"), '0A000'],
  [asXml("select set_config('app.tenant_id', 'globex', true)"), '42501'],
  [asXml('alter role current_user set row_security = off'), '0A000'],
  [asXml('commit'), '22000'],
  [asXml('explain analyze select * from clients'), '0A000'],
  [asXml('select * from users'), '42501'],
  [asXml('select * from clients'), 'rows'],
  ["ts_rewrite('a'::tsquery, 'set local app.tenant_id = globex')::text", '42P11'],
  ["(select min(word) from ts_stat('select to_tsvector(name) from clients'))", 'rows'],
  ["(select min(word) from ts_stat('select to_tsvector(email) from users'))", '42501'],
  ["table_to_xml('clients', true, false, '')::text", 'rows'],
  ["database_to_xml(true, false, '')::text", 'rows'],
  ["(select string_agg(name, ',') from clients)", 'rows'],
  ["(select string_agg(t::text, ',') from tenants t)", 'rows'],
  ["(select string_agg(m::text, ',') from app.tenant_members() m)", 'rows'],
  ["(select string_agg(setting, ',') from pg_settings where name like 'app.%')", 'rows'],
  ["(select string_agg(most_common_vals::text, ',') from pg_stats)", 'rows'],
  ["(select string_agg(t::text, ',') from pg_cursors t)", 'rows'],
  ["(select string_agg(t::text, ',') from pg_prepared_statements t)", 'rows'],
  ["(select string_agg(t::text, ',') from pg_stats_ext t)", 'rows'],
  ["(select string_agg(password_hash, ',') from users)", '42501'],
  ["(select string_agg(private_jwe, ',') from signing_keys)", '42501'],
  ["(select string_agg(token_hash::text, ',') from sessions)", '42501'],
  ["(select string_agg(token_hash::text, ',') from one_time_tokens)", '42501'],
  ["(select string_agg(totp_secret_jwe, ',') from super_admins)", '42501'],
  ["(select string_agg(action, ',') from platform_audit_entries)", '42501'],
  ["(select string_agg(app.session_membership(id)::text, ',') from memberships)", 'rows'],
  ["(select string_agg(app.support_session_admin(id)::text, ',') from support_sessions)", 'rows'],
  ["(select string_agg(name, ',') from app.migrations)", '42501'],
  ["(select string_agg(t::text, ',') from graphile_worker._private_jobs t)", '42501'],
  ["graphile_worker.add_job('send_mail', '{}')::text", '42501'],
  ["(select string_agg(t::text, ',') from pg_statistic t)", '42501'],
  ["(select string_agg(rolpassword, ',') from pg_authid)", '42501'],
  ["(select string_agg(t::text, ',') from pg_largeobject t)", '42501'],
  ["pg_read_file('pg_hba.conf')", '42501'],
  ["pg_ls_dir('.')", '42501'],
  ["lo_import('/etc/hostname')::text", '42501'],
  ['pg_reload_conf()::text', '42501'],
  ["pg_create_physical_replication_slot('leak')::text", '42501'],
]

describe.each(fragments)('inside a statement, %s', (fragment, answer) => {
  test(`gives ${answer} and changes neither the tenant nor whoever comes next`, async () => {
    const outcome = await withAcme(async (tx) => {
      const { rows } = await sql`select ${sql.raw(fragment)} as told`.execute(tx)
      expect(await tenantOf(tx)).toBe('acme')
      return JSON.stringify(rows)
    })
    expect(outcome).not.toContain(canary)
    if (answer !== 'rows') expect(outcome).toBe(answer)
    else expect(outcome).toMatch(/^\[/)
    await expectUntouched()
  })
})

describe.each(['where', 'order by', 'limit'])('in a %s clause', (place) => {
  const name = place === 'limit' ? "'1'" : 'name'
  test.each([
    `${name}; ${becomeGlobex}`,
    `set_config('app.tenant_id', 'globex', false) = ''`,
    `(select string_agg(name, '') from clients where tenant_id = 'globex') is not null`,
  ])('%s', async (fragment) => {
    const outcome = await withAcme(async (tx) => {
      return JSON.stringify(
        await sql`select name from clients ${sql.raw(`${place} ${fragment}`)}`.execute(tx),
      )
    })
    expect(outcome).not.toContain(canary)
    await expectUntouched()
  })
})

const changes: [statement: string, code: string][] = [
  [
    "with x as (update pg_settings set setting = 'globex' where name = 'app.tenant_id' returning 1) select",
    '0A000',
  ],
  ["update pg_settings set setting = 'globex' where name = 'app.tenant_id'", '42501'],
  ['insert into tenants select * from tenants', '42501'],
  ['insert into plans select * from plans', '42501'],
  ['update plans set users = 1000000', '42501'],
  ["update tenants set plan = 'ENTERPRISE', status = 'ACTIVE'", '42501'],
  ['delete from tenants', '42501'],
  ["update audit_entries set action = 'nothing happened'", '42501'],
  ['delete from audit_entries', '42501'],
  ['select * into leak from clients', '42501'],
]

test.each(changes)('the statement %s is refused with %s', async (statement, code) => {
  expect(await withAcme(async (tx) => String(await sql.raw(statement).execute(tx)))).toBe(code)
  await expectUntouched()
})

/** What comes of it: what work returns, or the SQLSTATE. No error may quote globex. */
async function withAcme(work: (tx: Tx) => Promise<string>): Promise<string> {
  try {
    return await db.withTenant(acme, work)
  } catch (error) {
    const { code, message, detail, hint } = error as Record<string, unknown>
    expect(JSON.stringify([message, detail, hint])).not.toContain(canary)
    if (typeof code !== 'string') throw error
    return code
  }
}

async function tenantOf(tx: Tx): Promise<string | null> {
  const { rows } = await sql<{ tenant: string | null }>`select app.current_tenant() as tenant`.execute(tx)
  return rows[0]?.tenant ?? null
}

/** The pool has one connection, so the next scopes run on the one that was attacked. */
async function expectUntouched(): Promise<void> {
  for (const tenantId of [acme, globex]) {
    const names = await db.withTenant(tenantId, (tx) => tx.selectFrom('clients').select('name').execute())
    expect(names).toEqual([{ name: `canary-of-${tenantId}` }])
  }
}
