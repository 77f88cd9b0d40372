import { type ExpressionBuilder, type InferResult, sql } from 'kysely'
import type { TenantQueryBuilder, TenantTables, Tx } from '../../db/database.ts'
import { decodeCursor, encodeCursor, toPage } from '../../db/keyset.ts'
import { AppError } from '../../errors.ts'
import type { Category, Priority } from './preferences.ts'
import { type Reader, render } from './templates.ts'

const sort = '-created_at'

/** Which of their notifications somebody asks for, newest first, and after which one. */
export interface NotificationList {
  limit: number
  cursor?: string
  /** Only those that were not read. */
  unread?: boolean
}

/** Of what is unread no more are counted: nobody reads a number that long, and a count would take ever longer. */
const mostCounted = 1000

/**
 * One page of a person's notifications in the tenant and one more, which tells of a next page, each beside how many
 * they have not read and what they read in. Without any there is one row that says only that.
 */
export function listNotifications(
  queries: TenantQueryBuilder,
  userId: string,
  { limit, cursor, unread }: NotificationList,
) {
  const after = cursor === undefined ? undefined : decodeCursor(cursor, sort, 'instant')
  return queries
    .selectFrom('memberships')
    .innerJoin('tenant_settings', 'tenant_settings.tenant_id', 'memberships.tenant_id')
    .leftJoinLateral(
      (eb) => {
        let page = newestOfMember(eb)
          .select(['id', 'template', 'category', 'priority', 'values', 'read_at', 'created_at'])
          .limit(sql.lit(limit + 1))
        if (unread) page = page.where('read_at', 'is', null)
        if (after) {
          page = page.where(sql<boolean>`(created_at, id) < (${after.value}::timestamptz, ${after.id}::uuid)`)
        }
        return page.as('page')
      },
      (join) => join.onTrue(),
    )
    .leftJoin('notification_templates as text', 'text.name', 'page.template')
    .select(['page.id', 'page.template', 'page.category', 'page.priority', 'page.values', 'page.read_at'])
    .select(['page.created_at', 'text.title_en', 'text.title_fr', 'text.body_en', 'text.body_fr'])
    .select((eb) => [
      eb.fn.coalesce('memberships.language', 'tenant_settings.language').as('language'),
      eb.fn.coalesce('memberships.time_zone', 'tenant_settings.time_zone').as('time_zone'),
      eb
        .selectFrom(
          newestOfMember(eb)
            .select('id')
            .where('read_at', 'is', null)
            .limit(sql.lit(mostCounted))
            .as('unread'),
        )
        .select(sql<number>`count(*)::int`.as('count'))
        .as('unread'),
    ])
    .where('memberships.user_id', '=', userId)
    .orderBy('page.created_at', 'desc')
    .orderBy('page.id', 'desc')
}

/**
 * The notifications of the member beside it, newest first. As a range of one value, in the order of the index that
 * begins with the member: for an equation PostgreSQL may go through those of the whole tenant by their time instead.
 */
function newestOfMember(eb: ExpressionBuilder<TenantTables, 'memberships'>) {
  return eb
    .selectFrom('notifications')
    .whereRef('notifications.membership_id', '>=', 'memberships.id')
    .whereRef('notifications.membership_id', '<=', 'memberships.id')
    .orderBy('notifications.membership_id')
    .orderBy('notifications.created_at', 'desc')
    .orderBy('notifications.id', 'desc')
}

type Row = InferResult<ReturnType<typeof listNotifications>>[number]

/** The rows of listNotifications as one page, each in words of its reader's language and in today's text. */
export function toNotifications(rows: Row[], limit: number) {
  const { data, next_cursor } = toPage(rows.filter(isNotification), limit, notificationCursor)
  return { data: data.map(putIntoWords), next_cursor, unread_count: rows[0]?.unread ?? 0 }
}

type Notification = {
  [Column in keyof Row]: Column extends 'read_at' ? Date | null : NonNullable<Row[Column]>
}

/** Somebody without any has a row that says only that. */
function isNotification(row: Row): row is Notification {
  return row.id !== null
}

function notificationCursor({ id, created_at }: Notification): string {
  return encodeCursor(sort, { value: created_at.toISOString(), id })
}

function putIntoWords(row: Notification) {
  const { id, template, read_at, created_at, time_zone } = row
  const reader: Reader = { language: row.language === 'fr' ? 'fr' : 'en', time_zone }
  const words = (text: string) =>
    render(template, text, row.values as Record<string, string | number>, reader)
  return {
    id,
    category: row.category as Category,
    priority: row.priority as Priority,
    title: words(row[`title_${reader.language}`]),
    body: words(row[`body_${reader.language}`]),
    read_at,
    created_at,
  }
}

/**
 * Notes that a member has read a notification of theirs; once read, it stays so.
 * @returns whether it was not read before
 * @throws AppError 404 `not_found` when there is none of this id, or it is somebody else's
 */
export async function markAsRead(tx: Tx, membershipId: string, id: string, now: Date): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('notifications')
    .set({ read_at: now, updated_at: now })
    .where('id', '=', id)
    .where('membership_id', '=', membershipId)
    .where('read_at', 'is', null)
    .executeTakeFirst()
  if (numUpdatedRows > 0n) return true
  const read = await tx
    .selectFrom('notifications')
    .select('id')
    .where('id', '=', id)
    .where('membership_id', '=', membershipId)
    .executeTakeFirst()
  if (!read) throw new AppError('not_found')
  return false
}
