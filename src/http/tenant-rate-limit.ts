import { setTimeout as sleep } from 'node:timers/promises'
import type { Response } from 'express'
import type { Context } from '../context.ts'
import { AppError } from '../errors.ts'
import type { Access, Claims } from '../features/members/access.ts'
import type { RequestRate } from '../features/plans/request-rates.ts'

// Requests per minute of a tenant, by its plan. Whoever has shown that they belong to the tenant counts and can be
// refused, whatever the route: also one that a blocked tenant reaches, and one that their role does not allow, since
// those cost as much. A stranger neither uses a tenant's minute up nor learns how much of it is left: a key that nobody
// gave out, or the token of a session that is over, is told 401 as ever. So of the refusals inside a tenant this one
// stands behind the 401 of the membership and before those of status, module and role.

/**
 * Who goes on asking has their answer held back for so long. Most programs ask again when they are answered, and a
 * server that answers ten thousand a second has no time for others, however little each costs. Each for a time of its
 * own: those who were answered together would come together again, all in one turn of the event loop.
 */
const heldMs = { least: 100, most: 200 }

/**
 * Refuses whom this process has refused in this minute before: no body is read and the database not asked.
 * @returns undefined when they may go on, else a promise
 * @throws AppError 429 `too_many_requests`, from the promise
 */
export function refuseAgain(
  context: Context,
  claims: Claims,
  response: Response,
): Promise<never> | undefined {
  if (!context.config.rateLimits.enabled) return undefined
  const rate = context.requestRates.findRefusal(claims)
  if (!rate) return undefined
  const { least, most } = heldMs
  return sleep(least + Math.random() * (most - least)).then(() => refuse(context, rate, response))
}

/**
 * Counts a request, once however often its caller is looked at, and tells in headers what is left.
 * @param options `isOlder`: access was not read just now, so a limit that is known of the tenant already may be newer
 * @throws AppError 429 `too_many_requests` beyond what the plan allows
 */
export function countRequest(
  context: Context,
  claims: Claims,
  { requests_per_minute: limit }: Access,
  response: Response,
  options: { isOlder?: boolean } = {},
): void {
  if (!context.config.rateLimits.enabled || response.locals.isCounted) return
  response.locals.isCounted = true
  const rate = context.requestRates.take(claims, limit, options)
  if (rate?.isWithin) tell(rate, response)
  else if (rate) refuse(context, rate, response)
}

function refuse(context: Context, rate: RequestRate, response: Response): never {
  tell(rate, response)
  context.metrics.requestsOverPlan.inc()
  throw new AppError('too_many_requests', { headers: { 'Retry-After': String(rate.seconds) } })
}

/**
 * draft-ietf-httpapi-ratelimit-headers, sections 3 and 4: items of structured fields (RFC 9651), beside those of the
 * limit per address where the route has one.
 */
function tell({ limit, remaining, seconds }: RequestRate, response: Response): void {
  response.appendHeader('RateLimit-Policy', `"tenant";q=${limit};w=60`)
  response.appendHeader('RateLimit', `"tenant";r=${remaining};t=${seconds}`)
}
