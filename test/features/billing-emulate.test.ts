import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { createEmulator, type Emulator } from 'emulate'
import Stripe from 'stripe'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { tasks } from '../../src/jobs/tasks.ts'
import { signInOperator } from '../support/operators.ts'
import { type Member, type Platform, startPlatform } from '../support/platform.ts'

// A Stripe that nobody here wrote: it knows customers, prices and the hosted page, and signs its events. To what it does
// not know it answers with an object that Stripe's client takes for success.

const secret = 'whsec_emulated_12345678'
const sent: { signature: string; body: string }[] = []
let mailbox: Server
let emulator: Emulator
let stripe: Stripe
let platform: Platform
let owner: Member

beforeAll(async () => {
  mailbox = createServer(async (request, response) => {
    sent.push({ signature: String(request.headers['stripe-signature']), body: await text(request) })
    response.end()
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => mailbox.once('listening', resolve))
  const { port } = mailbox.address() as AddressInfo
  const webhooks = [{ url: `http://127.0.0.1:${port}/`, events: ['*'], secret }]
  emulator = await createEmulator({ service: 'stripe', port: 0, seed: { stripe: { webhooks } } })
  const { hostname, port: emulated } = new URL(emulator.url)
  stripe = new Stripe('sk_test_emulated', { protocol: 'http', host: hostname, port: emulated })
  platform = await startPlatform({
    STRIPE_SECRET_KEY: 'sk_test_emulated',
    STRIPE_WEBHOOK_SECRET: secret,
    STRIPE_API_BASE: emulator.url,
  })
  // Its signatures are of the real time.
  platform.clock.advance(Date.now() - platform.clock.now().getTime())
  owner = await platform.signUp('Emulated')
})
afterAll(async () => {
  await platform.stop()
  await emulator.close()
  mailbox.close()
})

const tell = (body: string, signature: string) =>
  platform.post('/webhooks/stripe', body, { 'Stripe-Signature': signature })

test('a plan is bought on the hosted page, and its signed event arrives', async () => {
  const product = await stripe.products.create({ name: 'Starter' })
  const price = await stripe.prices.create({
    product: product.id,
    currency: 'eur',
    unit_amount: 4900,
    recurring: { interval: 'month' },
  })
  const checkout = () => owner.post('/v1/billing/checkout', { plan: 'starter' })
  expect((await checkout()).body.code, 'prices without a lookup_key are no plan’s').toBe('plan_not_for_sale')
  const operator = await signInOperator(platform)
  await operator.patch('/v1/admin/plans/starter', { stripe_price_id: price.id })

  const { status, body } = await checkout()
  expect([status, body], JSON.stringify(body)).toEqual([200, { url: expect.any(String), expires_at: null }])
  const page = await (await fetch(body.url)).text()
  expect(page).toContain('$49.00 EUR')
  const paid = await fetch(`${body.url}/complete`, { method: 'POST', redirect: 'manual' })
  expect(paid.headers.get('location')).toBe('http://localhost:3000/billing?checkout=success')

  const [event] = sent.filter(({ body }) => JSON.parse(body).type === 'checkout.session.completed')
  const { signature = '', body: payload = '' } = event ?? {}
  const asSent = await tell(payload, signature)
  expect([asSent.status, asSent.body.code], 'it has no id').toEqual([400, 'invalid_request'])
  const altered = await tell(payload.replace('paid', 'void'), signature)
  expect([altered.status, altered.body.code]).toEqual([400, 'invalid_signature'])

  const created = Math.floor(Date.now() / 1000)
  const whole = JSON.stringify({ id: 'evt_emulated', object: 'event', created, ...JSON.parse(payload) })
  const header = stripe.webhooks.generateTestHeaderString({ payload: whole, secret })
  expect((await tell(whole, header)).status).toBe(200)
  const stored = await platform.sql('select id, subject_tenant_id, customer_id from billing_events')
  const [account] = await platform.sql('select * from billing_accounts')
  expect(stored).toEqual([
    { id: 'evt_emulated', subject_tenant_id: 'emulated', customer_id: account.customer_id },
  ])
})

test('what only looks like an answer of Stripe is taken for none', async () => {
  for (const [path, body] of [
    ['/v1/billing/portal', undefined],
    ['/v1/billing/checkout', { plan: 'starter' }],
  ] as const) {
    const answer = await owner.post(path, body)
    expect([answer.status, answer.body.code], path).toEqual([503, 'billing_unavailable'])
  }
  const look = () => platform.sql('select * from billing_accounts')
  const before = await look()
  const job = { tenantId: owner.tenantId, messageId: '' }
  await expect(tasks['sync-billing'](platform.context, {}, job)).rejects.toThrow()
  expect(await look()).toEqual(before)
})
