import { sql } from 'kysely'
import type { PlatformTx } from '../../db/database.ts'
import type { TenantId } from '../../db/tenant-id.ts'
import { accountColumns, listCataloguePrices } from './billing-account.ts'
import type { CataloguePrice } from './billing-state.ts'

/** An event that waits for its effect. */
interface WaitingEvent {
  id: string
  type: string
  customer_id: string | null
}

/** What is known of a tenant before Stripe is asked. */
export interface Known {
  /** Undefined: nothing was ever written about this tenant. */
  account: Awaited<ReturnType<typeof findAccount>>
  /** For a tenant without a customer at Stripe: those that its events name and that are no other tenant's. */
  unclaimed: string[]
  /** The newest first. */
  waiting: WaitingEvent[]
  catalogue: CataloguePrice[]
  /** What began before has been cancelled by an operator. */
  cancelBefore: Date | null
  /** Checkout pages that were opened before are closed: nobody is to pay who is not let in for it. */
  closePagesBefore: Date | null
  /** Members who are active: what a subscription by seats is for. */
  seats: number
}

/** Reads what is known of a tenant: events that wait by then were sent before Stripe is asked. */
export async function readKnown(tx: PlatformTx, tenantId: TenantId): Promise<Known> {
  const account = await findAccount(tx, tenantId)
  const waiting = await tx
    .selectFrom('billing_events')
    .select(['id', 'type', 'customer_id'])
    .where('subject_tenant_id', '=', tenantId)
    .where('applied_at', 'is', null)
    .orderBy('occurred_at', 'desc')
    .orderBy('id', 'desc')
    .execute()
  const { status, status_set_by, seats } = await tx
    .selectFrom('tenants')
    .select([
      'status',
      'status_set_by',
      sql<number>`(select count(*)::int from memberships m
        where m.tenant_id = tenants.tenant_id and m.status = 'active')`.as('seats'),
    ])
    .where('tenant_id', '=', tenantId)
    .executeTakeFirstOrThrow()
  const isGone = status === 'DELETING' || status === 'DELETED'
  const isHeld = status === 'SUSPENDED' && status_set_by === 'operator'
  const cancelBefore = isGone ? endOfTime : (account?.cancel_before ?? null)
  return {
    account,
    unclaimed: account?.customer_id ? [] : await listUnclaimed(tx, tenantId, waiting),
    waiting,
    catalogue: await listCataloguePrices(tx),
    // Who is gone is charged for nothing, whenever it began.
    cancelBefore,
    closePagesBefore: isHeld ? endOfTime : cancelBefore,
    seats,
  }
}

const endOfTime = new Date(8_640_000_000_000_000)

/** What is known of a tenant at Stripe; undefined before its first checkout or event. */
export function findAccount(tx: PlatformTx, tenantId: TenantId) {
  return tx
    .selectFrom('billing_accounts')
    .select(accountColumns)
    .where('tenant_id', '=', tenantId)
    .executeTakeFirst()
}

/** The customers that a tenant's events name and that are no other tenant's: what an event says takes over nobody's. */
async function listUnclaimed(tx: PlatformTx, tenantId: TenantId, waiting: WaitingEvent[]): Promise<string[]> {
  const named = [...new Set(waiting.flatMap(({ customer_id }) => customer_id ?? []))]
  if (named.length === 0) return []
  const claimed = await tx
    .selectFrom('billing_accounts')
    .select('customer_id')
    .where('customer_id', '=', sql<string>`any(${named}::text[])`)
    .where('tenant_id', '<>', tenantId)
    .execute()
  return named.filter((id) => claimed.every(({ customer_id }) => customer_id !== id))
}

/**
 * Notes that events have had their effect: those of the tenant's customer, if it has one. The others have none.
 * @param settled `causeId`: the event that changes are put down to, where there are any
 */
export async function settleEvents(
  tx: PlatformTx,
  waiting: WaitingEvent[],
  settled: { customerId?: string; causeId?: string | undefined; finding?: string; now: Date },
): Promise<void> {
  const { customerId, causeId, now } = settled
  const outcomeOf = (event: WaitingEvent) => {
    if (!customerId || !isOf(customerId, event)) return 'unmatched'
    return event.id === causeId ? 'changed' : 'unchanged'
  }
  for (const [outcome, events] of Map.groupBy(waiting, outcomeOf)) {
    const ids = events.map(({ id }) => id)
    const finding = outcome === 'unmatched' ? 'it is of no customer of this tenant' : settled.finding
    await tx
      .updateTable('billing_events')
      .set({ applied_at: now, outcome, finding })
      .where('id', '=', sql<string>`any(${ids}::text[])`)
      .execute()
  }
}

/** Whether an event is of a customer, or of none in particular. */
export function isOf(customerId: string, { customer_id }: WaitingEvent): boolean {
  return customer_id === null || customer_id === customerId
}
