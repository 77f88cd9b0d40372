import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Member, type Platform, startPlatform } from '../support/platform.ts'

let platform: Platform
let acme: Member
beforeAll(async () => {
  platform = await startPlatform()
  acme = platform.acme
})
afterAll(() => platform.stop())

const setTenant = (changes: string) => platform.forceTenant('acme', changes)
const setMembership = (changes: string) =>
  platform.sql(`update memberships set ${changes} where tenant_id = 'acme'`, [], 'acme')
const setModules = (modules: string[]) =>
  platform.sql(`update plans set modules = $1 where plan = 'PROFESSIONAL'`, [modules])

beforeEach(async () => {
  await setTenant(`status = 'TRIAL', status_set_by = 'system', trial_ends_at = '2026-03-16T10:00:00Z'`)
  await setMembership(`role = 'owner', status = 'active'`)
  await setModules(['crm', 'accounting'])
})

const client = { name: 'Wayne Enterprises' }

describe('a tenant that may not use the API', () => {
  test.each<[row: string, changes: string, status: number, code: string, english: string, french: string]>([
    [
      'PENDING',
      `status = 'PENDING'`,
      403,
      'tenant_pending',
      'Confirm your e-mail address first.',
      "Confirmez d'abord votre adresse e-mail.",
    ],
    [
      'TRIAL, over',
      `trial_ends_at = '2026-03-02T10:00:00Z'`,
      402,
      'trial_expired',
      'Your trial has ended: choose a plan',
      'Essai terminé, souscrivez',
    ],
    [
      'SUSPENDED',
      `status = 'SUSPENDED', status_set_by = 'billing'`,
      402,
      'payment_required',
      'Payment required',
      'Paiement requis',
    ],
    [
      'SUSPENDED by an operator',
      `status = 'SUSPENDED', status_set_by = 'operator'`,
      403,
      'tenant_suspended',
      'Account suspended',
      'Compte suspendu',
    ],
    ['CANCELLED', `status = 'CANCELLED'`, 403, 'tenant_cancelled', 'Account cancelled', 'Compte annulé'],
    ['DELETING', `status = 'DELETING'`, 403, 'tenant_cancelled', 'Account cancelled', 'Compte annulé'],
    ['DELETED', `status = 'DELETED'`, 403, 'tenant_cancelled', 'Account cancelled', 'Compte annulé'],
  ])('%s', async (_row, changes, status, code, english, french) => {
    await setTenant(changes)
    const answer = await acme.get('/v1/clients')
    expect([answer.status, answer.body.code, answer.body.detail]).toEqual([status, code, english])
    const inFrench = await acme.post('/v1/clients', client, { 'Accept-Language': 'fr' })
    expect([inFrench.status, inFrench.body.code, inFrench.body.detail]).toEqual([status, code, french])
    const isLeaving = /DELET/.test(changes)
    expect((await acme.get('/v1/me')).status, 'who I am can still be seen').toBe(isLeaving ? 403 : 200)
  })

  test('ACTIVE and a running trial pass', async () => {
    expect((await acme.get('/v1/clients')).status).toBe(200)
    await setTenant(`status = 'ACTIVE', trial_ends_at = '2020-01-01T00:00:00Z'`)
    expect((await acme.get('/v1/clients')).status).toBe(200)
  })
})

describe('roles', () => {
  const asRole = async (role: string) => {
    await setMembership(`role = '${role}'`)
    const list = await acme.get('/v1/clients')
    const made = await acme.post('/v1/clients', client)
    const [{ id }] = await platform.sql(`select id from clients where tenant_id = 'acme' limit 1`, [], 'acme')
    const changed = await acme.patch(`/v1/clients/${id}`, { notes: role })
    const deleted = await acme.delete(`/v1/clients/${id}`)
    return [list, made, changed, deleted].map(({ status }) => status)
  }

  test('viewer reads, member creates and changes, manager deletes', async () => {
    await acme.post('/v1/clients', client)
    expect(await asRole('viewer')).toEqual([200, 403, 403, 403])
    expect(await asRole('member')).toEqual([200, 201, 200, 403])
    for (const role of ['manager', 'admin', 'owner']) {
      expect(await asRole(role)).toEqual([200, 201, 200, 204])
    }
  })

  test('the membership decides, not the role in the token', async () => {
    await setMembership(`role = 'viewer'`)
    expect((await acme.post('/v1/clients', client)).body.code).toBe('insufficient_role')
    expect((await acme.get('/v1/me')).body.user.role).toBe('viewer')
  })
})

test('a module that is not in the plan is named', async () => {
  await setModules(['accounting'])
  for (const answer of [await acme.get('/v1/clients'), await acme.post('/v1/clients', client)]) {
    expect(answer.status).toBe(403)
    expect(answer.body).toMatchObject({ code: 'module_not_in_plan', module: 'crm' })
  }
})

/** Everything that can be wrong, in the order in which it is told. Each row also has all that follow it. */
const wrongs: [
  code: string,
  make: (request: { headers: Record<string, string> }) => Promise<unknown> | unknown,
][] = [
  [
    'unauthenticated',
    ({ headers }) => {
      headers.Authorization = 'Bearer nonsense'
    },
  ],
  [
    'tenant_header_missing',
    ({ headers }) => {
      headers['X-Tenant-ID'] = ''
    },
  ],
  [
    'tenant_mismatch',
    ({ headers }) => {
      headers['X-Tenant-ID'] ??= 'globex'
    },
  ],
  ['unauthenticated', () => setMembership(`status = 'disabled'`)],
  ['payment_required', () => setTenant(`status = 'SUSPENDED', status_set_by = 'billing'`)],
  ['module_not_in_plan', () => setModules([])],
  ['insufficient_role', () => setMembership(`role = 'viewer'`)],
  ['invalid_request', () => undefined],
]

describe('with several things wrong at once the earlier is told', () => {
  const bodies = {
    'a bad body': ['POST', '/v1/clients', { nonsense: true }],
    'malformed JSON': ['POST', '/v1/clients', '{"name":'],
    'no client of this id and a bad body': ['PATCH', '/v1/clients/none', { name: 7 }],
    'a bad id': ['DELETE', '/v1/clients/none', undefined],
  } as const

  test.each(wrongs.map(([code], index) => [index, code] as const))('%i: %s', async (first, code) => {
    const request = { headers: {} as Record<string, string> }
    // The first two say the opposite of one header, so a missing header goes before a wrong one.
    for (const [, make] of wrongs.slice(first)) await make(request)
    for (const [what, [method, path, body]] of Object.entries(bodies)) {
      const answer = await acme.request(method, path, body, request.headers)
      const last = what === 'malformed JSON' ? 'malformed_json' : 'invalid_request'
      expect(answer.body.code, what).toBe(code === 'invalid_request' ? last : code)
    }
  })

  test('a bad cursor or query of a list comes last, too', async () => {
    await setTenant(`status = 'CANCELLED'`)
    for (const query of ['cursor=abc', 'limit=0', 'unknown=1']) {
      expect((await acme.get(`/v1/clients?${query}`)).body.code, query).toBe('tenant_cancelled')
    }
    await setTenant(`status = 'ACTIVE'`)
    expect((await acme.get('/v1/clients?cursor=abc')).body.code).toBe('invalid_request')
  })

  test('too large a body comes after the role', async () => {
    await setMembership(`role = 'viewer'`)
    const large = { name: 'x'.repeat(1_100_000) }
    expect((await acme.post('/v1/clients', large)).body.code).toBe('insufficient_role')
  })
})
