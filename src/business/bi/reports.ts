import type { Compilable, InferResult } from 'kysely'
import { z } from 'zod'
import type { TenantQueryBuilder } from '../../db/database.ts'
import type { Claims } from '../../features/members/access.ts'
import type { ModuleName } from '../../features/plans/plans.ts'
import { ok, type ReadRoute } from '../../http/route.ts'
import { exactNumberSchema, toExactNumber } from '../exact-numbers.ts'
import { calendarQuery, type Months, monthsQuery, readMonths } from './months.ts'
import { readBeside } from './read-beside.ts'
import {
  articlesQuery,
  closedDealsQuery,
  documentsQuery,
  executionsQuery,
  salesQuery,
} from './report-queries.ts'

/** Sums in the rows of reports; they come from the database as digits. */
const sums = ['issued_cents', 'paid_cents', 'won_cents', 'lost_cents', 'bytes']
const sum = exactNumberSchema

/** Declares a report by months: who asks needs the module of its tables beside that of reports. */
function report<Query extends Compilable>(declared: {
  name: string
  summary: string
  module: ModuleName
  row: Record<string, z.ZodType>
  query(queries: TenantQueryBuilder, months: Months): Query
}): ReadRoute<z.ZodType, typeof monthsQuery, z.ZodType> {
  const permission = 'records:read'
  const row = z.strictObject({ month: z.string(), ...declared.row })
  return {
    scope: 'read',
    method: 'GET',
    path: `/v1/reports/${declared.name}`,
    summary: `${declared.summary}, in the tenant's time zone; months without any are left out`,
    module: 'bi',
    permission,
    query: monthsQuery,
    response: {
      status: 200,
      body: z.strictObject({ from: z.string(), to: z.string(), time_zone: z.string(), data: z.array(row) }),
    },
    handler: async ({ context, input, read }) => {
      let caller = undefined as Claims | undefined
      const { rows } = await read((queries, claims) => {
        caller = claims
        return calendarQuery(queries, context.clock.now())
      })
      const [calendar] = rows
      if (!calendar || !caller) throw new Error('a tenant has settings')
      const months = readMonths(input.query, calendar)
      const { module } = declared
      const found = await readBeside(context, caller, { module, permission }, (queries) =>
        declared.query(queries, months),
      )
      const { from, to, timeZone: time_zone } = months
      return ok({ from, to, time_zone, data: withNumbers(found) })
    },
  }
}

function withNumbers(rows: InferResult<Compilable>): Record<string, unknown>[] {
  return (rows as Record<string, unknown>[]).map((row) => {
    const entries = Object.entries(row).map(([name, value]) =>
      sums.includes(name) ? [name, toExactNumber(String(value))] : [name, value],
    )
    return Object.fromEntries(entries)
  })
}

/** What a tenant's own tables add up to, month by month. */
export const reportRoutes = [
  report({
    name: 'sales',
    summary: 'Invoices issued and invoices paid by month and currency, but for void ones',
    module: 'accounting',
    row: {
      currency: z.string(),
      issued_count: z.int(),
      issued_cents: sum,
      paid_count: z.int(),
      paid_cents: sum,
    },
    query: salesQuery,
  }),
  report({
    name: 'deals',
    summary: 'Deals won and deals lost by month and currency',
    module: 'crm',
    row: { currency: z.string(), won_count: z.int(), won_cents: sum, lost_count: z.int(), lost_cents: sum },
    query: closedDealsQuery,
  }),
  report({
    name: 'executions',
    summary: 'Runs of each workflow by month',
    module: 'automation',
    row: {
      workflow_id: z.uuid(),
      workflow_name: z.string(),
      count: z.int(),
      succeeded: z.int(),
      failed: z.int(),
      average_duration_ms: z.int().nullable(),
    },
    query: executionsQuery,
  }),
  report({
    name: 'knowledge',
    summary: 'Documents made by month, and the bytes they take',
    module: 'knowledge',
    row: { count: z.int(), bytes: sum },
    query: documentsQuery,
  }),
  report({
    name: 'content',
    summary: 'Articles made and articles published by month',
    module: 'content',
    row: { made: z.int(), published: z.int() },
    query: articlesQuery,
  }),
]
