import { type SqlBool, sql } from 'kysely'
import type { Context } from '../../context.ts'
import { forEachTenant } from '../../jobs/each-tenant.ts'
import { enqueueSyncOfCustomer } from '../billing/billing-account.ts'
import { graceMs } from './grace-period.ts'
import { changeStatus, lockTenant } from './status.ts'

/**
 * The job: ends access for each tenant whose payment has been due for as long as it is waited for. Whether it still is
 * only Stripe knows, since word of the payment may have been lost. So who has a customer there is compared with it, and
 * suspended by what it answers. As long as it does not answer they go on: that is no fault of theirs, and the next run
 * asks again. Who has none, or where there are no keys, is suspended by the clock.
 * @throws Error when it failed for some tenants
 */
export async function endGrace(context: Context): Promise<void> {
  const now = context.clock.now()
  const latestDue = new Date(now.getTime() - graceMs)
  const isDue = sql<SqlBool>`status = 'ACTIVE' and past_due_since <= ${latestDue}`
  await forEachTenant(context, 'tenants', isDue, async (tx, tenantId) => {
    const { status, past_due_since: since } = await lockTenant(tx, tenantId)
    if (status !== 'ACTIVE' || !since || since > latestDue) return
    if (context.billing && (await enqueueSyncOfCustomer(tx))) return
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
