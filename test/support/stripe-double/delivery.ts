import { setTimeout as sleep } from 'node:timers/promises'
import Stripe from 'stripe'
import type { Delivery } from './double.ts'
import type { Store } from './store.ts'

/** After which waits an event is sent again, in milliseconds. */
const retryMs = [200, 400, 800, 1600]

export interface Delivering {
  url: string
  secret: string
  /** Seconds since 1970: when it is signed. */
  at: number
}

/** POSTs an event as Stripe does; after a 2xx it counts as delivered. */
export async function deliver(
  store: Store,
  event: Stripe.Event,
  { url, secret, at }: Delivering,
): Promise<Delivery> {
  const payload = JSON.stringify(event, null, 2)
  const signature = Stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp: at })
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json; charset=utf-8', 'Stripe-Signature': signature },
    body: payload,
    signal: AbortSignal.timeout(20_000),
  })
  const text = await response.text()
  if (response.ok) {
    store.delivered.add(event.id)
    const kept = store.events.find(({ id }) => id === event.id)
    if (kept) kept.pending_webhooks = 0
  }
  const isJson = /json/.test(response.headers.get('content-type') ?? '')
  return { status: response.status, body: isJson && text !== '' ? JSON.parse(text) : text }
}

/** Delivers each event by itself, one after the other, and tries a few times what is not taken. */
export function deliverByItself(store: Store, url: string, secret: string) {
  let queue = Promise.resolve()
  let isOver = false
  async function send(event: Stripe.Event) {
    for (const waitMs of [0, ...retryMs]) {
      await sleep(waitMs)
      if (isOver || (await isTaken(store, event, { url, secret, at: store.now() }))) return
    }
  }
  store.onEvent = (event) => {
    queue = queue.then(() => send(event))
  }
  return {
    /** Everything so far is delivered or given up. */
    delivered: () => queue,
    stop: () => {
      isOver = true
      return queue
    },
  }
}

async function isTaken(store: Store, event: Stripe.Event, how: Delivering): Promise<boolean> {
  try {
    const { status } = await deliver(store, event, how)
    return status >= 200 && status < 300
  } catch {
    return false
  }
}
