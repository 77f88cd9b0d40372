import { sql } from 'kysely'
import type { Context } from '../../context.ts'
import { forEachTenant } from '../../jobs/each-tenant.ts'
import { expireCredits } from './credits.ts'

/** The job: writes off what has expired, in each tenant that has some left. */
export async function expireOverdueCredits(context: Context): Promise<void> {
  const now = context.clock.now()
  const isDue = sql<boolean>`exists (
    select from credit_lots l where l.tenant_id = tenants.tenant_id and l.remaining > 0 and l.expires_at <= ${now})`
  await forEachTenant(context, 'housekeeping', isDue, (tx) => expireCredits(tx, now))
}
