import { afterAll, beforeAll, expect, test } from 'vitest'
import { goodPassword, type Platform, startPlatform } from '../support/platform.ts'

let platform: Platform
beforeAll(async () => {
  platform = await startPlatform()
})
afterAll(() => platform.stop())

const company = { company_name: 'Acme Labs', company_email: 'labs@acme.example', plan: 'starter' }
const accepted = { ...company, accept_terms: true, accept_privacy: true }

test('a second company is made by who is signed in, and is theirs', async () => {
  const { status, body } = await platform.acme.post('/v1/tenants', accepted)
  expect(status).toBe(201)
  expect(body).toMatchObject({ success: true, tenant_id: 'acme-labs', user: { role: 'owner' } })
  expect(body.user.id).toBe(platform.acme.userId)
  const me = await platform.get('/v1/me', {
    Authorization: `Bearer ${body.access_token}`,
    'X-Tenant-ID': 'acme-labs',
  })
  expect(me.body).toMatchObject({
    tenant: { tenant_id: 'acme-labs', plan: 'STARTER' },
    user: { role: 'owner' },
  })
})

test('it makes login ask which one, unless the request names it', async () => {
  const credentials = { email: 'owner@acme.example', password: goodPassword }
  const choice = await platform.post('/auth/login', credentials)
  expect(choice.body).toEqual({
    tenants: [
      { tenant_id: 'acme', name: 'Acme', role: 'owner' },
      { tenant_id: 'acme-labs', name: 'Acme Labs', role: 'owner' },
    ],
    selection_token: expect.any(String),
  })
  const named = await platform.post('/auth/login', credentials, { 'X-Tenant-ID': 'acme-labs' })
  expect(named.body).toMatchObject({ tenant_id: 'acme-labs', access_token: expect.any(String) })
})

test('it needs a token, and takes nothing of the person', async () => {
  expect((await platform.post('/v1/tenants', accepted)).status).toBe(401)
  const withPerson = await platform.acme.post('/v1/tenants', { ...accepted, admin_email: 'x@x.example' })
  expect(withPerson.status).toBe(400)
})
