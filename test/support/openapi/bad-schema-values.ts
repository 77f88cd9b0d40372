import fc from 'fast-check'
import { lookUp, type Schema } from './document.ts'
import { anyChange, anyJson, anyName, codePoint, edges, oddText, spoilt } from './hostile-values.ts'
import { Later } from './later.ts'
import { deepest, objectsOf, type Source, textsOf, typeOf, valuesOf } from './schema-values.ts'

/** Values near those that a schema allows, and far from them: of a bad type, out of range, too long, with a part spoilt. */
export function hostileTo(source: Source, given: Schema, depth = 0): fc.Arbitrary<unknown> {
  const schema: Schema = lookUp(source.document, given)
  const branches = (schema.anyOf ?? schema.oneOf)?.map((one) => lookUp<Schema>(source.document, one)) ?? [
    schema,
  ]
  const near = branches.flatMap((branch) => nearly(source, branch, depth))
  return near.length > 0
    ? fc.oneof({ weight: 3, arbitrary: fc.oneof(...near) }, { weight: 2, arbitrary: anyJson })
    : anyJson
}

function nearly(source: Source, schema: Schema, depth: number): fc.Arbitrary<unknown>[] {
  const types = [schema.type ?? typeOf(schema)].flat()
  const near: fc.Arbitrary<unknown>[] = []
  const wanted = schema.enum ?? ('const' in schema ? [schema.const] : [])
  const words = wanted.filter((each) => typeof each === 'string')
  if (words.length > 0) near.push(spoilt(fc.constantFrom(...words)))
  if (types.includes('string') && wanted.length === 0) near.push(nearTexts(schema))
  if (types.includes('integer') || types.includes('number')) near.push(nearNumbers(schema))
  if (depth >= deepest) return near
  if (types.includes('array')) near.push(nearLists(source, schema, depth))
  if (types.includes('object')) near.push(nearObjects(source, schema, depth))
  return near
}

function nearTexts(schema: Schema): fc.Arbitrary<string> {
  const { format, minLength = 0, maxLength = 1000 } = schema
  const long = [maxLength, maxLength + 1].flatMap((length) => ['x'.repeat(length), '𐍈'.repeat(length)])
  const ends = fc.constantFrom('', 'x'.repeat(Math.max(0, minLength - 1)), ...long)
  const changed = spoilt(textsOf(schema))
  const any = fc.string({ unit: codePoint, minLength, maxLength: Math.min(maxLength, minLength + 30) })
  return format?.startsWith('date')
    ? fc.oneof(fc.constantFrom(...edges.dates), changed)
    : fc.oneof(ends, changed, any, oddText)
}

function nearNumbers({ minimum, maximum }: Schema): fc.Arbitrary<unknown> {
  const ends = [minimum, maximum].flatMap((end) =>
    end === undefined ? [] : [end - 1, end + 1, end + 0.5, String(end)],
  )
  return fc.constantFrom<unknown>(...ends, ...edges.numbers, '1', '1e3', 'NaN')
}

function nearLists(source: Source, schema: Schema, depth: number): fc.Arbitrary<unknown> {
  const { items = {}, maxItems = 100, minItems = 0 } = schema
  const many = (count: number) =>
    valuesOf(source, items, depth + 1).map((value) =>
      Array.from({ length: Math.min(count, 11_000) }, () => value),
    )
  return fc.oneof(
    fc.array(fc.oneof(valuesOf(source, items, depth + 1), hostileTo(source, items, depth + 1)), {
      maxLength: 4,
    }),
    many(maxItems + 1),
    many(Math.max(0, minItems - 1)),
    // Twice the same.
    many(2),
  )
}

function nearObjects(source: Source, schema: Schema, depth: number): fc.Arbitrary<unknown> {
  return spoiltObjects(source, schema, objectsOf(source, schema, depth), depth)
}

/** What becomes of a member; `absent`: it is left out. */
type Edit = (value: unknown) => unknown
const absent = Symbol('absent')
const put =
  (value: unknown): Edit =>
  () =>
    value
const leftOut = fc.constantFrom<Edit>(
  () => absent,
  () => null,
)

/**
 * Good objects of a schema with one to three of their members changed: one is left out or not what its schema says, or
 * one is there that nobody asked for.
 */
export function spoiltObjects(
  source: Source,
  given: Schema,
  good: fc.Arbitrary<Record<string, unknown>>,
  depth = 0,
): fc.Arbitrary<Record<string, unknown>> {
  const { properties = {} } = lookUp<Schema>(source.document, given)
  const more = fc.tuple(anyName, anyJson.map(put))
  const known = Object.entries(properties).map(([name, member]) =>
    fc.tuple(
      fc.constant(name),
      fc.oneof(
        { weight: 2, arbitrary: leftOut },
        { weight: 4, arbitrary: hostileTo(source, member, depth + 1).map(put) },
        { weight: 2, arbitrary: anyChange.map(changeText) },
        { weight: 2, arbitrary: oddText.map((text) => changeText([`with ${text}`, (good) => good + text])) },
      ),
    ),
  )
  const one =
    known.length > 0
      ? fc.oneof({ weight: 1, arbitrary: more }, { weight: 6, arbitrary: fc.oneof(...known) })
      : more
  // Whatever else is wrong hides behind what is refused first.
  const single = one.map((edit) => [edit])
  return fc
    .tuple(good, fc.oneof({ weight: 3, arbitrary: single }, fc.array(one, { minLength: 2, maxLength: 3 })))
    .map(([object, edits]) => edits.reduce((changed, [name, edit]) => change(changed, name, edit), object))
}

/** Good objects in which whatever can hold any text holds the same odd one. */
export function oddObjects(
  source: Source,
  given: Schema,
  good: fc.Arbitrary<Record<string, unknown>>,
): fc.Arbitrary<Record<string, unknown>> {
  const { properties = {} } = lookUp<Schema>(source.document, given)
  const free = Object.entries(properties).filter(([, member]) => isFreeText(lookUp(source.document, member)))
  return fc
    .tuple(good, oddText)
    .map(([object, text]) => ({ ...object, ...Object.fromEntries(free.map(([name]) => [name, text])) }))
}

function isFreeText(schema: Schema): boolean {
  const { type, pattern, format, minLength = 0, anyOf = [] } = schema
  const isFree = type === 'string' && !pattern && !format && !('enum' in schema || 'const' in schema)
  return anyOf.some(isFreeText) || (isFree && minLength <= 1)
}

function change(object: Record<string, unknown>, name: string, edit: Edit): Record<string, unknown> {
  const value = edit(Object.hasOwn(object, name) ? object[name] : undefined)
  const others = Object.entries(object).filter(([each]) => each !== name)
  return Object.fromEntries(value === absent ? others : [...others, [name, value]])
}

function changeText([says, change]: [string, (text: string) => string]): Edit {
  return (value) => {
    if (value instanceof Later) return value.changed(says, change)
    return typeof value === 'string' ? change(value) : null
  }
}
