import type { PlatformTx } from '../../db/database.ts'
import type { TenantId } from '../../db/tenant-id.ts'
import { findAccount } from '../billing/known.ts'
import { syncBilling } from '../billing/sync-billing.ts'
import { type DeletionTools, inStep, noteWait } from './steps.ts'

/** Once to end what is charged for, once to see that it has ended, and once more for whoever was faster. */
const rounds = 3
/** Subscriptions that nothing is charged for any more: docs.stripe.com/api/subscriptions/object#subscription_object-status */
const over = ['canceled', 'incomplete_expired']

/**
 * Has Stripe end whatever a tenant that is being deleted is charged for, while it is still known who it is there. Where
 * billing is not configured there is nobody to tell.
 * @throws what Stripe's client throws; Error while something may still be charged for; the certificate says so meanwhile
 */
export async function endBilling(tools: DeletionTools, tenantId: TenantId): Promise<void> {
  const { db, billing, log } = tools
  try {
    for (let round = 0; round < rounds; round++) {
      if (billing) await syncBilling(tools, billing, tenantId, 'event')
      const state = await inStep(db, tenantId, (tx) => readState(tx, tenantId))
      if (state !== 'to be told') return
      if (!billing) {
        log.warn({ tenant_id: tenantId }, 'billing is not configured: Stripe is not told of the deletion')
        return
      }
    }
    throw new Error('a subscription at Stripe has not ended yet')
  } catch (error) {
    const waitsFor = `Stripe, to end the subscription: ${error instanceof Error ? error.message : error}`
    await inStep(db, tenantId, (tx) => noteWait(tx, tenantId, waitsFor.slice(0, 1000)))
    throw error
  }
}

/** Whether nothing is charged for as of the tenant's deletion. */
async function readState(tx: PlatformTx, tenantId: TenantId): Promise<'nobody' | 'told' | 'to be told'> {
  const account = await claimCustomer(tx, tenantId)
  if (!account?.customer_id) return 'nobody'
  const { subscription_status: status, synced_at, cancel_before } = account
  const isRead = synced_at !== null && cancel_before !== null && synced_at >= cancel_before
  return isRead && (status === null || over.includes(status)) ? 'told' : 'to be told'
}

/**
 * Notes who the tenant is at Stripe, and that events of that customer are the tenant's, also those that came before it
 * was known whose they are.
 * @returns what is known of the tenant at Stripe
 */
export async function claimCustomer(tx: PlatformTx, tenantId: TenantId) {
  const account = await findAccount(tx, tenantId)
  if (account?.customer_id) {
    await tx
      .updateTable('deletion_certificates')
      .set({ customer_id: account.customer_id })
      .where('subject_tenant_id', '=', tenantId)
      .execute()
    await tx
      .updateTable('billing_events')
      .set({ subject_tenant_id: tenantId })
      .where('customer_id', '=', account.customer_id)
      .where('subject_tenant_id', 'is', null)
      .execute()
  }
  return account
}
