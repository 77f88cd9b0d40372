import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createTenant } from '../../src/features/tenants/create-tenant.ts'
import { setLimits, setTimeZone, usageOf } from '../support/limits.ts'
import { addApiKey, membershipOf } from '../support/members.ts'
import { type Member, type Platform, startPlatform } from '../support/platform.ts'

let platform: Platform
beforeAll(async () => {
  platform = await startPlatform()
})
afterAll(() => platform.stop())

let companies = 0
let member: Member
const anotherCompany = async () => {
  member = await platform.signUp(`Workshop ${++companies}`)
}
const make = async (path: string, body: object) => {
  const answer = await member.post(path, body)
  expect(answer.status, JSON.stringify(answer.body)).toBe(201)
  return answer.body
}
const statuses = (answers: { status: number }[]) => answers.map(({ status }) => status).sort()

describe('sites', () => {
  beforeEach(anotherCompany)

  test('of a hundred that come at once with room for one more, one is made', async () => {
    await setLimits(platform, member.tenantId, { sites: 2 })
    await make('/v1/sites', { name: 'First' })
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, i) => member.post('/v1/sites', { name: `Site ${i}` })),
    )
    expect(statuses(answers)).toEqual([201, ...Array(99).fill(403)])
    expect((await usageOf(platform, member.tenantId, 'sites')).used).toBe(2)
    const [{ id }] = (await member.get('/v1/sites?sort=name')).body.data
    await member.delete(`/v1/sites/${id}`)
    expect((await member.post('/v1/sites', { name: 'Another' })).status).toBe(201)
  })

  test('have each name once in their tenant, and what is refused takes no place', async () => {
    const { id } = await make('/v1/sites', { name: 'Lyon', country: 'FR' })
    const again = await member.post('/v1/sites', { name: ' Lyon ' })
    expect([again.status, again.body.code]).toEqual([409, 'conflict'])
    expect((await usageOf(platform, member.tenantId, 'sites')).used).toBe(1)
    const other = await make('/v1/sites', { name: 'Paris' })
    expect((await member.patch(`/v1/sites/${other.id}`, { name: 'Lyon' })).status).toBe(409)
    expect((await member.patch(`/v1/sites/${id}`, { name: 'Lyon', city: 'Lyon' })).status).toBe(200)
    expect((await platform.globex.post('/v1/sites', { name: 'Lyon' })).status).toBe(201)
    expect((await member.post('/v1/sites', { name: 'Nowhere', country: 'France' })).status).toBe(400)
  })

  test('stay while something is made there', async () => {
    const { id } = await make('/v1/sites', { name: 'Lyon' })
    await make('/v1/production/orders', { number: '1', title: 'A gate', site_id: id })
    const { status, body } = await member.delete(`/v1/sites/${id}`)
    expect([status, body.code]).toEqual([409, 'in_use'])
    expect((await usageOf(platform, member.tenantId, 'sites')).used).toBe(1)
  })
})

test('the material categories of a template can be listed, extended and changed; each name is there once', async () => {
  const by = { admin: { kind: 'command_line' }, origin: { ip: null, requestId: 'a test' } } as const
  const input = { companyName: `Metal ${++companies}`, template: 'metalwork', plan: 'PROFESSIONAL' as const }
  const { tenant_id } = await createTenant(platform.context, input, by)
  const [owner] = await platform.sql(
    'select id from memberships where tenant_id = $1',
    [tenant_id],
    tenant_id,
  )
  const key = await addApiKey(platform, { tenantId: tenant_id, role: 'manager', createdBy: owner.id })
  const { body } = await key.get('/v1/material-categories?sort=position&limit=100')
  expect(body.data.slice(0, 3).map(({ name }: { name: string }) => name)).toEqual([
    'Steel',
    'Stainless steel',
    'Aluminium',
  ])
  const again = await key.post('/v1/material-categories', { name: 'Steel' })
  expect([again.status, again.body.code]).toEqual([409, 'conflict'])
  expect((await key.post('/v1/material-categories', { name: 'Zinc', position: 20 })).status).toBe(201)
  const [{ id }] = body.data
  expect((await key.patch(`/v1/material-categories/${id}`, { name: 'Zinc' })).status).toBe(409)
  expect((await key.delete(`/v1/material-categories/${id}`)).status).toBe(204)
})

describe('production orders', () => {
  beforeAll(anotherCompany)

  const path = '/v1/production/orders'
  let numbers = 0
  const order = async (...acts: string[]) => {
    const { id } = await make(path, { number: `PO-${++numbers}`, title: 'Stairs' })
    for (const each of acts) expect((await act(id, each)).status).toBe(200)
    return id as string
  }
  const act = (id: string, name: string) => member.post(`${path}/${id}/${name}`, undefined)
  const actionsOn = async (id: string) => {
    const query = 'select action from audit_entries where object_id = $1 order by position'
    return (await platform.sql(query, [id], member.tenantId)).map(({ action }) => action)
  }

  test.each<[was: string, by: string[], act: string, becomes: string | 409]>([
    ['planned', [], 'start', 'in_progress'],
    ['planned', [], 'finish', 409],
    ['planned', [], 'cancel', 'cancelled'],
    ['in_progress', ['start'], 'start', 409],
    ['in_progress', ['start'], 'finish', 'done'],
    ['in_progress', ['start'], 'cancel', 'cancelled'],
    ['done', ['start', 'finish'], 'start', 409],
    ['done', ['start', 'finish'], 'finish', 409],
    ['done', ['start', 'finish'], 'cancel', 409],
    ['cancelled', ['cancel'], 'start', 409],
    ['cancelled', ['start', 'cancel'], 'finish', 409],
    ['cancelled', ['cancel'], 'cancel', 409],
  ])('%s (by %s) and %s: %s', async (was, by, name, becomes) => {
    const id = await order(...by)
    const before = (await member.get(`${path}/${id}`)).body
    expect(before.status).toBe(was)
    const answer = await act(id, name)
    const shown = await member.get(`${path}/${id}`)
    if (becomes === 409) {
      expect([answer.status, answer.body.code]).toEqual([409, 'not_editable'])
      expect(shown.body).toEqual(before)
      return
    }
    expect(answer.status).toBe(200)
    expect([answer.body, answer.headers.get('etag')]).toEqual([shown.body, shown.headers.get('etag')])
    const now = platform.clock.now().toISOString()
    const { started_at, finished_at } = before
    expect(shown.body).toEqual({
      ...before,
      status: becomes,
      started_at: name === 'start' ? now : started_at,
      finished_at: name === 'finish' ? now : finished_at,
    })
  })

  test('are started once by twenty at a time, and either finished or cancelled', async () => {
    const id = await order()
    const starts = await Promise.all(Array.from({ length: 20 }, () => act(id, 'start')))
    expect(statuses(starts)).toEqual([200, ...Array(19).fill(409)])
    const ends = await Promise.all(Array.from({ length: 20 }, (_, i) => act(id, i % 2 ? 'finish' : 'cancel')))
    expect(statuses(ends)).toEqual([200, ...Array(19).fill(409)])
    const { status } = (await member.get(`${path}/${id}`)).body
    expect(await actionsOn(id)).toEqual([
      'production_order.created',
      'production_order.started',
      status === 'done' ? 'production_order.finished' : 'production_order.cancelled',
    ])
  })

  test('have their status by what is done to them alone', async () => {
    const id = await order()
    expect((await member.post(path, { number: 'x', title: 'x', status: 'done' })).status).toBe(400)
    expect((await member.patch(`${path}/${id}`, { status: 'done' })).status).toBe(400)
    await order('start')
    const { body } = await member.get(`${path}?status=planned`)
    expect(body.data.map((each: { id: string }) => each.id)).toContain(id)
    expect(new Set(body.data.map(({ status }: { status: string }) => status))).toEqual(new Set(['planned']))
  })

  test('are out of reach while they are deleted, and come back with number and status', async () => {
    const id = await order('start')
    const { number } = (await member.get(`${path}/${id}`)).body
    await member.delete(`${path}/${id}`)
    for (const name of ['start', 'finish', 'cancel']) expect((await act(id, name)).status).toBe(404)
    const taken = await member.post(path, { number, title: 'Another' })
    expect([taken.status, taken.body.code]).toEqual([409, 'conflict'])
    expect((await act(id, 'restore')).body).toMatchObject({ id, number, status: 'in_progress' })
    expect((await act(id, 'finish')).status).toBe(200)
  })

  test.each([
    ['a quantity of nothing', { quantity: 0 }],
    ['a date that never was', { due_on: '2026-02-29' }],
    ['a date before the first year', { due_on: '0000-12-31' }],
  ])('cannot have %s', async (_what, fields) => {
    const { status, body } = await member.post(path, { number: 'x', title: 'x', ...fields })
    expect([status, body.code]).toEqual([400, 'invalid_request'])
  })

  test('keep a quantity as it was said', async () => {
    for (const quantity of [0.1, 1e12, 3.25, 5e-324]) {
      const { id } = await make(path, { number: `Q-${quantity}`, title: 'x', quantity })
      expect((await member.get(`${path}/${id}`)).body.quantity).toBe(quantity)
    }
  })
})

describe('projects', () => {
  beforeAll(anotherCompany)

  const endsTooSoon = {
    code: 'invalid_request',
    errors: [{ path: 'body.ends_on', message: 'should not be before starts_on' }],
  }

  test('do not end before they start, whichever date is changed', async () => {
    const refused = await member.post('/v1/projects', {
      name: 'Roof',
      starts_on: '2026-05-02',
      ends_on: '2026-05-01',
    })
    expect([refused.status, refused.body]).toEqual([400, expect.objectContaining(endsTooSoon)])
    const { id } = await make('/v1/projects', {
      name: 'Roof',
      starts_on: '2026-05-01',
      ends_on: '2026-05-01',
    })
    for (const change of [{ starts_on: '2026-05-02' }, { ends_on: '2026-04-30' }]) {
      const { status, body } = await member.patch(`/v1/projects/${id}`, change)
      expect([status, body]).toEqual([400, expect.objectContaining(endsTooSoon)])
    }
    const moved = await member.patch(`/v1/projects/${id}`, { starts_on: '2027-01-01', ends_on: '2027-01-02' })
    expect(moved.body).toMatchObject({ starts_on: '2027-01-01', ends_on: '2027-01-02' })
    const inFrench = await member.request(
      'PATCH',
      `/v1/projects/${id}`,
      { ends_on: '2026-01-01' },
      { 'Accept-Language': 'fr' },
    )
    expect(inFrench.body.errors[0].message).toBe('ne devrait pas précéder starts_on')
  })

  test('nor when two change one date each at once', async () => {
    const { id } = await make('/v1/projects', {
      name: 'Roof',
      starts_on: '2026-05-01',
      ends_on: '2026-05-31',
    })
    const answers = await Promise.all([
      member.patch(`/v1/projects/${id}`, { starts_on: '2026-05-20' }),
      member.patch(`/v1/projects/${id}`, { ends_on: '2026-05-10' }),
    ])
    expect(statuses(answers)).toEqual([200, 400])
  })

  test('keep their client in place', async () => {
    const client = await make('/v1/clients', { name: 'Town hall' })
    const { id } = await make('/v1/projects', {
      name: 'Roof',
      client_id: client.id,
      budget_cents: 2 ** 53 - 1,
    })
    expect((await member.delete(`/v1/clients/${client.id}`)).body.code).toBe('in_use')
    const { body } = await member.get(`/v1/projects?client_id=${client.id}`)
    expect(body.data).toMatchObject([{ id, budget_cents: 2 ** 53 - 1, status: 'planned' }])
  })
})

describe('articles', () => {
  beforeEach(anotherCompany)

  const path = '/v1/articles'
  const week = 7 * 86_400_000
  /** Whose access does not end while the clock goes on. */
  const author = async (articles_per_week: number) => {
    const createdBy = await membershipOf(platform, member)
    await setLimits(platform, member.tenantId, { articles_per_week })
    return addApiKey(platform, { tenantId: member.tenantId, role: 'manager', createdBy })
  }
  const write = (key: Member) => key.post(path, { title: 'News', body: 'Text' })

  test('are so many in a week, which begins on Monday where the tenant is', async () => {
    const key = await author(2)
    await setTimeZone(platform, member.tenantId, 'Pacific/Auckland')
    const goTo = (instant: string) =>
      platform.clock.advance(Date.parse(instant) - platform.clock.now().getTime())
    const begun = platform.clock.now()
    // In Auckland it is Sunday, 23:59:59.999, half a day before it is in London.
    goTo('2026-03-08T10:59:59.999Z')
    const first = await write(key)
    expect([first.status, (await write(key)).status]).toEqual([201, 201])
    const third = await write(key)
    expect([third.status, third.body]).toEqual([
      403,
      expect.objectContaining({
        code: 'limit_reached',
        limit: 'articles_per_week',
        used: 2,
        resets_at: '2026-03-08T11:00:00.000Z',
      }),
    ])
    expect((await key.delete(`${path}/${first.body.id}`)).status).toBe(204)
    const instead = await write(key)
    expect(instead.status, 'what is deleted in its week leaves its place').toBe(201)

    platform.clock.advance(1)
    expect(statuses([await write(key), await write(key)])).toEqual([201, 201])
    expect((await key.delete(`${path}/${instead.body.id}`)).status).toBe(204)
    expect((await write(key)).status, 'what was of last week leaves none in this').toBe(403)
    platform.clock.advance(week)
    expect((await write(key)).status).toBe(201)
    platform.clock.advance(begun.getTime() - platform.clock.now().getTime())
  })

  test('of a hundred that come at once with room for one, one is made', async () => {
    const key = await author(1)
    const answers = await Promise.all(Array.from({ length: 100 }, () => write(key)))
    expect(statuses(answers)).toEqual([201, ...Array(99).fill(403)])
    expect((await key.get(path)).body.data).toHaveLength(1)
  })

  test('are published since somebody said so first', async () => {
    const { id, published_at } = await make(path, { title: 'News', body: 'Text' })
    expect(published_at).toBeNull()
    const since = platform.clock.now().toISOString()
    const set = async (status: string) => (await member.patch(`${path}/${id}`, { status })).body.published_at
    expect(await set('published')).toBe(since)
    platform.clock.advance(1000)
    expect(await set('published')).toBe(since)
    expect((await member.patch(`${path}/${id}`, { title: 'Old news' })).body.published_at).toBe(since)
    expect(await set('draft')).toBeNull()
    expect(await set('published')).toBe(platform.clock.now().toISOString())
    const atOnce = await make(path, { title: 'More', body: 'Text', status: 'published' })
    expect(atOnce.published_at).toBe(platform.clock.now().toISOString())
    expect((await member.patch(`${path}/${id}`, { published_at: since })).status).toBe(400)
  })

  test('have each slug once, and as many without one as there are', async () => {
    const { id } = await make(path, { title: 'News', slug: 'news', body: '' })
    const again = await member.post(path, { title: 'News', slug: 'news', body: '' })
    expect([again.status, again.body.code]).toEqual([409, 'conflict'])
    const other = await make(path, { title: 'News', body: '' })
    await make(path, { title: 'News', body: '' })
    expect((await member.patch(`${path}/${other.id}`, { slug: 'news' })).status).toBe(409)
    expect((await member.get(`${path}?slug=news`)).body.data).toMatchObject([{ id }])
    expect((await member.post(path, { title: 'x', slug: 'No Slug', body: '' })).status).toBe(400)
  })
})
