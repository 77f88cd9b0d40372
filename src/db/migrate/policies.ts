import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import { asDatabaseError, inTransaction } from '../direct-client.ts'
import type { Roles } from '../roles.ts'
import { fillIn } from '../sql-variables.ts'
import { MigrationError } from './migration-error.ts'
import { mayBecomePurger } from './prepare-database.ts'

/** The file that the role jobs applies to its own schema; all others belong to the owner. */
const jobsFile = 'jobs.sql'
/** The loop that protects every tenant-owned table: it names no table, so it fits any state of a database. */
const isolationFile = '10-tenant-isolation.sql'
/** What the owner makes as the purger. Where a DBA has not let it, which is warned of, no tenant can be deleted. */
const purgerFile = '40-purger.sql'

/** Applies db/policies/jobs.sql as the role jobs, which owns the queue's schema. */
export async function applyJobsPolicy(jobs: pg.Client, folder: string, roles: Roles): Promise<void> {
  await inTransaction(jobs, () => applyFile(jobs, folder, jobsFile, roles))
}

/**
 * Applies the owner's files of db/policies in the order of their names, in one transaction. They say what the
 * newest tables need, so a database that stops at an older migration gets the isolation of every tenant-owned
 * table and no grants at all: this version of the program does not serve it anyway.
 */
export async function applyPolicies(
  owner: pg.Client,
  folder: string,
  roles: Roles,
  isNewest: boolean,
): Promise<void> {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.sql') && name !== jobsFile).sort()
  await inTransaction(owner, async () => {
    const { rows } = await owner.query(`select ${mayBecomePurger(roles.owner.name, roles.purger)} as may`)
    for (const file of isNewest ? files : [isolationFile]) {
      if (file !== purgerFile || rows[0]?.may) await applyFile(owner, folder, file, roles)
    }
    if (isNewest) return
    const names = [roles.tenant.name, roles.platform.name].map((name) => pg.escapeIdentifier(name))
    await owner.query(`revoke all on all tables in schema public from ${names.join(', ')}`)
  })
}

async function applyFile(client: pg.Client, folder: string, file: string, roles: Roles): Promise<void> {
  const sql = fillIn(await readFile(join(folder, file), 'utf8'), file, variablesOf(roles))
  try {
    await client.query(sql)
  } catch (error) {
    const cause = asDatabaseError(error)
    if (!cause) throw error
    const line = cause.position ? `:${sql.slice(0, Number(cause.position) - 1).split('\n').length}` : ''
    throw new MigrationError(`${file}${line}: ${cause.message} (${cause.code})`, { cause })
  }
}

/** What a policy file may name. */
function variablesOf(roles: Roles): Record<string, string> {
  return {
    owner_role: roles.owner.name,
    tenant_role: roles.tenant.name,
    platform_role: roles.platform.name,
    jobs_role: roles.jobs.name,
    purger_role: roles.purger,
  }
}
