import { v7 as uuidv7 } from 'uuid'
import type { Context } from '../../src/context.ts'
import type { TenantId } from '../../src/db/tenant-id.ts'
import type { Billing } from '../../src/features/billing/stripe.ts'
import { syncBilling } from '../../src/features/billing/sync-billing.ts'
import { tasks } from '../../src/jobs/tasks.ts'
import { type Platform, startPlatform } from './platform.ts'
import { type StripeDouble, startStripeDouble } from './stripe-double/index.ts'

/** A platform with a double of Stripe that lives by the same clock. No worker runs: jobs are done by `applyEvents`. */
export async function startBilledPlatform(env: Record<string, string> = {}) {
  const double = await startStripeDouble()
  const platform = await startPlatform({ ...double.env, ...env })
  double.useClock(platform.clock)
  return {
    double,
    platform,
    async stop() {
      await platform.stop()
      await double.stop()
    },
  }
}

/** Makes a tenant's customer at Stripe, as its first checkout does. */
export async function addCustomer(
  platform: Platform,
  { stripe }: StripeDouble,
  tenantId: string,
): Promise<string> {
  const { id } = await stripe.customers.create({ name: tenantId, metadata: { tenant_id: tenantId } })
  await platform.sql(
    `insert into billing_accounts (tenant_id, id, customer_name, customer_id, created_at, updated_at)
      values ($1, $2, $1, $3, $4, $4)`,
    [tenantId, uuidv7(), id, platform.clock.now()],
    tenantId,
  )
  return id
}

/** The job, here and now: compares a tenant with Stripe and settles its events. */
export function applyEvents({ context }: { context: Context }, tenantId: string): Promise<void> {
  return tasks['sync-billing'](context, {}, { tenantId, messageId: '' })
}

/** What the reconciliation does with one tenant. */
export function reconcile({ context }: { context: Context }, tenantId: string) {
  return syncBilling(context, context.billing as Billing, tenantId as TenantId, 'reconciliation')
}

/** Has what Stripe did until now take effect: its events come in in order, and the jobs are done. */
export async function deliverAndApply(
  platform: Platform,
  double: StripeDouble,
  ...tenantIds: string[]
): Promise<void> {
  for (const { status, body } of await double.deliverAll(platform.url)) {
    if (status !== 200) throw new Error(`an event was answered ${status}: ${JSON.stringify(body)}`)
  }
  for (const tenantId of tenantIds) await applyEvents(platform, tenantId)
}

/** A tenant's own state. */
export async function tenantState(platform: Platform, tenantId: string) {
  const [tenant] = await platform.sql(
    `select status, status_set_by, status_reason, plan, plan_set_by, trial_ends_at, past_due_since, past_due_notice
      from tenants where tenant_id = $1`,
    [tenantId],
    tenantId,
  )
  return tenant
}

/** What is noted of its subscription. */
export async function accountState(platform: Platform, tenantId: string) {
  const [account] = await platform.sql(
    `select customer_id, subscription_id, subscription_status, price_id, quantity, current_period_end, cancel_at,
        cancel_before from billing_accounts where tenant_id = $1`,
    [tenantId],
    tenantId,
  )
  return account
}

/** How a tenant came to its state, oldest first. */
export function changesOf(platform: Platform, tenantId: string) {
  return platform.sql(
    `select field, from_value, to_value, agent, cause, billing_event_id from tenant_changes
      where subject_tenant_id = $1 order by id`,
    [tenantId],
  )
}

/** What became of a tenant's events, in the order in which Stripe made them. */
export async function outcomesOf(platform: Platform, { events }: StripeDouble, tenantId: string) {
  const rows = await platform.sql('select id, outcome from billing_events where subject_tenant_id = $1', [
    tenantId,
  ])
  const outcomes = new Map(rows.map(({ id, outcome }) => [id, outcome]))
  return events.filter(({ id }) => outcomes.has(id)).map(({ id, type }) => [type, outcomes.get(id)])
}
