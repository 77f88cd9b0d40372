import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Database } from '../../src/db/database.ts'
import type { TenantId } from '../../src/db/tenant-id.ts'
import { type Amounts, consume, release } from '../../src/features/plans/limits.ts'
import { type CountedLimit, countedLimits } from '../../src/features/plans/plans.ts'
import { countClients, setLimits, told, usageOf } from '../support/limits.ts'
import { type Platform, startPlatform } from '../support/platform.ts'
import { startAnother } from '../support/sessions.ts'
import { insertClient } from '../support/transactions.ts'

let platform: Platform
let another: Awaited<ReturnType<typeof startAnother>>
beforeAll(async () => {
  platform = await startPlatform()
  const { config } = platform.context
  const slow = { ...config, database: { ...config.database, pipeline: false } }
  another = await startAnother({ ...platform, context: { ...platform.context, config: slow } })
})
afterAll(async () => {
  await another.stop()
  await platform.stop()
})

/** What one transaction does, step by step, in an order of its own. */
interface Job {
  tenantId: string
  /** Through the server without a pipeline. */
  slowly: boolean
  steps: { limit: CountedLimit; amount: number; gives: boolean }[]
  pauseMs: number
  throws: boolean
}

const arbitraryJob: fc.Arbitrary<Job> = fc.record({
  tenantId: fc.constantFrom('acme', 'acme', 'acme', 'globex'),
  slowly: fc.boolean(),
  steps: fc.array(
    fc.record({
      limit: fc.constantFrom(...countedLimits),
      amount: fc.integer({ min: 0, max: 3 }),
      gives: fc.boolean(),
    }),
    { minLength: 1, maxLength: 8 },
  ),
  pauseMs: fc.integer({ min: 0, max: 3 }),
  throws: fc.nat(5).map((one) => one === 0),
})

const start = 1000
const allowed = 1008

test('many that take several limits at once, in any order: none deadlock, and every sum is exact', async () => {
  const now = platform.clock.now()
  for (const tenantId of ['acme', 'globex']) {
    await setLimits(platform, tenantId, Object.fromEntries(countedLimits.map((limit) => [limit, null])))
    // So much that giving back never meets an empty counter.
    const amounts = Object.fromEntries(
      countedLimits.map((limit) => [limit, limit === 'users' ? start - 1 : start]),
    )
    await platform.context.db.withTenant(tenantId as TenantId, async (tx) => consume(tx, amounts, now))
    await setLimits(platform, tenantId, Object.fromEntries(countedLimits.map((limit) => [limit, allowed])))
  }
  const expected = new Map<string, number>()
  const written = { acme: 0, globex: 0 } as Record<string, number>
  const outcomes: Record<string, number> = {}

  async function run(db: Database, { tenantId, steps, pauseMs, throws }: Job) {
    try {
      await db.withTenant(tenantId as TenantId, async (tx) => {
        for (const { limit, amount, gives } of steps) {
          const amounts: Amounts = { [limit]: amount }
          if (gives) release(tx, amounts, { now, takenAt: now })
          else consume(tx, amounts, now)
        }
        await insertClient(tx, 'together')
        await sleep(pauseMs)
        if (throws) throw new RangeError('thrown')
      })
    } catch (error) {
      const what = error instanceof RangeError ? 'thrown' : (told(error).code as string)
      outcomes[what] = (outcomes[what] ?? 0) + 1
      return
    }
    outcomes.saved = (outcomes.saved ?? 0) + 1
    written[tenantId] = (written[tenantId] as number) + 1
    for (const { limit, amount, gives } of steps) {
      const key = `${tenantId} ${limit}`
      expected.set(key, (expected.get(key) ?? start) + (gives ? -amount : amount))
    }
  }

  /** Others that hold all counters, as a change of plan does. */
  const holdAll = (tenantId: string) =>
    platform.context.db.withPlatform(
      'tenants',
      async (tx) => {
        await sql`select app.lock_usage()`.execute(tx)
        await sleep(1)
      },
      { tenantId: tenantId as TenantId },
    )

  await fc.assert(
    fc.asyncProperty(fc.array(arbitraryJob, { minLength: 60, maxLength: 60 }), async (jobs) => {
      await Promise.all([
        ...jobs.map((job) => run(job.slowly ? another.context.db : platform.context.db, job)),
        ...['acme', 'globex', 'acme'].map(holdAll),
      ])
      for (const tenantId of ['acme', 'globex']) {
        for (const limit of countedLimits) {
          const { used } = await usageOf(platform, tenantId, limit)
          expect(used, `${tenantId} ${limit}`).toBe(expected.get(`${tenantId} ${limit}`) ?? start)
          expect(used).toBeLessThanOrEqual(allowed)
        }
        expect(await countClients(platform, tenantId)).toBe(written[tenantId])
      }
    }),
    { numRuns: 15, endOnFailure: true },
  )
  expect(Object.keys(outcomes).sort(), JSON.stringify(outcomes)).toEqual(['limit_reached', 'saved', 'thrown'])
}, 60_000)
