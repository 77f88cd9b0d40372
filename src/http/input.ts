import type { Request } from 'express'
import { z } from 'zod'
import { AppError, type InputError } from '../errors.ts'
import { describeInFrench } from './french.ts'
import { idempotencyKeysOf, takesIdempotencyKey } from './idempotency.ts'
import { languageOf } from './language.ts'
import type { Input, Route } from './route.ts'
import { idempotencyKeySchema } from './schemas.ts'

const nothing = z.strictObject({})
const keyHeader = z.object({ 'Idempotency-Key': idempotencyKeySchema })

/** Deeper than any body we ask for, and far from the depth that a recursion over it could not bear. */
const deepest = 32

/** More than any body we ask for has, in all its objects and arrays together: each costs time that others wait. */
const mostValues = 10_000

/** A body of a megabyte can be wrong in a hundred thousand places: the caller is told of the first ones. */
export const mostErrors = 20
const longestMessage = 300

/** The request's path, query and body as the route's schemas make them, or why they are not valid. */
export type ParsedInput =
  | { ok: true; value: Input<z.ZodType, z.ZodType, z.ZodType>; idempotencyKey: string | undefined }
  | { ok: false; error: AppError }

/**
 * Parses parts of a request, and gathers what is wrong with them.
 * Unknown fields, NUL characters and lone surrogates (RFC 8259, 8.2) are refused: PostgreSQL stores neither. So is the
 * name `__proto__`, which schemas of any names would leave out without a word.
 */
export function createParser(request: Request) {
  const errors: InputError[] = []
  /** A part as its schema makes it; undefined when it is not valid. */
  function parse<Schema extends z.ZodType>(schema: Schema, source: string, given: unknown) {
    const problem = findUnstorable(given, source)
    if (problem) {
      errors.push(problem)
      return undefined
    }
    let parsed = schema.safeParse(given)
    if (parsed.success) return parsed.data
    // Parsed again in the caller's language: which it is matters only where something is wrong.
    if (languageOf(request) === 'fr') parsed = schema.safeParse(given, { error: describeInFrench })
    if (parsed.success) return parsed.data
    for (const issue of parsed.error.issues.slice(0, mostErrors)) {
      errors.push({ path: [source, ...issue.path].join('.'), message: shorten(issue.message) })
    }
    return undefined
  }
  return { errors, parse }
}

/** Parses without throwing, so that who may not call at all is told that first. */
export function parseInput(route: Route, request: Request): ParsedInput {
  const { errors, parse } = createParser(request)
  if (!isDecodable(request.url)) {
    errors.push({ path: 'query', message: 'holds percent-encoding that does not decode' })
  }
  const value = {
    params: parse(route.params ?? nothing, 'path', request.params),
    query: parse(route.query ?? nothing, 'query', request.query),
    body: route.body ? parse(route.body, 'body', request.body) : undefined,
  }
  const [key, ...otherKeys] = takesIdempotencyKey(route) ? idempotencyKeysOf(request) : []
  if (key !== undefined) parse(keyHeader, 'headers', { 'Idempotency-Key': key })
  if (otherKeys.length > 0) {
    errors.push({ path: 'headers.Idempotency-Key', message: 'is given more than once' })
  }
  // Who sends it does not want to write over what somebody else has changed: RFC 9110, 13.1.1.
  if (route.scope === 'write' && !route.ifMatch && request.headers['if-match'] !== undefined) {
    errors.push({ path: 'headers.If-Match', message: 'is not taken here' })
  }
  return errors.length > 0
    ? { ok: false, error: new AppError('invalid_request', { errors }) }
    : { ok: true, value, idempotencyKey: key }
}

/**
 * The first string, key or value, that PostgreSQL cannot store as it is, or where it gets too deep or too much.
 * The path is put together only when there is something to tell.
 */
function findUnstorable(given: unknown, source: string): InputError | undefined {
  const path = [source]
  let values = 0
  function visit(value: unknown): string | undefined {
    if (typeof value === 'string') return isStorable(value) ? undefined : unstorable
    if (typeof value !== 'object' || value === null) return undefined
    if (path.length > deepest) return 'is nested too deeply'
    for (const key of Object.keys(value)) {
      if (++values > mostValues) return 'holds too many values'
      if (!isStorable(key)) return unstorable
      path.push(key)
      if (key === '__proto__') return unusableName
      const problem = visit((value as Record<string, unknown>)[key])
      if (problem) return problem
      path.pop()
    }
    return undefined
  }
  const message = visit(given)
  if (!message) return undefined
  const hasPlace = message === unstorable || message === unusableName
  return { path: hasPlace ? shorten(path.join('.')) : source, message }
}

const unstorable = 'holds a character that cannot be stored'
const unusableName = 'is a name that cannot be used'

function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0')
}

/** Whether a body is of a media type. JSON between systems is UTF-8 and nothing else (RFC 8259, 8.1). */
export function isInUtf8(request: Request, type: string): boolean {
  if (request.headers['content-type'] === type) return true
  const charset = /;\s*charset\s*=\s*"?([^";\s]*)/i.exec(request.headers['content-type'] ?? '')?.[1]
  return Boolean(request.is(type)) && (!charset || /^utf-?8$/i.test(charset))
}

/** Node's parser of queries takes what does not decode as it stands, or puts U+FFFD into its place. */
function isDecodable(url: string): boolean {
  if (!url.includes('%')) return true
  try {
    decodeURIComponent(url)
    return true
  } catch {
    return false
  }
}

function shorten(text: string): string {
  return text.length > longestMessage ? `${text.slice(0, longestMessage).toWellFormed()}…` : text
}
