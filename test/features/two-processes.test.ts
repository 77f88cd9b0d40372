import Stripe from 'stripe'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { createCaller, createMember, goodPassword, type Member } from '../support/platform.ts'
import { tokenIn } from '../support/smtp-sink.ts'
import {
  type Bearer,
  operatorKey,
  patienceMs,
  startTwoProcesses,
  type TwoProcesses,
  told,
  webhookSecret,
} from '../support/two-processes.ts'

// Requests of all kinds to two servers in turn: they answer as one.
let two: TwoProcesses
let owner: Bearer
beforeAll(async () => {
  two = await startTwoProcesses()
  owner = await two.signUp('Initech')
}, patienceMs)
afterAll(() => two?.stop(), patienceMs)

const asOperator = { 'X-Admin-Key': operatorKey }
const operate = async (method: string, path: string, body: object) => {
  const answer = await createCaller(two.balancer.url, asOperator).request(method, path, body)
  expect(told(answer)).toBe(200)
}
/** What one server has just changed holds there at the next request of a session, and at the other within a second. */
async function expectOfBoth(session: Member, expected: number | string) {
  expect(await two.toldByEach(session), 'one of them knows').toContain(expected)
  const within = { timeout: 5000, interval: 25 }
  await vi.waitFor(async () => expect(await two.toldByEach(session)).toEqual([expected, expected]), within)
}

test('whoever signs up at one logs in, refreshes and logs out at any', { timeout: patienceMs }, async () => {
  const login = { email: owner.email, password: goodPassword }
  const { body } = await createCaller(two.balancer.url).post('/auth/login', login)
  let session = two.bearer(body)
  for (let round = 0; round < 6; round++) {
    expect(told(await session.get('/v1/me'))).toBe(200)
    const refreshed = await session.post('/auth/refresh', { refresh_token: session.refreshToken })
    expect(told(refreshed)).toBe(200)
    session = two.bearer(refreshed.body)
  }
  expect(await two.toldByEach(session)).toEqual([200, 200])
  expect(told(await session.post('/auth/logout', { refresh_token: session.refreshToken }))).toBe(204)
  await expectOfBoth(session, '401 unauthenticated')
  expect(await two.toldByEach(owner), 'whose other session goes on').toEqual([200, 200])
})

test('whoever is invited at one accepts at any, by a mail that either sends', {
  timeout: patienceMs,
}, async () => {
  const email = 'grace@initech.example'
  expect(told(await owner.post('/v1/invitations', { email, role: 'member' }))).toBe(201)
  const token = tokenIn(await two.sink.untilMailTo(email, 'invites you'))
  const person = {
    first_name: 'Grace',
    last_name: 'Hopper',
    password: goodPassword,
  }
  const accepted = await createCaller(two.balancer.url).post('/auth/accept-invitation', { token, ...person })
  expect(told(accepted)).toBe(200)
  expect(await two.toldByEach(two.bearer(accepted.body))).toEqual([200, 200])
  expect(two.sink.mails.filter(({ recipients }) => recipients.includes(email))).toHaveLength(1)
})

test('pages, versions, imports and exports go on at any', { timeout: patienceMs }, async () => {
  const lines = Array.from({ length: 25 }, (_, index) => JSON.stringify({ name: `Client ${index}` }))
  const file = new Blob([lines.join('\n')], { type: 'application/x-ndjson' })
  const imported = await owner.post('/v1/clients/import', file)
  expect(told(imported)).toBe(201)

  const names: string[] = []
  let cursor = ''
  do {
    const { body } = await owner.get(`/v1/clients?limit=4&sort=name${cursor && `&cursor=${cursor}`}`)
    names.push(...body.data.map(({ name }: { name: string }) => name))
    cursor = body.next_cursor ?? ''
  } while (cursor)
  expect(names.toSorted()).toEqual(lines.map((line) => JSON.parse(line).name).toSorted())
  const exported = await owner.get('/v1/clients/export?format=ndjson')
  expect(String(exported.body).trim().split('\n')).toHaveLength(25)

  const [here, there] = two.atEach(owner) as [Member, Member]
  const { body: client } = await here.post('/v1/clients', { name: 'Wayne' })
  const { headers } = await here.get(`/v1/clients/${client.id}`)
  const version = { 'If-Match': headers.get('etag') ?? '' }
  const change = (member: Member) =>
    member.request('PATCH', `/v1/clients/${client.id}`, { name: 'Stark' }, version)
  expect(told(await change(there))).toBe(200)
  expect(told(await change(here)), 'of the state before').toMatch(/^412/)
  expect((await here.get(`/v1/clients/${client.id}`)).body.name).toBe('Stark')
})

test('one idempotency key sent to both at once has one effect, and one answer', {
  timeout: patienceMs,
}, async () => {
  const key = { 'Idempotency-Key': 'both at once' }
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => owner.post('/v1/clients', { name: 'Once' }, key)),
  )
  expect(new Set(answers.map(({ status, body }) => `${status} ${body.id}`)).size).toBe(1)
  expect(await two.sql(`select id from clients where name = 'Once'`)).toHaveLength(1)
  expect(answers.filter(({ headers }) => headers.get('idempotency-replayed') === 'true')).toHaveLength(19)
})

test('of 100 who take the last seat at once, one gets it', { timeout: patienceMs }, async () => {
  const { tenantId } = owner
  const seats = async () => {
    const [row] = await two.sql(
      `select used::int from limit_counters where tenant_id = $1 and limit_name = 'users'`,
      [tenantId],
    )
    return row.used
  }
  const used = await seats()
  await operate('PATCH', `/v1/admin/tenants/${tenantId}`, { limits: { users: used + 1 } })
  const answers = await Promise.all(
    Array.from({ length: 100 }, (_, index) =>
      owner.post('/v1/invitations', { email: `taker-${index}@initech.example`, role: 'member' }),
    ),
  )
  const tally = Object.groupBy(answers.map(told), String)
  expect(Object.fromEntries(Object.entries(tally).map(([what, all]) => [what, all?.length]))).toEqual({
    201: 1,
    '403 limit_reached': 99,
  })
  expect(await seats()).toBe(used + 1)
  await operate('PATCH', `/v1/admin/tenants/${tenantId}`, { limits: { users: 'plan' } })
})

test('what an operator changes at one holds there from the next request on, and at the other within a second', {
  timeout: patienceMs,
}, async () => {
  const path = `/v1/admin/tenants/${owner.tenantId}`
  const made = await owner.post('/v1/api-keys', { name: 'robot', role: 'viewer' })
  const user = { id: made.body.id, email: '' }
  const robot = createMember(two.balancer.url, {
    access_token: made.body.key,
    tenant_id: owner.tenantId,
    user,
  })
  const both = async (expected: number | string) => {
    expect(await two.toldByEach(robot), 'no key is remembered').toEqual([expected, expected])
    await expectOfBoth(owner, expected)
  }
  await both(200)
  await operate('PATCH', path, { modules: { crm: false } })
  await both('403 module_not_in_plan')
  await operate('PATCH', path, { modules: { crm: null } })
  await both(200)
  await operate('POST', `${path}/suspend`, { reason: 'a test' })
  await both('403 tenant_suspended')
  await operate('POST', `${path}/reactivate`, { reason: 'a test' })
  await both(200)
  expect(told(await owner.delete(`/v1/api-keys/${made.body.id}`))).toBe(204)
  expect(await two.toldByEach(robot)).toEqual(['401 unauthenticated', '401 unauthenticated'])
})

test('an event that Stripe sends to both at once is taken once', { timeout: patienceMs }, async () => {
  const event = { id: 'evt_both', object: 'event', api_version: '2026-10-28.endive', created: 1_790_000_000 }
  const object = { id: 'sub_1', object: 'subscription', customer: 'cus_nobody' }
  const payload = JSON.stringify({
    ...event,
    type: 'customer.subscription.updated',
    livemode: false,
    data: { object },
  })
  const { webhooks } = new Stripe('sk_test_12345678')
  const header = webhooks.generateTestHeaderString({ payload, secret: webhookSecret })
  const answers = await Promise.all(
    Array.from({ length: 10 }, () =>
      createCaller(two.balancer.url).post('/webhooks/stripe', payload, { 'Stripe-Signature': header }),
    ),
  )
  expect(answers.map(told)).toEqual(Array(10).fill(200))
  expect(await two.sql(`select id from billing_events where id = 'evt_both'`)).toHaveLength(1)
})
