import type Stripe from 'stripe'
import { attachCard } from './cards.ts'
import { changeSubscription, emit } from './events.ts'
import {
  anyCard,
  chargeInvoice,
  draftInvoice,
  endSubscription,
  noteFailure,
  openInvoice,
  openInvoicesOf,
  settleInvoice,
} from './invoicing.ts'
import { giveUp } from './life.ts'
import { copyOf, daySeconds, idOf, type Store } from './store.ts'
import { createSubscription } from './subscribing.ts'

const trialSeconds = 14 * daySeconds

/** A subscription in any status, paid with a good card of its own. */
export function subscribe(
  store: Store,
  customerId: string,
  priceId: string,
  given: { status?: Stripe.Subscription.Status; quantity?: number; metadata?: Record<string, string> } = {},
): Stripe.Subscription {
  const { status = 'active', quantity = 1, metadata = {} } = given
  const customer = get(store.customers, customerId)
  const at = store.nowOf(customerId)
  const neverPaid = status === 'incomplete' || status === 'incomplete_expired'
  const subscription = createSubscription(store, {
    customer,
    items: [{ price: get(store.prices, priceId), quantity }],
    metadata,
    card: attachCard(store, customer, 'pm_card_visa', 'default_payment_method').id,
    ...(status === 'trialing' && { trialEnd: at + trialSeconds }),
    ...(neverPaid && { paymentBehavior: 'default_incomplete' }),
  })
  if (status !== subscription.status) setStatus(store, subscription.id, status)
  else if (neverPaid) store.steered.add(subscription.id)
  return copyOf(subscription)
}

/** Brings a subscription to a status as if its life had led there. @throws Error for one that has ended */
export function setStatus(store: Store, id: string, status: Stripe.Subscription.Status): Stripe.Subscription {
  const subscription = get(store.subscriptions, id)
  if (subscription.ended_at !== null) throw new Error(`${id} has ended: nothing revives it`)
  const at = store.nowOf(idOf(subscription.customer))
  const livesOn = status === 'active' || status === 'trialing'
  if (livesOn) store.steered.delete(id)
  else store.steered.add(id)
  if (status === 'canceled') endSubscription(store, at, subscription, 'cancellation_requested')
  else if (status === 'incomplete_expired') giveUp(store, at, subscription)
  else {
    if (livesOn) for (const open of openInvoicesOf(store, subscription)) settleInvoice(store, at, open)
    const owes = status === 'past_due' || status === 'unpaid' || status === 'incomplete'
    if (owes && subscription.status !== status) failToPay(store, at, subscription)
    const trial = { trial_start: at, trial_end: at + trialSeconds }
    changeSubscription(store, at, subscription, { status, ...(status === 'trialing' && trial) })
  }
  return copyOf(subscription)
}

/** A payment fails: of what is open already, or of a new invoice. */
function failToPay(store: Store, at: number, subscription: Stripe.Subscription): void {
  let invoice = openInvoicesOf(store, subscription).at(-1)
  if (!invoice) {
    const customer = get(store.customers, idOf(subscription.customer) ?? '')
    invoice = draftInvoice(store, at, subscription, { customer, reason: 'subscription_cycle', isFree: false })
    openInvoice(store, at, invoice)
  }
  noteFailure(store, at, invoice, null)
}

/** What is open is paid; a subscription that has not ended is active then. */
export function pay(store: Store, id: string): Stripe.Subscription {
  const subscription = get(store.subscriptions, id)
  const at = store.nowOf(idOf(subscription.customer))
  for (const invoice of openInvoicesOf(store, subscription)) {
    chargeInvoice(store, at, subscription, invoice, anyCard)
  }
  if (subscription.ended_at === null && subscription.status !== 'trialing') {
    store.steered.delete(id)
    changeSubscription(store, at, subscription, { status: 'active' })
  }
  return copyOf(subscription)
}

/** The customer pays on the hosted page. @throws Error for a session that is not open, or whose customer is gone */
export function completeCheckout(
  store: Store,
  makeGuest: (email: string | null) => Stripe.Customer,
  sessionId: string,
): Stripe.Subscription {
  const session = get(store.sessions, sessionId)
  const order = get(store.orders, sessionId)
  if (session.status !== 'open') throw new Error(`${sessionId} is ${session.status}`)
  const customerId = idOf(session.customer)
  const customer = customerId ? get(store.customers, customerId) : makeGuest(session.customer_email)
  const at = store.nowOf(customer.id)
  const subscription = createSubscription(store, {
    customer,
    items: order.lineItems.flatMap(({ price, quantity }) =>
      price ? [{ price, quantity: quantity ?? 1 }] : [],
    ),
    metadata: order.subscriptionMetadata,
    card: attachCard(store, customer, 'pm_card_visa', 'payment_method').id,
    trialEnd: order.trialDays === undefined ? order.trialEnd : at + order.trialDays * daySeconds,
  })
  Object.assign(session, {
    status: 'complete',
    payment_status: subscription.status === 'trialing' ? 'no_payment_required' : 'paid',
    customer: customer.id,
    customer_details: {
      address: null,
      business_name: null,
      email: customer.email,
      individual_name: null,
      name: customer.name ?? null,
      phone: null,
      tax_exempt: 'none',
      tax_ids: [],
    },
    subscription: subscription.id,
    invoice: idOf(subscription.latest_invoice),
    url: null,
  } satisfies Partial<Stripe.Checkout.Session>)
  emit(store, at, { type: 'checkout.session.completed', data: { object: session } })
  return copyOf(subscription)
}

function get<T>(kind: Map<string, T>, id: string): T {
  const found = kind.get(id)
  if (!found) throw new Error(`the double knows no ${id}`)
  return found
}
