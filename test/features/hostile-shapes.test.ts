/* Requests that are almost HTTP, names that reach for prototypes, and text made for slow patterns. */
import { randomUUID } from 'node:crypto'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { setImmediate } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { withDirectClient } from '../../src/db/direct-client.ts'
import type { TenantId } from '../../src/db/tenant-id.ts'
import { AppError } from '../../src/errors.ts'
import { makeApiKey, parseApiKey } from '../../src/features/api-keys/key-format.ts'
import { createRoom } from '../../src/http/room.ts'
import { introduce } from '../../src/http/unknown-keys.ts'
import { type Platform, startPlatform } from '../support/platform.ts'
import { sendRaw } from '../support/raw-request.ts'
import { askSlowly } from '../support/slow-readers.ts'

let platform: Platform
beforeAll(async () => {
  platform = await startPlatform()
})
afterAll(() => platform.stop())

/** The statuses of all answers to what was written. */
async function answersTo(bytes: string | Buffer): Promise<string[]> {
  // Most are closed at once, by the server.
  const answer = await sendRaw(platform.url, bytes, 2000)
  return [...answer.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status = '']) => status)
}

const hidden = 'GET /hidden HTTP/1.1\r\nHost: x\r\n\r\n'
const chunked = `0\r\n\r\n${hidden}`
const login = (...headers: string[]) =>
  ['POST /auth/login HTTP/1.1', 'Host: x', 'Content-Type: application/json', ...headers, '', ''].join('\r\n')

describe('a second request hidden in a first is never seen', () => {
  test.each<[what: string, bytes: string]>([
    [
      'Content-Length and Transfer-Encoding',
      login(`Content-Length: ${chunked.length}`, 'Transfer-Encoding: chunked') + chunked,
    ],
    [
      'Transfer-Encoding and Content-Length',
      login('Transfer-Encoding: chunked', 'Content-Length: 5') + chunked,
    ],
    ['two lengths', login('Content-Length: 0', `Content-Length: ${hidden.length}`) + hidden],
    ['a list of lengths', login(`Content-Length: 0, ${hidden.length}`) + hidden],
    ['a length with a sign', login('Content-Length: +0') + hidden],
    ['a length in hexadecimal', login('Content-Length: 0x0') + hidden],
    ['chunked, and then something else', login('Transfer-Encoding: chunked, identity') + chunked],
    ['almost chunked', login('Transfer-Encoding: xchunked') + chunked],
    ['chunked with a tab in front of the colon', login('Transfer-Encoding\t: chunked') + chunked],
    ['a space in front of a colon', login('Content-Length : 0') + hidden],
    ['a folded line', login('X-Folded: a\r\n Transfer-Encoding: chunked', 'Content-Length : 0') + chunked],
    ['a bare LF behind a header', login('X-Bare: a\nTransfer-Encoding: chunked') + chunked],
    ['a bare CR in a header', login('X-Bare: a\rTransfer-Encoding: chunked') + chunked],
    ['a NUL in a header', login('X-Bare: a\0b') + hidden],
    [
      'a chunk longer than numbers are',
      `${login('Transfer-Encoding: chunked')}fffffffffffffffff\r\n${hidden}`,
    ],
    ['a chunk of negative length', `${login('Transfer-Encoding: chunked')}-1\r\n${hidden}`],
    [
      'a bare LF behind a chunk’s length',
      `${login('Transfer-Encoding: chunked')}2\n{}\r\n0\r\n\r\n${hidden}`,
    ],
    ['a chunk that does not end', `${login('Transfer-Encoding: chunked')}2\r\n{}0\r\n\r\n${hidden}`],
  ])('by %s', async (_what, bytes) => {
    expect(await answersTo(bytes)).toEqual(['400'])
  })
})

describe('what is not for us', () => {
  test.each<[what: string, bytes: string | Buffer, statuses: string[]]>([
    ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', ['400']],
    ['a greeting of TLS', Buffer.from('16030100c8010000c40303', 'hex'), ['400']],
    ['HTTP/0.9, whose answer is one of HTTP/1.1', 'GET /health\r\n\r\n', ['200']],
    ['no host', 'GET /health HTTP/1.1\r\n\r\n', ['400']],
    ['CONNECT', 'CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n', []],
    ['TRACE', 'TRACE /health HTTP/1.1\r\nHost: x\r\n\r\n', ['405']],
    [
      'an upgrade',
      'GET /health HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
      ['200'],
    ],
    ['a whole URL', 'GET http://elsewhere.example/health HTTP/1.1\r\nHost: x\r\n\r\n', ['200']],
    ['an asterisk', 'OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n', ['404']],
    ['a range', 'GET /health HTTP/1.1\r\nHost: x\r\nRange: bytes=0-1,3-9\r\n\r\n', ['200']],
    ['HEAD with a body', 'HEAD /health HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}', ['200']],
    [
      'an expectation that nobody knows',
      'GET /health HTTP/1.1\r\nHost: x\r\nExpect: miracles\r\n\r\n',
      ['200'],
    ],
    ['a body that waits to be asked for', login('Expect: 100-continue', 'Content-Length: 2'), ['100']],
    [
      'a trailer',
      `${login('Transfer-Encoding: chunked', 'Trailer: X-Tenant-ID')}2\r\n{}\r\n0\r\nX-Tenant-ID: acme\r\n\r\n`,
      ['400'],
    ],
    [
      'chunks with long extensions',
      `${login('Transfer-Encoding: chunked')}2;${'x'.repeat(20_000)}\r\n{}\r\n0\r\n\r\n`,
      ['413'],
    ],
  ])('%s', async (_what, bytes, statuses) => {
    const closing =
      typeof bytes === 'string' ? bytes.replace('Host: x\r\n', 'Host: x\r\nConnection: close\r\n') : bytes
    expect(await answersTo(closing)).toEqual(statuses)
  })
})

test('many requests at once on one connection are all answered in turn, more than anybody sends cut it', async () => {
  const one = 'GET /health HTTP/1.1\r\nHost: x\r\n\r\n'
  const last = 'GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'
  expect(await answersTo(one.repeat(199) + last)).toEqual(Array(200).fill('200'))
  expect((await answersTo(one.repeat(1000))).length).toBeLessThanOrEqual(32)
})

test('a long answer that nobody takes is given up after a minute', async () => {
  // More than the system takes for a reader who is slow.
  const notes = '長'.repeat(20_000)
  const row = `${JSON.stringify({ name: 'Long', notes })}\n`
  const type = { 'Content-Type': 'application/x-ndjson' }
  await platform.acme.request('POST', '/v1/clients/import', row.repeat(100), type)
  const { response, sending } = await askSlowly(platform, platform.acme, '/v1/clients?limit=100')
  const { socket } = sending
  expect([sending.writableLength > 0, socket?.timeout]).toEqual([true, 60_000])
  socket?.emit('timeout')
  await expect(response.toArray()).rejects.toMatchObject({ code: 'ECONNRESET' })
})

test('when there is no room for all, the group that holds most gives way, the largest of it first', () => {
  const room = createRoom(1_000_000)
  const gone: string[] = []
  const hold = (name: string, bytes: number, group?: string) => {
    const holder = {}
    room.hold(holder, bytes, () => gone.push(name), group)
    return holder
  }
  hold('small one of many', 50_000, 'many')
  hold('large one of many', 60_000, 'many')
  const taken = {}
  room.hold(taken, 500_000, undefined, 'many')
  hold('largest of all', 400_000, 'few')
  expect(gone).toEqual(['large one of many'])
  hold('one of its own', 40_000)
  expect(gone).toEqual(['large one of many'])
  hold('late one of many', 20_000, 'many')
  expect(gone).toEqual(['large one of many', 'small one of many'])
  // Those of the group that has still most cannot give way, so the next does.
  room.hold(taken, 590_000, undefined, 'many')
  expect(gone.slice(2)).toEqual(['late one of many', 'largest of all'])
  room.letGo(taken)
  hold('after', 900_000, 'many')
  expect(gone.slice(4)).toEqual([])
})

test('who holds bodies on many connections gives way to who sends a longer one, and the log has a line of each', async () => {
  const { acme, globex } = platform
  const { hostname, port } = new URL(platform.url)
  const head = [
    'POST /v1/clients HTTP/1.1',
    'Host: x',
    'Content-Type: application/json',
    'Content-Length: 900000',
    `Authorization: Bearer ${globex.token}`,
    'X-Tenant-ID: globex',
  ].join('\r\n')
  const sockets = Array.from({ length: 280 }, () => connect(Number(port), hostname))
  let answers = ''
  platform.logLines.length = 0
  try {
    for (const socket of sockets) {
      socket
        .on('error', () => undefined)
        .on('data', (data) => {
          answers += data
        })
      socket.write(`${head}\r\n\r\n${' '.repeat(200_000)}`)
    }
    await vi.waitFor(() => expect(answers).toContain('HTTP/1.1 503'), { timeout: 20_000 })
    const { status, body } = await acme.post('/v1/clients', { name: 'x'.repeat(900_000) })
    expect([status, body.code]).toEqual([400, 'invalid_request'])
  } finally {
    for (const socket of sockets) socket.destroy()
  }
  const lines = await vi.waitFor(() => {
    const told = platform.logLines.map((line) => JSON.parse(line)).filter(({ status }) => status === 503)
    expect(told.length).toBeGreaterThan(0)
    return told
  })
  expect(lines[0]).toMatchObject({ level: 'warn', code: 'overloaded', tenant_id: 'globex' })
  expect(platform.logLines.filter((line) => /"level":"error"|"stack"/.test(line))).toEqual([])
  const ids = new Set(lines.map(({ request_id }) => request_id))
  expect(platform.logLines.filter((line) => ids.has(JSON.parse(line).request_id))).toHaveLength(ids.size)
})

test('who has no token sends 64 KiB at most', async () => {
  const body = (bytes: number) => ({ email: 'x'.repeat(bytes), password: 'x' })
  expect((await platform.post('/auth/login', body(65_536))).body.code).toBe('body_too_large')
  expect((await platform.post('/auth/login', body(65_000))).body.code).toBe('invalid_request')
  expect((await platform.acme.post('/v1/clients', { name: 'x'.repeat(1_000_000) })).body.code).toBe(
    'invalid_request',
  )
})

test('a body that is packed in any way we know is taken, and one that ends early or is packed twice is not', async () => {
  const body = gzipSync('{"name":"Packed"}')
  const send = (bytes: Uint8Array<ArrayBuffer>, coding: string) =>
    platform.acme.request('POST', '/v1/clients', bytes, { 'Content-Encoding': coding })
  expect((await send(body, 'GZIP')).status).toBe(201)
  expect((await send(body, 'x-gzip')).status).toBe(201)
  expect((await send(body.subarray(0, -4), 'gzip')).body.code).toBe('malformed_request')
  expect((await send(gzipSync(body), 'gzip, gzip')).body.code).toBe('unsupported_media_type')
})

test('names that reach for prototypes reach nothing', async () => {
  const before = (await platform.globex.get('/v1/clients')).body
  const names = ['__proto__', 'constructor', 'prototype', '__defineGetter__', 'toString', 'hasOwnProperty']
  const values = ['{"polluted":1,"limit":1}', '{"prototype":{"polluted":1}}', '"polluted"']
  for (const name of names) {
    for (const value of values) {
      const body = `{"name":"x","${name}":${value}}`
      await platform.acme.post('/v1/clients', body)
      await platform.acme.post('/auth/login', body)
      await platform.acme.post('/v1/clients/import', body, { 'Content-Type': 'application/x-ndjson' })
    }
    await platform.acme.get(`/v1/clients?${name}[polluted]=1&${name}.limit=1`)
    await platform.acme.get('/v1/clients', { [name]: 'polluted', Cookie: `${name}=polluted` })
  }
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
  expect(Object.keys(Object.prototype)).toEqual([])
  expect((await platform.globex.get('/v1/clients')).body).toEqual(before)
})

test('keys that nobody gave out, in the name of a tenant, take few of its places', async () => {
  const { acme } = platform
  const strangers = Array.from({ length: 30 }, () => makeApiKey('acme' as TenantId, randomUUID()).key)
  await withDirectClient(platform.database.adminUrl, async (client) => {
    await client.query('begin; lock table api_keys in access exclusive mode')
    const asked = strangers.map((key) =>
      platform.get('/v1/clients', { Authorization: `Bearer ${key}`, 'X-Tenant-ID': 'acme' }),
    )
    await vi.waitFor(async () => {
      const waiting = await platform.sql(
        "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
      )
      expect(waiting.length).toBeGreaterThanOrEqual(2)
    })
    const answers = await Promise.all(Array.from({ length: 5 }, () => acme.get('/v1/clients')))
    expect(answers.map(({ status }) => status)).toEqual(Array(5).fill(200))
    await client.query('rollback')
    const statuses = (await Promise.all(asked)).map(({ status }) => status)
    expect(statuses.filter((status) => status !== 401 && status !== 503)).toEqual([])
  })
  const { body: made } = await acme.post('/v1/api-keys', { name: 'Good', role: 'viewer' })
  const headers = { Authorization: `Bearer ${made.key}`, 'X-Tenant-ID': 'acme' }
  expect([(await platform.get('/v1/clients', headers)).status, made.key]).toEqual([200, expect.any(String)])
  await acme.delete(`/v1/api-keys/${made.id}`)
  expect((await platform.get('/v1/clients', headers)).status).toBe(401)
})

test('keys that nobody gave out keep no new key from another address waiting, and few are looked up at a time', async () => {
  const claims = () => {
    const key = parseApiKey(makeApiKey('acme' as TenantId, randomUUID()).key)
    if (!key) throw new Error('no key')
    return key
  }
  const held = Promise.withResolvers<void>()
  let begun = 0
  const stranger = (network: string) =>
    introduce(claims(), network, async () => {
      begun++
      await held.promise
      throw new AppError('unauthenticated')
    }).catch(() => undefined)
  const strangers = Array.from({ length: 60 }, () => stranger('203.0.113.1'))
  await introduce(claims(), '203.0.113.2', async () => undefined)
  expect(begun).toBe(2)
  strangers.push(...Array.from({ length: 9 }, (_, host) => stranger(`198.51.100.${host}`)))
  await setImmediate()
  expect(begun).toBe(4)
  held.resolve()
  await Promise.all(strangers)
  expect(begun).toBe(69)
})

test('of many requests at once with one new key all are answered, also behind one that its role refuses', async () => {
  const { body: made } = await platform.acme.post('/v1/api-keys', { name: 'Busy', role: 'viewer' })
  const headers = { Authorization: `Bearer ${made.key}`, 'X-Tenant-ID': 'acme' }
  let arrived = 0
  const note = () => arrived++
  subscribe('http.server.request.start', note)
  try {
    await withDirectClient(platform.database.adminUrl, async (client) => {
      await client.query('begin; lock table api_keys in access exclusive mode')
      const refused = platform.post('/v1/clients', { name: 'Refused' }, headers)
      await vi.waitFor(() => expect(arrived).toBe(1))
      const asked = Array.from({ length: 100 }, () => platform.get('/v1/clients?limit=1', headers))
      await vi.waitFor(() => expect(arrived).toBe(101))
      await client.query('rollback')
      expect((await refused).status).toBe(403)
      expect((await Promise.all(asked)).map(({ status }) => status)).toEqual(Array(100).fill(200))
    })
  } finally {
    unsubscribe('http.server.request.start', note)
  }
})

describe('no pattern takes longer than in proportion to the text', () => {
  const long = 10_000
  const pumps = [
    'a',
    'A',
    '0',
    '-',
    '.',
    '_',
    ' ',
    '+',
    ':',
    '/',
    '@',
    '%',
    '=',
    ',',
    ';',
    '"',
    'é',
    '\t',
    'a.',
    'a-',
    '-a',
    '0-',
    '0.',
    'a@',
    '.a',
    '0:',
    'a/',
    '1 ',
    '(1',
    '::',
    '://',
    'ab',
    '-0',
  ]
  const starts = ['', 'a', '0', 'a@', 'a@a', 'http://', 'tnt_a_', '2026-03-02T', '+', '-', 'Bearer ', 'a=']
  const texts = starts.flatMap((start) =>
    pumps.flatMap((pump) =>
      ['\0', ' !'].map((end) => (length: number) => start + pump.repeat(length / pump.length) + end),
    ),
  )
  function work(match: (text: string) => unknown, text: string): number {
    const start = process.cpuUsage()
    match(text)
    const { user, system } = process.cpuUsage(start)
    return (user + system) / 1000
  }
  /**
   * Whether there is a text that takes three times as long when it is twice as long, however fast the machine. What takes
   * less than 10 ms is not looked at: in so little a machine's own moods show.
   */
  const isSlow = (match: (text: string) => unknown) =>
    texts.some((text) => {
      const once = work(match, text(long))
      return once > 10 && work(match, text(long)) > 10 && work(match, text(2 * long)) > 3 * once
    })

  test('of those that the description of the API names', () => {
    const document = readFileSync(new URL('../../src/openapi.json', import.meta.url), 'utf8')
    const patterns = [
      ...new Set(
        [...document.matchAll(/"pattern": ?("(?:[^"\\]|\\.)*")/g)].map(
          ([, text = '']) => JSON.parse(text) as string,
        ),
      ),
    ]
    expect(patterns.length).toBeGreaterThan(5)
    const slow = patterns.filter((pattern) => {
      const expression = new RegExp(pattern, 'u')
      return isSlow((text) => expression.test(text))
    })
    expect(slow).toEqual([])
  })

  test.each([
    ['e-mail address', z.email()],
    ['URL', z.url()],
    ['UUID', z.uuid()],
    ['instant', z.iso.datetime({ offset: true })],
    ['date', z.iso.date()],
  ])('nor the check of an %s', (_what, schema) => {
    expect(isSlow((text) => schema.safeParse(text))).toBe(false)
  })

  test('and one that does is found', () => {
    expect(isSlow((text) => /(a|b)+x$/.test(text))).toBe(true)
  })
})
