import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Database, Tx } from '../../src/db/database.ts'
import type { TenantId } from '../../src/db/tenant-id.ts'
import { type Amounts, consume, release } from '../../src/features/plans/limits.ts'
import { type CountedLimit, countedLimits, isPeriodLimit } from '../../src/features/plans/plans.ts'
import { countClients, setLimits, sumOfDays, takeWithClient, told, usageOf } from '../support/limits.ts'
import { type Platform, startPlatform } from '../support/platform.ts'
import { startAnother } from '../support/sessions.ts'
import { client, insertClient } from '../support/transactions.ts'

/** The first instants after the platform's clock at which the period of a limit begins, in Paris. */
const resetsAt: Partial<Record<CountedLimit, string>> = {
  executions_per_month: '2026-03-31T22:00:00.000Z',
  articles_per_week: '2026-03-08T23:00:00.000Z',
}
const day = 86_400_000

describe.each(['on', 'off'])('PG_PIPELINE and PG_PREPARED %s', (isOn) => {
  let platform: Platform
  let another: Awaited<ReturnType<typeof startAnother>>
  let db: Database
  beforeAll(async () => {
    platform = await startPlatform({ PG_PIPELINE: isOn, PG_PREPARED: isOn })
    another = await startAnother(platform)
    db = platform.context.db
  })
  afterAll(async () => {
    await another.stop()
    await platform.stop()
  })

  const now = () => platform.clock.now()
  let companies = 0
  /** A tenant that may take so many of a limit and has taken so many. */
  async function companyWith(limit: CountedLimit, { allowed, used }: { allowed: number; used: number }) {
    const { tenantId } = await platform.signUp(`Company ${++companies}`)
    await setLimits(platform, tenantId, { [limit]: allowed })
    // Who signed up has a seat.
    const taken = limit === 'users' ? 1 : 0
    await inTenant(tenantId, async (tx) => consume(tx, { [limit]: used - taken }, now()))
    return tenantId
  }
  const inTenant = (tenantId: string, work: (tx: Tx) => Promise<unknown>) =>
    db.withTenant(tenantId as TenantId, work)
  const take = (tenantId: string, limit: CountedLimit) => takeWithClient(db, tenantId, limit, now())
  const usedOf = async (tenantId: string, limit: CountedLimit) =>
    (await usageOf(platform, tenantId, limit)).used

  describe.each(countedLimits)('%s', (limit) => {
    const limitReached = {
      code: 'limit_reached',
      limit,
      used: 5,
      allowed: 5,
      resets_at: resetsAt[limit] ?? null,
    }

    test('of 100 who take the last place at once, through two servers, one gets it', async () => {
      const tenantId = await companyWith(limit, { allowed: 5, used: 4 })
      const takers = Array.from({ length: 100 }, (_, index) =>
        takeWithClient(index % 2 ? db : another.context.db, tenantId, limit, now()),
      )
      const outcomes = await Promise.allSettled(takers)
      const refused = outcomes.filter((outcome) => outcome.status === 'rejected')
      expect(refused.map(({ reason }) => told(reason))).toEqual(Array(99).fill(limitReached))
      expect(await countClients(platform, tenantId)).toBe(1)
      expect(await usageOf(platform, tenantId, limit)).toEqual({
        limit,
        used: 5,
        allowed: 5,
        resets_at: resetsAt[limit] ? new Date(resetsAt[limit]) : null,
      })
    })

    test('a write that is undone takes nothing, whatever undoes it', async () => {
      const tenantId = await companyWith(limit, { allowed: 5, used: 4 })
      const other = countedLimits.find((each) => each !== limit) as CountedLimit
      await setLimits(platform, tenantId, { [limit]: 5, [other]: 0 })
      const twice = client('twice')
      const endings: Record<string, (tx: Tx) => Promise<unknown>> = {
        'the handler throws': () => Promise.reject(new RangeError('thrown')),
        'a constraint is violated': (tx) => tx.insertInto('clients').values([twice, twice]).execute(),
        'a constraint is violated at the end': async (tx) =>
          tx.atCommit(tx.insertInto('clients').values([twice, twice])),
        'a failed statement is swallowed': (tx) => sql`select 1/0`.execute(tx).catch(() => undefined),
        'another limit is reached': async (tx) => consume(tx, { [other]: 1 }, now()),
        'this limit is reached': async (tx) => consume(tx, { [limit]: 1 }, now()),
      }
      for (const [what, end] of Object.entries(endings)) {
        const undone = inTenant(tenantId, async (tx) => {
          consume(tx, { [limit]: 1 }, now())
          await insertClient(tx, 'undone')
          await end(tx)
        })
        await expect(undone, what).rejects.toThrow()
      }
      expect(await countClients(platform, tenantId)).toBe(0)
      expect(await usedOf(tenantId, limit)).toBe(4)
      await take(tenantId, limit)
      expect(await usedOf(tenantId, limit)).toBe(5)
    })

    test('what is removed is given back, and can be taken again', async () => {
      const tenantId = await companyWith(limit, { allowed: 5, used: 4 })
      await take(tenantId, limit)
      await expect(take(tenantId, limit)).rejects.toMatchObject({ code: 'TN001' })
      const takenAt = now()
      const remove = () =>
        inTenant(tenantId, async (tx) => {
          await tx.deleteFrom('clients').execute()
          release(tx, { [limit]: 1 }, { now: now(), takenAt })
        })
      await remove()
      expect(await usedOf(tenantId, limit)).toBe(4)
      await take(tenantId, limit)
      expect(await countClients(platform, tenantId)).toBe(1)

      platform.clock.advance(40 * day)
      await remove()
      expect(await usedOf(tenantId, limit)).toBe(isPeriodLimit(limit) ? 0 : 4)
      platform.clock.advance(-40 * day)
    })

    test('the days of the tenant add up to what was taken', async () => {
      const tenantId = await companyWith(limit, { allowed: 5, used: 3 })
      await take(tenantId, limit)
      await inTenant(tenantId, async (tx) => release(tx, { [limit]: 2 }, { now: now(), takenAt: now() }))
      const [used, added] = [await usedOf(tenantId, limit), await sumOfDays(platform, tenantId, limit)]
      expect(used).toBe(2)
      expect(added).toBe(limit === 'users' ? used - 1 : used)
    })
  })

  const sites = (tenantId: string, ...changes: ((tx: Tx) => void)[]) =>
    inTenant(tenantId, async (tx) => {
      for (const each of changes) each(tx)
      await insertClient(tx, 'with sites')
    })
  const plus = (amount: number) => (tx: Tx) => consume(tx, { sites: amount }, now())
  const minus = (amount: number) => (tx: Tx) => release(tx, { sites: amount }, { now: now() })

  test('of one transaction the sum counts, wherever in it something is taken or given back', async () => {
    const tenantId = await companyWith('sites', { allowed: 5, used: 3 })
    await expect(sites(tenantId, plus(1), plus(2))).rejects.toMatchObject({ code: 'TN001' })
    await sites(tenantId, plus(1), plus(1))
    expect(await usedOf(tenantId, 'sites')).toBe(5)
    await sites(tenantId, plus(2), minus(1), minus(1))
    await sites(tenantId, minus(2), plus(1))
    expect(await usedOf(tenantId, 'sites')).toBe(4)
    await expect(sites(tenantId, minus(1), plus(3))).rejects.toMatchObject({ code: 'TN001' })
    expect(await usedOf(tenantId, 'sites')).toBe(4)
    expect(await countClients(platform, tenantId)).toBe(3)
  })

  test('with more used than is allowed, what takes nothing more goes through', async () => {
    const tenantId = await companyWith('storage_bytes', { allowed: 100, used: 90 })
    await setLimits(platform, tenantId, { storage_bytes: 50 })
    const replace = (from: number, to: number) =>
      inTenant(tenantId, async (tx) => {
        consume(tx, { storage_bytes: to }, now())
        release(tx, { storage_bytes: from }, { now: now() })
      })
    await replace(20, 15)
    await replace(15, 15)
    await expect(replace(15, 16)).rejects.toMatchObject({ code: 'TN001' })
    await expect(take(tenantId, 'storage_bytes')).rejects.toSatisfy(
      (error) => told(error).code === 'limit_reached' && (told(error) as { used?: number }).used === 85,
    )
  })

  test('in a period too, what was taken in it and is given back with it may be taken again', async () => {
    const tenantId = await companyWith('articles_per_week', { allowed: 5, used: 5 })
    const replace = (takenAt: Date) =>
      inTenant(tenantId, async (tx) => {
        consume(tx, { articles_per_week: 1 }, now())
        release(tx, { articles_per_week: 1 }, { now: now(), takenAt })
      })
    await replace(now())
    await expect(replace(new Date(now().getTime() - 7 * day))).rejects.toMatchObject({ code: 'TN001' })
    expect(await usedOf(tenantId, 'articles_per_week')).toBe(5)
  })

  test.each<[string, (tx: Tx) => Promise<unknown>, string]>([
    ['a negative amount', async (tx) => consume(tx, { sites: -1 }, now()), 'not an amount'],
    ['a part', async (tx) => consume(tx, { sites: 0.5 }, now()), 'not an amount'],
    ['no number', async (tx) => consume(tx, { sites: Number.NaN }, now()), 'not an amount'],
    [
      'more than numbers can tell apart',
      async (tx) => consume(tx, { sites: 2 ** 53 }, now()),
      'not an amount',
    ],
    [
      'a negative amount given back',
      async (tx) => release(tx, { sites: -1 }, { now: now() }),
      'not an amount',
    ],
    [
      'a limit that there is not',
      async (tx) => consume(tx, { constructor: 1 } as Amounts, now()),
      'query returned no rows',
    ],
    [
      'a limit that is counted elsewhere',
      async (tx) => consume(tx, { requests_per_minute: 1 } as Amounts, now()),
      'query returned no rows',
    ],
    ['no instant', async (tx) => consume(tx, { sites: 1 }, new Date(Number.NaN)), 'invalid date'],
    [
      'what was taken nobody knows when',
      async (tx) => release(tx, { articles_per_week: 1 }, { now: now() }),
      'period it was taken in',
    ],
    [
      'from inside a savepoint',
      (tx) => tx.savepoint(async (inner) => consume(inner, { sites: 1 }, now())),
      'not in use',
    ],
    [
      'while a savepoint is open that could be undone',
      async (tx) => {
        consume(tx, { sites: 1 }, now())
        await tx.savepoint(async () => consume(tx, { sites: 1 }, now())).catch(() => undefined)
      },
      'not in use',
    ],
  ])('%s is refused, and nothing is saved', async (_what, take, message) => {
    const tenantId = await companyWith('sites', { allowed: 5, used: 3 })
    const failing = inTenant(tenantId, async (tx) => {
      await insertClient(tx, 'before')
      await take(tx)
    })
    await expect(failing).rejects.toThrow(message)
    expect(await countClients(platform, tenantId)).toBe(0)
    expect(await usedOf(tenantId, 'sites')).toBe(3)
  })

  test('after the transaction nothing can be taken in its name', async () => {
    const tenantId = await companyWith('sites', { allowed: 5, used: 3 })
    const kept = await inTenant(tenantId, async (tx) => {
      consume(tx, { sites: 1 }, now())
      return { tx }
    })
    expect(() => consume((kept as { tx: Tx }).tx, { sites: 1 }, now())).toThrow('not in use')
    expect(await usedOf(tenantId, 'sites')).toBe(4)
  })

  test('of an unlimited limit as much as numbers can tell is taken, and it is still counted', async () => {
    const tenantId = await companyWith('storage_bytes', { allowed: 5, used: 5 })
    await setLimits(platform, tenantId, { storage_bytes: null })
    const most = Number.MAX_SAFE_INTEGER
    await inTenant(tenantId, async (tx) => consume(tx, { storage_bytes: most - 5 }, now()))
    expect(await usageOf(platform, tenantId, 'storage_bytes')).toMatchObject({ used: most, allowed: null })
    await setLimits(platform, tenantId, { storage_bytes: most })
    const tooMuch = inTenant(tenantId, async (tx) => {
      for (let times = 0; times < 3; times++) consume(tx, { storage_bytes: most }, now())
    })
    await expect(tooMuch).rejects.toMatchObject({ code: 'TN001' })
    const beyond = inTenant(tenantId, async (tx) => {
      for (let times = 0; times < 1100; times++) consume(tx, { storage_bytes: most }, now())
    })
    await expect(beyond, 'more than the column holds').rejects.toMatchObject({ code: '22003' })
    expect(await usedOf(tenantId, 'storage_bytes')).toBe(most)
  })

  test('a limit of zero gives nothing, and one of the plan’s own holds where there is no exception', async () => {
    const tenantId = await companyWith('workflows', { allowed: 0, used: 0 })
    await expect(take(tenantId, 'workflows')).rejects.toMatchObject({ code: 'TN001' })
    expect(await usageOf(platform, tenantId, 'sites')).toMatchObject({ allowed: 5 })
    await expect(sites(tenantId, plus(6))).rejects.toMatchObject({ code: 'TN001' })
    await platform.sql(
      `update tenants set limit_overrides = '{"sites": 6.0}' where tenant_id = $1`,
      [tenantId],
      tenantId,
    )
    await sites(tenantId, plus(6))
  })

  test('a counter that says too little keeps nobody from removing', async () => {
    const tenantId = await companyWith('sites', { allowed: 5, used: 1 })
    await sites(tenantId, minus(3))
    expect(await usedOf(tenantId, 'sites')).toBe(0)
    expect(await sumOfDays(platform, tenantId, 'sites')).toBe(0)
  })

  test('the platform takes of the tenant that its transaction names, and without one of none', async () => {
    const tenantId = await companyWith('sites', { allowed: 4, used: 3 })
    const takeOne = (names: boolean) =>
      db.withPlatform('usage', async (tx) => consume(tx, { sites: 1 }, now()), {
        ...(names && { tenantId: tenantId as TenantId }),
      })
    await expect(takeOne(false)).rejects.toThrow('query returned no rows')
    await takeOne(true)
    await expect(takeOne(true)).rejects.toMatchObject({ code: 'TN001' })
    expect(await usedOf(tenantId, 'sites')).toBe(4)
  })

  test('a transaction that runs again after a stale statement takes once', async () => {
    const tenantId = await companyWith('sites', { allowed: 5, used: 3 })
    let runs = 0
    await inTenant(tenantId, async (tx) => {
      consume(tx, { sites: 1 }, now())
      // What a pooler that has forgotten a statement would answer.
      if (++runs === 1) throw Object.assign(new Error('stale'), { code: '26000' })
    })
    expect(runs).toBe(2)
    expect(await usedOf(tenantId, 'sites')).toBe(4)
  })

  test('a tenant’s statement cannot write the counters themselves, nor the days', async () => {
    const tenantId = await companyWith('sites', { allowed: 5, used: 3 })
    for (const statement of [
      sql`update limit_counters set used = 0`,
      sql`delete from limit_counters`,
      sql`insert into limit_counters (id, limit_name, created_at, updated_at)
        values (gen_random_uuid(), 'sites', now(), now())`,
      sql`update usage_days set quantity = 0`,
      sql`delete from usage_days`,
      sql`delete from tenant_settings`,
      sql`update tenants set limit_overrides = '{}'`,
      sql`select app.lock_usage()`,
      sql`select app.recount_users(now())`,
      sql`select app.add_to_day('sites', '2026-03-02', 1, now())`,
    ]) {
      await expect(inTenant(tenantId, (tx) => statement.execute(tx))).rejects.toMatchObject({ code: '42501' })
    }
    expect(await usageOf(platform, tenantId, 'sites')).toMatchObject({ used: 3, allowed: 5 })
  })

  test.each(['infinity', '-infinity', '294276-12-30', '4713-01-02 BC'])(
    'an injected statement moves no period to %s, where nobody could count',
    async (at) => {
      const tenantId = await companyWith('executions_per_month', { allowed: 5, used: 3 })
      const injected = sql`select app.change_usage(array['executions_per_month'], array[1]::bigint[],
        array[null]::timestamptz[], ${at}::timestamptz)`
      await expect(inTenant(tenantId, (tx) => injected.execute(tx))).rejects.toMatchObject({ code: '23514' })
      expect(await usageOf(platform, tenantId, 'executions_per_month')).toMatchObject({ used: 3, allowed: 5 })
    },
  )

  test('what an injected statement gives back it does in its own tenant only', async () => {
    const [mine, theirs] = [
      await companyWith('users', { allowed: 5, used: 3 }),
      await companyWith('users', { allowed: 5, used: 3 }),
    ]
    const giveBack = sql`select app.change_usage('{users}', '{-3}', '{null}', now())`
    await inTenant(mine, (tx) => giveBack.execute(tx))
    expect(await usedOf(mine, 'users')).toBe(0)
    expect(await usedOf(theirs, 'users')).toBe(3)
    const recount = (tenantId: string) =>
      db.withPlatform('usage', (tx) => sql`select app.recount_users(${now()})`.execute(tx), {
        tenantId: tenantId as TenantId,
      })
    await recount(mine)
    expect(await usedOf(mine, 'users'), 'one member, no invitations').toBe(1)
  })
})
