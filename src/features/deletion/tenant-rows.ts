import { sql } from 'kysely'
import type { PlatformTx } from '../../db/database.ts'
import { AppError } from '../../errors.ts'

/** What a table holds of a tenant. */
export interface TenantRows {
  table: string
  rows: number
  bytes: number
  /** Why rows stay when the tenant is deleted; null where none do. */
  kept: string | null
}

/** How rows are counted. */
export interface Counting {
  /** Whether their sizes are added up, for which each of them is read. */
  withBytes: boolean
  /** How long it may take; without it, as long as it takes. */
  withinMs?: number
}

/**
 * How many rows every table of the catalogue has of the transaction's tenant, and how large they are: what belongs to
 * it, and what only names it. By the catalogue, so that no table is forgotten. Counts only, never what is in them. Each
 * statement counts for a short while, so that a tenant of any size is counted.
 * @param tx one of withPlatform with this tenantId
 * @returns `bytes` is 0 unless they were asked for
 * @throws AppError 503 `overloaded` when it takes longer than it may
 */
export async function countTenantRows(
  tx: PlatformTx,
  { withBytes, withinMs }: Counting,
): Promise<TenantRows[]> {
  const endsAt = performance.now() + (withinMs ?? Number.POSITIVE_INFINITY)
  const { rows: tables } = await sql<{ table: string; kept: string | null }>`
    select t.table_name::text as table, k.why as kept
    from app.tables_of_tenants() t left join app.kept_at_deletion() k on k.table_name = t.table_name
    order by t.table_name`.execute(tx)
  const counted: TenantRows[] = []
  for (const { table, kept } of tables) {
    const { rows: opened } = await sql<{ name: string }>`
      select app.open_tenant_rows(${table}, ${withBytes})::text as name`.execute(tx)
    const sum = { table, rows: 0, bytes: 0, kept }
    for (let isOver = false; !isOver; ) {
      if (performance.now() > endsAt) throw new AppError('overloaded')
      const { rows } = await sql<{ row_count: string; bytes: string; is_over: boolean }>`
        select row_count, bytes, is_over from app.count_on(${opened[0]?.name}::refcursor)`.execute(tx)
      const [slice] = rows
      sum.rows += Number(slice?.row_count)
      sum.bytes += Number(slice?.bytes)
      isOver = slice?.is_over ?? true
    }
    counted.push(sum)
  }
  return counted
}

/**
 * What of the transaction's tenant would go: the counts of every table, and the people who belong to no other tenant.
 * @throws as countTenantRows
 */
export async function countDeletion(
  tx: PlatformTx,
  withinMs?: number,
): Promise<{ tables: TenantRows[]; users: number }> {
  const tables = await countTenantRows(tx, { withBytes: true, ...(withinMs !== undefined && { withinMs }) })
  const { rows } = await sql<{ users: number }>`
    select count(*)::int as users from memberships m
    where m.tenant_id = app.current_tenant()
      and not exists (select from memberships o where o.user_id = m.user_id and o.tenant_id <> m.tenant_id)`.execute(
    tx,
  )
  return { tables, users: rows[0]?.users ?? 0 }
}

/** Rows that went at a time: of which table, and of members whose rows they were. */
export interface PurgedBatch {
  table: string
  rows: number
  userIds: string[]
}

/**
 * Deletes up to so many rows of the transaction's tenant, which is being deleted, from the first table that has any.
 * @returns undefined when nothing is left
 */
export async function purgeBatch(tx: PlatformTx, maxRows: number): Promise<PurgedBatch | undefined> {
  const { rows } = await sql<{ table_name: string | null; rows_deleted: string; user_ids: string[] | null }>`
    select table_name, rows_deleted, user_ids from app.purge_batch(${maxRows})`.execute(tx)
  const [batch] = rows
  if (!batch || batch.table_name === null) return undefined
  return { table: batch.table_name, rows: Number(batch.rows_deleted), userIds: batch.user_ids ?? [] }
}

/**
 * Deletes those of some people who are members of no tenant any more, and the mails to them that wait or have failed.
 * They are held first: who is just joining another tenant is waited for and stays, and who comes later finds them gone.
 * @returns how many of both
 */
export async function purgeUsers(
  tx: PlatformTx,
  userIds: string[],
): Promise<{ users: number; jobs: number }> {
  if (userIds.length === 0) return { users: 0, jobs: 0 }
  const anyOfThem = sql<string>`any(${userIds}::uuid[])`
  await tx.selectFrom('users').select('id').where('id', '=', anyOfThem).orderBy('id').forUpdate().execute()
  // A new statement: it sees what was committed while the one before waited.
  const leaving = await tx
    .selectFrom('users')
    .select(['id', 'email'])
    .where('id', '=', anyOfThem)
    .where(({ not, exists, selectFrom }) =>
      not(exists(selectFrom('memberships').select('id').whereRef('memberships.user_id', '=', 'users.id'))),
    )
    .execute()
  const ids = leaving.map(({ id }) => id)
  const addresses = leaving.map(({ email }) => email)
  const { rows } = await sql<{ users: string; jobs: string }>`
    select app.purge_users(${ids}::uuid[]) as users,
      graphile_worker.forget_mails_to(${addresses}::text[]) as jobs`.execute(tx)
  return { users: Number(rows[0]?.users ?? 0), jobs: Number(rows[0]?.jobs ?? 0) }
}

/** Takes the jobs of the transaction's tenant out of the queue, but for its deletion. @returns how many */
export async function forgetJobs(tx: PlatformTx): Promise<number> {
  const { rows } = await sql<{ count: string }>`select graphile_worker.forget_jobs() as count`.execute(tx)
  return Number(rows[0]?.count ?? 0)
}
