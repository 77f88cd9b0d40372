import type { Context } from '../../context.ts'
import { AppError } from '../../errors.ts'
import { isCustomerMissing } from './customers.ts'
import { confirm, startPatience } from './patience.ts'
import { askStripe, getBilling } from './stripe.ts'

/**
 * Opens a page at Stripe where the caller changes their subscription, means of payment and address, and finds their
 * invoices.
 * @throws AppError 409 `not_subscribed` without a customer at Stripe; 503 `billing_not_configured`,
 *   `billing_unavailable`
 */
export async function openPortal(
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
