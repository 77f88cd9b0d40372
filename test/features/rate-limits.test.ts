import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  type MockInstance,
  test,
  vi,
} from 'vitest'
import { readConfig } from '../../src/config.ts'
import { newTokenId, storeToken } from '../../src/features/sessions/one-time-tokens.ts'
import { createSuperAdmin } from '../../src/features/super-admins/credentials.ts'
import { addMember } from '../support/members.ts'
import {
  type Answer,
  goodPassword,
  type Member,
  type Platform,
  signupBody,
  startPlatform,
} from '../support/platform.ts'

const small = {
  RATE_LIMITS: 'on',
  SIGNUPS_PER_HOUR: '4',
  FAILED_LOGINS_PER_QUARTER_HOUR: '3',
  EMAIL_CHECKS_PER_MINUTE: '2',
  LOOKUPS_PER_MINUTE: '5',
}
let emails = 0
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
    platform.get(`/signup/check-email?email=${++emails}@b.example`, headers)
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
    (await platform.get(`/signup/check-email?email=${++emails}@b.example`, { 'X-Forwarded-For': forwarded }))
      .status

  test('one e-mail address is looked up, and a taken one signed up with, so often from wherever', async () => {
    const from = (host: number) => ({ 'X-Forwarded-For': `192.0.2.${host}` })
    const lookUp = (index: number) => platform.get('/signup/check-email?email=one@b.example', from(index))
    expect((await times(21, lookUp)).map(({ status }) => status)).toEqual([...Array(20).fill(200), 429])
    const signUp = (index: number, email: string, password = goodPassword) => {
      const body = signupBody('Once', { admin_email: email, admin_password: password })
      return platform.post('/signup', body, from(100 + index))
    }
    const taken = await times(5, (index) => signUp(index, platform.acme.email))
    expect(taken.map(({ status }) => status)).toEqual([409, 409, 409, 409, 429])
    const spoiled = await times(6, (index) => signUp(20 + index, 'victim@b.example', 'password'))
    expect(new Set(spoiled.map(({ status }) => status))).toEqual(new Set([400]))
    expect((await signUp(40, 'victim@b.example')).status, 'nobody uses up the signup of another').toBe(201)
  })

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

describe('guessing at a password', () => {
  const minute = 60_000
  const perAddress = 3
  const perAccount = 7
  const home = '198.51.100.1'
  let platform: Platform
  let counting: MockInstance<Platform['context']['db']['withPlatform']>
  let nextAddress: number
  beforeAll(async () => {
    platform = await startPlatform({
      RATE_LIMITS: 'on',
      TRUST_PROXY: '1',
      FAILED_LOGINS_PER_QUARTER_HOUR: String(perAddress),
      FAILED_LOGINS_PER_ACCOUNT_PER_QUARTER_HOUR: String(perAccount),
      MAILS_PER_ACCOUNT_PER_HOUR: '2',
    })
    counting = vi.spyOn(platform.context.db, 'withPlatform')
  })
  afterAll(() => platform.stop())
  beforeEach(() => {
    nextAddress = 1
    platform.clock.advance(15 * minute)
  })
  // Here and not before the next test, when vitest has forgotten the calls.
  afterEach(() => untilTakenBack())

  /** Every answer that was not wrong has been taken back from the counts. */
  const untilTakenBack = () => Promise.allSettled(counting.mock.results.map(({ value }) => value))

  const advance = async (ms: number) => {
    await untilTakenBack()
    platform.clock.advance(ms)
  }

  const logIn = (address: string, email: string, password: string) =>
    platform.post('/auth/login', { email, password }, { 'X-Forwarded-For': address })
  const guess = (address: string, email = platform.acme.email) => logIn(address, email, 'not the password')
  const enter = (address: string, email = platform.acme.email) => logIn(address, email, goodPassword)
  const elsewhere = () => `203.0.113.${nextAddress++}`
  const statusOf = async (answer: Promise<{ status: number }>) => (await answer).status
  /** As many as the account bears, each from an address of its own. */
  const exhaust = (email?: string) => times(perAccount, () => statusOf(guess(elsewhere(), email)))

  test('from one address is stopped for a while, and its owner gets in from any other', async () => {
    const thief = elsewhere()
    expect(await times(5, () => statusOf(guess(thief)))).toEqual([401, 401, 401, 429, 429])
    const refused = await enter(thief)
    expect([refused.status, refused.body.code]).toEqual([429, 'too_many_requests'])
    expect(refused.headers.get('retry-after')).toBe('900')
    expect(await statusOf(enter(thief, platform.globex.email)), 'at other accounts, too').toBe(429)
    expect(await statusOf(enter(elsewhere()))).toBe(200)

    await advance(5 * minute)
    expect((await enter(thief)).headers.get('retry-after')).toBe('600')
    await advance(10 * minute)
    expect(await statusOf(enter(thief))).toBe(200)
  })

  test('from one address never uses up what the account bears', async () => {
    const thief = elsewhere()
    await times(3 * perAccount, () => guess(thief))
    expect(await times(perAccount - perAddress, () => statusOf(guess(elsewhere())))).not.toContain(429)
    expect(await statusOf(guess(elsewhere()))).toBe(429)
  })

  test('from many addresses is stopped, too, and its owner still gets in where they are known', async () => {
    const office = '2001:db8:1:2::1'
    for (const address of [home, office]) expect(await statusOf(enter(address))).toBe(200)
    expect(new Set(await exhaust())).toEqual(new Set([401]))
    const stranger = await enter(elsewhere())
    expect([stranger.status, stranger.headers.get('retry-after')]).toEqual([429, '900'])
    expect(stranger.headers.get('ratelimit'), 'of the account it tells no count').toContain('r=2;')

    expect(await statusOf(enter(home))).toBe(200)
    expect(await statusOf(enter('2001:db8:1:2::ffff'))).toBe(200)
    expect(await statusOf(enter('2001:db8:1:3::1'))).toBe(429)
    expect(await statusOf(enter('nonsense'))).toBe(429)
    expect(await statusOf(enter(elsewhere(), platform.globex.email)), 'others are not held up').toBe(200)
    expect(await times(4, () => statusOf(guess(home))), 'nor may one guess there without end').toEqual([
      401, 401, 401, 429,
    ])

    await advance(15 * minute)
    expect(await statusOf(enter(elsewhere()))).toBe(200)
  })

  test('a super admin still gets in where they are known, too', async () => {
    const email = 'root@platform.example'
    const { password } = (await createSuperAdmin(platform.context, email)) ?? {}
    const logInAsAdmin = (address: string, guessed = password) =>
      statusOf(
        platform.post('/auth/admin/login', { email, password: guessed }, { 'X-Forwarded-For': address }),
      )
    expect(await logInAsAdmin(home)).toBe(200)
    await times(perAccount, () => logInAsAdmin(elsewhere(), 'not the password'))
    expect(await logInAsAdmin(elsewhere())).toBe(429)
    expect(await logInAsAdmin(home)).toBe(200)
  })

  test('an address stays known when its owner logs out, but not for good', async () => {
    const { body } = await enter(home)
    expect(await statusOf(platform.post('/auth/logout', { refresh_token: body.refresh_token }))).toBe(204)
    await exhaust()
    expect(await statusOf(enter(home))).toBe(200)

    await advance(90 * 24 * 60 * minute)
    await exhaust()
    expect(await statusOf(enter(home))).toBe(429)
  })

  test('with a new password its owner is known where they chose it, and nowhere else', async () => {
    const { context, acme, clock } = platform
    expect(await statusOf(enter(home))).toBe(200)
    const here = elsewhere()
    const token = await context.db.withPlatform('mail', (tx) =>
      storeToken(tx, context, {
        purpose: 'reset_password',
        tokenId: newTokenId(clock.now()),
        email: acme.email,
        subject: { userId: acme.userId },
        expiresAt: new Date(clock.now().getTime() + minute),
        now: clock.now(),
      }),
    )
    const body = { token, password: goodPassword }
    expect(await statusOf(platform.post('/auth/reset-password', body, { 'X-Forwarded-For': here }))).toBe(204)
    await exhaust()
    expect(await statusOf(enter(home))).toBe(429)
    expect(await statusOf(enter(here))).toBe(200)
  })

  test('at an account that does not exist goes just the same', async () => {
    const sequence = async (email: string, network: string) => {
      const guesses = await times(perAccount + 2, (index) => guess(`${network}.${index}`, email))
      return guesses.map(({ status, headers, body }) => ({
        status,
        headers: [...headers]
          .filter(([name]) => !/^(date|x-request-id|ratelimit-policy)$/.test(name))
          .map(([name, value]) => [name, value.replace(/t=\d+/, 't')]),
        body: { ...body, request_id: '' },
      }))
    }
    const known = await sequence(platform.acme.email, '192.0.2')
    expect(known.filter(({ status }) => status === 429)).toHaveLength(2)
    expect(await sequence('nobody@acme.example', '10.0.0')).toEqual(known)
  })

  test('a link to reset the password is mailed so often to one account, whoever asks for others of its mails', async () => {
    const ask = (what: string, email: string) =>
      statusOf(platform.post(`/auth/${what}`, { email }, { 'X-Forwarded-For': elsewhere() }))
    for (const email of [platform.globex.email, 'nobody@globex.example']) {
      expect(await times(3, () => ask('resend-verification', email))).toEqual([202, 202, 429])
      expect(await times(3, () => ask('forgot-password', email))).toEqual([202, 202, 429])
    }
  })
})

test('a tenant sends so many invitations an hour, again ones among them, and who may send none uses none up', async () => {
  const platform = await startPlatform({ RATE_LIMITS: 'on', INVITATIONS_PER_HOUR: '3' })
  try {
    const { acme, globex } = platform
    const viewer = await addMember(platform, 'acme', 'viewer')
    const invite = (member: Member, index: number) =>
      member.post('/v1/invitations', { email: `somebody-${index}@example.com`, role: 'viewer' })
    const statuses = (answers: Answer[]) => answers.map(({ status }) => status)

    expect(statuses(await times(4, (index) => invite(viewer, index)))).toEqual([403, 403, 403, 403])
    const [first] = await times(2, (index) => invite(acme, index))
    const resend = () => acme.post(`/v1/invitations/${first?.body.id}/resend`, undefined)
    expect((await resend()).status).toBe(200)
    expect(statuses([await resend(), await invite(acme, 3), await invite(globex, 1)])).toEqual([
      429, 429, 201,
    ])
  } finally {
    await platform.stop()
  }
})

test('an account has to bear more guesses than one address may make', () => {
  const numbers = (address: string, account: string) => ({
    FAILED_LOGINS_PER_QUARTER_HOUR: address,
    FAILED_LOGINS_PER_ACCOUNT_PER_QUARTER_HOUR: account,
  })
  expect(() => readConfig(numbers('60', '60'))).toThrow(
    /^FAILED_LOGINS_PER_ACCOUNT_PER_QUARTER_HOUR: should be/,
  )
  expect(() => readConfig(numbers('59', '60'))).not.toThrow()
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
