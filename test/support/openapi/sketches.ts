import { mapValues } from 'es-toolkit'
import fc from 'fast-check'
import type { Document, Operation } from './document.ts'
import { Later } from './later.ts'
import { type BodySketch, bodiesOf, keptBodyOf, lineType } from './sketch-bodies.ts'
import { type HeaderSketch, headersOf, keptKey, signature, wantsSignature } from './sketch-headers.ts'
import { type PathSketch, pathsOf, type QuerySketch, queriesOf } from './sketch-urls.ts'

/** Who calls. */
export const callers = [
  'nobody',
  'a stranger with a token of their own making',
  'owner',
  'admin',
  'manager',
  'member',
  'viewer',
  'an API key of an admin',
  'an API key of a viewer',
  'support that may write',
  'support that may only read',
  'the owner of a company on FREE',
  'the owner of a company that has no room for more',
  'the owner of a company that is suspended',
  'the owner of a company whose trial is over',
  'super admin',
  'X-Admin-Key',
] as const
export type Caller = (typeof callers)[number]

/** What a request is to be, before it is known what of it exists. */
export interface Sketch {
  caller: Caller
  /** Another method than the operation's. */
  method?: string
  path: PathSketch
  query: QuerySketch
  headers: HeaderSketch[]
  body: BodySketch
}

/** A side of requests: as it ought to be, and otherwise; how often it is otherwise. */
export interface Side<Value> {
  good: fc.Arbitrary<Value>
  bad: fc.Arbitrary<Value>
  weight: number
}

/**
 * Requests of an operation: good ones, those with one side that is not, since what is wrong at once in several ways is
 * refused for the first of them, and some of the latter all the same.
 */
export function sketchesOf(document: Document, operation: Operation): fc.Arbitrary<Sketch> {
  const sides: { [Name in keyof Sketch]-?: Side<Sketch[Name]> } = {
    caller: callersOf(operation),
    method: methodsOf(operation),
    path: pathsOf(document, operation),
    query: queriesOf(document, operation),
    headers: headersOf(operation),
    body: bodiesOf(document, operation),
  }
  const goods = mapValues(sides, ({ good }) => good as fc.Arbitrary<unknown>)
  const record = (more: object) =>
    fc.record({ ...goods, ...more }, { noNullPrototype: true }) as fc.Arbitrary<Sketch>
  const onces = Object.entries(sides).map(([name, { bad, weight }]) => ({
    weight,
    arbitrary: record({ [name]: bad }),
  }))
  const often = mapValues(sides, ({ good, bad, weight }) =>
    fc.oneof(
      { weight: 3, arbitrary: good as fc.Arbitrary<unknown> },
      { weight: Math.min(weight, 3), arbitrary: bad },
    ),
  )
  return fc
    .oneof(
      { weight: 6, arbitrary: record({}) },
      ...onces,
      { weight: 3, arbitrary: record(often) },
      { weight: isIdempotent(operation) ? 2 : 0, arbitrary: record(repetitionOf(operation)) },
    )
    .map((sketch) => ({ ...sketch, [fc.toStringMethod]: () => show(operation, sketch) }))
}

function isIdempotent({ parameters }: Operation): boolean {
  return parameters.some(({ name }) => name === 'Idempotency-Key')
}

/** What makes a request the same as the last one that succeeded with an Idempotency-Key. */
function repetitionOf(operation: Operation): { [Name in keyof Sketch]?: fc.Arbitrary<Sketch[Name]> } {
  return {
    path: fc.constant({ whose: 'kept' }),
    headers: fc.constant([keptKey]),
    body: fc.constant(keptBodyOf(operation)),
  }
}

/** The request that has to succeed: the example, by whom it is for, of an object of their own. */
export function exampleSketch(operation: Operation): Sketch {
  const [type] = [...(operation.body?.content.keys() ?? [])]
  const example = new Later('the example', (present) => present.example ?? {})
  const required = operation.parameters.filter((each) => each.in === 'query' && each.required)
  return {
    caller: bestCallerOf(operation),
    path: { whose: 'own' },
    query: required.map(({ name }) => [
      name,
      new Later(`example ${name}`, ({ query }) => query?.[name] ?? 'x'),
    ]),
    headers: wantsSignature(operation) ? [signature] : [],
    body:
      type === undefined
        ? undefined
        : type === lineType
          ? { type, lines: [example] }
          : { type, json: example },
  }
}

/** Whom an operation is for. */
export function bestCallerOf({ audience }: Operation): Caller {
  const best = { anybody: 'nobody', tenant: 'owner', operators: 'super admin' } as const
  return best[audience]
}

function callersOf(operation: Operation): Side<Caller> {
  const best = bestCallerOf(operation)
  const ofTenant = callers.slice(callers.indexOf('owner'), callers.indexOf('super admin'))
  const anybody = fc.constantFrom(...callers)
  const near = {
    anybody,
    tenant: fc.constantFrom(...ofTenant),
    operators: fc.constant<Caller>('X-Admin-Key'),
  }[operation.audience]
  return {
    good: fc.constant(best),
    bad: fc.oneof({ weight: 3, arbitrary: near }, { weight: 1, arbitrary: anybody }),
    weight: 4,
  }
}

function methodsOf({ method, methods }: Operation): Side<string | undefined> {
  const wrong = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'PROPFIND', 'TRACE', 'M-SEARCH']
  const others = wrong.filter((each) => !methods.includes(each))
  return {
    good: fc.constant(undefined),
    bad: fc.constantFrom(...(method === 'GET' ? ['HEAD', ...others] : others)),
    weight: 1,
  }
}

/** A request as a failure shows it. */
function show(operation: Operation, { caller, method, path, query, headers, body }: Sketch): string {
  const parts = Object.entries({ path, query, headers, body }).map(([name, part]) => {
    const text = fc.stringify(part)
    return `${name}: ${text.length > 1000 ? `${text.slice(0, 1000)}… (${text.length})` : text}`
  })
  return [`${method ?? operation.method} ${operation.path} by ${caller}`, ...parts].join('\n  ')
}
