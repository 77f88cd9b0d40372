import { type SqlBool, sql } from 'kysely'
import type { Context } from '../../context.ts'
import { forEachTenant } from '../../jobs/each-tenant.ts'
import { changeStatus, lockTenant } from './status.ts'

/** A tenant that has not paid goes on for this many days, without new seats. */
const graceDays = 7

/**
 * The job: suspends each tenant whose payment has been due for as long as it is waited for.
 * @throws Error when it failed for some tenants
 */
export async function endGrace(context: Context): Promise<void> {
  const now = context.clock.now()
  const latestDue = new Date(now.getTime() - graceDays * 86_400_000)
  const isDue = sql<SqlBool>`status = 'ACTIVE' and past_due_since <= ${latestDue}`
  await forEachTenant(context, 'tenants', isDue, async (tx, tenantId) => {
    const { status, past_due_since: since } = await lockTenant(tx, tenantId)
    if (status !== 'ACTIVE' || !since || since > latestDue) return
    await changeStatus(tx, {
      tenantId,
      to: 'SUSPENDED',
      agent: 'billing',
      cause: `Payment overdue since ${since.toISOString().slice(0, 10)}`,
      actor: { kind: 'system', id: 'grace-over' },
      ip: null,
      requestId: 'grace-over',
      now,
    })
  })
}
