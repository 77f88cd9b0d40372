import type Stripe from 'stripe'
import type { Context } from '../../context.ts'
import type { PlatformTx } from '../../db/database.ts'
import { parseTenantId, type TenantId } from '../../db/tenant-id.ts'
import type { JobInfo } from '../../jobs/job-info.ts'
import { lockTenant } from '../tenants/status.ts'
import { type BillingState, dueSinceOf, readBillingState } from './billing-state.ts'
import { imposeBillingState } from './impose-billing-state.ts'
import { findAccount, isOf, type Known, readKnown, settleEvents } from './known.ts'
import { type Billing, instantOf, isDeletedCustomer, isMissing, isRefused, withBackOff } from './stripe.ts'

/** How often what was read may turn out to be outdated before the job is left to its next try. */
const attempts = 5

/** What comparing a tenant with Stripe came to. */
export interface SyncResult {
  /** The fields of the tenant that were not as Stripe says, and are now. */
  changed: string[]
  /** What Stripe says, in a sentence. */
  finding: string
}

/** The job: compares its tenant with Stripe. Without keys there is nothing to compare with. */
export async function syncBillingJob(context: Context, _payload: object, job: JobInfo): Promise<void> {
  const tenantId = parseTenantId(job.tenantId)
  if (!tenantId) throw new Error('a tenant is compared with Stripe')
  if (context.billing) await syncBilling(context, context.billing, tenantId, 'event')
}

/**
 * Makes a tenant's plan and status what Stripe says of its subscriptions by now, and settles the events of it that
 * waited: all in one go, since what Stripe holds now is later than every event. Whatever order they came in, and
 * whichever got lost, the outcome is the same. No transaction is open while Stripe is asked. What was read is written
 * only if nobody has written since the reading began (the account's version), and else read anew; so what is
 * written was never older than what it replaces.
 * @param trigger what an entry in the audit trail names as the cause where no event waits
 * @returns undefined for a tenant without a customer at Stripe
 * @throws what Stripe's client throws; Error when others wrote first each time
 */
export async function syncBilling(
  context: Pick<Context, 'db' | 'clock' | 'log'>,
  billing: Billing,
  tenantId: TenantId,
  trigger: 'event' | 'reconciliation',
): Promise<SyncResult | undefined> {
  const changed: string[] = []
  for (let attempt = 0; attempt < attempts; attempt++) {
    const known = await context.db.withPlatform('billing', (tx) => readKnown(tx, tenantId), { tenantId })
    const customerId = known.account?.customer_id ?? (await findCustomer(billing.stripe, known))
    if (!customerId) {
      const isSettled = await context.db.withPlatform(
        'billing',
        (tx) => settleUnmatched(tx, tenantId, known, context),
        {
          tenantId,
        },
      )
      if (!isSettled) continue
      return undefined
    }
    // What is bought on a page from before an operator cancelled would look like a wish to come back, and who is
    // suspended by one is not let in for paying.
    if (known.closePagesBefore) await closePages(billing.stripe, customerId, known.closePagesBefore)
    const state = await readStripe(billing.stripe, customerId, known, context.clock.now())
    const written = await context.db.withPlatform(
      'billing',
      (tx) => {
        const now = context.clock.now()
        return imposeBillingState(tx, { tenantId, known, customerId, state, trigger, now })
      },
      { tenantId },
    )
    if (!written) continue
    changed.push(...written.changed)
    for (const { id, type } of known.waiting.filter((event) => !isOf(customerId, event))) {
      context.log.warn(
        { tenant_id: tenantId, event: id, type },
        "billing: an event is of another customer than the tenant's",
      )
    }
    for (const alert of state.alerts) context.log.warn({ tenant_id: tenantId }, `billing: ${alert}`)
    // Behind the commit: what an operator undid in time is not cancelled. Should this fail, the next run sees to it.
    if (!(await cancelSubscriptions(context, billing.stripe, tenantId, state.toCancel))) continue
    // What that made of the subscription is read anew, too.
    if (await followSeats(billing.stripe, state, known)) continue
    return { changed, finding: state.finding }
  }
  throw new Error('this tenant changed each time before it could be written about')
}

/** The customer that only events tell of, as long as there is one: who was deleted is nobody's any more. */
async function findCustomer(stripe: Stripe, { unclaimed }: Known): Promise<string | undefined> {
  for (const id of unclaimed) {
    const customer = await unlessMissing(() => stripe.customers.retrieve(id))
    if (customer && !customer.deleted) return id
  }
  return undefined
}

/** What Stripe holds of a customer's subscriptions at this moment. */
async function readStripe(
  stripe: Stripe,
  customerId: string,
  { account, catalogue, cancelBefore }: Known,
  now: Date,
): Promise<BillingState> {
  const subscriptions = await listSubscriptions(stripe, customerId, account?.subscription_id ?? null)
  const since = new Map<string, Date>()
  for (const { id, status } of subscriptions) {
    if (status !== 'past_due') continue
    const due = await findDueSince(stripe, id)
    if (due) since.set(id, due)
  }
  const dueSince = (id: string) => since.get(id)
  const cancelledId = account?.cancelled_subscription_id ?? null
  return readBillingState({ subscriptions, dueSince, catalogue, cancelBefore, cancelledId, now })
}

/**
 * Every subscription that a customer has had; of a customer who was deleted the one that is known here.
 * @throws Error when Stripe has never heard of the customer: then the key is of another account, and says nothing
 */
async function listSubscriptions(
  stripe: Stripe,
  customer: string,
  knownId: string | null,
): Promise<Stripe.Subscription[]> {
  const listed = await unlessMissing(() =>
    stripe.subscriptions
      .list({ customer, status: 'all', limit: 100, expand: ['data.latest_invoice'] })
      .autoPagingToArray({ limit: 1_000 }),
  )
  if (listed) return listed
  if (!(await isDeletedCustomer(stripe, customer))) {
    throw new Error(
      `Stripe does not know the customer ${customer}: is the key of the right account and mode?`,
    )
  }
  const expand = ['latest_invoice']
  const retrieved = knownId && (await unlessMissing(() => stripe.subscriptions.retrieve(knownId, { expand })))
  return retrieved ? [retrieved] : []
}

/** Since when the oldest invoice of a subscription that is not paid is due. */
async function findDueSince(stripe: Stripe, subscription: string): Promise<Date | undefined> {
  const invoices = await withBackOff(() =>
    stripe.invoices.list({ subscription, status: 'open', limit: 100 }).autoPagingToArray({ limit: 1_000 }),
  )
  const due = invoices.map(dueSinceOf).toSorted((one, other) => one.getTime() - other.getTime())
  return due[0]
}

/** Closes the Checkout pages of a customer that were opened before an instant; one that was paid for by now stays so. */
async function closePages(stripe: Stripe, customer: string, before: Date): Promise<void> {
  const asked = { customer, status: 'open', limit: 100 } as const
  const open = await unlessMissing(() => stripe.checkout.sessions.list(asked))
  for (const { id, created } of open?.data ?? []) {
    if (instantOf(created) > before) continue
    await withBackOff(() => stripe.checkout.sessions.expire(id)).catch((error) => {
      if (!isRefused(error)) throw error
    })
  }
}

/**
 * Ends subscriptions at once; that one has ended already is as well. Before each try it is asked whether they are still
 * to end: an operator may have thought better of it while Stripe was too busy.
 * @returns false when they have
 */
async function cancelSubscriptions(
  { db }: Pick<Context, 'db'>,
  stripe: Stripe,
  tenantId: TenantId,
  ids: string[],
): Promise<boolean> {
  const isToEnd = async () =>
    (await db.withPlatform('billing', (tx) => readKnown(tx, tenantId), { tenantId })).cancelBefore !== null
  const failures: unknown[] = []
  for (const id of ids) {
    try {
      const isEnded = await unlessMissing(async () => {
        if (!(await isToEnd())) return false
        await stripe.subscriptions.cancel(id, {}, { maxNetworkRetries: 0, timeout: 5_000 })
        return true
      })
      if (isEnded === false) return false
    } catch (error) {
      failures.push(error)
    }
  }
  if (failures.length > 0) throw failures[0]
  return true
}

/** Settles what waits of a tenant that has no customer, unless it got one meanwhile. @returns whether it had none */
async function settleUnmatched(
  tx: PlatformTx,
  tenantId: TenantId,
  { waiting }: Known,
  { clock }: Pick<Context, 'clock'>,
): Promise<boolean> {
  await lockTenant(tx, tenantId)
  if ((await findAccount(tx, tenantId))?.customer_id) return false
  await settleEvents(tx, waiting, { now: clock.now() })
  return true
}

async function unlessMissing<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await withBackOff(ask)
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

/**
 * Has Stripe charge for as many members as there are where the price is for each, and else once: who changes from one
 * to the other in the portal takes the quantity along.
 * @returns whether the subscription is another one now: changed by that, or ended since it was read
 */
async function followSeats(
  stripe: Stripe,
  { subscription }: BillingState,
  { seats }: Known,
): Promise<boolean> {
  if (!subscription || !['active', 'trialing', 'past_due'].includes(subscription.status)) return false
  const { id, itemId, isPerSeat } = subscription
  const quantity = isPerSeat ? seats : 1
  const isCounted = isPerSeat !== undefined && subscription.quantity !== null && quantity > 0
  if (!isCounted || quantity === subscription.quantity) return false
  try {
    await withBackOff(() => stripe.subscriptions.update(id, { items: [{ id: itemId, quantity }] }))
  } catch (error) {
    // Of one that has ended Stripe lets nobody change the items.
    if (!isRefused(error) || !(await hasEnded(stripe, id))) throw error
  }
  return true
}

async function hasEnded(stripe: Stripe, id: string): Promise<boolean> {
  return (await withBackOff(() => stripe.subscriptions.retrieve(id))).ended_at !== null
}
