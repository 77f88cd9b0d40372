import pg from 'pg'
import { asDatabaseError, inTransaction, withDirectClient } from '../direct-client.ts'
import { type LoginRole, type Roles, userOf } from '../roles.ts'
import { MigrationError } from './migration-error.ts'
import { prepareDatabase } from './prepare-database.ts'

const runtimeFlags = 'login nosuperuser nocreatedb nocreaterole nobypassrls noreplication noinherit'

/**
 * Makes the roles that are missing and gives them their rights on this database. What the user of
 * DATABASE_URL may not do comes back as a warning with the SQL a DBA should run. To be called by one process
 * at a time, under the migrate step's lock, on the direct connection `admin` with the URL `adminUrl`.
 * @returns the roles with the real owner: DATABASE_URL's own user if that is no superuser
 * @throws MigrationError when a role is missing and cannot be made, or a password is not ours to change
 */
export async function prepareRoles(
  admin: pg.Client,
  adminUrl: string,
  described: Roles,
): Promise<{ roles: Roles; warnings: string[] }> {
  const {
    rows: [me],
  } = await admin.query<{ rolsuper: boolean }>('select rolsuper from pg_roles where rolname = current_user')
  const roles = me?.rolsuper ? described : { ...described, owner: { name: userOf(adminUrl), url: adminUrl } }
  const logins = [roles.owner, roles.tenant, roles.platform, roles.jobs]

  const existing = await existingRoles(admin, [...logins.map((role) => role.name), roles.purger])
  await ensurePasswords(
    admin,
    logins.filter(({ name }) => existing.has(name)),
  )
  const missing: string[] = []
  for (const role of logins.filter(({ name }) => !existing.has(name))) {
    const create = `create role ${pg.escapeIdentifier(role.name)} ${runtimeFlags}`
    const isMade =
      role.password !== undefined &&
      (await mayCreate(admin, `${create} password ${pg.escapeLiteral(role.password)}`))
    if (!isMade) missing.push(`${create} password '…';`)
  }
  if (!existing.has(roles.purger)) {
    const create = `create role ${pg.escapeIdentifier(roles.purger)} nologin noinherit`
    const grant = `grant ${pg.escapeIdentifier(roles.purger)} to ${pg.escapeIdentifier(roles.owner.name)}`
    if (!(await mayCreate(admin, create))) missing.push(`${create};`, `${grant};`)
  }
  if (missing.length > 0) throw missingRoles(admin, missing)

  const warnings = await inTransaction(admin, () => prepareDatabase(admin, roles))
  return { roles, warnings }
}

async function existingRoles(admin: pg.Client, names: string[]): Promise<Set<string>> {
  const { rows } = await admin.query<{ rolname: string }>(
    'select rolname from pg_roles where rolname = any($1::text[])',
    [names],
  )
  return new Set(rows.map((row) => row.rolname))
}

/** Roles belong to the whole cluster, so another database's migrate step may make the same one meanwhile. */
async function mayCreate(admin: pg.Client, sql: string): Promise<boolean> {
  try {
    await admin.query(sql)
    return true
  } catch (error) {
    const code = asDatabaseError(error)?.code
    // A second one that comes at the same moment sees the unique index instead of the name.
    if (code === '42710' || code === '23505') return true
    if (code === '42501') return false
    throw error
  }
}

function missingRoles(admin: pg.Client, statements: string[]): MigrationError {
  return new MigrationError(
    `These database roles are missing, and ${admin.user} may not create them. A DBA should run\n` +
      `${statements.map((sql) => `  ${sql}\n`).join('')}` +
      'each with a password of its own, and put the roles that log in into TENANT_DATABASE_URL, ' +
      'PLATFORM_DATABASE_URL and JOBS_DATABASE_URL.',
  )
}

/**
 * A password that is not ours means that TOKEN_KEY_SECRET changed; a session of any of the roles means that another
 * server runs with the old one, and it would be cut off role by role. So: all of them or none.
 */
async function ensurePasswords(admin: pg.Client, roles: LoginRole[]): Promise<void> {
  const others: { name: string; password: string }[] = []
  for (const { name, url, password } of roles) {
    if (password !== undefined && !(await opens(url))) others.push({ name, password })
  }
  if (others.length === 0) return
  const { rows } = await admin.query<{ usename: string }>(
    'select distinct usename from pg_stat_activity where usename = any($1::text[]) and pid <> pg_backend_pid()',
    [roles.filter(({ password }) => password !== undefined).map(({ name }) => name)],
  )
  if (rows.length > 0) {
    throw new MigrationError(
      `The role ${others[0]?.name} has another password, and ${rows[0]?.usename} is in use: another server runs on ` +
        'this database with another TOKEN_KEY_SECRET. Give both the same one, or stop the other server first.',
    )
  }
  await inTransaction(admin, async () => {
    for (const { name, password } of others) await alterPassword(admin, name, password)
  })
}

/** Whether the password of the URL is the role's; the right to connect comes later. */
async function opens(url: string): Promise<boolean> {
  try {
    await withDirectClient(url, async () => undefined)
    return true
  } catch (error) {
    const code = asDatabaseError(error)?.code
    if (code === '28P01') return false
    if (code === '42501') return true
    throw error
  }
}

async function alterPassword(admin: pg.Client, name: string, password: string): Promise<void> {
  const alter = `alter role ${pg.escapeIdentifier(name)} password`
  try {
    await admin.query(`${alter} ${pg.escapeLiteral(password)}`)
  } catch (error) {
    if (asDatabaseError(error)?.code !== '42501') throw error
    throw new MigrationError(
      `The password of the role ${name} does not come from this TOKEN_KEY_SECRET, and ${admin.user} may ` +
        `not change it. Set TOKEN_KEY_SECRET to the one it was made with, or let a DBA run\n  ${alter} '…';\n` +
        'and give the role in TENANT_, PLATFORM_ or JOBS_DATABASE_URL.',
    )
  }
}
