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
      plan: 'free',
      limits: { ...limits, workflows: 'plan' },
      modules: { ai: true, bi: null },
      trial_ends_at: '2026-03-20T00:00:00Z',
      force: true,
      reason,
    },
  ],
  ['POST', '/v1/admin/tenants/acme/suspend', { reason }],
  ['POST', '/v1/admin/tenants/acme/reactivate', { reason }],
  ['POST', '/v1/admin/tenants/acme/cancel', { reason }],
])(
  'no body of %s %s brings about what is not documented',
  { timeout: 60_000 },
  async (method, path, good) => {
    const allowed = [200, 400, 409, 413]
    await fc.assert(
      fc.asyncProperty(badBodiesOf(good), async (body) => {
        const answer = await operator.request(method, path, body)
        expect(allowed, JSON.stringify(answer.body)).toContain(answer.status)
        if (answer.status !== 200) expect(problems).toHaveProperty(answer.body.code)
      }),
      { numRuns: 300 },
    )
    expect((await operator.get('/v1/admin/tenants/acme')).status).toBe(200)
    expect(platform.logLines.filter((line) => /"level":"(warn|error|fatal)"/.test(line))).toEqual([])
  },
)
