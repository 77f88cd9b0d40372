import type pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ownDatabase } from '../../src/db/doctor-rules.ts'
import { inside } from './attempt.ts'
import { openWorld, type World } from './world.ts'

// An operator sees what a tenant is, pays and uses, and nothing of its business: not by any statement of the platform
// role, nor through any function that it may call. What it may see was looked at table by table and stands here; a table
// or a function that is added is in nobody's reach until somebody puts it here.
let world: World
let platform: pg.Client
let tables: string[]

/** Tenant-owned tables that the platform role may read, as a whole or by these columns. */
const reviewed: Record<string, 'whole' | string[]> = {
  api_keys: ['last_used_at', 'tenant_id'],
  audit_entries: ['position', 'tenant_id'],
  audit_seals: ['hash', 'number', 'tenant_id', 'to_position'],
  billing_accounts: 'whole',
  credit_lots: ['expires_at', 'remaining', 'tenant_id'],
  idempotency_keys: ['created_at', 'tenant_id'],
  invitations: 'whole',
  limit_counters: 'whole',
  memberships: 'whole',
  notifications: ['created_at', 'tenant_id'],
  support_sessions: 'whole',
  tenant_settings: [
    ...['audit', 'automatic_numbering', 'backups', 'currency', 'date_format', 'language', 'tenant_id'],
    ...['theme', 'time_zone', 'vat_rate_basis_points'],
  ],
  tenants: 'whole',
  usage_days: 'whole',
}

beforeAll(async () => {
  world = await openWorld()
  platform = await world.connect(world.database.platformUrl)
  // Whatever can be read and is of tenants, in whatever schema, and what is in the schema public without being known.
  const { rows } = await world.admin.query(
    `select c.oid::regclass::text as name from pg_class c
      where c.relkind in ('r', 'p', 'v', 'm', 'f') and (c.relnamespace = 'public'::regnamespace or exists (
        select from pg_attribute a where a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped))
        and not (c.relnamespace = 'public'::regnamespace and c.relname = any ($1)) order by 1`,
    [ownDatabase.global_tables],
  )
  tables = rows.map(({ name }) => name)
})

afterAll(() => world.close())

test('the tables looked at are those of the catalogue, business tables and ones of tomorrow among them', () => {
  expect(tables).toEqual(expect.arrayContaining(['audit_entries', 'clients', ...Object.keys(reviewed)]))
  expect(tables).toEqual(expect.arrayContaining(world.tables.map(({ name }) => name)))
})

describe.each([undefined, 'acme', 'globex'])('inside %s the platform role', (tenantId) => {
  test('can do nothing with a table that is not reviewed but add to it', async () => {
    const closed = tables.filter((name) => !(name in reviewed))
    expect(closed.length).toBeGreaterThan(5)
    for (const name of closed) {
      for (const sql of [
        `select from ${name}`,
        `select tenant_id from ${name}`,
        `select count(*) from ${name}`,
        `table ${name}`,
        `select 1 from tenants where exists (select from ${name})`,
        `select from ${name} for update`,
        `copy ${name} to stdout`,
        `copy (select ${name} from ${name}) to stdout`,
        `select query_to_xml('select * from ${name}', true, true, '')`,
        `declare rows cursor for select * from ${name}`,
        `insert into ${name} default values returning *`,
        `update ${name} set updated_at = now()`,
        `update ${name} set tenant_id = 'globex'`,
        `delete from ${name}`,
        `merge into ${name} using (values (1)) v on true when matched then delete`,
        `truncate ${name}`,
        `lock table ${name} in access exclusive mode`,
      ]) {
        expect([sql, await codeOf(tenantId, sql)]).toEqual([sql, '42501'])
      }
    }
  })

  test('reads of a reviewed table the reviewed columns, and of no other table any', async () => {
    const { rows } = await platform.query(
      `select c.oid::regclass::text as name, has_table_privilege(c.oid, 'select') as whole,
          array_agg(a.attname::text order by a.attname) filter (where has_column_privilege(c.oid, a.attnum, 'select')) as columns
        from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
        where c.oid::regclass::text = any ($1) group by c.oid`,
      [tables],
    )
    const readable = rows.filter(({ columns }) => columns)
    expect(
      Object.fromEntries(readable.map(({ name, whole, columns }) => [name, whole ? 'whole' : columns])),
    ).toEqual(reviewed)
  })
})

/** Functions that the platform role may call, beside PostgreSQL's own. */
const callable = [
  'app.allowed(plans,jsonb,text)',
  'app.audit_position(xid8)',
  'app.change_usage(text[],bigint[],timestamp with time zone[],timestamp with time zone)',
  'app.count_on(refcursor)',
  'app.count_tenant_rows()',
  'app.current_tenant()',
  'app.debit_credits(uuid,bigint,text,text,text,text,timestamp with time zone)',
  'app.end_support_session(uuid,text,text,timestamp with time zone)',
  'app.expire_credits(timestamp with time zone)',
  'app.forget_idempotency_keys(timestamp with time zone,integer)',
  'app.forget_notifications(timestamp with time zone)',
  'app.grant_credits(uuid,bigint,text,text,text,text,timestamp with time zone,timestamp with time zone)',
  'app.kept_at_deletion()',
  'app.lock_usage()',
  'app.move_audit_horizon(timestamp with time zone)',
  'app.notify(text,text[],uuid[],uuid,jsonb,timestamp with time zone)',
  'app.open_tenant_rows(name,boolean)',
  'app.period_end(text,date,text)',
  'app.period_of(text,timestamp with time zone,text)',
  'app.purge_batch(integer)',
  'app.purge_users(uuid[])',
  'app.recount_users(timestamp with time zone)',
  'app.refund_credits(uuid,bigint,text,text,text,text,timestamp with time zone,uuid)',
  'app.seal_audit(bigint,integer,uuid,timestamp with time zone)',
  'app.tables_of_tenants()',
  'app.usage_at(timestamp with time zone)',
  'graphile_worker.enqueue_job(text,json,text,timestamp with time zone)',
  'graphile_worker.forget_jobs()',
  'graphile_worker.forget_mails_to(text[])',
]

/**
 * Functions that find their tables in the catalogue, and so reach all of them, inside the tenant of the transaction. They
 * give numbers and names of tables, a cursor on numbers, and ids of users whose memberships they have deleted.
 */
const ofEveryTable = {
  count_tenant_rows: 'table_name name, row_count bigint, bytes bigint',
  open_tenant_rows: null,
  purge_batch: 'table_name text, rows_deleted bigint, user_ids uuid[]',
}

/**
 * Tables beyond its own reach, or of which it sees some columns, that functions with their owner's rights touch for the
 * platform role: what a tenant is given, what its members are told, its time zone, and the seals of its audit trail.
 */
const credits = ['credit_accounts', 'credit_entries', 'credit_lots', 'credit_operations']
const touchedFor: Record<string, string[]> = {
  // Two of them for their names alone, which limits have, too.
  change_usage: ['sites', 'tenant_settings', 'workflows'],
  debit_credits: credits,
  expire_credits: credits,
  forget_idempotency_keys: ['idempotency_keys'],
  forget_notifications: ['notifications'],
  grant_credits: credits,
  notify: ['notification_preferences', 'notifications'],
  recount_users: ['tenant_settings'],
  refund_credits: credits,
  seal_audit: ['audit_entries', 'audit_seals'],
}

describe('functions that the platform role may call', () => {
  test('are listed here, each of them', async () => {
    const { rows } = await platform.query(
      `select p.oid::regprocedure::text as name from pg_proc p join pg_namespace n on n.oid = p.pronamespace
        where n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and has_schema_privilege(n.oid, 'usage')
          and has_function_privilege(p.oid, 'execute') order by 1`,
    )
    expect(rows.map(({ name }) => name).sort()).toEqual(callable.toSorted())
  })

  test('reach with the rights of their owner no table but those reviewed for each', async () => {
    const { rows } = await platform.query(
      `select p.proname as name, p.prosecdef and has_function_privilege(p.oid, 'execute') as lends_rights,
          coalesce(pg_get_function_sqlbody(p.oid), p.prosrc) as body, (
            select string_agg(a.name || ' ' || a.type::regtype, ', ' order by a.place)
            from unnest(p.proargnames, p.proallargtypes, p.proargmodes) with ordinality a (name, type, mode, place)
            where a.mode in ('o', 't')) as gives
        from pg_proc p where p.pronamespace = any (array['app', 'public']::regnamespace[])`,
    )
    const lending = rows.filter(({ lends_rights }) => lends_rights)
    const isWrittenAtRunTime = ({ body }: { body: string }) => /\bexecute\b/i.test(body)
    expect(
      Object.fromEntries(lending.filter(isWrittenAtRunTime).map(({ name, gives }) => [name, gives])),
    ).toEqual(ofEveryTable)
    // Of the others the words in their bodies, and in those of the functions that they call, are all there is to them.
    const wordsOf = (name: string, seen = new Set<string>()): Set<string> => {
      for (const { body } of rows.filter((row) => row.name === name)) {
        for (const word of String(body).match(/[a-z_0-9]+/g) ?? []) {
          if (seen.has(word)) continue
          seen.add(word)
          wordsOf(word, seen)
        }
      }
      return seen
    }
    const closed = tables.filter((table) => reviewed[table] !== 'whole')
    const touched = lending
      .filter((row) => !isWrittenAtRunTime(row))
      .map(({ name }) => [name, closed.filter((table) => wordsOf(name).has(table))] as const)
      .filter(([, names]) => names.length > 0)
    expect(Object.fromEntries(touched)).toEqual(touchedFor)
  })

  test('hold in nobody’s name the rights of a role that it is a member of', async () => {
    const { rows } = await platform.query(
      `select rolname from pg_roles where pg_has_role(current_user, oid, 'member') and rolname <> current_user`,
    )
    expect(rows).toEqual([])
  })
})

async function codeOf(tenantId: string | undefined, sql: string): Promise<string> {
  try {
    await inside(platform, tenantId, () => platform.query(sql), 'rollback')
    return 'went through'
  } catch (error) {
    return (error as pg.DatabaseError).code ?? String(error)
  }
}
