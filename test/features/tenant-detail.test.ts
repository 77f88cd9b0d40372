import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { addApiKey, addPerson, membershipOf } from '../support/members.ts'
import { auditOf, platformAudit, signInOperator } from '../support/operators.ts'
import { type Platform, startPlatform } from '../support/platform.ts'
import { setStatus } from '../support/sessions.ts'

let platform: Platform
let operator: Awaited<ReturnType<typeof signInOperator>>
beforeAll(async () => {
  platform = await startPlatform({ BASE_DOMAIN: 'tenantry.example' })
  operator = await signInOperator(platform)
})
afterAll(() => platform.stop())

const path = '/v1/admin/tenants/acme'
const look = async () => (await operator.get(path)).body
const change = (body: object) => operator.patch(path, body)

describe('a tenant', () => {
  test('is shown with all that it is, may use and uses', async () => {
    const { status, body } = await operator.get(path)
    expect(status).toBe(200)
    expect(body).toEqual({
      tenant_id: 'acme',
      name: 'Acme',
      host: 'acme.tenantry.example',
      company_email: 'hello@acme.example',
      admin_email: 'owner@acme.example',
      phone: null,
      region: 'FR',
      status: 'TRIAL',
      status_reason: null,
      status_set_by: 'system',
      status_changed_at: '2026-03-02T10:00:00.000Z',
      plan: 'PROFESSIONAL',
      trial_ends_at: '2026-03-16T10:00:00.000Z',
      past_due_since: null,
      created_at: '2026-03-02T10:00:00.000Z',
      updated_at: '2026-03-02T10:00:00.000Z',
      metadata: {},
      settings: {
        theme: 'light',
        language: 'fr',
        time_zone: 'Europe/Paris',
        date_format: 'DD/MM/YYYY',
        currency: 'EUR',
        vat_rate_basis_points: 2000,
        automatic_numbering: true,
        backups: true,
        audit: true,
      },
      limit_overrides: {},
      module_overrides: {},
      limits: {
        users: { used: 1, limit: 25, resets_at: null },
        storage_bytes: { used: 0, limit: 50e9, resets_at: null },
        sites: { used: 0, limit: 5, resets_at: null },
        workflows: { used: 0, limit: 25, resets_at: null },
        executions_per_month: { used: 0, limit: 50_000, resets_at: '2026-03-31T22:00:00.000Z' },
        articles_per_week: { used: 0, limit: 8, resets_at: '2026-03-08T23:00:00.000Z' },
      },
      modules: [
        ...['crm', 'accounting', 'projects', 'knowledge'],
        ...['automation', 'content', 'production', 'voice'],
      ],
      subscription: null,
      users: 1,
      users_by_role: { owner: 1, admin: 0, manager: 0, member: 0, viewer: 0 },
      last_activity_at: '2026-03-02T10:00:00.000Z',
    })
  })

  test('has as many users as active members, by role', async () => {
    await addPerson(platform, 'globex', 'viewer')
    await addPerson(platform, 'globex', 'viewer')
    const { membershipId } = await addPerson(platform, 'globex', 'admin')
    await platform.sql(`update memberships set status = 'disabled' where id = $1`, [membershipId], 'globex')
    const { users, users_by_role } = (await operator.get('/v1/admin/tenants/globex')).body
    expect(users).toBe(3)
    expect(users_by_role).toEqual({ owner: 1, admin: 0, manager: 0, member: 0, viewer: 2 })
  })

  test('was active last when a session was begun or a key was used', async () => {
    const at = async () => (await operator.get('/v1/admin/tenants/late')).body.last_activity_at
    const late = await platform.signUp('Late')
    const begun = platform.clock.now().toISOString()
    expect(await at()).toBe(begun)
    const createdBy = await membershipOf(platform, late)
    const key = await addApiKey(platform, { tenantId: 'late', role: 'viewer', createdBy })
    platform.clock.advance(60_000)
    expect(await at()).toBe(begun)
    expect((await key.get('/v1/clients')).status).toBe(200)
    await expect.poll(at).toBe(platform.clock.now().toISOString())
    platform.clock.advance(60_000)
    await platform.post('/auth/login', { email: late.email, password: 'correct-horse-7' })
    expect(await at()).toBe(platform.clock.now().toISOString())
  })

  test('is shown with what Stripe said of its subscription last', async () => {
    await platform.sql(
      `insert into billing_accounts (tenant_id, id, customer_name, customer_id, created_at, updated_at)
        values ('globex', gen_random_uuid(), 'Globex', 'cus_7', now(), now())`,
      [],
      'globex',
    )
    const subscription = async () => (await operator.get('/v1/admin/tenants/globex')).body.subscription
    expect(await subscription()).toEqual({
      ...{ customer_id: 'cus_7', id: null, status: null, price_id: null, quantity: null },
      ...{ current_period_end: null, cancel_at: null },
    })
    await platform.sql(
      `update billing_accounts set subscription_id = 'sub_7', subscription_status = 'past_due', price_id = 'price_7',
        quantity = 3, current_period_end = '2026-04-01T00:00:00Z', cancel_at = '2026-05-01T02:00:00+02:00'`,
      [],
      'globex',
    )
    expect(await subscription()).toEqual({
      ...{ customer_id: 'cus_7', id: 'sub_7', status: 'past_due', price_id: 'price_7', quantity: 3 },
      ...{ current_period_end: '2026-04-01T00:00:00.000Z', cancel_at: '2026-05-01T00:00:00.000Z' },
    })
  })

  test('that is not there is not found, and neither is the one for rows from before tenants', async () => {
    for (const id of ['nobody', 'system-default', 'No%20Tenant']) {
      expect((await operator.get(`/v1/admin/tenants/${id}`)).status).toBe(404)
      expect((await operator.patch(`/v1/admin/tenants/${id}`, { name: 'New' })).status).toBe(404)
    }
  })
})

const badKey = expect.anything()
const unusable = 'is a name that cannot be used'
const tooLong = 'should be at most 16 KiB of JSON'

describe('a change', () => {
  const profile = {
    name: 'Acme & Sons',
    company_email: 'office@acme.example',
    admin_email: 'boss@acme.example',
    phone: '+33 1 23 45 67 89',
    region: 'CH',
    metadata: { sector: 'metal', seats: 12, contacts: [{ name: 'Ada', since: null }], vip: true },
  }
  beforeEach(() =>
    platform.forceTenant(
      'acme',
      `name = 'Acme', company_email = null, admin_email = null, phone = null, region = 'FR', metadata = '{"old": 1}',
        status = 'TRIAL', status_set_by = 'system', trial_ends_at = '2027-03-16T10:00:00Z', plan = 'PROFESSIONAL'`,
    ),
  )

  test('of name, addresses, region and metadata is there at once, and in both audit trails', async () => {
    platform.clock.advance(60_000)
    const { status, body } = await change({ ...profile, region: 'ch', reason: 'Asked by mail' })
    expect([status, body]).toEqual([200, await look()])
    expect(body).toMatchObject({ ...profile, updated_at: platform.clock.now().toISOString() })
    const entry = {
      actor_id: operator.id,
      action: 'tenant.updated',
      object_type: 'tenant',
      object_id: 'acme',
      changed_fields: Object.keys(profile),
      reason: 'Asked by mail',
    }
    expect((await platformAudit(platform)).at(-1)).toMatchObject({
      ...entry,
      actor_kind: 'super_admin',
      subject_tenant_id: 'acme',
    })
    expect((await auditOf(platform, 'acme')).at(-1)).toMatchObject({ ...entry, actor_kind: 'operator' })
  })

  test('to what is so already leaves no entry', async () => {
    await change(profile)
    const before = [await look(), await platformAudit(platform), await auditOf(platform, 'acme')]
    const { vip, ...others } = profile.metadata
    platform.clock.advance(60_000)
    expect((await change({ ...profile, metadata: { vip, ...others } })).status).toBe(200)
    expect((await change({ phone: profile.phone })).status).toBe(200)
    expect([await look(), await platformAudit(platform), await auditOf(platform, 'acme')]).toEqual(before)
  })

  test('names only the fields that it changed', async () => {
    await change(profile)
    await change({ ...profile, name: 'Acme 2', metadata: {} })
    expect((await auditOf(platform, 'acme')).at(-1)?.changed_fields).toEqual(['name', 'metadata'])
    expect(await look()).toMatchObject({ ...profile, name: 'Acme 2', metadata: {} })
  })

  test('can take the phone away, but no name or address', async () => {
    await change(profile)
    expect((await change({ phone: null })).body.phone).toBeNull()
    for (const field of ['name', 'company_email', 'admin_email', 'region', 'metadata']) {
      const { status, body } = await change({ [field]: null })
      expect([status, body.errors?.[0]?.path]).toEqual([400, `body.${field}`])
    }
  })

  test('of plan and name together is one: either both or neither', async () => {
    const { status } = await change({ name: 'Never', limits: { users: 0 } })
    expect(status).toBe(409)
    expect((await look()).name).toBe('Acme')
    const both = await change({ name: 'Acme Business', plan: 'business' })
    expect(both.body).toMatchObject({ name: 'Acme Business', plan: 'BUSINESS' })
  })

  test.each<[field: string, message: unknown, body: object]>([
    ['.plan', 'should be one of FREE, STARTER, PROFESSIONAL, BUSINESS, ENTERPRISE', { plan: 'gold' }],
    ['.region', 'should be one of DZ, CH, FR, BE, CA', { region: 'US' }],
    ['.metadata.a b', badKey, { metadata: { 'a b': 1 } }],
    ['.metadata.', badKey, { metadata: { '': 1 } }],
    ['.metadata._a', badKey, { metadata: { _a: 1 } }],
    [`.metadata.${'k'.repeat(65)}`, badKey, { metadata: { ['k'.repeat(65)]: 1 } }],
    ['.metadata.__proto__', unusable, { metadata: JSON.parse('{"a": 1, "__proto__": {"b": 1}}') }],
    ['.metadata.a.__proto__', unusable, { metadata: { a: JSON.parse('{"__proto__": 1}') } }],
    ['.metadata', expect.anything(), { metadata: [] }],
    ['.metadata', 'should have at most 50 keys', { metadata: members(51) }],
    ['.metadata', tooLong, { metadata: { a: 'x'.repeat(16 * 1024 - 7) } }],
    ['.metadata', tooLong, { metadata: { a: 'é'.repeat(9000) } }],
    ['', 'should hold at least one field', { force: true, reason: 'None' }],
    ['', 'should hold at least one field', {}],
  ])('body%s: %s', async (field, message, body) => {
    const answer = await change(body)
    expect([answer.status, answer.body.errors]).toEqual([400, [{ path: `body${field}`, message }]])
  })

  test('takes metadata of 50 keys, and of 16 KiB', async () => {
    expect((await change({ metadata: members(50) })).body.metadata).toEqual(members(50))
    const long = { a: 'x'.repeat(16 * 1024 - 8) }
    expect((await change({ metadata: long })).body.metadata).toEqual(long)
  })

  test.each(['DELETING', 'DELETED'])(
    'of a tenant that is %s is refused, though it can be read',
    async (status) => {
      await setStatus(platform, 'acme', status, 'operator')
      const before = [await look(), await auditOf(platform, 'acme')]
      expect(before[0]).toMatchObject({ tenant_id: 'acme', status })
      for (const body of [profile, { phone: null }, { metadata: {} }, { plan: 'free' }]) {
        const answer = await change(body)
        expect([answer.status, answer.body.code, answer.body.from]).toEqual([
          409,
          'status_not_allowed',
          status,
        ])
      }
      expect([await look(), await auditOf(platform, 'acme')]).toEqual(before)
    },
  )

  test('of a tenant of which only the id is left finds a tombstone', async () => {
    const left = await platform.signUp('Left')
    await setStatus(platform, left.tenantId, 'DELETED', 'operator')
    for (const table of ['sessions', 'limit_counters', 'tenant_settings', 'memberships']) {
      const column = table === 'sessions' ? 'subject_tenant_id' : 'tenant_id'
      await platform.sql(`delete from ${table} where ${column} = 'left'`, [], 'left')
    }
    const { status, body } = await operator.get('/v1/admin/tenants/left')
    expect(status).toBe(200)
    expect(body).toMatchObject({
      ...{
        status: 'DELETED',
        settings: null,
        limits: {},
        subscription: null,
        users: 0,
        last_activity_at: null,
      },
    })
  })
})

function members(count: number) {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`key-${index}`, index]))
}
