import type { OpenedDatabase } from '../../db/database.ts'
import { checkIsolation, type IsolationCheck } from '../../db/isolation-check.ts'
import type { TenantId } from '../../db/tenant-id.ts'
import { countTenantRows, type TenantRows } from '../deletion/tenant-rows.ts'
import { isPeriodLimit } from '../plans/plans.ts'
import { findUsage, reportUsage, type UsageDay } from '../usage/usage.ts'
import { getTenant, type TenantDetail } from './tenant-detail.ts'

/** How a tenant does: what operators see of it, what it used of late, what it stores, and whether it is kept apart. */
export interface TenantReport extends TenantDetail {
  /** Null for a tenant that was deleted. */
  usage: RecentUsage | null
  /** What every table of the catalogue holds of it, and what only names it. */
  tables: Pick<TenantRows, 'table' | 'rows' | 'bytes'>[]
  isolation: IsolationCheck
}

/** What was used in the last 30 days of the tenant's calendar, today included. */
export interface RecentUsage {
  from: string
  to: string
  /** What was taken of the limits per month and week. */
  limits: Record<string, number>
  /** The sums of the usage events. */
  metrics: Record<string, number>
}

/**
 * Reports on one tenant.
 * @throws AppError 404 `not_found`
 */
export async function getTenantReport(
  opened: OpenedDatabase,
  question: { tenantId: TenantId; baseDomain: string | undefined; now: Date },
): Promise<TenantReport> {
  const { db } = opened
  const { tenantId, now } = question
  const [detail, tables] = await db.withPlatform(
    'tenants',
    async (tx) => [await getTenant(tx, question), await countTenantRows(tx, { withBytes: true })] as const,
    { tenantId },
  )
  const [[found]] = await db.readTenant(tenantId, (queries) => [findUsage(queries, now)])
  return {
    ...detail,
    usage: found ? sumUp(reportUsage(found).days) : null,
    tables: tables.map(({ table, rows, bytes }) => ({ table, rows, bytes })),
    isolation: await checkIsolation(opened, tenantId),
  }
}

function sumUp(days: UsageDay[]): RecentUsage {
  const limits: Record<string, number> = {}
  const metrics: Record<string, number> = {}
  const add = (sums: Record<string, number>, entries: [string, number][]) => {
    for (const [name, quantity] of entries) sums[name] = (sums[name] ?? 0) + quantity
  }
  for (const day of days) {
    const flows = Object.entries(day.limits).filter(([name]) =>
      isPeriodLimit(name as keyof typeof day.limits),
    )
    add(limits, flows)
    add(metrics, Object.entries(day.metrics))
  }
  return { from: days[0]?.day ?? '', to: days.at(-1)?.day ?? '', limits, metrics }
}
