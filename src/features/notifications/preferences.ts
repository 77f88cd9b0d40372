import type { Selectable } from 'kysely'
import type { TenantQueryBuilder, Tx } from '../../db/database.ts'
import type { NotificationPreferences } from '../../db/schema.ts'
import { newId } from '../../new-id.ts'
import { holdMembership } from '../members/access.ts'

/** What a notification can be about, in the order in which preferences are shown. */
export const categories = ['system', 'stock', 'project', 'production'] as const
export type Category = (typeof categories)[number]

/** How much a notification matters, from low to high. */
export const priorities = ['normal', 'high', 'urgent'] as const
export type Priority = (typeof priorities)[number]

/** From which priority on somebody is told of a category, and by which channels. */
export interface Preference {
  minimum_priority: Priority
  email: boolean
  push: boolean
  sound: boolean
}

/** What a member may change of the preference for one category. */
export type PreferenceChange = { category: Category } & Partial<Preference>

/**
 * What holds of every category until a member says otherwise: everything arrives, where it can be read later, and
 * nothing makes a noise.
 */
export const defaultPreference: Preference = {
  minimum_priority: 'normal',
  email: true,
  push: true,
  sound: false,
}

const columns = ['category', 'minimum_priority', 'email', 'push', 'sound'] as const
type Row = Pick<Selectable<NotificationPreferences>, (typeof columns)[number]>

/**
 * What a person wants in their tenant, as one row for each category that has one: the first members of a tenant have
 * them from the beginning, others from when they change something. A row that says the default means the same as none.
 */
export function preferencesQuery(queries: TenantQueryBuilder, userId: string) {
  return queries
    .selectFrom('notification_preferences')
    .innerJoin('memberships', 'memberships.id', 'notification_preferences.membership_id')
    .select(columns)
    .where('memberships.user_id', '=', userId)
}

/** The preferences for all categories in their order, out of the rows that there are. */
export function completePreferences(rows: readonly Row[]) {
  const own = new Map(rows.map((row) => [row.category, row]))
  return categories.map((category) => ({ category, ...defaultPreference, ...own.get(category) }))
}

/**
 * Changes what is given of a member's preferences and gives them all. What was not given stays, also beside a change
 * that is made at the same time.
 * @throws AppError 401 `unauthenticated` when they are no member any more
 */
export async function updatePreferences(
  tx: Tx,
  membershipId: string,
  changes: readonly PreferenceChange[],
  now: Date,
) {
  await holdMembership(tx, { membershipId })
  // In one order, so that of two requests none holds what the other waits for.
  for (const { category, ...given } of changes.toSorted(byCategory)) {
    await tx
      .insertInto('notification_preferences')
      .values({
        id: newId(now),
        membership_id: membershipId,
        category,
        ...defaultPreference,
        ...given,
        created_at: now,
        updated_at: now,
      })
      .onConflict((conflict) =>
        conflict
          .columns(['tenant_id', 'membership_id', 'category'])
          .doUpdateSet({ ...given, updated_at: now }),
      )
      .execute()
  }
  const rows = await tx
    .selectFrom('notification_preferences')
    .select(columns)
    .where('membership_id', '=', membershipId)
    .execute()
  return completePreferences(rows)
}

function byCategory(one: PreferenceChange, other: PreferenceChange): number {
  return categories.indexOf(one.category) - categories.indexOf(other.category)
}
