import { sql } from 'kysely'
import type { TenantQueryBuilder } from '../../db/database.ts'

/** The stages of a deal in their order, each with the percentage of deals in it that are expected to be won. */
export const probabilityOf = {
  lead: 10,
  qualified: 25,
  proposal: 50,
  negotiation: 75,
  won: 100,
  lost: 0,
} as const

export type Stage = keyof typeof probabilityOf
export const stages = Object.keys(probabilityOf) as [Stage, ...Stage[]]

/** Whether nothing is expected of a deal any more. */
export const isClosed = (stage: Stage) => stage === 'won' || stage === 'lost'

/**
 * What deals are expected to bring, in hundredths of a cent: of one that is won all, of one that is lost nothing,
 * whatever was expected of it before.
 */
const expected = sql`amount_cents * case stage when 'won' then 100 when 'lost' then 0 else probability end`

/** The weighted sum of the deals of a group in cents, as digits: added up exactly, then rounded once, a half up. */
export const weightedSum = sql<string>`round(sum(${expected}::numeric) / 100)::text`

/** How many deals stand in each stage and currency, and what they amount to; sums as digits, of any length. */
export function pipelineQuery(queries: TenantQueryBuilder) {
  return queries
    .selectFrom('deals')
    .select(['stage', 'currency'])
    .select([
      sql<number>`count(*)::float8`.as('count'),
      sql<string>`sum(amount_cents)::text`.as('amount_cents'),
      weightedSum.as('weighted_amount_cents'),
    ])
    .where('deleted_at', 'is', null)
    .groupBy(['stage', 'currency'])
    .orderBy(sql`array_position(${sql.lit(`{${stages}}`)}::text[], stage)`)
    .orderBy('currency')
}
