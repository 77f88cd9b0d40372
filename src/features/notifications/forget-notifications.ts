import { sql } from 'kysely'
import type { Context } from '../../context.ts'
import { forEachTenant } from '../../jobs/each-tenant.ts'

/** Notifications are kept for 90 days, read or not. */
const keptMs = 90 * 86_400_000

/** The job: deletes old notifications, in each tenant that has some. */
export async function forgetNotifications(context: Context): Promise<void> {
  const before = new Date(context.clock.now().getTime() - keptMs)
  const isDue = sql<boolean>`exists (
    select from notifications n where n.tenant_id = tenants.tenant_id and n.created_at < ${before})`
  await forEachTenant(context, 'housekeeping', isDue, async (tx) => {
    await sql`select app.forget_notifications(${before})`.execute(tx)
  })
}
