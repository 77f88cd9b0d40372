import type Stripe from 'stripe'
import { z } from 'zod'
import { attachCard } from '../cards.ts'
import { makePlan } from '../catalogue-shapes.ts'
import { endpoint, getCustomer, getPrice, ofCustomer } from '../endpoint.ts'
import { changeSubscription } from '../events.ts'
import { endSubscription } from '../invoicing.ts'
import { endTrial } from '../life.ts'
import { pageOf } from '../lists.ts'
import { expandable, flag, integer, mergeMetadata, metadata, pagingByTime, text } from '../params.ts'
import { periodEndAfter } from '../periods.ts'
import { refuse, refuseMissing } from '../refusal.ts'
import { copyOf, daySeconds, idOf, type Store } from '../store.ts'
import { createSubscription } from '../subscribing.ts'
import { makeItem } from '../subscription-shape.ts'

const instant = z.union([z.literal('now'), integer])
const said = z.strictObject({ comment: text.optional(), feedback: text.optional() }).optional()
const common = {
  ...expandable,
  metadata: metadata.optional(),
  default_payment_method: text.optional(),
  trial_end: instant.optional(),
  trial_settings: z
    .strictObject({
      end_behavior: z.strictObject({
        missing_payment_method: z.enum(['cancel', 'create_invoice', 'pause']),
      }),
    })
    .optional(),
  payment_behavior: z.enum(['allow_incomplete', 'default_incomplete', 'error_if_incomplete']).optional(),
  proration_behavior: z.enum(['always_invoice', 'create_prorations', 'none']).optional(),
} satisfies Partial<
  Record<keyof Stripe.SubscriptionCreateParams & keyof Stripe.SubscriptionUpdateParams, z.ZodType>
>
const creation = z.strictObject({
  ...common,
  customer: text,
  items: z.array(z.strictObject({ price: text, quantity: integer.optional() })).min(1),
  trial_period_days: integer.optional(),
} satisfies Partial<Record<keyof Stripe.SubscriptionCreateParams, z.ZodType>>)
const update = z.strictObject({
  ...common,
  items: z
    .array(
      z.strictObject({
        id: text.optional(),
        price: text.optional(),
        quantity: integer.optional(),
        deleted: flag.optional(),
      }),
    )
    .optional(),
  cancel_at: z.union([z.literal(''), integer]).optional(),
  cancel_at_period_end: flag.optional(),
  cancellation_details: said,
  pause_collection: z
    .union([
      z.literal(''),
      z.strictObject({
        behavior: z.enum(['keep_as_draft', 'mark_uncollectible', 'void']),
        resumes_at: integer.optional(),
      }),
    ])
    .optional(),
} satisfies Partial<Record<keyof Stripe.SubscriptionUpdateParams, z.ZodType>>)

function getSubscription(store: Store, id: string): Stripe.Subscription {
  return store.subscriptions.get(id) ?? refuseMissing('subscription', id)
}

function changeItems(
  store: Store,
  at: number,
  subscription: Stripe.Subscription,
  items: NonNullable<z.output<typeof update>['items']>,
): void {
  const { data } = subscription.items
  for (const [index, given] of items.entries()) {
    const price = given.price ? getPrice(store, given.price, `items[${index}][price]`) : undefined
    const item = data.find(({ id }) => id === given.id)
    if (given.id && !item) refuseMissing('subscription_item', given.id, `items[${index}][id]`)
    if (item && given.deleted) data.splice(data.indexOf(item), 1)
    else if (item) {
      if (price) Object.assign(item, { price, plan: makePlan(price) })
      if (given.quantity !== undefined) item.quantity = given.quantity
    } else {
      if (!price) refuse(`Missing required param: items[${index}][price].`, { code: 'parameter_missing' })
      const start = data[0]?.current_period_start ?? at
      const end = data[0]?.current_period_end ?? periodEndAfter(at, subscription.billing_cycle_anchor, price)
      const id = store.newId('si')
      const period = { periodStart: start, periodEnd: end }
      const quantity = given.quantity ?? 1
      data.push(makeItem({ id, created: at, subscription: subscription.id, price, quantity, ...period }))
    }
  }
  if (data.length === 0) refuse('A subscription must have at least one active item.', { param: 'items' })
}

function applyUpdate(
  store: Store,
  at: number,
  subscription: Stripe.Subscription,
  params: z.output<typeof update>,
): void {
  const { metadata, items, cancel_at, cancel_at_period_end, pause_collection, trial_end } = params
  const customer = getCustomer(store, idOf(subscription.customer) ?? '', 'customer')
  subscription.metadata = mergeMetadata(subscription.metadata, metadata)
  if (items) changeItems(store, at, subscription, items)
  const card = params.default_payment_method
  if (card) {
    subscription.default_payment_method = attachCard(store, customer, card, 'default_payment_method').id
  }
  if (cancel_at !== undefined || cancel_at_period_end !== undefined) {
    const periodEnd = Math.min(...subscription.items.data.map(({ current_period_end }) => current_period_end))
    const end = cancel_at_period_end ? periodEnd : cancel_at
    subscription.cancel_at = end || null
    subscription.cancel_at_period_end = cancel_at_period_end ?? false
    subscription.canceled_at = end ? at : null
    subscription.cancellation_details = {
      comment: params.cancellation_details?.comment ?? null,
      feedback: params.cancellation_details?.feedback ?? null,
      feedback_option: null,
      reason: end ? 'cancellation_requested' : null,
    }
  }
  if (pause_collection !== undefined) {
    subscription.pause_collection = pause_collection === '' ? null : { resumes_at: null, ...pause_collection }
  }
  if (params.trial_settings) {
    const { missing_payment_method } = params.trial_settings.end_behavior
    subscription.trial_settings = {
      end_behavior: { billing_cycle_anchor: null, missing_payment_method },
    }
  }
  if (typeof trial_end === 'number') {
    if (trial_end <= at) refuse('Invalid trial_end: should be in the future', { param: 'trial_end' })
    store.toldOfTrialEnd.delete(subscription.id)
    const trial_start = subscription.trial_start ?? at
    Object.assign(subscription, {
      status: 'trialing',
      trial_start,
      trial_end,
      billing_cycle_anchor: trial_end,
    })
    for (const item of subscription.items.data) item.current_period_end = trial_end
  }
}

export const subscriptionEndpoints = [
  endpoint('POST /v1/subscriptions', creation, ({ store, params }) => {
    const customer = getCustomer(store, params.customer, 'customer')
    const at = store.nowOf(customer.id)
    const { trial_period_days: days, trial_end, default_payment_method: card } = params
    const items = params.items.map(({ price, quantity }, index) => ({
      price: getPrice(store, price, `items[${index}][price]`),
      quantity: quantity ?? 1,
    }))
    return createSubscription(store, {
      customer,
      items,
      metadata: mergeMetadata({}, params.metadata),
      card: card && attachCard(store, customer, card, 'default_payment_method').id,
      trialEnd: days ? at + days * daySeconds : trial_end === 'now' ? undefined : trial_end,
      paymentBehavior: params.payment_behavior,
      missingPaymentMethod: params.trial_settings?.end_behavior.missing_payment_method,
    })
  }),
  endpoint(
    'GET /v1/subscriptions',
    z.strictObject({
      ...pagingByTime,
      customer: text.optional(),
      price: text.optional(),
      status: text.optional(),
      test_clock: text.optional(),
    } satisfies Partial<Record<keyof Stripe.SubscriptionListParams, z.ZodType>>),
    ({ store, params: { customer, price, status, test_clock, ...page } }) => {
      const isMeant = (each: Stripe.Subscription) => {
        if (status === undefined) return each.status !== 'canceled'
        if (status === 'ended') return each.status === 'canceled' || each.status === 'incomplete_expired'
        return status === 'all' || each.status === status
      }
      const found = ofCustomer(store, store.subscriptions.values(), customer, test_clock).filter(
        (each) => isMeant(each) && (!price || each.items.data.some((item) => item.price.id === price)),
      )
      return pageOf(found, '/v1/subscriptions', page)
    },
  ),
  endpoint('GET /v1/subscriptions/{id}', z.strictObject(expandable), ({ store, id }) =>
    getSubscription(store, id),
  ),
  endpoint('POST /v1/subscriptions/{id}', update, ({ store, id, params }) => {
    const subscription = getSubscription(store, id)
    if (subscription.ended_at !== null) {
      refuse('A canceled subscription can only update its cancellation_details and metadata.')
    }
    const at = store.nowOf(idOf(subscription.customer))
    // All of it or nothing: a refused change leaves no trace.
    const changed = copyOf(subscription)
    applyUpdate(store, at, changed, params)
    changeSubscription(store, at, subscription, changed)
    if (params.trial_end === 'now' && subscription.status === 'trialing') {
      subscription.trial_end = at
      endTrial(store, at, subscription)
    }
    return subscription
  }),
  endpoint(
    'DELETE /v1/subscriptions/{id}',
    z.strictObject({
      ...expandable,
      cancellation_details: said,
      invoice_now: flag.optional(),
      prorate: flag.optional(),
    } satisfies Partial<Record<keyof Stripe.SubscriptionCancelParams, z.ZodType>>),
    ({ store, id, params: { cancellation_details } }) => {
      const subscription = getSubscription(store, id)
      if (subscription.ended_at !== null) refuseMissing('subscription', id)
      const at = store.nowOf(idOf(subscription.customer))
      endSubscription(store, at, subscription, 'cancellation_requested', cancellation_details)
      return subscription
    },
  ),
]
