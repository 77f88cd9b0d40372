import { mapValues } from 'es-toolkit'
import { z } from 'zod'
import type { SortedKind } from '../db/keyset.ts'
import { instantSchema, timestampSchema } from '../http/schemas.ts'

/** How a column is stored and read: what is an object or a list is jsonb. */
export type ColumnKind = SortedKind | 'number' | 'boolean' | 'uuid' | 'json'

/** What PostgreSQL reads a value of each kind as. */
export const sqlTypeOf: Record<ColumnKind, string> = {
  text: 'text',
  uuid: 'uuid',
  boolean: 'boolean',
  integer: 'bigint',
  number: 'float8',
  date: 'date',
  instant: 'timestamptz',
  json: 'jsonb',
}

/** A column as its zod schema describes it. */
export interface Column {
  kind: ColumnKind
  isNullable: boolean
  /** Its schema without a default and without null. */
  schema: z.ZodType
}

/** What the schema of a field says about its column. */
export function columnOf(field: z.ZodType): Column {
  let schema: z.ZodType = field
  let isNullable = false
  for (;;) {
    if (schema instanceof z.ZodDefault) schema = schema.unwrap() as z.ZodType
    else if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable) {
      isNullable = true
      schema = schema.unwrap() as z.ZodType
    } else return { kind: kindOf(schema), isNullable, schema }
  }
}

function kindOf(schema: z.ZodType): ColumnKind {
  if (schema instanceof z.ZodDate || schema === timestampSchema) return 'instant'
  const { type, format } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })
  switch (type) {
    case 'string':
      return format === 'date-time' ? 'instant' : format === 'date' || format === 'uuid' ? format : 'text'
    case 'integer':
    case 'number':
    case 'boolean':
      return type
    default:
      return 'json'
  }
}

/** The schema of a field without its default: of a change that leaves it out nothing is meant. */
function withoutDefault(field: z.ZodType): z.ZodType {
  return field instanceof z.ZodDefault ? (field.unwrap() as z.ZodType) : field
}

/** What can be changed of fields: some of them, at least one. */
export function changesOf(fields: Record<string, z.ZodType>) {
  return z
    .strictObject(mapValues(fields, withoutDefault))
    .partial()
    .refine((body) => Object.keys(body).length > 0, 'should hold at least one field')
}

/** The schema of a field in an answer: always there, an instant as the Date that JSON shows as ISO 8601. */
export function shown(field: z.ZodType): z.ZodType {
  const { kind, isNullable, schema } = columnOf(field)
  const present = kind === 'instant' ? timestampSchema : schema
  return isNullable ? present.nullable() : present
}

/** Yes or no in a query. */
export const flagSchema = z
  .enum(['true', 'false'])
  .transform((text) => text === 'true')
  .optional()

/** The schema of a filter by equality, from the text of a query. */
export function filterOf(field: z.ZodType): z.ZodType {
  const { kind, schema } = columnOf(field)
  switch (kind) {
    case 'integer':
      return z
        .string()
        .regex(/^-?\d{1,15}$/, 'should be a whole number')
        .transform(Number)
        .optional()
    case 'boolean':
      return flagSchema
    case 'instant':
      return instantSchema.optional()
    case 'json':
    case 'number':
      throw new Error(`a column of kind ${kind} is no filter by equality`)
    default:
      return schema.optional()
  }
}
