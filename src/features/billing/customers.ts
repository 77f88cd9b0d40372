import Stripe from 'stripe'
import type { Context } from '../../context.ts'
import type { PlatformTx } from '../../db/database.ts'
import type { TenantId } from '../../db/tenant-id.ts'
import { newId } from '../../new-id.ts'
import { confirm, type Patience } from './patience.ts'
import { isMissing } from './stripe.ts'

/** For so long a key of ours is relied on: Stripe forgets it after 24 hours (docs.stripe.com/api/idempotent_requests). */
const keyMs = 20 * 3_600_000

/** How far Stripe's clock and ours may be apart. */
const clockSkewMs = 3_600_000

/** The customer of a tenant: made already, or to be made with exactly this. */
export interface Intent {
  id: string
  customer_name: string
  customer_email: string | null
  customer_id: string | null
  subscription_status: string | null
  created_at: Date
  updated_at: Date
}

/**
 * Stores that the transaction's tenant is to have a customer at Stripe, unless that is stored already. It is committed
 * before Stripe is asked: whatever happens then, who comes next goes on from here.
 * @param tx one of withPlatform with this tenantId
 */
export async function storeIntent(
  tx: PlatformTx,
  { tenantId, name, email, now }: { tenantId: TenantId; name: string; email: string | null; now: Date },
): Promise<Intent> {
  await tx
    .insertInto('billing_accounts')
    .values({
      tenant_id: tenantId,
      id: newId(now),
      customer_name: name,
      customer_email: email,
      created_at: now,
      updated_at: now,
    })
    .onConflict((conflict) => conflict.column('tenant_id').doNothing())
    .execute()
  return tx
    .selectFrom('billing_accounts')
    .select(['id', 'customer_name', 'customer_email', 'customer_id', 'subscription_status'])
    .select(['created_at', 'updated_at'])
    .where('tenant_id', '=', tenantId)
    .executeTakeFirstOrThrow()
}

/**
 * The tenant's customer at Stripe, which is made where there is none yet: once, whoever asks at the same time and
 * whatever got lost on the way, since all of them send the same request under the same key. Where the key may be
 * forgotten by now, Stripe's customers are searched first. No transaction is open meanwhile.
 * @throws what Stripe's client throws; AppError 503 `billing_unavailable` for an answer that is none of Stripe's
 */
export async function getCustomer(
  context: Context,
  stripe: Stripe,
  tenantId: TenantId,
  intent: Intent,
  patience: Patience,
): Promise<{ id: string; isNew: boolean }> {
  if (intent.customer_id) return { id: intent.customer_id, isNew: false }
  const found = await findCustomer(stripe, tenantId, intent, context.clock.now(), patience)
  const id = found ?? (await createCustomer(context, stripe, tenantId, intent, patience))
  const stored = await context.db.withPlatform(
    'billing',
    (tx) =>
      tx
        .updateTable('billing_accounts')
        .set((eb) => ({
          customer_id: eb.fn.coalesce('customer_id', eb.val(id)),
          updated_at: context.clock.now(),
        }))
        .where('tenant_id', '=', tenantId)
        .returning('customer_id')
        .executeTakeFirst(),
    { tenantId },
  )
  // Of a tenant that was deleted meanwhile nothing is stored.
  return { id: stored?.customer_id ?? id, isNew: !found && stored?.customer_id === id }
}

/**
 * The first of the customers that were made for a tenant under keys that are forgotten by now, or were given up. What
 * was made a moment ago only a list shows: a search may be a minute behind (docs.stripe.com/search#data-freshness).
 */
async function findCustomer(
  stripe: Stripe,
  tenantId: TenantId,
  { created_at, updated_at }: Intent,
  now: Date,
  patience: Patience,
): Promise<string | undefined> {
  const found: Stripe.Customer[] = []
  if (updated_at > created_at) {
    const since = Math.max(created_at.getTime(), updated_at.getTime() - keyMs) - clockSkewMs
    const asked = { created: { gte: Math.floor(since / 1000) }, limit: 100 }
    found.push(...(await stripe.customers.list(asked, patience()).autoPagingToArray({ limit: 10_000 })))
  }
  if (now.getTime() - created_at.getTime() > keyMs) {
    const asked = { query: `metadata['tenant_id']:'${tenantId}'`, limit: 100 }
    found.push(...confirm(await stripe.customers.search(asked, patience()), 'search_result').data)
  }
  const ours = found.filter(({ metadata, deleted }) => metadata.tenant_id === tenantId && !deleted)
  return ours.toSorted((one, other) => one.created - other.created)[0]?.id
}

async function createCustomer(
  context: Context,
  stripe: Stripe,
  tenantId: TenantId,
  intent: Intent,
  patience: Patience,
): Promise<string> {
  const { id, customer_name: name, customer_email: email } = intent
  const customer = { name, ...(email && { email }), metadata: { tenant_id: tenantId } }
  const idempotencyKey = `tenantry-customer-${tenantId}-${id}`
  try {
    return confirm(await stripe.customers.create(customer, { ...patience(), idempotencyKey }), 'customer').id
  } catch (error) {
    // Stripe keeps what it answered to a key, failures of its own included: for a day the same would come back.
    const isKept = error instanceof Stripe.errors.StripeAPIError && (error.statusCode ?? 0) >= 500
    if (isKept) await renewKey(context, tenantId, intent)
    throw error
  }
}

/** Another key from now on; that Stripe has the customer already, who comes next finds out. */
async function renewKey(
  { db, clock }: Context,
  tenantId: TenantId,
  { id, created_at }: Intent,
): Promise<void> {
  // Later than the intent in any case: that is how it is known to be another.
  const now = new Date(Math.max(clock.now().getTime(), created_at.getTime() + 1))
  await db.withPlatform(
    'billing',
    (tx) =>
      tx
        .updateTable('billing_accounts')
        .set({ id: newId(now), updated_at: now })
        .where('tenant_id', '=', tenantId)
        .where('id', '=', id)
        .where('customer_id', 'is', null)
        .execute(),
    { tenantId },
  )
}

/** Whether Stripe says that the customer is gone. */
export function isCustomerMissing(error: unknown): boolean {
  return isMissing(error) && (error as Stripe.errors.StripeInvalidRequestError).param === 'customer'
}

/**
 * Forgets a customer who was deleted at Stripe, and stores the intent to make another. Who has read of the one
 * before reads anew.
 * @param tx one of withPlatform with this tenantId
 */
export async function forgetCustomer(
  tx: PlatformTx,
  {
    customerId,
    ...tenant
  }: { tenantId: TenantId; customerId: string; name: string; email: string | null; now: Date },
): Promise<Intent> {
  const { tenantId, name, email, now } = tenant
  await tx
    .updateTable('billing_accounts')
    .set((eb) => ({
      id: newId(now),
      customer_name: name,
      customer_email: email,
      customer_id: null,
      version: eb('version', '+', '1'),
      created_at: now,
      updated_at: now,
    }))
    .where('tenant_id', '=', tenantId)
    .where('customer_id', '=', customerId)
    .execute()
  return storeIntent(tx, tenant)
}
