import type { PlatformTx } from '../../db/database.ts'
import type { TenantId } from '../../db/tenant-id.ts'
import type { Origin } from '../audit/audit.ts'
import { enqueueSyncOfCustomer } from '../billing/billing-account.ts'
import type { PlanName } from '../plans/plans.ts'
import { readSystemSettings, type SystemSettings } from '../system-settings/system-settings.ts'
import {
  type FirstMember,
  insertImport,
  insertLimits,
  insertMember,
  insertPreferences,
  insertSettings,
  insertTenant,
  type NewTenant,
} from './new-tenant.ts'
import { changeStatus, lockTenant, type TenantStatus } from './status.ts'
import { fillFromTemplate } from './templates.ts'

/** The regions a tenant can be in. */
export const regions = ['DZ', 'CH', 'FR', 'BE', 'CA'] as const
export type Region = (typeof regions)[number]

/** How a tenant starts: with a trial, unless its plan costs nothing. */
export function startOf(
  plan: PlanName,
  now: Date,
  { trial_days }: Pick<SystemSettings, 'trial_days'>,
): { status: TenantStatus; trialEndsAt: Date | null } {
  if (plan === 'FREE') return { status: 'ACTIVE', trialEndsAt: null }
  return { status: 'TRIAL', trialEndsAt: new Date(now.getTime() + trial_days * 86_400_000) }
}

interface Step {
  name: string
  /** False where there is nothing to do: the step is passed over then. */
  isWanted?(tenant: NewTenant): boolean
  run(tx: PlatformTx, tenant: NewTenant): Promise<unknown>
}

/** What provisioning does, in this order. What the steps send with COMMIT, history and audit, belongs to none of them. */
const steps = [
  { name: 'tenant', run: insertTenant },
  { name: 'import', isWanted: ({ importKey }) => importKey !== undefined, run: insertImport },
  { name: 'owner', run: (tx, tenant) => insertMember(tx, tenant, tenant.owner, 'owner') },
  {
    name: 'standard_user',
    isWanted: ({ standardUser }) => standardUser !== undefined,
    run: (tx, tenant) => insertMember(tx, tenant, tenant.standardUser as FirstMember, 'member'),
  },
  { name: 'settings', run: insertSettings },
  { name: 'notification_preferences', run: insertPreferences },
  { name: 'template', run: (tx, { template, now }) => fillFromTemplate(tx, template, now) },
  { name: 'limits', run: insertLimits },
  { name: 'mails', run: (tx, tenant) => tenant.mail(tx) },
] as const satisfies Step[]

/** The steps by name; `commit` is what comes after all of them. */
export type ProvisioningStep = (typeof steps)[number]['name'] | 'commit'

/** Who follows a provisioning. */
export interface StepWatcher {
  begins?(step: ProvisioningStep): void
  /** A step is done. What this throws undoes all of them. */
  onStep(step: ProvisioningStep): void
}

/**
 * Makes a tenant with all that belongs to it from the beginning, in the caller's transaction, which has to be one of
 * withPlatform with this tenantId. A failure anywhere leaves nothing. Signup and operators go the same way.
 * @throws TenantIdTakenError; AlreadyImportedError; what holding the users throws; AppError 400 `invalid_request` for a
 *   time zone that PostgreSQL does not know; 409 `usage_over_limits` when limits of its own do not suffice for its members
 */
export async function provisionTenant(
  tx: PlatformTx,
  tenant: NewTenant,
  watcher: StepWatcher,
): Promise<void> {
  const wanted = (steps as readonly (Step & { name: ProvisioningStep })[]).filter(
    ({ isWanted }) => isWanted?.(tenant) ?? true,
  )
  // All that they send leaves at once and in this order, and nothing counts before COMMIT. A step that waited for an
  // answer in its midst would be told of another's failure.
  const running = wanted.map(({ name, run }) => ({ name, done: run(tx, tenant) }))
  for (const { done } of running) done.catch(() => undefined)
  for (const { name, done } of running) {
    watcher.begins?.(name)
    await done
    watcher.onStep(name)
  }
  watcher.begins?.('commit')
}

/**
 * Starts a tenant that waited for its owner's address to be confirmed, in the caller's transaction, which has to be
 * one of withPlatform with this tenantId.
 * @returns undefined when it is not waiting any more
 */
export async function startPendingTenant(
  tx: PlatformTx,
  { tenantId, confirmedBy, now, ...origin }: Origin & { tenantId: TenantId; confirmedBy: string; now: Date },
): Promise<{ name: string } | undefined> {
  const { name, plan, status } = await lockTenant(tx, tenantId)
  if (status !== 'PENDING') return undefined
  const start = startOf(plan as PlanName, now, await readSystemSettings(tx))
  await changeStatus(tx, {
    tenantId,
    to: start.status,
    agent: 'system',
    cause: 'E-mail address confirmed',
    actor: { kind: 'user', id: confirmedBy },
    ...(start.trialEndsAt && { trialEndsAt: start.trialEndsAt }),
    ...origin,
    now,
  })
  // What was paid while it waited counts from now on.
  await enqueueSyncOfCustomer(tx)
  return { name }
}
