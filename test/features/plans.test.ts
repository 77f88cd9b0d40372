import { afterAll, beforeAll, expect, test } from 'vitest'
import { parsePlanName } from '../../src/features/plans/plans.ts'
import { type Platform, startPlatform } from '../support/platform.ts'

let platform: Platform
beforeAll(async () => {
  platform = await startPlatform()
})
afterAll(() => platform.stop())

const gigabyte = 1_000_000_000
const most = ['crm', 'accounting', 'projects', 'knowledge', 'automation', 'content', 'production', 'voice']

test('the catalogue has the five plans with their prices, limits and modules', async () => {
  const { status, body } = await platform.get('/signup/plans')
  expect(status).toBe(200)
  const rows = body.plans.map(
    // biome-ignore lint/suspicious/noExplicitAny: the numbers below say what it is
    ({ plan, price_cents, currency, billing_period, limits, modules }: any) => [
      plan,
      price_cents,
      limits.users,
      limits.storage_bytes,
      limits.sites,
      limits.workflows,
      limits.executions_per_month,
      limits.articles_per_week,
      limits.requests_per_minute,
      modules,
      currency,
      billing_period,
    ],
  )
  expect(rows).toEqual([
    ['FREE', 0, 2, gigabyte, 1, 1, 500, 1, 60, ['crm'], 'EUR', 'month'],
    ['STARTER', 4900, 5, 10 * gigabyte, 1, 5, 10_000, 2, 300, ['crm', 'accounting'], 'EUR', 'month'],
    ['PROFESSIONAL', 14_900, 25, 50 * gigabyte, 5, 25, 50_000, 8, 1000, most, 'EUR', 'month'],
    ['BUSINESS', 49_900, 100, 200 * gigabyte, 20, null, 250_000, 20, 3000, most, 'EUR', 'month'],
    [
      'ENTERPRISE',
      49_900,
      null,
      500 * gigabyte,
      null,
      null,
      null,
      null,
      10_000,
      [...most, 'ai', 'bi'],
      'EUR',
      'month',
    ],
  ])
})

test('only the price of ENTERPRISE is "and up"', async () => {
  const { body } = await platform.get('/signup/plans')
  const minimum = body.plans.filter((plan: { price_is_minimum: boolean }) => plan.price_is_minimum)
  expect(minimum.map(({ plan }: { plan: string }) => plan)).toEqual(['ENTERPRISE'])
})

test('the catalogue is data: a changed price shows without a restart', async () => {
  await platform.sql(`update plans set price_cents = 5900 where plan = 'STARTER'`)
  const { body } = await platform.get('/signup/plans')
  expect(body.plans[1]).toMatchObject({ plan: 'STARTER', price_cents: 5900 })
})

test.each([
  ['free', 'FREE'],
  ['Business', 'BUSINESS'],
  ['PRO', 'PROFESSIONAL'],
  ['pro', 'PROFESSIONAL'],
  [' professional ', 'PROFESSIONAL'],
  ['gold', undefined],
  ['__proto__', undefined],
  ['constructor', undefined],
  ['', undefined],
])('%j names the plan %s', (name, plan) => {
  expect(parsePlanName(name)).toBe(plan)
})
