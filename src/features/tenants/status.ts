import { sql } from 'kysely'
import type { PlatformTx } from '../../db/database.ts'
import type { TenantId } from '../../db/tenant-id.ts'
import { AppError } from '../../errors.ts'
import { type AuditEntry, type Origin, writeAuditEntry } from '../audit/audit.ts'
import { followOperator } from '../billing/billing-account.ts'
import { recordChange } from './history.ts'
import { mailOwners, type TenantMailTemplate } from './tenant-mails.ts'

/** The life of a tenant: PENDING → TRIAL → ACTIVE ⇄ SUSPENDED → CANCELLED → DELETING → DELETED (its id stays taken). */
export const tenantStatuses = [
  'PENDING',
  'TRIAL',
  'ACTIVE',
  'SUSPENDED',
  'CANCELLED',
  'DELETING',
  'DELETED',
] as const
export type TenantStatus = (typeof tenantStatuses)[number]

/**
 * Who can cause a change: the platform by itself (an address confirmed, the rows of a tenant gone), what Stripe says of
 * a subscription, or an operator.
 */
export type Agent = 'system' | 'billing' | 'operator'

/**
 * Every change there is, from → to, and who may cause it. The trigger tenants_status in db/migrations holds the same
 * for whatever writes to the table.
 */
export const transitions: Record<TenantStatus, Partial<Record<TenantStatus, readonly Agent[]>>> = {
  PENDING: {
    TRIAL: ['system', 'operator'],
    ACTIVE: ['system', 'operator'],
    CANCELLED: ['operator'],
    DELETING: ['operator'],
  },
  TRIAL: {
    ACTIVE: ['billing', 'operator'],
    SUSPENDED: ['billing', 'operator'],
    CANCELLED: ['billing', 'operator'],
    DELETING: ['operator'],
  },
  ACTIVE: {
    SUSPENDED: ['billing', 'operator'],
    CANCELLED: ['billing', 'operator'],
    DELETING: ['operator'],
  },
  SUSPENDED: {
    TRIAL: ['operator'],
    ACTIVE: ['billing', 'operator'],
    SUSPENDED: ['operator'],
    CANCELLED: ['billing', 'operator'],
    DELETING: ['operator'],
  },
  CANCELLED: {
    ACTIVE: ['billing', 'operator'],
    DELETING: ['operator'],
  },
  DELETING: { DELETED: ['system', 'operator'] },
  DELETED: {},
}

const trial: TrialOrDebt[] = ['trial_ends_at', 'trial_notice']
const debt: TrialOrDebt[] = ['past_due_since', 'past_due_notice']

/** What reaching a status does beside setting it: the audit trail's word for it, a mail, columns that are emptied. */
const effects: Record<TenantStatus, { action: string; mail?: TenantMailTemplate; forgets?: TrialOrDebt[] }> =
  {
    PENDING: { action: 'tenant.created' },
    TRIAL: { action: 'tenant.trial_started', forgets: debt },
    ACTIVE: { action: 'tenant.activated', forgets: [...trial, ...debt] },
    SUSPENDED: { action: 'tenant.suspended', mail: 'suspended' },
    CANCELLED: { action: 'tenant.cancelled', mail: 'cancelled', forgets: debt },
    DELETING: { action: 'tenant.deletion_started' },
    DELETED: { action: 'tenant.deleted' },
  }
type TrialOrDebt = 'trial_ends_at' | 'trial_notice' | 'past_due_since' | 'past_due_notice'

/** What a change of status is made of. */
export interface StatusChange extends Origin {
  tenantId: TenantId
  to: TenantStatus
  agent: Agent
  /** Why, for the audit trail and for whoever asks: an operator's words, an event's id, a rule. */
  cause: string
  actor: AuditEntry['actor']
  /** The event of Stripe that it follows from. */
  billingEventId?: string
  /** For TRIAL: when it ends. Where it is left out the end that is known already stays; without any there is no trial. */
  trialEndsAt?: Date
  now: Date
}

/** Whether a tenant of this status, set by this agent, may change to another one by the hand of an agent. */
export function isAllowedChange(
  from: { status: TenantStatus; setBy: Agent },
  to: TenantStatus,
  agent: Agent,
): boolean {
  // What an operator suspended, only an operator lets go.
  if (from.status === 'SUSPENDED' && from.setBy === 'operator' && agent !== 'operator') return false
  return transitions[from.status][to]?.includes(agent) ?? false
}

/**
 * Changes the status of the transaction's tenant, with everything that comes with it: its entry in the audit trail with
 * the cause, and mail to its owners; what an operator did Stripe is to follow. Every change goes through here but the
 * last, DELETING → DELETED: performDeletion writes it with the tombstone, and into the platform's audit trail, since the
 * tenant's own is gone.
 * @param tx one of withPlatform with this tenantId
 * @returns the audit trail's word for it
 * @throws AppError 404 `not_found`; 409 `status_not_allowed`, from a status that does not lead there, or for this agent
 */
export async function changeStatus(tx: PlatformTx, change: StatusChange): Promise<string> {
  const { tenantId, to, agent, cause, now } = change
  const tenant = await lockTenant(tx, tenantId)
  const from = { status: tenant.status as TenantStatus, setBy: tenant.status_set_by as Agent }
  const hasEnd = (change.trialEndsAt ?? tenant.trial_ends_at) !== null
  if (!isAllowedChange(from, to, agent) || (to === 'TRIAL' && !hasEnd)) {
    throw new AppError('status_not_allowed', { members: { from: from.status, to } })
  }
  const { mail, forgets = [] } = effects[to]
  const isResumed = from.status === 'SUSPENDED' && to === 'TRIAL'
  const action = isResumed ? 'tenant.trial_resumed' : effects[to].action
  const newEnd = change.trialEndsAt && { trial_ends_at: change.trialEndsAt }
  // Of another end the owners are reminded anew, and who has subscribed is past their trial, whatever came of it.
  const outdated: TrialOrDebt[] = newEnd ? ['trial_notice'] : agent === 'billing' ? trial : []
  const emptied = [...new Set([...forgets, ...outdated])].filter((name) => tenant[name] !== null)
  await tx
    .updateTable('tenants')
    .set({
      status: to,
      status_reason: cause,
      status_set_by: agent,
      status_changed_at: now,
      updated_at: now,
      ...Object.fromEntries(emptied.map((name) => [name, null])),
      ...newEnd,
    })
    .where('tenant_id', '=', tenantId)
    .execute()
  const { actor, ip, requestId } = change
  writeAuditEntry(tx, {
    actor,
    action,
    object: { type: 'tenant', id: tenantId },
    changedFields: ['status', ...emptied, ...Object.keys(newEnd ?? {})],
    reason: cause,
    ip,
    requestId,
    now,
  })
  const known = { tenantId, agent, cause, billingEventId: change.billingEventId, now }
  recordChange(tx, { ...known, field: 'status', from: from.status, to })
  if (newEnd && newEnd.trial_ends_at.getTime() !== tenant.trial_ends_at?.getTime()) {
    recordChange(tx, {
      ...known,
      field: 'trial_ends_at',
      from: tenant.trial_ends_at,
      to: newEnd.trial_ends_at,
    })
  }
  if (emptied.includes('past_due_since')) {
    recordChange(tx, { ...known, field: 'past_due_since', from: tenant.past_due_since, to: null })
  }
  if (agent === 'operator') await followOperator(tx, { tenantId, to, now })
  // Who was suspended before has been told.
  if (mail && from.status !== to) await mailOwners(tx, { tenantId, template: mail })
  return action
}

/**
 * The row of a tenant, held against every other change until the transaction ends.
 * @throws AppError 404 `not_found`
 */
export async function lockTenant(tx: PlatformTx, tenantId: TenantId) {
  const tenant = await tx
    .selectFrom('tenants')
    .select(['name', 'plan', 'status', 'status_set_by', 'trial_ends_at', 'trial_notice'])
    .select(['past_due_since', 'past_due_notice', 'plan_set_by', 'limit_overrides', 'module_overrides'])
    .where('tenant_id', '=', tenantId)
    .modifyEnd(sql`for no key update`)
    .executeTakeFirst()
  if (!tenant) throw new AppError('not_found')
  return tenant
}

/** Whether a tenant is being deleted, or was: then nothing in it is reached any more, whoever asks. */
export function isLeaving({ status }: { status: string }): boolean {
  return status === 'DELETING' || status === 'DELETED'
}

interface StatusOfTenant {
  status: string
  status_set_by: string
  trial_ends_at: Date | null
}

/**
 * Lets a tenant that may use the API pass.
 * @throws AppError 402 `trial_expired`, `payment_required`; 403 `tenant_pending`, `tenant_suspended`,
 *   `tenant_cancelled`
 */
export function refuseBlocked(tenant: StatusOfTenant, now: Date): void {
  switch (tenant.status as TenantStatus) {
    case 'ACTIVE':
      return
    case 'TRIAL':
      if (tenant.trial_ends_at && tenant.trial_ends_at > now) return
      throw new AppError('trial_expired')
    case 'PENDING':
      throw new AppError('tenant_pending')
    case 'SUSPENDED':
      throw new AppError(tenant.status_set_by === 'operator' ? 'tenant_suspended' : 'payment_required')
    default:
      throw new AppError('tenant_cancelled')
  }
}
