import { type SqlBool, sql } from 'kysely'
import type { PlatformTx } from '../../db/database.ts'
import { findNearWord } from '../../near-words.ts'
import { toSlug } from './slug.ts'

/**
 * Ids of tenants that somebody may have meant who wrote another: those that hold what they wrote, then those that
 * begin like its first word. At most five; without any of those the one that a few other letters make of it.
 */
export async function findNearIds(tx: PlatformTx, text: string): Promise<string[]> {
  const slug = toSlug(text)
  if (slug === '') return []
  const holds = sql<SqlBool>`strpos(tenant_id, ${slug}) > 0`
  const rows = await tx
    .selectFrom('tenants')
    .select('tenant_id')
    .where('tenant_id', '<>', 'system-default')
    .where(({ or }) =>
      or([holds, sql<SqlBool>`starts_with(tenant_id, ${slug.replace(/-.*/, '').slice(0, 3)})`]),
    )
    .orderBy(holds, 'desc')
    .orderBy('tenant_id')
    .limit(5)
    .execute()
  if (rows.length > 0) return rows.map(({ tenant_id }) => tenant_id)
  const near = findNearWord(slug, await listIdsLike(tx, slug))
  return near === undefined ? [] : [near]
}

/**
 * Ids of about the length of another: first those that begin and end like it, and not more of them than can be
 * compared in a few milliseconds.
 */
async function listIdsLike(tx: PlatformTx, slug: string): Promise<string[]> {
  const length = sql<number>`abs(length(tenant_id) - ${slug.length}::integer)`
  const rows = await tx
    .selectFrom('tenants')
    .select('tenant_id')
    .where('tenant_id', '<>', 'system-default')
    .where(length, '<=', 2)
    .orderBy(
      sql`(left(tenant_id, 1) = left(${slug}, 1))::integer + (right(tenant_id, 2) = right(${slug}, 2))::integer`,
      'desc',
    )
    .orderBy(length)
    .orderBy('tenant_id')
    .limit(1_000)
    .execute()
  return rows.map(({ tenant_id }) => tenant_id)
}
