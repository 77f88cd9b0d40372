import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parsePlanName } from '../../src/features/plans/plans.ts'
import { platformAudit, setUsage, signInOperator } from '../support/operators.ts'
import { createCaller, type Platform, startPlatform } from '../support/platform.ts'
import { startAnother } from '../support/sessions.ts'

let platform: Platform
let operator: Awaited<ReturnType<typeof signInOperator>>
beforeAll(async () => {
  platform = await startPlatform()
  operator = await signInOperator(platform)
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

/** A plan as everybody sees it at a server. */
async function shownAt({ url }: { url: string }, name: string) {
  const { body } = await createCaller(url).get('/signup/plans')
  return body.plans.find(({ plan }: { plan: string }) => plan === name)
}

describe('an operator', () => {
  const change = (name: string, body: object) => operator.patch(`/v1/admin/plans/${name}`, body)

  test('sees the catalogue as everybody does, and when each plan was changed', async () => {
    const { status, body } = await operator.get('/v1/admin/plans')
    const everybody = (await platform.get('/signup/plans')).body.plans
    expect(status).toBe(200)
    expect(body.plans).toEqual(
      everybody.map((plan: object) => ({
        ...plan,
        stripe_price_id: null,
        updated_at: '1970-01-01T00:00:00.000Z',
      })),
    )
  })

  test('changes price, limits and modules, which everybody sees without a restart, in any process', async () => {
    const another = await startAnother(platform)
    try {
      const { status, body } = await change('starter', {
        price_cents: 5900,
        price_is_minimum: true,
        limits: { users: 6, sites: null, requests_per_minute: 400 },
        modules: ['bi', 'crm', 'accounting'],
      })
      expect(status).toBe(200)
      const limits = {
        storage_bytes: 10 * gigabyte,
        workflows: 5,
        executions_per_month: 10_000,
        articles_per_week: 2,
      }
      const expected = {
        plan: 'STARTER',
        price_cents: 5900,
        price_is_minimum: true,
        price_is_per_seat: false,
        currency: 'EUR',
        billing_period: 'month',
        limits: { ...limits, users: 6, sites: null, requests_per_minute: 400 },
        modules: ['crm', 'accounting', 'bi'],
      }
      expect(body).toEqual({
        ...expected,
        stripe_price_id: null,
        updated_at: platform.clock.now().toISOString(),
      })
      for (const server of [platform, another]) expect(await shownAt(server, 'STARTER')).toEqual(expected)
    } finally {
      await another.stop()
    }
  })

  test.each(['PRO', 'pro', 'Professional', 'PROFESSIONAL'])('may call a plan %s', async (name) => {
    const { status, body } = await change(name, { price_cents: 14_900 })
    expect([status, body.plan]).toEqual([200, 'PROFESSIONAL'])
  })

  test.each(['gold', '__proto__', 'constructor', '%20'])('finds no plan %s', async (name) => {
    for (const answer of [
      await change(name, { price_cents: 1 }),
      await operator.get(`/v1/admin/plans/${name}/impact`),
    ]) {
      expect([answer.status, answer.body.code]).toEqual([404, 'not_found'])
    }
  })

  test('changes what the plan’s tenants may use from their next request on', async () => {
    const invite = (email: string) => platform.acme.post('/v1/invitations', { email, role: 'member' })
    expect((await change('pro', { limits: { users: 1 } })).status).toBe(200)
    expect((await invite('one@people.example')).body).toMatchObject({ code: 'limit_reached', allowed: 1 })
    await change('pro', { limits: { users: 2 } })
    expect((await invite('one@people.example')).status).toBe(201)
    await change('pro', { limits: { users: null } })
    expect((await invite('two@people.example')).status).toBe(201)
    await change('pro', { limits: { users: 25 } })
  })

  test.each<[what: string, body: object, path: string]>([
    ['nothing', {}, 'body'],
    ['only how to change it', { force: true }, 'body'],
    ['a price below zero', { price_cents: -1 }, 'body.price_cents'],
    ['a price that is no integer of the database', { price_cents: 2 ** 31 }, 'body.price_cents'],
    ['a price in fractions', { price_cents: 0.5 }, 'body.price_cents'],
    ['no price', { price_cents: null }, 'body.price_cents'],
    ['a price at Stripe with a blank in it', { stripe_price_id: 'price 1' }, 'body.stripe_price_id'],
    ['an empty price at Stripe', { stripe_price_id: '' }, 'body.stripe_price_id'],
    ['a limit below zero', { limits: { sites: -1 } }, 'body.limits.sites'],
    ['a limit beyond exact numbers', { limits: { sites: 2 ** 53 } }, 'body.limits.sites'],
    ['a limit as text', { limits: { sites: 'plan' } }, 'body.limits.sites'],
    ['an unknown limit', { limits: { seats: 1 } }, 'body.limits'],
    ['no request per minute', { limits: { requests_per_minute: 0 } }, 'body.limits.requests_per_minute'],
    ['too many requests', { limits: { requests_per_minute: 1e9 + 1 } }, 'body.limits.requests_per_minute'],
    ['an unknown module', { modules: ['crm', 'everything'] }, 'body.modules.1'],
    ['a module twice', { modules: ['crm', 'crm'] }, 'body.modules'],
    ['another currency', { currency: 'USD' }, 'body'],
  ])('cannot change a plan by %s', async (_what, body, path) => {
    const before = await shownAt(platform, 'FREE')
    const answer = await operator.request('PATCH', '/v1/admin/plans/free', body, { 'Accept-Language': 'fr' })
    expect([answer.status, answer.body.code]).toEqual([400, 'invalid_request'])
    expect(answer.body.errors[0].path).toBe(path)
    expect(answer.body.errors[0].message).not.toMatch(/should/)
    expect(await shownAt(platform, 'FREE')).toEqual(before)
  })

  test('can use the ends of what is allowed', async () => {
    const most = { sites: 2 ** 53 - 1, users: 0, requests_per_minute: 1e9 }
    const { status, body } = await change('free', { price_cents: 2 ** 31 - 1, limits: most, modules: [] })
    expect(status).toBe(200)
    expect(body).toMatchObject({ price_cents: 2 ** 31 - 1, limits: most, modules: [] })
    const least = { sites: 1, users: 2, requests_per_minute: 1 }
    expect((await change('free', { price_cents: 0, limits: least })).status).toBe(200)
  })

  test('is refused what puts tenants over, unless it is forced', async () => {
    await setUsage(platform, 'acme', { users: 9, sites: 4 })
    await setUsage(platform, 'globex', { users: 3, sites: 3 })
    const smaller = { limits: { users: 5, sites: 2, workflows: 1 } }
    const refused = await change('pro', smaller)
    expect([refused.status, refused.body.code]).toEqual([409, 'usage_over_limits'])
    expect(refused.body).toMatchObject({
      tenants_over: 2,
      over: [
        {
          tenant_id: 'acme',
          over: [
            { limit: 'sites', used: 4, allowed: 2 },
            { limit: 'users', used: 9, allowed: 5 },
          ],
        },
        { tenant_id: 'globex', over: [{ limit: 'sites', used: 3, allowed: 2 }] },
      ],
    })
    expect((await shownAt(platform, 'PROFESSIONAL')).limits.users).toBe(25)
    expect((await change('pro', { ...smaller, force: true })).status).toBe(200)
    expect((await shownAt(platform, 'PROFESSIONAL')).limits).toMatchObject(smaller.limits)
    expect((await change('pro', { limits: { users: 6 } })).status, 'more, if not enough').toBe(200)
    expect((await change('pro', { limits: { users: 5 } })).body).toMatchObject({
      tenants_over: 1,
      over: [{ tenant_id: 'acme', over: [{ limit: 'users', used: 9, allowed: 5 }] }],
    })
  })

  test('is in the platform’s audit trail, with what was changed', async () => {
    const { length: before } = await platformAudit(platform)
    const { headers } = await change('business', {
      price_cents: 60_000,
      limits: { users: 90, sites: 20 },
      modules: ['crm'],
    })
    await change('business', { price_cents: 60_000, limits: { users: 90 }, modules: ['crm'] })
    expect((await platformAudit(platform)).slice(before), 'and nothing of what was so already').toEqual([
      {
        actor_kind: 'super_admin',
        actor_id: operator.id,
        action: 'plan.updated',
        object_type: 'plan',
        object_id: 'BUSINESS',
        subject_tenant_id: null,
        changed_fields: ['price_cents', 'limits.users', 'modules'],
        reason: null,
        ip: '127.0.0.1',
        request_id: headers.get('x-request-id'),
      },
    ])
  })

  test('and another who change one plan at once are both heard', async () => {
    for (let round = 1; round <= 20; round++) {
      const answers = await Promise.all([
        change('enterprise', { limits: { sites: round } }),
        change('enterprise', { limits: { workflows: round } }),
      ])
      expect(answers.map(({ status }) => status)).toEqual([200, 200])
      expect((await shownAt(platform, 'ENTERPRISE')).limits).toMatchObject({ sites: round, workflows: round })
    }
  })
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
