import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addApiKey, addMember, membershipOf } from '../support/members.ts'
import { signInOperator } from '../support/operators.ts'
import { type Answer, type Member, type Platform, startPlatform } from '../support/platform.ts'

const minute = 60_000

let platform: Platform
let acme: Member
let grace: Member
let key: Member
let clientId: string
beforeAll(async () => {
  platform = await startPlatform()
  acme = platform.acme
  platform.clock.advance(minute)
  grace = await addMember(platform, 'acme', 'member', { first_name: 'Grace', last_name: 'Hopper' })
  platform.clock.advance(minute)
  clientId = (await grace.post('/v1/clients', { name: 'Initech' })).body.id
  platform.clock.advance(minute)
  const createdBy = await membershipOf(platform, acme)
  key = await addApiKey(platform, { tenantId: 'acme', role: 'member', createdBy })
  await key.patch(`/v1/clients/${clientId}`, { phone: '+33 1 23 45 67 89', name: 'Initech & Co' })
  platform.clock.advance(minute)
  const operator = await signInOperator(platform)
  await operator.post('/v1/admin/tenants/acme/suspend', { reason: 'Bills are open' })
  platform.clock.advance(minute)
  await operator.post('/v1/admin/tenants/acme/reactivate', { reason: 'Paid' })
})
afterAll(() => platform.stop())

const list = (query = '') => acme.get(`/v1/audit${query}`)
const acts = ({ body }: Answer) => body.data.map(({ action }: { action: string }) => action)

test('admins see who did what to which object, when, from where and why, the newest first', async () => {
  const { status, body } = await list()
  expect(status).toBe(200)
  expect(acts({ body } as Answer).slice(-4)).toEqual([
    'client.updated',
    'client.created',
    'session.opened',
    'tenant.created',
  ])
  const common = { id: expect.any(String), ip: expect.any(String), request_id: expect.any(String) }
  expect(body.data).toContainEqual({
    ...common,
    actor_kind: 'user',
    actor_id: grace.userId,
    actor_name: 'Grace Hopper',
    actor_email: grace.email,
    action: 'client.created',
    object_type: 'client',
    object_id: clientId,
    changed_fields: ['name'],
    reason: null,
    created_at: '2026-03-02T10:02:00.000Z',
  })
  expect(body.data).toContainEqual(
    expect.objectContaining({
      actor_kind: 'api_key',
      actor_name: null,
      actor_email: null,
      action: 'client.updated',
      changed_fields: expect.arrayContaining(['phone', 'name']),
    }),
  )
  expect(body.data[1]).toMatchObject({
    actor_kind: 'operator',
    actor_name: null,
    action: 'tenant.suspended',
    reason: 'Bills are open',
  })
})

describe('of the entries', () => {
  test.each([
    ['actor_kind=operator', ['tenant.trial_resumed', 'tenant.suspended']],
    ['actor_kind=api_key', ['client.updated']],
    ['action=client.updated', ['client.updated']],
    ['action=client.deleted', []],
    ['object_type=client', ['client.updated', 'client.created']],
    ['object_type=client&actor_kind=user', ['client.created']],
    ['object_type=client&from=2026-03-02T10:03:00Z', ['client.updated']],
    ['object_type=client&to=2026-03-02T10:03:00Z', ['client.created']],
    ['object_type=client&from=2026-03-02T11:02:00%2B01:00&to=2026-03-02T10:03:00Z', ['client.created']],
  ])('%s gives %j', async (query, expected) => {
    expect(acts(await list(`?${query}`))).toEqual(expected)
  })

  test('those of one person and of one object are found by their ids', async () => {
    expect(acts(await list(`?actor_id=${grace.userId}`))).toEqual(['client.created', 'session.opened'])
    expect(acts(await list(`?object_id=${clientId}`))).toEqual(['client.updated', 'client.created'])
  })
})

test.each([
  'actor_kind=owner',
  'actor_id=',
  'from=yesterday',
  'from=2026-03-02',
  'limit=101',
  'q=x',
  'cursor=x',
])('refuses %s', async (query) => {
  const { status, body } = await list(`?${query}`)
  expect([status, body.code]).toEqual([400, 'invalid_request'])
})

test('pages hold every entry once, also those of one instant, and a cursor is good for its filters', async () => {
  const all = (await list('?limit=100')).body.data
  const seen: unknown[] = []
  let cursor: string | null = ''
  while (cursor !== null) {
    const { body }: Answer = await list(`?limit=2${cursor && `&cursor=${cursor}`}`)
    seen.push(...body.data)
    cursor = body.next_cursor
  }
  expect(seen).toEqual(all)
  const { body } = await list('?limit=1&actor_kind=operator')
  expect((await list(`?limit=1&actor_kind=user&cursor=${body.next_cursor}`)).status).toBe(400)
})

test('who has left stays an id in it', async () => {
  const heidi = await addMember(platform, 'acme', 'manager', { first_name: 'Heidi', last_name: 'Klum' })
  await heidi.post('/v1/clients', { name: 'Hooli' })
  const byHeidi = async () =>
    (await list(`?actor_id=${heidi.userId}&action=client.created`)).body.data.map(
      ({ actor_name, actor_email }: Record<string, unknown>) => [actor_name, actor_email],
    )
  expect(await byHeidi()).toEqual([['Heidi Klum', heidi.email]])
  expect((await acme.delete(`/v1/users/${heidi.userId}`)).status).toBe(204)
  expect(await byHeidi()).toEqual([[null, null]])
})
