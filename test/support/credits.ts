import { v7 as uuidv7 } from 'uuid'
import { expect } from 'vitest'
import type { TenantId } from '../../src/db/tenant-id.ts'
import { grantCredits } from '../../src/features/credits/credits.ts'
import type { Platform } from './platform.ts'

/** Gives a tenant credits as an operator does, without the API. The id is that of the grant and of its lot. */
export async function giveCredits(
  { context, clock }: Platform,
  tenant: string,
  amount: number,
  { expiresAt = null, reason = 'a gift' }: { expiresAt?: Date | null; reason?: string } = {},
): Promise<string> {
  const tenantId = tenant as TenantId
  const actor = { kind: 'operator', id: 'SUPER_ADMIN_KEY' } as const
  const change = { amount, reason, idempotencyKey: uuidv7(), actor, now: clock.now(), expiresAt }
  const done = await context.db.withPlatform('super admin', (tx) => grantCredits(tx, change), { tenantId })
  return done.operationId
}

/** A tenant's credits as its tables have them. */
export interface Books {
  balance: number
  /** What is left of each lot, those first that are spent first. */
  lots: { id: string; remaining: number; expires_at: Date | null }[]
  /** How much each kind of operation has moved in all, and how many of them there are. */
  moved: Record<string, { operations: number; credits: number }>
}

/**
 * Expects that the account, the lots and the ledger of a tenant say the same, and that each operation has moved as much
 * as it says; gives them.
 */
export async function expectBooksRight({ sql }: Platform, tenantId: string): Promise<Books> {
  const ask = (query: string) => sql(query, [tenantId], tenantId)
  const [sums] = await ask(
    `select coalesce((select balance from credit_accounts where tenant_id = $1), 0)::float8 as balance,
      (select coalesce(sum(remaining), 0) from credit_lots where tenant_id = $1)::float8 as lots,
      (select coalesce(sum(amount), 0) from credit_entries where tenant_id = $1)::float8 as entries`,
  )
  expect(sums).toEqual({ balance: sums.balance, lots: sums.balance, entries: sums.balance })
  expect(sums.balance).toBeGreaterThanOrEqual(0)
  const wrongLots = await ask(
    `select l.id from credit_lots l join credit_operations o on o.tenant_id = l.tenant_id and o.id = l.id
      where l.tenant_id = $1 and (o.kind, o.amount, o.expires_at) is distinct from ('grant', l.amount, l.expires_at)
        or l.remaining <> (select sum(e.amount) from credit_entries e
          where e.tenant_id = l.tenant_id and e.lot_id = l.id)`,
  )
  expect(wrongLots).toEqual([])
  const wrongOperations = await ask(
    `select o.id, o.kind from credit_operations o where o.tenant_id = $1 and (
        (o.amount * case when o.kind in ('debit', 'expiry') then -1 else 1 end) is distinct from
          (select sum(e.amount) from credit_entries e where e.tenant_id = o.tenant_id and e.operation_id = o.id)
        or o.kind = 'debit' and o.amount < (select coalesce(sum(r.amount), 0) from credit_operations r
          where r.tenant_id = o.tenant_id and r.debit_id = o.id))`,
  )
  expect(wrongOperations).toEqual([])
  const moved = await ask(
    `select kind, count(*)::int as operations, sum(amount)::float8 as credits from credit_operations
      where tenant_id = $1 group by kind`,
  )
  const lots = await ask(
    `select id, remaining::float8 as remaining, expires_at from credit_lots where tenant_id = $1
      order by expires_at, created_at, id`,
  )
  return {
    balance: sums.balance,
    lots: lots as Books['lots'],
    moved: Object.fromEntries(moved.map(({ kind, operations, credits }) => [kind, { operations, credits }])),
  }
}
