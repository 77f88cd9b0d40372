import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import {
  createMember,
  goodPassword,
  type Member,
  type Platform,
  signupBody,
  startPlatform,
} from '../support/platform.ts'
import { type SmtpSink, startSmtpSink, tokenIn } from '../support/smtp-sink.ts'

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

const change = (member: Member, new_password = fresh, current_password = goodPassword, headers = {}) =>
  member.post('/v1/me/password', { current_password, new_password }, headers)
const logIn = (email: string, password: string, headers = {}) =>
  platform.post('/auth/login', { email, password }, headers)
const codeOf = ({ status, body }: { status: number; body: { code?: string } }) => [status, body.code]

/** One more session of a person, in one of their tenants. */
async function anotherSession({ email, tenantId }: Member): Promise<Member> {
  return createMember(platform.url, (await logIn(email, goodPassword, { 'X-Tenant-ID': tenantId })).body)
}

/** What a further company of somebody who is signed in says of itself. */
function companyBody(name: string) {
  const { admin_email, admin_password, admin_first_name, admin_last_name, ...company } = signupBody(name)
  return company
}

describe('changing the password', () => {
  test('keeps this session, ends all others in all tenants, and is audited and told', async () => {
    const member = await platform.signUp('Stark')
    const labs = createMember(
      platform.url,
      (await member.post('/v1/tenants', companyBody('Stark Labs'))).body,
    )
    const tablet = await anotherSession(member)
    platform.clock.advance(60_000)
    const now = platform.clock.now()

    const { status, headers, body } = await change(member)
    expect([status, body]).toEqual([204, ''])
    expect((await member.get('/v1/me')).status).toBe(200)
    for (const other of [labs, tablet]) {
      expect(codeOf(await other.get('/v1/me'))).toEqual([401, 'unauthenticated'])
    }
    expect(codeOf(await logIn(member.email, goodPassword))).toEqual([401, 'invalid_credentials'])
    expect((await logIn(member.email, fresh)).status).toBe(200)
    const [person] = await platform.sql(
      'select password_hash, password_changed_at, updated_at from users where id = $1',
      [member.userId],
    )
    expect(person).toMatchObject({ password_changed_at: now, updated_at: now })
    expect(person.password_hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
    const entries = await platform.sql(
      `select * from audit_entries where tenant_id = 'stark' and action = 'user.password_changed'`,
      [],
      'stark',
    )
    expect(entries).toEqual([
      expect.objectContaining({
        actor_kind: 'user',
        actor_id: member.userId,
        object_type: 'user',
        object_id: member.userId,
        changed_fields: ['password'],
        ip: '127.0.0.1',
        request_id: headers.get('x-request-id'),
        created_at: now,
      }),
    ])
    await sink.untilMailTo(member.email, 'Your password was changed')
    expect((await platform.acme.get('/v1/me')).status, 'nobody else notices').toBe(200)
    expect((await platform.globex.get('/v1/me')).status).toBe(200)
  })

  test('needs the current one, and says which of the two is wrong, also in French', async () => {
    const member = await platform.signUp('Forgetful')
    const english = await change(member, fresh, 'not my password')
    expect(english.status, 'and not 401, which would be a token that is dead').toBe(400)
    expect(english.body).toMatchObject({
      code: 'invalid_request',
      errors: [{ path: 'body.current_password', message: 'is not your password' }],
    })
    const french = await change(member, fresh, 'not my password', { 'Accept-Language': 'fr' })
    expect(french.body.errors[0].message).toBe("n'est pas votre mot de passe")
    expect((await logIn(member.email, goodPassword)).status).toBe(200)
  })

  test.each([
    ['common', 'Password123'],
    ['made of their name', 'AdaLovelace1'],
    ['made of their address', 'Owner-2026'],
    ['made of their company', 'Meekfolk-2026'],
    ['short', 'k3$Vq!z'],
    ['long', 'x1'.repeat(65)],
  ])('to one that is %s is refused', async (_why, password) => {
    const email = 'owner@meekfolk.example'
    const login = await logIn(email, goodPassword)
    const member =
      login.status === 200 ? createMember(platform.url, login.body) : await platform.signUp('Meekfolk')
    const { status, body } = await change(member, password)
    expect(status).toBe(400)
    expect(body).toMatchObject({ code: 'invalid_request', errors: [{ path: 'body.new_password' }] })
    expect((await logIn(email, goodPassword)).status).toBe(200)
  })

  test('makes links void that were mailed for a new one', async () => {
    const member = await platform.signUp('Links')
    await platform.post('/auth/forgot-password', { email: member.email })
    const token = tokenIn(await sink.untilMailTo(member.email, 'Choose a new password'))
    await change(member)
    const reset = await platform.post('/auth/reset-password', { token, password: 'third-horse-of-mine' })
    expect(codeOf(reset)).toEqual([400, 'token_invalid'])
  })

  test('is possible where the tenant is blocked', async () => {
    const member = await platform.signUp('Suspended')
    await platform.forceTenant('suspended', `status = 'SUSPENDED'`)
    expect((await change(member)).status).toBe(204)
  })

  test('needs a token and its tenant', async () => {
    const body = { current_password: goodPassword, new_password: fresh }
    expect(codeOf(await platform.post('/v1/me/password', body))).toEqual([401, 'unauthenticated'])
    const headers = { Authorization: `Bearer ${platform.acme.token}`, 'X-Tenant-ID': 'globex' }
    expect(codeOf(await platform.post('/v1/me/password', body, headers))).toEqual([403, 'tenant_mismatch'])
  })

  test('from two sessions at once works from one, and the other is told of the conflict', async () => {
    const member = await platform.signUp('Duel')
    const other = await anotherSession(member)
    const { passwords } = platform.context
    const hash = passwords.hash.bind(passwords)
    const both = Promise.withResolvers<void>()
    let waiting = 0
    // Each has checked the current password by then.
    vi.spyOn(passwords, 'hash').mockImplementation(async (password) => {
      if (++waiting === 2) both.resolve()
      await both.promise
      return hash(password)
    })
    const answers = await Promise.all([
      change(member, 'horse of the first'),
      change(other, 'horse of the other'),
    ])
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 409])
    expect(answers.find(({ status }) => status === 409)?.body.code).toBe('conflict')
    const winner = answers[0]?.status === 204 ? 'horse of the first' : 'horse of the other'
    expect((await logIn(member.email, winner)).status).toBe(200)
    const sessions = await platform.sql('select id from sessions where user_id = $1', [member.userId])
    expect(sessions, 'the one that won, and the login of this test').toHaveLength(2)
  })

  test('is refused when the session was ended while it was under way', async () => {
    const member = await platform.signUp('Stolen')
    const { passwords } = platform.context
    const hash = passwords.hash.bind(passwords)
    vi.spyOn(passwords, 'hash').mockImplementationOnce(async (password) => {
      const { status } = await platform.post('/auth/logout-all', undefined, {
        Authorization: `Bearer ${member.token}`,
      })
      expect(status).toBe(204)
      return hash(password)
    })
    expect(codeOf(await change(member))).toEqual([401, 'unauthenticated'])
    expect((await logIn(member.email, goodPassword)).status).toBe(200)
  })
})

describe('with limits', () => {
  let limited: Platform
  beforeAll(async () => {
    limited = await startPlatform({
      RATE_LIMITS: 'on',
      TRUST_PROXY: '1',
      FAILED_LOGINS_PER_QUARTER_HOUR: '3',
    })
  })
  afterAll(() => limited.stop())

  test('tries at the current password are counted per person, from wherever, also right ones, each of which sends a mail', async () => {
    const { acme, globex } = limited
    let hosts = 0
    const elsewhere = () => ({ 'X-Forwarded-For': `203.0.113.${++hosts}` })
    const guess = async (password: string) => (await change(acme, goodPassword, password, elsewhere())).status
    expect(await guess(goodPassword)).toBe(204)
    const together = await Promise.all(Array.from({ length: 6 }, () => guess('a guess of mine')))
    expect(together.sort()).toEqual([400, 400, 429, 429, 429, 429])
    expect(await guess(goodPassword), 'also the right one, since it could be a guess').toBe(429)
    expect((await change(globex, goodPassword)).status).toBe(204)
    expect((await acme.get('/v1/me')).status).toBe(200)
    const login = { email: acme.email, password: goodPassword }
    expect((await limited.post('/auth/login', login)).status, 'signing in is another matter').toBe(200)
    limited.clock.advance(900_000)
    const back = createMember(limited.url, (await limited.post('/auth/login', login)).body)
    expect((await change(back, fresh)).status).toBe(204)
  })
})
