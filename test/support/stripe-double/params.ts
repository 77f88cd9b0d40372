import { z } from 'zod'
import type { Form } from './form.ts'
import { Refusal } from './refusal.ts'

/** A parameter that is refused before anything is done: such an answer is not kept under its idempotency key. */
export class InvalidParams extends Refusal {}

export const text = z.string().min(1)
/** An empty string unsets. */
export const unsettable = z.string().transform((value) => (value === '' ? null : value))
export const integer = z
  .string()
  .regex(/^-?\d+$/)
  .transform(Number)
export const flag = z.enum(['true', 'false']).transform((value) => value === 'true')
export const metadata = z.union([z.literal(''), z.record(z.string(), z.string())])
export const createdRange = z.union([
  integer,
  z.strictObject({ gt: integer, gte: integer, lt: integer, lte: integer }).partial(),
])
export const expandable = { expand: z.array(text).optional() }
export const paging = {
  ...expandable,
  limit: integer.optional(),
  starting_after: text.optional(),
  ending_before: text.optional(),
}
export const pagingByTime = { ...paging, created: createdRange.optional() }

/**
 * Reads parameters.
 * @throws InvalidParams 400: `parameter_unknown`, `parameter_missing` or `parameter_invalid`
 */
export function readParams<S extends z.ZodType>(schema: S, params: Form): z.output<S> {
  const read = schema.safeParse(params)
  if (read.success) return read.data
  const [issue] = read.error.issues
  if (issue?.code === 'unrecognized_keys') {
    const param = nameOf([...issue.path, issue.keys[0] ?? ''])
    throw invalid(`Received unknown parameter: ${param}`, 'parameter_unknown', param)
  }
  const path = issue?.path ?? []
  const param = nameOf(path)
  const given = path.reduce((at: unknown, key) => (at as Record<PropertyKey, unknown>)?.[key], params)
  if (given === undefined) throw invalid(`Missing required param: ${param}.`, 'parameter_missing', param)
  throw invalid(`Invalid ${param}: ${JSON.stringify(given)}`, 'parameter_invalid', param)
}

function invalid(message: string, code: string, param: string): InvalidParams {
  return new InvalidParams(400, { type: 'invalid_request_error', code, message, param })
}

function nameOf([first, ...rest]: PropertyKey[]): string {
  return String(first ?? '') + rest.map((part) => `[${String(part)}]`).join('')
}

/** Metadata after a change: an empty value takes a key away, an empty string all. */
export function mergeMetadata(
  before: Record<string, string>,
  given: z.output<typeof metadata> | undefined,
): Record<string, string> {
  if (given === undefined) return before
  if (given === '') return {}
  return Object.fromEntries(Object.entries({ ...before, ...given }).filter(([, value]) => value !== ''))
}
