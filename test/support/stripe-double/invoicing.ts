import type Stripe from 'stripe'
import { canPay, findCard } from './cards.ts'
import { changeSubscription, emit } from './events.ts'
import { makeInvoice } from './invoice-shape.ts'
import { daySeconds, idOf, type Store } from './store.ts'

/** Pays whatever is due, such as one that a person looks after. */
export const anyCard = Symbol('any card')
export type Card = string | null | typeof anyCard

/** Makes the invoice of a subscription's present period, a draft that the subscription names as its latest. */
export function draftInvoice(
  store: Store,
  at: number,
  subscription: Stripe.Subscription,
  given: { customer: Stripe.Customer; reason: Stripe.Invoice.BillingReason; isFree: boolean },
): Stripe.Invoice {
  const { customer } = given
  const sequence = customer.next_invoice_sequence ?? 1
  customer.next_invoice_sequence = sequence + 1
  const number = `${customer.invoice_prefix}-${String(sequence).padStart(4, '0')}`
  const invoice = makeInvoice({ id: store.newId('in'), created: at, number, subscription, ...given })
  store.invoices.set(invoice.id, invoice)
  subscription.latest_invoice = invoice.id
  return invoice
}

/** Tells of a draft and makes it an open invoice. */
export function openInvoice(store: Store, at: number, invoice: Stripe.Invoice): void {
  emit(store, at, { type: 'invoice.created', data: { object: invoice } })
  invoice.status = 'open'
  invoice.effective_at = at
  invoice.status_transitions.finalized_at = at
  emit(store, at, { type: 'invoice.finalized', data: { object: invoice } })
}

/** Marks an invoice as paid. */
export function settleInvoice(store: Store, at: number, invoice: Stripe.Invoice): void {
  Object.assign(invoice, {
    status: 'paid',
    amount_paid: invoice.amount_due,
    amount_remaining: 0,
    attempted: true,
    attempt_count: invoice.attempt_count + (invoice.amount_due > 0 ? 1 : 0),
    auto_advance: false,
    next_payment_attempt: null,
  } satisfies Partial<Stripe.Invoice>)
  invoice.status_transitions.paid_at = at
  emit(store, at, { type: 'invoice.paid', data: { object: invoice } })
  emit(store, at, { type: 'invoice.payment_succeeded', data: { object: invoice } })
}

/** Notes that a payment failed. @param next when it is tried again */
export function noteFailure(store: Store, at: number, invoice: Stripe.Invoice, next: number | null): void {
  invoice.attempted = true
  invoice.attempt_count++
  invoice.next_payment_attempt = next
  emit(store, at, { type: 'invoice.payment_failed', data: { object: invoice } })
}

/** Closes an invoice that nobody will pay. */
export function dropInvoice(
  store: Store,
  at: number,
  invoice: Stripe.Invoice,
  status: 'void' | 'uncollectible',
): void {
  Object.assign(invoice, { status, auto_advance: false, next_payment_attempt: null })
  invoice.status_transitions[status === 'void' ? 'voided_at' : 'marked_uncollectible_at'] = at
  const type = status === 'void' ? 'invoice.voided' : 'invoice.marked_uncollectible'
  emit(store, at, { type, data: { object: invoice } })
}

/** The invoices of a subscription that wait for payment, the oldest first. */
export function openInvoicesOf(store: Store, subscription: Stripe.Subscription): Stripe.Invoice[] {
  return [...store.invoices.values()].filter(
    (each) => each.status === 'open' && subscriptionOf(each) === subscription.id,
  )
}

/** The subscription that an invoice is for. */
export function subscriptionOf(invoice: Stripe.Invoice): string | null {
  return idOf(invoice.parent?.subscription_details?.subscription)
}

/**
 * Tries to have an open invoice paid, with what follows for its subscription: with its newest open invoice paid it is
 * active; after a failure it is past due, and after the last one what the rules say.
 * @returns whether it is paid
 */
export function chargeInvoice(
  store: Store,
  at: number,
  subscription: Stripe.Subscription,
  invoice: Stripe.Invoice,
  card: Card,
): boolean {
  const isFirst = subscription.status === 'incomplete'
  if (card === anyCard || canPay(store, card)) {
    settleInvoice(store, at, invoice)
    const owes = isFirst || subscription.status === 'past_due' || subscription.status === 'unpaid'
    const isNewest = !openInvoicesOf(store, subscription).some(({ id }) => id > invoice.id)
    if (owes && isNewest) {
      store.steered.delete(subscription.id)
      changeSubscription(store, at, subscription, { status: 'active' })
    }
    return true
  }
  const next = isFirst ? null : nextAttempt(store, invoice)
  noteFailure(store, at, invoice, next)
  if (isFirst) return false
  if (next !== null) changeSubscription(store, at, subscription, { status: 'past_due' })
  else if (store.rules.afterRetries === 'canceled') endSubscription(store, at, subscription, 'payment_failed')
  else changeSubscription(store, at, subscription, { status: 'unpaid' })
  return false
}

/** When an invoice is tried again that fails now; null after the last time. */
function nextAttempt(store: Store, { attempt_count, status_transitions }: Stripe.Invoice): number | null {
  const days = store.rules.retryDays[attempt_count]
  return days === undefined ? null : (status_transitions.finalized_at ?? 0) + days * daySeconds
}

/** Opens a draft and has it paid with whatever card the subscription has. */
export function collect(
  store: Store,
  at: number,
  subscription: Stripe.Subscription,
  invoice: Stripe.Invoice,
): boolean {
  openInvoice(store, at, invoice)
  const card = invoice.amount_due === 0 ? anyCard : findCard(store, subscription)
  return chargeInvoice(store, at, subscription, invoice, card)
}

/** Ends a subscription for good; what it owes stays open, but is not collected any more. */
export function endSubscription(
  store: Store,
  at: number,
  subscription: Stripe.Subscription,
  reason: Stripe.Subscription.CancellationDetails.Reason,
  said: { comment?: string; feedback?: string } = {},
): void {
  for (const invoice of openInvoicesOf(store, subscription)) {
    invoice.auto_advance = false
    invoice.next_payment_attempt = null
  }
  Object.assign(subscription, {
    status: 'canceled',
    canceled_at: subscription.canceled_at ?? at,
    ended_at: at,
    pause_collection: null,
    cancellation_details: {
      comment: said.comment ?? null,
      feedback: said.feedback ?? null,
      feedback_option: null,
      reason,
    },
  } satisfies Partial<Stripe.Subscription>)
  emit(store, at, { type: 'customer.subscription.deleted', data: { object: subscription } })
}
