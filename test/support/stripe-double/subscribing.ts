import type Stripe from 'stripe'
import { canPay } from './cards.ts'
import { emit } from './events.ts'
import { draftInvoice, noteFailure, openInvoice, settleInvoice } from './invoicing.ts'
import { periodEndAfter } from './periods.ts'
import { refuse, refuseCard } from './refusal.ts'
import { daySeconds, idOf, type Store } from './store.ts'
import { makeItem, makeSubscription } from './subscription-shape.ts'

export interface NewSubscription {
  customer: Stripe.Customer
  items: { price: Stripe.Price; quantity: number }[]
  metadata: Record<string, string>
  /** Undefined: the customer's. */
  card?: string | undefined
  trialEnd?: number | undefined
  paymentBehavior?: 'allow_incomplete' | 'default_incomplete' | 'error_if_incomplete' | undefined
  missingPaymentMethod?: 'cancel' | 'create_invoice' | 'pause' | undefined
}

/** How long before its end a customer is told of it. */
export const trialNoticeSeconds = 3 * daySeconds

/**
 * Makes a subscription with its first invoice. Where the first payment fails or waits, it is incomplete.
 * @throws Refusal 400 when nothing could pay, 402 when the payment fails and the caller wants that refused
 */
export function createSubscription(store: Store, given: NewSubscription): Stripe.Subscription {
  const { customer, paymentBehavior = 'allow_incomplete' } = given
  const at = store.nowOf(customer.id)
  const isTrial = given.trialEnd !== undefined && given.trialEnd > at
  const trialEnd = isTrial ? given.trialEnd : undefined
  const card = given.card ?? idOf(customer.invoice_settings.default_payment_method)
  const waits = !isTrial && paymentBehavior === 'default_incomplete'
  const isPaid = isTrial || (!waits && canPay(store, card))
  if (!isTrial && !waits && card === null) {
    const message = 'This customer has no attached payment source or default payment method.'
    refuse(message, { code: 'resource_missing' })
  }
  if (!isPaid && paymentBehavior === 'error_if_incomplete') refuseCard()

  const id = store.newId('sub')
  const anchor = trialEnd ?? at
  const items = given.items.map(({ price, quantity }) =>
    makeItem({
      id: store.newId('si'),
      created: at,
      subscription: id,
      price,
      quantity,
      periodStart: at,
      periodEnd: trialEnd ?? periodEndAfter(at, anchor, price),
    }),
  )
  const subscription = makeSubscription({
    id,
    created: at,
    customer,
    status: isTrial ? 'trialing' : isPaid ? 'active' : 'incomplete',
    items,
    anchor,
    metadata: given.metadata,
    defaultPaymentMethod: given.card ?? null,
    trialEnd,
    missingPaymentMethod: given.missingPaymentMethod ?? 'create_invoice',
  })
  store.subscriptions.set(id, subscription)
  const reason = 'subscription_create'
  const invoice = draftInvoice(store, at, subscription, { customer, reason, isFree: isTrial })
  emit(store, at, { type: 'customer.subscription.created', data: { object: subscription } })
  openInvoice(store, at, invoice)
  if (isPaid) settleInvoice(store, at, invoice)
  else if (!waits) noteFailure(store, at, invoice, null)
  if (trialEnd !== undefined && trialEnd - at <= trialNoticeSeconds) tellOfTrialEnd(store, at, subscription)
  return subscription
}

/** Says that the trial ends soon. */
export function tellOfTrialEnd(store: Store, at: number, subscription: Stripe.Subscription): void {
  store.toldOfTrialEnd.add(subscription.id)
  emit(store, at, { type: 'customer.subscription.trial_will_end', data: { object: subscription } })
}
