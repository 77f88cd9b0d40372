import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Answer, type Platform, signupBody, startPlatform } from '../support/platform.ts'
import { sendRaw } from '../support/raw-request.ts'

let platform: Platform
beforeAll(async () => {
  platform = await startPlatform()
})
afterAll(() => platform.stop())

const secret = 'hunter2-quoted-back'

async function countRows() {
  const tables = ['users', 'tenants', 'sessions', 'clients', 'audit_entries']
  const rows = await platform.sql(
    tables.map((table) => `select count(*)::int as n from ${table}`).join(' union all '),
  )
  return rows.map(({ n }) => n)
}

let before: number[]
beforeEach(async () => {
  before = await countRows()
  platform.logLines.length = 0
})

/** What every refusal has in common: it says so, nothing is written and nothing quoted or logged as a failure. */
async function expectRefused({ status, headers, body }: Answer, expectedStatus: number, code: string) {
  expect([status, body.code]).toEqual([expectedStatus, code])
  expect(headers.get('content-type')).toContain('application/problem+json')
  expect(JSON.stringify(body)).not.toMatch(/hunter2|\bat \/|node_modules|select |pg_/)
  expect(JSON.stringify(body).length).toBeLessThan(10_000)
  expect(await countRows()).toEqual(before)
  expect(platform.logLines.filter((line) => !line.includes('"level":"info"'))).toEqual([])
}

const signUp = (body: unknown, headers: Record<string, string> = {}) =>
  platform.post('/signup', body, headers)
const json = JSON.stringify(signupBody('Bad Input', { admin_first_name: secret }))
const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`

describe('a body', () => {
  test.each<[what: string, body: string | Uint8Array<ArrayBuffer>, status: number, code: string]>([
    ['that is no JSON', `{"admin_password": "${secret}`, 400, 'malformed_json'],
    ['of two values', `${json} ${json}`, 400, 'malformed_json'],
    ['that is a list', `[${json}]`, 400, 'invalid_request'],
    ['that is a string', `"${secret}"`, 400, 'invalid_request'],
    ['that is null', 'null', 400, 'invalid_request'],
    ['that is a number', '1e999', 400, 'invalid_request'],
    ['of 30,000 lists in each other', nested(30_000), 400, 'invalid_request'],
    [
      'of 10,000 objects in each other',
      `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`,
      400,
      'invalid_request',
    ],
    [
      'with a deep value in a known field',
      json.replace('"Bad Input"', nested(30_000)),
      400,
      'invalid_request',
    ],
    [
      'with thousands of unknown fields',
      `{${Array.from({ length: 6000 }, (_, i) => `"x${i}":1`)}}`,
      400,
      'invalid_request',
    ],
    ['with a very long unknown field', `{"${'x'.repeat(60_000)}":1}`, 400, 'invalid_request'],
    ['with __proto__', `{"__proto__":{"plan":"free"},${json.slice(1)}`, 400, 'invalid_request'],
    ['with constructor', `{"constructor":{"prototype":{}},${json.slice(1)}`, 400, 'invalid_request'],
    ['with toString', `{"toString":"x",${json.slice(1)}`, 400, 'invalid_request'],
    ['with a NUL in a value', json.replace('Bad Input', 'Bad\\u0000Input'), 400, 'invalid_request'],
    ['with a NUL in a key', `{"a\\u0000b":1,${json.slice(1)}`, 400, 'invalid_request'],
    ['with half a surrogate in a value', json.replace('Bad Input', 'Bad \\ud800'), 400, 'invalid_request'],
    ['with half a surrogate in a key', `{"\\udc00":1,${json.slice(1)}`, 400, 'invalid_request'],
    [
      'with invalid UTF-8',
      Buffer.from(json.replace('Bad Input', 'Bad\xff'), 'latin1'),
      400,
      'malformed_json',
    ],
    ['larger than 64 KiB', JSON.stringify({ company_name: 'x'.repeat(65_536) }), 413, 'body_too_large'],
  ])('%s is refused', async (_what, body, status, code) => {
    await expectRefused(await signUp(body), status, code)
  })

  test.each([
    ['text/plain', 415, 'unsupported_media_type'],
    ['application/x-www-form-urlencoded', 415, 'unsupported_media_type'],
    ['multipart/form-data; boundary=x', 415, 'unsupported_media_type'],
    ['application/jsonx', 415, 'unsupported_media_type'],
    ['nonsense', 415, 'unsupported_media_type'],
    ['application/json; charset=utf-16', 415, 'unsupported_media_type'],
    ['application/json; charset=latin1', 415, 'unsupported_media_type'],
    ['application/json; charset="koi8-r"', 415, 'unsupported_media_type'],
  ])('sent as %s is refused', async (type, status, code) => {
    await expectRefused(await signUp(json, { 'Content-Type': type }), status, code)
  })

  test('that is missing is refused', async () => {
    await expectRefused(await platform.request('POST', '/signup'), 400, 'invalid_request')
    await expectRefused(await signUp(''), 400, 'invalid_request')
  })

  test('that inflates past the limit, or does not unzip, is refused', async () => {
    const bomb = gzipSync(JSON.stringify({ company_name: 'x'.repeat(50_000_000) }))
    expect(bomb.length).toBeLessThan(60_000)
    await expectRefused(await signUp(bomb, { 'Content-Encoding': 'gzip' }), 413, 'body_too_large')
    await expectRefused(await signUp(json, { 'Content-Encoding': 'gzip' }), 400, 'malformed_request')
    await expectRefused(await signUp(json, { 'Content-Encoding': 'rot13' }), 415, 'unsupported_media_type')
  })

  test('that is zipped and good is taken', async () => {
    const body = gzipSync(JSON.stringify(signupBody('Zipped')))
    expect((await signUp(body, { 'Content-Encoding': 'gzip' })).status).toBe(201)
  })
})

describe('a path or query', () => {
  test.each([
    ['/v1/clients/%', 400, 'malformed_request'],
    ['/v1/clients/%c3%28', 400, 'malformed_request'],
    ['/v1/clients/%00', 400, 'invalid_request'],
    [`/v1/clients/1%20or%201=1`, 400, 'invalid_request'],
    ['/v1/clients/../../etc', 404, 'not_found'],
    ['/v1/clients/a%2fb', 400, 'invalid_request'],
    [`/v1/clients/${'x'.repeat(8000)}`, 400, 'invalid_request'],
    ['/v1/clients?q=%zz', 400, 'invalid_request'],
    ['/v1/clients?q=%ff', 400, 'invalid_request'],
    ['/v1/clients?q=a%00b', 400, 'invalid_request'],
    ['/v1/clients?q=%ed%a0%80', 400, 'invalid_request'],
    ['/v1/clients?a%00b=1', 400, 'invalid_request'],
    ['/v1/clients?q=a&q=b', 400, 'invalid_request'],
    ['/v1/clients?limit=1&limit=2', 400, 'invalid_request'],
    ['/v1/clients?q[a]=b', 400, 'invalid_request'],
    ['/v1/clients?__proto__=1', 400, 'invalid_request'],
    ['/v1/clients?__proto__[limit]=1', 400, 'invalid_request'],
    ['/v1/clients?constructor=1', 400, 'invalid_request'],
    ['/v1/clients?=1', 400, 'invalid_request'],
    [`/v1/clients?${Array.from({ length: 2000 }, (_, i) => `x${i}=`).join('&')}`, 400, 'invalid_request'],
  ])('%.60s is refused', async (path, status, code) => {
    await expectRefused(await platform.acme.get(path), status, code)
  })

  test('nobody’s prototype was touched', () => {
    expect(({} as { plan?: string; limit?: string }).plan ?? ({} as { limit?: string }).limit).toBeUndefined()
  })
})

describe('the header X-Tenant-ID', () => {
  test.each(['acme, acme', 'globex', `acme'; drop table clients; --`, 'x'.repeat(5000), '../acme', 'acmé'])(
    'as %.30s is refused',
    async (name) => {
      const answer = await platform.get('/v1/clients', {
        Authorization: `Bearer ${platform.acme.token}`,
        'X-Tenant-ID': name,
      })
      await expectRefused(answer, 403, 'tenant_mismatch')
    },
  )

  const ask = (...lines: string[]) =>
    sendRaw(
      platform.url,
      [
        'GET /v1/clients HTTP/1.1',
        'Host: x',
        'Connection: close',
        `Authorization: Bearer ${platform.acme.token}`,
        ...lines,
        '',
        '',
      ].join('\r\n'),
    )

  test('twice is refused, also with one name', async () => {
    expect(await ask('X-Tenant-ID: acme', 'X-Tenant-ID: globex')).toMatch(/^HTTP\/1.1 403 /)
    expect(await ask('X-Tenant-ID: globex', 'x-tenant-id: acme')).toMatch(/^HTTP\/1.1 403 /)
    expect(await ask('X-Tenant-ID: acme', 'X-Tenant-ID: acme')).toMatch(/^HTTP\/1.1 403 /)
    expect(await ask('X-Tenant-ID: acme')).toMatch(/^HTTP\/1.1 200 /)
  })

  test.each(['acme\nX-Admin: 1', 'acme\rX-Admin: 1', 'acme\0', 'acme\x7f\b'])(
    'with control characters (%j) is no HTTP',
    async (name) => {
      const answer = await ask(`X-Tenant-ID: ${name}`)
      expect(answer).toMatch(/^HTTP\/1.1 4\d\d /)
      expect(answer).not.toContain('X-Admin')
    },
  )
})

describe('what is no HTTP', () => {
  const post = (...lines: string[]) =>
    sendRaw(
      platform.url,
      ['POST /signup HTTP/1.1', 'Host: x', 'Content-Type: application/json', ...lines].join('\r\n'),
    )

  test.each([
    ['nonsense', 'hello\r\n\r\n'],
    ['a method that does not exist', 'BREW /pot HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['no host', 'GET /health HTTP/1.1\r\n\r\n'],
    ['a header without a name', 'GET /health HTTP/1.1\r\nHost: x\r\n: y\r\n\r\n'],
    ['a space before the colon', 'GET /health HTTP/1.1\r\nHost: x\r\nA : y\r\n\r\n'],
    ['a TLS greeting', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
    ['another version', 'GET /health HTTP/9.9\r\nHost: x\r\n\r\n'],
  ])('%s is answered with 400', async (_what, bytes) => {
    expect(await sendRaw(platform.url, Buffer.from(bytes, 'latin1'))).toMatch(/^HTTP\/1.1 400 /)
  })

  test('two ways to say how long a body is are refused', async () => {
    expect(await post('Content-Length: 5', 'Transfer-Encoding: chunked', '', '0\r\n\r\n')).toMatch(
      /^HTTP\/1.1 400 /,
    )
    expect(await post('Content-Length: 5', 'Content-Length: 6', '', '{"a":1}')).toMatch(/^HTTP\/1.1 400 /)
    expect(await post('Content-Length: -1', '', '')).toMatch(/^HTTP\/1.1 400 /)
  })

  test('a body longer than it says is cut there, and the rest is no request', async () => {
    const answer = await post('Content-Length: 2', '', '{}{"company_name":"x"}\r\n\r\n')
    expect(new Set(answer.match(/HTTP\/1.1 \d+/g))).toEqual(new Set(['HTTP/1.1 400']))
    expect(await countRows()).toEqual(before)
  })

  test('a body shorter than it says, and then nobody there, writes nothing and fails nothing', async () => {
    expect(await post(`Content-Length: ${json.length + 10}`, '', json)).toBe('')
    expect(await countRows()).toEqual(before)
    expect(platform.logLines.filter((line) => line.includes('"level":"error"'))).toEqual([])
  })
})
