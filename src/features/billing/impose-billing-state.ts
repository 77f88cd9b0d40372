import { sql } from 'kysely'
import type { PlatformTx } from '../../db/database.ts'
import type { TenantId } from '../../db/tenant-id.ts'
import { type AuditEntry, writeAuditEntry } from '../audit/audit.ts'
import { changePlan } from '../plans/change-plan.ts'
import { recordChange } from '../tenants/history.ts'
import { sendPaymentNotice } from '../tenants/notices.ts'
import {
  type Agent,
  changeStatus,
  isAllowedChange,
  lockTenant,
  type TenantStatus,
} from '../tenants/status.ts'
import { accountColumns } from './billing-account.ts'
import type { BillingState } from './billing-state.ts'
import { storeIntent } from './customers.ts'
import { isOf, type Known, settleEvents } from './known.ts'

/** What is to be written of a tenant. */
interface Finding {
  tenantId: TenantId
  /** What was known before Stripe was asked. */
  known: Known
  customerId: string
  /** What Stripe said. */
  state: BillingState
  trigger: 'event' | 'reconciliation'
  now: Date
}

/** Everything that each of the changes names. */
interface Cause {
  tenantId: TenantId
  agent: 'billing'
  cause: string
  billingEventId?: string
  actor: AuditEntry['actor']
  ip: null
  requestId: string
  now: Date
}

/**
 * Writes what Stripe says of the transaction's tenant: plan, status, since when a payment is due, and that the events
 * which waited are settled. What an operator did stands until Stripe says something new: what was imposed before goes
 * over nothing that came after it.
 * @param tx one of withPlatform with this tenantId
 * @returns which fields of the tenant changed; undefined when somebody wrote since `known` was read
 */
export async function imposeBillingState(
  tx: PlatformTx,
  finding: Finding,
): Promise<{ changed: string[] } | undefined> {
  const { tenantId, known, customerId, state, now } = finding
  const tenant = await lockTenant(tx, tenantId)
  const from = { status: tenant.status as TenantStatus, setBy: tenant.status_set_by as Agent }
  const isGone = from.status === 'DELETING' || from.status === 'DELETED'
  // Of a tenant that is gone no row is made again.
  if (!known.account && !isGone) await storeIntent(tx, { tenantId, name: tenant.name, email: null, now })
  const account = await tx
    .selectFrom('billing_accounts')
    .select(accountColumns)
    .where('tenant_id', '=', tenantId)
    .forUpdate()
    .executeTakeFirst()
  if ((account?.version ?? '0') !== (known.account?.version ?? '0')) return undefined
  if (account?.customer_id && account.customer_id !== customerId) return undefined

  const { cause, newest } = causeOf(finding)
  const changed: string[] = []
  const isNewPlan = account?.applied_plan !== state.planFacts
  if (state.plan && !isGone && (isNewPlan || tenant.plan_set_by !== 'operator')) {
    const plan = { ...cause, plan: state.plan, force: true, reason: cause.cause }
    if (await changePlan(tx, plan)) changed.push('plan')
  }

  const to = state.status
  const isNewStatus = account?.applied_status !== state.statusFacts
  const isOurs = isNewStatus || from.setBy !== 'operator'
  // Whoever was cancelled and now owes has subscribed again before, whether that was seen or not.
  const [next, ...rest] = from.status === 'CANCELLED' && to === 'SUSPENDED' ? (['ACTIVE', to] as const) : [to]
  const isChanged = next && to !== from.status && isOurs && isAllowedChange(from, next, 'billing')
  if (isChanged) {
    for (const each of [next, ...rest]) await changeStatus(tx, { ...cause, to: each })
    changed.push('status')
  }
  // What Stripe says while an operator keeps the tenant suspended is new when they let go.
  const isHeld = from.status === 'SUSPENDED' && from.setBy === 'operator'
  const isAsSaid = (isChanged || to === from.status) && !isHeld
  if (isAsSaid && to !== 'CANCELLED') {
    // Reaching ACTIVE has emptied it.
    const before = isChanged && to === 'ACTIVE' ? null : tenant.past_due_since
    if (await setPastDueSince(tx, before, state, cause)) changed.push('past_due_since')
  }

  const { subscription } = state
  await tx
    .updateTable('billing_accounts')
    .set({
      customer_id: customerId,
      subscription_id: subscription?.id ?? null,
      subscription_status: subscription?.status ?? null,
      price_id: subscription?.priceId ?? null,
      quantity: subscription?.quantity ?? null,
      current_period_end: subscription?.currentPeriodEnd ?? null,
      cancel_at: subscription?.cancelAt ?? null,
      ...(to && !isHeld && { applied_status: state.statusFacts }),
      ...(state.plan && { applied_plan: state.planFacts }),
      version: sql<string>`version + 1`,
      synced_at: now,
      updated_at: now,
    })
    .where('tenant_id', '=', tenantId)
    .execute()
  const settled = { customerId, causeId: changed.length > 0 ? newest?.id : undefined }
  await settleEvents(tx, known.waiting, { ...settled, finding: state.finding, now })
  return { changed }
}

/** Whatever changes is put down to the newest of the events that waited. */
function causeOf({ tenantId, known, customerId, state, trigger, now }: Finding) {
  const newest = known.waiting.find((event) => isOf(customerId, event))
  const by = trigger === 'reconciliation' ? 'Reconciliation with Stripe' : 'Stripe'
  const cause: Cause = {
    tenantId,
    agent: 'billing',
    cause: `${newest ? `Stripe's event ${newest.id} (${newest.type})` : by}: ${state.finding}`,
    ...(newest && { billingEventId: newest.id }),
    actor: { kind: 'system', id: 'stripe' },
    ip: null,
    requestId: newest?.id ?? 'sync-billing',
    now,
  }
  return { cause, newest }
}

/** @returns whether it was otherwise before */
async function setPastDueSince(
  tx: PlatformTx,
  before: Date | null,
  { pastDueSince, status }: BillingState,
  { agent, actor, ip, requestId, cause, billingEventId, tenantId, now }: Cause,
): Promise<boolean> {
  if (before?.getTime() === pastDueSince?.getTime()) return false
  await tx
    .updateTable('tenants')
    .set({ past_due_since: pastDueSince, past_due_notice: null, updated_at: now })
    .where('tenant_id', '=', tenantId)
    .execute()
  // What is given up waiting for is not settled.
  const settled = status === 'ACTIVE' ? 'tenant.payment_settled' : 'tenant.updated'
  const action = pastDueSince ? 'tenant.payment_due' : settled
  const changedFields = ['past_due_since']
  const object = { type: 'tenant', id: tenantId }
  writeAuditEntry(tx, { actor, action, object, changedFields, reason: cause, ip, requestId, now })
  const known = { tenantId, agent, cause, billingEventId, now }
  recordChange(tx, { ...known, field: 'past_due_since', from: before, to: pastDueSince })
  if (pastDueSince) await sendPaymentNotice(tx, tenantId, now)
  return true
}
