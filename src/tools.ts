import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { Config } from './config.ts'
import { type Database, type OpenedDatabase, openDatabase } from './db/database.ts'
import { startEmbeddedPostgres } from './db/embedded.ts'
import { checkMigrations } from './db/migrate.ts'
import { describeRoles } from './db/roles.ts'
import { loadTokenKeySecret } from './secrets.ts'

/** What work on the database needs where no server runs: on the command line, and in another program. */
export interface Tools extends OpenedDatabase {
  config: Config
  db: Database
  clock: { now(): Date }
  log: Logger
  /** TOKEN_KEY_SECRET, or the one of the data folder. */
  secret: string
  /**
   * Closes the connections, and stops the embedded PostgreSQL if nobody else uses it.
   * @param patienceMs how long transactions under way are waited for; until their end if left out
   */
  close(patienceMs?: number): Promise<void>
}

/** Whether there is a database yet: starting the embedded PostgreSQL for the first time would make one. */
export function hasDatabase(config: Config): boolean {
  return config.database.ownerUrl !== undefined || existsSync(join(config.dataDir, 'postgres'))
}

/** A PostgreSQL that somebody else stops, or that stops with us. */
interface HeldPostgres {
  adminUrl: string
  stop(): Promise<void>
}

/**
 * Gives the URL of the configured database. Without DATABASE_URL it is the embedded one: that of the running server,
 * else started until `stop`.
 * @param tell takes one line of progress
 */
export async function holdPostgres(config: Config, tell: (line: string) => void): Promise<HeldPostgres> {
  if (config.database.ownerUrl) {
    return { adminUrl: config.database.ownerUrl, stop: async () => undefined }
  }
  const { url, stop } = await startEmbeddedPostgres({ dataDir: config.dataDir, join: true, log: tell })
  return { adminUrl: url, stop }
}

/** What migrate and describeRoles ask for beside the URL. */
export async function roleSettings(config: Config) {
  const { tenantUrl, platformUrl, jobsUrl } = config.database
  return { tokenKeySecret: await loadTokenKeySecret(config), tenantUrl, platformUrl, jobsUrl }
}

/**
 * Opens the migrated database as the server does, until `close`.
 * @param tell takes one line of progress
 * @throws Error that says to run migrate first, when there is no database, an older one, or one of another secret
 */
export async function openTools(
  config: Config,
  { log, tell }: { log: Logger; tell: (line: string) => void },
): Promise<Tools> {
  if (!hasDatabase(config)) throw new Error(`There is no database in ${config.dataDir}: run migrate first.`)
  const given = await roleSettings(config)
  const { adminUrl, stop } = await holdPostgres(config, tell)
  try {
    const { pending } = await checkMigrations({ adminUrl })
    if (pending.length > 0) throw new Error(`The database lacks ${pending.join(', ')}: run migrate first.`)
    const { tenant, platform } = describeRoles({ ...given, adminUrl })
    const opened = openDatabase({
      ...config.database,
      tenantUrl: tenant.url,
      platformUrl: platform.url,
      onError: (err) => log.warn({ err }, 'database connection lost'),
    })
    try {
      await opened.ask.platform('select', [])
    } catch (error) {
      await opened.db.close()
      throw isWrongPassword(error) ? new Error(wrongSecret, { cause: error }) : error
    }
    return {
      ...opened,
      config,
      clock: { now: () => new Date() },
      log,
      secret: given.tokenKeySecret,
      async close(patienceMs) {
        const closed = opened.db.close()
        await (patienceMs === undefined ? closed : Promise.race([closed, sleep(patienceMs)]))
        await stop()
      },
    }
  } catch (error) {
    await stop()
    throw error
  }
}

const wrongSecret =
  "The database does not know the roles of this TOKEN_KEY_SECRET: run migrate first, with the server's."

/** SQLSTATE 28P01, below what the pool makes of it. */
function isWrongPassword(error: unknown): boolean {
  const { cause } = error as { cause?: { code?: unknown } }
  return cause?.code === '28P01'
}
