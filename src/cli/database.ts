import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from '../config.ts'
import { type Database, openDatabase } from '../db/database.ts'
import { startEmbeddedPostgres } from '../db/embedded.ts'
import { checkMigrations } from '../db/migrate.ts'
import { describeRoles } from '../db/roles.ts'
import { loadTokenKeySecret } from '../secrets.ts'
import { log } from './output.ts'

/** Whether there is a database yet: starting the embedded PostgreSQL for the first time would make one. */
export function hasDatabase(config: Config): boolean {
  return config.database.ownerUrl !== undefined || existsSync(join(config.dataDir, 'postgres'))
}

/**
 * Gives the URL of the configured database. Without DATABASE_URL it is the embedded one: that of the running server,
 * else started for as long as `work` takes.
 */
export async function withAdminUrl<T>(config: Config, work: (adminUrl: string) => Promise<T>): Promise<T> {
  if (config.database.ownerUrl) return work(config.database.ownerUrl)
  const postgres = await startEmbeddedPostgres({ dataDir: config.dataDir, join: true, log })
  try {
    return await work(postgres.url)
  } finally {
    await postgres.stop()
  }
}

/** What migrate and describeRoles ask for beside the URL. */
export async function roleSettings(config: Config) {
  const { tenantUrl, platformUrl, jobsUrl } = config.database
  return { tokenKeySecret: await loadTokenKeySecret(config), tenantUrl, platformUrl, jobsUrl }
}

/**
 * Opens the migrated database as the server does, for as long as `work` takes.
 * @throws Error that says to run migrate first, when there is no database, an older one, or one of another secret
 */
export async function withDatabase<T>(
  config: Config,
  work: (opened: { db: Database; secret: string }) => Promise<T>,
): Promise<T> {
  if (!hasDatabase(config)) throw new Error(`There is no database in ${config.dataDir}: run migrate first.`)
  const given = await roleSettings(config)
  return withAdminUrl(config, async (adminUrl) => {
    const { pending } = await checkMigrations({ adminUrl })
    if (pending.length > 0) throw new Error(`The database lacks ${pending.join(', ')}: run migrate first.`)
    const { tenant, platform } = describeRoles({ ...given, adminUrl })
    const onError = (error: Error) => log(error.message)
    const urls = { tenantUrl: tenant.url, platformUrl: platform.url }
    const { db } = openDatabase({ ...config.database, ...urls, onError })
    try {
      return await work({ db, secret: given.tokenKeySecret })
    } catch (error) {
      throw isWrongPassword(error) ? new Error(wrongSecret, { cause: error }) : error
    } finally {
      await db.close()
    }
  })
}

const wrongSecret =
  "The database does not know the roles of this TOKEN_KEY_SECRET: run migrate first, with the server's."

/** SQLSTATE 28P01, below what the pool makes of it. */
function isWrongPassword(error: unknown): boolean {
  const { cause } = error as { cause?: { code?: unknown } }
  return cause?.code === '28P01'
}
