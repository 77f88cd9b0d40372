import { setTimeout as sleep } from 'node:timers/promises'
import Stripe from 'stripe'
import { AppError } from '../../errors.ts'

/** Stripe, for whoever has keys. */
export interface Billing {
  stripe: Stripe
  /** What events may be signed with: two while one secret takes the place of the other. */
  webhookSecrets: readonly string[]
}

/**
 * The client of Stripe's API. It tries a request that did not come through once more by itself, with the same
 * idempotency key (docs.stripe.com/error-low-level).
 * @param settings where the API is, and the keys; undefined where there are none
 */
export function createBilling(
  settings: { secretKey: string; webhookSecrets: readonly string[]; apiBase: URL } | undefined,
): Billing | undefined {
  if (!settings) return undefined
  const { secretKey, webhookSecrets, apiBase } = settings
  const protocol = apiBase.protocol === 'http:' ? 'http' : 'https'
  const stripe = new Stripe(secretKey, {
    protocol,
    host: apiBase.hostname,
    port: apiBase.port || (protocol === 'http' ? 80 : 443),
    timeout: 10_000,
    maxNetworkRetries: 1,
    telemetry: false,
  })
  return { stripe, webhookSecrets }
}

/**
 * Billing, for what cannot do without.
 * @throws AppError 503 `billing_not_configured` without keys
 */
export function getBilling({ billing }: { billing: Billing | undefined }): Billing {
  if (!billing) throw new AppError('billing_not_configured')
  return billing
}

/** How long a job waits before it asks again after the n-th 429, in milliseconds, and how often. */
const backOffMs = [500, 1_000, 2_000, 4_000, 8_000]

/**
 * Asks Stripe and, while it answers 429, asks again after a while that doubles, as Stripe advises
 * (docs.stripe.com/rate-limits). For jobs: a request of a caller does not wait so long.
 * @throws what Stripe's client throws in the end
 */
export async function withBackOff<T>(ask: () => Promise<T>): Promise<T> {
  for (const waitMs of backOffMs) {
    try {
      return await within(jobMs, ask)
    } catch (error) {
      if (!(error instanceof Stripe.errors.StripeRateLimitError)) throw error
      await sleep(waitMs * (0.5 + Math.random()))
    }
  }
  return within(jobMs, ask)
}

/** How long a job waits for all of one answer, in milliseconds, and a caller for all that is asked for them. */
const jobMs = 8_000
const callerMs = 12_000

/** Gives up on an answer that only trickles in: the client's own limit is on silence. */
async function within<T>(ms: number, ask: () => Promise<T>): Promise<T> {
  const limit = new AbortController()
  const late = sleep(ms, undefined, { signal: limit.signal }).then(() => {
    throw new Stripe.errors.StripeConnectionError({ message: 'Stripe took too long', type: 'api_error' })
  })
  late.catch(() => undefined)
  const answer = ask()
  answer.catch(() => undefined)
  try {
    return await Promise.race([answer, late])
  } finally {
    limit.abort()
  }
}

/**
 * Asks Stripe on behalf of a caller who waits.
 * @throws AppError 503 `billing_unavailable` when Stripe cannot be reached, is too busy or fails; else what its client
 *   throws: a request that Stripe refuses is a mistake of ours
 */
export async function askStripe<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await within(callerMs, ask)
  } catch (error) {
    throw isOutage(error) ? new AppError('billing_unavailable', { cause: error }) : error
  }
}

/** Whether a customer has been deleted; one whom Stripe has never heard of has not. */
export async function isDeletedCustomer(stripe: Stripe, id: string): Promise<boolean> {
  try {
    return (await stripe.customers.retrieve(id)).deleted === true
  } catch (error) {
    if (isMissing(error)) return false
    throw error
  }
}

/** Whether Stripe cannot be reached, is too busy, or fails. */
export function isOutage(error: unknown): boolean {
  const { StripeConnectionError, StripeRateLimitError, StripeAPIError } = Stripe.errors
  return [StripeConnectionError, StripeRateLimitError, StripeAPIError].some((kind) => error instanceof kind)
}

/** Whether Stripe says that this cannot be done, such as closing a page that is closed. */
export function isRefused(error: unknown): boolean {
  return error instanceof Stripe.errors.StripeInvalidRequestError
}

/** Whether Stripe says that it does not know, or no more, what was named (error code `resource_missing`). */
export function isMissing(error: unknown): boolean {
  return error instanceof Stripe.errors.StripeInvalidRequestError && error.code === 'resource_missing'
}

/** An instant of Stripe: seconds since 1970, UTC. */
export function instantOf(seconds: number): Date {
  return new Date(seconds * 1000)
}
