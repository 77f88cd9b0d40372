import { z } from 'zod'

/** A person's or company's name. */
export const nameSchema = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .regex(/^\P{Cc}*$/u, 'should hold no control characters')

/** Why something is done, for the audit trail. */
export const reasonSchema = z
  .string()
  .trim()
  .min(1)
  .max(1000)
  .regex(/^\P{Cc}*$/u, 'should hold no control characters')

/** What makes a repeated request count once. */
export const idempotencyKeySchema = z
  .string()
  .min(1)
  .max(200)
  .regex(/^\P{Cc}*$/u, 'should hold no control characters')

/** An e-mail address, in lower case: it names one person whatever the case it was typed in. */
export const emailSchema = z.string().trim().toLowerCase().max(254).pipe(z.email()).meta({ format: 'email' })

/** A telephone number as people write it. */
export const phoneSchema = z
  .string()
  .trim()
  .max(40)
  .regex(/^\+?[0-9 ().\-/]{3,}$/, 'should be a telephone number')

const jsonOfDate = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/

/** An instant in an answer: a Date that JSON shows as ISO 8601 in UTC, or that text, where rows are read for JSON. */
export const timestampSchema = z
  .custom<Date>((value) => value instanceof Date || (typeof value === 'string' && jsonOfDate.test(value)))
  .meta({ override: { type: 'string', format: 'date-time' } })

/** An instant in a request: ISO 8601 with its offset from UTC. */
export const instantSchema = z.iso.datetime({ offset: true }).transform((text) => new Date(text))

/** A date that PostgreSQL has, too: ISO 8601 knows a year 0. */
export const dateSchema = z.iso
  .date()
  .refine((date) => !date.startsWith('0000'), 'should be in the year 1 or later')

/** The id of an object in a path. */
export const idParams = z.strictObject({ id: z.uuid().toLowerCase() })

/** What every list takes: how many (1 to 100), and after which cursor. */
export const pageQuery = {
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: z.string().max(2000).optional(),
}

/** One page of a list. */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.strictObject({ data: z.array(item), next_cursor: z.string().nullable() })
}
