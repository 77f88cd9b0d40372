import Stripe from 'stripe'
import { deliver, deliverByItself } from './delivery.ts'
import type { Delivery, StripeDouble, StripeDoubleOptions } from './double.ts'
import { addPrice, addProduct } from './endpoints/catalogue.ts'
import { addCustomer } from './endpoints/customers.ts'
import { emit } from './events.ts'
import { live } from './life.ts'
import { listen } from './server.ts'
import { completeCheckout, pay, setStatus, subscribe } from './steering.ts'
import { createStore, type Store } from './store.ts'
import { createTraffic } from './traffic.ts'

export type { Delivery, StripeDouble, StripeDoubleOptions } from './double.ts'

/** Starts a double of Stripe on a free port of this machine. */
export async function startStripeDouble(options: StripeDoubleOptions = {}): Promise<StripeDouble> {
  const { searchDelaySeconds = 0, retryDays = [1, 2, 3], afterRetries = 'unpaid' } = options
  const store = createStore({ searchDelaySeconds, retryDays, afterRetries })
  const traffic = createTraffic()
  const prices = seedPrices(store)
  // Always the same: a development server keeps its settings while the double is started anew.
  const secretKey = `sk_test_${'0'.repeat(24)}`
  const secret = `whsec_${'0'.repeat(24)}`
  const byItself = options.webhookUrl ? deliverByItself(store, options.webhookUrl, secret) : undefined

  let ticked = 0
  const tick = () => {
    if (ticked === store.now()) return
    ticked = store.now()
    live(store, null, ticked)
  }
  const afterTick = <T>(act: () => T): T => {
    tick()
    return act()
  }
  const completeSession = (id: string) => completeCheckout(store, (email) => addGuest(store, email), id)
  const server = await listen({
    store,
    traffic,
    port: options.port ?? 0,
    isKey: (key) => key === secretKey || (options.anyTestKey === true && /^[sr]k_test_\w+$/.test(key)),
    tick,
    completeCheckout: completeSession,
  })
  const { hostname: host, port } = new URL(server.url)
  const send = (event: Stripe.Event, platformUrl: string, how: { secret?: string; at?: Date } = {}) =>
    deliver(store, event, {
      url: `${platformUrl}/webhooks/stripe`,
      secret: how.secret ?? secret,
      at: how.at ? Math.floor(how.at.getTime() / 1000) : store.now(),
    })

  return {
    url: server.url,
    env: {
      STRIPE_SECRET_KEY: secretKey,
      STRIPE_WEBHOOK_SECRET: secret,
      STRIPE_API_BASE: server.url,
    },
    stripe: new Stripe(secretKey, { host, port, protocol: 'http', maxNetworkRetries: 0, telemetry: false }),
    useClock: store.useClock,
    tick,
    prices,
    subscribe: async (customerId, priceId, given) =>
      afterTick(() => subscribe(store, customerId, priceId, given)),
    setStatus: (id, status) => afterTick(() => setStatus(store, id, status)),
    pay: (id) => afterTick(() => pay(store, id)),
    completeCheckout: (id) => afterTick(() => completeSession(id)),
    events: store.events,
    deliver: send,
    async deliverAll(platformUrl) {
      const answers: Delivery[] = []
      for (const event of store.events.filter(({ id }) => !store.delivered.has(id))) {
        answers.push(await send(event, platformUrl))
      }
      return answers
    },
    requests: traffic.requests,
    fail: traffic.fail,
    hold: traffic.hold,
    delivered: async () => byItself?.delivered(),
    async stop() {
      await server.close()
      await byItself?.stop()
    },
  }
}

/** What was there before anybody asked: nobody is told of it. */
function seedPrices(store: Store): StripeDouble['prices'] {
  const sell = (name: string, unitAmount: number) => {
    const product = addProduct(store, `Tenantry ${name}`).id
    return addPrice(store, { product, currency: 'eur', unitAmount, interval: 'month', lookupKey: name })
  }
  const prices = {
    starter: sell('starter', 1_900),
    professional: sell('professional', 4_900),
    business: sell('business', 9_900),
    enterprise: sell('enterprise', 49_900),
  }
  store.events.length = 0
  return prices
}

/** Who pays without having been a customer becomes one. */
function addGuest(store: Store, email: string | null): Stripe.Customer {
  const customer = addCustomer(store, { email, name: null, testClock: null })
  emit(store, customer.created, { type: 'customer.created', data: { object: customer } })
  return customer
}
