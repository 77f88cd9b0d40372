import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { TenantId } from '../../src/db/tenant-id.ts'
import { problems } from '../../src/errors.ts'
import { startCheckout } from '../../src/features/billing/checkout.ts'
import { startPatience } from '../../src/features/billing/patience.ts'
import type { PlanName } from '../../src/features/plans/plans.ts'
import { tasks } from '../../src/jobs/tasks.ts'
import { dayMs, hourMs } from '../support/clock-jobs.ts'
import { addApiKey, addMember, membershipOf, signIn } from '../support/members.ts'
import { auditOf, signInOperator } from '../support/operators.ts'
import { type Answer, createCaller, type Member, type Platform, startPlatform } from '../support/platform.ts'
import { setMembership, setStatus } from '../support/sessions.ts'
import { type StripeDouble, startStripeDouble } from '../support/stripe-double/index.ts'

let double: StripeDouble
let platform: Platform
beforeAll(async () => {
  // What was made a moment ago no search finds.
  double = await startStripeDouble({ searchDelaySeconds: 60 })
  platform = await startPlatform({ ...double.env, APP_URL: 'https://app.example' })
  double.useClock(platform.clock)
})
afterAll(async () => {
  await platform.stop()
  await double.stop()
})
beforeEach(() => {
  double.requests.length = 0
})

let companies = 0
const company = () => platform.signUp(`Company ${++companies}`)
const checkout = (owner: Member, plan = 'starter') => owner.post('/v1/billing/checkout', { plan })
const portal = (owner: Member) => owner.post('/v1/billing/portal', undefined)
const subscription = async (owner: Member) => (await owner.get('/v1/billing/subscription')).body
const told = ({ status, body }: Answer) => (body.code ? `${status} ${body.code}` : status)

/** Somebody who has been to a checkout, with their customer at Stripe. */
async function customer() {
  const owner = await company()
  const { status, body } = await checkout(owner)
  if (status !== 200) throw new Error(`no checkout: ${JSON.stringify(body)}`)
  return { owner, id: await customerOf(owner) }
}
async function accountOf({ tenantId }: Member) {
  const [account] = await platform.sql('select * from billing_accounts where tenant_id = $1', [tenantId])
  return account
}
const customerOf = async (owner: Member): Promise<string> => (await accountOf(owner)).customer_id

/** All customers that Stripe has of a tenant. */
async function customersOf({ tenantId }: Member): Promise<string[]> {
  const all = await double.stripe.customers.list({ limit: 100 }).autoPagingToArray({ limit: 1_000 })
  return all.filter(({ metadata }) => metadata.tenant_id === tenantId).map(({ id }) => id)
}
/** The pages where a tenant can pay, newest first. */
async function openPages(owner: Member) {
  const { data } = await double.stripe.checkout.sessions.list({
    customer: await customerOf(owner),
    status: 'open',
    limit: 100,
  })
  return data
}
/** Has what Stripe says of a tenant written, as the job does. */
const sync = ({ tenantId }: Member) =>
  tasks['sync-billing'](platform.context, {}, { tenantId, messageId: '' })
const asked = (method: string, path: RegExp) =>
  double.requests.filter((each) => each.method === method && path.test(each.path))

describe('a checkout', () => {
  test('sends the owner to a page of Stripe, for the plan and the tenant', async () => {
    const owner = await company()
    const { status, body, headers } = await checkout(owner)
    expect(status).toBe(200)
    const [page] = await openPages(owner)
    expect(body).toEqual({
      url: page?.url,
      expires_at: new Date((page?.expires_at ?? 0) * 1000).toISOString(),
    })
    const [made] = asked('POST', /customers$/)
    expect(made?.body).toEqual({
      name: `Company ${companies}`,
      email: `hello@company-${companies}.example`,
      metadata: { tenant_id: owner.tenantId },
    })
    const [opened] = asked('POST', /sessions$/)
    expect(opened?.body).toMatchObject({
      mode: 'subscription',
      customer: await customerOf(owner),
      client_reference_id: owner.tenantId,
      metadata: { tenant_id: owner.tenantId },
      subscription_data: { metadata: { tenant_id: owner.tenantId } },
      success_url: 'https://app.example/billing?checkout=success',
      cancel_url: 'https://app.example/billing?checkout=cancelled',
    })
    expect((await auditOf(platform, owner.tenantId)).at(-1)).toEqual({
      actor_kind: 'user',
      actor_id: owner.userId,
      action: 'billing.checkout_started',
      object_type: 'checkout_session',
      object_id: page?.id,
      changed_fields: [],
      reason: 'Plan STARTER',
      ip: '127.0.0.1',
      request_id: headers.get('x-request-id'),
    })
  })

  test.each([
    ['starter', 'starter'],
    ['PRO', 'professional'],
    ['Professional', 'professional'],
    ['business', 'business'],
    ['Enterprise', 'enterprise'],
  ] as const)('of %s asks for the price with that lookup_key', async (name, key) => {
    expect(told(await checkout(await company(), name))).toBe(200)
    const [opened] = asked('POST', /sessions$/)
    expect(opened?.body.line_items).toEqual([{ price: double.prices[key].id, quantity: '1' }])
  })

  test('asks for the price that the catalogue names, where it names one', async () => {
    const operator = await signInOperator(platform)
    const change = (plan: string, body: object) => operator.patch(`/v1/admin/plans/${plan}`, body)
    const { business, professional } = double.prices
    const changed = await change('starter', { stripe_price_id: business.id })
    expect([changed.status, changed.body.stripe_price_id]).toEqual([200, business.id])
    expect(told(await change('business', { stripe_price_id: business.id })), 'one price, one plan').toBe(
      '409 conflict',
    )
    await checkout(await company())
    expect((await change('starter', { stripe_price_id: null })).body.stripe_price_id).toBe(null)
    await checkout(await company(), 'professional')
    expect(asked('POST', /sessions$/).map(({ body }) => body.line_items)).toEqual([
      [{ price: business.id, quantity: '1' }],
      [{ price: professional.id, quantity: '1' }],
    ])
  })

  test('of a plan that costs nothing, or has no price that is for sale, is refused', async () => {
    const owner = await company()
    expect(told(await checkout(owner, 'free'))).toBe('409 plan_not_for_sale')
    const { id } = double.prices.enterprise
    await double.stripe.prices.update(id, { active: false })
    expect(told(await checkout(owner, 'enterprise'))).toBe('409 plan_not_for_sale')
    await double.stripe.prices.update(id, { active: true })
    expect(told(await checkout(owner, 'enterprise'))).toBe(200)
    expect(told(await checkout(owner, 'gold'))).toBe('400 invalid_request')
  })

  test.each([
    ['PENDING', 'system', '403 tenant_pending'],
    ['TRIAL', 'system', 200],
    ['ACTIVE', 'operator', 200],
    ['SUSPENDED', 'billing', 200],
    ['SUSPENDED', 'operator', '403 tenant_suspended'],
    ['CANCELLED', 'billing', 200],
    ['CANCELLED', 'operator', 200],
    ['DELETING', 'operator', '403 tenant_cancelled'],
  ])('of a tenant that is %s by %s is answered %s', async (status, setBy, answer) => {
    const owner = await company()
    await platform.forceTenant(owner.tenantId, `trial_ends_at = '2026-03-01T10:00:00Z'`)
    await setStatus(platform, owner.tenantId, status, setBy)
    expect(told(await checkout(owner))).toBe(answer)
    if (answer !== 200) expect(double.requests).toEqual([])
  })
})

describe('who may', () => {
  test('is an owner, in person', async () => {
    const owner = await company()
    const admin = await addMember(platform, owner.tenantId, 'admin')
    const createdBy = await membershipOf(platform, owner)
    const key = await addApiKey(platform, { tenantId: owner.tenantId, role: 'owner', createdBy })
    for (const [caller, answer] of [
      [platform, '401 unauthenticated'],
      [admin, '403 insufficient_role'],
      [key, '403 session_required'],
    ] as const) {
      expect(told(await caller.post('/v1/billing/checkout', { plan: 'starter' }))).toBe(answer)
      expect(told(await caller.post('/v1/billing/portal', undefined))).toBe(answer)
    }
    expect(told(await admin.get('/v1/billing/subscription'))).toBe('403 insufficient_role')
    expect(told(await key.get('/v1/billing/subscription')), 'a key may look').toBe(200)
    expect(double.requests).toEqual([])
  })

  test.each([
    [{ role: 'admin' }, 'insufficient_role'],
    [{ status: 'disabled' }, 'unauthenticated'],
  ])('is looked at again in the transaction: %j since', async (change, code) => {
    const owner = await company()
    const order = await orderOf(owner)
    await setMembership(platform, owner, change)
    await expect(startCheckout(platform.context, order)).rejects.toMatchObject({ code })
    expect(double.requests).toEqual([])
  })
})

/** A checkout as the route hands it on, its caller checked. */
async function orderOf(owner: Member, plan: PlanName = 'STARTER') {
  const { userId } = owner
  const principal = {
    kind: 'user',
    userId,
    sessionId: '',
    tenantId: owner.tenantId as TenantId,
    role: 'owner',
    membershipId: await membershipOf(platform, owner),
  } as const
  return { principal, plan, origin: { ip: null, requestId: 'test' } }
}

describe('nobody pays twice', () => {
  test('and whoever had a subscription that has ended, unknown to us, buys anew', async () => {
    const { owner, id } = await customer()
    const { id: ended } = await double.subscribe(id, double.prices.starter.id)
    await sync(owner)
    double.setStatus(ended, 'canceled')
    expect(told(await checkout(owner))).toBe(200)
  })

  test.each(['active', 'trialing', 'past_due', 'unpaid', 'paused'] as const)(
    'with a subscription that is %s there is the portal instead',
    async (status) => {
      const { owner, id } = await customer()
      await double.subscribe(id, double.prices.starter.id, { status })
      await sync(owner)
      expect(told(await checkout(owner))).toBe('409 already_subscribed')
      expect(told(await portal(owner))).toBe(200)
    },
  )

  test('with one that Stripe alone knows of yet, which is looked at then', async () => {
    const { owner, id } = await customer()
    await double.subscribe(id, double.prices.starter.id)
    expect(told(await checkout(owner, 'business'))).toBe('409 already_subscribed')
    expect(await openPages(owner)).toEqual([])
    const jobs = await platform.sql(
      'select task_identifier as task from graphile_worker.jobs where key = $1',
      [`${owner.tenantId}:sync-billing`],
    )
    expect(jobs).toEqual([{ task: 'sync-billing' }])
  })

  test('and after it has ended a plan can be bought again', async () => {
    const { owner, id } = await customer()
    const { id: subscribed } = await double.subscribe(id, double.prices.starter.id)
    await sync(owner)
    double.setStatus(subscribed, 'canceled')
    await sync(owner)
    expect((await subscription(owner)).subscription.status).toBe('canceled')
    expect(told(await checkout(owner))).toBe(200)
    expect(await customersOf(owner)).toEqual([id])
  })

  test('in two tabs: the page that was open is closed', async () => {
    const owner = await company()
    await checkout(owner, 'starter')
    const [first] = await openPages(owner)
    const { body } = await checkout(owner, 'business')
    const pages = await openPages(owner)
    expect(pages.map(({ url }) => url)).toEqual([body.url])
    expect((await double.stripe.checkout.sessions.retrieve(first?.id ?? '')).status).toBe('expired')
  })

  test('when the page of one tab is paid for while the other asks', async () => {
    const owner = await company()
    await checkout(owner)
    const listed = double.hold(/checkout\/sessions/)
    const second = checkout(owner)
    await listed.arrived
    double.completeCheckout((await openPages(owner))[0]?.id ?? '')
    listed.release()
    expect(told(await second)).toBe('409 already_subscribed')
    expect(await openPages(owner)).toEqual([])
  })

  test('who asks for two plans at once gets one page, the first time and later', async () => {
    const owner = await company()
    for (let round = 0; round < 3; round++) {
      const plans = ['starter', 'business', 'starter', 'business']
      const answers = await Promise.all(plans.map((plan) => checkout(owner, plan)))
      const pages = await openPages(owner)
      expect(pages).toHaveLength(1)
      const urls = answers.flatMap(({ status, body }) => (status === 200 ? [body.url] : []))
      expect(urls).toContain(pages[0]?.url)
      for (const answer of answers) expect([200, '409 conflict']).toContain(told(answer))
    }
  })
})

describe('there is one customer for a tenant', () => {
  test('whoever asks at the same time', async () => {
    const owner = await company()
    const answers = await Promise.all(Array.from({ length: 20 }, () => checkout(owner)))
    expect(answers.map(told)).toEqual(answers.map(() => 200))
    expect(await customersOf(owner)).toEqual([await customerOf(owner)])
    const pages = await openPages(owner)
    expect(pages).toHaveLength(1)
    expect(answers.map(({ body }) => body.url)).toContain(pages[0]?.url)
  })

  test('when the answer gets lost', async () => {
    const owner = await company()
    double.fail('cut', 2, /customers/)
    expect(told(await checkout(owner))).toBe('503 billing_unavailable')
    expect(await customerOf(owner)).toBe(null)
    const made = await customersOf(owner)
    expect(made).toHaveLength(1)
    await platform.sql(
      `update tenants set name = 'Renamed', company_email = 'other@people.example' where tenant_id = $1`,
      [owner.tenantId],
    )
    expect(told(await checkout(owner)), 'the same key, and so the same request').toBe(200)
    expect([await customerOf(owner)]).toEqual(made)
    expect(await customersOf(owner)).toEqual(made)
  })

  test('when we die before we store it', async () => {
    const { owner, id } = await customer()
    await forget(owner)
    expect(told(await checkout(owner))).toBe(200)
    expect(await customersOf(owner)).toEqual([id])
    expect(asked('GET', /search/)).toEqual([])
  })

  test('when Stripe has forgotten the key by then, and of several the oldest counts', async () => {
    const { owner, id } = await customer()
    await forget(owner)
    platform.clock.advance(25 * hourMs)
    await double.stripe.customers.create({ metadata: { tenant_id: owner.tenantId } })
    await double.stripe.customers.create({ metadata: { tenant_id: 'acme' } })
    const before = await customersOf(owner)
    expect(before).toHaveLength(2)
    const later = await signIn(platform, owner.tenantId, owner.email)
    expect(told(await checkout(later))).toBe(200)
    expect(await customerOf(owner)).toBe(id)
    expect(await customersOf(owner)).toEqual(before)
  })

  test('when the key has become useless: Stripe gives what it has answered to it again, for a day', async () => {
    const owner = await company()
    await failing(owner)
    // It failed after the customer was made, as far as anybody knows.
    const { id } = await double.stripe.customers.create({ metadata: { tenant_id: owner.tenantId } })
    expect(told(await checkout(owner))).toBe(200)
    expect(await customerOf(owner)).toBe(id)

    const other = await company()
    await failing(other)
    expect(told(await checkout(other))).toBe(200)
    const keys = asked('POST', /customers$/).flatMap(({ idempotencyKey = '' }) =>
      idempotencyKey.startsWith(`tenantry-customer-${other.tenantId}-`) ? [idempotencyKey] : [],
    )
    expect(new Set(keys).size).toBe(2)
    expect(await customersOf(other)).toHaveLength(1)
  })

  test('and it is the one that Stripe’s events have told of meanwhile', async () => {
    const owner = await company()
    const held = double.hold(/customers$/)
    const answer = checkout(owner)
    await held.arrived
    const { id } = await double.stripe.customers.create({ metadata: { tenant_id: owner.tenantId } })
    await platform.sql('update billing_accounts set customer_id = $1 where tenant_id = $2', [
      id,
      owner.tenantId,
    ])
    held.release()
    expect(told(await answer)).toBe(200)
    expect(await customerOf(owner)).toBe(id)
    expect(asked('POST', /sessions$/).map(({ body }) => body.customer)).toEqual([id])
  })

  test('and another when it was deleted at Stripe', async () => {
    const { owner, id } = await customer()
    await double.stripe.customers.del(id)
    expect(told(await portal(owner))).toBe('409 not_subscribed')
    const answers = await Promise.all([checkout(owner), checkout(owner)])
    expect(answers.map(told)).toEqual([200, 200])
    const [other] = await customersOf(owner)
    expect(other).not.toBe(id)
    expect(await customersOf(owner)).toEqual([await customerOf(owner)])
    expect(told(await portal(owner))).toBe(200)
  })

  /** A checkout while Stripe fails to make customers. */
  async function failing(owner: Member) {
    double.requests.length = 0
    double.fail(500, 2, /customers/)
    const answer = checkout(owner)
    expect(told(await answer)).toBe('503 billing_unavailable')
  }

  async function forget({ tenantId }: Member) {
    await platform.sql('update billing_accounts set customer_id = null where tenant_id = $1', [tenantId])
  }
})

describe('while Stripe is asked', () => {
  test.each([/customers/, /prices/, /checkout/])('no transaction is open (%s)', async (path) => {
    const owner = await company()
    const held = double.hold(path)
    const answer = checkout(owner)
    await held.arrived
    const open = await platform.sql(
      `select query from pg_stat_activity where datname = current_database() and state like 'idle in transaction%'`,
    )
    expect(open).toEqual([])
    held.release()
    expect(told(await answer)).toBe(200)
  })

  test.each([
    [429, 1, checkout],
    [429, 1, portal],
    [500, 2, checkout],
    ['cut', 2, portal],
  ] as const)('and it answers %s, that is told as an outage, and goes by', async (what, times, ask) => {
    const { owner } = await customer()
    double.fail(what, times)
    const answer = await ask(owner)
    expect(told(answer)).toBe('503 billing_unavailable')
    expect(answer.headers.get('retry-after')).toBe('1')
    expect(told(await ask(owner))).toBe(200)
  })

  test('and does not answer at all, nobody waits for ever', async () => {
    const order = await orderOf(await company())
    double.fail('timeout', 2, /customers/)
    const start = performance.now()
    await expect(startCheckout(platform.context, order, startPatience(200))).rejects.toMatchObject({
      code: 'billing_unavailable',
    })
    expect(performance.now() - start).toBeLessThan(5_000)
  })

  test('what it refuses is a mistake of ours, and the log tells neither keys nor people', async () => {
    const owner = await company()
    const operator = await signInOperator(platform)
    await operator.patch('/v1/admin/plans/starter', { stripe_price_id: 'price_nobody_knows' })
    platform.logLines.length = 0
    expect(told(await checkout(owner))).toBe('500 internal_error')
    expect(await customersOf(owner), 'it is the price that is missing').toHaveLength(1)
    await operator.patch('/v1/admin/plans/starter', { stripe_price_id: null })
    const log = platform.logLines.join('')
    expect(log).toContain('resource_missing')
    expect(log).not.toContain(double.env.STRIPE_SECRET_KEY)
    expect(log).not.toMatch(/@|Company/)
  })
})

test('the portal is for who has been to a checkout, and leads back', async () => {
  const owner = await company()
  expect((await subscription(owner)).has_portal).toBe(false)
  expect(told(await portal(owner))).toBe('409 not_subscribed')
  await checkout(owner)
  expect((await subscription(owner)).has_portal).toBe(true)
  const { status, body } = await portal(owner)
  expect([status, body]).toEqual([200, { url: expect.stringMatching(/^https?:/) }])
  const [opened] = asked('POST', /billing_portal/)
  expect(opened?.body).toEqual({
    customer: await customerOf(owner),
    return_url: 'https://app.example/billing',
  })
})

test('who had to leave for want of payment is back on the plan that is paid for', async () => {
  const { owner } = await customer()
  await setStatus(platform, owner.tenantId, 'CANCELLED', 'billing')
  expect(told(await checkout(owner, 'business'))).toBe(200)
  const { length: before } = double.events
  double.completeCheckout((await openPages(owner))[0]?.id ?? '')
  for (const event of double.events.slice(before)) {
    expect((await double.deliver(event, platform.url)).status).toBe(200)
  }
  await sync(owner)
  expect(await subscription(owner)).toMatchObject({
    plan: 'BUSINESS',
    status: 'ACTIVE',
    subscription: { status: 'active' },
  })
  expect(told(await owner.get('/v1/clients'))).toBe(200)
})

test('an owner sees what is paid for, until when, and what is due', async () => {
  const { owner, id } = await customer()
  const before = await subscription(owner)
  expect(before).toMatchObject({
    plan: 'PROFESSIONAL',
    status: 'TRIAL',
    subscription: null,
    has_portal: true,
  })
  expect(new Date(before.trial_ends_at).getTime()).toBe(platform.clock.now().getTime() + 14 * dayMs)

  const subscribed = await double.subscribe(id, double.prices.starter.id)
  await sync(owner)
  const end = new Date((subscribed.items.data[0]?.current_period_end ?? 0) * 1000).toISOString()
  const shown = {
    plan: 'STARTER',
    status: 'ACTIVE',
    trial_ends_at: null,
    subscription: {
      id: subscribed.id,
      status: 'active',
      quantity: 1,
      current_period_end: end,
      cancel_at: null,
    },
    past_due_since: null,
    grace_ends_at: null,
    has_portal: true,
  }
  expect(await subscription(owner)).toEqual(shown)

  await double.stripe.subscriptions.update(subscribed.id, { cancel_at_period_end: true })
  await sync(owner)
  expect((await subscription(owner)).subscription.cancel_at).toBe(end)

  double.setStatus(subscribed.id, 'past_due')
  await sync(owner)
  const due = await subscription(owner)
  expect(due.subscription.status).toBe('past_due')
  expect(Date.parse(due.grace_ends_at) - Date.parse(due.past_due_since)).toBe(7 * dayMs)
  double.requests.length = 0
  await subscription(owner)
  expect(double.requests, 'from our own tables').toEqual([])
})

test('each refusal is told in both languages', async () => {
  const [owner, subscribed] = [await company(), await customer()]
  await double.subscribe(subscribed.id, double.prices.starter.id)
  const bodies = async (language: string) => {
    const headers = { 'Accept-Language': language }
    return [
      await owner.post('/v1/billing/checkout', { plan: 'free' }, headers),
      await owner.post('/v1/billing/portal', undefined, headers),
      await subscribed.owner.post('/v1/billing/checkout', { plan: 'starter' }, headers),
    ].map(({ body }) => [body.code, body.detail])
  }
  for (const [index, language] of (['en', 'fr'] as const).entries()) {
    expect(await bodies(language)).toEqual(
      (['plan_not_for_sale', 'not_subscribed', 'already_subscribed'] as const).map((code) => [
        code,
        problems[code][index + 1],
      ]),
    )
  }
})

describe('without keys', () => {
  let bare: Platform
  beforeAll(async () => {
    bare = await startPlatform()
  })
  afterAll(() => bare.stop())

  test('there is no billing, once it is clear who asks', async () => {
    const { url, acme } = bare
    const admin = await addMember(bare, acme.tenantId, 'admin')
    for (const [method, path, body] of [
      ['GET', '/v1/billing/subscription', undefined],
      ['POST', '/v1/billing/checkout', { plan: 'starter' }],
      ['POST', '/v1/billing/portal', undefined],
    ] as const) {
      const answer = await acme.request(method, path, body)
      expect([told(answer), answer.headers.get('retry-after')], path).toEqual([
        '503 billing_not_configured',
        null,
      ])
      expect(answer.body.detail).toBe(problems.billing_not_configured[1])
      expect(told(await admin.request(method, path, body))).toBe('403 insufficient_role')
      expect(told(await createCaller(url).request(method, path, body))).toBe('401 unauthenticated')
    }
  })

  test('everything else works', async () => {
    const { acme, globex } = bare
    const operator = await signInOperator(bare)
    const member = await addMember(bare, acme.tenantId, 'member')
    const user = `/v1/users/${member.userId}`
    expect([
      told(await bare.get('/health')),
      told(await bare.get('/signup/plans')),
      told(await operator.patch('/v1/admin/plans/starter', { price_is_per_seat: true })),
      told(await member.post('/v1/clients', { name: 'Somebody' })),
      told(await acme.patch(user, { status: 'disabled' })),
      told(await acme.patch(user, { status: 'active' })),
      told(await acme.delete(user)),
      told(await operator.patch(`/v1/admin/tenants/${acme.tenantId}`, { plan: 'business' })),
      told(await operator.post(`/v1/admin/tenants/${globex.tenantId}/cancel`, { reason: 'Moved away' })),
      told(await acme.get('/v1/usage')),
    ]).toEqual([200, 200, 200, 201, 200, 200, 204, 200, 200, 200])
  })
})
