import { sql } from 'kysely'
import type { Tx } from '../../db/database.ts'
import { AppError, type InputError } from '../../errors.ts'
import { newId } from '../../new-id.ts'
import { limitNames } from '../plans/plans.ts'

/** What was used, how much of it, and when; the instant of recording where it does not say. */
export interface UsageEvent {
  metric: string
  quantity: number
  occurred_at?: Date
  idempotency_key: string
}

/** The sender's clock may be ahead of ours. */
const minutesAhead = 5
/** A month has 31 days at most. What is older than this stands for good: it can be billed. */
const daysBack = 35

/** Whether a metric may have this name: those of limits are taken, since both have their days in one table. */
export function isNameOfLimit(metric: string): boolean {
  return (limitNames as readonly string[]).includes(metric)
}

/**
 * Records events, all or none, in one statement: each key counts once for the tenant, however often and from wherever
 * it comes. Calls of the same key wait for each other; in whichever order they name their keys, none waits in a circle.
 * Gives for each event whether it was new.
 * @throws AppError 400 `invalid_request` for an instant more than 5 minutes ahead or 35 days back; 422
 *   `idempotency_key_reused` with the first `idempotency_key` that stands for another metric, quantity or instant; 403
 *   `limit_reached` (limit `metrics`) for more than 100 different metrics within 36 days
 */
export async function recordUsage(tx: Tx, events: UsageEvent[], now: Date): Promise<boolean[]> {
  refuseFarInstants(events, now)
  const ids = events.map(() => newId(now))
  const metrics = events.map(({ metric }) => metric)
  const quantities = events.map(({ quantity }) => quantity)
  const instants = events.map(({ occurred_at }) => occurred_at ?? null)
  const keys = events.map(({ idempotency_key }) => idempotency_key)
  const { were_new } = await tx
    .selectNoFrom(
      sql<boolean[]>`app.record_usage(${ids}::uuid[], ${metrics}::text[], ${quantities}::bigint[],
        ${instants}::timestamptz[], ${keys}::text[], ${now})`.as('were_new'),
    )
    .executeTakeFirstOrThrow()
  return were_new
}

function refuseFarInstants(events: UsageEvent[], now: Date): void {
  const latest = now.getTime() + minutesAhead * 60_000
  const earliest = now.getTime() - daysBack * 86_400_000
  const errors = events.flatMap(({ occurred_at }, index): InputError[] => {
    const path = `body.events.${index}.occurred_at`
    if (!occurred_at) return []
    if (occurred_at.getTime() > latest)
      return [{ path, message: `should be at most ${minutesAhead} minutes in the future` }]
    if (occurred_at.getTime() < earliest)
      return [{ path, message: `should be at most ${daysBack} days in the past` }]
    return []
  })
  if (errors.length > 0) throw new AppError('invalid_request', { errors: errors.slice(0, 20) })
}
