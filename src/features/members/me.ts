import { sql, type Updateable } from 'kysely'
import type { PlatformTx, TenantQueryBuilder } from '../../db/database.ts'
import type { Memberships, Users } from '../../db/schema.ts'
import type { TenantId } from '../../db/tenant-id.ts'
import { AppError } from '../../errors.ts'
import { type Origin, writeAuditEntry } from '../audit/audit.ts'

interface Member {
  user_id: string
  email: string
  first_name: string
  last_name: string
  locale: string
}

/** The person, their tenant, its settings and what they prefer to these, as one row. */
export function meQuery(queries: TenantQueryBuilder, userId: string) {
  return queries
    .selectFrom(sql<Member>`app.tenant_members(${userId})`.as('member'))
    .innerJoin('memberships', 'memberships.user_id', 'member.user_id')
    .innerJoin('tenants', 'tenants.tenant_id', 'memberships.tenant_id')
    .innerJoin('tenant_settings', 'tenant_settings.tenant_id', 'tenants.tenant_id')
    .select(['member.user_id', 'member.email', 'member.first_name', 'member.last_name', 'member.locale'])
    .select(['tenants.tenant_id', 'tenants.name', 'tenants.plan', 'tenants.status', 'tenants.trial_ends_at'])
    .select(['tenant_settings.theme', 'tenant_settings.language', 'tenant_settings.time_zone'])
    .select(['tenant_settings.date_format', 'tenant_settings.currency'])
    .select(['memberships.theme as own_theme', 'memberships.language as own_language'])
    .select(['memberships.time_zone as own_time_zone', 'memberships.date_format as own_date_format'])
}

/** Who changes something of themselves, and where. */
export interface Myself {
  userId: string
  tenantId: TenantId
  membershipId: string
}

/** What a person may change of themselves: the same in all their tenants, and for this tenant alone. */
export interface MyChanges {
  person: Pick<Updateable<Users>, 'first_name' | 'last_name' | 'locale'>
  /** Null is the tenant's. */
  preferences: Pick<Updateable<Memberships>, 'theme' | 'language' | 'time_zone' | 'date_format'>
}

/**
 * Changes the given fields of who calls, in a transaction of their tenant; the entry in its audit trail is part of it.
 * @throws AppError 401 `unauthenticated` when they are no active member of the tenant by now
 */
export async function updateMe(
  tx: PlatformTx,
  me: Myself,
  { person, preferences }: MyChanges,
  origin: Origin,
  now: Date,
): Promise<void> {
  const fieldsOfPerson = Object.keys(person)
  // Before the membership, as a login takes its locks.
  if (fieldsOfPerson.length > 0) {
    await tx
      .updateTable('users')
      .set({ ...person, updated_at: now })
      .where('id', '=', me.userId)
      .execute()
  }
  const { numUpdatedRows } = await tx
    .updateTable('memberships')
    .set({ ...preferences, updated_at: now })
    .where('tenant_id', '=', me.tenantId)
    .where('id', '=', me.membershipId)
    .where('status', '=', 'active')
    .executeTakeFirst()
  if (numUpdatedRows === 0n) throw new AppError('unauthenticated')
  writeAuditEntry(tx, {
    actor: { kind: 'user', id: me.userId },
    action: 'user.updated',
    object: { type: 'user', id: me.userId },
    changedFields: [...fieldsOfPerson, ...Object.keys(preferences)],
    ...origin,
    now,
  })
}
