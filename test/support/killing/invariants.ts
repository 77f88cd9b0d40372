import { countedLimits } from '../../../src/features/plans/plans.ts'
import { keptTables } from '../deletion.ts'
import type { Place } from './place.ts'

/** Tenants that were neither deleted nor are about to be. */
const living = `(select * from tenants
  where status not in ('DELETING', 'DELETED') and tenant_id <> 'system-default') t`
const count = (table: string, where = 'true') =>
  `(select count(*) from ${table} where ${table}.tenant_id = t.tenant_id and ${where})`
const audited = (...actions: string[]) => count('audit_entries', `action in ('${actions.join("', '")}')`)

/** Each gives a row for whatever breaks it; none, when all is well and no job is left. */
const invariants: Record<string, string> = {
  'a tenant is whole': `select tenant_id from ${living} where not (
    ${count('memberships', `role = 'owner' and status = 'active'`)} = 1
    and ${count('tenant_settings')} = 1
    and ${count('limit_counters')} = ${countedLimits.length}
    and ${count('notification_preferences')} > 0
    and ${audited('tenant.created')} = 1
    and (select array_agg(field order by field) from tenant_changes
      where subject_tenant_id = t.tenant_id and from_value is null and field in ('plan', 'status'))
      = array['plan', 'status'])`,
  'who signed up has a tenant and a session': `select email from users where email like 'founder-%'
    and (id not in (select user_id from memberships) or id not in (select user_id from sessions))`,
  'seats are counted': `select tenant_id, used from ${living} join limit_counters using (tenant_id)
    where limit_name = 'users' and used <>
      ${count('memberships', `status = 'active'`)} + ${count('invitations', `status = 'pending'`)}`,
  'days of use add up to the seats': `select tenant_id, used from ${living} join limit_counters using (tenant_id)
    where limit_name = 'users' and t.name not like 'Doomed %' and used - 1 <>
      (select coalesce(sum(quantity), 0) from usage_days where tenant_id = t.tenant_id and metric = 'users')`,
  'an entry in the audit trail for each change': `select tenant_id from ${living} where t.name not like 'Doomed %' and not (
    ${audited('invitation.created')} = ${count('invitations')}
    and ${audited('invitation.accepted')} = ${count('invitations', `status = 'accepted'`)}
    and 1 + ${audited('invitation.accepted', 'user.added')} - ${audited('user.removed')} = ${count('memberships')}
    and ${audited('client.created')} - ${audited('client.deleted')} = ${count('clients')}
    and ${audited('invoice.created')} = ${count('invoices')}
    and ${audited('invoice.issued')} = ${count('invoices', `status = 'issued'`)}
    and ${audited('credits.debited')} = ${count('credit_operations', `kind = 'debit'`)}
    and ${audited('credits.granted')} = ${count('credit_operations', `kind = 'grant'`)})`,
  'numbers of invoices have no gap and come once': `select tenant_id, numbers from (
      select tenant_id, array_agg(split_part(number, '-', 2)::int order by number) as numbers
      from invoices where number is not null group by 1) issued
    left join invoice_counters using (tenant_id)
    where numbers <> array(select generate_series(1, last_number)) or last_number is null`,
  'an issued invoice is whole': `select tenant_id, number from invoices i where status = 'issued' and not (
    number is not null and issued_on is not null and buyer_name is not null and seller_name is not null
    and total_cents = net_cents + vat_cents and net_cents = (
      select sum(net_cents) from invoice_lines l where l.tenant_id = i.tenant_id and invoice_id = i.id)
    and not exists (select from invoice_lines l
      where l.tenant_id = i.tenant_id and invoice_id = i.id and vat_rate_basis_points is null))`,
  'the ledger of credits adds up': `select tenant_id, balance from credit_accounts t where balance <>
      (select coalesce(sum(amount), 0) from credit_entries where tenant_id = t.tenant_id)
    or balance <> (select coalesce(sum(remaining), 0) from credit_lots where tenant_id = t.tenant_id)
    or balance <> (select coalesce(sum(case kind when 'grant' then amount else -amount end), 0)
      from credit_operations where tenant_id = t.tenant_id)`,
  'an event is applied': `select id from billing_events where applied_at is null`,
  'each change by Stripe follows on the one before': `select * from (
      select subject_tenant_id, field, from_value, to_value,
        lag(to_value) over (partition by subject_tenant_id, field order by id) as before from tenant_changes) change
    where from_value is not distinct from to_value or (from_value is distinct from before and field <> 'trial_ends_at')`,
  'each change by Stripe is audited once': `select tenant_id from ${living}
    where (select coalesce(array_agg(field order by field), '{}') from tenant_changes
        where subject_tenant_id = t.tenant_id and agent = 'billing' and field in ('plan', 'status'))
      <> (select coalesce(array_agg(field order by field), '{}') from audit_entries, unnest(changed_fields) field
        where tenant_id = t.tenant_id and actor_id = 'stripe' and field in ('plan', 'status'))`,
  'a deletion ends, with a tombstone': `select tenant_id, c.status from tenants t
    full join deletion_certificates c on c.subject_tenant_id = t.tenant_id
    where (t.status in ('DELETING', 'DELETED') or c.id is not null) and not coalesce(
      t.status = 'DELETED' and c.status = 'done' and c.completed_at is not null and t.name = t.tenant_id, false)`,
  'a certificate is right': `select subject_tenant_id, rows_deleted, users_deleted, counts_before, counts_after
    from deletion_certificates,
      lateral (select sum(value::int) filter (where not kept ? key) as due from jsonb_each_text(counts_before)) b,
      lateral (select sum(value::int) filter (where not kept ? key) as left_over from jsonb_each_text(counts_after)) a
    where not coalesce(users_deleted = 2 and left_over = 0 and due > 1500 and rows_deleted = due, false)`,
  'a deletion is entered once, and once that it is over': `select tenant_id from tenants t where status = 'DELETED' and not (
    (select count(*) = 1 and bool_and(action = 'tenant.deleted') from platform_audit_entries
      where subject_tenant_id = tenant_id and actor_kind = 'system')
    and (select count(*) from platform_audit_entries
      where subject_tenant_id = tenant_id and changed_fields = array['status'] and actor_kind = 'admin_key') = 1
    and (select array_agg(to_value order by id) from tenant_changes
      where subject_tenant_id = tenant_id and field = 'status') = array['ACTIVE', 'DELETING', 'DELETED'])`,
  'nobody is left of whom only the deleted knew': `select email from users where email like 'doomed-%'
    and id not in (select user_id from memberships)`,
  'what is kept under an Idempotency-Key has its answer': `select key from idempotency_keys where status is null`,
}

/** Looks at the database, and says what is wrong with it. */
export async function checkInvariants(place: Place): Promise<string[]> {
  const wrong: string[] = []
  for (const [name, query] of Object.entries({ ...invariants, ...(await leftOvers(place)) })) {
    const rows = await place.sql(query).catch((error) => [String(error)])
    if (rows.length > 0) wrong.push(`not so: ${name}: ${JSON.stringify(rows.slice(0, 5))}`)
  }
  return wrong
}

/** Looks for each thing that somebody was told is done. */
export async function checkFacts(place: Place): Promise<string[]> {
  const wrong: string[] = []
  for (const { text, query, values } of place.facts.values()) {
    const [row] = await place.sql(query, values)
    if (Object.values(row)[0] !== true) wrong.push(`lost: ${text}`)
  }
  return wrong
}

/** What went out: each mail that was due, each once by its Message-ID, and no copy more than twice. */
export function checkMails({ sink, expectedMails }: Place): string[] {
  const wrong: string[] = []
  const copies = new Map<string, number>()
  for (const { messageId } of sink.mails) copies.set(messageId, (copies.get(messageId) ?? 0) + 1)
  for (const [id, sent] of copies) if (sent > 2) wrong.push(`the mail ${id} was sent ${sent} times`)
  for (const { to, holds } of expectedMails) {
    const found = sink.mailsTo(to).filter(({ text }) => text.includes(holds))
    const different = new Set(found.map(({ messageId }) => messageId)).size
    if (different !== 1) wrong.push(`${different} mails to ${to} that hold ${holds}`)
  }
  return wrong
}

/** What Stripe says of tenants is what they are. */
export async function checkStates({ sql, expectedStates }: Place): Promise<string[]> {
  const wrong: string[] = []
  for (const [tenantId, { plan, status }] of expectedStates) {
    const [row] = await sql('select plan, status from tenants where tenant_id = $1', [tenantId])
    if (row.plan !== plan || row.status !== status) {
      wrong.push(`${tenantId} is ${row.plan} and ${row.status}, and should be ${plan} and ${status}`)
    }
  }
  return wrong
}

/** For each table that belongs to tenants: rows of those that were deleted. */
async function leftOvers({ sql }: Place): Promise<Record<string, string>> {
  const tables = await sql(
    `select c.oid::regclass::text as name from pg_class c
      join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
      where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'`,
  )
  const parts = tables
    .filter(({ name }) => !keptTables.includes(name))
    .map(({ name }) => `select '${name}' as name, tenant_id from ${name}`)
  return {
    'nothing is left of the deleted': `select name, count(*) from (${parts.join(' union all ')}) kept
      where tenant_id in (select tenant_id from tenants where status = 'DELETED') group by 1`,
  }
}
