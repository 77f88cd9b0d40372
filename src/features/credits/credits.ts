import { type RawBuilder, sql } from 'kysely'
import type { PlatformTx, TenantQueryBuilder, Tx } from '../../db/database.ts'
import { decodeCursor, encodeCursor } from '../../db/keyset.ts'
import { AppError } from '../../errors.ts'
import { newId } from '../../new-id.ts'
import type { AuditEntry } from '../audit/audit.ts'

/** The most that one grant, debit or refund can be. */
export const mostCredits = 1_000_000_000

/** What can happen to credits: entries of the last kind nobody asks for. */
export const creditKinds = ['grant', 'debit', 'refund', 'expiry'] as const

/** What every change of a tenant's credits says of itself. */
export interface CreditChange {
  /** An integer from 1 to mostCredits. */
  amount: number
  reason: string
  /** The same key with the same content has no second effect. Members and the platform have keys of their own. */
  idempotencyKey: string
  actor: AuditEntry['actor']
  now: Date
}

/** What a change did, or what it did when its key was used for the first time. */
export interface CreditResult {
  operationId: string
  /** When it was done. */
  balance: number
  /** Whether it had been done before and nothing was changed now. */
  isRepeat: boolean
}

/**
 * Spends credits of the transaction's tenant, those first that expire first. It holds the tenant's credits until the
 * transaction ends, so it stands as late in it as it can.
 * @throws AppError 402 `insufficient_credits` with balance and needed; 422 `idempotency_key_reused`
 */
export function debitCredits(tx: Tx | PlatformTx, change: CreditChange): Promise<CreditResult> {
  return call(tx, (values) => sql`app.debit_credits(${values})`, change)
}

/**
 * Gives credits to the transaction's tenant, until they expire or for good.
 * @throws AppError 400 `invalid_request` for an expiry that is over; 422 `idempotency_key_reused`
 */
export function grantCredits(
  tx: PlatformTx,
  { expiresAt, ...change }: CreditChange & { expiresAt: Date | null },
): Promise<CreditResult> {
  return call(tx, (values) => sql`app.grant_credits(${values}, ${expiresAt})`, change)
}

/**
 * Gives a debit or a part of it back, to the lots that it was taken from: what was taken last comes back first. What
 * comes back to credits that have expired since, expires at once.
 * @throws AppError 400 `invalid_request` for what is no debit of this tenant, or for more than is left of it; 422
 *   `idempotency_key_reused`
 */
export function refundCredits(
  tx: PlatformTx,
  { debitId, ...change }: CreditChange & { debitId: string },
): Promise<CreditResult> {
  return call(tx, (values) => sql`app.refund_credits(${values}, ${debitId})`, change)
}

/** Writes off what is overdue of the transaction's tenant, oldest first. */
export async function expireCredits(tx: PlatformTx, now: Date): Promise<void> {
  await sql`select app.expire_credits(${now})`.execute(tx)
}

/** What a tenant can spend now, what has expired left out, as rows of lots with the balance in each. */
export function openLotsQuery(queries: TenantQueryBuilder, now: Date) {
  return queries
    .selectFrom('credit_lots')
    .select(['id', 'expires_at'])
    .select([
      sql<number>`remaining::float8`.as('remaining'),
      sql<number>`sum(remaining) over ()::float8`.as('balance'),
    ])
    .where(sql<boolean>`remaining > 0`)
    .where((eb) => eb.or([eb('expires_at', 'is', null), eb('expires_at', '>', now)]))
    .orderBy('expires_at')
    .orderBy('created_at')
    .orderBy('id')
    .limit(sql.lit(100))
}

const sort = '-created_at'

/** One page of the ledger, newest first, and one row more, which tells of a next page. */
export function listCreditEntries(
  queries: TenantQueryBuilder,
  { limit, cursor }: { limit: number; cursor?: string },
) {
  let query = queries
    .selectFrom('credit_entries')
    .innerJoin('credit_operations', 'credit_operations.id', 'credit_entries.operation_id')
    .select(['credit_entries.id', 'operation_id', 'kind', 'lot_id', 'reason', 'debit_id', 'actor_kind'])
    .select(['credit_entries.created_at', sql<number>`credit_entries.amount::float8`.as('amount')])
  if (cursor !== undefined) {
    const { value, id } = decodeCursor(cursor, sort, 'instant')
    query = query.where(
      sql<boolean>`(credit_entries.created_at, credit_entries.id) < (${value}::timestamptz, ${id}::uuid)`,
    )
  }
  return query
    .orderBy('credit_entries.created_at', 'desc')
    .orderBy('credit_entries.id', 'desc')
    .limit(sql.lit(limit + 1))
}

/** The cursor behind an entry of the ledger. */
export function creditEntryCursor({ id, created_at }: { id: string; created_at: Date }): string {
  return encodeCursor(sort, { value: created_at.toISOString(), id })
}

/** What app.change_credits() refuses with TN005, by the field that it names. */
const refusals: Record<string, string> = {
  expires_at: 'should be in the future',
  debit_id: 'is no debit of this tenant',
  amount: 'is more than is left to give back',
}

async function call(
  tx: Tx | PlatformTx,
  build: (values: RawBuilder<unknown>) => RawBuilder<unknown>,
  { amount, reason, idempotencyKey, actor, now }: CreditChange,
): Promise<CreditResult> {
  const id = newId(now)
  const values = sql`${id}, ${amount}, ${reason}, ${idempotencyKey}, ${actor.kind}, ${actor.id}, ${now}`
  try {
    const { rows } = await sql<{
      operation_id: string
      balance: number
      is_repeat: boolean
    }>`select operation_id, new_balance::float8 as balance, is_repeat from ${build(values)}`.execute(tx)
    const [row] = rows
    if (!row) throw new Error('a change of credits has no answer')
    return { operationId: row.operation_id, balance: row.balance, isRepeat: row.is_repeat }
  } catch (error) {
    const { code, column = '' } = error as { code?: string; column?: string }
    const message = refusals[column]
    if (code !== 'TN005' || !message) throw error
    throw new AppError('invalid_request', { errors: [{ path: `body.${column}`, message }], cause: error })
  }
}
