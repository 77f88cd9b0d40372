import { sql } from 'kysely'
import type { PlatformQueryBuilder, PlatformTx } from '../../db/database.ts'
import { AppError } from '../../errors.ts'
import type { Origin } from '../audit/audit.ts'
import { auditForPlatform } from '../audit/operator-audit.ts'
import type { AdminPrincipal } from '../super-admins/access.ts'
import type { Region } from '../tenants/provision.ts'

/** What an operator sets for the whole platform. */
export interface SystemSettings {
  /** How long a trial lasts that begins from now on. */
  trial_days: number
  /** Whether companies may sign up by themselves. */
  signups_open: boolean
  /** What a new tenant has that names nothing else. */
  default_region: Region
  default_language: 'en' | 'fr'
}

const columns = ['trial_days', 'signups_open', 'default_region', 'default_language'] as const

/** The settings as they are in this transaction: read in the one that they govern, so that no process has older ones. */
export async function readSystemSettings(tx: PlatformTx): Promise<SystemSettings> {
  return (await systemSettingsQuery(tx).executeTakeFirstOrThrow()) as SystemSettings
}

/** Lets nobody sign a company up while that is closed. @throws AppError 403 `signups_closed` */
export function refuseClosedSignups({ signups_open }: Pick<SystemSettings, 'signups_open'>): void {
  if (!signups_open) throw new AppError('signups_closed')
}

/** The settings as operators see them. */
export async function showSystemSettings(tx: PlatformTx) {
  const settings = await systemSettingsQuery(tx).select('updated_at').executeTakeFirstOrThrow()
  return settings as SystemSettings & { updated_at: Date }
}

/** Changes what is given of the settings and returns them all; where nothing changes, nothing is in the audit trail. */
export async function changeSystemSettings(
  tx: PlatformTx,
  { reason, ...given }: Partial<SystemSettings> & { reason?: string },
  { admin, origin, now }: { admin: AdminPrincipal; origin: Origin; now: Date },
) {
  const before = (await systemSettingsQuery(tx)
    .modifyEnd(sql`for no key update`)
    .executeTakeFirstOrThrow()) as SystemSettings
  const changedFields = columns.filter((name) => given[name] !== undefined && given[name] !== before[name])
  if (changedFields.length > 0) {
    await tx
      .updateTable('system_settings')
      .set({ ...given, updated_at: now })
      .execute()
    const object = { type: 'system_settings', id: 'system' }
    auditForPlatform(tx, {
      admin,
      action: 'system_settings.updated',
      object,
      changedFields,
      reason,
      origin,
      now,
    })
  }
  return showSystemSettings(tx)
}

/** The settings, as a query: one row. */
export function systemSettingsQuery(queries: PlatformQueryBuilder) {
  return queries.selectFrom('system_settings').select(columns)
}
