import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { withDirectClient } from '../../src/db/direct-client.ts'
import { createMember, goodPassword, type Platform, signupBody, startPlatform } from '../support/platform.ts'
import { type SmtpSink, startSmtpSink, tokenIn } from '../support/smtp-sink.ts'

const subject = 'Choose a new password'
const fresh = 'another-horse-8'

let sink: SmtpSink
let platform: Platform
beforeAll(async () => {
  sink = await startSmtpSink()
  platform = await startPlatform({ SMTP_URL: sink.url }, { worker: true })
})
afterAll(async () => {
  await platform.stop()
  await sink.close()
})
afterEach(() => vi.restoreAllMocks())

const forgot = (email: string) => platform.post('/auth/forgot-password', { email })
const reset = (token: string, password = fresh) => platform.post('/auth/reset-password', { token, password })
const logIn = (email: string, password: string, headers = {}) =>
  platform.post('/auth/login', { email, password }, headers)
const codeOf = ({ status, body }: { status: number; body: { code?: string } }) => [status, body.code]
const personOf = async (email: string) =>
  (await platform.sql('select * from users where email = $1', [email]))[0]

async function tokenFor(email: string): Promise<string> {
  await forgot(email)
  return tokenIn(await sink.untilMailTo(email, subject))
}

const untilNoJobs = () =>
  vi.waitFor(
    async () => {
      const [{ n }] = await platform.sql('select count(*)::int as n from graphile_worker._private_jobs')
      expect(n).toBe(0)
    },
    { timeout: 10_000, interval: 20 },
  )

/** What a further company of somebody who is signed in says of itself. */
function companyBody(name: string) {
  const { admin_email, admin_password, admin_first_name, admin_last_name, ...company } = signupBody(name)
  return company
}

/** Until a transaction of this platform waits for a lock that another one holds. */
const untilSomebodyWaits = () =>
  vi.waitFor(
    async () => {
      const waiting = await platform.sql(
        `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
      )
      expect(waiting).toHaveLength(1)
    },
    { timeout: 10_000, interval: 20 },
  )

describe('asking for a link', () => {
  test('answers known and unknown addresses the same, byte for byte, with the same work', async () => {
    const { db, passwords } = platform.context
    const work = [vi.spyOn(db, 'withPlatform'), vi.spyOn(passwords, 'hash'), vi.spyOn(passwords, 'verify')]
    const changing = new Set(['date', 'x-request-id'])
    const bytes = async (email: string) => {
      await untilNoJobs()
      for (const spy of work) spy.mockClear()
      const { status, headers, body } = await forgot(email)
      // What the worker does in the background, the caller does not wait for.
      const calls = work.map((spy) => spy.mock.calls.filter(([reason]) => reason !== 'mail').length)
      return { status, headers: [...headers].filter(([name]) => !changing.has(name)), body, calls }
    }
    const known = await bytes(platform.acme.email)
    expect(known).toMatchObject({ status: 202, body: '', calls: [1, 0, 0] })
    expect(await bytes('nobody@acme.example')).toEqual(known)
    expect(await bytes('OWNER@ACME.example')).toEqual(known)
  })

  test('stores nothing of the person before the mail is made', async () => {
    const own = await startPlatform()
    await own.post('/auth/forgot-password', { email: own.acme.email })
    expect(await own.sql('select from one_time_tokens')).toEqual([])
    const jobs = await own.sql(
      `select payload from graphile_worker._private_jobs where payload->>'template' = 'reset_password'`,
    )
    expect(jobs).toEqual([
      {
        payload: {
          template: 'reset_password',
          email: own.acme.email,
          token_id: expect.any(String),
          token_expires_at: new Date(own.clock.now().getTime() + 1_800_000).toISOString(),
          tenant_id: null,
        },
      },
    ])
    await own.stop()
  })

  test.each([
    ['nothing', {}],
    ['no address', { email: 'owner at acme' }],
    ['two addresses', { email: ['a@b.example', 'c@d.example'] }],
    ['a further field', { email: 'a@b.example', url: 'https://evil.example' }],
  ])('%s is a bad request', async (_what, body) => {
    expect(codeOf(await platform.post('/auth/forgot-password', body))).toEqual([400, 'invalid_request'])
  })
})

describe('a new password', () => {
  test('replaces the old one, ends every session in every tenant, and is told to its owner', async () => {
    const member = await platform.signUp('Umbrella')
    const labs = createMember(
      platform.url,
      (await member.post('/v1/tenants', companyBody('Umbrella Labs'))).body,
    )
    const login = (await logIn(member.email, goodPassword, { 'X-Tenant-ID': 'umbrella' })).body
    const choice = (await logIn(member.email, goodPassword)).body
    platform.clock.advance(60_000)
    const now = platform.clock.now()
    const others = await platform.sql('select user_id from sessions where user_id <> $1 order by id', [
      member.userId,
    ])
    const globexBefore = await personOf(platform.globex.email)

    const token = await tokenFor(member.email)
    const { status, headers, body } = await reset(token)
    expect([status, body]).toEqual([204, ''])

    expect(codeOf(await member.get('/v1/me'))).toEqual([401, 'unauthenticated'])
    expect(codeOf(await labs.get('/v1/me'))).toEqual([401, 'unauthenticated'])
    const refreshed = await platform.post('/auth/refresh', { refresh_token: login.refresh_token })
    expect(codeOf(refreshed)).toEqual([401, 'invalid_refresh_token'])
    const selected = await platform.post(
      '/auth/select-tenant',
      { tenant_id: 'umbrella' },
      { Authorization: `Bearer ${choice.selection_token}` },
    )
    expect(codeOf(selected)).toEqual([401, 'unauthenticated'])
    expect(await platform.sql('select from sessions where user_id = $1', [member.userId])).toEqual([])

    expect(codeOf(await logIn(member.email, goodPassword))).toEqual([401, 'invalid_credentials'])
    expect((await logIn(member.email, fresh)).status).toBe(200)
    const person = await personOf(member.email)
    expect(person).toMatchObject({ password_changed_at: now, updated_at: now, email_verified_at: now })
    expect(person.password_hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)

    const entries = await platform.sql('select * from platform_audit_entries where object_id = $1', [
      member.userId,
    ])
    expect(entries).toEqual([
      expect.objectContaining({
        actor_kind: 'user',
        actor_id: member.userId,
        action: 'user.password_reset',
        object_type: 'user',
        changed_fields: ['password'],
        ip: '127.0.0.1',
        request_id: headers.get('x-request-id'),
        created_at: now,
      }),
    ])
    const told = await sink.untilMailTo(member.email, 'Your password was changed')
    expect(told.text).toContain('signed out')

    // Nobody else notices.
    expect((await platform.acme.get('/v1/me')).status).toBe(200)
    expect(await personOf(platform.globex.email)).toEqual(globexBefore)
    expect(
      await platform.sql('select user_id from sessions where user_id <> $1 order by id', [member.userId]),
    ).toEqual(others)
  })

  test('can be chosen once with one token', async () => {
    const { email } = await platform.signUp('Once')
    const token = await tokenFor(email)
    expect((await reset(token)).status).toBe(204)
    expect(codeOf(await reset(token, 'third-horse-of-mine'))).toEqual([400, 'token_invalid'])
    expect((await logIn(email, fresh)).status).toBe(200)
  })

  test('of ten at once with one token exactly one is taken', async () => {
    const { email } = await platform.signUp('Stampede')
    const token = await tokenFor(email)
    const candidates = Array.from({ length: 10 }, (_, index) => `stampede of horses ${index}`)
    const answers = await Promise.all(candidates.map((password) => reset(token, password)))
    expect(answers.map(({ status }) => status).sort()).toEqual([204, ...Array(9).fill(400)])
    for (const { status, body } of answers) if (status === 400) expect(body.code).toBe('token_invalid')
    const winner = candidates[answers.findIndex(({ status }) => status === 204)] ?? ''
    const logins = await Promise.all(candidates.map((password) => logIn(email, password)))
    expect(logins.map(({ status }) => status)).toEqual(
      candidates.map((candidate) => (candidate === winner ? 200 : 401)),
    )
    await untilNoJobs()
    expect(sink.mailsTo(email).filter((mail) => mail.subject === 'Your password was changed')).toHaveLength(1)
  })

  test('makes every other link void that was mailed before', async () => {
    const { email } = await platform.signUp('Several Links')
    const [first, second, third] = [await tokenFor(email), await tokenFor(email), await tokenFor(email)]
    expect((await reset(second)).status).toBe(204)
    expect(codeOf(await reset(first, 'third-horse-of-mine'))).toEqual([400, 'token_invalid'])
    expect(codeOf(await reset(third, 'third-horse-of-mine'))).toEqual([400, 'token_invalid'])
    expect((await reset(await tokenFor(email), 'third-horse-of-mine')).status).toBe(204)
  })

  test('of two links of one person at once one is taken, and neither waits for the other in vain', async () => {
    const { email } = await platform.signUp('Two Links At Once')
    for (let round = 0; round < 15; round++) {
      const links = [await tokenFor(email), await tokenFor(email)]
      const answers = await Promise.all(
        links.map((link, index) => reset(link, `tulips of may ${round} ${index}`)),
      )
      expect(answers.map(({ status, body }) => body.code ?? status).sort()).toEqual([204, 'token_invalid'])
    }
  })

  test('leaves the links of others good', async () => {
    const [one, other] = [await platform.signUp('Link One'), await platform.signUp('Link Other')]
    const [ofOne, ofOther] = [await tokenFor(one.email), await tokenFor(other.email)]
    await reset(ofOne)
    expect((await logIn(other.email, goodPassword)).status).toBe(200)
    expect((await reset(ofOther)).status).toBe(204)
  })

  test('can be chosen for half an hour after it was asked for', async () => {
    const [quick, slow] = [await platform.signUp('Quick'), await platform.signUp('Slow')]
    const [inTime, late] = [await tokenFor(quick.email), await tokenFor(slow.email)]
    platform.clock.advance(30 * 60_000 - 1)
    expect((await reset(inTime)).status).toBe(204)
    platform.clock.advance(1)
    expect(codeOf(await reset(late))).toEqual([400, 'token_invalid'])
    expect((await logIn(slow.email, goodPassword)).status).toBe(200)
  })

  test('a token that is no good costs no hash', async () => {
    const member = await platform.signUp('Cheap')
    const toVerify = tokenIn(await sink.untilMailTo(member.email, 'Welcome'))
    const used = await tokenFor(member.email)
    await reset(used)
    const hash = vi.spyOn(platform.context.passwords, 'hash')
    for (const token of ['A'.repeat(43), '', 'жетон', toVerify, used, member.token.slice(0, 200)]) {
      expect(codeOf(await reset(token, 'third-horse-of-mine')), token).toEqual([400, 'token_invalid'])
    }
    expect(hash).not.toHaveBeenCalled()
    // The token for another purpose was not used up by that.
    expect((await platform.post('/auth/verify-email', { token: toVerify })).status).toBe(204)
  })

  test.each([
    ['common', 'Password123'],
    ['made of their name', 'AdaLovelace1'],
    ['made of their address', 'Owner-2026'],
    ['made of their company', 'Weaklings-2026'],
    ['short', 'k3$Vq!z'],
  ])('that is %s is refused, and the token stays good', async (_why, password) => {
    const email = 'owner@weaklings.example'
    if (!(await personOf(email))) await platform.signUp('Weaklings')
    const token = await tokenFor(email)
    const { status, body } = await reset(token, password)
    expect(status).toBe(400)
    expect(body).toMatchObject({ code: 'invalid_request', errors: [{ path: 'body.password' }] })
    expect((await reset(token, `${fresh}-${password.length}`)).status).toBe(204)
  })

  test('lets no login through that had checked the old one just before', async () => {
    const { email, userId } = await platform.signUp('Just Before')
    const token = await tokenFor(email)
    platform.clock.advance(1000)
    const { passwords } = platform.context
    const verify = passwords.verify.bind(passwords)
    const checked = Promise.withResolvers<void>()
    const goOn = Promise.withResolvers<void>()
    vi.spyOn(passwords, 'verify').mockImplementationOnce(async (...typed) => {
      const matches = await verify(...typed)
      checked.resolve()
      await goOn.promise
      return matches
    })
    const login = logIn(email, goodPassword)
    await checked.promise
    expect((await reset(token)).status).toBe(204)
    goOn.resolve()
    expect(codeOf(await login)).toEqual([401, 'invalid_credentials'])
    expect(await platform.sql('select from sessions where user_id = $1', [userId])).toEqual([])
  })

  test('waits for a login that is opening its session, and ends that one too', async () => {
    const { email, userId } = await platform.signUp('In The Door')
    const token = await tokenFor(email)
    const answer = await withDirectClient(platform.database.adminUrl, async (login) => {
      await login.query('begin')
      await login.query('select from users where id = $1 for share', [userId])
      await login.query(
        `insert into sessions select gen_random_uuid(), user_id, subject_tenant_id, membership_id,
           sha256('lookup'), sha256('token'), null, rotated_at, created_at, expires_at
         from sessions where user_id = $1`,
        [userId],
      )
      const answered = reset(token)
      await untilSomebodyWaits()
      await login.query('commit')
      return answered
    })
    expect(answer.status).toBe(204)
    expect(await platform.sql('select from sessions where user_id = $1', [userId])).toEqual([])
  })

  test('leaves no session to who makes a further company at the same moment', async () => {
    const member = await platform.signUp('Raced')
    const answer = await withDirectClient(platform.database.adminUrl, async (newPassword) => {
      await newPassword.query('begin')
      await newPassword.query('update users set password_changed_at = now() where id = $1', [member.userId])
      await newPassword.query('delete from sessions where user_id = $1', [member.userId])
      const answered = member.post('/v1/tenants', companyBody('Raced Two'))
      await untilSomebodyWaits()
      await newPassword.query('commit')
      return answered
    })
    expect(codeOf(answer)).toEqual([401, 'unauthenticated'])
    const sessions = await platform.sql('select from sessions where user_id = $1', [member.userId])
    expect(sessions).toEqual([])
    expect(await platform.sql(`select from tenants where tenant_id = 'raced-two'`, [], 'raced-two')).toEqual(
      [],
    )
  })

  test('fails whole: what cannot be written leaves password, sessions and token as they were', async () => {
    const member = await platform.signUp('Planted')
    const token = await tokenFor(member.email)
    await platform.sql('alter table platform_audit_entries add constraint planted check (false) not valid')
    try {
      expect((await reset(token)).status).toBeGreaterThanOrEqual(400)
    } finally {
      await platform.sql('alter table platform_audit_entries drop constraint planted')
    }
    expect((await member.get('/v1/me')).status).toBe(200)
    expect((await logIn(member.email, goodPassword)).status).toBe(200)
    expect((await reset(token)).status).toBe(204)
  })
})

describe('with limits, behind a proxy', () => {
  let limited: Platform
  beforeAll(async () => {
    limited = await startPlatform(
      {
        SMTP_URL: sink.url,
        RATE_LIMITS: 'on',
        TRUST_PROXY: '1',
        FAILED_LOGINS_PER_QUARTER_HOUR: '2',
        FAILED_LOGINS_PER_ACCOUNT_PER_QUARTER_HOUR: '3',
        FAILED_TOKENS_PER_QUARTER_HOUR: '4',
        MAILS_PER_HOUR: '5',
        MAILS_PER_ACCOUNT_PER_HOUR: '2',
      },
      { worker: true },
    )
  })
  afterAll(() => limited.stop())

  let hosts = 0
  const elsewhere = () => ({ 'X-Forwarded-For': `203.0.113.${++hosts}` })
  const statusOf = async (path: string, body: object, headers = elsewhere()) =>
    (await limited.post(path, body, headers)).status

  test('the owner gets in at once after it, from anywhere, though others have guessed at the account', async () => {
    const { email } = await limited.signUp('Besieged')
    const guess = () => statusOf('/auth/login', { email, password: 'a guess of mine' })
    for (const expected of [401, 401, 401, 429]) expect(await guess()).toBe(expected)
    expect(await statusOf('/auth/login', { email, password: goodPassword })).toBe(429)
    await limited.post('/auth/forgot-password', { email }, elsewhere())
    const token = tokenIn(await sink.untilMailTo(email, subject))
    expect(await statusOf('/auth/reset-password', { token, password: fresh })).toBe(204)
    expect(await statusOf('/auth/login', { email, password: fresh })).toBe(200)
    for (const expected of [401, 401, 401, 429]) expect(await guess()).toBe(expected)
  })

  test.each(['forgot-password', 'resend-verification'])(
    '%s is limited for an account from wherever, whether there is one or not',
    async (path) => {
      for (const email of [`${path}@besieged.example`, (await limited.signUp(`Wanted ${path}`)).email]) {
        const statuses = []
        for (let times = 0; times < 3; times++) statuses.push(await statusOf(`/auth/${path}`, { email }))
        expect(statuses).toEqual([202, 202, 429])
      }
    },
  )

  test('and for an address, whichever accounts it asks for', async () => {
    const here = elsewhere()
    const statuses = []
    for (let times = 0; times < 6; times++) {
      const path = times % 2 ? '/auth/forgot-password' : '/auth/resend-verification'
      statuses.push(await statusOf(path, { email: `person-${times}@somewhere.example` }, here))
    }
    expect(statuses).toEqual([202, 202, 202, 202, 202, 429])
  })

  test('guessing at tokens is slowed', async () => {
    const here = elsewhere()
    const statuses = []
    for (let times = 0; times < 5; times++) {
      const token = String(times).padStart(43, 'x')
      const [path, body] = times % 2 ? ['verify-email', {}] : ['reset-password', { password: fresh }]
      statuses.push(await statusOf(`/auth/${path}`, { token, ...(body as object) }, here))
    }
    expect(statuses).toEqual([400, 400, 400, 400, 429])
  })
})
