import { join } from 'node:path'
import type pg from 'pg'
import { withDirectClient } from './direct-client.ts'
import { applyMigration, prepareBookkeeping, prepareOwner } from './migrate/apply-migration.ts'
import { prepareJobsSchema } from './migrate/jobs-schema.ts'
import { MigrationError } from './migrate/migration-error.ts'
import {
  type AppliedMigration,
  choosePending,
  compare,
  readApplied,
  readMigrationFiles,
} from './migrate/migration-files.ts'
import { applyPolicies } from './migrate/policies.ts'
import { prepareRoles } from './migrate/prepare-roles.ts'
import { describeRoles } from './roles.ts'

export interface CheckOptions {
  /** DATABASE_URL: direct, as a superuser or as the owner. Undefined: there is no database yet. */
  adminUrl: string | undefined
  migrationsDir?: string | undefined
  /** The last migration to apply; without it, the newest. */
  to?: number | undefined
}

export interface MigrateOptions extends CheckOptions {
  adminUrl: string
  tokenKeySecret: string
  tenantUrl?: string | undefined
  platformUrl?: string | undefined
  jobsUrl?: string | undefined
  rolePrefix?: string | undefined
  log: (line: string) => void
  policiesDir?: string | undefined
}

export interface MigrateResult {
  ownerUrl: string
  tenantUrl: string
  platformUrl: string
  jobsUrl: string
  applied: string[]
  warnings: string[]
}

const databaseFolder = join(import.meta.dirname, '../../db')
const defaultMigrations = join(databaseFolder, 'migrations')
const defaultPolicies = join(databaseFolder, 'policies')

/** Any number that nobody else in the database uses as an advisory lock: "tenantry" in ASCII. */
const lockKey = '8387231245791425145'

/**
 * Brings a database to the newest migration (or to `to`) and applies roles, queue schema, policies and grants
 * again. Any number of processes may do it at once: one works, the others wait and then find nothing to do.
 * Each migration is a transaction of its own, run as the owner, who is no superuser.
 * @returns the URLs the server's pools connect with, what was applied, and what a DBA should still do
 * @throws MigrationError naming file and line; earlier migrations of the same run stay applied
 */
export async function migrate(options: MigrateOptions): Promise<MigrateResult> {
  const files = await readMigrationFiles(options.migrationsDir ?? defaultMigrations)
  const policiesFolder = options.policiesDir ?? defaultPolicies
  const described = describeRoles({
    adminUrl: options.adminUrl,
    tokenKeySecret: options.tokenKeySecret,
    tenantUrl: options.tenantUrl,
    platformUrl: options.platformUrl,
    jobsUrl: options.jobsUrl,
    prefix: options.rolePrefix,
  })
  return withDirectClient(options.adminUrl, async (admin) => {
    await admin.query('set statement_timeout = 0; set lock_timeout = 0')
    await waitForOthers(admin, options.log)
    const pending = choosePending(files, await readApplied(admin), options.to)
    await refuseForeignDatabase(admin)
    const { roles, warnings } = await prepareRoles(admin, options.adminUrl, described)
    await withDirectClient(roles.owner.url, async (owner) => {
      await prepareOwner(owner)
      await prepareBookkeeping(owner)
      for (const migration of pending) {
        await applyMigration(owner, migration)
        options.log(`applied ${migration.name}`)
      }
      await prepareJobsSchema(admin, roles, policiesFolder)
      const isNewest = (options.to ?? files.length) === files.length
      if (!isNewest) {
        options.log(
          `stopped at ${options.to}: tenants are kept apart, but the server's roles have no rights ` +
            `until the database is at ${files.length}`,
        )
      }
      await applyPolicies(owner, policiesFolder, roles, isNewest)
    })
    return {
      ownerUrl: roles.owner.url,
      tenantUrl: roles.tenant.url,
      platformUrl: roles.platform.url,
      jobsUrl: roles.jobs.url,
      applied: pending.map(({ name }) => name),
      warnings,
    }
  })
}

/** The migrate step takes rights away and puts policies on tables: never in a database that somebody else uses. */
async function refuseForeignDatabase(admin: pg.Client): Promise<void> {
  const { rows } = await admin.query<{ name: string }>(
    `select c.oid::regclass::text as name from pg_class c
      where c.relnamespace = to_regnamespace('public') and c.relkind in ('r', 'p', 'v', 'm', 'f')
        and not exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'e')
        and to_regclass('app.migrations') is null
      order by 1 limit 3`,
  )
  if (rows.length === 0) return
  throw new MigrationError(
    `This database holds tables of another application (${rows.map(({ name }) => name).join(', ')} …): nothing was ` +
      'changed. Give DATABASE_URL a database of its own, for example one made with "create database tenantry".',
  )
}

/** Held until the connection ends, so a process that dies does not block the next one. */
async function waitForOthers(admin: pg.Client, log: (line: string) => void): Promise<void> {
  const { rows } = await admin.query<{ taken: boolean }>(`select pg_try_advisory_lock(${lockKey}) as taken`)
  if (rows[0]?.taken) return
  log('another process is migrating this database: waiting for it')
  await admin.query(`select pg_advisory_lock(${lockKey})`)
}

/**
 * Says what migrate would find, by names of files, and writes nothing.
 * @throws MigrationError when the files themselves are not in order
 */
export async function checkMigrations(
  options: CheckOptions,
): Promise<{ pending: string[]; changed: string[]; unknown: string[] }> {
  const files = await readMigrationFiles(options.migrationsDir ?? defaultMigrations)
  const applied = options.adminUrl ? await readOnly(options.adminUrl) : []
  const { pending, changed, unknown } = compare(files, applied)
  const wanted = pending.filter(({ number }) => number <= (options.to ?? files.length))
  return { pending: wanted.map(({ name }) => name), changed, unknown }
}

function readOnly(adminUrl: string): Promise<AppliedMigration[]> {
  return withDirectClient(adminUrl, async (admin) => {
    await admin.query('set default_transaction_read_only = on')
    return readApplied(admin)
  })
}
