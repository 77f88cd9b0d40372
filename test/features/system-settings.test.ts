import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { dayMs } from '../support/clock-jobs.ts'
import { signInOperator } from '../support/operators.ts'
import { createCaller, createMember, type Platform, signupBody, startPlatform } from '../support/platform.ts'
import { startAnother } from '../support/sessions.ts'

let platform: Platform
let another: Awaited<ReturnType<typeof startAnother>>
let operator: Awaited<ReturnType<typeof signInOperator>>
beforeAll(async () => {
  platform = await startPlatform()
  another = await startAnother(platform)
  operator = await signInOperator(platform)
})
afterAll(async () => {
  await another.stop()
  await platform.stop()
})

const path = '/v1/admin/settings'
const atFirst = { trial_days: 14, signups_open: true, default_region: 'FR', default_language: 'fr' }
const change = (body: object) => operator.patch(path, body)
afterEach(async () => {
  vi.restoreAllMocks()
  expect((await change(atFirst)).status).toBe(200)
})

let companies = 0
/** Signs a company up in a process that has changed nothing. */
const signUp = (fields: object = {}) =>
  createCaller(another.url).post('/signup', signupBody(`Company ${++companies}`, { ...fields }))
const furtherCompany = {
  company_name: 'Further',
  company_email: 'hello@further.example',
  plan: 'starter',
  accept_terms: true,
  accept_privacy: true,
}
const regionOf = async (tenantId: string) =>
  (await platform.sql('select region from tenants where tenant_id = $1', [tenantId], tenantId))[0].region
const auditOf = () =>
  platform.sql(
    `select actor_id, action, object_type, changed_fields, reason from platform_audit_entries
      where action = 'system_settings.updated' order by created_at, id`,
  )

test('are what they were when the platform began', async () => {
  const { status, body } = await operator.get(path)
  expect([status, body]).toEqual([200, { ...atFirst, updated_at: '1970-01-01T00:00:00.000Z' }])
})

test('change as far as they are given, with an entry in the platform’s audit trail where they change', async () => {
  const before = (await auditOf()).length
  const changed = await change({ trial_days: 30, default_region: 'CH', reason: 'Opening in Geneva' })
  const now = platform.clock.now().toISOString()
  expect([changed.status, changed.body]).toEqual([
    200,
    { ...atFirst, trial_days: 30, default_region: 'CH', updated_at: now },
  ])
  expect((await operator.get(path)).body).toEqual(changed.body)
  platform.clock.advance(1000)
  expect((await change({ trial_days: 30, signups_open: true })).body).toEqual(changed.body)
  expect((await auditOf()).slice(before)).toEqual([
    {
      actor_id: operator.id,
      action: 'system_settings.updated',
      object_type: 'system_settings',
      changed_fields: ['trial_days', 'default_region'],
      reason: 'Opening in Geneva',
    },
  ])
})

test.each([
  [{}],
  [{ reason: 'None' }],
  [{ trial_days: 0 }],
  [{ trial_days: 91 }],
  [{ trial_days: 1.5 }],
  [{ signups_open: 'yes' }],
  [{ default_region: 'US' }],
  [{ default_language: 'de' }],
  [{ updated_at: '2026-01-01T00:00:00Z' }],
  [{ is_only: false }],
])('%j is refused', async (body) => {
  const answer = await change(body)
  expect([answer.status, answer.body.code]).toEqual([400, 'invalid_request'])
})

test('are one row, which the database keeps within bounds', async () => {
  const columns = '(is_only, trial_days, signups_open, default_region, default_language, updated_at)'
  for (const isOnly of [true, false]) {
    const insert = `insert into system_settings ${columns} values ($1, 14, true, 'FR', 'fr', now())`
    await expect(platform.sql(insert, [isOnly])).rejects.toThrow()
  }
  for (const wrong of [
    'trial_days = 0',
    'trial_days = 91',
    `default_region = 'US'`,
    `default_language = 'de'`,
  ]) {
    await expect(platform.sql(`update system_settings set ${wrong}`)).rejects.toMatchObject({ code: '23514' })
  }
})

describe('hold at once in another process:', () => {
  test('the days of a trial that begins, not of one that runs', async () => {
    const running = (await signUp()).body
    await change({ trial_days: 30 })
    const { body } = await signUp()
    const days = (end: string) => (new Date(end).getTime() - platform.clock.now().getTime()) / dayMs
    expect(days(body.trial_ends_at)).toBe(30)
    const me = await createMember(another.url, running).get('/v1/me')
    expect(days(me.body.tenant.trial_ends_at)).toBe(14)
  })

  test('whether companies may sign up; operators make tenants all the same, and members go on', async () => {
    await change({ signups_open: false })
    const { status, body } = await signUp()
    expect([status, body.code]).toEqual([403, 'signups_closed'])
    const further = await platform.acme.post('/v1/tenants', furtherCompany)
    expect([further.status, further.body.code]).toEqual([403, 'signups_closed'])
    expect((await platform.acme.get('/v1/clients')).status).toBe(200)
    expect((await operator.post('/v1/admin/tenants', { company_name: 'By hand' })).status).toBe(201)
    await change({ signups_open: true })
    expect((await signUp()).status).toBe(201)
  })

  test('whether companies may sign up, also for one whose password is being hashed when they are closed', async () => {
    const { passwords, db } = another.context
    const { hash } = passwords
    const transactions = vi.spyOn(db, 'withPlatform')
    const hashing = vi.spyOn(passwords, 'hash').mockImplementationOnce(async (password) => {
      await change({ signups_open: false })
      return hash(password)
    })
    const { status, body } = await signUp()
    expect([status, body.code]).toEqual([403, 'signups_closed'])
    expect(hashing).toHaveBeenCalledOnce()
    // The first look let it in.
    expect(transactions.mock.calls.map(([reason]) => reason)).toContain('signup')
    const left = `select count(*)::int as n from tenants where name = 'Company ${companies}'`
    expect(await platform.sql(left)).toEqual([{ n: 0 }])
  })

  test('whether companies may sign up, also for one that waits for its transaction when they are closed', async () => {
    const { db } = another.context
    const { withPlatform } = db
    const late = vi.spyOn(db, 'withPlatform').mockImplementation((async (
      ...given: Parameters<typeof withPlatform>
    ) => {
      if (given[0] === 'signup') await change({ signups_open: false })
      return withPlatform(...given)
    }) as typeof withPlatform)
    const { status, body } = await signUp()
    expect([status, body.code]).toEqual([403, 'signups_closed'])
    expect(late.mock.calls.map(([reason]) => reason)).toContain('signup')
    const left = `select count(*)::int as n from tenants where name = 'Company ${companies}'`
    expect(await platform.sql(left)).toEqual([{ n: 0 }])
  })

  test('the region of a company that names none', async () => {
    await change({ default_region: 'BE' })
    expect(await regionOf((await signUp()).body.tenant_id)).toBe('BE')
    expect(await regionOf((await signUp({ region: 'ca' })).body.tenant_id)).toBe('CA')
    const { body } = await operator.post('/v1/admin/tenants', { company_name: 'Brussels' })
    expect(await regionOf(body.tenant_id)).toBe('BE')
  })

  test('the language of a new company', async () => {
    await change({ default_language: 'en' })
    const owner = createMember(another.url, (await signUp()).body)
    expect((await owner.get('/v1/settings')).body.language).toBe('en')
    expect((await platform.acme.get('/v1/settings')).body.language).toBe('fr')
  })
})
