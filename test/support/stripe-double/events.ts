import type Stripe from 'stripe'
import { copyOf, type Store } from './store.ts'

export const apiVersion = '2026-10-28.endive'

/** The events that the double makes. */
type Made = Extract<
  Stripe.Event,
  {
    type:
      | 'checkout.session.completed'
      | 'checkout.session.expired'
      | 'customer.created'
      | 'customer.deleted'
      | 'customer.updated'
      | 'customer.subscription.created'
      | 'customer.subscription.deleted'
      | 'customer.subscription.paused'
      | 'customer.subscription.resumed'
      | 'customer.subscription.trial_will_end'
      | 'customer.subscription.updated'
      | 'invoice.created'
      | 'invoice.finalized'
      | 'invoice.marked_uncollectible'
      | 'invoice.paid'
      | 'invoice.payment_failed'
      | 'invoice.payment_succeeded'
      | 'invoice.updated'
      | 'invoice.voided'
      | 'payment_method.attached'
      | 'price.created'
      | 'price.updated'
      | 'product.created'
      | 'test_helpers.test_clock.advancing'
      | 'test_helpers.test_clock.created'
      | 'test_helpers.test_clock.ready'
  }
>
type Content<E> = E extends Stripe.Event ? Pick<E, 'type' | 'data'> : never

/** Makes an event; what it is about is kept as it is at this moment. */
export function emit(store: Store, at: number, content: Content<Made>): void {
  const event: Stripe.Event = {
    id: store.newId('evt'),
    object: 'event',
    api_version: apiVersion,
    created: at,
    livemode: false,
    pending_webhooks: 1,
    request: { ...store.request },
    ...content,
  }
  const kept = copyOf(event)
  store.events.push(kept)
  store.onEvent(kept)
}

/** The fields that are not as they were, as they were; undefined where all are the same. */
export function previousAttributes<T extends object>(before: T, after: T): Partial<T> | undefined {
  const previous: Partial<T> = {}
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)]) as Set<keyof T>) {
    if (JSON.stringify(before[key]) !== JSON.stringify(after[key])) previous[key] = before[key]
  }
  return Object.keys(previous).length > 0 ? previous : undefined
}

/** Changes a subscription in place and, if that made a difference, tells of it. */
export function changeSubscription(
  store: Store,
  at: number,
  subscription: Stripe.Subscription,
  change: Partial<Stripe.Subscription> | (() => void),
): void {
  const before = copyOf(subscription)
  if (typeof change === 'function') change()
  else Object.assign(subscription, change)
  const previous_attributes = previousAttributes(before, copyOf(subscription))
  if (!previous_attributes) return
  const data = { object: subscription, previous_attributes }
  emit(store, at, { type: 'customer.subscription.updated', data })
  if (before.status !== 'paused' && subscription.status === 'paused') {
    emit(store, at, { type: 'customer.subscription.paused', data: { object: subscription } })
  }
  if (before.status === 'paused' && subscription.status === 'active') {
    emit(store, at, { type: 'customer.subscription.resumed', data: { object: subscription } })
  }
}
