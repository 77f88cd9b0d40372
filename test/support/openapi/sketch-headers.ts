import fc from 'fast-check'
import type { Operation } from './document.ts'
import { anyText } from './hostile-values.ts'
import { Later } from './later.ts'
import type { Side } from './sketches.ts'

/** Beside the caller's own, and instead of those of the same name. */
export type HeaderSketch = [name: string, value: unknown]

const header = (name: string, ...values: (string | Later)[]): fc.Arbitrary<HeaderSketch> =>
  fc.tuple(fc.constant(name), fc.constantFrom<unknown>(...values))

/** What a body is signed with is known when the rest of it is. */
export const signature: HeaderSketch = [
  'Stripe-Signature',
  new Later('the signature of the body', () => undefined),
]

/** Whether it is Stripe that calls. */
export function wantsSignature({ parameters }: Operation): boolean {
  return parameters.some(({ name }) => isSignature([name, undefined]))
}

/** Whether a header is the signature of the body. */
export function isSignature([name]: HeaderSketch): boolean {
  return name.toLowerCase() === 'stripe-signature'
}

let keys = 0
const freshKey = new Later('a fresh key', () => `contract-${++keys}`)
/** A key that an earlier request had. */
export const keptKey: HeaderSketch = [
  'Idempotency-Key',
  new Later('a key of before', ({ kept }) => kept?.key ?? 'none-of-before'),
]
const entityTag = new Later('its entity tag', (present) => present.entityTag())

const always = [
  header('Accept-Language', 'fr', 'en', 'fr-CH, fr;q=0.9, en;q=0.8'),
  header('Accept', '*/*', 'application/json', 'text/html'),
]

/** Those that only some operations read. */
const ofSome = new Map([
  ['idempotency-key', header('Idempotency-Key', freshKey)],
  ['if-match', header('If-Match', '*', entityTag)],
])

const long = 'x'.repeat(3000)

const odd = fc.oneof(
  header(
    'Content-Type',
    'text/plain',
    'application/json; charset=utf-16',
    'application/jsonx',
    'application/x-ndjson',
    'multipart/form-data; boundary=x',
    'APPLICATION/JSON;charset=UTF-8',
    'nonsense',
    '',
  ),
  header('Content-Encoding', 'gzip', 'identity', 'rot13', 'gzip, br'),
  header('Accept-Language', '', '*', 'de', 'fr;q=nonsense', `fr;q=${'9'.repeat(400)}`, long),
  header('Accept', '', 'image/png', 'nonsense', long),
  header('If-None-Match', '*', '"junk"'),
  header(
    'X-Tenant-ID',
    '',
    'no-such-tenant',
    'system-default',
    '../x',
    long,
    'a, b',
    new Later('another tenant', ({ otherTenantId }) => otherTenantId),
  ),
  header(
    'Authorization',
    '',
    'Bearer',
    'Bearer ',
    'Bearer x.y.z',
    `Bearer ${long}`,
    'Basic YTpi',
    'Bearer tnt_x',
    'ÿ',
  ),
  header('X-Admin-Key', '', 'x', 'x'.repeat(32), long),
  header(
    'Host',
    'example.com',
    'no-such-tenant.tenantry.example',
    '.tenantry.example',
    '[::1]',
    'x'.repeat(300),
  ),
  header('X-Forwarded-For', 'nonsense', '::1', '1.2.3.4, 5.6.7.8', '[::1]:80', 'fe80::1%eth0', long),
  header('X-Forwarded-Proto', 'nonsense'),
  header('X-Request-Id', long, 'ÿ'),
  header('X-HTTP-Method-Override', 'DELETE'),
  header('Origin', 'null', 'https://evil.example', 'nonsense'),
  header('Range', 'bytes=0-0'),
  header('Cookie', long),
  header('Stripe-Signature', '', 't=1,v1=00', long),
  fc.tuple(
    fc.constantFrom('Accept-Language', 'If-Match', 'Idempotency-Key', 'User-Agent'),
    anyText.map(asHeader),
  ),
)

const oddOfSome = new Map([
  [
    'idempotency-key',
    header(
      'Idempotency-Key',
      'always-the-same',
      '',
      ' ',
      'x'.repeat(200),
      'x'.repeat(201),
      'ÿ',
      'a\tb',
      '__proto__',
    ),
  ],
  ['if-match', header('If-Match', '', '"junk"', 'W/"junk"', '"a", "b"', ',', '"', '**', long, 'ÿ')],
])

/** What Node lets out of a process as the value of a header. */
function asHeader(text: string): string {
  return text.replace(/[^\t\x20-\x7e\x80-\xff]/g, '?').slice(0, 3000)
}

/** Headers that the operation reads, and bad ones of those and others. */
export function headersOf(operation: Operation): Side<HeaderSketch[]> {
  const read = operation.parameters.map(({ name }) => name.toLowerCase())
  const chosen = (from: typeof ofSome) =>
    [...from].filter(([name]) => read.includes(name)).map(([, each]) => each)
  const signed = wantsSignature(operation) ? [signature] : []
  const good = fc
    .array(fc.oneof(...always, ...chosen(ofSome)), { maxLength: 2 })
    .map((few) => [...signed, ...few])
  const bad = fc
    .array(fc.oneof({ weight: 3, arbitrary: odd }, ...chosen(oddOfSome)), { minLength: 1, maxLength: 2 })
    .map((few) => (few.some(isSignature) ? few : [...signed, ...few]))
  return { good, bad, weight: 4 }
}
