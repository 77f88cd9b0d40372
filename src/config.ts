import { resolve } from 'node:path'
import { z } from 'zod'

/** Everything that can be set from outside, validated. Times are in milliseconds unless the name says otherwise. */
export type Config = ReturnType<typeof readConfig>

const flag = z.enum(['on', 'off'])
const count = (fallback: number, min = 1, max = 1_000_000) =>
  z.coerce.number().int().min(min).max(max).default(fallback)
const postgresUrl = z
  .string()
  .regex(/^postgres(ql)?:\/\//, 'should be a PostgreSQL URL: postgres://user:password@host:5432/database')
const originsText = 'should be a comma-separated list of origins such as https://app.example.com'
const hostName = /^(?=.{1,200}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/

const environment = z.object({
  NODE_ENV: z.enum(['development', 'test', 'production']).default('development'),
  PORT: z.coerce.number().int().min(0).max(65_535).default(3000),
  HOST: z.string().min(1).optional(),
  DATA_DIR: z.string().min(1).default('.data'),
  DATABASE_URL: postgresUrl.optional(),
  TENANT_DATABASE_URL: postgresUrl.optional(),
  PLATFORM_DATABASE_URL: postgresUrl.optional(),
  JOBS_DATABASE_URL: postgresUrl.optional(),
  TENANT_POOL_SIZE: count(16, 1, 1000),
  PLATFORM_POOL_SIZE: count(8, 1, 1000),
  // The worker listens on one connection and shows on another that it lives.
  JOBS_POOL_SIZE: count(4, 3, 100),
  TENANT_POOL_IDLE_SECONDS: count(30, 0, 86_400),
  PLATFORM_POOL_IDLE_SECONDS: count(30, 0, 86_400),
  JOBS_POOL_IDLE_SECONDS: count(30, 0, 86_400),
  POOL_WAIT_MS: count(5_000, 1, 600_000),
  STATEMENT_TIMEOUT_MS: count(10_000, 1, 600_000),
  PG_PIPELINE: flag.default('on'),
  PG_PREPARED: flag.default('on'),
  TOKEN_KEY_SECRET: z.string().min(32, 'should be at least 32 random characters').optional(),
  TOKEN_ISSUER: z.string().min(1).default('tenantry'),
  BASE_DOMAIN: z
    .string()
    .toLowerCase()
    .regex(hostName, 'should be a host name such as example.com')
    .optional(),
  ALLOWED_ORIGINS: z
    .string()
    .default('')
    .transform((list) => list.split(',').map((origin) => origin.trim()))
    .transform((list) => list.filter((origin) => origin !== ''))
    .pipe(z.array(z.url({ protocol: /^https?$/, error: originsText }))),
  TRUST_PROXY: count(0, 0, 10),
  RATE_LIMITS: flag.default('on'),
  SIGNUPS_PER_HOUR: count(20),
  FAILED_LOGINS_PER_QUARTER_HOUR: count(20),
  FAILED_LOGINS_PER_ACCOUNT_PER_QUARTER_HOUR: count(60),
  FAILED_TOKENS_PER_QUARTER_HOUR: count(30),
  MAILS_PER_HOUR: count(20),
  MAILS_PER_ACCOUNT_PER_HOUR: count(5),
  INVITATIONS_PER_HOUR: count(100),
  EMAIL_CHECKS_PER_MINUTE: count(10),
  LOOKUPS_PER_MINUTE: count(120),
  PASSWORD_HASHES_AT_ONCE: count(2, 1, 64),
  PASSWORD_HASHES_WAITING: count(100, 0, 10_000),
  SIGNUP_EMAIL_VERIFICATION: z.enum(['optional', 'required']).default('optional'),
  SUPER_ADMIN_KEY: z.string().min(32, 'should be at least 32 random characters').optional(),
  SUPER_ADMIN_TOTP: z.enum(['optional', 'required']).optional(),
  APP_URL: z
    .url({ protocol: /^https?$/, error: 'should be a URL such as https://app.example.com' })
    .default('http://localhost:3000')
    .transform((url) => url.replace(/\/+$/, '')),
  METRICS_TOKEN: z.string().min(16, 'should be at least 16 characters').optional(),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  SHUTDOWN_DELAY_SECONDS: count(0, 0, 600),
  SHUTDOWN_SECONDS: count(20, 1, 600),
  SMTP_URL: z
    .string()
    .regex(/^smtps?:\/\//, 'should be smtp://user:password@host:587')
    .optional(),
  STRIPE_SECRET_KEY: z
    .string()
    .regex(/^[sr]k_[a-zA-Z0-9_]{8,}$/, 'should be a secret or restricted key of Stripe: sk_… or rk_…')
    .optional(),
  STRIPE_WEBHOOK_SECRET: z
    .string()
    .transform((list) => list.split(',').map((secret) => secret.trim()))
    .pipe(
      z
        .array(
          z.string().regex(/^whsec_\S{8,}$/, 'should be whsec_…, or several of them with commas between'),
        )
        .max(5, 'should be at most 5 secrets'),
    )
    .optional(),
  STRIPE_API_BASE: z
    .url({ protocol: /^https?$/, error: 'should be a URL such as https://api.stripe.com' })
    .regex(/^https?:\/\/[^/?#]+\/?$/, 'should be a URL such as https://api.stripe.com, without a path')
    .default('https://api.stripe.com'),
  MAIL_FROM: z.string().min(3).default('Tenantry <no-reply@localhost>'),
})

/** A setting is missing or bad. The message has one line per setting: its name and what it should be. */
export class ConfigError extends Error {
  override name = 'ConfigError'
}

/**
 * Reads the configuration from an environment such as process.env; the values of `.env` in the current folder
 * are added first by the caller (see loadEnvironment). Empty variables count as absent.
 * @throws ConfigError that names each bad variable and what it should be, never its value
 */
export function readConfig(env: Record<string, string | undefined>) {
  const present = Object.fromEntries(Object.entries(env).filter(([, value]) => value?.trim() !== ''))
  const parsed = environment.safeParse(present)
  if (!parsed.success) {
    const lines = parsed.error.issues.map((issue) => `${String(issue.path[0])}: ${issue.message}`)
    throw new ConfigError(lines.join('\n'))
  }
  const e = parsed.data
  const isProduction = e.NODE_ENV === 'production'
  const problems: string[] = []
  if (isProduction && !e.TOKEN_KEY_SECRET) {
    problems.push('TOKEN_KEY_SECRET: required in production, at least 32 random characters')
  }
  if (isProduction && !e.DATABASE_URL) {
    problems.push('DATABASE_URL: required in production, the embedded PostgreSQL is for development')
  }
  if (isProduction && e.RATE_LIMITS === 'off') problems.push('RATE_LIMITS: off is refused in production')
  if (e.FAILED_LOGINS_PER_ACCOUNT_PER_QUARTER_HOUR <= e.FAILED_LOGINS_PER_QUARTER_HOUR) {
    problems.push(
      'FAILED_LOGINS_PER_ACCOUNT_PER_QUARTER_HOUR: should be more than FAILED_LOGINS_PER_QUARTER_HOUR, else one address alone can keep a person out',
    )
  }
  if (Boolean(e.STRIPE_SECRET_KEY) !== Boolean(e.STRIPE_WEBHOOK_SECRET)) {
    problems.push('STRIPE_SECRET_KEY, STRIPE_WEBHOOK_SECRET: should be set both or neither')
  }
  if (isProduction && !e.STRIPE_API_BASE.startsWith('https:')) {
    problems.push('STRIPE_API_BASE: should be https in production')
  }
  if (!e.DATABASE_URL && (e.TENANT_DATABASE_URL || e.PLATFORM_DATABASE_URL || e.JOBS_DATABASE_URL)) {
    problems.push('DATABASE_URL: required beside TENANT_, PLATFORM_ or JOBS_DATABASE_URL, for the migrations')
  }
  if (problems.length > 0) throw new ConfigError(problems.join('\n'))

  return {
    isProduction,
    port: e.PORT,
    host: e.HOST ?? (isProduction ? '0.0.0.0' : '127.0.0.1'),
    dataDir: resolve(e.DATA_DIR),
    database: {
      ownerUrl: e.DATABASE_URL,
      tenantUrl: e.TENANT_DATABASE_URL,
      platformUrl: e.PLATFORM_DATABASE_URL,
      jobsUrl: e.JOBS_DATABASE_URL,
      tenantPoolSize: e.TENANT_POOL_SIZE,
      tenantPoolIdleMs: e.TENANT_POOL_IDLE_SECONDS * 1000,
      platformPoolSize: e.PLATFORM_POOL_SIZE,
      platformPoolIdleMs: e.PLATFORM_POOL_IDLE_SECONDS * 1000,
      jobsPoolSize: e.JOBS_POOL_SIZE,
      jobsPoolIdleMs: e.JOBS_POOL_IDLE_SECONDS * 1000,
      poolWaitMs: e.POOL_WAIT_MS,
      statementTimeoutMs: e.STATEMENT_TIMEOUT_MS,
      pipeline: e.PG_PIPELINE === 'on',
      prepared: e.PG_PREPARED === 'on',
    },
    tokenKeySecret: e.TOKEN_KEY_SECRET,
    tokenIssuer: e.TOKEN_ISSUER,
    baseDomain: e.BASE_DOMAIN,
    allowedOrigins: e.ALLOWED_ORIGINS,
    trustProxyHops: e.TRUST_PROXY,
    rateLimits: {
      enabled: e.RATE_LIMITS === 'on',
      signupsPerHour: e.SIGNUPS_PER_HOUR,
      failedLoginsPerQuarterHour: e.FAILED_LOGINS_PER_QUARTER_HOUR,
      failedLoginsPerAccountPerQuarterHour: e.FAILED_LOGINS_PER_ACCOUNT_PER_QUARTER_HOUR,
      failedTokensPerQuarterHour: e.FAILED_TOKENS_PER_QUARTER_HOUR,
      mailsPerHour: e.MAILS_PER_HOUR,
      mailsPerAccountPerHour: e.MAILS_PER_ACCOUNT_PER_HOUR,
      invitationsPerHour: e.INVITATIONS_PER_HOUR,
      emailChecksPerMinute: e.EMAIL_CHECKS_PER_MINUTE,
      lookupsPerMinute: e.LOOKUPS_PER_MINUTE,
    },
    passwordHashes: { atOnce: e.PASSWORD_HASHES_AT_ONCE, waiting: e.PASSWORD_HASHES_WAITING },
    emailVerification: e.SIGNUP_EMAIL_VERIFICATION,
    superAdminKey: e.SUPER_ADMIN_KEY,
    superAdminTotp: e.SUPER_ADMIN_TOTP ?? (isProduction ? 'required' : 'optional'),
    appUrl: e.APP_URL,
    metricsToken: e.METRICS_TOKEN,
    logLevel: e.LOG_LEVEL,
    shutdownDelayMs: e.SHUTDOWN_DELAY_SECONDS * 1000,
    shutdownMs: e.SHUTDOWN_SECONDS * 1000,
    /** Without keys there is no billing. */
    stripe:
      e.STRIPE_SECRET_KEY && e.STRIPE_WEBHOOK_SECRET
        ? {
            secretKey: e.STRIPE_SECRET_KEY,
            webhookSecrets: e.STRIPE_WEBHOOK_SECRET,
            apiBase: new URL(e.STRIPE_API_BASE),
          }
        : undefined,
    smtpUrl: e.SMTP_URL,
    mailFrom: e.MAIL_FROM,
  }
}

/**
 * The environment of this process with the values of `.env` in the current folder beneath it.
 * The only place that reads process.env.
 */
export function loadEnvironment(): Record<string, string | undefined> {
  try {
    process.loadEnvFile('.env')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
  return process.env
}
