import { Logger, makeWorkerUtils } from 'graphile-worker'
import pg from 'pg'
import { withDirectClient } from '../direct-client.ts'
import type { Roles } from '../roles.ts'
import { MigrationError } from './migration-error.ts'
import { applyJobsPolicy } from './policies.ts'

/**
 * Makes or upgrades the queue's schema by graphile-worker's own migrations, as the role that owns it, and then
 * says who may add jobs (db/policies/jobs.sql). Only for the first time the role may create a schema.
 * @throws MigrationError when it may not, with the SQL a DBA should run
 */
export async function prepareJobsSchema(
  admin: pg.Client,
  roles: Roles,
  policiesFolder: string,
): Promise<void> {
  const { rows } = await admin.query<{ is_missing: boolean; database: string }>(
    `select to_regnamespace('graphile_worker') is null as is_missing, current_database() as database`,
  )
  const target = `database ${pg.escapeIdentifier(rows[0]?.database ?? '')}`
  const jobs = pg.escapeIdentifier(roles.jobs.name)
  if (rows[0]?.is_missing) {
    await admin.query(`grant create on ${target} to ${jobs}`).catch(() => undefined)
    try {
      await refuseWithoutCreate(admin, roles.jobs.name, `grant create on ${target} to ${jobs};`)
      await migrateQueue(roles.jobs.url)
    } finally {
      await admin.query(`revoke create on ${target} from ${jobs}`).catch(() => undefined)
    }
  } else {
    await migrateQueue(roles.jobs.url)
  }
  await withDirectClient(roles.jobs.url, (client) => applyJobsPolicy(client, policiesFolder, roles))
}

async function refuseWithoutCreate(admin: pg.Client, role: string, sql: string): Promise<void> {
  const { rows } = await admin.query<{ may: boolean }>(
    `select has_database_privilege($1::name, current_database(), 'create') as may`,
    [role],
  )
  if (rows[0]?.may) return
  throw new MigrationError(
    `The role ${role} has to make the job queue's schema, and ${admin.user} may not let it. ` +
      `A DBA should run, for this one time\n  ${sql}`,
  )
}

async function migrateQueue(jobsUrl: string): Promise<void> {
  const quiet = new Logger(() => () => undefined)
  const utils = await makeWorkerUtils({ connectionString: jobsUrl, maxPoolSize: 1, logger: quiet })
  try {
    await utils.migrate()
  } finally {
    await utils.release()
  }
}
