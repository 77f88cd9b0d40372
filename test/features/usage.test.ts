import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { TenantId } from '../../src/db/tenant-id.ts'
import { type Amounts, consume, release } from '../../src/features/plans/limits.ts'
import { signIn } from '../support/members.ts'
import { type Member, type Platform, startPlatform } from '../support/platform.ts'

let platform: Platform
let member: Member
beforeAll(async () => {
  platform = await startPlatform()
})
afterAll(() => platform.stop())

let tenants = 0
// Each test begins on the same day with a tenant of its own, one whose trial cannot end.
beforeEach(async () => {
  setClock('2026-03-02T10:00:00.000Z')
  member = await platform.signUp(`Usage ${++tenants}`, { plan: 'free' })
})

const setClock = (instant: string) =>
  platform.clock.advance(Date.parse(instant) - platform.clock.now().getTime())

/** Moves the clock, and signs in again. */
async function goTo(instant: string): Promise<void> {
  setClock(instant)
  member = await signIn(platform, member.tenantId, member.email)
}

const settle = (assignments: string) =>
  platform.sql(
    `update tenant_settings set ${assignments} where tenant_id = $1`,
    [member.tenantId],
    member.tenantId,
  )
const allow = (overrides: Record<string, number | null>) =>
  platform.forceTenant(member.tenantId, `limit_overrides = '${JSON.stringify(overrides)}'`)

const inTenant = (work: (tx: Parameters<typeof consume>[0]) => void) =>
  platform.context.db.withTenant(member.tenantId as TenantId, async (tx) => work(tx))
const take = (amounts: Amounts) => inTenant((tx) => consume(tx, amounts, platform.clock.now()))
const giveBack = (amounts: Amounts) => inTenant((tx) => release(tx, amounts, { now: platform.clock.now() }))

interface Day {
  day: string
  limits: Record<string, number>
  metrics: Record<string, number>
}

async function usage(): Promise<{ limits: Record<string, Record<string, unknown>>; days: Day[] }> {
  const { status, body } = await member.get('/v1/usage')
  expect(status, JSON.stringify(body)).toBe(200)
  return body
}

let keys = 0
async function record(events: { metric: string; quantity: number; occurred_at: string }[]): Promise<void> {
  const withKeys = events.map((event) => ({ ...event, idempotency_key: `key-${++keys}` }))
  const { status, body } = await member.post('/v1/usage-events', { events: withKeys })
  expect([status, body]).toEqual([200, { accepted: events.length, duplicates: 0 }])
}

/** One metric by day, of the days that have it. */
const daysOf = (days: Day[], metric: string) =>
  Object.fromEntries(days.filter(({ metrics }) => metric in metrics).map((d) => [d.day, d.metrics[metric]]))

const none = {
  users: 1,
  storage_bytes: 0,
  sites: 0,
  workflows: 0,
  executions_per_month: 0,
  articles_per_week: 0,
}

describe('limits', () => {
  test('of a new tenant: its owner, and when the month and the week end in its time zone', async () => {
    const { limits } = await usage()
    expect(limits).toEqual({
      users: { used: 1, limit: 2, resets_at: null },
      storage_bytes: { used: 0, limit: 1_000_000_000, resets_at: null },
      sites: { used: 0, limit: 1, resets_at: null },
      workflows: { used: 0, limit: 1, resets_at: null },
      executions_per_month: { used: 0, limit: 500, resets_at: '2026-03-31T22:00:00.000Z' },
      articles_per_week: { used: 0, limit: 1, resets_at: '2026-03-08T23:00:00.000Z' },
    })
  })

  test('with what is used, and with the exceptions of the tenant', async () => {
    await allow({ users: null, executions_per_month: 9_007_199_254_740_991 })
    await take({ users: 3, executions_per_month: 9_000_000_000_000_000 })
    expect((await usage()).limits).toMatchObject({
      users: { used: 4, limit: null },
      executions_per_month: { used: 9_000_000_000_000_000, limit: 9_007_199_254_740_991 },
    })
  })

  test("of another tenant are no part of one's own", async () => {
    const own = await usage()
    const neighbour = await platform.signUp(`Neighbour ${tenants}`, { plan: 'free' })
    await neighbour.post('/v1/usage-events', { metric: 'mails', quantity: 1, idempotency_key: 'k' })
    expect(await usage()).toEqual(own)
  })
})

describe('the last 30 days', () => {
  test('are all there in the calendar of the tenant, today last, also where nothing happened', async () => {
    const { days } = await usage()
    expect(days).toHaveLength(30)
    expect([days[0]?.day, days[1]?.day, days[26]?.day, days[27]?.day, days[29]?.day]).toEqual([
      '2026-02-01',
      '2026-02-02',
      '2026-02-27',
      '2026-02-28',
      '2026-03-02',
    ])
    expect(days.at(-1)).toEqual({ day: '2026-03-02', limits: none, metrics: {} })
  })

  test('tell what was taken on the day of limits per period, and how much was in use at its end of others', async () => {
    await allow({ users: 10, sites: 10, storage_bytes: 1000, articles_per_week: 10 })
    await take({ users: 2, sites: 3, storage_bytes: 600, executions_per_month: 5, articles_per_week: 1 })
    await goTo('2026-03-04T10:00:00Z')
    await giveBack({ users: 1, storage_bytes: 250 })
    await take({ executions_per_month: 7, articles_per_week: 2 })
    await goTo('2026-03-05T22:59:00Z')
    await take({ executions_per_month: 1, sites: 1 })
    await goTo('2026-03-05T23:00:00Z')
    await take({ executions_per_month: 2, workflows: 1 })

    const { limits, days } = await usage()
    expect(limits.users?.used).toBe(2)
    expect(days.slice(-6).map((d) => [d.day, d.limits])).toEqual([
      ['2026-03-01', { ...none, users: 0 }],
      [
        '2026-03-02',
        {
          users: 3,
          sites: 3,
          storage_bytes: 600,
          workflows: 0,
          executions_per_month: 5,
          articles_per_week: 1,
        },
      ],
      ['2026-03-03', { ...none, users: 3, sites: 3, storage_bytes: 600 }],
      [
        '2026-03-04',
        {
          users: 2,
          sites: 3,
          storage_bytes: 350,
          workflows: 0,
          executions_per_month: 7,
          articles_per_week: 2,
        },
      ],
      ['2026-03-05', { ...none, users: 2, sites: 4, storage_bytes: 350, executions_per_month: 1 }],
      [
        '2026-03-06',
        { ...none, users: 2, sites: 4, storage_bytes: 350, workflows: 1, executions_per_month: 2 },
      ],
    ])
  })

  test('hold what is in use also when it was taken more than 30 days ago', async () => {
    await allow({ sites: 10 })
    await take({ sites: 4 })
    await goTo('2026-04-20T10:00:00Z')
    const { days } = await usage()
    expect(days.map((d) => d.limits.sites)).toEqual(days.map(() => 4))
  })

  test('of a tenant that moves westwards end on its new date, with what it had taken on the later one', async () => {
    await settle(`time_zone = 'Pacific/Auckland'`)
    await goTo('2026-04-21T13:00:00Z')
    await allow({ sites: 10 })
    await take({ sites: 2 })
    await settle(`time_zone = 'Pacific/Honolulu'`)
    const { days } = await usage()
    expect(days.slice(-2).map((d) => [d.day, d.limits.sites])).toEqual([
      ['2026-04-20', 0],
      ['2026-04-21', 2],
    ])
  })
})

describe('events fall on the days of the time zone', () => {
  test.each([
    {
      zone: 'Europe/Paris',
      what: 'a day of 23 hours',
      // Summer time begins on 2026-03-29 at 01:00 UTC.
      now: '2026-03-30T10:00:00Z',
      quantities: {
        '2026-03-28T22:59:59.999Z': 1,
        '2026-03-28T23:00:00.000Z': 2,
        '2026-03-29T21:59:59.999Z': 4,
        '2026-03-29T22:00:00.000Z': 8,
      },
      expected: { '2026-03-28': 1, '2026-03-29': 6, '2026-03-30': 8 },
      ends: ['2026-03-01', '2026-03-28', '2026-03-29', '2026-03-30'],
    },
    {
      zone: 'Pacific/Auckland',
      what: 'a day of 25 hours',
      // Summer time ends on 2026-04-04 at 14:00 UTC.
      now: '2026-04-05T12:30:00Z',
      quantities: {
        '2026-04-04T10:59:59.999Z': 1,
        '2026-04-04T11:00:00.000Z': 2,
        '2026-04-05T11:59:59.999Z': 4,
        '2026-04-05T12:00:00.000Z': 8,
      },
      expected: { '2026-04-04': 1, '2026-04-05': 6, '2026-04-06': 8 },
      ends: ['2026-03-08', '2026-04-04', '2026-04-05', '2026-04-06'],
    },
  ])('over $what: $zone', async ({ zone, now, quantities, expected, ends }) => {
    await settle(`time_zone = '${zone}'`)
    await goTo(now)
    await record(
      Object.entries(quantities).map(([occurred_at, quantity]) => ({ metric: 'm', quantity, occurred_at })),
    )
    const { days } = await usage()
    expect(daysOf(days, 'm')).toEqual(expected)
    const names = days.map((d) => d.day)
    expect([names[0], ...names.slice(-3)]).toEqual(ends)
    expect(new Set(names).size).toBe(30)
  })

  test('that it had when they were recorded', async () => {
    await record([{ metric: 'm', quantity: 1, occurred_at: '2026-03-01T23:30:00Z' }])
    await settle(`time_zone = 'America/New_York'`)
    await record([{ metric: 'm', quantity: 2, occurred_at: '2026-03-01T23:30:00Z' }])
    expect(daysOf((await usage()).days, 'm')).toEqual({ '2026-03-01': 2, '2026-03-02': 1 })
  })

  test('and an event of tomorrow is told tomorrow', async () => {
    await goTo('2026-03-10T22:58:00Z')
    await record([{ metric: 'm', quantity: 1, occurred_at: '2026-03-10T23:02:00Z' }])
    expect(daysOf((await usage()).days, 'm')).toEqual({})
    await goTo('2026-03-10T23:00:00Z')
    expect(daysOf((await usage()).days, 'm')).toEqual({ '2026-03-11': 1 })
  })

  test('whatever they are: the sums of the days are the sums of the events', async () => {
    const now = Date.parse('2026-04-10T10:00:00.000Z')
    setClock('2026-04-10T10:00:00.000Z')
    const zones = [
      'Europe/Paris',
      'Pacific/Auckland',
      'Pacific/Kiritimati',
      'America/Sao_Paulo',
      'Australia/Lord_Howe',
      'UTC',
    ]
    const anyEvent = fc.record({
      metric: fc.constantFrom('mails.sent', 'pages', 'constructor', 'z_9'),
      quantity: fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 1_000_000_000 })),
      ago: fc.oneof(fc.integer({ min: 0, max: 35 * 86_400_000 }), fc.constantFrom(0, 3_600_000, 36_000_000)),
    })
    const batches = fc.array(fc.array(anyEvent, { minLength: 1, maxLength: 40 }), {
      minLength: 1,
      maxLength: 4,
    })
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...zones), batches, async (zone, given) => {
        member = await platform.signUp(`Usage ${++tenants}`, { plan: 'free' })
        await settle(`time_zone = '${zone}'`)
        const dayIn = new Intl.DateTimeFormat('en-CA', { timeZone: zone, dateStyle: 'short' })
        const expected = new Map<string, number>()
        await Promise.all(
          given.map((batch) =>
            record(
              batch.map(({ metric, quantity, ago }) => {
                const key = `${metric} ${dayIn.format(now - ago)}`
                expected.set(key, (expected.get(key) ?? 0) + quantity)
                return { metric, quantity, occurred_at: new Date(now - ago).toISOString() }
              }),
            ),
          ),
        )
        const { days } = await usage()
        const told = days.flatMap(({ day, metrics }) =>
          Object.entries(metrics).map(([metric, quantity]) => [`${metric} ${day}`, quantity] as const),
        )
        const first = days[0]?.day ?? ''
        const within = [...expected].filter(([key]) => (key.split(' ')[1] ?? '') >= first)
        expect(told.sort()).toEqual(within.sort())
      }),
      { numRuns: 25 },
    )
  }, 60_000)
})
