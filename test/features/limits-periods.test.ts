import fc from 'fast-check'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TenantId } from '../../src/db/tenant-id.ts'
import { consume, release } from '../../src/features/plans/limits.ts'
import { setLimits, setTimeZone, told, usageOf } from '../support/limits.ts'
import { type Platform, startPlatform } from '../support/platform.ts'

let platform: Platform
beforeAll(async () => {
  platform = await startPlatform()
})
afterAll(() => platform.stop())

type PeriodLimit = 'executions_per_month' | 'articles_per_week'
const hour = 3_600_000
const day = 86_400_000
let companies = 0
async function companyIn(zone: string, limits: Partial<Record<PeriodLimit, number>>) {
  const { tenantId } = await platform.signUp(`Company ${++companies}`)
  await setTimeZone(platform, tenantId, zone)
  await setLimits(platform, tenantId, limits)
  return tenantId as TenantId
}
const take = (tenantId: TenantId, limit: PeriodLimit, at: Date) =>
  platform.context.db.withTenant(tenantId, async (tx) => consume(tx, { [limit]: 1 }, at))
const giveBack = (tenantId: TenantId, limit: PeriodLimit, at: Date, takenAt: Date) =>
  platform.context.db.withTenant(tenantId, async (tx) => release(tx, { [limit]: 1 }, { now: at, takenAt }))
const usedAt = async (tenantId: TenantId, limit: PeriodLimit, at: Date) =>
  (await usageOf(platform, tenantId, limit, at)).used

/** Where the clock is put, and the instant at which a month or a week begins by it. */
const beginnings: [zone: string, limit: PeriodLimit, what: string, instant: string][] = [
  ['UTC', 'executions_per_month', 'a month', '2026-04-01T00:00:00Z'],
  ['UTC', 'executions_per_month', 'a year', '2027-01-01T00:00:00Z'],
  ['UTC', 'executions_per_month', 'March of a leap year', '2028-03-01T00:00:00Z'],
  ['UTC', 'articles_per_week', 'a week', '2026-03-09T00:00:00Z'],
  ['UTC', 'articles_per_week', 'the first week of 2027, which has 2027-01-04', '2027-01-04T00:00:00Z'],
  ['UTC', 'articles_per_week', 'the first week of 2026, in December', '2025-12-29T00:00:00Z'],
  ['UTC', 'articles_per_week', 'week 53 of 2026', '2026-12-28T00:00:00Z'],
  [
    'Europe/Paris',
    'executions_per_month',
    'the month after the clock is put forward',
    '2026-03-31T22:00:00Z',
  ],
  ['Europe/Paris', 'articles_per_week', 'the Monday after the clock is put forward', '2026-03-29T22:00:00Z'],
  ['Europe/Paris', 'executions_per_month', 'the month after it is put back', '2026-10-31T23:00:00Z'],
  ['Europe/Paris', 'articles_per_week', 'the Monday after it is put back', '2026-10-25T23:00:00Z'],
  ['America/Havana', 'executions_per_month', 'a month whose midnight comes twice', '2026-11-01T04:00:00Z'],
  ['America/Havana', 'articles_per_week', 'the Monday after that', '2026-11-02T05:00:00Z'],
  [
    'America/Havana',
    'articles_per_week',
    'the Monday after a Sunday without midnight',
    '2026-03-09T04:00:00Z',
  ],
  ['America/Asuncion', 'executions_per_month', 'a month without midnight', '2023-10-01T04:00:00Z'],
  ['Asia/Tehran', 'articles_per_week', 'a Monday without midnight', '2021-03-21T20:30:00Z'],
  ['Africa/Cairo', 'executions_per_month', 'the month after a day without midnight', '2026-04-30T21:00:00Z'],
  ['Africa/Cairo', 'articles_per_week', 'the Monday after a day of 25 hours', '2026-11-01T22:00:00Z'],
  ['Asia/Beirut', 'articles_per_week', 'the Monday after a Sunday without midnight', '2026-03-29T21:00:00Z'],
  ['Asia/Beirut', 'executions_per_month', 'the month after that', '2026-03-31T21:00:00Z'],
  ['Pacific/Auckland', 'executions_per_month', 'a month, half a day before UTC', '2026-03-31T11:00:00Z'],
  ['Pacific/Auckland', 'articles_per_week', 'the Monday after the clock is put back', '2026-04-05T12:00:00Z'],
  ['America/St_Johns', 'executions_per_month', 'a month of half an hour', '2026-04-01T02:30:00Z'],
  ['America/St_Johns', 'articles_per_week', 'the Monday after the clock is put back', '2026-11-02T03:30:00Z'],
  [
    'Australia/Lord_Howe',
    'articles_per_week',
    'the Monday after half an hour is put back',
    '2026-04-05T13:30:00Z',
  ],
  ['America/Nuuk', 'articles_per_week', 'the Monday after a Saturday of 25 hours', '2026-10-26T02:00:00Z'],
]

describe.each(beginnings)('%s, %s: %s', (zone, limit, _what, instant) => {
  test(`begins at ${instant}, and not a millisecond before`, async () => {
    const first = new Date(instant)
    const last = new Date(first.getTime() - 1)
    const tenantId = await companyIn(zone, { [limit]: 2 })
    const early = new Date(first.getTime() - 3 * day)
    await take(tenantId, limit, early)
    await take(tenantId, limit, last)
    const refusal = await take(tenantId, limit, last).catch((error) => error)
    expect(told(refusal)).toEqual({
      code: 'limit_reached',
      limit,
      used: 2,
      allowed: 2,
      resets_at: first.toISOString(),
    })
    expect(await usageOf(platform, tenantId, limit, last)).toMatchObject({ used: 2, resets_at: first })
    expect(await usageOf(platform, tenantId, limit, first)).toMatchObject({ used: 0 })

    await take(tenantId, limit, first)
    expect(await usedAt(tenantId, limit, first)).toBe(1)
    await giveBack(tenantId, limit, first, last)
    expect(await usedAt(tenantId, limit, first), 'what was taken before counts for nothing').toBe(1)
    await giveBack(tenantId, limit, first, first)
    expect(await usedAt(tenantId, limit, first)).toBe(0)
    const { resets_at } = await usageOf(platform, tenantId, limit, first)
    const days = ((resets_at?.getTime() ?? 0) - first.getTime()) / day
    expect(Math.round(days)).toBeGreaterThanOrEqual(limit === 'articles_per_week' ? 7 : 28)
  })
})

describe('against what JavaScript makes of the same zones', () => {
  // Morocco is not among them: its law changes faster than copies of the tz database.
  // Each kind of change there is now: by an hour or half of one, at midnight or not, none at all, far from UTC.
  const zones = [
    ...['Africa/Cairo', 'America/Asuncion', 'America/Havana', 'America/New_York'],
    ...['America/Nuuk', 'America/Santiago', 'America/Sao_Paulo', 'America/Scoresbysund', 'America/St_Johns'],
    ...['Antarctica/Troll', 'Asia/Beirut', 'Asia/Gaza', 'Asia/Jerusalem', 'Asia/Kathmandu', 'Asia/Tehran'],
    ...['Asia/Tokyo', 'Atlantic/Azores', 'Australia/Lord_Howe', 'Europe/Dublin', 'Europe/London'],
    ...['Europe/Paris', 'Pacific/Apia', 'Pacific/Auckland', 'Pacific/Chatham', 'Pacific/Kiritimati', 'UTC'],
  ]

  const formats = new Map<string, Intl.DateTimeFormat>()
  /** The date that calendars in a zone show, as a number that can be compared and counted with. */
  function dateIn(zone: string, instant: number): Date {
    let format = formats.get(zone)
    if (!format) {
      format = new Intl.DateTimeFormat('en-US', {
        timeZone: zone,
        calendar: 'iso8601',
        year: 'numeric',
        month: '2-digit',
        day: '2-digit',
      })
      formats.set(zone, format)
    }
    const parts = Object.fromEntries(format.formatToParts(instant).map(({ type, value }) => [type, value]))
    return new Date(`${parts.year}-${parts.month}-${parts.day}T00:00:00Z`)
  }

  /** The first date of the month or week behind that of an instant. */
  function nextDate(zone: string, limit: PeriodLimit, instant: number): Date {
    const date = dateIn(zone, instant)
    if (limit === 'executions_per_month')
      return new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1))
    const daysLeft = 7 - ((date.getUTCDay() + 6) % 7)
    return new Date(date.getTime() + daysLeft * day)
  }

  /** The first instant at which calendars in a zone show a date. */
  function firstInstant(zone: string, date: Date): number {
    let [before, there] = [date.getTime() - 1.5 * day, date.getTime() + 1.5 * day]
    while (there - before > 1) {
      const middle = Math.floor((before + there) / 2)
      if (dateIn(zone, middle) >= date) there = middle
      else before = middle
    }
    return there
  }

  const limit = fc.constantFrom<PeriodLimit>('executions_per_month', 'articles_per_week')
  const zone = fc.constantFrom(...zones)
  const instant = fc.integer({ min: Date.UTC(2024, 0), max: Date.UTC(2027, 0) })

  test('every period ends, and the next begins, at the instant that it finds', async () => {
    const samples = fc.sample(fc.record({ limit, zone, instant }), 3000)
    // As many again around the instants that matter.
    const edges = samples.slice(0, 1500).flatMap(({ limit, zone, instant }) => {
      const edge = firstInstant(zone, nextDate(zone, limit, instant))
      return [edge - 1, edge].map((each) => ({ limit, zone, instant: each }))
    })
    const all = [...samples, ...edges]
    const rows = await platform.sql(
      `select app.period_end(l, app.period_of(l, i, z), z) as ends
        from unnest($1::text[], $2::text[], $3::timestamptz[]) with ordinality s (l, z, i, place) order by place`,
      [
        all.map((each) => each.limit),
        all.map((each) => each.zone),
        all.map((each) => new Date(each.instant).toISOString()),
      ],
    )
    const wrong = all.flatMap((each, index) => {
      const next = nextDate(each.zone, each.limit, each.instant)
      const expected = new Date(firstInstant(each.zone, next)).toISOString()
      const found = rows[index].ends.toISOString()
      return found === expected ? [] : [{ ...each, expected, found }]
    })
    expect(wrong).toEqual([])
    expect(rows).toHaveLength(all.length)
  })
})

test('who is counted later and took earlier, by a clock that is behind, gets it back all the same', async () => {
  const limit = 'executions_per_month'
  const tenantId = await companyIn('UTC', { [limit]: 5 })
  const [early, late] = [new Date('2026-03-10T10:00:00.002Z'), new Date('2026-03-10T10:00:00.005Z')]
  await take(tenantId, limit, late)
  await take(tenantId, limit, early)
  await giveBack(tenantId, limit, late, early)
  expect(await usedAt(tenantId, limit, late)).toBe(1)
})

test('what is taken and given back in one transaction counts for nothing, also as the first of a period', async () => {
  const limit = 'executions_per_month'
  const tenantId = await companyIn('UTC', { [limit]: 5 })
  for (const at of ['2026-03-10T10:00:00Z', '2026-04-10T10:00:00Z'].map((text) => new Date(text))) {
    await platform.context.db.withTenant(tenantId, async (tx) => {
      consume(tx, { [limit]: 3 }, at)
      release(tx, { [limit]: 1 }, { now: at, takenAt: at })
    })
    expect(await usedAt(tenantId, limit, at)).toBe(2)
  }
})

describe('a tenant that changes its time zone', () => {
  test('gets nothing back for the new month by what it took in the one before', async () => {
    const limit = 'executions_per_month'
    const tenantId = await companyIn('Europe/Paris', { [limit]: 2 })
    const inMarch = new Date('2026-03-31T12:00:00Z')
    await take(tenantId, limit, inMarch)
    await take(tenantId, limit, inMarch)
    const later = new Date(inMarch.getTime() + 1000)
    // Where it is April already.
    await setTimeZone(platform, tenantId, 'Pacific/Kiritimati')
    await take(tenantId, limit, later)
    await take(tenantId, limit, later)
    await giveBack(tenantId, limit, later, inMarch)
    await expect(take(tenantId, limit, later)).rejects.toMatchObject({ code: 'TN001' })
    await giveBack(tenantId, limit, later, later)
    await setTimeZone(platform, tenantId, 'Europe/Paris')
    await take(tenantId, limit, later)
    await expect(take(tenantId, limit, later), 'two in April').rejects.toMatchObject({ code: 'TN001' })
  })

  test('finds the period that began in the zone before, and none begins twice', async () => {
    const limit = 'executions_per_month'
    const tenantId = await companyIn('Pacific/Auckland', { [limit]: 1 })
    const at = new Date('2026-03-31T12:00:00Z')
    await take(tenantId, limit, at)
    await setTimeZone(platform, tenantId, 'Pacific/Honolulu')
    const inHonolulu = await usageOf(platform, tenantId, limit, at)
    expect(inHonolulu).toMatchObject({ used: 1, resets_at: new Date('2026-05-01T10:00:00Z') })
    await expect(take(tenantId, limit, at)).rejects.toMatchObject({ code: 'TN001' })
    // The first of April comes to Honolulu, too, but April has begun already.
    const april = new Date('2026-04-01T10:00:00Z')
    await expect(take(tenantId, limit, april)).rejects.toMatchObject({ code: 'TN001' })
    await setTimeZone(platform, tenantId, 'Pacific/Auckland')
    await expect(take(tenantId, limit, april)).rejects.toMatchObject({ code: 'TN001' })
    await take(tenantId, limit, new Date('2026-04-30T12:00:00Z'))
  })

  test('again and again, with a clock that is put back at times, takes no more in a period than it may', async () => {
    const limit = 'articles_per_week'
    const step = fc.record({
      zone: fc.constantFrom('Pacific/Kiritimati', 'Pacific/Auckland', 'Europe/Paris', 'Pacific/Niue'),
      hours: fc.oneof(fc.integer({ min: 0, max: 3 }), fc.integer({ min: -3, max: 30 })),
      takes: fc.integer({ min: 1, max: 3 }),
    })
    const allowed = 2
    let renewals = 0
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 15, maxLength: 25 }), async (steps) => {
        const tenantId = await companyIn('UTC', { [limit]: allowed })
        const granted = new Map<string, number>()
        let now = Date.UTC(2026, 2, 8, 4)
        let latest = ''
        for (const { zone, hours, takes } of steps) {
          now += hours * hour
          await platform.context.db.withTenant(tenantId, (tx) =>
            tx.updateTable('tenant_settings').set({ time_zone: zone }).execute(),
          )
          for (let times = 0; times < takes; times++) {
            const outcome = await take(tenantId, limit, new Date(now)).catch((error) => told(error).code)
            if (outcome !== undefined) expect(outcome).toBe('limit_reached')
            const [[counter]] = await platform.context.db.readTenant(tenantId, (queries) => [
              queries
                .selectFrom('limit_counters')
                .select([sql<number>`used::int`.as('used'), sql<string>`period::text`.as('period')])
                .where('limit_name', '=', limit),
            ])
            if (!counter) throw new Error('no counter')
            if (outcome === undefined) granted.set(counter.period, (granted.get(counter.period) ?? 0) + 1)
            expect(counter.period >= latest, 'periods follow each other').toBe(true)
            expect(counter.used).toBe(granted.get(counter.period))
            latest = counter.period
          }
        }
        expect(Math.max(...granted.values())).toBeLessThanOrEqual(allowed)
        renewals += granted.size - 1
      }),
      { numRuns: 10, endOnFailure: true },
    )
    expect(renewals).toBeGreaterThan(5)
  })
})

test('a clock that goes back to the period before goes on counting in the one that has begun', async () => {
  const limit = 'articles_per_week'
  const tenantId = await companyIn('UTC', { [limit]: 2 })
  const monday = new Date('2026-03-09T00:00:00Z')
  const sunday = new Date(monday.getTime() - 5)
  await take(tenantId, limit, monday)
  await take(tenantId, limit, sunday)
  const { used, resets_at } = await usageOf(platform, tenantId, limit, sunday)
  expect([used, resets_at]).toEqual([2, new Date('2026-03-16T00:00:00Z')])
  await expect(take(tenantId, limit, sunday)).rejects.toMatchObject({ code: 'TN001' })
})

test('what is counted without periods stays, whatever the date', async () => {
  const tenantId = await companyIn('UTC', {})
  await platform.context.db.withTenant(tenantId, async (tx) =>
    consume(tx, { sites: 2 }, platform.clock.now()),
  )
  const later = new Date('2031-01-01T00:00:00Z')
  expect(await usageOf(platform, tenantId, 'sites', later)).toMatchObject({ used: 2, resets_at: null })
})
