import { sql } from 'kysely'
import type { Context } from '../../context.ts'
import type { PlatformTx } from '../../db/database.ts'
import { decodeCursor, encodeCursor } from '../../db/keyset.ts'
import { AppError } from '../../errors.ts'
import type { Origin } from '../audit/audit.ts'
import { auditOperatorAct } from '../audit/operator-audit.ts'
import type { Keep } from '../idempotency/kept-answers.ts'
import type { AdminPrincipal } from '../super-admins/access.ts'
import { lockTenant } from '../tenants/status.ts'
import { enqueueSync } from './billing-account.ts'
import { findTenant, isRelevant } from './inbox.ts'
import { getBilling } from './stripe.ts'

/** What an event has brought about; one that waits is not applied yet. */
export const billingOutcomes = ['waiting', 'changed', 'unchanged', 'ignored', 'unmatched'] as const
export type BillingOutcome = (typeof billingOutcomes)[number]

/** Which events to list, the one that came in last first, and after which one. */
export interface BillingEventList {
  limit: number
  cursor?: string
  tenantId?: string
  type?: string
  outcome?: BillingOutcome
}

const sort = '-received_at'
/** As the inbox lets them in. */
const eventId = /^[!-~]{1,255}$/

/** An event of Stripe as operators see it, without what Stripe sent. */
function selectEvents(tx: PlatformTx) {
  return tx
    .selectFrom('billing_events')
    .select(['id', 'type', 'subject_tenant_id as tenant_id', 'customer_id', 'source', 'occurred_at'])
    .select(['received_at', 'applied_at', 'finding', 'replays'])
    .select(sql<BillingOutcome>`coalesce(outcome, 'waiting')`.as('outcome'))
}

/** One page of events and one row more, which tells of a next page. */
export function listBillingEvents(
  tx: PlatformTx,
  { limit, cursor, tenantId, type, outcome }: BillingEventList,
) {
  let query = selectEvents(tx)
  if (tenantId !== undefined) query = query.where('subject_tenant_id', '=', tenantId)
  if (type !== undefined) query = query.where('type', '=', type)
  if (outcome === 'waiting') query = query.where('applied_at', 'is', null)
  else if (outcome !== undefined) query = query.where('outcome', '=', outcome)
  if (cursor !== undefined) {
    const { value, id } = decodeCursor(cursor, sort, 'instant', eventId)
    query = query.where(sql<boolean>`(received_at, id) < (${value}::timestamptz, ${id})`)
  }
  return query
    .orderBy('received_at', 'desc')
    .orderBy('id', 'desc')
    .limit(sql.lit(limit + 1))
    .execute()
}

/** The cursor behind an event in the list. */
export function billingEventCursor({ id, received_at }: { id: string; received_at: Date }): string {
  return encodeCursor(sort, { value: received_at.toISOString(), id })
}

/**
 * One event with what Stripe sent.
 * @throws AppError 404 `not_found`
 */
export async function getBillingEvent(tx: PlatformTx, id: string) {
  const found = await selectEvents(tx).select('payload').where('id', '=', id).executeTakeFirst()
  if (!found) throw new AppError('not_found')
  return found
}

/**
 * Has an event wait again, for the tenant that it is about as far as is known by now, and that tenant compared with
 * Stripe, with an entry in both audit trails. What the event said once counts for nothing: what Stripe says now does.
 * @returns the event as it waits
 * @throws AppError 404 `not_found`; 409 `not_replayable` when nothing depends on its type or no tenant is known; 503
 *   `billing_not_configured`
 */
export async function replayBillingEvent(
  context: Context,
  id: string,
  { admin, origin, keep }: { admin: AdminPrincipal; origin: Origin; keep: Keep },
) {
  getBilling(context)
  const { db, clock } = context
  const { before, tenantId } = await db.withPlatform('billing', async (tx) => {
    const event = await getBillingEvent(tx, id)
    const { data } = event.payload as { data: { object: unknown } }
    const found = isRelevant(event.type) ? await findTenant(tx, data.object) : undefined
    return { before: event.tenant_id, tenantId: found }
  })
  if (!tenantId) throw new AppError('not_replayable')
  const moved = before === tenantId ? [] : ['subject_tenant_id']
  const replay = async (tx: PlatformTx) => {
    // Deleted since it was found.
    if ((await lockTenant(tx, tenantId)).status === 'DELETED') throw new AppError('not_replayable')
    await tx
      .updateTable('billing_events')
      .set({ subject_tenant_id: tenantId, applied_at: null, outcome: null, finding: null })
      .set('replays', sql<number>`replays + 1`)
      .where('id', '=', id)
      .execute()
    await enqueueSync(tx)
    auditOperatorAct(tx, {
      admin,
      tenantId,
      action: 'billing_event.replayed',
      object: { type: 'billing_event', id },
      changedFields: ['applied_at', 'outcome', 'replays', ...moved],
      origin,
      now: clock.now(),
    })
    const { payload: _, ...event } = await getBillingEvent(tx, id)
    return event
  }
  return db.withPlatform('billing', (tx) => keep(tx, () => replay(tx)), { tenantId })
}
