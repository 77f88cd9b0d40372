import { sql } from 'kysely'
import type { PlatformTx, TenantQueryBuilder, Tx } from '../../db/database.ts'
import { type CountedLimit, isPeriodLimit } from './plans.ts'

/** How much of which limits, in the units of the plan; never below zero. */
export type Amounts = Partial<Record<CountedLimit, number>>

/** How a tenant stands to one of its limits. */
export interface LimitUsage {
  limit: CountedLimit
  used: number
  /** Null is unlimited. */
  allowed: number | null
  /** When the period ends and counting begins anew; null for what is counted without periods. */
  resets_at: Date | null
}

interface Change {
  name: CountedLimit
  amount: number
  takenAt: Date | null
}

/** What each open transaction takes and gives back: it leaves as one statement, together with COMMIT. */
const changesOf = new WeakMap<Tx | PlatformTx, Change[]>()

/**
 * Takes of the limits of the transaction's tenant, for what is written in the same transaction. All of a transaction's
 * amounts go out as one statement with COMMIT: either every one fits and everything is saved, or nothing is. Of each
 * limit the sum counts, so what is given back in the same transaction may be taken again, full or not. Not from inside
 * a savepoint, and not before an `atCommit` of something that others may hold: they could be waiting for these limits.
 * @param now the context's instant: it decides which period is counted
 * @throws at once, Error for what is no amount, TransactionError inside a savepoint. At the end of the transaction the
 *   server's SQLSTATE TN001, which is answered as 403 `limit_reached` with limit, used, allowed and resets_at, or TN002
 *   for users while a payment is due, 402 `payment_required`
 */
export function consume(tx: Tx | PlatformTx, amounts: Amounts, now: Date): void {
  change(
    tx,
    entriesOf(amounts).map(([name, amount]) => ({ name, amount, takenAt: null })),
    now,
  )
}

/**
 * Gives back what was taken before, in the transaction that removes what it was taken for.
 * @param takenAt when it was taken. Of a limit per month or week it counts only while that period lasts.
 */
export function release(
  tx: Tx | PlatformTx,
  amounts: Amounts,
  { now, takenAt = null }: { now: Date; takenAt?: Date | null },
): void {
  const entries = entriesOf(amounts)
  for (const [name] of entries) {
    if (isPeriodLimit(name) && !takenAt)
      throw new Error(`${name} is given back to the period it was taken in`)
  }
  change(
    tx,
    entries.map(([name, amount]) => ({ name, amount: -amount, takenAt })),
    now,
  )
}

/**
 * The limits of the tenants that the transaction sees, and what is used of them at an instant, as rows of LimitUsage with
 * bigints as text.
 */
export function usageQuery(queries: TenantQueryBuilder | Tx | PlatformTx, now: Date) {
  return (queries as TenantQueryBuilder)
    .selectFrom(usageAt(now))
    .select(['usage.limit_name', 'usage.used', 'usage.allowed', 'usage.resets_at'])
    .orderBy('usage.limit_name')
}

interface UsageRow {
  tenant_id: string
  limit_name: CountedLimit
  used: string
  allowed: string | null
  resets_at: Date | null
}

/** What the tenants that the transaction sees have used at an instant, as a table called `usage`. */
function usageAt(now: Date) {
  return sql<UsageRow>`app.usage_at(${now})`.as('usage')
}

/** One row of usageQuery in numbers. */
export function toLimitUsage(row: Omit<UsageRow, 'tenant_id'>): LimitUsage {
  return {
    limit: row.limit_name,
    used: Number(row.used),
    allowed: row.allowed === null ? null : Number(row.allowed),
    resets_at: row.resets_at,
  }
}

function entriesOf(amounts: Amounts): [CountedLimit, number][] {
  const entries = Object.entries(amounts) as [CountedLimit, number][]
  for (const [name, amount] of entries) {
    if (!Number.isSafeInteger(amount) || amount < 0) throw new Error(`not an amount of ${name}: ${amount}`)
  }
  return entries.filter(([, amount]) => amount > 0)
}

function change(tx: Tx | PlatformTx, added: Change[], now: Date): void {
  if (added.length === 0) return
  const changes = changesOf.get(tx) ?? []
  const countNow = changes.length + added.length
  // Each time, for it refuses what a savepoint could undo. Only the last one sends: the counters are locked from then on.
  tx.atCommit(() => (changes.length === countNow ? changeQuery(tx, changes, now) : undefined))
  changes.push(...added)
  changesOf.set(tx, changes)
}

function changeQuery(tx: Tx | PlatformTx, changes: Change[], now: Date) {
  const names = changes.map(({ name }) => name)
  const amounts = changes.map(({ amount }) => amount)
  const takenAt = changes.map((each) => each.takenAt)
  return (tx as Tx).selectNoFrom(
    sql`app.change_usage(${names}::text[], ${amounts}::bigint[], ${takenAt}::timestamptz[], ${now})`.as(
      'changed',
    ),
  )
}
