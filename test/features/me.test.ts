import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Platform, startPlatform } from '../support/platform.ts'

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
