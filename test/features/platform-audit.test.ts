import { afterAll, beforeAll, expect, test } from 'vitest'
import { signInOperator } from '../support/operators.ts'
import { type Answer, createCaller, type Platform, startPlatform } from '../support/platform.ts'

const key = 'a-key-of-machines-with-40-characters-or-so'
const reason = 'Bills of three months are open'

let platform: Platform
let operator: Awaited<ReturnType<typeof signInOperator>>
let machine: ReturnType<typeof createCaller>
beforeAll(async () => {
  platform = await startPlatform({ SUPER_ADMIN_KEY: key })
  operator = await signInOperator(platform)
  machine = createCaller(platform.url, { 'X-Admin-Key': key })
  await operator.post('/v1/admin/tenants/acme/suspend', { reason })
  platform.clock.advance(60_000)
  await machine.post('/v1/admin/tenants/acme/reactivate', { reason: 'Paid' })
  platform.clock.advance(60_000)
  await machine.patch('/v1/admin/tenants/globex', { name: 'Globex & Co' })
  await machine.patch('/v1/admin/plans/business', { price_cents: 59_900 })
})
afterAll(() => platform.stop())

const list = (query = '') => operator.get(`/v1/admin/audit${query}`)
const acts = ({ body }: Answer) => body.data.map((entry: { action: string }) => entry.action)
const found = async (query: string) => acts(await list(`?${query}`))

test('operators see what operators did, the newest first, with who, what, where and why', async () => {
  const { status, body } = await list('?tenant_id=acme')
  expect(status).toBe(200)
  const entry = {
    id: expect.any(String),
    object_type: 'tenant',
    object_id: 'acme',
    tenant_id: 'acme',
    changed_fields: ['status'],
    ip: expect.stringContaining('127.0.0.1'),
    request_id: expect.any(String),
  }
  expect(body).toEqual({
    data: [
      {
        ...entry,
        actor_kind: 'admin_key',
        actor_id: 'SUPER_ADMIN_KEY',
        action: 'tenant.trial_resumed',
        reason: 'Paid',
        created_at: '2026-03-02T10:01:00.000Z',
      },
      {
        ...entry,
        actor_kind: 'super_admin',
        actor_id: operator.id,
        action: 'tenant.suspended',
        reason,
        created_at: '2026-03-02T10:00:00.000Z',
      },
    ],
    next_cursor: null,
  })
})

test('nobody but operators is told', async () => {
  expect((await platform.acme.get('/v1/admin/audit')).status).toBe(401)
  expect((await platform.get('/v1/admin/audit')).status).toBe(401)
})

test.each([
  ['actor_kind=admin_key&object_type=tenant', ['tenant.updated', 'tenant.trial_resumed']],
  ['actor_id=SUPER_ADMIN_KEY&tenant_id=globex', ['tenant.updated']],
  ['actor_id=nobody', []],
  ['action=tenant.suspended', ['tenant.suspended']],
  ['object_type=plan', ['plan.updated']],
  ['object_id=globex', ['tenant.updated']],
  ['object_type=plan&object_id=globex', []],
  ['object_type=tenant&from=2026-03-02T10:01:00Z', ['tenant.updated', 'tenant.trial_resumed']],
  ['object_type=tenant&to=2026-03-02T10:01:00Z', ['tenant.suspended']],
  [
    'object_type=tenant&from=2026-03-02T11:01:00.000%2B01:00&to=2026-03-02T10:02:00Z',
    ['tenant.trial_resumed'],
  ],
])('%s finds %j', async (query, expected) => {
  expect(await found(query)).toEqual(expected)
})

test.each([
  ['actor_kind=somebody', 'query.actor_kind'],
  ['from=yesterday', 'query.from'],
  ['to=2026-03-02', 'query.to'],
  ['action=', 'query.action'],
  ['limit=0', 'query.limit'],
  ['cursor=abc', 'query.cursor'],
  ['reason=Paid', 'query'],
])('%s is refused', async (query, path) => {
  const { status, body } = await list(`?${query}`)
  expect([status, body.errors?.[0]?.path]).toEqual([400, path])
})

test('page by page each entry comes once, and a cursor is good for its own filters only', async () => {
  const whole = (await list('?limit=100')).body.data
  const seen: unknown[] = []
  let cursor = ''
  do {
    const { body } = await list(`?limit=2${cursor && `&cursor=${cursor}`}`)
    seen.push(...body.data)
    cursor = body.next_cursor
    platform.clock.advance(1)
    if (seen.length === 2) await machine.patch('/v1/admin/tenants/globex', { phone: '+33 1 23 45' })
  } while (cursor)
  expect(seen).toEqual(whole)
  const { next_cursor } = (await list('?limit=1&object_type=tenant')).body
  expect((await list(`?limit=1&object_type=tenant&cursor=${next_cursor}`)).status).toBe(200)
  for (const other of ['', '&object_type=plan', '&object_type=tenant&to=2027-01-01T00:00:00Z']) {
    expect((await list(`?limit=1&cursor=${next_cursor}${other}`)).body.errors[0].path).toBe('query.cursor')
  }
})
