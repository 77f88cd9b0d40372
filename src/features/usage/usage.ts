import { sql } from 'kysely'
import type { TenantQueryBuilder } from '../../db/database.ts'
import { usageQuery } from '../plans/limits.ts'
import { type CountedLimit, countedLimits, isPeriodLimit } from '../plans/plans.ts'

/** How many of the tenant's days are told, today included. */
const daysTold = 30

/** What one query finds of a tenant's usage; instants and dates as JSON has them. */
interface FoundUsage {
  /** The tenant's date. */
  today: string
  /** The date on which the tenant was made. */
  since: string
  limits: { limit_name: CountedLimit; used: number; allowed: number | null; resets_at: string | null }[]
  /** What was added on each day, less what was given back. */
  changes: { metric: string; day: string; quantity: number }[]
}

/** One day of a tenant, by the calendar of its time zone. */
export interface UsageDay {
  day: string
  /**
   * Of limits per month or week what was taken on that day, less what was given back; of the others how much was in
   * use at its end, nothing before the tenant was made.
   */
  limits: Record<CountedLimit, number>
  /** The sums of the usage events that occurred on it; only metrics that have some. */
  metrics: Record<string, number>
}

/** What the caller's tenant uses at an instant and what it used on its last days, as one row of FoundUsage. */
export function findUsage(queries: TenantQueryBuilder, now: Date) {
  const today = sql<string>`timezone(tenant_settings.time_zone, ${now}::timestamptz)::date`
  return queries.selectFrom('tenant_settings').select([
    sql<string>`${today}::text`.as('today'),
    sql<string>`(select timezone(tenant_settings.time_zone, t.created_at)::date::text from tenants t)`.as(
      'since',
    ),
    sql<FoundUsage['limits']>`(select json_agg(l) from ${usageQuery(queries, now)} l)`.as('limits'),
    sql<FoundUsage['changes']>`(
      select coalesce(json_agg(json_build_object('metric', d.metric, 'day', d.day, 'quantity', d.quantity)), '[]')
      from usage_days d where (d.tenant_id, d.day) > (tenant_settings.tenant_id, ${today} - ${sql.lit(daysTold)})
        and d.tenant_id = tenant_settings.tenant_id)`.as('changes'),
  ])
}

/** Each limit with what is used of it, and the last 30 days with today as the last, whether or not anything happened. */
export function reportUsage({ today, since, limits, changes }: FoundUsage) {
  const byDay = Map.groupBy(changes, ({ day }) => day)
  const inUse = new Map<string, number>(limits.map(({ limit_name, used }) => [limit_name, used]))
  // From what is in use now back through the days. A tenant that moved westwards has taken on days that are yet to come.
  const undo = (undone: FoundUsage['changes']) => {
    for (const { metric, quantity } of undone) inUse.set(metric, (inUse.get(metric) ?? 0) - quantity)
  }
  const days = lastDays(today).map((day): UsageDay => {
    const ofDay = byDay.get(day) ?? []
    const sums = new Map(ofDay.map(({ metric, quantity }) => [metric, quantity]))
    const ofLimits = countedLimits.map((name) => {
      const atEnd = day < since ? 0 : Math.max(0, inUse.get(name) ?? 0)
      const quantity = isPeriodLimit(name) ? (sums.get(name) ?? 0) : atEnd
      sums.delete(name)
      return [name, quantity]
    })
    if (day === today) undo(changes.filter((change) => change.day > today))
    undo(ofDay)
    return { day, limits: Object.fromEntries(ofLimits), metrics: Object.fromEntries(sums) }
  })
  return { limits: Object.fromEntries(limits.map(toMember)), days: days.reverse() }
}

function toMember({ limit_name, used, allowed, resets_at }: FoundUsage['limits'][number]) {
  return [limit_name, { used, limit: allowed, resets_at: resets_at === null ? null : new Date(resets_at) }]
}

/** Calendar dates, the latest first. Counted in UTC, whose days all have 24 hours. */
function lastDays(today: string): string[] {
  const latest = Date.parse(today)
  return Array.from({ length: daysTold }, (_, ago) =>
    new Date(latest - ago * 86_400_000).toISOString().slice(0, 10),
  )
}
