import type pg from 'pg'
import { asDatabaseError, withDirectClient } from './direct-client.ts'
import { ownDatabase, type Rule, type RuleVariables, rules } from './doctor-rules.ts'
import { MigrationError } from './migrate/migration-error.ts'
import { fillIn } from './sql-variables.ts'

/** Runs one statement outside any tenant and gives its rows. */
export type AskDatabase = (sql: string, params: unknown[]) => Promise<Record<string, unknown>[]>

/** What came of one rule. A fatal one that does not hold means that the server must not serve. */
export interface Check {
  name: string
  severity: Rule['severity']
  ok: boolean
  /** Why it matters. */
  reason: string
  /** Where it does not hold, one sentence each. */
  problems: string[]
  /** It could not be asked, so nobody knows: `problems` says why. */
  isUnknown?: true
}

/**
 * Checks what the isolation of tenants relies on: every rule of db/doctor, and that nobody sees a row without a
 * tenant. Needs only the connections that the running server has, since everybody may read the catalogue. Never throws: a
 * check that cannot be made does not hold.
 * @param wanted `running`: only what a server that is running stops for
 */
export async function checkDatabase(
  ask: { tenant: AskDatabase; platform: AskDatabase },
  wanted: 'all' | 'running' = 'all',
): Promise<Check[]> {
  const chosen = rules.filter(
    ({ severity, isOfVersion }) => wanted === 'all' || (severity === 'fatal' && !isOfVersion),
  )
  let variables: RuleVariables
  try {
    const [tenant_role, platform_role] = [await currentUser(ask.tenant), await currentUser(ask.platform)]
    variables = { ...ownDatabase, tenant_role, platform_role, runtime_roles: [tenant_role, platform_role] }
  } catch (error) {
    return [...chosen, withoutTenant].map((rule) => toUnknown(rule, error))
  }
  return [
    ...(await checkRules(ask.tenant, chosen, variables)),
    await check(withoutTenant, () => visibleWithoutTenant(ask.tenant, variables)),
  ]
}

/** Asks one connection each rule in turn. Never throws. */
export async function checkRules(
  ask: AskDatabase,
  chosen: readonly Rule[],
  variables: RuleVariables,
): Promise<Check[]> {
  const checks: Check[] = []
  let filled: RuleVariables | undefined
  for (const rule of chosen) {
    checks.push(
      await check(rule, async () => {
        filled ??= await withSchemas(ask, variables)
        const rows = await ask(fillIn(rule.sql, rule.file, filled), [])
        return rows.map((row) => String(row.problem)).sort()
      }),
    )
  }
  return checks
}

/** Adds `user_schemas`, all that do not belong to PostgreSQL; these are the `schemas`, too, where none are named. */
async function withSchemas(ask: AskDatabase, variables: RuleVariables): Promise<RuleVariables> {
  const rows = await ask(userSchemas, [])
  const user_schemas = rows.map(({ name }) => String(name))
  return {
    ...variables,
    user_schemas,
    schemas: variables.schemas.length > 0 ? variables.schemas : user_schemas,
  }
}

const userSchemas = `
  select nspname as name from pg_namespace
  where nspname <> 'information_schema' and nspname not like 'pg\\_%' order by 1`

/**
 * The same as checkDatabase over two connections of its own, for the command line.
 * @throws MigrationError when the roles cannot log in, which is so before the first migrate step
 */
export async function checkDatabaseAt(urls: { tenantUrl: string; platformUrl: string }): Promise<Check[]> {
  try {
    return await withDirectClient(urls.tenantUrl, (tenant) =>
      withDirectClient(urls.platformUrl, (platform) =>
        checkDatabase({ tenant: asks(tenant), platform: asks(platform) }),
      ),
    )
  } catch (cause) {
    if (asDatabaseError(cause)?.code !== '28P01') throw cause
    const { message } = cause as Error
    throw new MigrationError(`${message}: run migrate first, with this TOKEN_KEY_SECRET`, { cause })
  }
}

/** A connection as the checks ask it. */
export function asks(client: pg.Client): AskDatabase {
  return async (sql, params) => (await client.query(sql, params)).rows
}

type Checked = Pick<Rule, 'name' | 'severity' | 'reason'>

function toCheck({ name, severity, reason }: Checked) {
  return { name, severity, reason }
}

/** Makes one check; what it throws means that it does not hold. */
export async function check(rule: Checked, find: () => Promise<string[]>): Promise<Check> {
  try {
    const problems = await find()
    return { ...toCheck(rule), ok: problems.length === 0, problems }
  } catch (error) {
    return toUnknown(rule, error)
  }
}

function toUnknown(rule: Checked, error: unknown): Check {
  const problems = [`could not be checked: ${(error as Error).message}`]
  return { ...toCheck(rule), ok: false, isUnknown: true, problems }
}

async function currentUser(ask: AskDatabase): Promise<string> {
  const [row] = await ask('select current_user as name', [])
  return String(row?.name)
}

/** Looks for itself, beside the rules: whatever else may be wrong, this is what must not happen. */
export const withoutTenant: Checked = {
  name: 'no-row-without-a-tenant',
  severity: 'fatal',
  reason: 'A statement that reaches the database before a tenant is set must find nothing.',
}

/** Where a row is seen on this connection, which is of the tenant role and inside no tenant. */
export async function visibleWithoutTenant(ask: AskDatabase, variables: RuleVariables): Promise<string[]> {
  const inside = fillIn(`select current_setting(:'tenant_setting', true) as tenant`, 'inside', variables)
  const [current] = await ask(inside, [])
  if (current?.tenant) return [`the connection is inside the tenant ${current.tenant}`]
  const tables = await findReadableTables(ask, await withSchemas(ask, variables))
  if (tables.length === 0) return [`${variables.tenant_role} may read no tenant-owned table at all`]
  const seen = await lookInto(ask, tables)
  return seen.map((name) => `a row of ${name} is seen without a tenant`)
}

/** Those of the tables in which a row is seen. */
async function lookInto(ask: AskDatabase, tables: string[]): Promise<string[]> {
  try {
    const looks = tables.map(
      (_name, index) => `select ${index} as index where exists (select from ${tables[index]})`,
    )
    const seen = await ask(looks.join(' union all '), [])
    return seen.map(({ index }) => String(tables[Number(index)]))
  } catch (error) {
    const failsWithoutTenant = ['42704', '22P02'].includes(asDatabaseError(error)?.code ?? '')
    if (!failsWithoutTenant) throw error
    // A policy that fails on a setting which is not there, or empty, shows nothing; but others may stand beside it.
    if (tables.length === 1) return []
    const each = []
    for (const table of tables) each.push(...(await lookInto(ask, [table])))
    return each
  }
}

/** The tenant-owned tables that the tenant role may read, as `name`, quoted. */
const readableTables = `
  select c.oid::regclass::text as name
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace and n.nspname = any (:'schemas'::text[])
  join pg_attribute a on a.attrelid = c.oid and a.attname = :'tenant_column' and not a.attisdropped
  where c.relkind in ('r', 'p') and has_any_column_privilege(c.oid, 'select')
  order by 1`

/** The names of those tables, quoted, as the tenant role finds them by itself. */
export async function findReadableTables(
  ask: AskDatabase,
  variables: Pick<RuleVariables, 'tenant_column' | 'schemas'> = ownDatabase,
): Promise<string[]> {
  const { tenant_column, schemas } = variables
  const rows = await ask(fillIn(readableTables, 'readable tables', { tenant_column, schemas }), [])
  return rows.map(({ name }) => String(name))
}
