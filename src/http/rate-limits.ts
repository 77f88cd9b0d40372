import type { RequestHandler } from 'express'
import { rateLimit } from 'express-rate-limit'
import type { Context } from '../context.ts'
import { AppError } from '../errors.ts'

/** The limits on public endpoints, per client address. The numbers are settings. */
export type RateLimitName = 'signup' | 'login' | 'check_email' | 'lookup'

/**
 * One middleware per limit, with the headers of draft-ietf-httpapi-ratelimit-headers-08.
 * With RATE_LIMITS=off they let everything pass.
 */
export function createRateLimits(context: Context): Record<RateLimitName, RequestHandler> {
  const { rateLimits } = context.config
  const limiter = (perWindow: number, windowMs: number, countSuccess: boolean): RequestHandler =>
    rateLimit({
      limit: perWindow,
      windowMs,
      standardHeaders: 'draft-8',
      legacyHeaders: false,
      skip: () => !rateLimits.enabled,
      skipSuccessfulRequests: !countSuccess,
      handler: (request, _response, next) => {
        const reset = (request as { rateLimit?: { resetTime?: Date } }).rateLimit?.resetTime
        const seconds = Math.max(1, Math.ceil(((reset?.getTime() ?? 0) - Date.now()) / 1000))
        next(new AppError('too_many_requests', { headers: { 'Retry-After': String(seconds) } }))
      },
    })
  return {
    signup: limiter(rateLimits.signupsPerHour, 3_600_000, true),
    login: limiter(rateLimits.failedLoginsPerQuarterHour, 900_000, false),
    check_email: limiter(rateLimits.emailChecksPerMinute, 60_000, true),
    lookup: limiter(rateLimits.lookupsPerMinute, 60_000, true),
  }
}
