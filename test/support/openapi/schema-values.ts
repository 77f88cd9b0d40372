import fc from 'fast-check'
import { type Document, lookUp, type Schema } from './document.ts'
import { Later } from './later.ts'

/** Deeper than any body that is asked for: a schema that contains itself ends there. */
export const deepest = 5

/** Looks schemas up, and says which member of an object refers to what exists. */
export interface Source {
  document: Document
  /** A value that the member of this name may refer to, instead of one that its schema alone allows. */
  refer?(name: string): fc.Arbitrary<unknown> | undefined
}

/** Ids of objects that are there, for a member or parameter with a name such as `client_id`. */
export function referenceNamed(name: string): fc.Arbitrary<unknown> | undefined {
  if (!name.endsWith('_id')) return undefined
  return fc.constantFrom(
    new Later(`one's own ${name}`, ({ referred }) => referred(name, 'own')),
    new Later(`another tenant's ${name}`, ({ referred }) => referred(name, 'other')),
  )
}

/** Values that a schema allows, as far as it says. */
export function valuesOf(source: Source, given: Schema, depth = 0): fc.Arbitrary<unknown> {
  const schema: Schema = lookUp(source.document, given)
  if ('const' in schema) return fc.constant(schema.const)
  if (schema.enum) return fc.constantFrom(...schema.enum)
  const choices = schema.anyOf ?? schema.oneOf
  if (choices) return fc.oneof(...choices.map((choice) => valuesOf(source, choice, depth)))
  if (schema.allOf) return valuesOf(source, merged(source, schema), depth)
  const types = [schema.type ?? typeOf(schema)].flat()
  if (types.length > 1) {
    return fc.oneof(...types.map((type) => valuesOf(source, { ...schema, type }, depth)))
  }
  switch (types[0]) {
    case 'null':
      return fc.constant(null)
    case 'boolean':
      return fc.boolean()
    case 'integer':
    case 'number':
      return numbersOf(schema, types[0] === 'integer')
    case 'string':
      return textsOf(schema)
    case 'array':
      return listsOf(source, schema, depth)
    case 'object':
      return objectsOf(source, schema, depth)
    default:
      return depth < deepest ? fc.jsonValue({ maxDepth: 2 }) : fc.constant(null)
  }
}

/** zod leaves the type out where the rest says it. */
export function typeOf(schema: Schema): string | undefined {
  if (schema.properties || schema.additionalProperties) return 'object'
  return schema.items || schema.prefixItems ? 'array' : undefined
}

function merged(source: Source, { allOf = [], ...rest }: Schema): Schema {
  const parts = [rest, ...allOf.map((part) => lookUp<Schema>(source.document, part))]
  return Object.assign({}, ...parts, {
    properties: Object.assign({}, ...parts.map(({ properties }) => properties)),
    required: parts.flatMap(({ required = [] }) => required),
  })
}

function numbersOf(schema: Schema, isWhole: boolean): fc.Arbitrary<number> {
  const least = schema.minimum ?? (schema.exclusiveMinimum ?? Number.MIN_SAFE_INTEGER - 1) + 1
  const most = schema.maximum ?? (schema.exclusiveMaximum ?? Number.MAX_SAFE_INTEGER + 1) - 1
  const [min, max] = [Math.ceil(least), Math.floor(most)]
  const ends = fc.constantFrom(min, max)
  const small = fc.integer({ min: Math.max(min, Math.min(0, max)), max: Math.min(max, Math.max(min, 100)) })
  const all = fc.maxSafeInteger().map((number) => min + (Math.abs(number) % (max - min + 1)))
  return isWhole ? fc.oneof(small, ends, all) : fc.oneof(small, ends, fc.double({ min, max, noNaN: true }))
}

const plain = fc.string({
  unit: fc.constantFrom(...'abcdeéßłΩ жא中🙂-'),
  minLength: 1,
  maxLength: 12,
})

const formats: Record<string, fc.Arbitrary<string>> = {
  uuid: fc.uuid(),
  email: fc.nat(1_000_000).map((number) => `contract-${number}@example.com`),
  uri: fc.nat(1_000_000).map((number) => `https://example.com/${number}`),
  date: day().map((date) => date.toISOString().slice(0, 10)),
  'date-time': fc
    .tuple(day(), fc.constantFrom('Z', '+02:00', '-11:30'))
    .map(([date, zone]) => date.toISOString().replace('Z', zone)),
}

function day() {
  return fc.date({ min: new Date('2000-01-01'), max: new Date('2039-12-31'), noInvalidDate: true })
}

export function textsOf(schema: Schema): fc.Arbitrary<string> {
  const { format = '', pattern, minLength = 0, maxLength = Number.POSITIVE_INFINITY } = schema
  const known = formats[format]
  if (known) return known
  const fitted = (text: string) => fitTo(text, minLength, maxLength)
  // Whatever is no control character.
  if (!pattern || pattern === '^\\P{Cc}*$') return plain.map(fitted)
  const matching = textsMatching(pattern)
  if (!matching) return plain.map(fitted)
  // Some patterns allow nothing so long, or nothing so short: then it is not quite valid.
  return matching.map((text) => (text.length >= minLength ? text.slice(0, maxLength) : fitted(text)))
}

const byPattern = new Map<string, fc.Arbitrary<string> | undefined>()

/** Texts that match, but for what a pattern says by looking ahead; undefined where fast-check cannot tell. */
function textsMatching(pattern: string): fc.Arbitrary<string> | undefined {
  if (!byPattern.has(pattern)) {
    let matching: fc.Arbitrary<string> | undefined
    try {
      const plainly = pattern.replace(/\(\?[!=][^()]*\)/g, '')
      matching = fc.stringMatching(new RegExp(plainly, 'u'), { maxLength: 60 })
    } catch {
      matching = undefined
    }
    byPattern.set(pattern, matching)
  }
  return byPattern.get(pattern)
}

/** A text made as long as is asked for, or as short. JSON schema counts characters and not UTF-16 (6.3.1). */
function fitTo(text: string, minLength: number, maxLength: number): string {
  const characters = [...text]
  while (characters.length < minLength) characters.push('x')
  return characters.slice(0, maxLength).join('')
}

function listsOf(source: Source, schema: Schema, depth: number): fc.Arbitrary<unknown[]> {
  const { items = {}, prefixItems, minItems = 0, maxItems = minItems + 4 } = schema
  if (prefixItems) return fc.tuple(...prefixItems.map((item) => valuesOf(source, item, depth + 1)))
  if (depth >= deepest) return fc.constant([])
  return fc.array(valuesOf(source, items, depth + 1), {
    minLength: minItems,
    maxLength: Math.min(maxItems, minItems + 4),
  })
}

export function objectsOf(
  source: Source,
  schema: Schema,
  depth: number,
): fc.Arbitrary<Record<string, unknown>> {
  const { properties = {}, required = [], additionalProperties = true, propertyNames } = schema
  const known = Object.entries(properties).filter(([name]) => depth < deepest || required.includes(name))
  const members = known.map(([name, member]): [string, fc.Arbitrary<unknown>] => {
    const values = valuesOf(source, member, depth + 1)
    const referred = source.refer?.(name)
    return [name, referred ? fc.oneof(referred, values) : values]
  })
  const all = fc.record(Object.fromEntries(members), {
    requiredKeys: required as never[],
    noNullPrototype: true,
  })
  if (additionalProperties === false || depth >= deepest) return all
  const names = propertyNames
    ? valuesOf(source, { type: 'string', ...propertyNames })
    : fc.string({ maxLength: 10 })
  const more = fc.array(
    fc.tuple(
      names.map(String),
      valuesOf(source, additionalProperties === true ? {} : additionalProperties, depth + 1),
    ),
    { maxLength: 3 },
  )
  return fc.tuple(all, more).map(([some, others]) => ({ ...some, ...Object.fromEntries(others) }))
}
