import { randomBytes } from 'node:crypto'
import type Stripe from 'stripe'

export const daySeconds = 86_400

/** What a Checkout session sells, which its object does not tell. */
export interface Order {
  lineItems: Stripe.LineItem[]
  subscriptionMetadata: Record<string, string>
  trialEnd: number | undefined
  trialDays: number | undefined
}

export interface Rules {
  searchDelaySeconds: number
  retryDays: readonly number[]
  afterRetries: 'unpaid' | 'canceled'
}

/** Everything the double knows. Objects in it are changed in place; what leaves it is a copy. */
export function createStore(rules: Rules) {
  let clock = { now: () => new Date('2026-03-02T10:00:00Z') }
  // Ids never repeat, also not those of another double that spoke to the same platform before.
  const salt = randomBytes(5).toString('hex')
  let made = 0
  const testClocks = new Map<string, Stripe.TestHelpers.TestClock>()
  const customers = new Map<string, Stripe.Customer>()
  const now = () => Math.floor(clock.now().getTime() / 1000)
  return {
    rules,
    customers,
    deletedCustomers: new Set<string>(),
    products: new Map<string, Stripe.Product>(),
    prices: new Map<string, Stripe.Price>(),
    paymentMethods: new Map<string, Stripe.PaymentMethod>(),
    /** Cards with which every payment fails. */
    badCards: new Set<string>(),
    sessions: new Map<string, Stripe.Checkout.Session>(),
    orders: new Map<string, Order>(),
    subscriptions: new Map<string, Stripe.Subscription>(),
    /** Subscriptions whose status a test has set: nothing happens to them by itself. */
    steered: new Set<string>(),
    /** Subscriptions whose customer was told that the trial ends. */
    toldOfTrialEnd: new Set<string>(),
    invoices: new Map<string, Stripe.Invoice>(),
    testClocks,
    events: [] as Stripe.Event[],
    delivered: new Set<string>(),
    /** What the request that is carried out right now is called. */
    request: { id: null, idempotency_key: null } as Stripe.Event.Request,
    onEvent: (_event: Stripe.Event): void => undefined,
    useClock(given: { now(): Date }) {
      clock = given
    },
    /** Now, in whole seconds since 1970. */
    now,
    /** Now, as a customer lives: by the test clock if there is one. */
    nowOf(customerId: string | null): number {
      const testClock = customers.get(customerId ?? '')?.test_clock
      return typeof testClock === 'string' ? (testClocks.get(testClock)?.frozen_time ?? now()) : now()
    },
    newId(prefix: string): string {
      made++
      return `${prefix}_${salt}${String(made).padStart(6, '0')}`
    },
  }
}

export type Store = ReturnType<typeof createStore>

/** The object of an id, whatever its kind, for `expand`. */
export function findAny(store: Store, id: string): object | undefined {
  const { customers, products, prices, paymentMethods, sessions, subscriptions, invoices, testClocks } = store
  if (store.deletedCustomers.has(id)) return { id, object: 'customer', deleted: true }
  const kinds = [customers, products, prices, paymentMethods, sessions, subscriptions, invoices, testClocks]
  for (const kind of kinds) {
    const found = kind.get(id)
    if (found) return found
  }
  return undefined
}

/** The id of what Stripe gives as an id or as the object itself. */
export function idOf(reference: string | { id: string } | null | undefined): string | null {
  return typeof reference === 'string' ? reference : (reference?.id ?? null)
}

/** A copy as it goes over the wire. */
export function copyOf<T>(object: T): T {
  return JSON.parse(JSON.stringify(object))
}
