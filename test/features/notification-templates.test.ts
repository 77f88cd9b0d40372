import { afterAll, beforeAll, expect, test } from 'vitest'
import { placeholdersIn, placeholdersOf, templates } from '../../src/features/notifications/templates.ts'
import { addNotification } from '../support/notifications.ts'
import { signInOperator } from '../support/operators.ts'
import { type Member, type Platform, startPlatform } from '../support/platform.ts'
import { at, startAnother } from '../support/sessions.ts'

let platform: Platform
let operator: Awaited<ReturnType<typeof signInOperator>>
let acme: Member
beforeAll(async () => {
  platform = await startPlatform()
  operator = await signInOperator(platform)
  acme = platform.acme
  await acme.patch('/v1/me', { language: 'en' })
})
afterAll(() => platform.stop())

const path = '/v1/admin/notification-templates'
const change = (body: object, name = 'member_joined') => operator.patch(`${path}/${name}`, body)
const templateOf = async (wanted: string) =>
  (await operator.get(path)).body.templates.find(({ name }: { name: string }) => name === wanted)
const auditOf = (name: string) =>
  platform.sql(
    `select actor_id, action, object_type, changed_fields, reason from platform_audit_entries
      where object_id = $1 order by created_at`,
    [name],
  )

test('every notification of the code has a text, and no text knows another placeholder than the code', async () => {
  const { status, body } = await operator.get(path)
  expect(status).toBe(200)
  expect(body.templates.map(({ name }: { name: string }) => name)).toEqual(Object.keys(templates).sort())
  for (const { name, title, body: text, placeholders } of body.templates) {
    expect(placeholders).toEqual(placeholdersOf(name))
    const known = placeholders.map((placeholder: { name: string }) => placeholder.name)
    for (const language of ['en', 'fr']) {
      // Each value that is given is said, too, in the title or below it.
      const said = placeholdersIn(title[language] + text[language])
      expect([...new Set(said)].sort(), `${name} in ${language}`).toEqual(known.sort())
    }
  }
})

test('a changed text is everybody’s at once, in every process and in what they were told before', async () => {
  await addNotification(platform, acme, { name: 'Ann', role: 'viewer' })
  const another = await startAnother(platform)
  const seen = async () => {
    const { body } = await at(another, acme).get('/v1/notifications')
    return body.data.map((each: { title: string; body: string }) => [each.title, each.body])
  }
  try {
    expect(await seen()).toEqual([['Ann has joined', 'Ann has accepted the invitation. Their role: viewer.']])
    const { status, body } = await change({
      title: { en: 'Welcome {name}, our {role}!' },
      reason: 'Friendlier',
    })
    expect(status).toBe(200)
    expect(body).toEqual(await templateOf('member_joined'))
    expect(body).toMatchObject({
      title: { en: 'Welcome {name}, our {role}!', fr: '{name} vous a rejoints' },
      updated_at: platform.clock.now().toISOString(),
    })
    expect((await seen())[0][0]).toBe('Welcome Ann, our viewer!')
  } finally {
    await another.stop()
  }
  expect(await auditOf('member_joined')).toEqual([
    {
      actor_id: operator.id,
      action: 'notification_template.updated',
      object_type: 'notification_template',
      changed_fields: ['title.en'],
      reason: 'Friendlier',
    },
  ])
})

test('a value is never taken for a text', async () => {
  await addNotification(platform, acme, { name: '{role} $& {name}', role: 'viewer' })
  await change({ title: { en: '{name}' } })
  const { body } = await acme.get('/v1/notifications?limit=1')
  expect(body.data[0].title).toBe('{role} $& {name}')
})

test('a changed priority holds for what is told from then on', async () => {
  await acme.patch('/v1/notification-preferences', {
    preferences: [{ category: 'system', minimum_priority: 'urgent' }],
  })
  const setPlan = (plan: string) => operator.patch('/v1/admin/tenants/acme', { plan })
  const count = async () => (await acme.get('/v1/notifications?limit=100')).body.data.length
  const before = await count()
  await setPlan('business')
  expect(await count()).toBe(before)
  expect((await change({ priority: 'urgent' }, 'plan_changed')).body.priority).toBe('urgent')
  await setPlan('enterprise')
  expect(await count()).toBe(before + 1)
})

test('what changes nothing leaves no entry', async () => {
  const { title, priority } = await templateOf('role_changed')
  const answer = await change({ title, priority }, 'role_changed')
  expect([answer.status, answer.body]).toEqual([200, await templateOf('role_changed')])
  expect(await auditOf('role_changed')).toEqual([])
})

test('a placeholder that the text does not know is refused, with those it knows, and nothing changes', async () => {
  const before = await templateOf('trial_ending')
  const sent = { title: { en: 'For {company}', fr: '{ date }' }, body: { en: '{}', fr: 'Le {date}, {date}' } }
  const { status, body } = await change({ ...sent, priority: 'urgent' }, 'trial_ending')
  expect([status, body.code]).toEqual([400, 'invalid_request'])
  const message = 'should hold no placeholders but {date}'
  expect(body.errors).toEqual(
    ['title.en', 'title.fr', 'body.en'].map((part) => ({ path: `body.${part}`, message })),
  )
  expect(await templateOf('trial_ending')).toEqual(before)
  const french = await operator.request('PATCH', `${path}/plan_changed`, sent, { 'Accept-Language': 'fr' })
  expect(french.body.errors[0].message).toBe('ne devrait contenir aucun paramètre hormis {plan}, {old_plan}')
})

test.each([
  [{}],
  [{ reason: 'None' }],
  [{ title: {} }],
  [{ title: { en: ' ' } }],
  [{ title: { en: 'two\nlines' } }],
  [{ title: { de: 'Hallo' } }],
  [{ body: { fr: 'x'.repeat(2001) } }],
  [{ priority: 'low' }],
  [{ category: 'stock' }],
  [{ name: 'other' }],
])('%j is refused', async (body) => {
  const answer = await change(body)
  expect([answer.status, answer.body.code]).toEqual([400, 'invalid_request'])
})

test.each(['no_such', 'toString', '__proto__', 'MEMBER_JOINED'])('there is no text %s', async (name) => {
  const { status, body } = await change({ priority: 'high' }, name)
  expect([status, body.code]).toEqual([404, 'not_found'])
})
