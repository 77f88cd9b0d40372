import { setTimeout as sleep } from 'node:timers/promises'
import type Stripe from 'stripe'
import type { Random } from './random.ts'
import type { StripeDouble } from './stripe-double/index.ts'

/** How many events are under way at once. */
const atOnce = 24
/** How long an answer is waited for before the event is sent again. */
const answerMs = 500
/** How many events may wait before nothing more should happen that makes others. */
const enough = 60

/**
 * Sends a double's events to any of the servers there are, in any order, some to two at once, and each again until one
 * has taken it.
 */
export function startStripeSender(double: StripeDouble, { below, oneOf }: Random) {
  const servers = new Set<string>()
  const taken = new Set<string>()
  const waiting: Stripe.Event[] = []
  let seen = 0
  let isOver = false

  async function send(event: Stripe.Event): Promise<void> {
    const { status } = await double.deliver(event, oneOf([...servers])).catch(() => ({ status: 0 }))
    if (status >= 200 && status < 300) taken.add(event.id)
  }

  async function work(): Promise<void> {
    while (!isOver) {
      waiting.push(...double.events.slice(seen))
      seen = double.events.length
      const [event] = servers.size > 0 ? waiting.splice(below(waiting.length), 1) : []
      if (!event) await sleep(10)
      else {
        const sent = [send(event), ...(below(10) === 0 ? [send(event)] : [])]
        // Should an answer come later all the same, it counts.
        await Promise.race([Promise.all(sent), sleep(answerMs)])
        if (!taken.has(event.id)) waiting.push(event)
      }
    }
  }

  const working = Promise.all(Array.from({ length: atOnce }, work))
  return {
    /** Events that were answered with 2xx, by id. */
    taken,
    isBusy: () => waiting.length > enough,
    addServers(urls: string[]) {
      for (const url of urls) servers.add(url)
    },
    removeServers(urls: string[]) {
      for (const url of urls) servers.delete(url)
    },
    async stop() {
      isOver = true
      await working
    },
  }
}

export type StripeSender = ReturnType<typeof startStripeSender>
