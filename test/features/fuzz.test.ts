import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { routes } from '../../src/app.ts'
import { goodPassword, type Platform, signupBody, startPlatform } from '../support/platform.ts'

let platform: Platform
let clientId: string
beforeAll(async () => {
  platform = await startPlatform()
  clientId = (await platform.acme.post('/v1/clients', { name: 'Target' })).body.id
})
afterAll(() => platform.stop())

const company = {
  company_name: 'Fuzz',
  company_email: 'a@b.example',
  plan: 'pro',
  accept_terms: true,
  accept_privacy: true,
}

/** A good body of each endpoint, for mutations of it to get past the first checks. */
const goodBodies: Record<string, object> = {
  'POST /signup': signupBody('Fuzz'),
  'POST /auth/login': { email: 'owner@acme.example', password: goodPassword },
  'POST /v1/tenants': company,
  'POST /v1/clients': { name: 'Wayne', email: 'a@b.example', phone: '+1 555 010', address: 'x', notes: 'y' },
  'PATCH /v1/clients/:id': { name: 'Wayne', email: null, notes: 'y' },
}

const writing = routes.filter(({ body }) => body).map(({ method, path }) => `${method} ${path}`)

/** Anything JSON can say, strings with NUL, surrogates and quotes included. */
const anything = fc.oneof(
  fc.jsonValue(),
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.constantFrom(
    '\0',
    '\ud800',
    `'; drop table users; --`,
    '__proto__',
    'x'.repeat(100_000),
    -0,
    1e308,
    2 ** 53,
    '2026-13-45',
  ),
)

test('every endpoint with a body is here', () => {
  expect(writing.sort()).toEqual(Object.keys(goodBodies).sort())
})

test.each(Object.keys(goodBodies))('%s answers 300 bodies without a failure of its own', async (endpoint) => {
  const [method = '', path = ''] = endpoint.split(' ')
  const good = goodBodies[endpoint] as object
  const fields = Object.keys(good)
  const mutated = fc
    .dictionary(
      fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...fields) }, { weight: 1, arbitrary: fc.string() }),
      anything,
      {
        minKeys: 1,
        maxKeys: 3,
      },
    )
    .map((changes) => ({ ...good, ...changes }))
  const withoutOne = fc.constantFrom(...fields).map((field) => ({ ...good, [field]: undefined }))
  const bodies = fc.oneof(
    { weight: 5, arbitrary: mutated },
    { weight: 1, arbitrary: withoutOne },
    { weight: 2, arbitrary: anything },
  )
  const users = await platform.sql('select count(*)::int as n from users')
  let passed = 0

  await fc.assert(
    fc.asyncProperty(bodies, async (body) => {
      const text = JSON.stringify(body) ?? ''
      const { status, body: answer } = await platform.acme.request(
        method,
        path.replace(':id', clientId),
        text,
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
  if (endpoint !== 'POST /signup')
    expect(await platform.sql('select count(*)::int as n from users')).toEqual(users)
  expect(passed, 'not all of them are refused at the first check').toBeGreaterThan(0)
})
