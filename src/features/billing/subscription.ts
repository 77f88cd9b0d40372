import type { TenantQueryBuilder } from '../../db/database.ts'
import type { PlanName } from '../plans/plans.ts'
import { graceEnd } from '../tenants/grace-period.ts'
import type { TenantStatus } from '../tenants/status.ts'

/** What is known of a tenant's billing, as one row. */
export function billingQuery(queries: TenantQueryBuilder) {
  return queries
    .selectFrom('tenants')
    .leftJoin('billing_accounts', 'billing_accounts.tenant_id', 'tenants.tenant_id')
    .select(['tenants.plan', 'tenants.status', 'tenants.trial_ends_at', 'tenants.past_due_since'])
    .select(['billing_accounts.customer_id', 'billing_accounts.subscription_id'])
    .select(['billing_accounts.subscription_status', 'billing_accounts.quantity'])
    .select(['billing_accounts.current_period_end', 'billing_accounts.cancel_at'])
}

type BillingRow = Awaited<ReturnType<ReturnType<typeof billingQuery>['executeTakeFirstOrThrow']>>

/** What an owner is shown of what they pay for, by a row of billingQuery. */
export function describeBilling(row: BillingRow) {
  const { subscription_id: id, subscription_status: status, past_due_since } = row
  return {
    plan: row.plan as PlanName,
    status: row.status as TenantStatus,
    trial_ends_at: row.trial_ends_at,
    subscription:
      id && status
        ? {
            id,
            status,
            quantity: row.quantity,
            current_period_end: row.current_period_end,
            cancel_at: row.cancel_at,
          }
        : null,
    past_due_since,
    grace_ends_at: past_due_since && graceEnd(past_due_since),
    has_portal: row.customer_id !== null,
  }
}
