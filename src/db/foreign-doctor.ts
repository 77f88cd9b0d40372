import pg from 'pg'
import { withDirectClient } from './direct-client.ts'
import { asks, type Check, check, checkRules, visibleWithoutTenant, withoutTenant } from './doctor.ts'
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
    await client.query('set default_transaction_read_only = on')
    await client.query(`set statement_timeout = '30s'`)
    const { rows } = await client.query('select current_user as name')
    const tenantRole = options.tenantRole ?? rows[0].name
    const variables = foreignDatabase({ tenantColumn: 'tenant_id', ...options, tenantRole })
    const chosen = rules.filter(({ isOurs }) => !isOurs)
    const checks = await checkRules(asks(client), chosen, variables)
    const look = await check(withoutTenant, async () => {
      await client.query(`set role ${pg.escapeIdentifier(tenantRole)}`)
      return visibleWithoutTenant(asks(client), variables)
    })
    return { tenantRole, checks: [...checks, look] }
  })
}
