import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { AppError } from '../../src/errors.ts'
import { describeError } from '../../src/log.ts'
import { goodPassword, type Platform, signupBody, startPlatform } from '../support/platform.ts'
import { sendRaw } from '../support/raw-request.ts'

let platform: Platform
beforeAll(async () => {
  platform = await startPlatform({ LOG_LEVEL: 'trace' }, { worker: true })
})
afterAll(() => platform.stop())

const parsed = () => platform.logLines.map((line) => JSON.parse(line))

/** Runs `work` while every write to clients fails with the client's own name in PostgreSQL's message. */
async function whileDatabaseQuotes(work: () => Promise<unknown>, sqlstate = 'P0001') {
  await platform.sql(
    `create function quote_back() returns trigger language plpgsql as $$
       begin raise exception 'cannot store %', new.name using detail = new.notes, errcode = '${sqlstate}'; end $$;
     create trigger quote_back before insert on clients for each row execute function quote_back()`,
  )
  try {
    await work()
  } finally {
    await platform.sql('drop trigger quote_back on clients; drop function quote_back')
  }
}

test('after a walk through everything the log holds no password, token, address or hash', async () => {
  const { acme } = platform
  const typed = 'Tr0ub4dor-typed-into-the-wrong-field'
  const email = 'walker@somewhere.example'
  const credentials = { email, password: goodPassword }

  const { body: signedUp } = await platform.post('/signup', signupBody('Walker', { admin_email: email }))
  await platform.post('/signup', signupBody('Walker', { admin_email: email }))
  await platform.post(
    '/signup',
    signupBody('Walker', { admin_email: 'x@y.example', admin_password: 'walker2026' }),
  )
  await platform.post('/signup', `{"admin_password":"${typed}"`)
  await platform.get(`/signup/check-email?email=${email}`)
  const { body: loggedIn } = await platform.post('/auth/login', credentials)
  await platform.post('/auth/login', { ...credentials, password: typed })
  await platform.post('/auth/login', { email: typed, password: typed })
  await platform.post('/auth/login', credentials, { 'X-Tenant-ID': 'globex' })
  await platform.post(
    '/v1/tenants',
    {},
    { Authorization: `Bearer ${loggedIn.access_token}`, 'X-Tenant-ID': 'walker' },
  )
  await acme.post('/v1/clients', { name: typed, email })
  await acme.get(`/v1/clients?q=${email}&cursor=${typed}`)
  await acme.get(`/v1/clients/${email}`)
  await platform.get(`/reset/${loggedIn.refresh_token}?token=${typed}`)
  await platform.get('/v1/me', {
    Authorization: `Bearer ${typed}`,
    'X-Tenant-ID': typed,
    Cookie: typed,
    'User-Agent': typed,
  })
  await sendRaw(platform.url, `GET /${typed} HTTP/1.1\r\nX: \0${typed}\r\n\r\n`)
  await whileDatabaseQuotes(async () => {
    const { status } = await acme.post('/v1/clients', { name: typed, notes: email })
    expect(status).toBe(500)
  })
  await whileDatabaseQuotes(async () => {
    const { status } = await acme.post('/v1/clients', { name: typed, notes: email })
    expect(status).toBe(400)
  }, '22P02')

  const log = platform.logLines.join('')
  expect(platform.logLines.length).toBeGreaterThan(15)
  expect(log).toContain('request failed')
  expect(log).toContain('the database refused an input')
  for (const [what, secret] of Object.entries({
    typed,
    email,
    domain: 'somewhere.example',
    password: goodPassword,
    access: loggedIn.access_token,
    signature: loggedIn.access_token.split('.')[2],
    refresh: loggedIn.refresh_token,
    'first refresh': signedUp.refresh_token,
    hash: '$argon2',
  })) {
    expect(log.includes(secret), what).toBe(false)
  }
})

test('each request is one line with its id, declared path, status and tenant', async () => {
  platform.logLines.length = 0
  const { headers } = await platform.acme.get('/v1/clients/none?q=x')
  const [line, ...others] = parsed().filter(({ request_id }) => request_id === headers.get('x-request-id'))
  expect(others).toEqual([])
  expect(line).toMatchObject({
    level: 'info',
    tenant_id: 'acme',
    method: 'GET',
    path: '/v1/clients/:id',
    status: 400,
    ms: expect.any(Number),
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
  })
})

test('every line about a request has its id, also that of a failure', async () => {
  platform.logLines.length = 0
  await platform.signUp('Line Writer')
  await platform.get('/nowhere')
  await whileDatabaseQuotes(() => platform.acme.post('/v1/clients', { name: 'x' }))
  const lines = parsed().filter(({ worker, job }) => worker === undefined && job === undefined)
  expect(lines.length).toBeGreaterThanOrEqual(4)
  for (const line of lines) expect(line.request_id, JSON.stringify(line)).toMatch(/^[0-9a-f-]{36}$/)
  expect(lines.find(({ msg }) => msg === 'tenant created')).toMatchObject({ tenant_id: 'line-writer' })
  expect(lines.find(({ msg }) => msg === 'request failed')).toMatchObject({
    tenant_id: 'acme',
    code: 'internal_error',
  })
})

test('a token used for another tenant is logged with the tenant it is for', async () => {
  platform.logLines.length = 0
  const authorization = `Bearer ${platform.acme.token}`
  const { headers } = await platform.get('/v1/me', { Authorization: authorization, 'X-Tenant-ID': 'globex' })
  // Jobs write lines of their own in between.
  const line = parsed().find(({ request_id }) => request_id === headers.get('x-request-id'))
  expect(line).toMatchObject({ tenant_id: 'acme', status: 403 })
})

test('secrets are censored by name wherever they stand in a line', () => {
  platform.context.log.info(
    { password: 'x1x', body: { refresh_token: 'x1x', deep: { authorization: 'x1x' } } },
    'said',
  )
  expect(platform.logLines.at(-1)).not.toContain('x1x')
  expect(parsed().at(-1)).toMatchObject({ password: '[secret]', body: { refresh_token: '[secret]' } })
})

describe('an error in the log', () => {
  const value = 'ada@acme.example'
  const fromPostgres = (code: string, message: string) =>
    Object.assign(new Error(message), {
      code,
      severity: 'ERROR',
      detail: value,
      where: value,
      table: 'clients',
    })

  test.each([
    ['a value of the wrong type', fromPostgres('22P02', `invalid input syntax for type uuid: "${value}"`)],
    ['a RAISE', fromPostgres('P0001', `cannot store ${value}`)],
    ['an error of a library', new Error(`550 no such user ${value}`)],
    ['lines that look like frames', new Error(`x\n    at ${value}\n    at ${value}`)],
    [
      'JSON',
      (() => {
        try {
          return JSON.parse(value)
        } catch (error) {
          return error
        }
      })(),
    ],
    [
      'an argument that Node quotes',
      Object.assign(new TypeError(`Received '${value}'`), { code: 'ERR_INVALID_ARG_VALUE' }),
    ],
    ['an engine’s quotation', new TypeError(`Cannot read properties of undefined (reading '${value}')`)],
    [
      'a cause',
      new AppError('internal_error', { cause: new Error(value, { cause: fromPostgres('22P02', value) }) }),
    ],
    ['several at once', new AggregateError([new Error(value)], value)],
    ['text that was thrown', value],
  ])('shows no value of %s', (_what, error) => {
    expect(JSON.stringify(describeError(error))).not.toContain(value)
  })

  test('still says what and where', () => {
    const denied = fromPostgres('42501', 'permission denied for table users')
    expect(describeError(denied)).toMatchObject({
      message: 'permission denied for table users',
      code: '42501',
      table: 'clients',
      stack: expect.stringMatching(/^ {4}at .*logs\.test\.ts/),
    })
    expect(describeError(new TypeError('x is not a function'))).toMatchObject({
      message: 'x is not a function',
    })
    const refused = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:5432'), {
      code: 'ECONNREFUSED',
      syscall: 'connect',
    })
    expect(describeError(new AppError('database_unavailable', { cause: refused }))).toMatchObject({
      code: 'database_unavailable',
      cause: { message: 'connect ECONNREFUSED 127.0.0.1:5432', code: 'ECONNREFUSED' },
    })
  })

  test('whose causes form a ring is written all the same', () => {
    const ring = new Error('ring')
    ring.cause = ring
    expect(JSON.stringify(describeError(ring)).length).toBeLessThan(10_000)
  })
})
