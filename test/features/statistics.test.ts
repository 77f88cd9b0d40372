import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TenantId } from '../../src/db/tenant-id.ts'
import { changeStatus, type TenantStatus } from '../../src/features/tenants/status.ts'
import { addPerson } from '../support/members.ts'
import { createCaller, type Platform, startPlatform } from '../support/platform.ts'

const key = 'a-key-of-machines-with-40-characters-or-so'
const reason = 'Told by telephone'

let platform: Platform
let operator: ReturnType<typeof createCaller>
beforeAll(async () => {
  platform = await startPlatform({ SUPER_ADMIN_KEY: key })
  operator = createCaller(platform.url, { 'X-Admin-Key': key })
})
afterAll(() => platform.stop())

const stats = async () => {
  const { status, body } = await operator.get('/v1/admin/stats')
  expect(status).toBe(200)
  return body
}
const until = (instant: string) =>
  platform.clock.advance(Date.parse(instant) - platform.clock.now().getTime())

async function act(id: string, what: 'suspend' | 'reactivate' | 'cancel') {
  expect((await operator.post(`/v1/admin/tenants/${id}/${what}`, { reason })).status).toBe(200)
}

async function setPlan(id: string, plan: string) {
  expect((await operator.patch(`/v1/admin/tenants/${id}`, { plan, reason })).status).toBe(200)
}

function setStatus(id: string, to: TenantStatus) {
  const tenantId = id as TenantId
  const actor = { kind: 'system', id: 'test' } as const
  const [origin, now] = [{ ip: null, requestId: 'test' }, platform.clock.now()]
  return platform.context.db.withPlatform(
    'tenants',
    (tx) => changeStatus(tx, { tenantId, to, agent: 'operator', cause: reason, actor, ...origin, now }),
    { tenantId },
  )
}

test('nobody but operators is told', async () => {
  expect((await platform.acme.get('/v1/admin/stats')).status).toBe(401)
})

test('usage is what all tenants use of each limit by now, and the sums of each metric in 30 days', async () => {
  const record = async (member: Platform['acme'], metric: string, quantity: number) => {
    const event = { metric, quantity, idempotency_key: `${metric}-${quantity}` }
    expect((await member.post('/v1/usage-events', event)).status).toBe(200)
  }
  await record(platform.acme, 'pages', 3)
  await record(platform.globex, 'pages', 4)
  await record(platform.globex, 'calls', 100)
  await platform.sql(
    `insert into usage_days (tenant_id, id, metric, day, quantity, created_at, updated_at)
      select 'acme', gen_random_uuid(), 'pages', day, 10, now(), now() from unnest($1::date[]) day`,
    [['2026-02-01', '2026-01-31']],
    'acme',
  )
  await platform.sql(
    `update limit_counters set used = 6, period = '2026-03-01', period_since = '2026-03-02T10:00:00Z'
      where limit_name = 'executions_per_month' and tenant_id = 'acme'`,
    [],
    'acme',
  )
  const limits = { users: 2, storage_bytes: 0, sites: 0, workflows: 0, articles_per_week: 0 }
  expect((await stats()).usage).toEqual({
    limits: { ...limits, executions_per_month: 6 },
    metrics: [
      { metric: 'calls', quantity: 100 },
      { metric: 'pages', quantity: 17 },
    ],
  })
})

describe('a history of half a year', () => {
  const months = async () => {
    const told = (await stats()).months as { month: string; mrr_cents: number }[]
    return Object.fromEntries(told.map(({ month, ...numbers }) => [month, Object.values(numbers)]))
  }
  // Prices: STARTER 49 €, PROFESSIONAL 149 €, BUSINESS 499 €.
  const quiet = (mrr: number) => [0, 0, 0, mrr]

  beforeAll(async () => {
    until('2026-03-20T10:00:00Z')
    // Its trial is over: it pays by invoice.
    await act('acme', 'reactivate')
    until('2026-04-01T00:00:00.000Z')
    await platform.signUp('Initech', { plan: 'starter', region: 'CH' })
    await setPlan('globex', 'free')
    until('2026-04-30T23:59:59.999Z')
    await setPlan('acme', 'business')
    until('2026-05-20T10:00:00Z')
    await act('initech', 'reactivate')
    until('2026-06-10T10:00:00Z')
    await act('acme', 'suspend')
    until('2026-07-10T10:00:00Z')
    await act('acme', 'cancel')
    await act('globex', 'cancel')
    until('2026-08-10T10:00:00Z')
    await platform.signUp('Hooli', { plan: 'business', region: 'BE' })
    await act('hooli', 'suspend')
    await act('hooli', 'cancel')
    await setStatus('initech', 'DELETING')
    await setStatus('initech', 'DELETED')
    until('2026-10-10T10:00:00Z')
    await act('acme', 'reactivate')
    await platform.signUp('Soylent', { plan: 'free', region: 'DZ' })
  })

  test('is told month by month: signups, conversions, churn and revenue', async () => {
    expect(await months()).toEqual({
      '2025-11': quiet(0),
      '2025-12': quiet(0),
      '2026-01': quiet(0),
      '2026-02': quiet(0),
      // Acme and Globex come, and Acme pays after its trial.
      '2026-03': [2, 1, 0, 14_900],
      // Globex gives up for a plan without a price; in the last millisecond Acme wants more.
      '2026-04': [1, 0, 0, 49_900],
      '2026-05': [0, 1, 0, 54_800],
      '2026-06': quiet(4_900),
      // Acme was suspended but had paid; Globex never did.
      '2026-07': [0, 0, 1, 4_900],
      // Initech is deleted; Hooli did not get beyond its trial.
      '2026-08': [1, 0, 1, 0],
      '2026-09': quiet(0),
      '2026-10': [1, 0, 0, 49_900],
    })
  })

  test('ends with the tenants there are, without those that were deleted', async () => {
    const { totals, by_region, by_plan, mrr } = await stats()
    expect(totals).toEqual({ total: 4, pending: 0, active: 2, trial: 0, suspended: 0, cancelled: 2 })
    expect(by_region).toEqual({ DZ: 1, CH: 0, FR: 2, BE: 1, CA: 0 })
    expect(by_plan).toEqual({ FREE: 2, STARTER: 0, PROFESSIONAL: 0, BUSINESS: 2, ENTERPRISE: 0 })
    expect(mrr).toEqual({ currency: 'EUR', total_cents: 49_900, subscribed_cents: 0, other_cents: 49_900 })
  })

  test('has nothing of a month that is over among what is used by now', async () => {
    const { limits, metrics } = (await stats()).usage
    expect([limits.executions_per_month, metrics]).toEqual([0, []])
  })

  test('is at today’s prices, and for each seat where they are', async () => {
    await operator.patch('/v1/admin/plans/professional', { price_cents: 20_000 })
    await addPerson(platform, 'acme', 'viewer')
    const { membershipId } = await addPerson(platform, 'acme', 'viewer')
    await platform.sql(`update memberships set status = 'disabled' where id = $1`, [membershipId], 'acme')
    expect(await months()).toMatchObject({ '2026-03': [2, 1, 0, 20_000], '2026-10': [1, 0, 0, 49_900] })
    await operator.patch('/v1/admin/plans/business', { price_cents: 1000, price_is_per_seat: true })
    expect(await months()).toMatchObject({ '2026-04': [1, 0, 0, 2_000], '2026-10': [1, 0, 0, 2_000] })
  })

  test('tells apart what has a subscription at Stripe, whose number of seats counts', async () => {
    await platform.sql(
      `insert into billing_accounts (tenant_id, id, customer_name, customer_id, subscription_id, subscription_status,
        quantity, created_at, updated_at) values ('acme', gen_random_uuid(), 'Acme', 'cus_1', 'sub_1', 'past_due', 7,
        now(), now())`,
      [],
      'acme',
    )
    expect((await stats()).mrr).toMatchObject({ total_cents: 7000, subscribed_cents: 7000, other_cents: 0 })
    expect((await months())['2026-04']).toEqual([1, 0, 0, 7_000])
    await platform.sql(`update billing_accounts set subscription_status = 'canceled'`, [], 'acme')
    expect((await stats()).mrr).toMatchObject({ total_cents: 2000, subscribed_cents: 0, other_cents: 2000 })
  })
})
