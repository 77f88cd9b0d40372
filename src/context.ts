import type { Logger } from 'pino'
import type { Config } from './config.ts'
import { type Database, openDatabase } from './db/database.ts'
import { type Billing, createBilling } from './features/billing/stripe.ts'
import { createRememberedAccess, type RememberedAccess } from './features/members/remembered-access.ts'
import { createRequestRates, type RequestRates } from './features/plans/request-rates.ts'
import { createPasswords, type Passwords } from './features/sessions/passwords.ts'
import { openKeyring } from './features/sessions/signing-keys.ts'
import { createTokens, type Tokens } from './features/sessions/tokens.ts'
import { checkTemplates } from './features/tenants/check-templates.ts'
import { createMail, type Mail } from './mail.ts'
import { createMetrics, type Metrics } from './metrics.ts'
import { createReadiness, type Readiness } from './readiness.ts'
import { createKeyedHash, createVault, type KeyedHash, type Vault } from './secrets.ts'

/** Everything a request or a job may use. Made once at the start; each part can be replaced in a test. */
export interface Context {
  config: Config
  db: Database
  /** The only clock that rules read. */
  clock: { now(): Date }
  log: Logger
  metrics: Metrics
  mail: Mail
  /** Stripe; undefined without keys. */
  billing: Billing | undefined
  tokens: Tokens
  keyedHash: KeyedHash
  vault: Vault
  passwords: Passwords
  requestRates: RequestRates
  rememberedAccess: RememberedAccess
  readiness: Readiness
  /** Whether every answer is checked against its route's schema: in tests. */
  checkAnswers: boolean
}

/** What the context is made of beside the configuration. */
export interface ContextOptions {
  config: Config
  log: Logger
  tenantUrl: string
  platformUrl: string
  /** Encrypts signing keys and secrets of one-time passwords; refresh tokens and those of mails are derived from it. */
  tokenKeySecret: string
  clock?: Context['clock']
  mail?: Mail
  checkAnswers?: boolean
}

/**
 * Opens the pools, checks what isolation relies on, and loads or makes the signing keys.
 * @throws UnsafeDatabaseError when the database does not keep tenants apart; TemplateError when a file of db/templates
 *   does not fit it; what the database throws
 */
export async function createContext(options: ContextOptions): Promise<Context> {
  const { config, log, tenantUrl, platformUrl, clock = { now: () => new Date() } } = options
  const { db, ask } = openDatabase({
    ...config.database,
    tenantUrl,
    platformUrl,
    onError: (err) => log.warn({ err }, 'database connection lost'),
  })
  try {
    const metrics = createMetrics()
    const readiness = createReadiness(ask, log, metrics)
    await readiness.refuseUnsafe()
    await checkTemplates(ask.platform)
    const { dataDir, mailFrom: from, smtpUrl, tokenIssuer: issuer } = config
    const secret = options.tokenKeySecret
    return {
      config,
      db,
      clock,
      log,
      metrics,
      mail: options.mail ?? createMail({ smtpUrl, from, dataDir }),
      billing: createBilling(config.stripe),
      tokens: createTokens({ keyring: await openKeyring({ db, clock, secret }), clock, issuer }),
      keyedHash: createKeyedHash(secret),
      vault: createVault(secret),
      passwords: await createPasswords(config.passwordHashes, log),
      rememberedAccess: createRememberedAccess(db),
      requestRates: createRequestRates({ db, clock, log }),
      readiness,
      checkAnswers: options.checkAnswers ?? false,
    }
  } catch (error) {
    await db.close()
    throw error
  }
}

/** Ends the threads of a context, and waits for its transactions before it closes their connections. */
export async function closeContext({ db, passwords }: Pick<Context, 'db' | 'passwords'>): Promise<void> {
  await passwords.close()
  await db.close()
}
