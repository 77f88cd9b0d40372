import type { Updateable } from 'kysely'
import type { TenantQueryBuilder, Tx } from '../../db/database.ts'
import type { TenantSettings } from '../../db/schema.ts'
import { AppError } from '../../errors.ts'

const columns = [
  'theme',
  'language',
  'time_zone',
  'date_format',
  'currency',
  'vat_rate_basis_points',
  'automatic_numbering',
  'backups',
  'audit',
  'updated_at',
] as const

/** What a tenant may change of its settings. Not `audit`: a trail that its tenant could stop would prove nothing. */
export type SettingsChanges = Partial<
  Omit<Updateable<TenantSettings>, 'tenant_id' | 'id' | 'audit' | 'created_at' | 'updated_at'>
>

/** What is wrong with a time zone that is none. */
export const notATimeZone = 'should be the name of a time zone such as Europe/Paris'

/** The tenant's settings, as one row. */
export function settingsQuery(queries: TenantQueryBuilder) {
  return queries.selectFrom('tenant_settings').select(columns)
}

/**
 * Changes the given settings of the tenant and returns all of them, and the id of their row. The month or week that a
 * limit counts in never begins twice, whatever becomes of the time zone: app.change_usage() sees to that.
 * @throws AppError 400 `invalid_request` for a time zone that PostgreSQL does not know; the transaction is lost then
 */
export async function updateSettings(tx: Tx, changes: SettingsChanges, now: Date) {
  try {
    return await tx
      .updateTable('tenant_settings')
      .set({ ...changes, updated_at: now })
      .returning(['id', ...columns])
      .executeTakeFirstOrThrow()
  } catch (error) {
    if (!isUnknownTimeZone(error)) throw error
    const errors = [{ path: 'body.time_zone', message: notATimeZone }]
    throw new AppError('invalid_request', { errors, cause: error })
  }
}

/** SQLSTATE invalid_parameter_value: what timezone() says in the constraint tenant_settings_time_zone. */
export function isUnknownTimeZone(error: unknown): boolean {
  return (error as { code?: string }).code === '22023'
}
