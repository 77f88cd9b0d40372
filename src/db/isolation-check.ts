import { sql } from 'kysely'
import type { OpenedDatabase } from './database.ts'
import { type Check, checkDatabase } from './doctor.ts'
import { readableTables } from './doctor-rules.ts'
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
  const inside = { name: `no row of another tenant inside ${tenantId}`, severity: 'fatal' } as const
  try {
    const seen = await db.withTenant(tenantId, async (tx) => {
      const tables = await sql<{ name: string }>`${sql.raw(readableTables)}`.execute(tx)
      const found: string[] = []
      for (const { name } of tables.rows) {
        // Smaller or greater instead of unequal: an index answers at once, however many rows the tenant has.
        const table = sql.raw(name)
        const { rows } = await sql<{
          is_seen: boolean
        }>`select exists (select from ${table} where tenant_id < ${tenantId})
          or exists (select from ${table} where tenant_id > ${tenantId}) as is_seen`.execute(tx)
        if (rows[0]?.is_seen) found.push(name)
      }
      return { found, looked: tables.rows.length }
    })
    const detail = seen.found.map((name) => `a row of another tenant is seen in ${name}`).join('; ')
    checks.push({
      ...inside,
      ok: seen.found.length === 0,
      detail: detail || `holds in ${seen.looked} tables`,
    })
  } catch (error) {
    checks.push({ ...inside, ok: false, detail: `could not be checked: ${(error as Error).message}` })
  }
  return { holds: checks.every(({ ok, severity }) => ok || severity !== 'fatal'), checks }
}
