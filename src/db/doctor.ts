import type pg from 'pg'
import { asDatabaseError, withDirectClient } from './direct-client.ts'
import { type Rule, readableTables, roleRules, tableRules } from './doctor-rules.ts'
import { MigrationError } from './migrate/migration-error.ts'

/** Runs one statement outside any tenant and gives its rows. */
export type AskDatabase = (sql: string, params: unknown[]) => Promise<Record<string, unknown>[]>

/** What came of one rule. A fatal one that does not hold means that the server must not serve. */
export interface Check {
  name: string
  ok: boolean
  severity: 'fatal' | 'warning'
  /** The problems, one sentence each, or what was looked at. */
  detail: string
}

/** Enough to act on, and short enough for a log line. */
const maxProblems = 5

/**
 * Checks what the isolation of tenants relies on: the roles' powers, row security and policies of
 * every table, and that nobody sees a row without a tenant. Needs only the connections that the running server
 * has, since everybody may read the catalogue. Never throws: a check that cannot be made does not hold.
 */
export async function checkDatabase(ask: { tenant: AskDatabase; platform: AskDatabase }): Promise<Check[]> {
  const checks: Check[] = []
  for (const rule of [...roleRules, ...tableRules]) {
    const roles = rule.asks === 'both' ? (['tenant', 'platform'] as const) : [rule.asks]
    for (const role of roles) {
      const name = rule.asks === 'both' ? `${rule.name} (${role} role)` : rule.name
      checks.push(await check(name, rule.severity, () => problemsOf(ask[role], rule)))
    }
  }
  checks.push(await check('no row without a tenant', 'fatal', () => visibleWithoutTenant(ask.tenant)))
  return checks
}

/**
 * The same over two connections of its own, for the command line.
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

function asks(client: pg.Client): AskDatabase {
  return async (sql, params) => (await client.query(sql, params)).rows
}

async function check(
  name: string,
  severity: Check['severity'],
  find: () => Promise<string[]>,
): Promise<Check> {
  try {
    const problems = await find()
    const more = problems.length > maxProblems ? [`and ${problems.length - maxProblems} more`] : []
    const detail = [...problems.slice(0, maxProblems), ...more].join('; ')
    return { name, ok: problems.length === 0, severity, detail: detail || 'holds' }
  } catch (error) {
    return { name, ok: false, severity, detail: `could not be checked: ${(error as Error).message}` }
  }
}

async function problemsOf(ask: AskDatabase, rule: Rule): Promise<string[]> {
  const rows = await ask(rule.sql, rule.params ?? [])
  return rows.map((row) => String(row.problem))
}

async function visibleWithoutTenant(ask: AskDatabase): Promise<string[]> {
  const [current] = await ask('select app.current_tenant() as tenant', [])
  if (current?.tenant !== null) return [`the connection is inside the tenant ${current?.tenant}`]
  const tables = await ask(readableTables, [])
  if (tables.length === 0) return ['the tenant role may read no tenant-owned table at all']
  const looks = tables.map(({ name }, index) => `select ${index} as index where exists (select from ${name})`)
  const seen = await ask(looks.join(' union all '), [])
  return seen.map(({ index }) => `a row of ${tables[Number(index)]?.name} is seen without a tenant`)
}
