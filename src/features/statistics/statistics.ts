import { sql } from 'kysely'
import type { PlatformTx } from '../../db/database.ts'
import { usageQuery } from '../plans/limits.ts'
import { type CountedLimit, countedLimits, type PlanName, planNames } from '../plans/plans.ts'
import { type Region, regions } from '../tenants/provision.ts'
import { countTenants } from '../tenants/tenant-list.ts'
import { readMonths, readRevenue } from './revenue.ts'

/** Usage is summed over this many days, today included. */
const daysSummed = 30
/** Tenants name metrics as they like, so there is no end to them: that many are told. */
const mostMetrics = 100

/** What the platform holds by now and how it came to it; the tenant for rows from before tenants is left out. */
export type Statistics = Awaited<ReturnType<typeof readStatistics>>

/** Counts tenants, money and usage across all tenants. */
export async function readStatistics(tx: PlatformTx, now: Date) {
  const [totals, groups, limits, metrics, revenue] = await Promise.all([
    countTenants(tx),
    countGroups(tx),
    sumLimits(tx, now),
    sumMetrics(tx, now),
    readRevenue(tx),
  ])
  return {
    totals,
    ...groups,
    mrr: revenue,
    months: await readMonths(tx, revenue.total_cents, now),
    usage: { limits, metrics },
  }
}

/** Tenants by region and by plan, those that were deleted left out. */
async function countGroups(tx: PlatformTx) {
  const rows = await tx
    .selectFrom('tenants')
    .select(['region', 'plan', sql<number>`count(*)::int`.as('n')])
    .where('tenant_id', '<>', 'system-default')
    .where('status', '<>', 'DELETED')
    .groupBy(['region', 'plan'])
    .execute()
  const sum = (column: 'region' | 'plan', name: string) =>
    rows.filter((row) => row[column] === name).reduce((total, { n }) => total + n, 0)
  return {
    by_region: Object.fromEntries(regions.map((name) => [name, sum('region', name)])) as Record<
      Region,
      number
    >,
    by_plan: Object.fromEntries(planNames.map((name) => [name, sum('plan', name)])) as Record<
      PlanName,
      number
    >,
  }
}

/** What all tenants together use of each limit by now, of those per month or week in each tenant's present period. */
async function sumLimits(tx: PlatformTx, now: Date) {
  const rows = await tx
    .selectFrom(usageQuery(tx, now).clearOrderBy().select('usage.tenant_id').as('usage'))
    .select(['usage.limit_name', sql<number>`sum(usage.used)::float8`.as('used')])
    .where('usage.tenant_id', '<>', 'system-default')
    .groupBy('usage.limit_name')
    .execute()
  const used = (name: CountedLimit) => rows.find((row) => row.limit_name === name)?.used ?? 0
  return Object.fromEntries(countedLimits.map((name) => [name, used(name)])) as Record<CountedLimit, number>
}

/** What was counted on the last days of each metric, the largest sums first. */
async function sumMetrics(tx: PlatformTx, now: Date) {
  const since = new Date(now.getTime() - (daysSummed - 1) * 86_400_000).toISOString().slice(0, 10)
  return tx
    .selectFrom('usage_days')
    .select(['metric', sql<number>`sum(quantity)::float8`.as('quantity')])
    .where('day', '>=', sql<Date>`${since}::date`)
    .where('tenant_id', '<>', 'system-default')
    .groupBy('metric')
    .orderBy('quantity', 'desc')
    .orderBy('metric')
    .limit(sql.lit(mostMetrics))
    .execute()
}
