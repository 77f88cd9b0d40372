import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Member, type Platform, startPlatform } from '../support/platform.ts'

let platform: Platform
let acme: Member
beforeAll(async () => {
  platform = await startPlatform()
  acme = platform.acme
})
afterAll(() => platform.stop())

const everything = {
  name: 'Wayne Enterprises',
  email: 'bruce@wayne.example',
  phone: '+1 (555) 010-9999',
  address: '1007 Mountain Drive\nGotham',
  notes: 'Only at night. ☾ 🦇',
}
const nowhere = '01890000-0000-7000-8000-000000000000'

const auditOf = (id: string) =>
  platform.sql(
    `select * from audit_entries where tenant_id = 'acme' and object_id = $1 order by created_at`,
    [id],
    'acme',
  )

test('a client is made with all its fields and read back', async () => {
  const { status, body } = await acme.post('/v1/clients', everything)
  expect(status).toBe(201)
  const now = platform.clock.now().toISOString()
  expect(body).toEqual({
    id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    ...everything,
    created_at: now,
    updated_at: now,
  })
  expect((await acme.get(`/v1/clients/${body.id}`)).body).toEqual(body)
  expect((await acme.get(`/v1/clients/${body.id.toUpperCase()}`)).body).toEqual(body)
})

test('a name is enough; it and the address are tidied', async () => {
  const { body } = await acme.post('/v1/clients', { name: '  Stark  ', email: ' Tony@Stark.EXAMPLE ' })
  expect(body).toMatchObject({
    name: 'Stark',
    email: 'tony@stark.example',
    phone: null,
    address: null,
    notes: null,
  })
})

test('a change touches the given fields only, and null empties one', async () => {
  const { body: made } = await acme.post('/v1/clients', everything)
  platform.clock.advance(1000)
  const { status, body } = await acme.patch(`/v1/clients/${made.id}`, { name: 'Wayne', email: null })
  expect(status).toBe(200)
  expect(body).toEqual({
    ...made,
    name: 'Wayne',
    email: null,
    updated_at: platform.clock.now().toISOString(),
  })
  expect((await acme.get(`/v1/clients/${made.id}`)).body).toEqual(body)
})

test.each<[what: string, body: unknown]>([
  ['nothing', {}],
  ['a name of null', { name: null }],
  ['an empty name', { name: ' ' }],
  ['an id', { id: nowhere }],
  ['a tenant', { name: 'x', tenant_id: 'globex' }],
  ['a bad address', { email: 'not an address' }],
  ['too long a name', { name: 'x'.repeat(201) }],
])('a change of %s is refused and leaves everything as it was', async (_what, changes) => {
  const { body: made } = await acme.post('/v1/clients', everything)
  const { status, body } = await acme.patch(`/v1/clients/${made.id}`, changes)
  expect([status, body.code]).toEqual([400, 'invalid_request'])
  expect((await acme.get(`/v1/clients/${made.id}`)).body).toEqual(made)
  expect(await auditOf(made.id)).toHaveLength(1)
})

test('a deleted client is gone', async () => {
  const { body: made } = await acme.post('/v1/clients', everything)
  const { status, body, headers } = await acme.delete(`/v1/clients/${made.id}`)
  expect([status, body, headers.get('content-type')]).toEqual([204, '', null])
  expect((await acme.get(`/v1/clients/${made.id}`)).status).toBe(404)
  expect((await acme.delete(`/v1/clients/${made.id}`)).status).toBe(404)
})

test('a client that does not exist is 404 everywhere, and another tenant’s is the same', async () => {
  const { body: theirs } = await platform.globex.post('/v1/clients', everything)
  for (const id of [nowhere, theirs.id]) {
    const answers = [
      await acme.get(`/v1/clients/${id}`),
      await acme.patch(`/v1/clients/${id}`, { name: 'mine' }),
      await acme.delete(`/v1/clients/${id}`),
    ]
    for (const { status, body } of answers) expect([status, body.code]).toEqual([404, 'not_found'])
    expect(await auditOf(id)).toEqual([])
  }
  expect((await platform.globex.get(`/v1/clients/${theirs.id}`)).body).toEqual(theirs)
})

describe('the audit trail', () => {
  test('has who, what, which fields, when and from where, and no value', async () => {
    const made = await acme.post('/v1/clients', everything)
    const { id } = made.body
    platform.clock.advance(5000)
    const changed = await acme.patch(`/v1/clients/${id}`, { notes: null, name: 'Batcave Ltd' })
    const changedAt = platform.clock.now()
    platform.clock.advance(5000)
    const deleted = await acme.delete(`/v1/clients/${id}`)
    const entries = await auditOf(id)
    const common = {
      actor_kind: 'user',
      actor_id: acme.userId,
      object_type: 'client',
      ip: '127.0.0.1',
      tenant_id: 'acme',
    }
    expect(entries).toMatchObject([
      { ...common, action: 'client.created', request_id: made.headers.get('x-request-id') },
      {
        ...common,
        action: 'client.updated',
        request_id: changed.headers.get('x-request-id'),
        created_at: changedAt,
      },
      {
        ...common,
        action: 'client.deleted',
        request_id: deleted.headers.get('x-request-id'),
        changed_fields: [],
      },
    ])
    expect(entries.map(({ changed_fields }) => changed_fields.sort())).toEqual([
      Object.keys(everything).sort(),
      ['name', 'notes'],
      [],
    ])
    expect(JSON.stringify(entries)).not.toMatch(/batcave|wayne|gotham/i)
  })

  test('is written with the change or not at all', async () => {
    const { body: made } = await acme.post('/v1/clients', everything)
    await platform.sql(`alter table audit_entries add constraint planted check (false) not valid`)
    try {
      expect((await acme.patch(`/v1/clients/${made.id}`, { name: 'Unseen' })).status).toBeGreaterThanOrEqual(
        400,
      )
      expect((await acme.delete(`/v1/clients/${made.id}`)).status).toBeGreaterThanOrEqual(400)
      expect((await acme.post('/v1/clients', { name: 'Unseen' })).status).toBeGreaterThanOrEqual(400)
    } finally {
      await platform.sql('alter table audit_entries drop constraint planted')
    }
    expect((await acme.get(`/v1/clients/${made.id}`)).body).toEqual(made)
    expect((await acme.get('/v1/clients?name=Unseen')).body.data).toEqual([])
  })
})
