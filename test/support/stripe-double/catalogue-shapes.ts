import Stripe from 'stripe'

/** What is common to everything that is made. */
export interface Made {
  id: string
  created: number
}

/** A product with nothing but its name. */
export function makeProduct({ id, created, name }: Made & { name: string }): Stripe.Product {
  return {
    id,
    object: 'product',
    active: true,
    created,
    default_price: null,
    description: null,
    images: [],
    livemode: false,
    marketing_features: [],
    metadata: {},
    name,
    package_dimensions: null,
    shippable: null,
    statement_descriptor: null,
    tax_code: null,
    tax_details: null,
    type: 'service',
    unit_label: null,
    updated: created,
    url: null,
  }
}

export interface PriceFields {
  product: string
  currency: string
  unitAmount: number
  /** Undefined: to be paid once. */
  interval: Stripe.Price.Recurring.Interval | undefined
  intervalCount?: number | undefined
  lookupKey?: string | null | undefined
  nickname?: string | null | undefined
}

export function makePrice({ id, created, ...given }: Made & PriceFields): Stripe.Price {
  return {
    id,
    object: 'price',
    active: true,
    billing_scheme: 'per_unit',
    created,
    currency: given.currency,
    custom_unit_amount: null,
    livemode: false,
    lookup_key: given.lookupKey ?? null,
    metadata: {},
    nickname: given.nickname ?? null,
    product: given.product,
    recurring: given.interval
      ? {
          interval: given.interval,
          interval_count: given.intervalCount ?? 1,
          meter: null,
          trial_period_days: null,
          usage_type: 'licensed',
        }
      : null,
    tax_behavior: 'unspecified',
    tiers_mode: null,
    transform_quantity: null,
    type: given.interval ? 'recurring' : 'one_time',
    unit_amount: given.unitAmount,
    unit_amount_decimal: Stripe.Decimal.from(given.unitAmount),
  }
}

/** The plan that Stripe still shows beside each price. */
export function makePlan(price: Stripe.Price): Stripe.Plan {
  return {
    id: price.id,
    object: 'plan',
    active: price.active,
    amount: price.unit_amount,
    amount_decimal: price.unit_amount_decimal,
    billing_scheme: 'per_unit',
    created: price.created,
    currency: price.currency,
    interval: price.recurring?.interval ?? 'month',
    interval_count: price.recurring?.interval_count ?? 1,
    livemode: false,
    metadata: price.metadata,
    meter: null,
    nickname: price.nickname,
    product: price.product,
    tiers_mode: null,
    transform_usage: null,
    trial_period_days: null,
    usage_type: 'licensed',
  }
}

export interface CustomerFields {
  email: string | null
  name: string | null
  testClock: string | null
}

export function makeCustomer({ id, created, ...given }: Made & CustomerFields): Stripe.Customer {
  return {
    id,
    object: 'customer',
    address: null,
    balance: 0,
    created,
    currency: null,
    default_source: null,
    delinquent: false,
    description: null,
    discount: null,
    email: given.email,
    invoice_prefix: id.slice(-8).toUpperCase(),
    invoice_settings: {
      custom_fields: null,
      default_payment_method: null,
      footer: null,
      rendering_options: null,
    },
    livemode: false,
    metadata: {},
    name: given.name,
    next_invoice_sequence: 1,
    phone: null,
    preferred_locales: [],
    shipping: null,
    tax_exempt: 'none',
    test_clock: given.testClock,
  }
}

export function makeCard({ id, created, customer, last4 }: Made & { customer: string; last4: string }) {
  return {
    id,
    object: 'payment_method',
    allow_redisplay: 'unspecified',
    billing_details: { address: null, email: null, name: null, phone: null, tax_id: null },
    card: {
      brand: 'visa',
      checks: null,
      country: 'US',
      display_brand: 'visa',
      exp_month: 12,
      exp_year: 2040,
      fingerprint: `fp${last4}`,
      funding: 'credit',
      generated_from: null,
      last4,
      networks: { available: ['visa'], preferred: null },
      regulated_status: 'unregulated',
      three_d_secure_usage: { supported: true },
      wallet: null,
    },
    created,
    customer,
    customer_account: null,
    livemode: false,
    metadata: {},
    type: 'card',
  } satisfies Stripe.PaymentMethod
}

export function makeTestClock(given: Made & { frozenTime: number; name: string | null }) {
  return {
    id: given.id,
    object: 'test_helpers.test_clock',
    created: given.created,
    deletes_after: given.created + 30 * 86_400,
    frozen_time: given.frozenTime,
    livemode: false,
    name: given.name,
    status: 'ready' as Stripe.TestHelpers.TestClock.Status,
    status_details: {},
  } satisfies Stripe.TestHelpers.TestClock
}
