import { v7 as uuidv7 } from 'uuid'
import type { PlatformTx } from '../../db/database.ts'
import type { TenantId } from '../../db/tenant-id.ts'
import { type Origin, writeAuditEntry } from '../audit/audit.ts'
import { enqueueSyncOfCustomer } from '../billing/billing-account.ts'
import { countedLimits, type PlanName } from '../plans/plans.ts'
import { recordChange } from './history.ts'
import { changeStatus, lockTenant, type TenantStatus } from './status.ts'

/** The regions a tenant can be in. */
export const regions = ['DZ', 'CH', 'FR', 'BE', 'CA'] as const
export type Region = (typeof regions)[number]

/** A trial lasts this many days. */
const trialDays = 14

/** How a tenant starts: with a trial, unless its plan costs nothing. */
export function startOf(plan: PlanName, now: Date): { status: TenantStatus; trialEndsAt: Date | null } {
  if (plan === 'FREE') return { status: 'ACTIVE', trialEndsAt: null }
  return { status: 'TRIAL', trialEndsAt: new Date(now.getTime() + trialDays * 86_400_000) }
}

/** What provisioning makes a tenant of. */
export interface NewTenant {
  tenantId: TenantId
  name: string
  companyEmail: string
  adminEmail: string
  phone: string | null
  region: Region
  plan: PlanName
  status: TenantStatus
  trialEndsAt: Date | null
  /** A user who exists by now, in this transaction. */
  ownerId: string
  /** The id that the owner's membership gets. */
  membershipId: string
  ip: string | null
  requestId: string
  now: Date
}

/** Another tenant took the id first; the transaction has to be given up and tried with another id. */
export class TenantIdTakenError extends Error {
  override name = 'TenantIdTakenError'
}

/**
 * Makes a tenant with its owner, settings and first audit entry, in the caller's transaction, which has to be one
 * of withPlatform with this tenantId. A failure anywhere leaves nothing.
 * @throws TenantIdTakenError
 */
export async function provisionTenant(tx: PlatformTx, tenant: NewTenant): Promise<void> {
  const { tenantId, now } = tenant
  const times = { created_at: now, updated_at: now }
  const id = () => uuidv7({ msecs: now.getTime() })
  const inserted = await tx
    .insertInto('tenants')
    .values({
      tenant_id: tenantId,
      name: tenant.name,
      company_email: tenant.companyEmail,
      admin_email: tenant.adminEmail,
      phone: tenant.phone,
      region: tenant.region,
      plan: tenant.plan,
      plan_set_by: 'system',
      status: tenant.status,
      status_set_by: 'system',
      status_changed_at: now,
      trial_ends_at: tenant.trialEndsAt,
      ...times,
    })
    .onConflict((conflict) => conflict.column('tenant_id').doNothing())
    .executeTakeFirst()
  if (inserted.numInsertedOrUpdatedRows !== 1n) throw new TenantIdTakenError(tenantId)

  await tx
    .insertInto('memberships')
    .values({
      tenant_id: tenantId,
      id: tenant.membershipId,
      user_id: tenant.ownerId,
      role: 'owner',
      status: 'active',
      ...times,
    })
    .execute()
  await tx
    .insertInto('tenant_settings')
    .values({ tenant_id: tenantId, id: id(), ...defaultSettings, ...times })
    .execute()
  await tx
    .insertInto('limit_counters')
    .values(
      countedLimits.map((name) => ({
        tenant_id: tenantId,
        id: id(),
        limit_name: name,
        // The owner's seat.
        used: name === 'users' ? 1 : 0,
        ...times,
      })),
    )
    .execute()
  const known = { tenantId, from: null, agent: 'system', cause: 'Signed up', now } as const
  recordChange(tx, { ...known, field: 'status', to: tenant.status })
  recordChange(tx, { ...known, field: 'plan', to: tenant.plan })
  writeAuditEntry(tx, {
    actor: { kind: 'user', id: tenant.ownerId },
    action: 'tenant.created',
    object: { type: 'tenant', id: tenantId },
    changedFields: ['name', 'plan', 'region', 'status'],
    ip: tenant.ip,
    requestId: tenant.requestId,
    now,
  })
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
  const start = startOf(plan as PlanName, now)
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

const defaultSettings = {
  theme: 'light',
  language: 'fr',
  time_zone: 'Europe/Paris',
  date_format: 'DD/MM/YYYY',
  currency: 'EUR',
  vat_rate_basis_points: 2000,
  automatic_numbering: true,
  backups: true,
  audit: true,
}
