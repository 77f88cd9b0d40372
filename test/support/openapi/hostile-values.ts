import fc from 'fast-check'

/** Texts that have broken something somewhere. */
const texts = [
  '',
  ' ',
  '\0',
  'a\0b@acme.example',
  '\ud800',
  'a\udc00b',
  '\ufeff',
  '\u2028',
  '\u202eelpmaxe.emca@renwo',
  'שלום עולם',
  'ﬁ İ ß ǅ',
  'z\u0300'.repeat(200),
  '👩‍👩‍👧‍👧',
  '𝔘𝔫𝔦𝔠𝔬𝔡𝔢',
  `'; drop table users; --`,
  '$1',
  '%',
  '%00',
  '\\',
  '{{7*7}}',
  '<script>alert(1)</script>',
  '=1+1',
  '../../etc/passwd',
  '__proto__',
  'constructor',
  'x'.repeat(1_000),
  'x'.repeat(100_000),
  '𐍈'.repeat(101),
  `${'a'.repeat(64)}@${'b'.repeat(185)}.example`,
  'owner@acme.example\r\nBcc: all@acme.example',
  '"owner"@acme.example',
  'owner@[127.0.0.1]',
  'owner@acme。example',
  '00000000-0000-0000-0000-000000000000',
  'ffffffff-ffff-ffff-ffff-ffffffffffff',
  'null',
  'true',
  '0x10',
  '-0',
  '١٢٣',
  '1e400',
  'NaN',
  'Infinity',
]

/** Days and instants at the edges of what ISO 8601, JavaScript and PostgreSQL can each say. */
const dates = [
  '0000-01-01',
  '0001-01-01',
  '9999-12-31',
  '10000-01-01',
  '2026-02-29',
  '2024-02-29',
  '2026-13-45',
  '0000-01-01T00:00:00Z',
  '0000-01-01T00:00:00.000Z',
  '0000-01-01T00:00:00+23:59',
  '0001-01-01T00:00:00+23:59',
  '9999-12-31T23:59:59.999999Z',
  '9999-12-31T23:59:59-23:59',
  '2016-12-31T23:59:60Z',
  '2026-03-29T02:30:00',
  '2026-03-02T10:00:00.0000000000001Z',
  '+275760-09-13T00:00:00.001Z',
  'infinity',
  '-infinity',
  'now',
  'epoch',
]

const numbers = [
  0,
  -0,
  -1,
  0.1,
  5e-324,
  2 ** 31 - 1,
  2 ** 31,
  2 ** 53 - 1,
  2 ** 53,
  2 ** 53 + 2,
  -(2 ** 53),
  2 ** 63,
  1e21,
  1e308,
  Number.POSITIVE_INFINITY,
]

const surrogates = { first: 0xd800, count: 0x800 }

/** What fast-check's unit 'binary' gives, without the table of a million characters that it makes first. */
export const codePoint = fc.nat(0x10ffff - surrogates.count).map(
  (index) => String.fromCodePoint(index < surrogates.first ? index : index + surrogates.count),
  (text) => {
    const [character = '', ...more] = String(text)
    const point = character.codePointAt(0)
    if (point === undefined || more.length > 0 || !character.isWellFormed())
      throw new Error('not a character')
    return point < surrogates.first ? point : point - surrogates.count
  },
)

/** Texts that are short enough for any field, and that PostgreSQL, JSON or a page cannot hold as they are. */
export const oddText = fc.constantFrom(
  '\0',
  'a\0b',
  '\ud800',
  'a\udc00b',
  '\u202eab',
  '\ufeff',
  '%',
  '\\',
  `'`,
  '__proto__',
)

/** Texts from short ones to long ones, of any character. */
export const anyText = fc.oneof(
  fc.constantFrom(...texts, ...dates),
  fc.string({ unit: codePoint, maxLength: 300 }),
)

const nested = (depth: number) => JSON.parse(`${'['.repeat(depth)}${']'.repeat(depth)}`)
/** As JSON.parse makes it: an own member of that name, which no literal has. */
const withPrototype = JSON.parse('{"__proto__":{"role":"owner"},"constructor":{"prototype":{}}}')

/** Anything that JSON can say, and numbers that are too large for JavaScript. */
export const anyJson: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 2, arbitrary: fc.jsonValue() },
  { weight: 2, arbitrary: anyText },
  { weight: 1, arbitrary: fc.constantFrom<unknown>(null, true, false, ...numbers) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<unknown>([], {}, [[]], [null], { id: {} }, withPrototype, nested(40)),
  },
)

/** Days, instants and numbers at the edges, as they fit a format or type of a schema. */
export const edges = { dates, numbers }

/** Names of members that an object has from its prototype, or that nobody asked for. */
export const anyName = fc.oneof(
  fc.string({ maxLength: 20 }),
  fc.constantFrom(
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    'then',
    'toJSON',
    'length',
    '0',
    '',
    'id',
    'tenant_id',
    'created_at',
    'deleted_at',
  ),
)

type TextChange = [says: string, change: (text: string) => string]

/** Small changes of a text: its case, its ends. */
const changes: TextChange[] = [
  ['in upper case', (text) => text.toUpperCase()],
  ['between blanks', (text) => ` ${text} `],
  ['twice', (text) => text + text],
  ['without its first character', (text) => text.slice(1)],
  ['without its last character', (text) => text.slice(0, -1)],
  ['with a NUL behind', (text) => `${text}\0`],
]

/** A change of any text, which says what it does. */
export const anyChange: fc.Arbitrary<TextChange> = fc.oneof(
  fc.constantFrom(...changes),
  fc.tuple(fc.nat(100), fc.string({ unit: codePoint, minLength: 1, maxLength: 3 })).map(
    ([place, more]): TextChange => [
      `with ${JSON.stringify(more)} in its midst`,
      (text) => {
        const at = place % (text.length + 1)
        return text.slice(0, at) + more + text.slice(at + 1)
      },
    ],
  ),
)

/** Good texts with something changed. */
export function spoilt(texts: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.tuple(texts, anyChange).map(([text, [, change]]) => change(text))
}
