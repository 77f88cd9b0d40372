import type { PlatformTx } from '../../db/database.ts'
import { parseTenantId, type TenantId } from '../../db/tenant-id.ts'
import { AppError } from '../../errors.ts'
import type { Origin } from '../audit/audit.ts'
import { auditForPlatform, auditOperatorAct, operatorOf } from '../audit/operator-audit.ts'
import { changePlan, type PlanChange } from '../plans/change-plan.ts'
import type { AdminPrincipal } from '../super-admins/access.ts'
import { recordChange } from './history.ts'
import { changeProfile, type Profile } from './profile.ts'
import { changeStatus, lockTenant, type TenantStatus } from './status.ts'

/** Who acts on which tenant, and when. */
export interface ActOnTenant {
  tenantId: TenantId
  admin: AdminPrincipal
  origin: Origin
  now: Date
}

/**
 * The tenant that a path names. The one for rows from before there were tenants is nobody's to change.
 * @throws AppError 404 `not_found` when it can be none
 */
export function getTenantId(text: string): TenantId {
  const tenantId = parseTenantId(text)
  if (!tenantId || tenantId === 'system-default') throw new AppError('not_found')
  return tenantId
}

/** What an operator changes of a tenant; what is left out stays. */
export interface TenantUpdate extends Pick<PlanChange, 'plan' | 'limits' | 'modules' | 'force' | 'reason'> {
  trialEndsAt?: Date
  profile?: Profile
}

/**
 * Changes what a tenant is and what it may use, and how long its trial lasts, with entries in both audit trails for what
 * was not so already. A tenant that is being deleted, or was, stays as it is.
 * @param tx one of withPlatform with this tenantId
 * @throws AppError as changePlan, which holds the tenant's row from then on, and changeTrialEnd
 */
export async function changeTenant(tx: PlatformTx, change: TenantUpdate, act: ActOnTenant): Promise<void> {
  const { trialEndsAt, profile, ...planChange } = change
  const { tenantId, admin, origin, now } = act
  const object = { type: 'tenant', id: tenantId }
  const actor = operatorOf(admin)
  const changed = await changePlan(tx, { ...planChange, tenantId, agent: 'operator', actor, ...origin, now })
  if (changed) auditForPlatform(tx, { ...act, ...changed, object, reason: change.reason })
  if (profile) await changeProfile(tx, { ...profile, reason: change.reason }, act)
  if (change.plan === 'FREE') await endTrialOfFree(tx, act)
  if (trialEndsAt) await changeTrialEnd(tx, { trialEndsAt, reason: change.reason }, act)
}

/** What costs nothing is not tried out: nobody is to pay at the end. */
async function endTrialOfFree(tx: PlatformTx, act: ActOnTenant): Promise<void> {
  const { status } = await lockTenant(tx, act.tenantId)
  if (status === 'TRIAL') await setStatus(tx, 'ACTIVE', 'The plan FREE has no trial', act)
}

/** Changes the status by an operator's hand, with entries in both audit trails. */
async function setStatus(tx: PlatformTx, to: TenantStatus, reason: string, act: ActOnTenant): Promise<void> {
  const { tenantId, admin, origin, now } = act
  const change = {
    tenantId,
    to,
    agent: 'operator',
    cause: reason,
    actor: operatorOf(admin),
    ...origin,
    now,
  } as const
  const action = await changeStatus(tx, change)
  const object = { type: 'tenant', id: tenantId }
  auditForPlatform(tx, { ...act, action, object, changedFields: ['status'], reason })
}

/**
 * Sets when a running trial ends; its owners are reminded of it anew.
 * @throws AppError 400 `invalid_request` when that is not in the future; 409 `status_not_allowed` without a trial
 */
async function changeTrialEnd(
  tx: PlatformTx,
  { trialEndsAt, reason }: { trialEndsAt: Date; reason?: string },
  act: ActOnTenant,
): Promise<void> {
  const { tenantId, now } = act
  const { status, trial_ends_at } = await lockTenant(tx, tenantId)
  if (status !== 'TRIAL') {
    const errors = [{ path: 'body.trial_ends_at', message: 'is only for a tenant in its trial' }]
    throw new AppError('status_not_allowed', { members: { from: status }, errors })
  }
  if (trialEndsAt <= now) {
    const errors = [{ path: 'body.trial_ends_at', message: 'should be in the future' }]
    throw new AppError('invalid_request', { errors })
  }
  if (trial_ends_at?.getTime() === trialEndsAt.getTime()) return
  await tx
    .updateTable('tenants')
    .set({ trial_ends_at: trialEndsAt, trial_notice: null, updated_at: now })
    .where('tenant_id', '=', tenantId)
    .execute()
  recordChange(tx, {
    tenantId,
    field: 'trial_ends_at',
    from: trial_ends_at,
    to: trialEndsAt,
    agent: 'operator',
    cause: reason ?? 'No reason was given',
    now,
  })
  auditOperatorAct(tx, {
    ...act,
    action: 'tenant.updated',
    object: { type: 'tenant', id: tenantId },
    changedFields: ['trial_ends_at'],
    reason,
  })
}

/** What an operator can do to the status of a tenant. */
export type StatusAct = 'suspend' | 'reactivate' | 'cancel'

/**
 * Suspends, reactivates or cancels a tenant, with entries in both audit trails. A tenant that was suspended in its
 * trial goes back to it; one whose trial is over becomes ACTIVE, such as one that pays by invoice.
 * @param tx one of withPlatform with this tenantId
 * @throws AppError 404 `not_found`; 409 `status_not_allowed`, also for what is so already
 */
export async function actOnStatus(
  tx: PlatformTx,
  what: StatusAct,
  reason: string,
  act: ActOnTenant,
): Promise<void> {
  const { plan, status, status_set_by, trial_ends_at } = await lockTenant(tx, act.tenantId)
  const hasTrial = trial_ends_at !== null && plan !== 'FREE'
  const isOver = trial_ends_at !== null && trial_ends_at <= act.now
  const targets: Record<StatusAct, TenantStatus> = {
    suspend: 'SUSPENDED',
    reactivate: status === 'SUSPENDED' && hasTrial ? 'TRIAL' : 'ACTIVE',
    cancel: 'CANCELLED',
  }
  const isSensible = {
    suspend: status !== 'SUSPENDED' || status_set_by !== 'operator',
    reactivate: status === 'SUSPENDED' || status === 'CANCELLED' || (status === 'TRIAL' && isOver),
    cancel: status !== 'CANCELLED',
  }
  const to = targets[what]
  if (!isSensible[what]) throw new AppError('status_not_allowed', { members: { from: status, to } })
  await setStatus(tx, to, reason, act)
}
