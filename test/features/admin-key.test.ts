import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { routes } from '../../src/app.ts'
import { isTenantRoute } from '../../src/http/route.ts'
import { exampleOf } from '../isolation/examples.ts'
import { addApiKey, membershipOf } from '../support/members.ts'
import { type Member, type Platform, startPlatform } from '../support/platform.ts'
import { sendRaw } from '../support/raw-request.ts'
import { addEnrolledAdmin, addSignedInAdmin, createApp } from '../support/super-admins.ts'

const key = 'a-key-of-machines-with-40-characters-or-so'

let platform: Platform
beforeAll(async () => {
  platform = await startPlatform({ SUPER_ADMIN_KEY: key })
})
afterAll(() => platform.stop())

const whoAmI = (headers: Record<string, string>) => platform.get('/v1/admin/me', headers)
const keyUses = () =>
  platform.sql(
    `select actor_kind, actor_id, object_type, object_id, host(ip) as ip, request_id
      from platform_audit_entries where action = 'admin_key.used' order by xmin::text::bigint`,
  )

describe('X-Admin-Key', () => {
  test('opens the super admins’ routes, and each use is in the platform’s audit trail', async () => {
    const { length: before } = await keyUses()
    const { status, headers, body } = await whoAmI({ 'X-Admin-Key': key })
    expect([status, body]).toEqual([200, { kind: 'admin_key' }])
    expect((await keyUses()).slice(before)).toEqual([
      {
        actor_kind: 'admin_key',
        actor_id: 'SUPER_ADMIN_KEY',
        object_type: 'endpoint',
        object_id: 'GET /v1/admin/me',
        ip: '127.0.0.1',
        request_id: headers.get('x-request-id'),
      },
    ])
  })

  test('is no person who could enrol an authenticator app, which is in the trail all the same', async () => {
    const { length: before } = await keyUses()
    const headers = { 'X-Admin-Key': key }
    const answers = [
      await platform.post('/auth/admin/totp', undefined, headers),
      await platform.post('/auth/admin/totp/confirm', { totp: '123456' }, headers),
      await platform.post('/auth/admin/totp/confirm', { totp: 'nonsense' }, headers),
    ]
    expect(answers.map(({ body }) => body.code)).toEqual([
      'session_required',
      'session_required',
      'invalid_request',
    ])
    expect((await keyUses()).slice(before).map(({ object_id }) => object_id)).toEqual([
      'POST /auth/admin/totp',
      'POST /auth/admin/totp/confirm',
      'POST /auth/admin/totp/confirm',
    ])
  })

  test.each([
    ['nothing', ''],
    ['another of the same length', key.replace('a', 'b')],
    ['its beginning', key.slice(0, -1)],
    ['more than it', `${key}x`],
    ['it in capitals', key.toUpperCase()],
    ['it twice', `${key}, ${key}`],
    ['two of its first letters', 'a-'],
    ['a very long guess', 'x'.repeat(8000)],
  ])('with %s is refused and leaves no trace of a use', async (_what, guess) => {
    const { length: before } = await keyUses()
    const { status, headers, body } = await whoAmI({ 'X-Admin-Key': guess })
    expect([status, body.code]).toEqual([401, 'unauthenticated'])
    expect(headers.get('www-authenticate')).toBe('Bearer realm="tenantry"')
    expect(await keyUses()).toHaveLength(before)
  })

  test('sent twice is refused', async () => {
    const lines = [
      'GET /v1/admin/me HTTP/1.1',
      'Host: localhost',
      `X-Admin-Key: ${key}`,
      `X-Admin-Key: ${key}`,
    ]
    const request = `${lines.join('\r\n')}\r\nConnection: close\r\n\r\n`
    expect(await sendRaw(platform.url, request, 2000)).toMatch(/^HTTP\/1\.1 401 /)
  })

  test('as a bearer token is none', async () => {
    expect((await whoAmI({ Authorization: `Bearer ${key}` })).status).toBe(401)
  })

  test('beside a token is refused, whichever of them is good', async () => {
    const { token } = await addSignedInAdmin(platform)
    const { length: before } = await keyUses()
    for (const headers of [
      { 'X-Admin-Key': key, Authorization: `Bearer ${token}` },
      { 'X-Admin-Key': 'wrong', Authorization: `Bearer ${token}` },
      { 'X-Admin-Key': '', Authorization: `Bearer ${token}` },
      { 'X-Admin-Key': key, Authorization: 'Bearer nonsense' },
    ]) {
      const { status, body } = await whoAmI({ ...headers, 'Accept-Language': 'fr' })
      expect([status, body.code]).toEqual([400, 'invalid_request'])
      expect(body.errors).toEqual([
        { path: 'headers.X-Admin-Key', message: 'accompagne une autre autorisation' },
      ])
    }
    expect(await keyUses()).toHaveLength(before)
  })

  test('opens nothing on a server without SUPER_ADMIN_KEY', async () => {
    const without = await startPlatform()
    try {
      for (const guess of [key, '', 'undefined']) {
        const { status, body } = await without.get('/v1/admin/me', { 'X-Admin-Key': guess })
        expect([status, body.code]).toEqual([401, 'unauthenticated'])
      }
    } finally {
      await without.stop()
    }
  })

  test('and what it was compared with are in no log', async () => {
    await whoAmI({ 'X-Admin-Key': key })
    await whoAmI({ 'X-Admin-Key': 'a-wrong-guess-at-it' })
    expect(platform.logLines.join()).not.toMatch(/a-key-of-machines|a-wrong-guess/)
  })
})

describe('operators and tenants never stand in for each other:', () => {
  const call = (method: string, path: string, headers: Record<string, string>, body?: unknown) =>
    platform.request(method, path.replaceAll(/:\w+/g, randomUUID()), body, headers)
  const named = (headers: Record<string, string>) => ({ 'X-Tenant-ID': 'acme', ...headers })
  const bearer = (token: string) => ({ Authorization: `Bearer ${token}` })

  let owner: Member
  let apiKey: Member
  let selection: string
  let admin: { token: string }
  beforeAll(async () => {
    owner = platform.acme
    const { userId, tenantId } = owner
    apiKey = await addApiKey(platform, {
      tenantId,
      role: 'owner',
      createdBy: await membershipOf(platform, owner),
    })
    const [user] = await platform.sql('select password_changed_at from users where id = $1', [userId])
    selection = await platform.context.tokens.issueSelection({
      userId,
      passwordChangedAt: user.password_changed_at,
    })
    admin = await addEnrolledAdmin(platform)
  })

  test('each opens what is its own', async () => {
    expect((await owner.get('/v1/me')).status).toBe(200)
    expect((await apiKey.get('/v1/clients')).status).toBe(200)
    const chosen = await platform.post('/auth/select-tenant', { tenant_id: 'acme' }, bearer(selection))
    expect(chosen.status).toBe(200)
    expect((await whoAmI(bearer(admin.token))).status).toBe(200)
    expect((await whoAmI({ 'X-Admin-Key': key })).status).toBe(200)
  })

  const adminRoutes = routes.filter(({ scope }) => scope === 'admin')
  test.each(adminRoutes)('$method $path is closed to tenants', async ({ method, path, body }) => {
    const sent = body ? { totp: createApp(platform, 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP')() } : undefined
    for (const token of [owner.token, apiKey.token, selection]) {
      for (const headers of [bearer(token), named(bearer(token)), { 'X-Admin-Key': token }]) {
        const answer = await call(method, path, headers, sent)
        expect([answer.status, answer.body.code]).toEqual([401, 'unauthenticated'])
      }
    }
    expect((await call(method, path, {}, sent)).status).toBe(401)
  })

  const tenantRoutes = routes.filter(isTenantRoute)
  test.each(tenantRoutes)('$method $path is closed to operators', async (route) => {
    const { method, path } = route
    const body = route.body ? exampleOf(route).body?.('operator') : undefined
    for (const headers of [
      bearer(admin.token),
      { 'X-Admin-Key': key },
      { ...bearer(admin.token), 'X-Admin-Key': key },
    ]) {
      const answer = await call(method, path, named(headers), body)
      expect([answer.status, answer.body.code]).toEqual([401, 'unauthenticated'])
    }
  })

  test.each([
    ['/auth/select-tenant', { tenant_id: 'acme' }],
    ['/auth/logout-all', undefined],
  ])('POST %s is closed to operators', async (path, body) => {
    for (const headers of [bearer(admin.token), { 'X-Admin-Key': key }]) {
      const answer = await call('POST', path, named(headers), body)
      expect([answer.status, answer.body.code]).toEqual([401, 'unauthenticated'])
    }
    expect((await owner.get('/v1/me')).status).toBe(200)
  })

  test('every other open route asks nobody who they are', () => {
    const asking = routes.filter(
      ({ scope, errors }) => scope === 'open' && errors?.includes('unauthenticated'),
    )
    expect(asking.map(({ path }) => path).sort()).toEqual(['/auth/logout-all', '/auth/select-tenant'])
  })
})
