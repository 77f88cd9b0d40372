import type { Database } from '../../src/db/database.ts'
import type { TenantId } from '../../src/db/tenant-id.ts'
import { consume, type LimitUsage, toLimitUsage, usageQuery } from '../../src/features/plans/limits.ts'
import type { CountedLimit, LimitName } from '../../src/features/plans/plans.ts'
import { toAppError } from '../../src/http/error-handler.ts'
import type { Platform } from './platform.ts'
import { insertClient } from './transactions.ts'

/** Gives a tenant limits of its own instead of its plan's; null is unlimited. */
export async function setLimits(
  platform: Platform,
  tenantId: string,
  limits: Partial<Record<LimitName, number | null>>,
) {
  const query = 'update tenants set limit_overrides = $1 where tenant_id = $2'
  await platform.sql(query, [JSON.stringify(limits), tenantId], tenantId)
}

/** Gives a tenant another time zone. */
export async function setTimeZone(platform: Platform, tenantId: string, zone: string) {
  await platform.sql(
    'update tenant_settings set time_zone = $1 where tenant_id = $2',
    [zone, tenantId],
    tenantId,
  )
}

/** How a tenant stands to one of its limits, at an instant or now. */
export async function usageOf(
  { context }: Platform,
  tenantId: string,
  limit: CountedLimit,
  at = context.clock.now(),
): Promise<LimitUsage> {
  const [rows] = await context.db.readTenant(tenantId as TenantId, (queries) => [usageQuery(queries, at)])
  const row = rows.find((each) => each.limit_name === limit)
  if (!row) throw new Error(`${tenantId} has no counter of ${limit}`)
  return toLimitUsage(row)
}

/** Takes one of a limit for a client that is inserted. */
export function takeWithClient(db: Database, tenantId: string, limit: CountedLimit, now: Date) {
  return db.withTenant(tenantId as TenantId, async (tx) => {
    consume(tx, { [limit]: 1 }, now)
    await insertClient(tx, limit)
  })
}

/** How many clients a tenant has. */
export async function countClients(platform: Platform, tenantId: string): Promise<number> {
  const [row] = await platform.sql(
    'select count(*)::int as n from clients where tenant_id = $1',
    [tenantId],
    tenantId,
  )
  return row.n
}

/** What a limit has been changed by in all, as the days of a tenant tell. */
export async function sumOfDays(platform: Platform, tenantId: string, limit: CountedLimit): Promise<number> {
  const query =
    'select coalesce(sum(quantity), 0)::int as n from usage_days where tenant_id = $1 and metric = $2'
  const [row] = await platform.sql(query, [tenantId, limit], tenantId)
  return row.n
}

/** What an answer would say of an error: its code and members. */
export function told(error: unknown) {
  const { code, members } = toAppError(error)
  return { code, ...members }
}

/** Active members, pending invitations, and what the counter of seats says. */
export async function seatsOf(platform: Platform, tenantId: string) {
  const [row] = await platform.sql(
    `select (select count(*) from memberships where tenant_id = $1 and status = 'active')::int as members,
      (select count(*) from invitations where tenant_id = $1 and status = 'pending')::int as pending,
      (select used from limit_counters where tenant_id = $1 and limit_name = 'users')::int as counted`,
    [tenantId],
    tenantId,
  )
  return row as { members: number; pending: number; counted: number }
}
