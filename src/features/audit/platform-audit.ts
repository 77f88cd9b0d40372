import { type SqlBool, sql } from 'kysely'
import type { PlatformTx } from '../../db/database.ts'
import { bindCursor, decodeCursor, encodeCursor, toPage } from '../../db/keyset.ts'

/** Who can be named by the platform's audit trail. */
export const platformActorKinds = ['super_admin', 'admin_key', 'user', 'system'] as const

/** Which entries of the platform's audit trail to list, the newest first; what is left out asks for nothing. */
export interface PlatformAuditFilters {
  actor_kind?: (typeof platformActorKinds)[number]
  actor_id?: string
  action?: string
  /** The tenant that it is about. */
  tenant_id?: string
  object_type?: string
  object_id?: string
  /** From this instant on. */
  from?: Date
  /** Before this instant. */
  to?: Date
}

/** The filters, how many entries at most, and after which one. */
export interface PlatformAuditList extends PlatformAuditFilters {
  limit: number
  cursor?: string
}

/**
 * One page of the platform's audit trail.
 * @throws AppError 400 `invalid_request` for a cursor of other filters
 */
export async function listPlatformAudit(
  tx: PlatformTx,
  { limit, cursor, from, to, tenant_id, ...equal }: PlatformAuditList,
) {
  const sort = bindCursor('-created_at', { from, to, tenant_id, ...equal })
  const wanted = { ...equal, subject_tenant_id: tenant_id }
  let query = tx
    .selectFrom('platform_audit_entries')
    .select(['id', 'actor_kind', 'actor_id', 'action', 'object_type', 'object_id'])
    .select(['subject_tenant_id as tenant_id', 'changed_fields', 'reason', 'request_id', 'created_at'])
    .select(sql<string | null>`host(ip)`.as('ip'))
  for (const [column, value] of Object.entries(wanted)) {
    if (value !== undefined) query = query.where(sql<SqlBool>`${sql.ref(column)} = ${value}`)
  }
  if (from) query = query.where('created_at', '>=', from)
  if (to) query = query.where('created_at', '<', to)
  if (cursor !== undefined) {
    const { value, id } = decodeCursor(cursor, sort, 'instant')
    query = query.where(sql<SqlBool>`(created_at, id) < (${value}::timestamptz, ${id}::uuid)`)
  }
  const rows = await query
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(sql.lit(limit + 1))
    .execute()
  return toPage(rows, limit, ({ created_at, id }) =>
    encodeCursor(sort, { value: created_at.toISOString(), id }),
  )
}
