import { hash } from '@node-rs/argon2'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { goodPassword, type Platform, startPlatform } from '../support/platform.ts'
import { sendRaw } from '../support/raw-request.ts'

let platform: Platform
beforeAll(async () => {
  platform = await startPlatform({ BASE_DOMAIN: 'tenants.example' })
})
afterAll(() => platform.stop())
afterEach(() => vi.restoreAllMocks())

const right = { email: 'owner@acme.example', password: goodPassword }
const logIn = (credentials: object, headers: Record<string, string> = {}) =>
  platform.post('/auth/login', credentials, headers)

/** fetch writes the Host itself, so these requests are written by hand. */
async function logInAt(host: string, headers: string[] = []) {
  const body = JSON.stringify(right)
  const answer = await sendRaw(
    platform.url,
    [
      'POST /auth/login HTTP/1.1',
      `Host: ${host}`,
      'Content-Type: application/json',
      `Content-Length: ${body.length}`,
      'Connection: close',
      ...headers,
      '',
      body,
    ].join('\r\n'),
    2000,
  )
  return JSON.parse(answer.slice(answer.indexOf('\r\n\r\n')))
}

test('the right password gives tokens that work', async () => {
  const { status, headers, body } = await logIn(right)
  expect(status).toBe(200)
  expect(headers.get('cache-control')).toBe('no-store')
  expect(body).toEqual({
    access_token: expect.any(String),
    token_type: 'bearer',
    expires_in: 900,
    refresh_token: expect.any(String),
    tenant_id: 'acme',
    user: {
      id: platform.acme.userId,
      email: right.email,
      first_name: 'Ada',
      last_name: 'Lovelace',
      locale: 'en',
      role: 'owner',
    },
  })
  const me = await platform.get('/v1/me', {
    Authorization: `Bearer ${body.access_token}`,
    'X-Tenant-ID': 'acme',
  })
  expect(me.status).toBe(200)
})

test('each login opens a session of its own, of which only hashes are stored', async () => {
  const [one, two] = [await logIn(right), await logIn(right)]
  const [lookup, secret] = one.body.refresh_token.split('.')
  expect(two.body.refresh_token).not.toContain(lookup)
  expect(two.body.refresh_token).not.toContain(secret)
  const stored = await platform.sql(
    `select s::text as text from sessions s
      where lookup_hash = sha256($1::text::bytea) and token_hash = sha256($2::text::bytea)`,
    [lookup, secret],
  )
  expect(stored).toHaveLength(1)
  for (const part of [lookup, secret]) expect(stored[0].text).not.toContain(part)
})

test('the case of the e-mail address and spaces around it do not matter', async () => {
  expect((await logIn({ ...right, email: '  OWNER@Acme.EXAMPLE ' })).status).toBe(200)
})

test('a wrong password and an unknown address get the same answer, byte for byte', async () => {
  const plain = { 'Accept-Encoding': 'identity' }
  const wrong = await logIn({ ...right, password: 'not the password' }, plain)
  const unknown = await logIn({ email: 'nobody@acme.example', password: goodPassword }, plain)
  expect(wrong.status).toBe(401)
  const comparable = ({ status, headers, body }: typeof wrong) => ({
    status,
    headers: [...headers].filter(([name]) => !['date', 'x-request-id'].includes(name)),
    body: { ...body, request_id: '' },
  })
  expect(comparable(unknown)).toEqual(comparable(wrong))
  expect(wrong.body.code).toBe('invalid_credentials')
})

test('an unknown address costs the check of a password too', async () => {
  const verify = vi.spyOn(platform.context.passwords, 'verify')
  const transactions = vi.spyOn(platform.context.db, 'withPlatform')
  await logIn({ email: 'nobody@acme.example', password: goodPassword })
  expect(verify.mock.calls).toEqual([[goodPassword, undefined]])
  const forUnknown = transactions.mock.calls.length
  await logIn({ ...right, password: 'not the password' })
  expect(verify).toHaveBeenCalledTimes(2)
  expect(transactions.mock.calls.length, 'and no less of the database').toBe(2 * forUnknown)
  const started = performance.now()
  expect(await platform.context.passwords.verify(goodPassword, undefined)).toBe(false)
  expect(performance.now() - started, 'an argon2 hash is computed').toBeGreaterThan(2)
  expect(await platform.context.passwords.verify('the password of nobody', undefined)).toBe(false)
})

test('a tenant can be named by header', async () => {
  expect((await logIn(right, { 'X-Tenant-ID': 'acme' })).body.tenant_id).toBe('acme')
})

test.each(['globex', 'no-such-tenant', 'not a tenant id'])(
  'naming %j, where they are no member, is refused alike',
  async (name) => {
    const { status, body } = await logIn(right, { 'X-Tenant-ID': name })
    expect([status, body.code]).toEqual([403, 'tenant_mismatch'])
  },
)

test('a wrong password in a named tenant does not tell who is a member of it', async () => {
  for (const name of ['acme', 'globex', 'no-such-tenant']) {
    const { body } = await logIn({ ...right, password: 'not the password' }, { 'X-Tenant-ID': name })
    expect(body.code).toBe('invalid_credentials')
  }
})

test('a tenant can be named by its host', async () => {
  expect(await logInAt('acme.tenants.example')).toMatchObject({ tenant_id: 'acme' })
  expect(await logInAt('ACME.Tenants.Example:8443')).toMatchObject({ tenant_id: 'acme' })
  expect(await logInAt('globex.tenants.example')).toMatchObject({ code: 'tenant_mismatch' })
})

test('a host of the platform itself names nobody', async () => {
  for (const host of [
    'api.tenants.example',
    'www.tenants.example',
    'tenants.example',
    'acme.other.example',
  ]) {
    expect(await logInAt(host)).toMatchObject({ tenant_id: 'acme', token_type: 'bearer' })
  }
})

test('host and header have to agree', async () => {
  expect(await logInAt('acme.tenants.example', ['X-Tenant-ID: acme'])).toMatchObject({ tenant_id: 'acme' })
  expect(await logInAt('acme.tenants.example', ['X-Tenant-ID: globex'])).toMatchObject({
    code: 'tenant_mismatch',
  })
})

test('a host that a client claims in X-Forwarded-Host counts for nothing', async () => {
  const { body } = await logIn(right, { 'X-Forwarded-Host': 'globex.tenants.example' })
  expect(body.tenant_id).toBe('acme')
})

test('who is disabled in their only tenant is answered as if the password were wrong', async () => {
  const member = await platform.signUp('Disabled Co')
  const status = (value: string) =>
    platform.sql(
      'update memberships set status = $1 where user_id = $2',
      [value, member.userId],
      member.tenantId,
    )
  await status('disabled')
  const credentials = { email: member.email, password: goodPassword }
  expect((await logIn(credentials)).body.code).toBe('invalid_credentials')
  expect((await member.get('/v1/me')).status).toBe(401)
  await status('active')
  expect((await logIn(credentials)).status).toBe(200)
})

test('a password with other parameters is hashed anew at the next login, and only then', async () => {
  const cheap = await hash(goodPassword, {
    algorithm: 2,
    memoryCost: 8192,
    timeCost: 1,
    parallelism: 1,
  })
  const readHash = async () =>
    (await platform.sql('select password_hash from users where id = $1', [platform.globex.userId]))[0]
      .password_hash
  await platform.sql('update users set password_hash = $1 where id = $2', [cheap, platform.globex.userId])
  const credentials = { email: platform.globex.email, password: goodPassword }

  await logIn({ ...credentials, password: 'not the password' })
  expect(await readHash()).toBe(cheap)
  expect((await logIn(credentials)).status).toBe(200)
  const renewed = await readHash()
  expect(renewed).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
  expect((await logIn(credentials)).status).toBe(200)
  expect(await readHash()).toBe(renewed)
})

test.each([
  ['no password', { email: right.email }],
  ['no address', { password: goodPassword }],
  ['a password that is no text', { ...right, password: ['x'] }],
  ['a further field', { ...right, remember: true }],
  ['an endless password', { ...right, password: 'x'.repeat(1001) }],
])('%s is a bad request', async (_what, credentials) => {
  const { status, body } = await logIn(credentials)
  expect([status, body.code]).toEqual([400, 'invalid_request'])
})

test('a password is the same however a keyboard spells its accents', async () => {
  const composed = 'motdepassé-éàü-7'.normalize('NFC')
  const decomposed = composed.normalize('NFD')
  expect(decomposed).not.toBe(composed)
  await platform.signUp('Accents', { admin_password: decomposed })
  expect((await logIn({ email: 'owner@accents.example', password: composed })).status).toBe(200)
})
