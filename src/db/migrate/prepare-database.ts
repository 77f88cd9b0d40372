import pg from 'pg'
import { asDatabaseError } from '../direct-client.ts'
import type { Roles } from '../roles.ts'

/** Something about the database that `sql` makes so, and a condition that says that it is not so yet. */
interface Step {
  unless: string
  sql: string
}

/**
 * What the roles may do on the database as a whole, before any table: PUBLIC nothing, the runtime roles connect
 * and see the schema public, the owner makes things. Changes only what differs. A clone of a database has to go
 * through it again, since a database's own rights are not copied with it. Runs in a transaction of the caller.
 * @returns one warning with the SQL a DBA should run for each thing that the user of `admin` may not do
 */
export async function prepareDatabase(admin: pg.Client, roles: Roles): Promise<string[]> {
  const {
    rows: [row],
  } = await admin.query<{ name: string }>('select current_database() as name')
  const warnings: string[] = []
  for (const step of stepsFor(pg.escapeIdentifier(row?.name ?? ''), roles)) {
    const problem = await take(admin, step)
    if (problem) warnings.push(`${problem}; a DBA should run: ${step.sql}`)
  }
  return warnings
}

function stepsFor(database: string, roles: Roles): Step[] {
  const id = pg.escapeIdentifier
  const may = (role: string, privileges: string) =>
    `has_database_privilege(${pg.escapeLiteral(role)}, current_database(), '${privileges}')`
  const mayUse = (role: string, privileges: string) =>
    `has_schema_privilege(${pg.escapeLiteral(role)}, 'public', '${privileges}')`
  const setConfig = 'pg_catalog.set_config(text, text, boolean)'
  const mayCall = (role: string) =>
    `has_function_privilege(${pg.escapeLiteral(role)}, '${setConfig}', 'execute')`
  const owner = roles.owner.name
  const steps: Step[] = [
    {
      unless: `not ${may('public', 'connect, temp')}`,
      sql: `revoke all on database ${database} from public`,
    },
    { unless: `not ${mayUse('public', 'usage, create')}`, sql: 'revoke all on schema public from public' },
  ]
  for (const { name } of [roles.tenant, roles.platform, roles.jobs]) {
    steps.push(
      { unless: may(name, 'connect'), sql: `grant connect on database ${database} to ${id(name)}` },
      {
        unless: `not ${may(name, 'create, temp')}`,
        sql: `revoke create, temporary on database ${database} from ${id(name)}`,
      },
    )
  }
  for (const name of [roles.tenant.name, roles.platform.name, roles.purger]) {
    steps.push({ unless: mayUse(name, 'usage'), sql: `grant usage on schema public to ${id(name)}` })
  }
  steps.push(
    {
      unless: ['connect', 'create', 'temp'].map((privilege) => may(owner, privilege)).join(' and '),
      sql: `grant connect, create, temporary on database ${database} to ${id(owner)}`,
    },
    {
      unless: `${mayUse(owner, 'usage')} and ${mayUse(owner, 'create')}`,
      sql: `grant usage, create on schema public to ${id(owner)}`,
    },
    {
      unless: mayBecomePurger(owner, roles.purger),
      sql: `grant ${id(roles.purger)} to ${id(owner)}`,
    },
    // A statement smuggled into a query could become another tenant with these two; SET LOCAL goes on working.
    { unless: `not ${mayCall('public')}`, sql: `revoke execute on function ${setConfig} from public` },
    {
      unless: `not has_table_privilege('public', 'pg_catalog.pg_settings', 'update')`,
      sql: 'revoke update on pg_catalog.pg_settings from public',
    },
    // pg_dump begins with a call of it.
    { unless: mayCall(owner), sql: `grant execute on function ${setConfig} to ${id(owner)}` },
    ...settingsFor(roles.tenant.name, database, { enable_seqscan: 'off', jit: 'off' }),
    ...settingsFor(roles.platform.name, database, { jit: 'off' }),
    ...closures(roles),
  )
  return steps
}

/**
 * Connections keep a statement's plan for all tenants. One that was made for the tenant that has nearly all rows of a
 * table reads all of it, and so would the smallest tenant: its few rows stand together in every index. Up to 17 a scan
 * that cannot be avoided, of a table of five rows, then looks so dear that the server compiles it each time (jit). So do
 * the lists of the platform role, which takes each tenant for a 200th of a table.
 */
function settingsFor(role: string, database: string, settings: Record<string, string>): Step[] {
  return Object.entries(settings).map(([name, value]) => ({
    unless: `exists (
      select from pg_db_role_setting s join pg_database d on d.oid = s.setdatabase join pg_roles r on r.oid = s.setrole
      where d.datname = current_database() and r.rolname = ${pg.escapeLiteral(role)}
        and '${name}=${value}' = any(s.setconfig))`,
    sql: `alter role ${pg.escapeIdentifier(role)} in database ${database} set ${name} = ${value}`,
  }))
}

/**
 * The condition that a role may act as the purger, as the owner does to make its functions. Since PostgreSQL 16 a member
 * may be none of those: who creates a role becomes its member without that.
 */
export function mayBecomePurger(role: string, purger: string): string {
  const names = `${pg.escapeLiteral(role)}, ${pg.escapeLiteral(purger)}`
  return `pg_has_role(${names}, case when current_setting('server_version_num')::int < 160000 then 'member' else 'set' end)`
}

const advisoryLocks = ['', 'try_'].flatMap((tries) =>
  ['lock', 'lock_shared', 'xact_lock', 'xact_lock_shared'].flatMap((kind) =>
    ['bigint', 'integer, integer'].map((key) => `pg_${tries}advisory_${kind}(${key})`),
  ),
)

const call = 'execute on function pg_catalog.'

/** What everybody may do in a new database, a statement of a tenant's should not, and who goes on doing it. */
const closed: [right: string, heirs: (roles: Roles) => string[]][] = [
  // A DO block can become another tenant.
  ['usage on language plpgsql', ({ owner, jobs, purger }) => [owner.name, jobs.name, purger]],
  // Large objects know roles, not tenants: what one tenant keeps in them, all read.
  [`${call}lo_creat(integer)`, () => []],
  [`${call}lo_create(oid)`, () => []],
  [`${call}lo_from_bytea(oid, bytea)`, () => []],
  // They show what other sessions of the role run, and BEGIN names the tenant.
  ['select on table pg_catalog.pg_stat_activity', ({ owner }) => [owner.name, 'pg_monitor']],
  [`${call}pg_stat_get_activity(integer)`, ({ owner }) => [owner.name, 'pg_monitor']],
  [`${call}pg_stat_get_backend_activity(integer)`, () => ['pg_monitor']],
  // One tenant's statement could end all others'.
  [`${call}pg_cancel_backend(integer)`, () => ['pg_signal_backend']],
  [`${call}pg_terminate_backend(integer, bigint)`, () => ['pg_signal_backend']],
  // A message on "worker:migrate" ends the job workers.
  [`${call}pg_notify(text, text)`, ({ jobs }) => [jobs.name]],
  // A session's lock outlives its transaction on a pooled connection: who holds that of the migrate step stops the
  // next start.
  ...advisoryLocks.map((name): [string, (roles: Roles) => string[]] => [
    `${call}${name}`,
    ({ owner, platform }) => [owner.name, platform.name],
  ]),
]

/** The rights that neither everybody nor the tenant role has after prepareDatabase, as GRANT writes them. */
export const closedRights: readonly string[] = closed.map(([right]) => right)

function closures(roles: Roles): Step[] {
  return closed.flatMap(([right, heirs]) => {
    const [, privilege = '', kind = '', object = ''] = /^(\w+) on (\w+) (.+)$/.exec(right) ?? []
    const has = (role: string) =>
      `has_${kind}_privilege(${[role, object, privilege].map(pg.escapeLiteral).join(', ')})`
    return [
      { unless: `not ${has('public')}`, sql: `revoke ${right} from public` },
      ...heirs(roles).map((role) => ({
        unless: has(role),
        sql: `grant ${right} to ${pg.escapeIdentifier(role)}`,
      })),
    ]
  })
}

/** GRANT and REVOKE by somebody who may not are an error or only a notice, so the condition is asked again. */
async function take(admin: pg.Client, step: Step): Promise<string | undefined> {
  if (await holds(admin, step.unless)) return undefined
  await admin.query('savepoint step')
  try {
    await admin.query(step.sql)
  } catch (error) {
    if (!asDatabaseError(error)) throw error
    await admin.query('rollback to savepoint step')
    return (error as Error).message
  }
  return (await holds(admin, step.unless)) ? undefined : `${admin.user} may not do it`
}

async function holds(admin: pg.Client, condition: string): Promise<boolean> {
  const { rows } = await admin.query<{ holds: boolean }>(`select ${condition} as holds`)
  return rows[0]?.holds === true
}
