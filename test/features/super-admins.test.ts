import { hash } from '@node-rs/argon2'
import express from 'express'
import { Secret, URI } from 'otpauth'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { withDirectClient } from '../../src/db/direct-client.ts'
import { resetSuperAdmin } from '../../src/features/super-admins/credentials.ts'
import { encryptSecret, findTimeStep } from '../../src/features/super-admins/totp.ts'
import { errorHandler } from '../../src/http/error-handler.ts'
import { observe } from '../../src/http/observe.ts'
import { ok, route } from '../../src/http/route.ts'
import { serve } from '../../src/http/serve.ts'
import { goodPassword, type Platform, startPlatform } from '../support/platform.ts'
import {
  addEnrolledAdmin,
  addSignedInAdmin,
  addSuperAdmin,
  bearerOf,
  createApp,
  type TestAdmin,
} from '../support/super-admins.ts'

let platform: Platform
beforeAll(async () => {
  platform = await startPlatform()
})
afterAll(() => platform.stop())
afterEach(() => vi.restoreAllMocks())

const halfAMinute = 30_000

const rowOf = async ({ id }: { id: string }) =>
  (await platform.sql('select * from super_admins where id = $1', [id]))[0]
const change = ({ id }: { id: string }, changes: string) =>
  platform.sql(`update super_admins set ${changes} where id = $1`, [id])
/** What the platform's audit trail says of a super admin, oldest first. */
const trailOf = async ({ id }: { id: string }) => {
  const rows = await platform.sql(
    'select action from platform_audit_entries where object_id = $1 order by xmin::text::bigint',
    [id],
  )
  return rows.map(({ action }) => action)
}
const refused = { status: 401, body: { code: 'invalid_credentials' } }
const voided = { status: 401, body: { code: 'unauthenticated' } }

describe('signing in', () => {
  test('gives a short token that is good for the super admins’ routes', async () => {
    const admin = await addSuperAdmin(platform)
    const { status, headers, body } = await admin.logIn()
    expect(status).toBe(200)
    expect(headers.get('cache-control')).toBe('no-store')
    expect(body).toEqual({
      access_token: expect.any(String),
      token_type: 'bearer',
      expires_in: 900,
      admin: { id: admin.id, email: admin.email, totp_enrolled: false },
    })
    const me = await bearerOf(platform, body.access_token).get('/v1/admin/me')
    expect(me.body).toEqual({ kind: 'super_admin', id: admin.id, email: admin.email, totp_enrolled: false })
  })

  test('is written to the platform’s audit trail, with where it came from', async () => {
    const admin = await addSuperAdmin(platform)
    const answer = await admin.logIn()
    const entries = await platform.sql(
      `select actor_kind, actor_id, action, object_type, host(ip) as ip, request_id
        from platform_audit_entries where object_id = $1 and action <> 'super_admin.created'`,
      [admin.id],
    )
    expect(entries).toEqual([
      {
        actor_kind: 'super_admin',
        actor_id: admin.id,
        action: 'super_admin.logged_in',
        object_type: 'super_admin',
        ip: '127.0.0.1',
        request_id: answer.headers.get('x-request-id'),
      },
    ])
  })

  test('the case of the e-mail address and spaces around it do not matter', async () => {
    const admin = await addSuperAdmin(platform)
    expect((await admin.logIn(undefined, { email: ` ${admin.email.toUpperCase()} ` })).status).toBe(200)
  })

  test('an unknown address, a wrong password and a disabled admin get the same answer at the same cost', async () => {
    const [known, disabled] = [await addSuperAdmin(platform), await addSuperAdmin(platform)]
    await change(disabled, 'disabled_at = now()')
    const [verify, transactions] = [
      vi.spyOn(platform.context.passwords, 'verify'),
      vi.spyOn(platform.context.db, 'withPlatform'),
    ]
    const attempt = async (credentials: object) => {
      verify.mockClear()
      transactions.mockClear()
      const { status, headers, body } = await known.logIn(undefined, credentials)
      return {
        status,
        headers: [...headers].filter(([name]) => !['date', 'x-request-id'].includes(name)),
        body: { ...body, request_id: '' },
        hashes: verify.mock.calls.length,
        transactions: transactions.mock.calls.length,
      }
    }
    const wrong = await attempt({ password: 'not the password' })
    expect(wrong).toMatchObject({ status: 401, body: { code: 'invalid_credentials' }, hashes: 1 })
    expect(await attempt({ email: 'nobody@platform.example' })).toEqual(wrong)
    expect(await attempt({ email: disabled.email, password: disabled.password })).toEqual(wrong)
  })

  test('somebody’s own account of the same address is another one', async () => {
    const admin = await addSuperAdmin(platform, platform.acme.email)
    const asPerson = { email: admin.email, password: admin.password }
    expect(await platform.post('/auth/login', asPerson)).toMatchObject(refused)
    expect(await admin.logIn(undefined, { password: goodPassword })).toMatchObject(refused)
  })

  test('a password with other parameters is hashed anew, and no token dies of it', async () => {
    const admin = await addSignedInAdmin(platform)
    const cheap = await hash(admin.password, { algorithm: 2, memoryCost: 8192, timeCost: 1, parallelism: 1 })
    await change(admin, `password_hash = '${cheap}'`)
    await admin.logIn(undefined, { password: 'not the password' })
    expect((await rowOf(admin)).password_hash).toBe(cheap)
    expect((await admin.logIn()).status).toBe(200)
    expect((await rowOf(admin)).password_hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
    expect((await admin.logIn()).status).toBe(200)
    expect((await admin.get('/v1/admin/me')).status).toBe(200)
  })

  test.each([
    ['no password', { password: undefined }],
    ['a password that is no text', { password: ['x'] }],
    ['an endless password', { password: 'x'.repeat(1001) }],
    ['no address', { email: 'operator' }],
    ['a further field', { remember: true }],
    ['a code that is a number', { totp: 123456 }],
    ['a code of five digits', { totp: '12345' }],
    ['a code of seven digits', { totp: '1234567' }],
    ['a code in other digits', { totp: '١٢٣٤٥٦' }],
    ['a code with a line end', { totp: '123456\n' }],
  ])('%s is a bad request', async (_what, fields) => {
    const admin = await addSuperAdmin(platform)
    const { status, body } = await admin.logIn(undefined, fields)
    expect([status, body.code]).toEqual([400, 'invalid_request'])
  })

  test('what was changed while the password was checked counts', async () => {
    const { passwords } = platform.context
    const checking = passwords.verify.bind(passwords)
    const meanwhile = (work: () => Promise<unknown>) =>
      vi.spyOn(passwords, 'verify').mockImplementationOnce(async (password, stored) => {
        const matches = await checking(password, stored)
        await work()
        return matches
      })
    const reset = await addSuperAdmin(platform)
    meanwhile(() => resetSuperAdmin(platform.context, reset.email))
    expect(await reset.logIn()).toMatchObject(refused)
    const disabled = await addSuperAdmin(platform)
    meanwhile(() => change(disabled, 'disabled_at = now()'))
    expect(await disabled.logIn()).toMatchObject(refused)
  })
})

describe('a token', () => {
  test('is good for a quarter of an hour', async () => {
    const admin = await addSignedInAdmin(platform)
    platform.clock.advance(899_000)
    expect((await admin.get('/v1/admin/me')).status).toBe(200)
    platform.clock.advance(1_000)
    expect(await admin.get('/v1/admin/me')).toMatchObject(voided)
  })

  test('is void from the next request on when its super admin is disabled', async () => {
    const admin = await addSignedInAdmin(platform)
    await change(admin, 'disabled_at = now()')
    for (const answer of [
      await admin.get('/v1/admin/me'),
      await admin.post('/auth/admin/totp'),
      await admin.post('/auth/admin/totp/confirm', { totp: '123456' }),
    ]) {
      expect(answer).toMatchObject(voided)
      expect(answer.headers.get('www-authenticate')).toContain('invalid_token')
    }
  })

  test('is void when the password was reset, and so is the authenticator app', async () => {
    const admin = await addEnrolledAdmin(platform)
    platform.clock.advance(halfAMinute)
    const fresh = await resetSuperAdmin(platform.context, admin.email)
    expect(await admin.get('/v1/admin/me')).toMatchObject(voided)
    expect(await admin.logIn(admin.codeOf())).toMatchObject(refused)
    const { status, body } = await admin.logIn(undefined, { password: fresh?.password })
    expect([status, body.admin.totp_enrolled]).toEqual([200, false])
    expect((await trailOf(admin)).at(-2)).toBe('super_admin.reset')
  })

  test('is void after two resets of one instant, too', async () => {
    const admin = await addSuperAdmin(platform)
    const { password } = (await resetSuperAdmin(platform.context, admin.email)) ?? {}
    const { access_token } = (await admin.logIn(undefined, { password })).body
    await resetSuperAdmin(platform.context, admin.email)
    expect(await bearerOf(platform, access_token).get('/v1/admin/me')).toMatchObject(voided)
  })
})

describe('enrolling an authenticator app', () => {
  test('shows a secret once, counts with the first code, and ends older tokens', async () => {
    const admin = await addSignedInAdmin(platform)
    const prepared = await admin.post('/auth/admin/totp')
    expect(prepared.status).toBe(200)
    expect(prepared.headers.get('cache-control')).toBe('no-store')
    expect(prepared.body).toEqual({
      secret: expect.stringMatching(/^[A-Z2-7]{32}$/),
      otpauth_url: expect.any(String),
    })
    const app = URI.parse(prepared.body.otpauth_url)
    expect(app).toMatchObject({
      issuer: 'Tenantry',
      label: admin.email,
      algorithm: 'SHA1',
      digits: 6,
      period: 30,
    })
    expect(app.secret.base32).toBe(prepared.body.secret)
    expect((await admin.logIn()).status, 'nothing is enrolled yet').toBe(200)

    const codeOf = createApp(platform, prepared.body.secret)
    const { status, body } = await admin.post('/auth/admin/totp/confirm', { totp: codeOf() })
    expect(status).toBe(200)
    expect(body).toEqual({
      access_token: expect.any(String),
      token_type: 'bearer',
      expires_in: 900,
      admin: { id: admin.id, email: admin.email, totp_enrolled: true },
    })
    expect(await admin.get('/v1/admin/me')).toMatchObject(voided)
    const me = await bearerOf(platform, body.access_token).get('/v1/admin/me')
    expect(me.body.totp_enrolled).toBe(true)

    expect(await admin.logIn(), 'without a code').toMatchObject({
      status: 401,
      body: { code: 'totp_required' },
    })
    expect(await admin.logIn(codeOf()), 'with the code that enrolled it').toMatchObject(refused)
    platform.clock.advance(halfAMinute)
    expect((await admin.logIn(codeOf())).body.admin).toEqual(body.admin)
    expect(await trailOf(admin)).toEqual([
      'super_admin.created',
      'super_admin.logged_in',
      'super_admin.totp_prepared',
      'super_admin.logged_in',
      'super_admin.totp_enrolled',
      'super_admin.login_refused',
      'super_admin.logged_in',
    ])
  })

  test('a code is asked for only behind the right password', async () => {
    const admin = await addEnrolledAdmin(platform)
    expect(await admin.logIn(undefined, { password: 'not the password' })).toMatchObject(refused)
    await change(admin, 'disabled_at = now()')
    expect(await admin.logIn()).toMatchObject(refused)
  })

  test('does not go without a code of the secret that was made last', async () => {
    const admin = await addSignedInAdmin(platform)
    const confirm = (totp: string) => admin.post('/auth/admin/totp/confirm', { totp })
    expect(await confirm('000000'), 'before there is a secret').toMatchObject(refused)
    const first = createApp(platform, (await admin.post('/auth/admin/totp')).body.secret)
    const second = createApp(platform, (await admin.post('/auth/admin/totp')).body.secret)
    expect(await confirm(first())).toMatchObject(refused)
    expect((await rowOf(admin)).totp_enrolled_at).toBeNull()
    expect((await confirm(second())).status).toBe(200)
  })

  test('of two confirmations with one code at a time one succeeds', async () => {
    const admin = await addSignedInAdmin(platform)
    const codeOf = createApp(platform, (await admin.post('/auth/admin/totp')).body.secret)
    const { answers } = await withDirectClient(platform.database.adminUrl, async (client) => {
      await client.query('begin')
      await client.query('select from super_admins where id = $1 for update', [admin.id])
      const answers = Promise.all(
        [1, 2, 3, 4].map(() => admin.post('/auth/admin/totp/confirm', { totp: codeOf() })),
      )
      await vi.waitFor(async () => {
        const [waiting] = await platform.sql(
          `select count(*)::int as n from pg_stat_activity
            where wait_event_type = 'Lock' and datname = current_database()`,
        )
        expect(waiting.n).toBe(4)
      })
      await client.query('commit')
      return { answers }
    })
    const statuses = (await answers).map(({ status }) => status)
    expect(statuses.sort()).toEqual([200, 401, 401, 401])
  })

  test('does not go twice', async () => {
    const admin = await addEnrolledAdmin(platform)
    const before = await rowOf(admin)
    for (const answer of [
      await admin.post('/auth/admin/totp'),
      await admin.post('/auth/admin/totp/confirm', { totp: admin.codeOf(1) }),
    ]) {
      expect(answer).toMatchObject({ status: 409, body: { code: 'totp_enrolled' } })
    }
    expect(await rowOf(admin)).toEqual(before)
  })

  test('what is wrong with a code is told in the caller’s language', async () => {
    const { token } = await addSignedInAdmin(platform)
    const headers = { Authorization: `Bearer ${token}`, 'Accept-Language': 'fr' }
    const { status, body } = await platform.post('/auth/admin/totp/confirm', { totp: '1' }, headers)
    expect([status, body.errors]).toEqual([
      400,
      [{ path: 'body.totp', message: 'devrait avoir six chiffres' }],
    ])
  })
})

describe('a code', () => {
  test.each([
    [59, '287082'],
    [1_111_111_109, '081804'],
    [1_234_567_890, '005924'],
    [20_000_000_000, '353130'],
  ])('is what RFC 6238 says in its appendix B for second %i', async (second, code) => {
    const secret = Secret.fromLatin1('12345678901234567890')
    const stored = await encryptSecret(platform.context, 'somebody', secret)
    const context = { ...platform.context, clock: { now: () => new Date(second * 1000) } }
    expect(await findTimeStep(context, 'somebody', stored, code)).toBe(Math.floor(second / 30))
  })

  test('opens once', async () => {
    const admin = await addEnrolledAdmin(platform)
    platform.clock.advance(halfAMinute)
    expect((await admin.logIn(admin.codeOf())).status).toBe(200)
    expect(await admin.logIn(admin.codeOf())).toMatchObject(refused)
    expect((await trailOf(admin)).slice(-2)).toEqual(['super_admin.logged_in', 'super_admin.login_refused'])
  })

  test('opens once, of ten who come with it at a time', async () => {
    const admin = await addEnrolledAdmin(platform)
    platform.clock.advance(halfAMinute)
    const answers = await Promise.all(Array.from({ length: 10 }, () => admin.logIn(admin.codeOf())))
    const statuses = answers.map(({ status }) => status).sort()
    expect(statuses).toEqual([200, ...Array(9).fill(401)])
    const trail = await trailOf(admin)
    expect(trail.filter((action) => action === 'super_admin.login_refused')).toHaveLength(9)
  })

  test.each([
    [-2, 401],
    [-1, 200],
    [0, 200],
    [1, 200],
    [2, 401],
  ])('of the time step %i is answered %i', async (steps, status) => {
    const admin = await addEnrolledAdmin(platform)
    platform.clock.advance(4 * halfAMinute)
    expect((await admin.logIn(admin.codeOf(steps))).status).toBe(status)
  })

  test('of a step before one that was used is void', async () => {
    const admin = await addEnrolledAdmin(platform)
    platform.clock.advance(4 * halfAMinute)
    expect((await admin.logIn(admin.codeOf(1))).status).toBe(200)
    expect(await admin.logIn(admin.codeOf(0))).toMatchObject(refused)
    expect(await admin.logIn(admin.codeOf(-1))).toMatchObject(refused)
    platform.clock.advance(halfAMinute)
    expect(await admin.logIn(admin.codeOf(0)), 'the one that was used early').toMatchObject(refused)
    platform.clock.advance(halfAMinute)
    expect((await admin.logIn(admin.codeOf(0))).status).toBe(200)
  })

  test('of somebody else’s app is wrong', async () => {
    const [one, two] = [await addEnrolledAdmin(platform), await addEnrolledAdmin(platform)]
    platform.clock.advance(halfAMinute)
    expect(await one.logIn(two.codeOf())).toMatchObject(refused)
    expect((await one.logIn(one.codeOf())).status).toBe(200)
  })
})

describe('the secret', () => {
  test('cannot be read from the database', async () => {
    const admin = await addEnrolledAdmin(platform)
    const app = URI.parse(`otpauth://totp/x?secret=${admin.secret}`)
    const bytes = Buffer.from(app.secret.bytes)
    const tables = await platform.sql(
      `select query_to_xml(format('select * from %s', oid::regclass), true, true, '')::text as text
        from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'`,
    )
    const everything = tables.map(({ text }) => text).join('\n')
    expect(everything).toContain(admin.email)
    for (const form of [admin.secret, bytes.toString('hex'), bytes.toString('base64').slice(0, 20)]) {
      expect(everything.toLowerCase()).not.toContain(form.toLowerCase())
    }
    const [, , , ciphertext] = (await rowOf(admin)).totp_secret_jwe.split('.')
    expect(Buffer.from(ciphertext, 'base64url').includes(admin.secret)).toBe(false)
    expect(platform.logLines.join()).not.toContain(admin.secret)
  })

  test('put into another super admin’s row opens nothing there', async () => {
    const [thief, victim] = [await addEnrolledAdmin(platform), await addEnrolledAdmin(platform)]
    const { totp_secret_jwe } = await rowOf(thief)
    await platform.sql('update super_admins set totp_secret_jwe = $1 where id = $2', [
      totp_secret_jwe,
      victim.id,
    ])
    platform.clock.advance(halfAMinute)
    expect(await victim.logIn(thief.codeOf())).toMatchObject(refused)
    expect(platform.logLines.join()).toContain('cannot be read with this TOKEN_KEY_SECRET')
  })
})

describe('where the settings require a one-time password', () => {
  let strict: Platform
  beforeAll(async () => {
    strict = await startPlatform({ SUPER_ADMIN_TOTP: 'required', SUPER_ADMIN_KEY: 'k'.repeat(32) })
  })
  afterAll(() => strict.stop())

  /** A route such as those to come, which does not say that it may be called before. */
  async function callOrdinaryRoute(headers: Record<string, string>) {
    const ordinary = route({
      scope: 'admin',
      method: 'GET',
      path: '/v1/admin/ordinary',
      summary: 'An ordinary route',
      response: { status: 200, body: z.strictObject({ kind: z.string() }) },
      handler: async ({ admin }) => ok({ kind: admin.kind }),
    })
    const app = express().use(observe(strict.context))
    app.get(ordinary.path, serve(strict.context, ordinary))
    app.use(errorHandler(strict.context))
    const server = app.listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    const { port } = server.address() as { port: number }
    try {
      const response = await fetch(`http://127.0.0.1:${port}${ordinary.path}`, { headers })
      return { status: response.status, body: (await response.json()) as unknown }
    } finally {
      server.close()
    }
  }

  test('a token opens nothing but the enrolment until there is one', async () => {
    const admin = await addSignedInAdmin(strict)
    const bearer = (token: string) => ({ Authorization: `Bearer ${token}` })
    expect(await callOrdinaryRoute(bearer(admin.token))).toMatchObject({
      status: 403,
      body: { code: 'totp_enrolment_required' },
    })
    expect((await admin.get('/v1/admin/me')).body.totp_enrolled).toBe(false)
    const codeOf = createApp(strict, (await admin.post('/auth/admin/totp')).body.secret)
    const { body } = await admin.post('/auth/admin/totp/confirm', { totp: codeOf() })
    expect(await callOrdinaryRoute(bearer(body.access_token))).toEqual({
      status: 200,
      body: { kind: 'super_admin' },
    })
  })

  test('a disabled admin is told nothing of enrolment', async () => {
    const admin = await addSignedInAdmin(strict)
    await strict.sql('update super_admins set disabled_at = now() where id = $1', [admin.id])
    expect(await callOrdinaryRoute({ Authorization: `Bearer ${admin.token}` })).toMatchObject(voided)
  })

  test('machines with the key have none', async () => {
    expect(await callOrdinaryRoute({ 'X-Admin-Key': 'k'.repeat(32) })).toMatchObject({ status: 200 })
  })
})

describe('somebody who has the password', () => {
  test('gets twenty codes looked at, and then one each quarter of an hour, however many come at once', async () => {
    const admin = await addEnrolledAdmin(platform)
    const wrong = (count: number) => Promise.all(Array.from({ length: count }, () => admin.logIn('000000')))
    const failures = async () =>
      (await platform.sql('select totp_failures as n from super_admins where id = $1', [admin.id]))[0].n
    platform.clock.advance(30_000)
    await wrong(19)
    expect((await admin.logIn(admin.codeOf())).status).toBe(200)
    expect(await failures()).toBe(0)
    const leave = () => platform.sql('delete from known_addresses where person_id = $1', [admin.id])

    await leave()
    await wrong(25)
    expect(await failures(), 'what comes during the pause counts for nothing').toBe(20)
    platform.clock.advance(30_000)
    expect((await admin.logIn(admin.codeOf())).status, 'a right one, too soon').toBe(401)
    platform.clock.advance(840_000)
    await wrong(1)
    expect(await failures()).toBe(20)
    platform.clock.advance(30_000)
    await wrong(1)
    expect(await failures()).toBe(21)
    expect((await admin.logIn(admin.codeOf())).status).toBe(401)
    platform.clock.advance(900_000)
    expect((await admin.logIn(admin.codeOf())).status).toBe(200)
    expect(await failures()).toBe(0)

    await wrong(25)
    platform.clock.advance(30_000)
    expect((await admin.logIn(admin.codeOf())).status, 'where they were let in before').toBe(200)
  })

  test('and a reset on the command line brings the pause to an end', async () => {
    const admin = await addEnrolledAdmin(platform)
    await platform.sql('update super_admins set totp_failures = 20, totp_failed_at = $1 where id = $2', [
      platform.clock.now(),
      admin.id,
    ])
    const reset = await resetSuperAdmin(platform.context, admin.email)
    const { email, password } = reset ?? {}
    expect((await platform.post('/auth/admin/login', { email, password })).status).toBe(200)
  })
})

describe('guessing', () => {
  let limited: Platform
  let admin: TestAdmin
  beforeAll(async () => {
    limited = await startPlatform({
      RATE_LIMITS: 'on',
      TRUST_PROXY: '1',
      FAILED_LOGINS_PER_QUARTER_HOUR: '3',
      FAILED_LOGINS_PER_ACCOUNT_PER_QUARTER_HOUR: '6',
    })
    admin = await addSuperAdmin(limited, limited.acme.email)
  })
  afterAll(() => limited.stop())

  test('is limited for an account from everywhere, not where its owner was let in, and apart from the person of that address', async () => {
    const guessFrom = async (ip: string, password = 'a guess') => {
      const { status } = await limited.post(
        '/auth/admin/login',
        { email: admin.email, password },
        { 'X-Forwarded-For': ip },
      )
      return status
    }
    const owner = '203.0.113.9'
    expect(await guessFrom(owner, admin.password)).toBe(200)
    const guesses: number[] = []
    for (let count = 0; count < 4; count++) guesses.push(await guessFrom('203.0.113.1'))
    expect(guesses, 'from one address').toEqual([401, 401, 401, 429])
    expect(await guessFrom('203.0.113.3', admin.password), 'which keeps nobody else out').toBe(200)
    for (let count = 0; count < 3; count++) expect(await guessFrom('203.0.113.2')).toBe(401)
    expect(await guessFrom('203.0.113.4', admin.password)).toBe(429)
    expect(await guessFrom(owner, admin.password), 'from where they were let in before').toBe(200)
    const person = { email: admin.email, password: goodPassword }
    const asPerson = await limited.post('/auth/login', person, { 'X-Forwarded-For': '203.0.113.4' })
    expect(asPerson.status).toBe(200)
    limited.clock.advance(900_000)
    expect(await guessFrom('203.0.113.4', admin.password)).toBe(200)
  })

  test('codes counts as guessing passwords does', async () => {
    const { body } = await admin.logIn()
    const { post } = bearerOf(limited, body.access_token)
    await post('/auth/admin/totp')
    const statuses: number[] = []
    for (const totp of ['000000', '000001', '000002', '000003']) {
      statuses.push((await post('/auth/admin/totp/confirm', { totp })).status)
    }
    expect(statuses).toEqual([401, 401, 401, 429])
  })
})
