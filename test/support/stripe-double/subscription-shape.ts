import type Stripe from 'stripe'
import { type Made, makePlan } from './catalogue-shapes.ts'

export interface SubscriptionFields {
  customer: Stripe.Customer
  status: Stripe.Subscription.Status
  items: Stripe.SubscriptionItem[]
  anchor: number
  metadata: Record<string, string>
  defaultPaymentMethod: string | null
  /** Undefined: without a trial. */
  trialEnd: number | undefined
  missingPaymentMethod: Stripe.Subscription.TrialSettings.EndBehavior.MissingPaymentMethod
}

export function makeSubscription({ id, created, ...given }: Made & SubscriptionFields): Stripe.Subscription {
  return {
    id,
    object: 'subscription',
    application: null,
    application_fee_percent: null,
    automatic_tax: { disabled_reason: null, enabled: false, liability: null },
    billing_cycle_anchor: given.anchor,
    billing_cycle_anchor_config: null,
    billing_mode: { flexible: { proration_discounts: 'included' }, type: 'flexible' },
    billing_schedules: [],
    billing_thresholds: null,
    cancel_at: null,
    cancel_at_period_end: false,
    canceled_at: null,
    cancellation_details: { comment: null, feedback: null, feedback_option: null, reason: null },
    collection_method: 'charge_automatically',
    created,
    currency: given.items[0]?.price.currency ?? 'eur',
    customer: given.customer.id,
    customer_account: null,
    days_until_due: null,
    default_payment_method: given.defaultPaymentMethod,
    default_source: null,
    default_tax_rates: [],
    description: null,
    discounts: [],
    ended_at: null,
    invoice_settings: {
      account_tax_ids: null,
      custom_fields: null,
      description: null,
      footer: null,
      issuer: { type: 'self' },
    },
    items: {
      object: 'list',
      data: given.items,
      has_more: false,
      url: `/v1/subscription_items?subscription=${id}`,
    },
    latest_invoice: null,
    livemode: false,
    managed_payments: { enabled: false },
    metadata: given.metadata,
    next_pending_invoice_item_invoice: null,
    on_behalf_of: null,
    pause_collection: null,
    payment_settings: {
      payment_method_options: null,
      payment_method_types: null,
      save_default_payment_method: 'off',
    },
    pending_invoice_item_interval: null,
    pending_setup_intent: null,
    pending_update: null,
    schedule: null,
    start_date: created,
    status: given.status,
    test_clock: given.customer.test_clock ?? null,
    transfer_data: null,
    trial_end: given.trialEnd ?? null,
    trial_settings: {
      end_behavior: { billing_cycle_anchor: null, missing_payment_method: given.missingPaymentMethod },
    },
    trial_start: given.trialEnd === undefined ? null : created,
  }
}

export interface ItemFields {
  subscription: string
  price: Stripe.Price
  quantity: number
  periodStart: number
  periodEnd: number
}

export function makeItem({ id, created, ...given }: Made & ItemFields): Stripe.SubscriptionItem {
  return {
    id,
    object: 'subscription_item',
    billing_thresholds: null,
    created,
    current_period_end: given.periodEnd,
    current_period_start: given.periodStart,
    current_trial: null,
    discounts: [],
    metadata: {},
    plan: makePlan(given.price),
    price: given.price,
    quantity: given.quantity,
    subscription: given.subscription,
    tax_rates: [],
  }
}
