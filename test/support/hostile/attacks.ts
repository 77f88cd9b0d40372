import { crc32 } from 'node:zlib'
import { makeBomb, type Packing } from './bombs.ts'
import { connectionAttacks } from './connection-attacks.ts'
import { type Attack, head, post, sendAll, signedIn } from './wire.ts'

const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i))

const signup = (i: number) => ({
  company_name: `Flood ${i}`,
  company_email: `hello@flood-${i}.example`,
  admin_email: `owner@flood-${i}.example`,
  admin_password: 'correct-horse-7',
  admin_first_name: 'Ada',
  admin_last_name: 'Lovelace',
  plan: 'professional',
  accept_terms: true,
  accept_privacy: true,
})

/** Every attack by name: here those of whole requests that cost a server much. */
export const attacks = {
  ...connectionAttacks,

  /** One huge header, thousands of small ones, a huge URL, cookies without end. */
  async hugeHeaders(target) {
    const huge = [
      head('GET', '/health', `X-Huge: ${'x'.repeat(200_000)}`),
      head('GET', '/health', ...times(20_000, (i) => `X-${i}: ${i}`)),
      head('GET', `/${'x'.repeat(200_000)}`),
      head('GET', `/v1/clients?${'q=x&'.repeat(50_000)}`, ...signedIn(target)),
      head('GET', '/health', ...times(5_000, (i) => `Cookie: c${i}=${'x'.repeat(40)}`)),
      head('GET', '/health', ...times(1_900, () => 'a:')),
      // Within what a head may be.
      head('GET', '/v1/me', ...times(600, (i) => `X-${i}: ${i}`), `Cookie: ${'c=1; '.repeat(500)}`),
    ]
    return sendAll(
      target,
      times(350, (i) => huge[i % huge.length] as string),
      100,
    )
  },

  /** A gibibyte of zeros in at most a mebibyte, in each encoding; also packed twice. */
  async zipBombs(target) {
    const packings: Packing[] = ['gzip', 'deflate', 'br', 'zstd', 'gzip, gzip']
    const bombs = packings.map((packing) =>
      post('/auth/login', makeBomb(packing), `Content-Encoding: ${packing}`),
    )
    return sendAll(
      target,
      times(50, (i) => bombs[i % bombs.length] as Buffer),
      20,
    )
  },

  /** Bodies of a mebibyte that are deep, wide, full of numbers or of names of prototypes. */
  async costlyJson(target) {
    const nested = (open: string, close: string, count: number) => open.repeat(count) + close.repeat(count)
    const bodies = [
      nested('[', ']', 500_000),
      `${'{"a":'.repeat(170_000)}1${'}'.repeat(170_000)}`,
      '['.repeat(1_000_000),
      `{${times(100_000, (i) => `"x${i}":1`)}}`,
      `[${'1,'.repeat(500_000)}1]`,
      `{${'"a":1,'.repeat(160_000)}"a":1}`,
      `{${'"__proto__":{"polluted":1},'.repeat(35_000)}"a":1}`,
      `{"constructor":{"prototype":{"polluted":1}},"email":"${'\\ud800'.repeat(150_000)}"}`,
      `{"email":"${'9'.repeat(1_000_000)}","password":${'9'.repeat(40_000)}}`,
      `{"email":${JSON.stringify(`${'a.'.repeat(250_000)}@${'a-'.repeat(250_000)}`)},"password":"x"}`,
      `{"name":${JSON.stringify('\ufffd'.repeat(300_000))},"phone":"${'+1 '.repeat(30_000)}x"}`,
      `{"a":${'-1e-'.repeat(100_000)}}`,
    ]
    const requests = bodies.flatMap((body) => [
      post('/auth/login', body),
      post('/v1/clients', body, ...signedIn(target)),
      post('/v1/clients/import', body, ...signedIn(target))
        .toString('latin1')
        .replace('application/json', 'application/x-ndjson'),
    ])
    return sendAll(target, requests, 8)
  },

  /** Headers that patterns might take long for, as long as a head may be. */
  async costlyHeaders(target) {
    const pumps = [
      ' ',
      ';',
      ',',
      'a',
      '-',
      '=',
      '"',
      '; ',
      ';q=',
      'a-',
      'a/',
      '\t ',
      '0',
      '.',
      '; charset',
      'a.',
    ]
    const names = [
      'Accept',
      'Accept-Language',
      'Content-Type',
      'Content-Encoding',
      'Authorization',
      'Cookie',
      'If-Match',
      'Range',
      'Forwarded',
      'X-Forwarded-For',
      'Idempotency-Key',
      'X-Tenant-ID',
      'Origin',
      'Host',
      'Content-Disposition',
    ]
    const requests = names.flatMap((name) =>
      pumps.map((pump) => {
        const value = `${name === 'Authorization' ? 'Bearer ' : 'x'}${pump.repeat(14_000 / pump.length)}\u00ff`
        const more = name === 'Authorization' ? [] : signedIn(target)
        return Buffer.from(
          head('POST', '/v1/clients', ...more, `${name}: ${value}`, 'Content-Length: 0'),
          'latin1',
        )
      }),
    )
    return sendAll(target, requests, 20)
  },

  /** Tokens, keys and names that nobody gave out, each another, and some in another's name. */
  async strangers(target) {
    const [header, payload = ''] = target.token.split('.')
    const hex = (i: number) => i.toString(16).padStart(32, '0')
    const key = (tenant: string, i: number) => {
      const text = `tnt_${tenant}_${hex(i)}${'s'.repeat(32)}`
      return text + crc32(text).toString(16).padStart(8, '0')
    }
    const requests = times(1_000, (i) => {
      const bad = `${header}.${payload}.${Buffer.from(hex(i) + hex(i)).toString('base64url')}`
      return [
        head('GET', '/v1/clients', `Authorization: Bearer ${bad}`, `X-Tenant-ID: ${target.tenantId}`),
        head(
          'GET',
          '/v1/clients',
          `Authorization: Bearer ${key(`no-such-${i}`, i)}`,
          `X-Tenant-ID: no-such-${i}`,
        ),
        head('GET', '/v1/clients', `Authorization: Bearer ${target.token}`, `X-Tenant-ID: tenant-${i}`),
        head(
          'GET',
          '/v1/clients',
          `Authorization: Bearer ${key(target.otherTenantId, i)}`,
          `X-Tenant-ID: ${target.otherTenantId}`,
        ),
        head('GET', `/nowhere/${i}`, `X-Request-Id: ${hex(i)}`),
      ]
    })
    return sendAll(target, requests.flat(), 60)
  },

  /** As many idempotency keys. */
  async idempotencyKeys(target) {
    const requests = times(Number(process.env.IDEMPOTENCY_KEYS ?? 1_000), (i) =>
      post('/v1/clients', '{"name":"Once"}', `Idempotency-Key: key-${i}`, ...signedIn(target)),
    )
    return sendAll(target, requests, 30)
  },

  /** Passwords to check and to keep, more than a machine can. */
  async passwordFlood(target) {
    const logins = times(400, (i) =>
      post('/auth/login', JSON.stringify({ email: `nobody-${i}@example.com`, password: 'correct-horse-7' })),
    )
    const signups = times(100, (i) => post('/signup', JSON.stringify(signup(i))))
    const requests = logins.flatMap((login, i) => (i % 4 === 0 ? [login, signups[i / 4] as Buffer] : [login]))
    return sendAll(target, requests, 300)
  },
} satisfies Record<string, Attack>

export type AttackName = keyof typeof attacks
