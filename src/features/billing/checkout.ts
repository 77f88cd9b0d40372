import { sql } from 'kysely'
import type Stripe from 'stripe'
import type { Context } from '../../context.ts'
import type { PlatformTx } from '../../db/database.ts'
import type { TenantId } from '../../db/tenant-id.ts'
import { AppError } from '../../errors.ts'
import { type AuditEntry, actorOf, type Origin, writeAuditEntry } from '../audit/audit.ts'
import { type Keep, KeyTakenError, keepNothing } from '../idempotency/kept-answers.ts'
import type { MemberPrincipal } from '../members/access.ts'
import { isAllowed, type Role } from '../members/roles.ts'
import type { PlanName } from '../plans/plans.ts'
import { lockTenant, type TenantStatus } from '../tenants/status.ts'
import { forgetCustomer, getCustomer, type Intent, isCustomerMissing, storeIntent } from './customers.ts'
import { confirm, type Patience, startPatience } from './patience.ts'
import { closePage, openPage } from './payment-page.ts'
import { askStripe, getBilling, isDeletedCustomer } from './stripe.ts'

/** What an owner wants to buy. */
export interface CheckoutRequest {
  principal: MemberPrincipal
  plan: PlanName
  origin: Origin
  keep?: Keep
  /** The same for each repeat of this request, and of no other. */
  repeatId?: string | undefined
}

/** What is to be bought, for whom. */
interface Order {
  plan: PlanName
  tenant: { tenantId: MemberPrincipal['tenantId']; name: string; email: string | null }
  intent: Intent
  /** The catalogue's; null: the price that has the plan's name as lookup_key. */
  priceId: string | null
  quantity: number
}

/**
 * Opens a page at Stripe where the caller pays for a plan. Pages of theirs that were open are closed, and whoever has a
 * subscription is sent to the portal, so that nobody pays twice in two tabs. A request that is repeated is given the page
 * that it had before, also when whoever opened that is gone since: by then the page is open at Stripe under the id of
 * the request, and the first to come by takes it up.
 * @throws AppError 403 `tenant_pending`, `tenant_suspended` (by an operator), `tenant_cancelled` (for good); 409
 *   `plan_not_for_sale`, `already_subscribed`, `conflict` when another plan is gone to at the same time; 503
 *   `billing_not_configured`, `billing_unavailable`; 401 or 403 when the caller may not do this any more
 */
export async function startCheckout(
  context: Context,
  request: CheckoutRequest,
  patience = startPatience(),
): Promise<{ url: string; expires_at: Date | null }> {
  const { stripe } = getBilling(context)
  const { db, clock } = context
  const { principal, plan, origin, keep = keepNothing, repeatId } = request
  const { tenantId } = principal
  const order = await db.withPlatform('billing', (tx) => takeOrder(tx, request, clock.now()), { tenantId })
  const common = { tenantId, plan, quantity: order.quantity, repeatId }
  const page = await askStripe(async () => {
    const price = await findPrice(stripe, order, patience)
    const customer = await getCustomer(context, stripe, tenantId, order.intent, patience)
    try {
      return await openPage(context, stripe, { ...common, price, customer }, patience)
    } catch (error) {
      if (!isCustomerMissing(error)) throw error
      // Whom a key of another account does not know has not gone.
      if (!(await isDeletedCustomer(stripe, customer.id))) {
        throw new AppError('billing_unavailable', { cause: error })
      }
    }
    const now = clock.now()
    const gone = { ...order.tenant, customerId: customer.id, now }
    const intent = await db.withPlatform('billing', (tx) => replaceCustomer(tx, gone), { tenantId })
    const another = await getCustomer(context, stripe, tenantId, intent, patience)
    return openPage(context, stripe, { ...common, price, customer: another }, patience)
  })

  const started = {
    actor: actorOf(principal),
    action: 'billing.checkout_started',
    object: { type: 'checkout_session', id: page.id },
    changedFields: [],
    reason: `Plan ${plan}`,
    ...origin,
  }
  const record = async (tx: PlatformTx) => {
    await recordStart(tx, tenantId, { ...started, now: clock.now() })
    return { url: page.url, expires_at: page.expiresAt }
  }
  try {
    return await db.withPlatform('billing', (tx) => keep(tx, () => record(tx)), { tenantId })
  } catch (error) {
    // The page of a request that is repeated is the one that was answered to it.
    if (!(error instanceof KeyTakenError)) await closePage(stripe, page.id, patience).catch(() => undefined)
    throw error
  }
}

/** Stores the intent to make another customer, unless an operator has closed the tenant while Stripe was asked. */
async function replaceCustomer(tx: PlatformTx, gone: Parameters<typeof forgetCustomer>[1]): Promise<Intent> {
  refuseClosed(await lockTenant(tx, gone.tenantId))
  return forgetCustomer(tx, gone)
}

/** Leaves the audit entry, unless an operator has closed the tenant while Stripe was asked. */
async function recordStart(tx: PlatformTx, tenantId: TenantId, entry: AuditEntry): Promise<void> {
  const { status, status_set_by } = await lockTenant(tx, tenantId)
  refuseClosed({ status, status_set_by })
  writeAuditEntry(tx, entry)
}

/** Checks who buys what, and stores that the tenant is to have a customer. The caller's rights may have gone since. */
async function takeOrder(
  tx: PlatformTx,
  { principal: { tenantId, membershipId }, plan }: CheckoutRequest,
  now: Date,
): Promise<Order> {
  const found = await tx
    .selectFrom('tenants')
    .leftJoin('memberships', (join) =>
      join
        .onRef('memberships.tenant_id', '=', 'tenants.tenant_id')
        .on('memberships.id', '=', membershipId)
        .on('memberships.status', '=', 'active'),
    )
    .innerJoin('plans', (join) => join.on('plans.plan', '=', plan))
    .select(['tenants.name', 'tenants.company_email', 'tenants.status', 'tenants.status_set_by'])
    .select(['memberships.role', 'plans.stripe_price_id', 'plans.price_is_per_seat'])
    .select((eb) =>
      eb
        .selectFrom('memberships as seats')
        .select(sql<number>`count(*)::int`.as('count'))
        .whereRef('seats.tenant_id', '=', 'tenants.tenant_id')
        .where('seats.status', '=', 'active')
        .as('seats'),
    )
    .where('tenants.tenant_id', '=', tenantId)
    .executeTakeFirstOrThrow()
  if (!found.role) throw new AppError('unauthenticated')
  if (!isAllowed(found.role as Role, 'billing:manage')) throw new AppError('insufficient_role')
  refuseClosed(found)
  if (plan === 'FREE') throw new AppError('plan_not_for_sale')
  const tenant = { tenantId, name: found.name, email: found.company_email }
  const intent = await storeIntent(tx, { ...tenant, now })
  const quantity = found.price_is_per_seat ? (found.seats ?? 1) : 1
  return { plan, tenant, intent, priceId: found.stripe_price_id, quantity }
}

/** A tenant whose trial is over, who has not paid or was cancelled comes back by paying; these do not. */
function refuseClosed({ status, status_set_by }: { status: string; status_set_by: string }): void {
  switch (status as TenantStatus) {
    case 'PENDING':
      throw new AppError('tenant_pending')
    case 'SUSPENDED':
      if (status_set_by === 'operator') throw new AppError('tenant_suspended')
      return
    case 'DELETING':
    case 'DELETED':
      throw new AppError('tenant_cancelled')
  }
}

/** The price that a plan is sold by. @throws AppError 409 `plan_not_for_sale` without one */
async function findPrice(stripe: Stripe, { plan, priceId }: Order, patience: Patience): Promise<string> {
  if (priceId) return priceId
  const lookupKey = plan.toLowerCase()
  const asked = { lookup_keys: [lookupKey], active: true }
  const { data } = confirm(await stripe.prices.list(asked, patience()), 'list')
  const price = data.find(({ lookup_key, active }) => lookup_key === lookupKey && active)
  if (!price) throw new AppError('plan_not_for_sale')
  return price.id
}
