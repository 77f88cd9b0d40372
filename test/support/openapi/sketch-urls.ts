import fc from 'fast-check'
import { hostileTo } from './bad-schema-values.ts'
import type { Document, Operation, Schema } from './document.ts'
import { anyName, anyText, edges } from './hostile-values.ts'
import { Later, type Whose } from './later.ts'
import { referenceNamed, type Source, valuesOf } from './schema-values.ts'
import type { Side } from './sketches.ts'

/** An object that is there, or was, or what each parameter says. */
export type PathSketch = { whose: Whose } | { parameters: Record<string, string> }

/** Names and values, or a query as it is. */
export type QuerySketch = [name: string, value: unknown][] | string

/** Objects of the caller's tenant; bad ones are another tenant's, are no more, never were, or cannot be. */
export function pathsOf(document: Document, operation: Operation): Side<PathSketch> {
  const source: Source = { document }
  const parameters = operation.parameters.filter((each) => each.in === 'path')
  const own = fc.constant<PathSketch>({ whose: 'own' })
  if (parameters.length === 0) return { good: own, bad: own, weight: 0 }
  const allOf = (valuesFor: (schema: Schema) => fc.Arbitrary<unknown>) => {
    const values = parameters.map(({ name, schema = {} }) => [name, valuesFor(schema).map(inPath)])
    return fc
      .record(Object.fromEntries(values) as Record<string, fc.Arbitrary<string>>, { noNullPrototype: true })
      .map((made): PathSketch => ({ parameters: made }))
  }
  const bad = fc.oneof(
    fc.constantFrom<PathSketch>({ whose: 'other' }, { whose: 'gone' }),
    allOf((schema) => valuesOf(source, schema)),
    allOf((schema) => hostileTo(source, schema)),
  )
  return { good: own, bad, weight: 3 }
}

/** As a segment of a path: what is empty, or only dots, would make another path of it. */
function inPath(value: unknown): string {
  const text = asText(value).slice(0, 3000)
  return /^\.{0,2}$/.test(text) ? 'x' : text
}

const ofThisList = new Later('a cursor of this list', ({ cursor }) => cursor('this'))
const cursors: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: fc.constant(ofThisList) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<unknown>(
      new Later('a cursor of another list', ({ cursor }) => cursor('another')),
      'bm90IGEgY3Vyc29y',
      'W10',
      'eyJhIjoxfQ',
    ),
  },
  {
    weight: 2,
    arbitrary: fc
      .constantFrom<unknown>(
        ...edges.dates,
        ...edges.numbers.map(String),
        'a\0b',
        'x'.repeat(500),
        null,
        1,
        {},
      )
      .map((value) => ofThisList.changed(`with ${JSON.stringify(value)} as its value`, forge(value))),
  },
)

/** A cursor says how a list is sorted, and by which value and id it goes on. */
const forge = (value: unknown) => (cursor: string) => {
  try {
    const [sort, , id] = JSON.parse(Buffer.from(cursor, 'base64url').toString())
    return Buffer.from(JSON.stringify([sort, value, id])).toString('base64url')
  } catch {
    return cursor
  }
}

/** Queries that no list of names and values says. */
const oddQueries = [
  '%',
  'limit=%ff',
  'q=%ed%a0%80',
  'a%00b=1',
  'limit[]=1',
  'q[a]=b',
  '=1',
  '&&',
  '?',
  'limit=1;sort=id',
  'constructor=1',
  '__proto__=1',
  '__proto__[limit]=1',
]

/** What a list can be asked for; bad ones say it in a way that is not allowed, twice, or something else. */
export function queriesOf(document: Document, operation: Operation): Side<QuerySketch> {
  const source: Source = { document }
  const parameters = operation.parameters.filter((each) => each.in === 'query')
  const members = parameters.map((each) => [each.name, goodValuesOf(source, each)] as const)
  const [required, optional] = [true, false].map((isRequired) =>
    parameters.filter((each) => (each.required ?? false) === isRequired).map(({ name }) => name),
  ) as [string[], string[]]
  const values = fc.record(Object.fromEntries(members), { noNullPrototype: true }) as fc.Arbitrary<
    Record<string, unknown>
  >
  const good = fc
    .tuple(values, fc.subarray(optional, { maxLength: Math.min(optional.length, 2) }))
    .map(([made, chosen]) => [...required, ...chosen].flatMap((name) => spread(name, made[name])))
  const known = parameters.map(({ name, schema = {} }) =>
    fc.tuple(fc.constant(name), hostileTo(source, schema)),
  )
  const more: fc.Arbitrary<[string, unknown]> = fc.tuple(anyName, anyText)
  const wrong = known.length > 0 ? fc.oneof({ weight: 4, arbitrary: fc.oneof(...known) }, more) : more
  const changed = fc
    .tuple(good, fc.array(wrong, { minLength: 1, maxLength: 2 }), fc.boolean())
    .map(([some, others, isTwice]): [string, unknown][] => {
      const names = isTwice ? [] : others.map(([name]) => name)
      return [...some.filter(([name]) => !names.includes(name)), ...others]
    })
  const bad = fc.oneof<fc.WeightedArbitrary<QuerySketch>[]>(
    { weight: parameters.length > 0 ? 9 : 1, arbitrary: changed },
    { weight: 1, arbitrary: fc.constantFrom(...oddQueries) },
  )
  return { good, bad, weight: parameters.length > 0 ? 7 : 1 }
}

/** What a query says: `example` is what its schema does not tell. */
function goodValuesOf(source: Source, { name, schema = {} }: Operation['parameters'][number]) {
  if (name === 'cursor') return cursors
  const example = fc.constant<unknown>(new Later(`example ${name}`, ({ query }) => query?.[name]))
  return fc.oneof(referenceNamed(name) ?? example, valuesOf(source, schema))
}

/** Any number of names (style form, exploded): each is a parameter of its own. */
function spread(name: string, value: unknown): [string, unknown][] {
  const isMany = typeof value === 'object' && value !== null && !(value instanceof Later)
  return isMany ? Object.entries(value) : [[name, value]]
}

/** A value of a query or path as text. */
export function asText(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
}
