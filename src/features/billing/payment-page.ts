import type Stripe from 'stripe'
import type { Context } from '../../context.ts'
import type { TenantId } from '../../db/tenant-id.ts'
import { AppError } from '../../errors.ts'
import type { PlanName } from '../plans/plans.ts'
import { enqueueSyncOfCustomer } from './billing-account.ts'
import { confirm, type Patience } from './patience.ts'
import { instantOf, isRefused } from './stripe.ts'

const subscribed = ['active', 'trialing', 'past_due', 'unpaid', 'paused']

/** Whether with this status there is a subscription, which is changed and not bought once more. */
export function isSubscribed(status: string | null): boolean {
  return status !== null && subscribed.includes(status)
}

/** Where somebody pays, and until when. */
interface Page {
  id: string
  url: string
  expiresAt: Date | null
}

/** What is bought, by whom. */
interface Purchase {
  tenantId: TenantId
  plan: PlanName
  /** A price of Stripe. */
  price: string
  quantity: number
  customer: { id: string; isNew: boolean }
  /** The same for each repeat of a request, and of no other. */
  repeatId?: string | undefined
}

/**
 * Opens a page of Stripe where a plan is paid for, as the only one where this customer can pay. A repeated request is
 * given the page that it has already, if that is open.
 * @throws AppError 409 `already_subscribed`, and `conflict` when another plan is gone to at the same time; 503
 *   `billing_unavailable` for an answer that is none of Stripe's; what its client throws
 */
export async function openPage(
  context: Context,
  stripe: Stripe,
  { tenantId, plan, price, quantity, customer: { id: customer, isNew }, repeatId }: Purchase,
  patience: Patience,
): Promise<Page> {
  // A customer who has just been made has neither.
  if (!isNew) {
    const open = await listOpen(stripe, customer, patience)
    const own = findFirst(open, repeatId)
    if (own) return toPage(own)
    for (const { id } of open) await closePage(stripe, id, patience)
    // Behind the closing, and at Stripe: the event of a payment may still be on its way.
    await refuseSubscribed(context, stripe, tenantId, customer, patience)
  }
  const metadata = { tenant_id: tenantId, plan, ...(repeatId !== undefined && { request: repeatId }) }
  const back = `${context.config.appUrl}/billing?checkout=`
  const session = await stripe.checkout.sessions.create(
    {
      mode: 'subscription',
      customer,
      client_reference_id: tenantId,
      metadata,
      subscription_data: { metadata: { tenant_id: tenantId } },
      line_items: [{ price, quantity }],
      success_url: `${back}success`,
      cancel_url: `${back}cancelled`,
    },
    patience(),
  )
  const page = toPage(session)

  // Of pages that were opened at the same time the newest stays, which Stripe lists first: whoever opened it closes
  // those before it, and the others are handed that one. Where one request has several, the first of them counts: it may
  // have been answered by now.
  const open = await listOpen(stripe, customer, patience)
  const stays = findFirst(open, open[0]?.metadata?.request) ?? open[0]
  // Whoever opened what stays may be gone before they close this one.
  const isWinner = open[0]?.id === page.id
  for (const { id } of isWinner ? open : [page]) if (id !== stays?.id) await closePage(stripe, id, patience)
  if (stays?.metadata?.plan !== plan) throw new AppError('conflict')
  return toPage(stays)
}

/** Of the pages of one request, newest first, the one that was opened first. */
function findFirst(
  pages: Stripe.Checkout.Session[],
  repeatId: string | undefined,
): Stripe.Checkout.Session | undefined {
  return repeatId === undefined ? undefined : pages.findLast(({ metadata }) => metadata?.request === repeatId)
}

function toPage(session: Stripe.Checkout.Session): Page {
  const { id, url, expires_at } = confirm(session, 'checkout.session')
  if (!url) throw new AppError('billing_unavailable', { cause: new Error('this session has no page') })
  return { id, url, expiresAt: expires_at ? instantOf(expires_at) : null }
}

/** The pages where a customer can pay by now, newest first. */
async function listOpen(
  stripe: Stripe,
  customer: string,
  patience: Patience,
): Promise<Stripe.Checkout.Session[]> {
  const asked = { customer, status: 'open', limit: 100 } as const
  return confirm(await stripe.checkout.sessions.list(asked, patience()), 'list').data
}

/** Closes a page. One that is paid for or closed by now cannot be, and need not. */
export async function closePage(stripe: Stripe, id: string, patience: Patience): Promise<void> {
  try {
    await stripe.checkout.sessions.expire(id, {}, patience())
  } catch (error) {
    if (!isRefused(error)) throw error
  }
}

/** @throws AppError 409 `already_subscribed`, and has the tenant compared with Stripe */
async function refuseSubscribed(
  { db }: Context,
  stripe: Stripe,
  tenantId: TenantId,
  customer: string,
  patience: Patience,
): Promise<void> {
  const asked = { customer, limit: 100 }
  const { data } = confirm(await stripe.subscriptions.list(asked, patience()), 'list')
  if (!data.some(({ status }) => isSubscribed(status))) return
  await db.withPlatform('billing', enqueueSyncOfCustomer, { tenantId })
  throw new AppError('already_subscribed')
}
