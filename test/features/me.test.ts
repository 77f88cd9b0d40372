import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addApiKey, addMember, membershipOf } from '../support/members.ts'
import { createMember, type Member, type Platform, startPlatform } from '../support/platform.ts'

let platform: Platform
beforeAll(async () => {
  platform = await startPlatform({ BASE_DOMAIN: 'Tenants.Example' })
})
afterAll(() => platform.stop())

test('me is the person, their tenant with its host, and its settings', async () => {
  const { status, headers, body } = await platform.acme.get('/v1/me')
  expect(status).toBe(200)
  expect(headers.get('cache-control')).toBe('no-store')
  expect(body).toEqual({
    user: {
      id: platform.acme.userId,
      email: 'owner@acme.example',
      first_name: 'Ada',
      last_name: 'Lovelace',
      locale: 'en',
      role: 'owner',
    },
    tenant: {
      tenant_id: 'acme',
      name: 'Acme',
      plan: 'PROFESSIONAL',
      status: 'TRIAL',
      trial_ends_at: '2026-03-16T10:00:00.000Z',
      host: 'acme.tenants.example',
    },
    settings: {
      theme: 'light',
      language: 'fr',
      time_zone: 'Europe/Paris',
      date_format: 'DD/MM/YYYY',
      currency: 'EUR',
    },
    preferences: { theme: null, language: null, time_zone: null, date_format: null },
  })
})

test('each sees themselves', async () => {
  const [acme, globex] = [await platform.acme.get('/v1/me'), await platform.globex.get('/v1/me')]
  expect([acme.body.tenant.tenant_id, globex.body.tenant.tenant_id]).toEqual(['acme', 'globex'])
  expect(globex.body.user.email).toBe('owner@globex.example')
})

test('the token alone is not enough: the tenant has to be confirmed', async () => {
  const { token } = platform.acme
  const ask = (headers: Record<string, string>) =>
    platform.get('/v1/me', { Authorization: `Bearer ${token}`, ...headers })
  expect((await ask({})).body.code).toBe('tenant_header_missing')
  expect((await ask({ 'X-Tenant-ID': 'globex' })).body.code).toBe('tenant_mismatch')
  expect((await ask({ 'X-Tenant-ID': 'ACME' })).body.code).toBe('tenant_mismatch')
  expect((await ask({ 'X-Tenant-ID': 'acme' })).status).toBe(200)
})

describe('what is my own', () => {
  let eve: Member
  beforeAll(async () => {
    eve = await addMember(platform, 'acme', 'viewer')
  })
  const auditOf = (userId: string, tenantId = 'acme') =>
    platform.sql(
      `select actor_kind, actor_id, action, object_type, object_id, changed_fields from audit_entries
        where object_id = $1 order by id`,
      [userId],
      tenantId,
    )

  test('a preference holds instead of the tenant’s setting, for me alone, until null takes it back', async () => {
    const mine = { theme: 'dark', language: 'en', time_zone: 'America/New_York', date_format: 'MM/DD/YYYY' }
    const changed = await eve.patch('/v1/me', mine)
    expect(changed.status).toBe(200)
    expect(changed.body).toMatchObject({ settings: { ...mine, currency: 'EUR' }, preferences: mine })
    expect((await eve.get('/v1/me')).body).toEqual(changed.body)

    const colleague = (await platform.acme.get('/v1/me')).body
    expect(colleague.settings).toMatchObject({ theme: 'light', time_zone: 'Europe/Paris' })
    expect(colleague.preferences).toEqual({
      theme: null,
      language: null,
      time_zone: null,
      date_format: null,
    })

    const back = await eve.patch('/v1/me', { theme: null, time_zone: null })
    expect(back.body.settings).toMatchObject({ theme: 'light', time_zone: 'Europe/Paris', language: 'en' })
    expect(back.body.preferences).toEqual({ ...mine, theme: null, time_zone: null })
  })

  test('name and locale change, and nothing else of the person', async () => {
    const before = (await eve.get('/v1/me')).body
    const { status, body } = await eve.patch('/v1/me', {
      first_name: '  Zoë ',
      last_name: 'O’Hara',
      locale: 'fr',
    })
    expect(status).toBe(200)
    expect(body).toEqual({
      ...before,
      user: { ...before.user, first_name: 'Zoë', last_name: 'O’Hara', locale: 'fr' },
    })
    expect((await eve.patch('/v1/me', { first_name: 'Zora' })).body.user).toMatchObject({
      first_name: 'Zora',
      last_name: 'O’Hara',
    })
  })

  test('a name is mine in every tenant, a preference in one', async () => {
    const bo = await addMember(platform, 'globex', 'viewer')
    const { body } = await bo.post('/v1/tenants', {
      company_name: 'Bo Labs',
      company_email: 'bo@labs.example',
      plan: 'free',
      accept_terms: true,
      accept_privacy: true,
    })
    const inLabs = createMember(platform.url, body)
    await inLabs.patch('/v1/me', { first_name: 'Beatrice', theme: 'dark' })
    expect((await bo.get('/v1/me')).body).toMatchObject({
      user: { first_name: 'Beatrice' },
      settings: { theme: 'light' },
      preferences: { theme: null },
    })
  })

  test('the tenant’s audit trail tells which fields, not what they say', async () => {
    const uma = await addMember(platform, 'acme', 'member')
    await uma.patch('/v1/me', { first_name: 'Uma', theme: 'dark' })
    expect(await auditOf(uma.userId)).toEqual([
      {
        actor_kind: 'user',
        actor_id: uma.userId,
        action: 'user.updated',
        object_type: 'user',
        object_id: uma.userId,
        changed_fields: ['first_name', 'theme'],
      },
    ])
  })

  test.each([
    ['nothing', {}],
    ['an empty name', { first_name: ' ' }],
    ['no name', { last_name: null }],
    ['a locale we do not speak', { locale: 'de' }],
    ['a theme there is not', { theme: 'pink' }],
    ['a place that is no time zone', { time_zone: 'Europe/Atlantis' }],
    ['an offset, which is no time zone', { time_zone: '+01:00' }],
    ['a way to write dates that nobody has', { date_format: 'YY/DD' }],
    ['an address', { email: 'eve@elsewhere.example' }],
    ['a role', { role: 'owner' }],
    ['the tenant’s currency', { currency: 'USD' }],
    ['a password', { password: 'correct-horse-8' }],
  ])('%s is refused, and nothing changes', async (_what, body) => {
    const before = (await eve.get('/v1/me')).body
    const answer = await eve.patch('/v1/me', body)
    expect([answer.status, answer.body.code]).toEqual([400, 'invalid_request'])
    expect((await eve.get('/v1/me')).body).toEqual(before)
  })

  test('what is wrong with a time zone is told in French, too', async () => {
    const { body } = await eve.request('PATCH', '/v1/me', { time_zone: 'Mars' }, { 'Accept-Language': 'fr' })
    expect(body.errors).toEqual([
      {
        path: 'body.time_zone',
        message: "devrait être le nom d'un fuseau horaire, par exemple Europe/Paris",
      },
    ])
  })

  test.each(['UTC', 'Asia/Kolkata', 'Asia/Calcutta', 'America/Argentina/Buenos_Aires', 'Etc/GMT+1'])(
    '%s is a time zone, here and in PostgreSQL',
    async (zone) => {
      const { body } = await eve.patch('/v1/me', { time_zone: zone })
      expect(body.settings.time_zone).toBe(zone)
      const [row] = await platform.sql('select now() at time zone $1 as there', [zone])
      expect(row.there).toBeInstanceOf(Date)
    },
  )

  test('a key has no self', async () => {
    const createdBy = await membershipOf(platform, platform.acme)
    const key = await addApiKey(platform, { tenantId: 'acme', role: 'owner', createdBy })
    for (const answer of [
      await key.get('/v1/me'),
      await key.patch('/v1/me', { theme: 'dark' }),
      await key.post('/v1/me/leave', undefined),
    ]) {
      expect([answer.status, answer.body.code]).toEqual([403, 'session_required'])
    }
  })

  test('also in a tenant that is blocked', async () => {
    const mia = await platform.signUp('Blocked Co')
    await platform.forceTenant(mia.tenantId, `status = 'CANCELLED'`)
    const { status, body } = await mia.patch('/v1/me', { first_name: 'Mia' })
    expect([status, body.user.first_name, body.tenant.status]).toEqual([200, 'Mia', 'CANCELLED'])
  })

  test.each([
    ['removed', 'delete from memberships where user_id = $1'],
    ['disabled', `update memberships set status = 'disabled' where user_id = $1`],
  ])('who is %s between the check and the change changes nothing', async (_what, query) => {
    const ivy = await addMember(platform, 'acme', 'viewer')
    const { db } = platform.context
    const withPlatform = db.withPlatform.bind(db)
    db.withPlatform = async (...given) => {
      await platform.sql(query, [ivy.userId], 'acme')
      return withPlatform(...given)
    }
    try {
      const { status, body } = await ivy.patch('/v1/me', { first_name: 'Ghost', theme: 'dark' })
      expect([status, body.code]).toEqual([401, 'unauthenticated'])
    } finally {
      db.withPlatform = withPlatform
    }
    const [person] = await platform.sql('select first_name from users where id = $1', [ivy.userId])
    expect(person.first_name).toBe('Grace')
    expect(await auditOf(ivy.userId)).toEqual([])
  })
})

test('without BASE_DOMAIN there is no host', async () => {
  const plain = await startPlatform()
  try {
    expect((await plain.acme.get('/v1/me')).body.tenant.host).toBeNull()
  } finally {
    await plain.stop()
  }
})

test('who has left the tenant is no longer let in by their token', async () => {
  await platform.sql(`delete from memberships where tenant_id = 'globex'`, [], 'globex')
  const { status, headers, body } = await platform.globex.get('/v1/me')
  expect([status, body.code]).toEqual([401, 'unauthenticated'])
  expect(headers.get('www-authenticate')).toContain('Bearer')
})
