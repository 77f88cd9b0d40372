import type Stripe from 'stripe'
import type { AskedRequest, Failure, HeldAnswer } from './traffic.ts'

/** What an endpoint answered to an event. */
export interface Delivery {
  status: number
  // biome-ignore lint/suspicious/noExplicitAny: a test says what it expects of the body
  body: any
}

export interface StripeDoubleOptions {
  /** Where each event goes by itself after the change: the whole URL of the endpoint. */
  webhookUrl?: string
  /** 0, the default, takes a free one. */
  port?: number
  /** Takes any key of the test mode, not only that of `env`. */
  anyTestKey?: boolean
  /** After how many seconds a search finds what was made. Default 0. */
  searchDelaySeconds?: number
  /** On which days after a payment failed it is tried again. Default 1, 2, 3. */
  retryDays?: readonly number[]
  /** What becomes of a subscription when the last try failed. Default unpaid. */
  afterRetries?: 'unpaid' | 'canceled'
}

/** Stripe, played on a free port of this machine. */
export interface StripeDouble {
  url: string
  /** Settings for startPlatform. */
  env: { STRIPE_SECRET_KEY: string; STRIPE_WEBHOOK_SECRET: string; STRIPE_API_BASE: string }
  /** The SDK pointed at it; it does not try anything twice. */
  stripe: Stripe
  /** Has it live by this clock; before that its own stands still at 2026-03-02T10:00:00Z. */
  useClock(clock: { now(): Date }): void
  /** Has everything happen that is due by its clock: renewals, ends of trials, retries. It does so by itself when asked. */
  tick(): void
  /** Monthly prices in EUR; the names are their lookup_keys. */
  prices: Record<'starter' | 'professional' | 'business' | 'enterprise', Stripe.Price>
  /** A subscription in any status with its first invoice; past_due, unpaid … stay as they are until a test changes them. */
  subscribe(
    customerId: string,
    priceId: string,
    given?: {
      status?: Stripe.Subscription.Status
      quantity?: number
      metadata?: Record<string, string>
    },
  ): Promise<Stripe.Subscription>
  /**
   * Whatever it took to get there: past_due, unpaid and incomplete have an open invoice, active has paid it, canceled
   * has ended. It stays so, whatever the clock says, until a test changes it; active and trialing live on.
   * @throws Error for a subscription that has ended: Stripe revives none
   */
  setStatus(subscriptionId: string, status: Stripe.Subscription.Status): Stripe.Subscription
  /** The open invoices are paid, whatever the card; the subscription becomes active. */
  pay(subscriptionId: string): Stripe.Subscription
  /** The customer pays on the hosted page. @throws Error for a session that is not open */
  completeCheckout(sessionId: string): Stripe.Subscription
  /** All that were made so far, in order. */
  events: Stripe.Event[]
  /** POSTs an event, signed, to <platformUrl>/webhooks/stripe; after a 2xx it counts as delivered. */
  deliver(event: Stripe.Event, platformUrl: string, how?: { secret?: string; at?: Date }): Promise<Delivery>
  /** Delivers those that are not delivered yet, in order. */
  deliverAll(platformUrl: string): Promise<Delivery[]>
  /** What was asked over HTTP, also by `stripe`; `.length = 0` forgets it. */
  requests: AskedRequest[]
  /**
   * Answers the next requests (of this path) badly. 429 and 500 do nothing; 'timeout' does nothing and never answers;
   * 'cut' does what was asked and cuts the connection without an answer, upon which the SDK always tries once more.
   */
  fail(what: Failure, times?: number, path?: RegExp): void
  /** The next request (of this path) is carried out, but its answer waits for `release`. */
  hold(path?: RegExp): HeldAnswer
  /** Waits until nothing is left to deliver to `webhookUrl`. */
  delivered(): Promise<void>
  stop(): Promise<void>
}
