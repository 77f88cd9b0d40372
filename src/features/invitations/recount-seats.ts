import { type SqlBool, sql } from 'kysely'
import type { Context } from '../../context.ts'
import type { PlatformTx } from '../../db/database.ts'
import type { TenantId } from '../../db/tenant-id.ts'
import { forEachTenant } from '../../jobs/each-tenant.ts'
import { expireOverdue } from './invitations.ts'

/** Who has no seats to count: what is left of a company, and the one without members. */
const isLive = sql<SqlBool>`tenants.status not in ('DELETING', 'DELETED') and tenants.tenant_id <> 'system-default'`

/**
 * The job: gives back the seats of overdue invitations, and counts each tenant's seats anew. A counter that is off by
 * anything else is a bug of ours, which is put right here, logged and counted.
 * @throws Error when it failed for some tenants
 */
export async function recountSeats(context: Context): Promise<void> {
  const { clock, log, metrics } = context
  await forEachTenant(context, 'usage', isLive, async (tx, tenantId) => {
    const now = clock.now()
    const expired = await expireOverdue(tx, now)
    // What was expired here is counted as taken until now, and nothing else is off.
    const excess = await recount(tx, tenantId, now)
    if (excess === undefined || excess === expired) return
    metrics.seatCountersOff.inc()
    log.error({ tenant_id: tenantId, expired, excess }, 'the counter of seats was off: a bug')
  })
}

/** @returns by how much the counter was too high; undefined when the tenant has gone meanwhile */
async function recount(tx: PlatformTx, tenantId: TenantId, now: Date): Promise<number | undefined> {
  const row = await tx
    .selectFrom('tenants')
    .select(sql<string>`app.recount_users(${now})`.as('excess'))
    .where('tenant_id', '=', tenantId)
    .where(isLive)
    .executeTakeFirst()
  return row && Number(row.excess)
}
