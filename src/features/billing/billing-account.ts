import { sql } from 'kysely'
import type { PlatformTx, Tx } from '../../db/database.ts'
import type { TenantId } from '../../db/tenant-id.ts'
import { enqueueJob } from '../../jobs/queue.ts'
import type { PlanName } from '../plans/plans.ts'
import type { TenantStatus } from '../tenants/status.ts'
import type { CataloguePrice } from './billing-state.ts'

/** A tenant's row at Stripe's side of things, without what it was made with. */
export const accountColumns = [
  'id',
  'customer_id',
  'subscription_id',
  'subscription_status',
  'price_id',
  'quantity',
  'current_period_end',
  'cancel_at',
  'applied_status',
  'applied_plan',
  'cancel_before',
  'cancelled_subscription_id',
  'version',
  'synced_at',
] as const

/** Which prices the plans are sold by. */
export async function listCataloguePrices(tx: PlatformTx): Promise<CataloguePrice[]> {
  const rows = await tx
    .selectFrom('plans')
    .select(['plan', 'stripe_price_id', 'price_is_per_seat'])
    .orderBy('position')
    .execute()
  return rows as (CataloguePrice & { plan: PlanName })[]
}

/** Has the transaction's tenant compared with Stripe: one job, however many events ask for it before it runs. */
export function enqueueSync(tx: PlatformTx): Promise<void> {
  return enqueueJob(tx, 'sync-billing', {}, { key: 'sync-billing' })
}

/**
 * Has the transaction's tenant compared with Stripe after the commit, if it has a customer there: one job, however often
 * this is called before it runs.
 * @returns whether it has
 */
export async function enqueueSyncOfCustomer(tx: Tx | PlatformTx): Promise<boolean> {
  const { rows } = await sql`select graphile_worker.enqueue_job('sync-billing', '{}', 'sync-billing')
    from billing_accounts where tenant_id = app.current_tenant() and customer_id is not null`.execute(tx)
  return rows.length > 0
}

/**
 * Lets Stripe and an operator's act come to terms after the commit. Who is cancelled or deleted is charged no more: the
 * subscriptions there are by now end. Who is let in again before Stripe was told keeps them, and what Stripe said
 * during a suspension counts then. Who has read the account by now reads it anew before writing.
 * @param tx one of withPlatform with this tenantId, that holds the tenant's row
 */
export async function followOperator(
  tx: PlatformTx,
  { tenantId, to, now }: { tenantId: TenantId; to: TenantStatus; now: Date },
): Promise<void> {
  if (to === 'SUSPENDED') {
    await enqueueSyncOfCustomer(tx)
    return
  }
  const endsSubscriptions = to === 'CANCELLED' || to === 'DELETING'
  await tx
    .updateTable('billing_accounts')
    .set({
      cancel_before: endsSubscriptions ? now : null,
      cancelled_subscription_id: endsSubscriptions ? sql`subscription_id` : null,
      version: sql<string>`version + 1`,
      updated_at: now,
    })
    .where('tenant_id', '=', tenantId)
    .execute()
  await enqueueSyncOfCustomer(tx)
}
