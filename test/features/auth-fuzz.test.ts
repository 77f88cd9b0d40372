import { createHash, randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { z } from 'zod'
import { routes } from '../../src/app.ts'
import type { Route } from '../../src/http/route.ts'
import { mutationsOf } from '../support/bad-bodies.ts'
import { type Answer, goodPassword, type Platform, signupBody, startPlatform } from '../support/platform.ts'
import { addSuperAdmin } from '../support/super-admins.ts'

const seed = 20_260_302
const adminEmail = 'root@platform.example'

let platform: Platform
let tokens: { admin: string; expiredReset: string; usedVerification: string; endedSession: string }
beforeAll(async () => {
  const plenty = '1000000'
  // With the limits, which look into bodies as well; numbers that nobody reaches here.
  platform = await startPlatform({
    RATE_LIMITS: 'on',
    SIGNUPS_PER_HOUR: plenty,
    FAILED_LOGINS_PER_QUARTER_HOUR: '999999',
    FAILED_LOGINS_PER_ACCOUNT_PER_QUARTER_HOUR: plenty,
    FAILED_TOKENS_PER_QUARTER_HOUR: plenty,
    MAILS_PER_HOUR: plenty,
    MAILS_PER_ACCOUNT_PER_HOUR: plenty,
    EMAIL_CHECKS_PER_MINUTE: plenty,
  })
  const admin = await (await addSuperAdmin(platform, adminEmail)).logIn()
  const credentials = { email: platform.acme.email, password: goodPassword }
  const { body: session } = await platform.post('/auth/login', credentials)
  await platform.post('/auth/logout', { refresh_token: session.refresh_token })
  tokens = {
    admin: admin.body.access_token,
    expiredReset: await storeToken('reset_password', `'2026-03-01', null`),
    usedVerification: await storeToken('verify_email', `'2026-04-01', '2026-03-01'`),
    endedSession: session.refresh_token,
  }
})
afterAll(() => platform.stop())
beforeEach(() => {
  platform.logLines.length = 0
})

/** A token that was mailed to acme's owner and is no good any more. */
async function storeToken(purpose: string, expiresAndUsed: string): Promise<string> {
  const token = randomToken()
  await platform.sql(
    `insert into one_time_tokens (token_hash, purpose, user_id, created_at, expires_at, used_at)
     values ($1, $2, $3, '2026-02-28', ${expiresAndUsed})`,
    [createHash('sha256').update(token).digest(), purpose, platform.acme.userId],
  )
  return token
}

const randomToken = () => randomBytes(32).toString('base64url')

/** Whatever somebody without a session can send a body to, and the rest of /auth. */
const endpoints = routes.filter(
  ({ scope, path, body }) => body && (scope === 'open' || path.startsWith('/auth/')),
)
const named = endpoints.map((route) => [nameOf(route), route] as const)

function nameOf({ method, path }: Route): string {
  return `${method} ${path}`
}

/** A value for each field by its name, so that a new endpoint is here by itself. */
function goodBodyOf(route: Route): Record<string, unknown> {
  const values: Record<string, unknown> = {
    ...signupBody('Fuzz'),
    region: 'FR',
    phone: '+33 1 02 03 04',
    locale: 'fr',
    template: 'blank',
    email: route.path.startsWith('/auth/admin/') ? adminEmail : platform.acme.email,
    password: goodPassword,
    first_name: 'Ada',
    last_name: 'Lovelace',
    totp: '123456',
    tenant_id: 'acme',
    token: randomToken(),
    refresh_token: `${randomToken()}.${randomToken()}`,
  }
  const { shape } = route.body as z.ZodObject
  return Object.fromEntries(
    Object.keys(shape).map((field) => {
      if (!(field in values)) throw new Error(`${nameOf(route)}: say here what a good ${field} is`)
      return [field, values[field]]
    }),
  )
}

function send(route: Route, body: unknown): Promise<Answer> {
  const token = route.scope === 'admin' ? tokens.admin : platform.acme.token
  return platform.request(route.method, route.path, body, { Authorization: `Bearer ${token}` })
}

function expectQuietLog(): void {
  expect(platform.logLines.filter((line) => /"level":"(warn|error|fatal)"/.test(line))).toEqual([])
}

describe('bodies that differ only in whether something exists are answered the same', () => {
  /** Signup has to say that an address is taken; GET /signup/check-email, which the product wants, says nothing else. */
  const tells = ['POST /signup']

  type Pair = [existing: string, missing: string]
  /** By field: what exists, or did, and what never has. */
  const pairs: Record<string, (route: Route) => Pair[]> = {
    email: (route) => [[String(goodBodyOf(route).email), 'nobody@acme.example']],
    token: () => [
      [tokens.expiredReset, randomToken()],
      [tokens.usedVerification, randomToken()],
    ],
    refresh_token: () => [[tokens.endedSession, `${randomToken()}.${randomToken()}`]],
    tenant_id: () => [['globex', 'no-such-tenant']],
  }
  const asked = named.flatMap(([name, route]) =>
    Object.keys((route.body as z.ZodObject).shape)
      .filter((field) => field in pairs && !tells.includes(name))
      .map((field) => [name, field, route] as const),
  )

  const spellings: ((text: string) => string)[] = [
    (text) => text,
    (text) => ` ${text}\t`,
    (text) => text.toUpperCase(),
    (text) => `${text}.`,
  ]

  test.each(asked)('%s: %s', { timeout: 120_000 }, async (_name, field, route) => {
    // Who knows the password is told that the account exists.
    const good = {
      ...goodBodyOf(route),
      ...('password' in goodBodyOf(route) && { password: 'not the password' }),
    }
    const cases = fc.tuple(
      fc.constantFrom(...(pairs[field]?.(route) ?? [])),
      fc.constantFrom(...spellings),
      fc.oneof(fc.constant(good), mutationsOf(good)),
    )
    const codes = new Set<unknown>()
    await fc.assert(
      fc.asyncProperty(cases, async ([[existing, missing], spell, body]) => {
        const one = comparable(await send(route, { ...body, [field]: spell(existing) }))
        const other = comparable(await send(route, { ...body, [field]: spell(missing) }))
        expect(one).toEqual(other)
        codes.add(one.body.code)
      }),
      { numRuns: 100, seed },
    )
    expectQuietLog()
    expect(codes.size, 'not all are refused at the first check').toBeGreaterThan(1)
  })

  function comparable({ status, headers, body }: Answer) {
    const fixed = [...headers].filter(([name]) => !['date', 'x-request-id', 'ratelimit'].includes(name))
    const { request_id: _, ...rest } = body === '' ? {} : body
    return { status, headers: fixed, body: rest }
  }
})
