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
  ['JOBS_POOL_SIZE', '1', />=2/],
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

  test('the limits cannot be switched off', () => {
    expect(problemOf({ ...production, RATE_LIMITS: 'off' })).toMatch(
      /^RATE_LIMITS: off is refused in production/,
    )
  })
})
