import type { Request } from 'express'
import { z } from 'zod'
import { AppError, type InputError } from '../errors.ts'
import type { Input, Route } from './route.ts'

const nothing = z.strictObject({})

/** The request's path, query and body as the route's schemas make them, or why they are not valid. */
export type ParsedInput =
  | { ok: true; value: Input<z.ZodType, z.ZodType, z.ZodType> }
  | { ok: false; error: AppError }

/**
 * Parses without throwing, so that who may not call at all is told that first.
 * Unknown fields, NUL characters and lone surrogates (RFC 8259, 8.2) are refused: PostgreSQL stores neither.
 */
export function parseInput(route: Route, request: Request): ParsedInput {
  const errors: InputError[] = []
  const parse = (schema: z.ZodType, source: string, given: unknown) => {
    const bad = findBadString(given, [source])
    if (bad) {
      errors.push({ path: bad.join('.'), message: 'holds a character that cannot be stored' })
      return undefined
    }
    const parsed = schema.safeParse(given)
    if (parsed.success) return parsed.data
    for (const issue of parsed.error.issues) {
      errors.push({ path: [source, ...issue.path].join('.'), message: issue.message })
    }
    return undefined
  }
  const value = {
    params: parse(route.params ?? nothing, 'path', request.params),
    query: parse(route.query ?? nothing, 'query', request.query),
    body: route.body ? parse(route.body, 'body', request.body) : undefined,
  }
  return errors.length > 0
    ? { ok: false, error: new AppError('invalid_request', { errors }) }
    : { ok: true, value }
}

/** The path to the first string, key or value, that PostgreSQL cannot store as it is. */
function findBadString(value: unknown, path: string[]): string[] | undefined {
  if (typeof value === 'string') return isStorable(value) ? undefined : path
  if (typeof value !== 'object' || value === null) return undefined
  for (const key of Object.keys(value)) {
    if (!isStorable(key)) return path
    const bad = findBadString((value as Record<string, unknown>)[key], [...path, key])
    if (bad) return bad
  }
  return undefined
}

function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0')
}
