import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { problems } from '../../src/errors.ts'
import { badBodiesOf } from '../support/bad-bodies.ts'
import { signInOperator } from '../support/operators.ts'
import { type Platform, startPlatform } from '../support/platform.ts'

let platform: Platform
let operator: Awaited<ReturnType<typeof signInOperator>>
beforeAll(async () => {
  platform = await startPlatform()
  operator = await signInOperator(platform)
})
afterAll(() => platform.stop())

const limits = { users: 5, storage_bytes: 1e9, sites: null, requests_per_minute: 60 }
const reason = 'Asked for by telephone'

test.each<[method: string, path: string, body: Record<string, unknown>]>([
  [
    'PATCH',
    '/v1/admin/plans/free',
    {
      price_cents: 0,
      price_is_minimum: false,
      price_is_per_seat: true,
      stripe_price_id: 'price_1',
      limits,
      modules: ['crm'],
      force: true,
    },
  ],
  [
    'PATCH',
    '/v1/admin/tenants/acme',
    {
      name: 'Acme & Sons',
      company_email: 'office@acme.example',
      admin_email: 'boss@acme.example',
      phone: '+33 1 23 45 67 89',
      region: 'ch',
      metadata: { sector: 'metal', seats: 12, contacts: [{ name: 'Ada', since: null }] },
      plan: 'free',
      limits: { ...limits, workflows: 'plan' },
      modules: { ai: true, bi: null },
      trial_ends_at: '2026-03-20T00:00:00Z',
      force: true,
      reason,
    },
  ],
  ['PATCH', '/v1/admin/settings', { trial_days: 30, default_region: 'CH', default_language: 'en', reason }],
  [
    'PATCH',
    '/v1/admin/notification-templates/trial_ending',
    {
      priority: 'urgent',
      title: { en: 'Soon', fr: 'Bientôt' },
      body: { en: 'On {date}', fr: 'Le {date}' },
      reason,
    },
  ],
  [
    'POST',
    '/v1/admin/tenants',
    {
      company_name: 'Initech',
      code: 'initech',
      company_email: 'office@initech.example',
      admin_email: 'boss@initech.example',
      admin_first_name: 'Bill',
      admin_last_name: 'Lumbergh',
      plan: 'starter',
      region: 'ch',
      phone: '+33 1 23 45 67 89',
      template: 'metalwork',
      trial: true,
      limits,
      settings: { language: 'en', time_zone: 'Europe/Zurich', vat_rate_basis_points: 810, backups: true },
      metadata: { sector: 'metal' },
      standard_user_email: 'peter@initech.example',
    },
  ],
  [
    'POST',
    '/v1/admin/tenants/acme/members',
    { email: 'grace@acme.example', role: 'member', first_name: 'Grace', last_name: 'Hopper', reason },
  ],
  ['POST', '/v1/admin/tenants/acme/support-sessions', { reason, minutes: 5, write: true }],
  ['POST', '/v1/admin/tenants/acme/suspend', { reason }],
  ['POST', '/v1/admin/tenants/acme/reactivate', { reason }],
  ['POST', '/v1/admin/tenants/acme/cancel', { reason }],
  ['DELETE', '/v1/admin/tenants/globex', { reason }],
])(
  'no body of %s %s brings about what is not documented',
  { timeout: 60_000 },
  async (method, path, good) => {
    const allowed = [200, 201, 202, 400, 403, 409, 413]
    await fc.assert(
      fc.asyncProperty(badBodiesOf(good), async (body) => {
        const answer = await operator.request(method, path, body)
        expect(allowed, JSON.stringify(answer.body)).toContain(answer.status)
        if (answer.status >= 300) expect(problems).toHaveProperty(answer.body.code)
      }),
      { numRuns: 300 },
    )
    expect((await operator.get('/v1/admin/tenants/acme')).status).toBe(200)
    expect(platform.logLines.filter((line) => /"level":"(warn|error|fatal)"/.test(line))).toEqual([])
  },
)
