import pg from 'pg'
import { inTransaction, withDirectClient } from './direct-client.ts'
import {
  type AskDatabase,
  type Check,
  check,
  checkRules,
  visibleWithoutTenant,
  withoutTenant,
} from './doctor.ts'
import { type ForeignDatabase, foreignDatabase, rules } from './doctor-rules.ts'

/** What came of checking a database, and which role was taken for that of the requests. */
export interface ForeignCheck {
  tenantRole: string
  checks: Check[]
}

/**
 * Checks a database that is not Tenantry's, with the rules that hold wherever row security keeps tenants apart. Reads the
 * catalogue only, and as the role of the requests whether a row is to be seen without a tenant; changes nothing.
 * @param options without `tenantRole` it is the one of the URL, and without `tenantColumn` it is `tenant_id`
 * @throws what pg throws when there is no connection to be had
 */
export function checkForeignDatabase(
  url: string,
  options: Partial<ForeignDatabase> = {},
): Promise<ForeignCheck> {
  return withDirectClient(url, async (client) => {
    const { rows } = await client.query('select current_user as name')
    const tenantRole = options.tenantRole ?? rows[0].name
    const variables = foreignDatabase({ tenantColumn: 'tenant_id', ...options, tenantRole })
    const chosen = rules.filter(({ isOurs }) => !isOurs)
    const checks = await checkRules(asksBriefly(client), chosen, variables)
    const asTenantRole = asksBriefly(client, `; set local role ${pg.escapeIdentifier(tenantRole)}`)
    const look = await check(withoutTenant, () => visibleWithoutTenant(asTenantRole, variables))
    return { tenantRole, checks: [...checks, look] }
  })
}

/** Each question in a transaction of its own: what is set in it stays on no connection that a pooler gives to others. */
function asksBriefly(client: pg.Client, more = ''): AskDatabase {
  return (sql, params) =>
    inTransaction(client, async () => {
      await client.query(`set transaction read only; set local statement_timeout = '30s'${more}`)
      return (await client.query(sql, params)).rows
    })
}
