import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { addApiKey, addMember, membershipOf } from '../support/members.ts'
import { createMember, type Member, type Platform, startPlatform } from '../support/platform.ts'
import { whileLocked } from '../support/sessions.ts'

let platform: Platform
beforeAll(async () => {
  platform = await startPlatform()
})
afterAll(() => platform.stop())

let eve: Member
beforeEach(async () => {
  eve = await addMember(platform, 'globex', 'viewer')
})

const path = '/v1/notification-preferences'
const byDefault = { minimum_priority: 'normal', email: true, push: true, sound: false }
const names = ['system', 'stock', 'project', 'production']

/** All preferences: as by default, but for these. */
const allBut = (own: Record<string, object> = {}) => ({
  preferences: names.map((category) => ({ category, ...byDefault, ...own[category] })),
})
const change = (member: Member, ...preferences: object[]) => member.patch(path, { preferences })
const preferencesOf = async (member: Member) => (await member.get(path)).body
const rowsOf = ({ tenantId, userId }: Member) =>
  platform.sql(
    `select p.category from notification_preferences p join memberships m on m.id = p.membership_id
      where m.tenant_id = $1 and m.user_id = $2 order by p.created_at, p.category`,
    [tenantId, userId],
    tenantId,
  )
const auditOf = ({ tenantId, userId }: Member) =>
  platform.sql(
    `select actor_id, action, object_type, changed_fields from audit_entries where tenant_id = $1 and object_id = $2 order by id`,
    [tenantId, userId],
    tenantId,
  )

test('somebody who has said nothing is told of everything, without a noise', async () => {
  const { status, body } = await eve.get(path)
  expect([status, body]).toEqual([200, allBut()])
  expect(body.preferences.map(({ category }: { category: string }) => category)).toEqual(names)
  expect(await rowsOf(eve)).toEqual([])
})

test('what is given of a category changes, for me alone, and the rest stays', async () => {
  const first = await change(
    eve,
    { category: 'production', minimum_priority: 'urgent', sound: true },
    { category: 'stock', email: false },
  )
  const own = { production: { minimum_priority: 'urgent', sound: true }, stock: { email: false } }
  expect([first.status, first.body]).toEqual([200, allBut(own)])
  expect(await preferencesOf(eve)).toEqual(first.body)

  const second = await change(eve, { category: 'production', minimum_priority: 'high', push: false })
  const later = { ...own, production: { minimum_priority: 'high', sound: true, push: false } }
  expect(second.body).toEqual(allBut(later))
  expect(await preferencesOf(platform.globex)).toEqual(allBut())
})

test('a row for each category that was changed, and one that says the default means the same as none', async () => {
  await change(eve, { category: 'stock', email: false, sound: true })
  expect(await rowsOf(eve)).toEqual([{ category: 'stock' }])
  expect((await change(eve, { category: 'stock', email: true, sound: false })).body).toEqual(allBut())
  expect(await rowsOf(eve)).toEqual([{ category: 'stock' }])
  const founder = await platform.signUp('Founded Here')
  expect(await rowsOf(founder)).toHaveLength(names.length)
  expect(await preferencesOf(founder)).toEqual(allBut())
})

test('the tenant’s audit trail tells which fields of which category, not what they say', async () => {
  await change(eve, { category: 'stock', email: false }, { category: 'system', push: true, sound: true })
  expect(await auditOf(eve)).toEqual([
    {
      actor_id: eve.userId,
      action: 'notification_preferences.updated',
      object_type: 'user',
      changed_fields: ['stock.email', 'system.push', 'system.sound'],
    },
  ])
})

test('somebody in two tenants has preferences in each', async () => {
  const { body } = await eve.post('/v1/tenants', {
    company_name: 'Eve Labs',
    company_email: 'eve@labs.example',
    plan: 'free',
    accept_terms: true,
    accept_privacy: true,
  })
  const inLabs = createMember(platform.url, body)
  await change(inLabs, { category: 'project', push: false })
  await change(eve, { category: 'system', sound: true })
  expect(await preferencesOf(inLabs)).toEqual(allBut({ project: { push: false } }))
  expect(await preferencesOf(eve)).toEqual(allBut({ system: { sound: true } }))
})

describe('at once', () => {
  const table = 'lock table notification_preferences in share mode'

  test('two changes of one category are both kept', async () => {
    const answers = await whileLocked(platform, table, [
      () => change(eve, { category: 'system', sound: true }),
      () => change(eve, { category: 'system', minimum_priority: 'high' }),
    ])
    expect(answers.map(({ status }) => status)).toEqual([200, 200])
    expect(await preferencesOf(eve)).toEqual(allBut({ system: { sound: true, minimum_priority: 'high' } }))
  })

  test('one that brings a category back to its default, and one that changes something else of it', async () => {
    await change(eve, { category: 'system', sound: true })
    await whileLocked(platform, table, [
      () => change(eve, { category: 'system', sound: false }),
      () => change(eve, { category: 'system', push: false }),
    ])
    expect(await preferencesOf(eve)).toEqual(allBut({ system: { push: false } }))
  })

  test('changes that name categories in different order do not wait for each other in a circle', async () => {
    const upwards = names.map((category) => ({ category, email: false }))
    const downwards = names.map((category) => ({ category, push: false })).reverse()
    for (let round = 0; round < 10; round++) {
      const answers = await Promise.all(
        [upwards, downwards, upwards, downwards].map((changes) => change(eve, ...changes)),
      )
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200])
    }
    const own = { email: false, push: false }
    expect(await preferencesOf(eve)).toEqual(allBut(Object.fromEntries(names.map((name) => [name, own]))))
  })

  test('who is removed between the check and the change changes nothing', async () => {
    const removal = `set app.tenant_id = 'globex';
      delete from memberships where tenant_id = 'globex' and user_id = '${eve.userId}'`
    const [answer] = await whileLocked(platform, removal, [
      () => change(eve, { category: 'system', sound: true }),
    ])
    expect([answer?.status, answer?.body.code]).toEqual([401, 'unauthenticated'])
    expect(await auditOf(eve)).toEqual([])
  })
})

test('with the membership go its preferences, and no one else’s', async () => {
  const mia = await addMember(platform, 'globex', 'viewer')
  await change(eve, { category: 'system', sound: true })
  await change(mia, { category: 'system', sound: true })
  const membershipId = await membershipOf(platform, eve)
  const { status } = await platform.globex.delete(`/v1/users/${eve.userId}`)
  expect(status).toBe(204)
  const query = 'select from notification_preferences where membership_id = $1'
  expect(await platform.sql(query, [membershipId], 'globex')).toEqual([])
  expect(await rowsOf(mia)).toEqual([{ category: 'system' }])
})

test('a key has none', async () => {
  const createdBy = await membershipOf(platform, platform.acme)
  const key = await addApiKey(platform, { tenantId: 'acme', role: 'owner', createdBy })
  for (const answer of [await key.get(path), await change(key, { category: 'system', sound: true })]) {
    expect([answer.status, answer.body.code]).toEqual([403, 'session_required'])
  }
})

test('nobody reaches them in a tenant that is blocked', async () => {
  const owner = await platform.signUp('Blocked Co')
  await platform.forceTenant(owner.tenantId, `status = 'CANCELLED'`)
  for (const answer of [await owner.get(path), await change(owner, { category: 'system', sound: true })]) {
    expect([answer.status, answer.body.code]).toEqual([403, 'tenant_cancelled'])
  }
})

describe('what is refused', () => {
  const any = expect.any(String)
  const first = 'body.preferences.0'
  const twice = [
    { category: 'stock', email: false },
    { category: 'stock', push: false },
  ]

  test.each<[what: string, body: object, path: string, english: unknown, french: unknown]>([
    ['nothing', {}, 'body.preferences', any, any],
    ['no category', { preferences: [] }, 'body.preferences', any, any],
    ['one category outside a list', { preferences: { category: 'stock' } }, 'body.preferences', any, any],
    [
      'a category there is not',
      { preferences: [{ category: 'gossip', email: true }] },
      `${first}.category`,
      any,
      any,
    ],
    ['a preference for none', { preferences: [{ email: true }] }, `${first}.category`, any, any],
    [
      'a category about which nothing is said',
      { preferences: [{ category: 'stock' }] },
      first,
      'should hold at least one field beside category',
      'devrait contenir au moins un champ en plus de category',
    ],
    [
      'a category that is named twice',
      { preferences: twice },
      'body.preferences',
      'should name each category once',
      'devrait nommer chaque catégorie une seule fois',
    ],
    [
      'a priority there is not',
      { preferences: [{ category: 'stock', minimum_priority: 'low' }] },
      `${first}.minimum_priority`,
      any,
      any,
    ],
    [
      'a channel that is neither on nor off',
      { preferences: [{ category: 'stock', email: null }] },
      `${first}.email`,
      any,
      any,
    ],
    [
      'a channel there is not',
      { preferences: [{ category: 'stock', push: true, pigeon: true }] },
      first,
      any,
      any,
    ],
    ['somebody else', { user_id: '1', preferences: [{ category: 'stock', email: false }] }, 'body', any, any],
    [
      'a membership',
      { preferences: [{ category: 'stock', email: false, membership_id: '1' }] },
      first,
      any,
      any,
    ],
  ])('%s, in English and French', async (_what, body, where, english, french) => {
    const ask = async (language: string) => {
      const answer = await eve.request('PATCH', path, body, { 'Accept-Language': language })
      expect([answer.status, answer.body.code]).toEqual([400, 'invalid_request'])
      return answer.body.errors
    }
    const [inEnglish, inFrench] = [await ask('en'), await ask('fr')]
    expect(inEnglish).toEqual([{ path: where, message: english }])
    expect(inFrench).toEqual([{ path: where, message: french }])
    expect(inFrench).not.toEqual(inEnglish)
    expect(await rowsOf(eve)).toEqual([])
  })
})
