import { type SqlBool, sql } from 'kysely'
import type { TenantQueryBuilder } from '../../db/database.ts'
import { bindCursor, type Cursor, decodeCursor, encodeCursor, toPage } from '../../db/keyset.ts'
import type { AuditEntry } from './audit.ts'

/** Who can be named by a tenant's audit trail. */
export const actorKinds = ['user', 'api_key', 'operator', 'system'] as const

/** Which entries of the audit trail to show, the newest first; what is left out asks for nothing. */
export interface AuditFilters {
  actor_kind?: AuditEntry['actor']['kind']
  actor_id?: string
  action?: string
  object_type?: string
  object_id?: string
  /** From this instant on. */
  from?: Date
  /** Before this instant. */
  to?: Date
}

/** An entry as it is shown. */
export interface ShownEntry {
  id: string
  actor_kind: string
  actor_id: string
  /** Of a user who is still a member; null of everybody else. */
  actor_name: string | null
  actor_email: string | null
  action: string
  object_type: string
  object_id: string
  changed_fields: string[]
  reason: string | null
  ip: string | null
  request_id: string
  created_at: Date
}

/** The columns of a trail as a file, in their order. */
export const exportedColumns = [
  'created_at',
  'actor_kind',
  'actor_id',
  'actor_name',
  'actor_email',
  'action',
  'object_type',
  'object_id',
  'changed_fields',
  'reason',
  'ip',
  'request_id',
  'id',
] as const satisfies (keyof ShownEntry)[]

/**
 * The next entries of a tenant's audit trail.
 * @param after the entry that they follow; none: from the newest on
 */
export function selectEntries(
  queries: TenantQueryBuilder,
  { from, to, ...equal }: AuditFilters,
  { after, limit }: { after?: Cursor | undefined; limit: number },
) {
  let page = queries
    .selectFrom('audit_entries')
    .select(['id', 'actor_kind', 'actor_id', 'action', 'object_type', 'object_id', 'changed_fields'])
    .select(['reason', sql<string | null>`host(ip)`.as('ip'), 'request_id', 'created_at'])
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(sql.lit(limit))
  for (const [column, value] of Object.entries(equal)) {
    if (value !== undefined) page = page.where(sql<SqlBool>`${sql.ref(column)} = ${value}`)
  }
  if (from) page = page.where('created_at', '>=', from)
  if (to) page = page.where('created_at', '<', to)
  if (after) {
    page = page.where(sql<SqlBool>`(created_at, id) < (${after.value}::timestamptz, ${after.id}::uuid)`)
  }
  // All members at once: one of them takes the function as long.
  const members = sql<{ user_id: string; first_name: string; last_name: string; email: string }>`(
    select user_id, first_name, last_name, email from app.tenant_members())`
  return queries
    .with('page', () => page)
    .selectFrom('page')
    .leftJoin(members.as('members'), (join) =>
      join
        .on('page.actor_kind', '=', sql.lit('user'))
        .on(sql<SqlBool>`members.user_id::text = page.actor_id`),
    )
    .select(['page.id', 'page.actor_kind', 'page.actor_id'])
    .select([
      sql<string | null>`members.first_name || ' ' || members.last_name`.as('actor_name'),
      'members.email as actor_email',
    ])
    .select(['page.action', 'page.object_type', 'page.object_id', 'page.changed_fields', 'page.reason'])
    .select(['page.ip', 'page.request_id', 'page.created_at'])
    .orderBy('page.created_at', 'desc')
    .orderBy('page.id', 'desc')
}

/**
 * The entries of a page of the list and one more.
 * @throws AppError 400 `invalid_request` for a cursor of other filters
 */
export function listEntries(
  queries: TenantQueryBuilder,
  { limit, cursor, ...filters }: AuditFilters & { limit: number; cursor?: string },
) {
  const after = cursor === undefined ? undefined : decodeCursor(cursor, sortOf(filters), 'instant')
  return selectEntries(queries, filters, { after, limit: limit + 1 })
}

/** One page of the list, of the entries that listEntries asked for. */
export function toEntryPage(
  rows: ShownEntry[],
  { limit, cursor: _, ...filters }: Parameters<typeof listEntries>[1],
) {
  return toPage(rows, limit, (entry) => encodeCursor(sortOf(filters), cursorOf(entry)))
}

/** Where an entry stands in the list. */
export function cursorOf({ id, created_at }: ShownEntry): Cursor {
  return { value: created_at.toISOString(), id }
}

function sortOf(filters: AuditFilters): string {
  return bindCursor('-created_at', filters)
}
