import fc from 'fast-check'

/** Texts that have broken something somewhere. */
const texts = [
  '',
  ' ',
  '\0',
  'a\0b@acme.example',
  '\ud800',
  '\ufeff',
  '\u202eelpmaxe.emca@renwo',
  'ﬁ İ ß ǅ',
  'z\u0300'.repeat(200),
  '👩‍👩‍👧‍👧',
  `'; drop table users; --`,
  '$1',
  '%00',
  '../../etc/passwd',
  '__proto__',
  'constructor',
  'x'.repeat(1_000),
  'x'.repeat(100_000),
  `${'a'.repeat(64)}@${'b'.repeat(185)}.example`,
  'owner@acme.example\r\nBcc: all@acme.example',
  '"owner"@acme.example',
  'owner@[127.0.0.1]',
  'owner@acme。example',
  '00000000-0000-0000-0000-000000000000',
  '2026-13-45',
  'null',
  '1e400',
]

const surrogates = { first: 0xd800, count: 0x800 }

/** What fast-check's unit 'binary' gives, without the table of a million characters that it makes first. */
const codePoint = fc.nat(0x10ffff - surrogates.count).map(
  (index) => String.fromCodePoint(index < surrogates.first ? index : index + surrogates.count),
  (text) => {
    const [character = '', ...more] = String(text)
    const point = character.codePointAt(0)
    if (point === undefined || more.length > 0 || !character.isWellFormed())
      throw new Error('not a character')
    return point < surrogates.first ? point : point - surrogates.count
  },
)

/** Anything that JSON can say. */
const anyJson = fc.oneof(
  fc.jsonValue(),
  fc.string({ unit: codePoint, maxLength: 300 }),
  fc.constantFrom<unknown>(...texts, -0, 1e308, 2 ** 53, true, [], {}, [[]], { email: {} }),
)

const names = fc.oneof(
  fc.string(),
  fc.constantFrom('__proto__', 'constructor', 'toString', 'hasOwnProperty', 'then', 'toJSON', 'length', '0'),
)

/** A good text with something changed: its case, an end, a character in its midst. */
function spoil(text: string): fc.Arbitrary<string> {
  return fc.oneof(
    fc.constantFrom(
      text.toUpperCase(),
      ` ${text} `,
      text + text,
      text.slice(1),
      text.slice(0, -1),
      `${text}\0`,
    ),
    fc
      .tuple(fc.nat(text.length), fc.string({ unit: codePoint, minLength: 1, maxLength: 3 }))
      .map(([at, more]) => text.slice(0, at) + more + text.slice(at + 1)),
  )
}

/** A good body with up to three of its fields changed, and perhaps one more. */
export function mutationsOf(good: Record<string, unknown>): fc.Arbitrary<Record<string, unknown>> {
  const changes = Object.entries(good).map(([name, value]) => {
    const other = typeof value === 'string' ? fc.oneof(anyJson, spoil(value)) : anyJson
    return fc.tuple(fc.constant(name), other)
  })
  const more = fc.tuple(names, anyJson)
  return fc
    .tuple(
      fc.array(fc.oneof({ weight: 9, arbitrary: fc.oneof(...changes) }, { weight: 1, arbitrary: more }), {
        minLength: 1,
        maxLength: 3,
      }),
    )
    .map(([changed]) => ({ ...good, ...Object.fromEntries(changed) }))
}

/** Bodies as they may come in: mutations of a good one, other JSON, and what is no JSON at all. */
export function badBodiesOf(good: Record<string, unknown>): fc.Arbitrary<string | Uint8Array> {
  const fields = Object.keys(good)
  const text = JSON.stringify(good)
  return fc.oneof(
    { weight: 6, arbitrary: mutationsOf(good).map(toText) },
    { weight: 1, arbitrary: fc.subarray(fields).map((kept) => JSON.stringify(good, kept)) },
    { weight: 2, arbitrary: anyJson.map(toText) },
    { weight: 1, arbitrary: fc.nat(text.length).map((length) => text.slice(0, length)) },
    { weight: 1, arbitrary: fc.oneof(fc.string({ unit: codePoint }), fc.uint8Array({ maxLength: 100 })) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        text + text,
        `\ufeff${text}`,
        text.replace('{', '{"__proto__":{"admin":true},'),
        text.replace('{', `{${text.slice(1, -1)},`),
        '['.repeat(10_000),
        `{"a":`.repeat(5_000),
        `[${'0,'.repeat(20_000)}0]`,
      ),
    },
  )
}

function toText(value: unknown): string {
  return JSON.stringify(value) ?? ''
}
