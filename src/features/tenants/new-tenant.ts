import { sql } from 'kysely'
import type { PlatformTx } from '../../db/database.ts'
import type { TenantId } from '../../db/tenant-id.ts'
import { AppError } from '../../errors.ts'
import { newId } from '../../new-id.ts'
import type { AuditEntry } from '../audit/audit.ts'
import type { Role } from '../members/roles.ts'
import { categories, defaultPreference } from '../notifications/preferences.ts'
import { countedLimits, type LimitName, type PlanName } from '../plans/plans.ts'
import { isUnknownTimeZone, notATimeZone, type SettingsChanges } from '../settings/settings.ts'
import { recordChange } from './history.ts'
import type { Region } from './provision.ts'
import type { Agent, TenantStatus } from './status.ts'

/** Who belongs to a new tenant from the beginning. */
export interface FirstMember {
  userId: string
  membershipId: string
  /**
   * Makes the user, or holds the one there is, in the transaction that makes the tenant, with its first statement: the
   * membership is sent right behind it.
   */
  holdUser(tx: PlatformTx): Promise<void>
}

/** What provisioning says of itself to the audit trails. */
export type ProvisioningAct = Pick<AuditEntry, 'action' | 'object' | 'changedFields'>

/** What provisioning makes a tenant of. */
export interface NewTenant {
  tenantId: TenantId
  name: string
  companyEmail: string | null
  adminEmail: string
  phone: string | null
  region: Region
  plan: PlanName
  status: TenantStatus
  trialEndsAt: Date | null
  metadata?: Record<string, unknown> | undefined
  /** Limits of its own instead of the plan's; null is unlimited. */
  limits?: Partial<Record<LimitName, number | null>> | undefined
  /** Its language, and what else differs from the settings that every tenant begins with. */
  settings: SettingsChanges & { language: string }
  /** A file of db/templates. */
  template: string
  owner: FirstMember
  standardUser?: FirstMember | undefined
  /** The line of a file that it is made from. */
  importKey?: Buffer | undefined
  /** Who makes it, and why, for its history. */
  agent: Agent
  cause: string
  /** Enters it into the audit trails: queries that leave with COMMIT. */
  audit(tx: PlatformTx, act: ProvisioningAct): void
  /** Enqueues the mails to its members. */
  mail(tx: PlatformTx): Promise<void>
  now: Date
}

/** Another tenant took the id first; the transaction has to be given up and tried with another id. */
export class TenantIdTakenError extends Error {
  override name = 'TenantIdTakenError'
}

/** The line of a file has its tenant already. */
export class AlreadyImportedError extends Error {
  override name = 'AlreadyImportedError'
}

/** The tenant itself, with its history and its entry in the audit trails. @throws TenantIdTakenError */
export async function insertTenant(tx: PlatformTx, tenant: NewTenant): Promise<void> {
  const { tenantId, name, phone, region, plan, status, trialEndsAt, agent, cause, now } = tenant
  const { metadata = {}, limits = {} } = tenant
  const inserting = tx
    .insertInto('tenants')
    .values({
      tenant_id: tenantId,
      name,
      company_email: tenant.companyEmail,
      admin_email: tenant.adminEmail,
      phone,
      region,
      plan,
      plan_set_by: agent,
      limit_overrides: JSON.stringify(limits),
      status,
      status_set_by: agent,
      status_changed_at: now,
      trial_ends_at: trialEndsAt,
      metadata: JSON.stringify(metadata),
      ...timesOf(tenant),
    })
    .onConflict((conflict) => conflict.column('tenant_id').doNothing())
    .executeTakeFirst()
  // What leaves with COMMIT is made ready while the database answers.
  inserting.catch(() => undefined)
  const known = { tenantId, from: null, agent, cause, now } as const
  recordChange(tx, { ...known, field: 'status', to: status })
  recordChange(tx, { ...known, field: 'plan', to: plan })
  tenant.audit(tx, {
    action: 'tenant.created',
    object: { type: 'tenant', id: tenantId },
    changedFields: [
      'name',
      'plan',
      'region',
      'status',
      ...Object.keys(limits).map((limit) => `limits.${limit}`),
      ...(Object.keys(metadata).length > 0 ? ['metadata'] : []),
    ],
  })
  if ((await inserting).numInsertedOrUpdatedRows !== 1n) throw new TenantIdTakenError(tenantId)
}

/** The line of a file that it is made from. @throws AlreadyImportedError */
export async function insertImport(tx: PlatformTx, { tenantId, importKey, now }: NewTenant): Promise<void> {
  const inserted = await tx
    .insertInto('tenant_imports')
    .values({ key: importKey as Buffer, subject_tenant_id: tenantId, created_at: now })
    .onConflict((conflict) => conflict.column('key').doNothing())
    .executeTakeFirst()
  if (inserted.numInsertedOrUpdatedRows !== 1n) throw new AlreadyImportedError()
}

/** A user and their membership. @throws what holding the user throws */
export async function insertMember(
  tx: PlatformTx,
  tenant: NewTenant,
  { userId, membershipId, holdUser }: FirstMember,
  role: Role,
): Promise<void> {
  const held = holdUser(tx)
  const inserted = tx
    .insertInto('memberships')
    .values({
      tenant_id: tenant.tenantId,
      id: membershipId,
      user_id: userId,
      role,
      status: 'active',
      ...timesOf(tenant),
    })
    .execute()
  // Without the user it fails, too, and that is not what has to be told.
  inserted.catch(() => undefined)
  await held
  await inserted
  if (role === 'owner') return
  const object = { type: 'user', id: userId }
  tenant.audit(tx, { action: 'user.added', object, changedFields: ['role'] })
}

/** @throws AppError 400 `invalid_request` for a time zone that PostgreSQL does not know */
export async function insertSettings(tx: PlatformTx, tenant: NewTenant): Promise<void> {
  const { tenantId, settings } = tenant
  await tx
    .insertInto('tenant_settings')
    .values({ tenant_id: tenantId, id: idAt(tenant), ...defaultSettings, ...settings, ...timesOf(tenant) })
    .execute()
    .catch((error) => {
      if (!isUnknownTimeZone(error)) throw error
      const errors = [{ path: 'body.settings.time_zone', message: notATimeZone }]
      throw new AppError('invalid_request', { errors, cause: error })
    })
}

/** What its members want to be told: all of it, until they say otherwise. */
export async function insertPreferences(tx: PlatformTx, tenant: NewTenant): Promise<void> {
  const { tenantId, owner, standardUser } = tenant
  const members = standardUser ? [owner, standardUser] : [owner]
  await tx
    .insertInto('notification_preferences')
    .values(
      members.flatMap(({ membershipId }) =>
        categories.map((category) => ({
          tenant_id: tenantId,
          id: idAt(tenant),
          membership_id: membershipId,
          category,
          ...defaultPreference,
          ...timesOf(tenant),
        })),
      ),
    )
    .execute()
}

/**
 * The counters of its limits, with the seats that are taken already.
 * @throws AppError 409 `usage_over_limits` when there are not as many
 */
export async function insertLimits(tx: PlatformTx, tenant: NewTenant): Promise<void> {
  const { tenantId, limits, standardUser, now } = tenant
  const seats = standardUser ? 2 : 1
  const inserted = tx
    .insertInto('limit_counters')
    .values(
      countedLimits.map((name) => ({
        tenant_id: tenantId,
        id: idAt(tenant),
        limit_name: name,
        used: name === 'users' ? seats : 0,
        ...timesOf(tenant),
      })),
    )
    .execute()
  // Its owner has a seat whatever the plan.
  if (!standardUser && limits?.users === undefined) return void (await inserted)
  const looked = sql`
    select limit_name as "limit", used::float8 as used, allowed::float8 as allowed from app.usage_at(${now})
    where tenant_id = ${tenantId} and used > allowed`.execute(tx)
  const [, { rows }] = await Promise.all([inserted, looked])
  if (rows.length > 0) throw new AppError('usage_over_limits', { members: { over: rows } })
}

function timesOf({ now }: NewTenant) {
  return { created_at: now, updated_at: now }
}

function idAt({ now }: NewTenant): string {
  return newId(now)
}

const defaultSettings = {
  theme: 'light',
  time_zone: 'Europe/Paris',
  date_format: 'DD/MM/YYYY',
  currency: 'EUR',
  vat_rate_basis_points: 2000,
  automatic_numbering: true,
  backups: true,
  audit: true,
}
