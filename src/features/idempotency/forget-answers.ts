import { sql } from 'kysely'
import type { Context } from '../../context.ts'
import type { PlatformTx } from '../../db/database.ts'
import { forEachTenant } from '../../jobs/each-tenant.ts'
import { endOf, forgetPlatformAnswers } from './kept-answers.ts'

/** So many in one statement: busy tenants have millions, and a statement has its time. */
const batchSize = 10_000

/** The job: deletes the answers that are kept no longer, in each tenant that has some, and the platform's own. */
export async function forgetAnswers(context: Context): Promise<void> {
  const now = context.clock.now()
  await context.db.withPlatform('idempotency', (tx) => forgetPlatformAnswers(tx, now))
  const before = endOf(now)
  const isDue = sql<boolean>`exists (
    select from idempotency_keys k where k.tenant_id = tenants.tenant_id and k.created_at <= ${before})`
  await forEachTenant(context, 'idempotency', isDue, async (tx) => {
    while ((await forgetBatch(tx, before)) === batchSize);
  })
}

async function forgetBatch(tx: PlatformTx, before: Date): Promise<number> {
  const forget = sql<number>`app.forget_idempotency_keys(${before}, ${batchSize})`
  const { count } = await tx.selectNoFrom(forget.as('count')).executeTakeFirstOrThrow()
  return count
}
