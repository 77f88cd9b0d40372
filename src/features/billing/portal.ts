import type { Context } from '../../context.ts'
import type { PlatformTx } from '../../db/database.ts'
import { AppError } from '../../errors.ts'
import { actorOf, type Origin, writeAuditEntry } from '../audit/audit.ts'
import type { Keep } from '../idempotency/kept-answers.ts'
import type { Principal } from '../members/access.ts'
import { isLeaving } from '../tenants/status.ts'
import { isCustomerMissing } from './customers.ts'
import { confirm, startPatience } from './patience.ts'
import { askStripe, getBilling } from './stripe.ts'

/** Who wants to see what they pay, and who they are to Stripe. */
export interface PortalRequest {
  principal: Principal
  customerId: string | null | undefined
  origin: Origin
  keep: Keep
}

/**
 * Opens a page at Stripe where the caller changes their subscription, means of payment and address, and finds their
 * invoices, and leaves an audit entry. Opening one changes nothing at Stripe: where the first of several equal requests
 * died before its entry was written, the next opens another, and the first page comes to nothing within minutes.
 * @throws AppError 409 `not_subscribed` without a customer at Stripe; 403 `tenant_cancelled` in a tenant that is being
 *   deleted, or was; 503 `billing_not_configured`, `billing_unavailable`
 */
export async function openPortal(
  context: Context,
  { principal, customerId, origin, keep }: PortalRequest,
): Promise<{ url: string }> {
  const { tenantId } = principal
  const portal = await createPortal(context, customerId)
  const record = async (tx: PlatformTx) => {
    const tenant = await tx
      .selectFrom('tenants')
      .select('status')
      .where('tenant_id', '=', tenantId)
      .executeTakeFirstOrThrow()
    if (isLeaving(tenant)) throw new AppError('tenant_cancelled')
    writeAuditEntry(tx, {
      actor: actorOf(principal),
      action: 'billing.portal_opened',
      object: { type: 'billing_account', id: tenantId },
      changedFields: [],
      ...origin,
      now: context.clock.now(),
    })
    return portal
  }
  return context.db.withPlatform('billing', (tx) => keep(tx, () => record(tx)), { tenantId })
}

async function createPortal(
  context: Context,
  customerId: string | null | undefined,
): Promise<{ url: string }> {
  const { stripe } = getBilling(context)
  if (!customerId) throw new AppError('not_subscribed')
  const asked = { customer: customerId, return_url: `${context.config.appUrl}/billing` }
  const patience = startPatience()
  try {
    const session = await askStripe(() => stripe.billingPortal.sessions.create(asked, patience()))
    return { url: confirm(session, 'billing_portal.session').url }
  } catch (error) {
    throw isCustomerMissing(error) ? new AppError('not_subscribed') : error
  }
}
