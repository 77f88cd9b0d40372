import { sql } from 'kysely'
import type { OpenedDatabase } from './database.ts'
import { type Check, check, checkDatabase, findReadableTables } from './doctor.ts'
import type { TenantId } from './tenant-id.ts'

/** Whether one tenant is kept apart from the others. */
export interface IsolationCheck {
  /** Every fatal check. */
  holds: boolean
  /** Those of the whole database, and at the end what is seen of others from inside this tenant. */
  checks: Check[]
}

/**
 * Checks what isolation relies on, and looks for itself, as the role of requests: without a tenant, and inside this one,
 * whether any row of another is to be seen. Never throws for what does not hold.
 */
export async function checkIsolation(
  { db, ask }: OpenedDatabase,
  tenantId: TenantId,
): Promise<IsolationCheck> {
  const checks = await checkDatabase(ask)
  const inside = {
    name: `no-row-of-another-tenant-inside-${tenantId}`,
    severity: 'fatal',
    reason: 'Whatever the catalogue says, this is what it is about.',
  } as const
  checks.push(
    await check(inside, async () => {
      const tables = await findReadableTables(ask.tenant)
      const found = await db.withTenant(tenantId, async (tx) => {
        const seen: string[] = []
        for (const name of tables) {
          // Smaller or greater instead of unequal: an index answers at once, however many rows the tenant has.
          const table = sql.raw(name)
          const { rows } = await sql<{
            is_seen: boolean
          }>`select exists (select from ${table} where tenant_id < ${tenantId})
          or exists (select from ${table} where tenant_id > ${tenantId}) as is_seen`.execute(tx)
          if (rows[0]?.is_seen) seen.push(name)
        }
        return seen
      })
      return found.map((name) => `a row of another tenant is seen in ${name}`)
    }),
  )
  return { holds: checks.every(({ ok, severity }) => ok || severity !== 'fatal'), checks }
}
