import { describe, expect, test } from 'vitest'
import { ConfigError, readConfig } from '../../src/config.ts'

function problemOf(env: Record<string, string>): string {
  try {
    readConfig(env)
  } catch (error) {
    if (error instanceof ConfigError) return error.message
    throw error
  }
  return ''
}

test('an empty environment is a complete configuration for development', () => {
  expect(readConfig({})).toMatchObject({
    isProduction: false,
    port: 3000,
    host: '127.0.0.1',
    trustProxyHops: 0,
    allowedOrigins: [],
    rateLimits: { enabled: true },
    tokenKeySecret: undefined,
    shutdownMs: 20_000,
    database: {
      ownerUrl: undefined,
      pipeline: true,
      prepared: true,
      tenantPoolIdleMs: 30_000,
      platformPoolIdleMs: 30_000,
    },
  })
})

test('an empty variable counts as absent', () => {
  expect(readConfig({ PORT: '', BASE_DOMAIN: '', DATABASE_URL: '' })).toEqual(readConfig({}))
})

test.each<[name: string, value: string, shouldBe: RegExp]>([
  ['NODE_ENV', 'prod-x7f3', /"development"\|"test"\|"production"/],
  ['PORT', '99999', /<=65535/],
  ['PORT', 'x7f3', /number/],
  ['PORT', '-1', />=0/],
  ['PORT', '30.5', /int/],
  ['DATABASE_URL', 'mysql://x7f3', /postgres:\/\//],
  ['TENANT_DATABASE_URL', 'x7f3', /postgres:\/\//],
  ['TENANT_POOL_SIZE', '0', />=1/],
  ['JOBS_POOL_SIZE', '2', />=3/],
  ['POOL_WAIT_MS', 'x7f3', /number/],
  ['STATEMENT_TIMEOUT_MS', '0', />=1/],
  ['PG_PIPELINE', 'yes-x7f3', /"on"\|"off"/],
  ['TOKEN_KEY_SECRET', 'short-x7f3', /at least 32 random characters/],
  ['BASE_DOMAIN', 'https://x7f3', /host name such as example.com/],
  ['ALLOWED_ORIGINS', 'x7f3', /comma-separated list of origins/],
  ['ALLOWED_ORIGINS', 'https://a.example, x7f3', /comma-separated list of origins/],
  ['ALLOWED_ORIGINS', 'data:x7f3', /comma-separated list of origins/],
  ['TRUST_PROXY', 'true-x7f3', /number/],
  ['TRUST_PROXY', '11', /<=10/],
  ['RATE_LIMITS', 'x7f3', /"on"\|"off"/],
  ['SIGNUPS_PER_HOUR', '0', />=1/],
  ['PASSWORD_HASHES_AT_ONCE', '65', /<=64/],
  ['METRICS_TOKEN', 'x7f3', /at least 16 characters/],
  ['LOG_LEVEL', 'loud-x7f3', /"info"/],
  ['SHUTDOWN_SECONDS', '0', />=1/],
  ['SMTP_URL', 'http://x7f3', /smtp:\/\//],
  ['STRIPE_SECRET_KEY', 'pk_test_x7f3x7f3', /secret or restricted key of Stripe/],
  ['STRIPE_SECRET_KEY', 'sk_x7f3', /secret or restricted key of Stripe/],
  ['STRIPE_WEBHOOK_SECRET', 'x7f3x7f3x7f3', /whsec_…/],
  ['STRIPE_WEBHOOK_SECRET', 'whsec_12345678,x7f3', /several of them with commas between/],
  ['STRIPE_API_BASE', 'api.stripe.com/x7f3', /URL such as https:\/\/api.stripe.com/],
  ['STRIPE_API_BASE', 'ftp://x7f3', /URL such as https:\/\/api.stripe.com/],
])('%s=%s names itself and what it should be, never the value', (name, value, shouldBe) => {
  const problem = problemOf({ [name]: value })
  expect(problem.split(': ')[0]).toBe(name)
  expect(problem).toMatch(shouldBe)
  expect(problem).not.toContain('x7f3')
})

test('all bad values are told at once, a line each', () => {
  const lines = problemOf({ PORT: 'x', LOG_LEVEL: 'y', TRUST_PROXY: 'z' }).split('\n')
  expect(lines.map((line) => line.split(':')[0]).sort()).toEqual(['LOG_LEVEL', 'PORT', 'TRUST_PROXY'])
})

test('origins are a list', () => {
  const { allowedOrigins } = readConfig({ ALLOWED_ORIGINS: 'https://a.example, http://localhost:5173,' })
  expect(allowedOrigins).toEqual(['https://a.example', 'http://localhost:5173'])
})

describe('Stripe', () => {
  const keys = { STRIPE_SECRET_KEY: 'rk_live_12345678', STRIPE_WEBHOOK_SECRET: 'whsec_12345678' }

  test('is done without where there are no keys', () => {
    expect(readConfig({}).stripe).toBeUndefined()
  })

  test('is at its own address, and events may be signed with either of two secrets while one replaces the other', () => {
    const { stripe } = readConfig({ ...keys, STRIPE_WEBHOOK_SECRET: 'whsec_12345678, whsec_87654321' })
    expect(stripe).toEqual({
      secretKey: 'rk_live_12345678',
      webhookSecrets: ['whsec_12345678', 'whsec_87654321'],
      apiBase: new URL('https://api.stripe.com'),
    })
  })

  test.each(['STRIPE_SECRET_KEY', 'STRIPE_WEBHOOK_SECRET'])('%s alone is half of it', (name) => {
    expect(problemOf({ ...keys, [name]: '' })).toMatch(
      /^STRIPE_SECRET_KEY, STRIPE_WEBHOOK_SECRET: should be set both or neither/,
    )
  })
})

test('the runtime roles’ URLs are of no use without one for the migrations', () => {
  for (const name of ['TENANT_DATABASE_URL', 'PLATFORM_DATABASE_URL', 'JOBS_DATABASE_URL']) {
    expect(problemOf({ [name]: 'postgres://a@b/c' })).toMatch(/^DATABASE_URL: required/)
  }
})

describe('in production', () => {
  const production = {
    NODE_ENV: 'production',
    TOKEN_KEY_SECRET: 'a secret of thirty-two characters!',
    DATABASE_URL: 'postgres://owner:secret@db/tenantry',
  }

  test('the server listens on every address', () => {
    expect(readConfig(production)).toMatchObject({ isProduction: true, host: '0.0.0.0' })
    expect(readConfig({ ...production, HOST: '10.0.0.1' }).host).toBe('10.0.0.1')
  })

  test('a secret and a database are required', () => {
    const lines = problemOf({ NODE_ENV: 'production' }).split('\n')
    expect(lines.map((line) => line.split(':')[0])).toEqual(['TOKEN_KEY_SECRET', 'DATABASE_URL'])
  })

  test('Stripe is not asked in the clear', () => {
    expect(problemOf({ ...production, STRIPE_API_BASE: 'http://stripe.example' })).toMatch(
      /^STRIPE_API_BASE: should be https in production/,
    )
  })

  test('the limits cannot be switched off', () => {
    expect(problemOf({ ...production, RATE_LIMITS: 'off' })).toMatch(
      /^RATE_LIMITS: off is refused in production/,
    )
  })
})
