import type { Store } from 'express-rate-limit'
import { sql } from 'kysely'
import type { Context } from '../context.ts'
import { AppError } from '../errors.ts'

/**
 * Counts in PostgreSQL, so that all processes share them: one statement for each hit, in an unlogged table. Of who
 * is counted only a keyed hash is stored. Windows are fixed ones and begin with the first hit, by the context's clock.
 * @param name keeps the counts of several limits apart
 */
export function createSharedStore(context: Context, name: string, windowMs: number): Store {
  const { db, clock, keyedHash } = context
  const rowOf = (key: string) => keyedHash('rate limit', `${name}\n${key}`).toString('base64url')

  return {
    async increment(key) {
      const now = clock.now()
      const first = { key: rowOf(key), hits: 1, resets_at: new Date(now.getTime() + windowMs) }
      const { hits, resets_at } = await db
        .withPlatform('rate limits', (tx) =>
          tx
            .insertInto('rate_limits')
            .values(first)
            .onConflict((conflict) =>
              conflict.column('key').doUpdateSet({
                hits: sql<number>`case when rate_limits.resets_at <= ${now} then 1 else least(rate_limits.hits, 1000000) + 1 end`,
                resets_at: sql<Date>`case when rate_limits.resets_at <= ${now} then excluded.resets_at else rate_limits.resets_at end`,
              }),
            )
            .returning(['hits', 'resets_at'])
            .executeTakeFirstOrThrow(),
        )
        .catch(asUnavailable)
      // What is left of the window by the context's clock, for express-rate-limit, which reads the system's.
      return { totalHits: hits, resetTime: new Date(Date.now() + resets_at.getTime() - now.getTime()) }
    },

    async decrement(key) {
      await db.withPlatform('rate limits', (tx) =>
        tx
          .updateTable('rate_limits')
          .set({ hits: sql<number>`hits - 1` })
          .where('key', '=', rowOf(key))
          .where('hits', '>', 0)
          .where('resets_at', '>', clock.now())
          .execute(),
      )
    },

    async resetKey(key) {
      await db.withPlatform('rate limits', (tx) =>
        tx.deleteFrom('rate_limits').where('key', '=', rowOf(key)).execute(),
      )
    },
  }
}

/** A count may be lost, or counted twice: of what was asked for nothing has begun. */
function asUnavailable(error: unknown): never {
  const isUnknown = error instanceof AppError && error.code === 'outcome_unknown'
  throw isUnknown ? new AppError('database_unavailable', { cause: error }) : error
}
