import type { RequestHandler } from 'express'
import { ipKeyGenerator, rateLimit } from 'express-rate-limit'
import type { Context } from '../context.ts'
import { AppError } from '../errors.ts'
import { addressOf } from './address.ts'

/** The limits on public endpoints, per client address. The numbers are settings. */
export type RateLimitName = 'signup' | 'login' | 'check_email' | 'lookup'

/**
 * One middleware per limit, with the headers of draft-ietf-httpapi-ratelimit-headers-08.
 * With RATE_LIMITS=off they let everything pass.
 */
export function createRateLimits(context: Context): Record<RateLimitName, RequestHandler> {
  const { rateLimits } = context.config
  const limiter = (
    perWindow: number,
    windowMs: number,
    counted: 'every request' | 'failures',
  ): RequestHandler =>
    rateLimit({
      limit: perWindow,
      windowMs,
      standardHeaders: 'draft-8',
      legacyHeaders: false,
      skip: () => !rateLimits.enabled,
      skipSuccessfulRequests: counted === 'failures',
      // Only a guess that was wrong counts: not a body that nobody could read, nor what went wrong on our side.
      requestWasSuccessful: (_request, { statusCode }) => statusCode !== 401,
      // An IPv6 customer holds a whole /56; a request without an address shares one place with all such.
      keyGenerator: (request) => ipKeyGenerator(addressOf(request) ?? '::'),
      // Its complaints go to the console, past the log and with what the caller sent.
      validate: false,
      handler: (request, _response, next) => {
        const reset = (request as { rateLimit?: { resetTime?: Date } }).rateLimit?.resetTime
        const seconds = Math.max(1, Math.ceil(((reset?.getTime() ?? 0) - Date.now()) / 1000))
        next(new AppError('too_many_requests', { headers: { 'Retry-After': String(seconds) } }))
      },
    })
  return {
    signup: limiter(rateLimits.signupsPerHour, 3_600_000, 'every request'),
    login: limiter(rateLimits.failedLoginsPerQuarterHour, 900_000, 'failures'),
    check_email: limiter(rateLimits.emailChecksPerMinute, 60_000, 'every request'),
    lookup: limiter(rateLimits.lookupsPerMinute, 60_000, 'every request'),
  }
}
