import pg from 'pg'
import type { PlanNode } from './rules.ts'

/** A statement that has functions of the database do their work, as one of the two roles. */
export interface Call {
  role: 'tenant' | 'platform'
  sql: string
  /** What a superuser does before it, in the same transaction. */
  before?: string
}

/** What ran inside functions, triggers and foreign keys. */
export interface Inside {
  /** Statements with their plans. */
  statements: { sql: string; plan: PlanNode }[]
  /** Functions that ran, such as app.notify. */
  functions: string[]
}

const at = `'2026-03-02T10:30:00Z'::timestamptz`
const credits = `gen_random_uuid(), 1, 'why', gen_random_uuid()::text`
const mine = 'tenant_id = app.current_tenant()'
const someone = '(select id from memberships limit 1)'
const support = '(select id from support_sessions limit 1)'
const draft = `(select id from invoices where ${mine} limit 1)`
const seats = `update limit_counters set limit_name = 'users' where ${mine} and limit_name = 'users-1'`

/** Between them they run each function that reads a tenant-owned table. */
export const calls: Call[] = [
  {
    role: 'tenant',
    before: seats,
    sql: `select app.change_usage('{users}', '{1}', array[${at}], ${at})`,
  },
  { role: 'tenant', sql: `select app.debit_credits(${credits}, 'user', 'x', ${at})` },
  { role: 'tenant', sql: `select app.end_sessions(${someone})` },
  { role: 'tenant', sql: `select app.end_support_session(${support}, 'user', 'x', ${at})` },
  {
    role: 'tenant',
    sql: `select app.notify((select name from notification_templates limit 1), '{}', array[${someone}], null, '{}', ${at})`,
  },
  {
    role: 'tenant',
    sql: `select app.record_usage(array[gen_random_uuid()], '{mails.sent}', '{1}', array[${at}], '{key}', ${at})`,
  },
  { role: 'tenant', sql: `select app.session_membership(${someone})` },
  { role: 'tenant', sql: `select app.support_session_admin(${support})` },
  { role: 'tenant', sql: `select app.tenant_members((select user_id from memberships limit 1))` },
  { role: 'tenant', sql: `update invoices set note = 'other' where id = ${draft}` },
  { role: 'tenant', sql: `delete from invoice_lines where invoice_id = ${draft}` },
  {
    role: 'platform',
    sql: `select app.grant_credits(${credits}, 'operator', 'x', ${at}, ${at} + interval '1 day')`,
  },
  {
    role: 'platform',
    sql: `select app.refund_credits(${credits}, 'operator', 'x', ${at},
      (select operation_id from app.debit_credits(${credits}, 'operator', 'x', ${at})))`,
  },
  {
    role: 'platform',
    before: `update credit_lots set expires_at = ${at} where ${mine} and created_at < '2026-03-02T10:03:00Z'`,
    sql: `select app.expire_credits(${at})`,
  },
  { role: 'platform', sql: `select app.forget_idempotency_keys('2026-03-02T10:03:00Z', 2)` },
  { role: 'platform', sql: `select app.forget_notifications('2026-03-02T10:03:00Z')` },
  { role: 'platform', sql: `select app.lock_usage()` },
  { role: 'platform', before: seats, sql: `select app.recount_users(${at})` },
  { role: 'platform', sql: `select app.seal_audit(1000000, 2, gen_random_uuid(), ${at})` },
  { role: 'platform', sql: `select app.count_tenant_rows()` },
  { role: 'platform', sql: `select app.open_tenant_rows('clients', true)` },
  {
    role: 'platform',
    before: `update tenants set status = 'DELETING' where ${mine}`,
    sql: `select app.purge_batch(2)`,
  },
]

/**
 * Runs a call as one tenant, takes it back, and tells what ran inside: auto_explain, which comes with PostgreSQL, sends a
 * notice for each statement of a function, a trigger or a foreign key.
 * @param admin a superuser
 * @param role as whom, and whether that role's connections scan in sequence where they can do otherwise
 * @throws the server's error: a call that fails has not shown what it was to show
 */
export async function lookInside(
  admin: pg.Client,
  call: Call,
  role: { name: string; enableSeqscan: string },
  tenantId: string,
): Promise<Inside> {
  const statements: Inside['statements'] = []
  const listen = ({ message = '' }: { message?: string | undefined }) => {
    const json = /^duration: [\d.]+ ms {2}plan:\n(.*)$/s.exec(message)?.[1]
    if (!json) return
    const { 'Query Text': sql, Plan: plan } = JSON.parse(json)
    // What runs the functions is none of them.
    if (sql !== call.sql) statements.push({ sql, plan })
  }
  admin.on('notice', listen)
  try {
    await admin.query(`load 'auto_explain'; discard plans; begin; set local app.tenant_id = '${tenantId}';
      set local session_replication_role = replica; ${call.before ?? ''};
      set local session_replication_role = origin; set local track_functions = 'all';
      set local plan_cache_mode = force_generic_plan; set local auto_explain.log_nested_statements = on;
      set local auto_explain.log_format = json; set local auto_explain.log_level = notice;
      set local auto_explain.log_min_duration = 0; set local enable_seqscan = ${role.enableSeqscan}; set local role ${pg.escapeIdentifier(role.name)}`)
    await admin.query(call.sql)
    await admin.query('reset role')
    const { rows } = await admin.query(
      `select format('%s.%s', schemaname, funcname) as name from pg_stat_xact_user_functions where calls > 0`,
    )
    return { statements, functions: rows.map(({ name }) => name) }
  } finally {
    await admin.query('rollback')
    admin.off('notice', listen)
  }
}

/**
 * The functions whose statements no plan of a caller shows: those that name a tenant-owned table or make statements as
 * they go. A plain one in SQL becomes part of the statement that calls it.
 */
export async function findReadingFunctions(admin: pg.Client): Promise<string[]> {
  const { rows } = await admin.query(`
    select distinct format('%I.%I', n.nspname, p.proname) as name
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace join pg_language l on l.oid = p.prolang
    join pg_class c on c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
    join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped
    where n.nspname in ('app', 'public') and (l.lanname <> 'sql' or p.prosecdef or p.proconfig is not null)
      and (p.prosrc ~* '\\mexecute\\M'
        or p.prosrc ~* format('\\m(from|join|update|into|using)\\s+(only\\s+)?(public\\.)?"?%s\\M', c.relname))
    order by 1`)
  return rows.map(({ name }) => name)
}
