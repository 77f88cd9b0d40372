import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createInterface } from 'node:readline'
import Stripe from 'stripe'
import { afterEach, expect, test } from 'vitest'
import {
  type StripeDouble,
  type StripeDoubleOptions,
  startStripeDouble,
} from '../support/stripe-double/index.ts'

const daySeconds = 86_400
const start = Date.parse('2026-03-02T10:00:00Z') / 1000

const toStop: (() => Promise<unknown>)[] = []
afterEach(async () => {
  await Promise.all(toStop.splice(0).map((stop) => stop()))
})

/** A double with one customer. Its clock stands still until `pass` moves it. */
async function play(options?: StripeDoubleOptions) {
  const double = await startStripeDouble(options)
  toStop.push(double.stop)
  let now = start
  double.useClock({ now: () => new Date(now * 1000) })
  const customer = await double.stripe.customers.create({ email: 'ada@acme.example' })
  return {
    double,
    stripe: double.stripe,
    customer,
    pass: (seconds: number) => {
      now += seconds
    },
  }
}

/** The SDK as the platform sets it up, or otherwise. */
function connect(double: StripeDouble, config: Partial<ConstructorParameters<typeof Stripe>[1]> = {}) {
  const { hostname, port } = new URL(double.url)
  return new Stripe(double.env.STRIPE_SECRET_KEY, {
    host: hostname,
    port,
    protocol: 'http',
    maxNetworkRetries: 0,
    telemetry: false,
    ...config,
  })
}

/** An endpoint that checks signatures, and answers what it is told to. */
async function listenToEvents(secret: string, statuses: number[] = []) {
  const received: Stripe.Event[] = []
  const server = createServer(async (req, res) => {
    const chunks: Buffer[] = []
    for await (const chunk of req) chunks.push(chunk)
    const status = statuses.shift() ?? 200
    const signature = String(req.headers['stripe-signature'])
    // Signed by the clock of the double, which is not that of this machine.
    const event = Stripe.webhooks.constructEvent(Buffer.concat(chunks), signature, secret, Infinity)
    if (status === 200) received.push(event)
    res.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify({ path: req.url }))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  toStop.push(async () => {
    server.close()
    server.closeAllConnections()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, received }
}

/** What a request is refused with. */
async function refusal(asked: Promise<unknown>): Promise<Stripe.errors.StripeError> {
  return asked.then(
    () => expect.unreachable('it was not refused'),
    (error) => error,
  )
}

const typesOf = (events: Stripe.Event[]) => events.map(({ type }) => type)

test('a wrong key, an unknown route and an unknown, missing or wrong parameter are refused as Stripe does', async () => {
  const { double, stripe, customer } = await play()
  const stranger = new Stripe('sk_test_other', {
    host: '127.0.0.1',
    port: new URL(double.url).port,
    protocol: 'http',
  })
  expect(await refusal(stranger.customers.list())).toBeInstanceOf(Stripe.errors.StripeAuthenticationError)
  const unknown = await refusal(stripe.coupons.list())
  expect(unknown).toMatchObject({ statusCode: 404, type: 'StripeInvalidRequestError' })
  expect(unknown.message).toContain('Unrecognized request URL (GET: /v1/coupons)')
  expect(unknown.requestId).toMatch(/^req_/)
  const typo = { customer: customer.id, subscription_data: { trial_days: 3 } }
  const session = {
    mode: 'subscription' as const,
    line_items: [{ price: double.prices.starter.id, quantity: 1 }],
    success_url: 'https://app.example/done',
  }
  expect(await refusal(stripe.checkout.sessions.create({ ...session, ...(typo as object) }))).toMatchObject({
    statusCode: 400,
    code: 'parameter_unknown',
    param: 'subscription_data[trial_days]',
  })
  expect(
    await refusal(stripe.subscriptions.create({ customer: customer.id, items: [{ quantity: 2 }] })),
  ).toMatchObject({ code: 'parameter_missing', param: 'items[0][price]' })
  expect(
    await refusal(
      stripe.subscriptions.create({ customer: customer.id, items: [{ price: 'p', quantity: 1.5 }] }),
    ),
  ).toMatchObject({ code: 'parameter_invalid', param: 'items[0][quantity]' })
  expect(
    await refusal(connect(double, { apiVersion: '2020-08-27' as never }).customers.list()),
  ).toMatchObject({
    statusCode: 400,
  })
})

test('lists give the newest first, in pages that go both ways, and by the time of creation', async () => {
  const { stripe, customer, pass } = await play()
  const ids = [customer.id]
  for (let i = 1; i < 5; i++) {
    if (i === 3) pass(60)
    ids.unshift((await stripe.customers.create({ email: `c${i}@acme.example` })).id)
  }
  const listed = async (params: Stripe.CustomerListParams) => (await stripe.customers.list(params)).data
  expect((await listed({})).map(({ id }) => id)).toEqual(ids)
  const all = await stripe.customers.list({ limit: 2 }).autoPagingToArray({ limit: 100 })
  expect(all.map(({ id }) => id)).toEqual(ids)
  const back = await stripe.customers.list({ limit: 2, ending_before: ids[3] as string })
  expect([back.data.map(({ id }) => id), back.has_more]).toEqual([[ids[1], ids[2]], true])
  expect(await listed({ created: { gte: start + 60 } })).toHaveLength(2)
  expect(await listed({ created: { lt: start + 60 } })).toHaveLength(3)
  expect(await listed({ email: 'c2@acme.example' })).toHaveLength(1)
  expect((await refusal(listed({ limit: 101 }))).param).toBe('limit')
  expect(await refusal(listed({ starting_after: 'cus_none' }))).toMatchObject({
    code: 'resource_missing',
    param: 'starting_after',
  })
})

test('the same key gives the same answer for a day, and is refused for anything else', async () => {
  const { stripe, pass } = await play()
  const create = (name: string) => stripe.customers.create({ name }, { idempotencyKey: 'once' })
  const first = await create('Acme')
  const again = await create('Acme')
  expect(again.id).toBe(first.id)
  expect(first.lastResponse.headers['idempotent-replayed']).toBeUndefined()
  expect(again.lastResponse.headers['idempotent-replayed']).toBe('true')
  expect(await refusal(create('Globex'))).toBeInstanceOf(Stripe.errors.StripeIdempotencyError)
  pass(daySeconds)
  expect((await create('Acme')).id).not.toBe(first.id)
})

test('the same key under way is refused, and of many requests at once one is carried out', async () => {
  const { double, stripe } = await play()
  const create = () => stripe.customers.create({ name: 'Acme' }, { idempotencyKey: 'once' })
  const held = double.hold(/customers/)
  const first = create()
  await held.arrived
  expect(await refusal(create())).toMatchObject({ statusCode: 409, code: 'idempotency_key_in_use' })
  held.release()
  const { id } = await first
  const more = await Promise.all(Array.from({ length: 10 }, create))
  expect(new Set(more.map((each) => each.id))).toEqual(new Set([id]))
  expect((await stripe.customers.list()).data).toHaveLength(2)
})

test('a refusal is kept under its key; bad parameters and failures of the server are not', async () => {
  const { double, stripe, customer } = await play()
  const options = (key: string) => ({ idempotencyKey: key })
  const portal = (id: string, key: string) =>
    stripe.billingPortal.sessions.create({ customer: id }, options(key))
  const refused = await refusal(portal('cus_none', 'kept'))
  expect(refused.headers?.['idempotent-replayed']).toBeUndefined()
  expect((await refusal(portal('cus_none', 'kept'))).headers?.['idempotent-replayed']).toBe('true')
  const wrong = { customer: customer.id, return: 'x' } as Stripe.BillingPortal.SessionCreateParams
  expect((await refusal(stripe.billingPortal.sessions.create(wrong, options('bad')))).code).toBe(
    'parameter_unknown',
  )
  expect((await portal(customer.id, 'bad')).url).toContain(double.url)
  double.fail(500)
  expect(await refusal(portal(customer.id, 'failed'))).toMatchObject({
    statusCode: 500,
    type: 'StripeAPIError',
  })
  expect((await portal(customer.id, 'failed')).customer).toBe(customer.id)
})

test('it fails as told: too busy, broken, silent, or cut off after the deed', async () => {
  const { double, stripe, customer } = await play()
  double.fail(429, 2, /prices/)
  expect(await stripe.customers.retrieve(customer.id)).toMatchObject({ id: customer.id })
  for (const _ of [1, 2]) {
    expect(await refusal(stripe.prices.list())).toBeInstanceOf(Stripe.errors.StripeRateLimitError)
  }
  expect((await stripe.prices.list()).data).toHaveLength(4)
  double.fail('timeout')
  const impatient = connect(double, { timeout: 40 })
  expect(await refusal(impatient.customers.create({ name: 'Silent' }))).toMatchObject({
    type: 'StripeConnectionError',
  })
  // The SDK tries once more by itself, with the same key, and finds what was done.
  double.fail('cut', 1, /products/)
  double.fail('cut', 2, /customers/)
  const [product, lost] = await Promise.all([
    stripe.products.create({ name: 'Cut once' }),
    refusal(stripe.customers.create({ name: 'Cut twice' })),
  ])
  expect((await stripe.products.list({ limit: 1 })).data).toMatchObject([
    { id: product.id, name: 'Cut once' },
  ])
  expect((await stripe.products.list()).data).toHaveLength(5)
  expect(lost.type).toBe('StripeConnectionError')
  const names = (await stripe.customers.list()).data.map(({ name }) => name)
  expect(names).toEqual(['Cut twice', null])
})

test('it tells what it was asked', async () => {
  const { double, stripe, customer } = await play()
  double.requests.length = 0
  await stripe.customers.update(customer.id, { metadata: { tenant_id: 'acme' } }, { idempotencyKey: 'k' })
  await stripe.customers.list({ limit: 3, created: { gte: 1 } })
  expect(double.requests).toEqual([
    {
      method: 'POST',
      path: `/v1/customers/${customer.id}`,
      idempotencyKey: 'k',
      query: {},
      body: { metadata: { tenant_id: 'acme' } },
    },
    { method: 'GET', path: '/v1/customers', query: { limit: '3', created: { gte: '1' } }, body: {} },
  ])
})

test('a search finds a customer by its metadata, but a new one only after a while', async () => {
  const { stripe, pass } = await play({ searchDelaySeconds: 60 })
  const { id } = await stripe.customers.create({ metadata: { tenant_id: "o'neill" } })
  const search = async () => {
    const { data } = await stripe.customers.search({ query: "metadata['tenant_id']:'o\\'neill'" })
    return data.map((each) => each.id)
  }
  expect(await search()).toEqual([])
  pass(60)
  expect(await search()).toEqual([id])
})

test('a customer who is deleted leaves cancelled subscriptions, and cannot be used any more', async () => {
  const { double, stripe, customer } = await play()
  await stripe.customers.update(customer.id, { metadata: { a: '1', b: '2' } })
  const changed = await stripe.customers.update(customer.id, { metadata: { a: '' }, name: 'Acme' })
  expect(changed.metadata).toEqual({ b: '2' })
  expect(double.events.at(-1)).toMatchObject({
    type: 'customer.updated',
    data: { previous_attributes: { metadata: { a: '1', b: '2' }, name: null } },
  })
  const { id } = await double.subscribe(customer.id, double.prices.starter.id)
  double.events.length = 0
  await stripe.customers.del(customer.id)
  expect(typesOf(double.events)).toEqual(['customer.subscription.deleted', 'customer.deleted'])
  expect(await stripe.customers.retrieve(customer.id)).toMatchObject({ id: customer.id, deleted: true })
  expect(await stripe.subscriptions.retrieve(id)).toMatchObject({ status: 'canceled', customer: customer.id })
  expect(await refusal(stripe.billingPortal.sessions.create({ customer: customer.id }))).toMatchObject({
    code: 'resource_missing',
    param: 'customer',
    statusCode: 400,
  })
  expect(await refusal(stripe.customers.update(customer.id, {}))).toMatchObject({ statusCode: 404 })
})

test('prices are found by their lookup keys, of which each names one', async () => {
  const { double, stripe } = await play()
  const { data } = await stripe.prices.list({ lookup_keys: ['business', 'starter'] })
  expect(data.map(({ id }) => id)).toEqual([double.prices.business.id, double.prices.starter.id])
  expect(data[0]).toMatchObject({ currency: 'eur', recurring: { interval: 'month' } })
  expect(data[0]?.unit_amount_decimal?.toString()).toBe('9900')
  const product = await stripe.products.create({ name: 'Seats' })
  const price = { product: product.id, currency: 'eur', unit_amount: 500, lookup_key: 'starter' }
  const monthly = { ...price, recurring: { interval: 'month' as const } }
  expect((await refusal(stripe.prices.create(monthly))).param).toBe('lookup_key')
  const made = await stripe.prices.create({ ...monthly, transfer_lookup_key: true })
  expect((await stripe.prices.list({ lookup_keys: ['starter'] })).data).toMatchObject([{ id: made.id }])
  await stripe.prices.update(made.id, { active: false })
  expect((await stripe.prices.list({ lookup_keys: ['starter'] })).data).toEqual([])
  expect((await stripe.prices.list({ active: false })).data).toMatchObject([{ id: made.id }])
})

test('a checkout that is paid makes a subscription; one that is not closes after a day', async () => {
  const { double, stripe, customer, pass } = await play()
  const open = () =>
    stripe.checkout.sessions.create({
      mode: 'subscription',
      customer: customer.id,
      client_reference_id: 'acme',
      metadata: { tenant_id: 'acme' },
      line_items: [{ price: double.prices.professional.id, quantity: 4 }],
      subscription_data: { metadata: { tenant_id: 'acme', by: 'checkout' } },
      success_url: 'https://app.example/done?session={CHECKOUT_SESSION_ID}',
    })
  const [paid, left, closed] = [await open(), await open(), await open()]
  expect(paid).toMatchObject({ status: 'open', payment_status: 'unpaid', expires_at: start + daySeconds })
  double.events.length = 0
  const page = await fetch(paid.url ?? '', { method: 'POST', redirect: 'manual' })
  expect(page.headers.get('location')).toBe(`https://app.example/done?session=${paid.id}`)
  expect(typesOf(double.events)).toEqual([
    'payment_method.attached',
    'customer.subscription.created',
    'invoice.created',
    'invoice.finalized',
    'invoice.paid',
    'invoice.payment_succeeded',
    'checkout.session.completed',
  ])
  const done = await stripe.checkout.sessions.retrieve(paid.id, { expand: ['subscription', 'line_items'] })
  expect(done).toMatchObject({
    status: 'complete',
    payment_status: 'paid',
    url: null,
    line_items: { data: [{ quantity: 4, amount_total: 19_600 }] },
    subscription: {
      status: 'active',
      metadata: { tenant_id: 'acme', by: 'checkout' },
      items: { data: [{ quantity: 4, price: { lookup_key: 'professional' } }] },
    },
  })
  expect(() => double.completeCheckout(paid.id)).toThrow('is complete')
  expect((await stripe.checkout.sessions.expire(closed.id)).status).toBe('expired')
  expect((await refusal(stripe.checkout.sessions.expire(closed.id))).statusCode).toBe(400)
  pass(daySeconds)
  const listed = async (status: 'open' | 'expired') =>
    (await stripe.checkout.sessions.list({ customer: customer.id, status })).data.map(({ id }) => id)
  expect(await listed('expired')).toEqual([closed.id, left.id])
  expect(await listed('open')).toEqual([])
  expect(double.events.at(-1)).toMatchObject({
    type: 'checkout.session.expired',
    created: start + daySeconds,
    request: { id: null },
  })
})

test('a subscription can be changed, and cancelled once', async () => {
  const { double, stripe, customer } = await play()
  const { id, items } = await double.subscribe(customer.id, double.prices.starter.id, { quantity: 2 })
  const [item] = items.data
  double.events.length = 0
  const change = { items: [{ id: item?.id ?? '', price: double.prices.business.id, quantity: 5 }] }
  await stripe.subscriptions.update(id, { ...change, metadata: { tenant_id: 'acme' } })
  await stripe.subscriptions.update(id, change)
  expect(double.events).toMatchObject([
    {
      type: 'customer.subscription.updated',
      data: {
        object: { items: { data: [{ quantity: 5, price: { lookup_key: 'business' } }] } },
        previous_attributes: { metadata: {}, items: { data: [{ quantity: 2 }] } },
      },
      request: { id: expect.stringMatching(/^req_/), idempotency_key: expect.any(String) },
    },
  ])
  const bad = { metadata: { tenant_id: 'globex' }, items: [{ id: 'si_none', quantity: 1 }] }
  expect((await refusal(stripe.subscriptions.update(id, bad))).param).toBe('items[0][id]')
  const ending = await stripe.subscriptions.update(id, { cancel_at_period_end: true })
  expect(ending).toMatchObject({
    status: 'active',
    metadata: { tenant_id: 'acme' },
    cancel_at: item?.current_period_end,
    cancellation_details: { reason: 'cancellation_requested' },
  })
  expect(await stripe.subscriptions.update(id, { cancel_at_period_end: false })).toMatchObject({
    cancel_at: null,
    canceled_at: null,
  })
  expect(await stripe.subscriptions.cancel(id)).toMatchObject({ status: 'canceled', ended_at: start })
  for (const gone of [id, 'sub_none']) {
    expect(await refusal(stripe.subscriptions.cancel(gone))).toMatchObject({
      code: 'resource_missing',
      statusCode: 404,
    })
  }
  const customers = { customer: customer.id }
  expect((await stripe.subscriptions.list(customers)).data).toEqual([])
  expect((await stripe.subscriptions.list({ ...customers, status: 'all' })).data).toHaveLength(1)
  expect(
    (await stripe.subscriptions.list({ status: 'canceled', expand: ['data.customer'] })).data,
  ).toMatchObject([{ id, customer: { email: 'ada@acme.example' } }])
  expect((await refusal(stripe.subscriptions.list({ status: 'all', expand: ['data.owner'] }))).param).toBe(
    'expand',
  )
})

test('by a test clock a trial becomes active, past due and unpaid, and active again once it is paid', async () => {
  const { double, stripe } = await play()
  const clock = await stripe.testHelpers.testClocks.create({ frozen_time: start })
  const customer = await stripe.customers.create({
    test_clock: clock.id,
    payment_method: 'pm_card_visa',
    invoice_settings: { default_payment_method: 'pm_card_visa' },
  })
  expect((await stripe.customers.list()).data).not.toMatchObject([{ id: customer.id }])
  expect((await stripe.customers.list({ test_clock: clock.id })).data).toMatchObject([{ id: customer.id }])
  const { id } = await stripe.subscriptions.create({
    customer: customer.id,
    items: [{ price: double.prices.starter.id, quantity: 2 }],
    trial_period_days: 14,
  })
  double.events.length = 0
  const advance = async (days: number) => {
    const frozen_time = start + days * daySeconds
    expect((await stripe.testHelpers.testClocks.advance(clock.id, { frozen_time })).status).toBe('advancing')
    expect(await stripe.testHelpers.testClocks.retrieve(clock.id)).toMatchObject({
      status: 'ready',
      frozen_time,
    })
    const made = double.events.splice(0).filter(({ type }) => !type.startsWith('test_helpers'))
    const { status } = await stripe.subscriptions.retrieve(id)
    return { status, events: made.map(({ type, created }) => [type, (created - start) / daySeconds]) }
  }
  expect(await advance(10)).toEqual({ status: 'trialing', events: [] })
  expect(await advance(14)).toEqual({
    status: 'active',
    events: [
      ['customer.subscription.trial_will_end', 11],
      ['customer.subscription.updated', 14],
      ['invoice.created', 14],
      ['invoice.finalized', 14],
      ['invoice.paid', 14],
      ['invoice.payment_succeeded', 14],
    ],
  })
  const bad = await stripe.paymentMethods.attach('pm_card_chargeCustomerFail', { customer: customer.id })
  await stripe.customers.update(customer.id, { invoice_settings: { default_payment_method: bad.id } })
  double.events.length = 0
  // The 16th of March and of April are 31 days apart.
  expect(await advance(45)).toEqual({
    status: 'past_due',
    events: [
      ['customer.subscription.updated', 45],
      ['invoice.created', 45],
      ['invoice.finalized', 45],
      ['invoice.payment_failed', 45],
      ['customer.subscription.updated', 45],
    ],
  })
  const [open] = (await stripe.invoices.list({ subscription: id, status: 'open' })).data
  expect(open).toMatchObject({
    amount_due: 3_800,
    attempt_count: 1,
    next_payment_attempt: start + 46 * daySeconds,
    parent: { subscription_details: { subscription: id } },
  })
  expect(await refusal(stripe.invoices.pay(open?.id ?? ''))).toMatchObject({
    type: 'StripeCardError',
    code: 'card_declined',
  })
  double.events.length = 0
  expect(await advance(50)).toEqual({
    status: 'unpaid',
    events: [
      ['invoice.payment_failed', 46],
      ['invoice.payment_failed', 47],
      ['invoice.payment_failed', 48],
      ['customer.subscription.updated', 48],
    ],
  })
  expect(await stripe.invoices.pay(open?.id ?? '', { payment_method: 'pm_card_visa' })).toMatchObject({
    status: 'paid',
    amount_remaining: 0,
  })
  expect((await stripe.subscriptions.retrieve(id)).status).toBe('active')
  const late = { frozen_time: start + 200 * daySeconds }
  expect((await refusal(stripe.testHelpers.testClocks.advance(clock.id, late))).param).toBe('frozen_time')
})

test('by its own clock subscriptions are renewed, too, each month on the same day', async () => {
  const { double, stripe, customer, pass } = await play()
  pass(29 * daySeconds)
  const { id } = await double.subscribe(customer.id, double.prices.starter.id)
  pass(62 * daySeconds)
  double.tick()
  const { data } = await stripe.invoices.list({ subscription: id, status: 'paid' })
  const days = data.map(({ created }) => new Date(created * 1000).toISOString().slice(0, 10))
  expect(days).toEqual(['2026-05-31', '2026-04-30', '2026-03-31'])
  await stripe.subscriptions.update(id, { cancel_at_period_end: true })
  pass(30 * daySeconds)
  expect(await stripe.subscriptions.retrieve(id)).toMatchObject({
    status: 'canceled',
    ended_at: Date.parse('2026-06-30T10:00:00Z') / 1000,
  })
})

test('a first payment that fails leaves a subscription incomplete, for 23 hours', async () => {
  const { double, stripe, customer, pass } = await play()
  const items = [{ price: double.prices.starter.id }]
  const without = { customer: customer.id, items }
  expect((await refusal(stripe.subscriptions.create(without))).code).toBe('resource_missing')
  const failing = { ...without, default_payment_method: 'pm_card_chargeCustomerFail' }
  expect(
    await refusal(stripe.subscriptions.create({ ...failing, payment_behavior: 'error_if_incomplete' })),
  ).toBeInstanceOf(Stripe.errors.StripeCardError)
  const [lost, saved] = [
    await stripe.subscriptions.create(failing),
    await stripe.subscriptions.create(failing),
  ]
  expect(lost.status).toBe('incomplete')
  await stripe.invoices.pay(String(saved.latest_invoice), { paid_out_of_band: true })
  expect((await stripe.subscriptions.retrieve(saved.id)).status).toBe('active')
  pass(23 * 3600)
  expect(await stripe.subscriptions.retrieve(lost.id)).toMatchObject({ status: 'incomplete_expired' })
  expect(await stripe.invoices.retrieve(String(lost.latest_invoice))).toMatchObject({ status: 'void' })
})

test('other ends: cancelled after the last try, paused without a card, not collected', async () => {
  const { double, stripe, customer, pass } = await play({ retryDays: [2], afterRetries: 'canceled' })
  const items = [{ price: double.prices.starter.id }]
  const without = { customer: customer.id, items, trial_period_days: 2 }
  const pausing = await stripe.subscriptions.create({
    ...without,
    trial_settings: { end_behavior: { missing_payment_method: 'pause' } },
  })
  const failing = await stripe.subscriptions.create(without)
  expect(typesOf(double.events).at(-1)).toBe('customer.subscription.trial_will_end')
  const uncollected = await double.subscribe(customer.id, double.prices.business.id)
  await stripe.subscriptions.update(uncollected.id, { pause_collection: { behavior: 'void' } })
  const statusOf = async (id: string) => (await stripe.subscriptions.retrieve(id)).status
  pass(2 * daySeconds)
  expect([await statusOf(pausing.id), await statusOf(failing.id)]).toEqual(['paused', 'past_due'])
  expect(typesOf(double.events)).toContain('customer.subscription.paused')
  pass(2 * daySeconds)
  expect(await stripe.subscriptions.retrieve(failing.id)).toMatchObject({
    status: 'canceled',
    cancellation_details: { reason: 'payment_failed' },
  })
  pass(30 * daySeconds)
  expect(await statusOf(uncollected.id)).toBe('active')
  const [newest] = (await stripe.invoices.list({ subscription: uncollected.id })).data
  expect(newest).toMatchObject({ status: 'void', billing_reason: 'subscription_cycle' })
})

test('a test can bring a subscription to any status, where it stays until the test says otherwise', async () => {
  const { double, stripe, customer, pass } = await play()
  const { id } = await double.subscribe(customer.id, double.prices.starter.id)
  const openInvoices = async () => (await stripe.invoices.list({ subscription: id, status: 'open' })).data
  double.events.length = 0
  double.setStatus(id, 'past_due')
  expect(typesOf(double.events)).toEqual([
    'invoice.created',
    'invoice.finalized',
    'invoice.payment_failed',
    'customer.subscription.updated',
  ])
  expect(double.events.at(-1)?.data).toMatchObject({
    object: { status: 'past_due' },
    previous_attributes: { status: 'active' },
  })
  pass(60 * daySeconds)
  expect((await stripe.subscriptions.retrieve(id)).status).toBe('past_due')
  expect(await openInvoices()).toMatchObject([{ status_transitions: { finalized_at: start } }])
  double.setStatus(id, 'unpaid')
  expect(await openInvoices()).toHaveLength(1)
  expect(double.pay(id).status).toBe('active')
  expect(await openInvoices()).toEqual([])
  for (const status of ['trialing', 'paused', 'active', 'incomplete', 'on_the_moon'] as const) {
    expect(double.setStatus(id, status).status).toBe(status)
  }
  expect(typesOf(double.events)).toContain('customer.subscription.resumed')
  double.setStatus(id, 'canceled')
  expect(double.events.at(-1)).toMatchObject({
    type: 'customer.subscription.deleted',
    data: { object: { status: 'canceled', ended_at: start + 60 * daySeconds } },
  })
  expect(() => double.setStatus(id, 'active')).toThrow('has ended')
  for (const status of ['trialing', 'past_due', 'incomplete', 'incomplete_expired', 'canceled'] as const) {
    const made = await double.subscribe(customer.id, double.prices.business.id, { status })
    expect(made.status).toBe(status)
    expect(made.latest_invoice).toMatch(/^in_/)
  }
})

test('events are delivered when a test says so, signed, and those that were not can be listed', async () => {
  const { double, stripe, customer, pass } = await play()
  const platform = await listenToEvents(double.env.STRIPE_WEBHOOK_SECRET, [500])
  await double.subscribe(customer.id, double.prices.starter.id)
  const [first] = double.events
  if (!first) return expect.unreachable()
  const failed = await double.deliver(first, platform.url)
  expect(failed).toEqual({ status: 500, body: { path: '/webhooks/stripe' } })
  const undelivered = await stripe.events.list({ delivery_success: false, limit: 100 })
  expect(undelivered.data.map(({ id }) => id)).toEqual(double.events.map(({ id }) => id).reverse())
  const answers = await double.deliverAll(platform.url)
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
  expect(platform.received.map(({ id }) => id)).toEqual(double.events.map(({ id }) => id))
  expect((await stripe.events.list({ delivery_success: false })).data).toEqual([])
  expect(await double.deliverAll(platform.url)).toEqual([])
  expect((await stripe.events.list({ type: 'invoice.*' })).data).toHaveLength(4)
  expect((await stripe.events.list({ types: ['customer.created', 'invoice.paid'] })).data).toHaveLength(2)
  expect(await stripe.events.retrieve(first.id)).toMatchObject({ type: 'customer.created', created: start })
  pass(30 * daySeconds)
  expect((await stripe.events.list({ type: 'customer.created' })).data).toEqual([])
})

test('with an endpoint given each event goes there by itself, again if it is not taken', async () => {
  const platform = await listenToEvents(`whsec_${'0'.repeat(24)}`, [503])
  const { double, customer } = await play({ webhookUrl: `${platform.url}/hook` })
  await double.subscribe(customer.id, double.prices.starter.id)
  await double.delivered()
  expect(platform.received.map(({ id }) => id)).toEqual(double.events.map(({ id }) => id))
})

test('as a program it prints the settings that lead to it, takes any key of the test mode, and ends on a signal', async () => {
  const program = spawn(process.execPath, ['test/support/stripe-double/main.ts'], {
    env: { ...process.env, STRIPE_API_BASE: 'http://127.0.0.1:0', STRIPE_WEBHOOK_URL: 'http://127.0.0.1:9' },
  })
  toStop.push(async () => program.kill('SIGKILL'))
  const lines: string[] = []
  for await (const line of createInterface(program.stdout)) if (lines.push(line) === 3) break
  const settings = Object.fromEntries(lines.map((line) => line.split('=')))
  const { hostname: host, port } = new URL(settings.STRIPE_API_BASE)
  const stripe = new Stripe('sk_test_mine', { host, port, protocol: 'http', maxNetworkRetries: 0 })
  expect((await stripe.prices.list()).data).toHaveLength(4)
  program.kill('SIGTERM')
  expect(await once(program, 'exit')).toEqual([0, null])
})
