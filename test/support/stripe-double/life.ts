import type Stripe from 'stripe'
import { findCard } from './cards.ts'
import { changeSubscription, emit } from './events.ts'
import {
  chargeInvoice,
  collect,
  draftInvoice,
  dropInvoice,
  endSubscription,
  openInvoice,
  openInvoicesOf,
} from './invoicing.ts'
import { periodEndAfter } from './periods.ts'
import { idOf, type Store } from './store.ts'
import { tellOfTrialEnd, trialNoticeSeconds } from './subscribing.ts'

/** How long the first payment of a subscription may take (docs.stripe.com/billing/subscriptions/overview). */
const firstPaymentSeconds = 23 * 3600

/** Something that happens by itself. */
interface Due {
  at: number
  act: (at: number) => void
}

/**
 * Has everything happen that is due by an instant, in the order of its time.
 * @param testClock whose customers live now; null: all those without one
 */
export function live(store: Store, testClock: string | null, until: number): void {
  for (const session of store.sessions.values()) {
    const isHere = (store.customers.get(idOf(session.customer) ?? '')?.test_clock ?? null) === testClock
    if (isHere && session.status === 'open' && session.expires_at <= until) {
      expireSession(store, session.expires_at, session)
    }
  }
  for (;;) {
    let next: Due | undefined
    for (const subscription of store.subscriptions.values()) {
      if (subscription.test_clock !== testClock) continue
      for (const due of duesOf(store, subscription))
        if (due.at <= until && due.at < (next?.at ?? Infinity)) next = due
    }
    if (!next) return
    next.act(next.at)
  }
}

/** A session that nobody has paid closes. */
export function expireSession(store: Store, at: number, session: Stripe.Checkout.Session): void {
  session.status = 'expired'
  session.url = null
  emit(store, at, { type: 'checkout.session.expired', data: { object: session } })
}

/** What happens to a subscription next if nobody does anything; of what is due at the same time, the first goes first. */
function duesOf(store: Store, subscription: Stripe.Subscription): Due[] {
  const { id, status, cancel_at, trial_end, pause_collection } = subscription
  if (store.steered.has(id) || subscription.ended_at !== null || status === 'paused') return []
  const dues: Due[] = []
  const add = (at: number | null | undefined, act: Due['act']) => {
    if (typeof at === 'number') dues.push({ at, act })
  }
  add(cancel_at, (at) => endSubscription(store, at, subscription, 'cancellation_requested'))
  add(pause_collection?.resumes_at, (at) =>
    changeSubscription(store, at, subscription, { pause_collection: null }),
  )
  if (status === 'incomplete') {
    add(subscription.created + firstPaymentSeconds, (at) => giveUp(store, at, subscription))
  } else if (status === 'trialing' && trial_end !== null) {
    if (!store.toldOfTrialEnd.has(id)) {
      add(trial_end - trialNoticeSeconds, (at) => tellOfTrialEnd(store, at, subscription))
    }
    add(trial_end, (at) => endTrial(store, at, subscription))
  } else {
    add(subscription.items.data[0]?.current_period_end, (at) => renew(store, at, subscription))
  }
  if (status === 'past_due') {
    for (const invoice of openInvoicesOf(store, subscription)) {
      add(invoice.next_payment_attempt, (at) =>
        chargeInvoice(store, at, subscription, invoice, findCard(store, subscription)),
      )
    }
  }
  return dues
}

/** The first payment was never made. */
export function giveUp(store: Store, at: number, subscription: Stripe.Subscription): void {
  changeSubscription(store, at, subscription, { status: 'incomplete_expired', ended_at: at })
  for (const invoice of openInvoicesOf(store, subscription)) dropInvoice(store, at, invoice, 'void')
}

/** A trial ends: with what its settings say where there is no card, else by the first payment. */
export function endTrial(store: Store, at: number, subscription: Stripe.Subscription): void {
  const hasCard = findCard(store, subscription) !== null
  const otherwise = subscription.trial_settings?.end_behavior.missing_payment_method
  if (!hasCard && otherwise === 'cancel') endSubscription(store, at, subscription, 'payment_failed')
  else if (!hasCard && otherwise === 'pause')
    changeSubscription(store, at, subscription, { status: 'paused' })
  else {
    subscription.billing_cycle_anchor = at
    renew(store, at, subscription, { status: 'active' })
  }
}

/** A new period begins, and its invoice is made and paid, if it can be. */
function renew(
  store: Store,
  at: number,
  subscription: Stripe.Subscription,
  change: Partial<Stripe.Subscription> = {},
): void {
  const customer = store.customers.get(idOf(subscription.customer) ?? '')
  // Whose customer is deleted has ended.
  if (!customer) throw new Error(`${subscription.id} lives without a customer`)
  let invoice: Stripe.Invoice | undefined
  changeSubscription(store, at, subscription, () => {
    Object.assign(subscription, change)
    for (const item of subscription.items.data) {
      item.current_period_start = at
      item.current_period_end = periodEndAfter(at, subscription.billing_cycle_anchor, item.price)
    }
    const reason = 'subscription_cycle'
    invoice = draftInvoice(store, at, subscription, { customer, reason, isFree: false })
  })
  if (!invoice) return
  const paused = subscription.pause_collection?.behavior
  if (subscription.status === 'unpaid' || paused === 'keep_as_draft') {
    invoice.auto_advance = false
    emit(store, at, { type: 'invoice.created', data: { object: invoice } })
  } else if (paused) {
    openInvoice(store, at, invoice)
    dropInvoice(store, at, invoice, paused === 'void' ? 'void' : 'uncollectible')
  } else collect(store, at, subscription, invoice)
}
