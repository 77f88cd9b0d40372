import { z } from 'zod'

/** What a filter compares by; `in` takes a list, `is_null` true or false, and `contains` looks for a text in any case. */
export const operators = ['eq', 'ne', 'lt', 'lte', 'gt', 'gte', 'in', 'contains', 'is_null'] as const
export type Operator = (typeof operators)[number]

export const functions = ['count', 'sum', 'avg', 'min', 'max'] as const
export type AggregateFunction = (typeof functions)[number]

/** Days begin at midnight in the tenant's time zone, and weeks on Monday (ISO 8601). */
export const periods = ['day', 'week', 'month'] as const
export type Period = (typeof periods)[number]

/** The most rows that a query gives. */
export const mostRows = 1000

/** PostgreSQL's longest name. */
const name = z.string().min(1).max(63)
const text = z.string().max(1000)

/**
 * What is asked of a table, as data: names are looked up, and values are parameters. Rows as they are, by `fields`; or
 * `measures` of all of them or of each group. Which names there are the catalogue knows.
 */
export const definitionSchema = z
  .strictObject({
    table: name,
    fields: z.array(name).min(1).max(20).optional(),
    measures: z
      .array(z.strictObject({ function: z.enum(functions), field: name.optional() }))
      .min(1)
      .max(10)
      .optional(),
    group_by: z
      .array(z.strictObject({ field: name, by: z.enum(periods).optional() }))
      .min(1)
      .max(3)
      .optional(),
    filters: z
      .array(
        z.strictObject({
          field: name,
          operator: z.enum(operators),
          value: z.union([text, z.number(), z.boolean(), z.array(z.union([text, z.number()])).max(100)]),
        }),
      )
      .max(20)
      .default([]),
    order: z
      .array(
        z.strictObject({ by: z.string().min(1).max(80), direction: z.enum(['asc', 'desc']).default('asc') }),
      )
      .max(3)
      .default([]),
    limit: z.int().min(1).max(mostRows).default(100),
  })
  .refine(
    ({ fields, measures }) => (fields === undefined) !== (measures === undefined),
    'should hold either fields or measures',
  )
  .refine(
    ({ group_by, measures }) => group_by === undefined || measures !== undefined,
    'should hold measures beside group_by',
  )

/** What is asked of a table. */
export type Definition = z.output<typeof definitionSchema>
