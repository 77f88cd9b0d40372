import fc from 'fast-check'
import { hostileTo, oddObjects, spoiltObjects } from './bad-schema-values.ts'
import { type Document, lookUp, type Operation, type Schema } from './document.ts'
import { anyChange, anyJson } from './hostile-values.ts'
import { Later } from './later.ts'
import { referenceNamed, type Source, valuesOf } from './schema-values.ts'
import type { Side } from './sketches.ts'

/** JSON, lines of JSON, bytes as they are, or none. */
export type BodySketch =
  | undefined
  | { type: string; json: unknown }
  | { type: string; lines: unknown[] }
  | { type: string; raw: string | Uint8Array | Later }

/** One JSON text in each line. */
export const lineType = 'application/x-ndjson'

const none = fc.constant<BodySketch>(undefined)

/** Bodies that the schema allows; bad ones have parts that it does not, are other JSON, none at all, or missing. */
export function bodiesOf(document: Document, operation: Operation): Side<BodySketch> {
  const source: Source = { document, refer: referenceNamed }
  const [content] = [...(operation.body?.content ?? [])]
  if (!content) return { good: none, bad: unasked, weight: operation.method === 'GET' ? 0 : 1 }
  const [type, { schema: given = {} }] = content
  const schema: Schema = lookUp(document, given)
  const values = exampleValues(source, schema)
  const raw = malformed.map((text): BodySketch => ({ type, raw: text }))
  const objects = values as fc.Arbitrary<Record<string, unknown>>
  const spoilt = schema.properties ? spoiltObjects(source, schema, objects) : hostileTo(source, schema)
  const write =
    type === lineType
      ? (one: fc.Arbitrary<unknown>, others = values) =>
          fc
            .tuple(fc.array(others, { maxLength: 3 }), one, fc.array(others, { maxLength: 3 }))
            .map(([before, line, after]): BodySketch => ({ type, lines: [...before, line, ...after] }))
      : (one: fc.Arbitrary<unknown>) => one.map((json): BodySketch => ({ type, json }))
  const bad = fc.oneof(
    { weight: 14, arbitrary: write(spoilt) },
    ...(schema.properties ? [{ weight: 4, arbitrary: write(oddObjects(source, schema, objects)) }] : []),
    { weight: 3, arbitrary: write(anyJson) },
    { weight: 3, arbitrary: raw },
    { weight: 2, arbitrary: fc.constant<BodySketch>({ type, raw: accepted }) },
    { weight: 1, arbitrary: none },
  )
  return { good: write(values), bad, weight: 10 }
}

/** The body that was sent with the last Idempotency-Key, of the same type. */
export function keptBodyOf(operation: Operation): BodySketch {
  const [type] = [...(operation.body?.content.keys() ?? [])]
  return type === undefined
    ? undefined
    : { type, raw: new Later('what was sent with that', ({ kept }) => kept?.body) }
}

const accepted = new Later('what was accepted before', (present) => present.accepted ?? '{}')

/** Sent where there is nothing to be said. */
const unasked = fc.constantFrom<BodySketch>(
  { type: 'application/json', json: {} },
  { type: 'application/json', raw: '{' },
  { type: 'text/plain', raw: 'x'.repeat(100_000) },
)

/**
 * Values that the schema allows: most of their members from the example, since there is more to be right about than a
 * schema can say.
 */
function exampleValues(source: Source, schema: Schema): fc.Arbitrary<unknown> {
  const whole = fc.constant<unknown>(new Later('the example', ({ example }) => example ?? null))
  const { properties, required = [] } = schema
  if (!properties) return fc.oneof({ weight: 2, arbitrary: whole }, valuesOf(source, schema))
  const options = { requiredKeys: required as never[], noNullPrototype: true } as const
  const examples = Object.keys(properties).map((name) => {
    const example = new Later(`example ${name}`, (present) => present.example?.[name])
    return [name, fc.constant<unknown>(example)] as const
  })
  const mixed = examples.map(([name, example]) => {
    const values = valuesOf(source, properties[name] ?? {}, 1)
    const others = source.refer?.(name) ?? values
    return [name, fc.oneof({ weight: 5, arbitrary: example }, others, values)] as const
  })
  return fc.oneof(
    fc.record(Object.fromEntries(examples), options),
    fc.record(Object.fromEntries(mixed), options),
  )
}

/** What is no JSON, or not as it ought to be. */
const malformed: fc.Arbitrary<string | Uint8Array> = fc.oneof(
  fc.constantFrom<string>(
    '',
    '{',
    '{}{}',
    '\ufeff{}',
    '{"a":1,"a":2}',
    '{"__proto__":{"role":"owner"}}',
    '{"id":1e400}',
    'NaN',
    "{'a':1}",
    '['.repeat(10_000),
    '{"a":'.repeat(5_000),
    `${'['.repeat(5_000)}${']'.repeat(5_000)}`,
    `[${'0,'.repeat(20_000)}0]`,
    `"${'x'.repeat(1_100_000)}"`,
    '{"a":"\\ud800"}',
  ),
  fc.uint8Array({ maxLength: 100 }),
  fc.tuple(anyJson, anyChange).map(([value, [, change]]) => change(JSON.stringify(value) ?? '')),
)
