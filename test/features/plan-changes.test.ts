import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { auditOf, platformAudit, setUsage, signInOperator } from '../support/operators.ts'
import { type Member, type Platform, startPlatform } from '../support/platform.ts'
import { setStatus } from '../support/sessions.ts'

let platform: Platform
let operator: Awaited<ReturnType<typeof signInOperator>>
let acme: Member
beforeAll(async () => {
  platform = await startPlatform()
  operator = await signInOperator(platform)
  acme = platform.acme
})
afterAll(() => platform.stop())
beforeEach(async () => {
  await platform.forceTenant(
    'acme',
    `plan = 'PROFESSIONAL', limit_overrides = '{}', module_overrides = '{}', status = 'TRIAL',
      status_set_by = 'system', status_reason = null, trial_ends_at = '2026-03-16T10:00:00Z', trial_notice = null`,
  )
  await setUsage(platform, 'acme', { ...unused, users: 1 })
})

const unused = {
  articles_per_week: 0,
  executions_per_month: 0,
  sites: 0,
  storage_bytes: 0,
  users: 0,
  workflows: 0,
}
const path = '/v1/admin/tenants/acme'
const change = (body: object) => operator.patch(path, body)
const invite = (email: string) => acme.post('/v1/invitations', { email, role: 'member' })

test('who is moved to FREE has no trial that could end', async () => {
  const { status, body } = await change({ plan: 'free' })
  expect([status, body.plan, body.status, body.trial_ends_at]).toEqual([200, 'FREE', 'ACTIVE', null])
  expect(body.status_reason).toBe('The plan FREE has no trial')
  const actions = (await platformAudit(platform)).map(({ action }) => action)
  expect(actions.slice(-2).sort()).toEqual(['tenant.activated', 'tenant.plan_changed'])
})

test('an operator sees a tenant with what it may use and what it uses', async () => {
  const { status, body } = await operator.get(path)
  expect(status).toBe(200)
  expect(body).toMatchObject({
    tenant_id: 'acme',
    name: 'Acme',
    status: 'TRIAL',
    status_reason: null,
    status_set_by: 'system',
    plan: 'PROFESSIONAL',
    region: 'FR',
    created_at: '2026-03-02T10:00:00.000Z',
    trial_ends_at: '2026-03-16T10:00:00.000Z',
    past_due_since: null,
    limit_overrides: {},
    module_overrides: {},
    limits: {
      // A month and a week of Europe/Paris.
      articles_per_week: { used: 0, limit: 8, resets_at: '2026-03-08T23:00:00.000Z' },
      executions_per_month: { used: 0, limit: 50_000, resets_at: '2026-03-31T22:00:00.000Z' },
      sites: { used: 0, limit: 5, resets_at: null },
      storage_bytes: { used: 0, limit: 50_000_000_000, resets_at: null },
      users: { used: 1, limit: 25, resets_at: null },
      workflows: { used: 0, limit: 25, resets_at: null },
    },
    modules: ['crm', 'accounting', 'projects', 'knowledge', 'automation', 'content', 'production', 'voice'],
  })
})

describe('an operator changes', () => {
  test('the plan, by any of its names', async () => {
    for (const [name, plan] of [
      ['starter', 'STARTER'],
      ['pro', 'PROFESSIONAL'],
      ['Business', 'BUSINESS'],
    ]) {
      const { status, body } = await change({ plan: name })
      expect([status, body.plan]).toEqual([200, plan])
    }
    expect((await operator.get(path)).body.limits.users.limit).toBe(100)
  })

  test('limits: a number, unlimited, and back to the plan', async () => {
    const own = await change({ limits: { users: 3, sites: null, storage_bytes: 2 ** 53 - 1, workflows: 0 } })
    expect(own.body.limit_overrides).toEqual({
      users: 3,
      sites: null,
      storage_bytes: 2 ** 53 - 1,
      workflows: 0,
    })
    expect(own.body.limits).toMatchObject({
      users: { limit: 3 },
      sites: { limit: null },
      storage_bytes: { limit: 2 ** 53 - 1 },
      workflows: { limit: 0 },
    })
    const back = await change({ limits: { users: 'plan', sites: 'plan' } })
    expect(back.body.limit_overrides).toEqual({ storage_bytes: 2 ** 53 - 1, workflows: 0 })
    expect(back.body.limits).toMatchObject({ users: { limit: 25 }, sites: { limit: 5 } })
  })

  test('the limit of seats, which holds from the next invitation on', async () => {
    await change({ limits: { users: 1 } })
    const refused = await invite('one@people.example')
    expect([refused.status, refused.body.code]).toEqual([403, 'limit_reached'])
    expect(refused.body).toMatchObject({ limit: 'users', used: 1, allowed: 1 })
    await change({ limits: { users: 2 } })
    const { status, body } = await invite('one@people.example')
    expect(status).toBe(201)
    await acme.delete(`/v1/invitations/${body.id}`)
  })

  test('modules: on, off, and back to the plan', async () => {
    const own = await change({ modules: { ai: true, crm: false, bi: null } })
    expect(own.body.module_overrides).toEqual({ ai: true, crm: false })
    expect(own.body.modules).toContain('ai')
    expect(own.body.modules).not.toContain('crm')
    const back = await change({ modules: { ai: null, crm: null } })
    expect(back.body.module_overrides).toEqual({})
    expect(back.body.modules).toEqual((await operator.get(path)).body.modules)
    expect(back.body.modules).toContain('crm')
  })

  test('the end of a trial, and reminders come anew', async () => {
    await platform.forceTenant('acme', `trial_notice = '1_day'`)
    const { status, body } = await change({ trial_ends_at: '2026-04-01T12:00:00+02:00' })
    expect([status, body.trial_ends_at]).toEqual([200, '2026-04-01T10:00:00.000Z'])
    const query = `select trial_notice from tenants where tenant_id = 'acme'`
    expect(await platform.sql(query, [], 'acme')).toEqual([{ trial_notice: null }])
  })

  test('all of it at once', async () => {
    const { status, body } = await change({
      plan: 'starter',
      limits: { users: 7 },
      modules: { bi: true },
      trial_ends_at: '2026-03-20T00:00:00Z',
    })
    expect(status).toBe(200)
    expect(body).toMatchObject({
      plan: 'STARTER',
      limit_overrides: { users: 7 },
      modules: ['crm', 'accounting', 'bi'],
      trial_ends_at: '2026-03-20T00:00:00.000Z',
    })
  })
})

describe('what is refused changes nothing:', () => {
  test.each<[what: string, body: object, path: string]>([
    ['nothing to change', {}, 'body'],
    ['only how to change it', { force: true, reason: 'x' }, 'body'],
    ['an unknown plan', { plan: 'gold' }, 'body.plan'],
    ['an unknown limit', { limits: { seats: 1 } }, 'body.limits'],
    ['a limit below zero', { limits: { users: -1 } }, 'body.limits.users'],
    ['a limit in fractions', { limits: { users: 1.5 } }, 'body.limits.users'],
    ['a limit beyond exact numbers', { limits: { storage_bytes: 2 ** 53 } }, 'body.limits.storage_bytes'],
    ['a limit as text', { limits: { users: '5' } }, 'body.limits.users'],
    ['no request per minute', { limits: { requests_per_minute: 0 } }, 'body.limits.requests_per_minute'],
    [
      'too many requests per minute',
      { limits: { requests_per_minute: 1e9 + 1 } },
      'body.limits.requests_per_minute',
    ],
    ['an unknown module', { modules: { everything: true } }, 'body.modules'],
    ['a module that is neither on nor off', { modules: { ai: 'on' } }, 'body.modules.ai'],
    ['a day without a time', { trial_ends_at: '2026-04-01' }, 'body.trial_ends_at'],
    ['the end of a trial in the past', { trial_ends_at: '2026-03-02T10:00:00Z' }, 'body.trial_ends_at'],
    ['an empty reason', { plan: 'free', reason: ' ' }, 'body.reason'],
    ['an unknown field', { plan: 'free', status: 'ACTIVE' }, 'body'],
  ])('%s', async (_what, body, at) => {
    const before = await operator.get(path)
    const answer = await operator.request('PATCH', path, body, { 'Accept-Language': 'fr' })
    expect([answer.status, answer.body.code]).toEqual([400, 'invalid_request'])
    expect(answer.body.errors[0].path).toBe(at)
    expect(answer.body.errors[0].message).not.toMatch(/should|is only/)
    expect((await operator.get(path)).body).toEqual(before.body)
  })

  test('the end of a trial for who has none', async () => {
    await setStatus(platform, 'acme', 'ACTIVE')
    const answer = await change({ plan: 'starter', trial_ends_at: '2026-04-01T10:00:00Z' })
    expect([answer.status, answer.body.code, answer.body.from]).toEqual([409, 'status_not_allowed', 'ACTIVE'])
    expect(answer.body.errors).toEqual([
      { path: 'body.trial_ends_at', message: 'is only for a tenant in its trial' },
    ])
    expect((await operator.get(path)).body.plan, 'nothing else of it is done').toBe('PROFESSIONAL')
  })

  test.each(['DELETING', 'DELETED'])('anything of a tenant that is %s', async (status) => {
    await setStatus(platform, 'acme', status, 'operator')
    const answer = await change({ plan: 'starter' })
    expect([answer.status, answer.body.code]).toEqual([409, 'status_not_allowed'])
  })

  test.each(['no-such-tenant', 'system-default', 'Not%20An%20Id', 'x'.repeat(41)])(
    'the tenant %s',
    async (id) => {
      const calls = [
        operator.get(`/v1/admin/tenants/${id}`),
        operator.patch(`/v1/admin/tenants/${id}`, { plan: 'starter' }),
        ...['suspend', 'reactivate', 'cancel'].map((act) =>
          operator.post(`/v1/admin/tenants/${id}/${act}`, { reason: 'why' }),
        ),
      ]
      for (const { status, body } of await Promise.all(calls)) {
        expect([status, body.code]).toEqual([404, 'not_found'])
      }
    },
  )
})

describe('a downgrade below present use', () => {
  const over = [
    { limit: 'sites', used: 4, allowed: 1 },
    { limit: 'users', used: 9, allowed: 5 },
  ]
  beforeEach(() =>
    setUsage(platform, 'acme', { users: 9, sites: 4, workflows: 5, executions_per_month: 10_000 }),
  )

  test('is refused with the list of what is over', async () => {
    const answer = await change({ plan: 'starter' })
    expect([answer.status, answer.body.code]).toEqual([409, 'usage_over_limits'])
    expect(answer.body.over).toEqual(over)
    expect((await operator.get(path)).body.plan).toBe('PROFESSIONAL')
    const french = await operator.request('PATCH', path, { plan: 'starter' }, { 'Accept-Language': 'fr' })
    expect(french.body.detail).toMatch(/^L'utilisation dépasse ces limites/)
  })

  test('is done with force: nothing is deleted, and new writes are refused until there is room', async () => {
    const { status, body } = await change({ plan: 'starter', force: true })
    expect([status, body.plan]).toEqual([200, 'STARTER'])
    expect(body.limits).toMatchObject({ users: { used: 9, limit: 5 }, sites: { used: 4, limit: 1 } })
    const refused = await invite('tenth@people.example')
    expect(refused.body).toMatchObject({ code: 'limit_reached', limit: 'users', used: 9, allowed: 5 })
    await setUsage(platform, 'acme', { users: 4 })
    const made = await invite('tenth@people.example')
    expect(made.status).toBe(201)
    await acme.delete(`/v1/invitations/${made.body.id}`)
  })

  test('is no downgrade where the tenant’s own limits have room for it', async () => {
    await change({ limits: { users: 9, sites: null } })
    expect((await change({ plan: 'starter' })).status).toBe(200)
  })

  test('may come with the limits that make it possible', async () => {
    expect((await change({ plan: 'starter', limits: { users: 9 } })).body.over).toEqual([over[0]])
    expect((await change({ plan: 'starter', limits: { users: 9, sites: 4 } })).status).toBe(200)
  })

  test('can be one of a limit alone, or of taking it back', async () => {
    expect((await change({ limits: { users: 8 } })).body.over).toEqual([
      { limit: 'users', used: 9, allowed: 8 },
    ])
    await platform.forceTenant('acme', `plan = 'STARTER', limit_overrides = '{"users": 20, "sites": 4}'`)
    expect((await change({ limits: { users: 'plan' } })).body.over).toEqual([over[1]])
  })

  test('of who is over already is refused only where less is allowed than before', async () => {
    await change({ plan: 'starter', force: true })
    expect((await change({ limits: { users: 6 } })).status, 'more than before, if not enough').toBe(200)
    expect((await change({ limits: { workflows: 6 } })).status, 'of another limit').toBe(200)
    expect((await change({ modules: { ai: true } })).status, 'of a module').toBe(200)
    expect((await change({ limits: { users: 5 } })).body.over).toEqual([over[1]])
  })

  test('counts nothing of a period that is over', async () => {
    await platform.sql(
      `update limit_counters set used = 7, period = '2026-02-23', period_since = '2026-02-23' where limit_name = 'articles_per_week'`,
      [],
      'acme',
    )
    await setUsage(platform, 'acme', { users: 1, sites: 1 })
    expect((await change({ plan: 'starter' })).status).toBe(200)
    await platform.sql(
      `update limit_counters set used = 7, period = '2026-03-02', period_since = '2026-03-02' where limit_name = 'articles_per_week'`,
      [],
      'acme',
    )
    expect((await change({ plan: 'free' })).body.over.map(({ limit }: { limit: string }) => limit)).toEqual([
      'articles_per_week',
      'executions_per_month',
      'workflows',
    ])
  })
})

describe('both audit trails say', () => {
  const reason = 'Asked for by telephone'
  const added = async (work: () => Promise<unknown>) => {
    const [ours, theirs] = [await platformAudit(platform), await auditOf(platform, 'acme')]
    await work()
    return {
      ours: (await platformAudit(platform)).slice(ours.length),
      theirs: (await auditOf(platform, 'acme')).slice(theirs.length),
    }
  }

  test('what was changed, by whom and why', async () => {
    let answer: Awaited<ReturnType<typeof change>> | undefined
    const { ours, theirs } = await added(async () => {
      answer = await change({ plan: 'starter', limits: { users: 7 }, modules: { bi: true }, reason })
    })
    const common = {
      actor_id: operator.id,
      action: 'tenant.plan_changed',
      object_type: 'tenant',
      object_id: 'acme',
      changed_fields: ['plan', 'limits.users', 'modules.bi'],
      reason,
      ip: '127.0.0.1',
      request_id: answer?.headers.get('x-request-id'),
    }
    expect(theirs).toEqual([{ ...common, actor_kind: 'operator' }])
    expect(ours).toEqual([{ ...common, actor_kind: 'super_admin', subject_tenant_id: 'acme' }])
  })

  test('another action where the plan stays, and one for the trial', async () => {
    const { ours, theirs } = await added(() =>
      change({ plan: 'pro', limits: { users: 7 }, trial_ends_at: '2026-03-20T00:00:00Z' }),
    )
    for (const trail of [ours, theirs]) {
      expect(trail.map(({ action, changed_fields, reason }) => [action, changed_fields, reason])).toEqual([
        ['tenant.updated', ['limits.users'], null],
        ['tenant.updated', ['trial_ends_at'], null],
      ])
    }
  })

  test('nothing of what was so already, or was refused', async () => {
    await setUsage(platform, 'acme', { users: 9 })
    const { ours, theirs } = await added(async () => {
      const same = { plan: 'pro', limits: { users: 'plan' }, modules: { bi: null } }
      expect((await change({ ...same, trial_ends_at: '2026-03-16T10:00:00Z' })).status).toBe(200)
      expect((await change({ plan: 'starter' })).status).toBe(409)
    })
    expect([ours, theirs]).toEqual([[], []])
  })
})
