import { type RawBuilder, sql } from 'kysely'
import type { PlatformTx } from '../../db/database.ts'

/** How many calendar months are told, the present one included. */
const monthsTold = 12

/** What tenants bring in per month at today's prices, in the hundredth part of the currency. */
export interface Revenue {
  currency: string
  total_cents: number
  /** Of tenants with a subscription at Stripe that gives them access. */
  subscribed_cents: number
  /** Of the others: those that pay by invoice, such as tenants that operators provisioned. */
  other_cents: number
}

/** A calendar month, in UTC. */
export interface Month {
  /** Such as 2026-03. */
  month: string
  /** New tenants. */
  signups: number
  /** Trials that became a plan with a price. */
  conversions: number
  /** Tenants that were paying and were cancelled or deleted. */
  churn: number
  /** What tenants brought in at its end; of the present month, now. */
  mrr_cents: number
}

/** The statuses of a subscription by which a tenant is ACTIVE. */
const givesAccess = sql`billing_accounts.subscription_status in ('active', 'trialing', 'past_due')`

/**
 * What a tenant pays per month for a plan by the catalogue, where the plan's price is a minimum that minimum. Per seat
 * as many times as its subscription says, and else for each active member.
 */
function centsOf(plan: string, tenantId: RawBuilder<unknown>): RawBuilder<number> {
  const { price_cents, price_is_per_seat } = {
    price_cents: sql.ref(`${plan}.price_cents`),
    price_is_per_seat: sql.ref(`${plan}.price_is_per_seat`),
  }
  return sql`coalesce(${price_cents}::bigint * case when ${price_is_per_seat} then coalesce(
      (select quantity from billing_accounts where billing_accounts.tenant_id = ${tenantId} and ${givesAccess}),
      (select count(*) from memberships where memberships.tenant_id = ${tenantId} and memberships.status = 'active'))
    else 1 end, 0)`
}

/**
 * Monthly recurring revenue by now: what ACTIVE tenants pay by the catalogue, those whose payment is due included. The
 * catalogue has one currency.
 */
export async function readRevenue(tx: PlatformTx): Promise<Revenue> {
  const { rows } = await sql<Revenue>`
    select (select min(currency) from plans) as currency, coalesce(sum(cents), 0)::float8 as total_cents,
      coalesce(sum(cents) filter (where is_subscribed), 0)::float8 as subscribed_cents,
      coalesce(sum(cents) filter (where not is_subscribed), 0)::float8 as other_cents
    from (
      select ${centsOf('plans', sql.ref('tenants.tenant_id'))} as cents,
        exists (select from billing_accounts where billing_accounts.tenant_id = tenants.tenant_id and ${givesAccess})
          as is_subscribed
      from tenants join plans on plans.plan = tenants.plan
      where tenants.status = 'ACTIVE' and tenants.tenant_id <> 'system-default'
    ) paid`.execute(tx)
  return rows[0] as Revenue
}

/**
 * The last twelve calendar months, the present one last. What tenants brought in then is read off the history of their
 * statuses and plans, back from what they are by now, at today's prices and numbers of seats: what the catalogue said
 * then is not kept.
 * @param revenue what they bring in by now, in cents
 */
export async function readMonths(tx: PlatformTx, revenue: number, now: Date): Promise<Month[]> {
  const first = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - monthsTold + 1, 1))
  const [changes, signups] = await Promise.all([readChanges(tx, first), countSignups(tx, first)])
  let mrr = revenue
  return Array.from({ length: monthsTold }, (_, ago) => {
    const start = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - ago, 1))
    const month = start.toISOString().slice(0, 7)
    const ofMonth = changes.find((each) => each.month === month)
    const { conversions = 0, churn = 0, added_cents = 0 } = ofMonth ?? {}
    const atEnd = mrr
    mrr -= added_cents
    const made = signups.find((each) => each.month === month)?.n ?? 0
    return { month, signups: made, conversions, churn, mrr_cents: atEnd }
  }).reverse()
}

const monthOf = (column: string) => sql<string>`to_char(${sql.ref(column)} at time zone 'UTC', 'YYYY-MM')`

function countSignups(tx: PlatformTx, since: Date) {
  return tx
    .selectFrom('tenants')
    .select([monthOf('created_at').as('month'), sql<number>`count(*)::int`.as('n')])
    .where('created_at', '>=', since)
    .where('tenant_id', '<>', 'system-default')
    .groupBy(monthOf('created_at'))
    .execute()
}

interface ChangesOfMonth {
  month: string
  conversions: number
  churn: number
  /** How much more tenants brought in at the end of the month than at its beginning. */
  added_cents: number
}

/**
 * What changes of status and plan came to, month by month. A change of the one says nothing of the other: that is what
 * the next change of the other came from, and without one what the tenant is by now.
 */
async function readChanges(tx: PlatformTx, since: Date): Promise<ChangesOfMonth[]> {
  const tenantId = sql.ref('known.tenant_id')
  const { rows } = await sql<ChangesOfMonth>`
    with changes as (
      select subject_tenant_id as tenant_id, id, created_at, field, from_value, to_value,
        count(*) filter (where field = 'status') over later as statuses_later,
        count(*) filter (where field = 'plan') over later as plans_later
      from tenant_changes
      where created_at >= ${since} and field in ('status', 'plan') and subject_tenant_id <> 'system-default'
      -- Each change itself included.
      window later as (partition by subject_tenant_id order by id desc)
    ),
    with_next as (
      select *,
        max(from_value) filter (where field = 'status') over (partition by tenant_id, statuses_later) as next_status,
        max(from_value) filter (where field = 'plan') over (partition by tenant_id, plans_later) as next_plan
      from changes
    ),
    known as (
      select c.tenant_id, c.id, c.created_at, c.field, s.from_status, s.to_status, s.from_plan, s.to_plan
      from with_next c join tenants t on t.tenant_id = c.tenant_id
      cross join lateral (select
        case when c.field = 'status' then c.from_value when c.statuses_later = 0 then t.status else c.next_status end,
        case when c.field = 'status' then c.to_value when c.statuses_later = 0 then t.status else c.next_status end,
        case when c.field = 'plan' then c.from_value when c.plans_later = 0 then t.plan else c.next_plan end,
        case when c.field = 'plan' then c.to_value when c.plans_later = 0 then t.plan else c.next_plan end
      ) s (from_status, to_status, from_plan, to_plan)
    )
    select ${monthOf('known.created_at')} as month,
      (count(*) filter (where known.field = 'status' and from_status = 'TRIAL' and to_status = 'ACTIVE'
        and was.price_cents > 0))::int as conversions,
      (count(*) filter (where known.field = 'status' and to_status in ('CANCELLED', 'DELETING') and was.price_cents > 0
        and (from_status = 'ACTIVE' or from_status = 'SUSPENDED' and exists (select from tenant_changes earlier
          where earlier.subject_tenant_id = known.tenant_id and earlier.id < known.id and earlier.field = 'status'
            and earlier.to_value = 'ACTIVE'))))::int as churn,
      sum(case when to_status = 'ACTIVE' then ${centsOf('becomes', tenantId)} else 0 end
        - case when from_status = 'ACTIVE' then ${centsOf('was', tenantId)} else 0 end)::float8 as added_cents
    from known
    left join plans was on was.plan = known.from_plan
    left join plans becomes on becomes.plan = known.to_plan
    group by 1`.execute(tx)
  return rows
}
