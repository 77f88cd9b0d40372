import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { goodPassword, type Platform, signupBody, startPlatform } from '../support/platform.ts'

const small = {
  RATE_LIMITS: 'on',
  SIGNUPS_PER_HOUR: '4',
  FAILED_LOGINS_PER_QUARTER_HOUR: '3',
  EMAIL_CHECKS_PER_MINUTE: '2',
  LOOKUPS_PER_MINUTE: '5',
}
const times = async <T>(count: number, work: (index: number) => Promise<T>) => {
  const results: T[] = []
  for (let index = 0; index < count; index++) results.push(await work(index))
  return results
}

describe('without a proxy', () => {
  let platform: Platform
  beforeAll(async () => {
    platform = await startPlatform(small)
  })
  afterAll(() => platform.stop())

  const checkEmail = (headers: Record<string, string> = {}) =>
    platform.get('/signup/check-email?email=a@b.example', headers)
  const logIn = (password: string) => platform.post('/auth/login', { email: platform.acme.email, password })

  test('over the limit is 429 with the standard headers and a problem document', async () => {
    const [first, second, third] = await times(3, () => checkEmail())
    expect([first?.status, second?.status, third?.status]).toEqual([200, 200, 429])
    expect(first?.headers.get('ratelimit')).toMatch(/r=1; t=\d+/)
    expect(first?.headers.get('ratelimit-policy')).toMatch(/q=2; w=60/)
    expect(third?.headers.get('content-type')).toContain('application/problem+json')
    expect(third?.headers.get('ratelimit')).toMatch(/r=0; t=\d+/)
    const wait = Number(third?.headers.get('retry-after'))
    expect(wait).toBeGreaterThanOrEqual(1)
    expect(wait).toBeLessThanOrEqual(60)
    expect(third?.body).toMatchObject({ code: 'too_many_requests', status: 429 })
  })

  test('what a client writes into X-Forwarded-For makes no difference', async () => {
    for (const address of ['203.0.113.1', '203.0.113.2, 198.51.100.7', '::1', 'nonsense']) {
      expect((await checkEmail({ 'X-Forwarded-For': address })).status).toBe(429)
    }
  })

  test('each limit counts for itself', async () => {
    const lookups = await times(6, (index) =>
      index % 2 ? platform.get('/signup/plans') : platform.get('/signup/check-company?name=Acme'),
    )
    expect(lookups.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 429])
  })

  test('refused signups count, too', async () => {
    // Acme and Globex were two of the four.
    const answers = await times(3, (index) =>
      platform.post('/signup', index === 0 ? {} : signupBody(`Flood ${index}`)),
    )
    expect(answers.map(({ status }) => status)).toEqual([400, 201, 429])
    const body = { ...signupBody('x'), admin_email: undefined }
    expect((await platform.acme.post('/v1/tenants', body)).status).toBe(429)
  })

  test('successful logins are not counted, failed ones are', async () => {
    const good = await times(5, () => logIn(goodPassword))
    expect(good.map(({ status }) => status)).toEqual(Array(5).fill(200))
    const bad = await times(4, () => logIn('not the password'))
    expect(bad.map(({ status }) => status)).toEqual([401, 401, 401, 429])
    expect((await logIn(goodPassword)).status, 'guessing on is slowed whatever the password').toBe(429)
  })

  test('what needs a token is not limited here', async () => {
    const answers = await times(20, () => platform.acme.get('/v1/me'))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
  })
})

describe('behind one proxy', () => {
  let platform: Platform
  beforeAll(async () => {
    platform = await startPlatform({ ...small, TRUST_PROXY: '1' })
  })
  afterAll(() => platform.stop())

  const checkFrom = async (forwarded: string) =>
    (await platform.get('/signup/check-email?email=a@b.example', { 'X-Forwarded-For': forwarded })).status

  test('the address is the one that the proxy added, never the leftmost', async () => {
    const answers = await times(3, (index) => checkFrom(`10.0.0.${index}, 203.0.113.5`))
    expect(answers).toEqual([200, 200, 429])
    expect(await checkFrom('203.0.113.5, 203.0.113.6')).toBe(200)
  })

  test('an address with a port is the same address', async () => {
    expect(await times(3, (index) => checkFrom(`198.51.100.9:${40_000 + index}`))).toEqual([200, 200, 429])
  })

  test('an IPv6 network of a customer is one', async () => {
    expect(await times(3, (index) => checkFrom(`2001:db8:1:2::${index}`))).toEqual([200, 200, 429])
    expect(await checkFrom('2001:db8:ffff::1')).toBe(200)
  })

  test('an address that is none is counted all the same, and the audit trail stays without it', async () => {
    expect(await times(3, (index) => checkFrom(`not-an-address-${index}`))).toEqual([200, 200, 429])
    const post = (forwarded: string) =>
      platform.acme.post('/v1/clients', { name: 'From afar' }, { 'X-Forwarded-For': forwarded })
    const ips: [given: string, stored: string | null][] = [
      ['not-an-address', null],
      ['203.0.113.5:443', '203.0.113.5'],
      ['[2001:db8::1]:443', '2001:db8::1'],
      ['fe80::1%eth0', 'fe80::1'],
      ['::ffff:203.0.113.5', '203.0.113.5'],
      ['1.2.3.4, 203.0.113.5', '203.0.113.5'],
    ]
    for (const [given, stored] of ips) {
      const { status, body } = await post(given)
      expect(status, given).toBe(201)
      const [entry] = await platform.sql(
        `select host(ip) as ip from audit_entries where object_id = $1`,
        [body.id],
        'acme',
      )
      expect(entry.ip, given).toBe(stored)
    }
  })
})

test('with RATE_LIMITS=off nothing is counted', async () => {
  const platform = await startPlatform({ ...small, RATE_LIMITS: 'off' })
  try {
    const answers = await times(8, () => platform.get('/signup/check-email?email=a@b.example'))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    expect(answers[0]?.headers.get('ratelimit')).toBeNull()
  } finally {
    await platform.stop()
  }
})
