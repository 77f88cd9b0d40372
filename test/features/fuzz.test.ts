import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { routes } from '../../src/app.ts'
import { isTenantRoute } from '../../src/http/route.ts'
import { exampleOf } from '../isolation/examples.ts'
import { badBodiesOf } from '../support/bad-bodies.ts'
import { type Platform, startPlatform } from '../support/platform.ts'
import { type StripeDouble, startStripeDouble } from '../support/stripe-double/index.ts'

let double: StripeDouble
let platform: Platform
beforeAll(async () => {
  double = await startStripeDouble()
  platform = await startPlatform(double.env)
})
afterAll(async () => {
  await platform.stop()
  await double.stop()
})
beforeEach(() => {
  platform.logLines.length = 0
})

const writing = routes.filter((route) => isTenantRoute(route) && route.body)

test.each(writing.map((route) => [`${route.method} ${route.path}`, route] as const))(
  '%s answers 300 bodies without a failure of its own',
  { timeout: 60_000 },
  async (name, route) => {
    const { body, makeObject, makeCaller } = exampleOf(route)
    const caller = (await makeCaller?.(platform.acme, 'Fuzz', platform)) ?? platform.acme
    const id = (await makeObject?.(caller, 'Fuzz', platform)) ?? ''
    const users = await platform.sql('select count(*)::int as n from users')
    let passed = 0

    await fc.assert(
      fc.asyncProperty(badBodiesOf(body?.('Fuzz') ?? {}), async (bad) => {
        const { status, body: answer } = await caller.request(
          route.method,
          route.path.replace(':id', id),
          bad,
        )
        if (status >= 400)
          expect(answer).toMatchObject({ status, code: expect.any(String), request_id: expect.any(String) })
        expect(status, JSON.stringify(answer)).toBeLessThan(500)
        if (!['invalid_request', 'malformed_json'].includes(answer?.code)) passed++
      }),
      { numRuns: 300 },
    )
    const failures = platform.logLines.filter((line) => /"level":"(warn|error|fatal)"/.test(line))
    expect(failures).toEqual([])
    expect(await platform.sql('select count(*)::int as n from users'), name).toEqual(users)
    expect(passed, 'not all of them are refused at the first check').toBeGreaterThan(0)
  },
)
