import type { Request, RequestHandler, Response } from 'express'
import { rateLimit } from 'express-rate-limit'
import type { Context } from '../context.ts'
import { AppError } from '../errors.ts'
import { isKnownAddress } from '../features/sessions/known-address.ts'
import { addressOf, networkOf } from './address.ts'
import { createSharedStore } from './rate-limit-store.ts'

/** The limits per client address. The numbers are settings. */
export type RateLimitName = 'signup' | 'login' | 'check_email' | 'lookup' | 'mail' | 'token'

/** The limits per account, wherever the requests come from. */
export type AccountLimitName =
  | 'login'
  | 'signup'
  | 'check_email'
  | 'invitation'
  | 'admin_login'
  | 'reset_mail'
  | 'verification_mail'
  | 'invitation_mail'
  | 'password'

interface Limit {
  name: string
  perWindow: number
  windowMs: number
  /** Answers that count; without it every request does. */
  counted?: number[]
  keyOf(request: Request, response: Response): string
  /** Asked when the limit is reached: whether this one may pass all the same. */
  isExempt?(request: Request, response: Response): Promise<boolean>
}

const quarterHour = 900_000
const hour = 3_600_000

/** Wrong passwords, codes and tokens: not a body that nobody could read, nor what went wrong on our side. */
const wrongSecret = [401]
const wrongToken = [400, 401]

/** Limits that guard an endpoint: before its body is read, and once it is known whose account is meant. */
export interface RateLimits {
  perAddress: Record<RateLimitName, RequestHandler>
  /** They read the account from `response.locals.account`. */
  perAccount: Record<AccountLimitName, RequestHandler>
}

/**
 * One middleware per limit, on counts that all processes share; per address with the headers of
 * draft-ietf-httpapi-ratelimit-headers-08. With RATE_LIMITS=off they let everything pass.
 */
export function createRateLimits(context: Context): RateLimits {
  const { rateLimits } = context.config
  const logger = {
    error: (err: unknown, message: unknown) => context.log.error({ err }, String(message)),
    warn: (err: unknown, message: unknown) => context.log.warn({ err }, String(message)),
  }
  const limiter = ({ name, perWindow, windowMs, counted, keyOf, isExempt }: Limit, headers: boolean) =>
    rateLimit({
      limit: perWindow,
      windowMs,
      store: createSharedStore(context, name, windowMs),
      standardHeaders: headers ? 'draft-8' : false,
      legacyHeaders: false,
      skip: () => !rateLimits.enabled,
      skipSuccessfulRequests: counted !== undefined,
      requestWasSuccessful: (_request, { statusCode }) => !counted?.includes(statusCode),
      keyGenerator: keyOf,
      // Its complaints would go to the console, past the log and with what the caller sent.
      validate: false,
      logger,
      handler: async (request, response, next) => {
        if (await isExempt?.(request, response)) return next()
        const reset = (request as { rateLimit?: { resetTime?: Date } }).rateLimit?.resetTime
        const seconds = Math.max(1, Math.ceil(((reset?.getTime() ?? 0) - Date.now()) / 1000))
        next(new AppError('too_many_requests', { headers: { 'Retry-After': String(seconds) } }))
      },
    })

  const perAddress = (name: RateLimitName, perWindow: number, windowMs: number, counted?: number[]) =>
    limiter({ name, perWindow, windowMs, ...(counted && { counted }), keyOf: networkOf }, true)
  // How often an account was tried is nobody's business: these tell no counts.
  const perAccount = (name: AccountLimitName, more: Omit<Limit, 'name' | 'keyOf'>) =>
    limiter({ name: nameOf(name), keyOf: accountOf, ...more }, false)

  // Whoever has many addresses try at an account must not keep its owner out of it.
  const isWhereOwnerIsKnown = (among: 'users' | 'super_admins') => (request: Request, response: Response) =>
    isKnownAddress(context, { among, email: accountOf(request, response), ip: addressOf(request) })
  const guesses = (among: 'users' | 'super_admins') => ({
    perWindow: rateLimits.failedLoginsPerAccountPerQuarterHour,
    windowMs: quarterHour,
    counted: wrongSecret,
    isExempt: isWhereOwnerIsKnown(among),
  })
  const mailLimit = { perWindow: rateLimits.mailsPerAccountPerHour, windowMs: hour }

  return {
    perAddress: {
      signup: perAddress('signup', rateLimits.signupsPerHour, hour),
      login: perAddress('login', rateLimits.failedLoginsPerQuarterHour, quarterHour, wrongSecret),
      check_email: perAddress('check_email', rateLimits.emailChecksPerMinute, 60_000),
      lookup: perAddress('lookup', rateLimits.lookupsPerMinute, 60_000),
      mail: perAddress('mail', rateLimits.mailsPerHour, hour),
      token: perAddress('token', rateLimits.failedTokensPerQuarterHour, quarterHour, wrongToken),
    },
    perAccount: {
      login: perAccount('login', guesses('users')),
      admin_login: perAccount('admin_login', guesses('super_admins')),
      // Of a person who has an account already: nobody can use up the signup of one who has none.
      signup: perAccount('signup', { perWindow: rateLimits.signupsPerHour, windowMs: hour, counted: [409] }),
      // Ten addresses' worth: one alone can keep nobody from looking.
      check_email: perAccount('check_email', {
        perWindow: 10 * rateLimits.emailChecksPerMinute,
        windowMs: 60_000,
      }),
      invitation: perAccount('invitation', {
        perWindow: rateLimits.failedLoginsPerAccountPerQuarterHour,
        windowMs: quarterHour,
        counted: wrongSecret,
      }),
      // Two: who asks for the one kind of mail must not use the other up.
      reset_mail: perAccount('reset_mail', { ...mailLimit, isExempt: isWhereOwnerIsKnown('users') }),
      verification_mail: perAccount('verification_mail', mailLimit),
      // Of a tenant: whoever it likes can be written to.
      invitation_mail: perAccount('invitation_mail', {
        perWindow: rateLimits.invitationsPerHour,
        windowMs: hour,
      }),
      // Of who holds somebody's session: each costs two hashes and may send a mail, so right ones count, too.
      password: perAccount('password', {
        perWindow: rateLimits.failedLoginsPerQuarterHour,
        windowMs: quarterHour,
      }),
    },
  }
}

/** Lets the owner of an account in at once, wherever they are: they have proven who they are in another way. */
export async function forgetFailedLogins(context: Context, email: string): Promise<void> {
  await createSharedStore(context, nameOf('login'), quarterHour).resetKey(email)
}

function nameOf(name: AccountLimitName): string {
  return `${name} of account`
}

function accountOf(_request: Request, response: Response): string {
  return String(response.locals.account)
}

/** Runs a middleware in the midst of a handler. @throws what it hands on */
export function pass(guard: RequestHandler, request: Request, response: Response): Promise<void> {
  return new Promise((resolve, reject) => {
    const next = (error?: unknown) => (error ? reject(error) : resolve())
    Promise.resolve(guard(request, response, next)).catch(reject)
  })
}
