import { type SqlBool, sql } from 'kysely'
import Stripe from 'stripe'
import type { Context } from '../../context.ts'
import { AppError } from '../../errors.ts'
import { eachTenantId } from '../../jobs/each-tenant.ts'
import { relevantTypes, storeEvent } from './inbox.ts'
import { type Billing, isOutage, withBackOff } from './stripe.ts'
import { syncBilling } from './sync-billing.ts'

/**
 * Tenants compared at a time. A request takes some 100 to 300 ms, so these are 15 to 40 of them a second: of the 100
 * that Stripe answers, and the 25 of its test mode, enough is left for people who wait (docs.stripe.com/rate-limits).
 */
const atOnce = 4
/** After so many failures in a row that have nothing to do with the tenant, the rest is left for the next time. */
const mostFailuresInARow = 5
/** For so long Stripe tries to deliver an event: docs.stripe.com/webhooks#automatic-retries */
const deliveryMs = 3 * 86_400_000

const hasCustomer = sql<SqlBool>`status <> 'DELETED' and exists (
  select from billing_accounts account
  where account.tenant_id = tenants.tenant_id and account.customer_id is not null)`

/**
 * The job: stores the events that Stripe could not deliver, then compares every tenant that has a customer at Stripe
 * with what Stripe holds, and makes good what was missed. No transaction is open while Stripe is asked. Running twice
 * at once does no harm: what is written was never older than what it replaces. When the server stops, or Stripe or the
 * database is down, the rest is left for the next time.
 * @throws Error at the end when something failed, so that the job counts as failed
 */
export async function reconcileBilling(context: Context): Promise<void> {
  const { billing, log, metrics, readiness } = context
  if (!billing) return
  const tally = { undelivered: 0, compared: 0, repaired: 0, failed: 0 }
  let failuresInARow = 0
  const isOver = () => failuresInARow >= mostFailuresInARow || readiness.isDraining

  /** What fails is logged and keeps nobody else waiting. */
  async function attempt(what: object, work: () => Promise<void>): Promise<void> {
    try {
      await work()
      if (failuresInARow < mostFailuresInARow) failuresInARow = 0
    } catch (err) {
      tally.failed++
      failuresInARow = isEverybodys(err) ? failuresInARow + 1 : 0
      log.error({ err, ...what }, 'reconciliation with Stripe: something failed')
    }
  }

  await attempt({}, async () => {
    for await (const event of listUndelivered(context, billing)) {
      await attempt({ event: event.id }, async () => {
        const stored = await storeEvent(context, event, JSON.stringify(event), 'reconciliation')
        if (stored !== 'duplicate') tally.undelivered++
      })
      if (isOver()) break
    }
  })
  const tenantIds = eachTenantId(context, 'billing', hasCustomer)
  const compare = async () => {
    for await (const tenant_id of tenantIds) {
      if (isOver()) break
      await attempt({ tenant_id }, async () => {
        const result = await syncBilling(context, billing, tenant_id, 'reconciliation')
        if (!result) return
        tally.compared++
        const { changed, finding } = result
        if (changed.length === 0) return
        tally.repaired++
        metrics.billingRepairs.inc()
        log.warn(
          { tenant_id, changed, finding },
          'reconciliation with Stripe: a tenant was not as Stripe says',
        )
      })
    }
  }
  // Several take from one list; the first that finds that all is over ends it for the others, too.
  const ends = await Promise.allSettled(Array.from({ length: atOnce }, compare))
  log.info({ ...tally, is_complete: !isOver() }, 'reconciliation with Stripe')
  for (const end of ends) if (end.status === 'rejected') throw end.reason
  if (tally.failed > 0) throw new Error(`reconciliation with Stripe: ${tally.failed} failed`)
}

/** Whether what failed for one fails for all: Stripe cannot be reached, or not with this key, or the database cannot. */
function isEverybodys(error: unknown): boolean {
  const isKeyRefused = error instanceof Stripe.errors.StripeAuthenticationError
  return isKeyRefused || isOutage(error) || (error instanceof AppError && error.status === 503)
}

/** Stripe lists events by whole names, of at most 20 types. */
const subscriptionTypes = [
  'customer.subscription.created',
  'customer.subscription.updated',
  'customer.subscription.deleted',
  'customer.subscription.paused',
  'customer.subscription.resumed',
  'customer.subscription.trial_will_end',
  'customer.subscription.pending_update_applied',
  'customer.subscription.pending_update_expired',
] satisfies Stripe.Event.Type[]
const types = relevantTypes.flatMap((type) => (type === 'customer.subscription.' ? subscriptionTypes : type))

/**
 * The events of the last days that no webhook has answered with success, the newest first.
 * Source: docs.stripe.com/webhooks/process-undelivered-events
 */
async function* listUndelivered({ clock }: Context, { stripe }: Billing): AsyncGenerator<Stripe.Event, void> {
  const since = Math.floor((clock.now().getTime() - deliveryMs) / 1000)
  const query = { delivery_success: false, types, created: { gte: since }, limit: 100 }
  let after: string | undefined
  do {
    // Page by page, so that one that is answered 429 alone is asked for again.
    const page = await withBackOff(() =>
      stripe.events.list({ ...query, ...(after && { starting_after: after }) }),
    )
    yield* page.data
    after = page.has_more ? page.data.at(-1)?.id : undefined
  } while (after)
}
