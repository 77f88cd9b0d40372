import { type Kysely, type RawBuilder, type SqlBool, sql } from 'kysely'
import type { TenantQueryBuilder } from '../../db/database.ts'
import { containing } from '../../db/patterns.ts'
import { sqlTypeOf } from '../columns.ts'
import { toExactNumber } from '../exact-numbers.ts'
import type { Operator } from './definition.ts'
import type { Condition, Plan, Shown } from './plan.ts'

/** What stands in a row of a result. */
export type Cell = string | number | boolean | null

/** What a query gives. */
export interface Result {
  columns: { name: string; kind: string }[]
  rows: Cell[][]
  /** Whether there are more rows than its limit. */
  is_cut: boolean
}

// The names of tables and columns come from the catalogue, which is made of definitions that the types have checked.
type AnyTables = Kysely<Record<string, Record<string, unknown>>>

/**
 * The query of a plan: names are quoted, values are parameters, and it asks for one row more than its limit. Its columns
 * are c0, c1 … in the order of the plan's, whose names may be longer than PostgreSQL's.
 * @param timeZone by which instants fall into days
 */
export function compileQuery(queries: TenantQueryBuilder, plan: Plan, timeZone: string) {
  const { table, shown, isGrouped, conditions, order, limit } = plan
  let query = (queries as unknown as AnyTables)
    .selectFrom(table.name)
    .select(shown.map((each, i) => expressionOf(each, timeZone).as(`c${i}`)))
    .where((eb) => eb.and(conditions.map(toSql)))
  if (table.isSoftlyDeleted) query = query.where('deleted_at', 'is', null)
  for (const { shown: by, isDescending } of order) {
    query = query.orderBy(sortedBy(plan, by), (sort) => (isDescending ? sort.desc() : sort.asc()).nullsLast())
  }
  if (isGrouped) {
    for (const [i, each] of shown.entries()) {
      if (!each.function) query = query.groupBy(numbered(i)).orderBy(numbered(i))
    }
  } else {
    query = query.orderBy('created_at', 'desc').orderBy('id', 'desc')
  }
  return query.limit(sql.lit(limit + 1))
}

/** The rows of compileQuery as they are answered. */
export function toResult({ shown, limit }: Plan, rows: Record<string, unknown>[]): Result {
  return {
    columns: shown.map(({ name, kind }) => ({ name, kind })),
    rows: rows.slice(0, limit).map((row) => shown.map((each, i) => toCell(each, row[`c${i}`]))),
    is_cut: rows.length > limit,
  }
}

function toCell(shown: Shown, value: unknown): Cell {
  if (value instanceof Date) return value.toISOString()
  if (value !== null && isExactSum(shown)) return toExactNumber(String(value))
  return value as Cell
}

const isExactSum = (shown: Shown) => shown.function === 'sum' && shown.kind === 'integer'

/** A column of the result, by its number: what is grouped by holds parameters, of which no two are the same to PostgreSQL. */
const numbered = (index: number) => sql<never>`${sql.lit(index + 1)}`

function sortedBy({ isGrouped, shown }: Plan, by: Shown) {
  if (by.function) return aggregate(by)
  return isGrouped ? numbered(shown.indexOf(by)) : sql.ref(by.name)
}

/** What is read of a column: dates as text, numbers as numbers, and sums of whole numbers digit by digit. */
function expressionOf(shown: Shown, timeZone: string): RawBuilder<unknown> {
  const { column, by, kind } = shown
  if (by && column) {
    const ref = sql.ref(column.name)
    const local = column.kind === 'date' ? sql`${ref}::timestamp` : sql`${ref} at time zone ${timeZone}`
    return sql`date_trunc(${sql.lit(by)}, ${local})::date::text`
  }
  const value = shown.function ? aggregate(shown) : sql.ref(shown.name)
  if (isExactSum(shown) || kind === 'date') return sql`${value}::text`
  return kind === 'integer' || kind === 'number' ? sql`${value}::float8` : sql`${value}`
}

function aggregate({ function: name, column }: Shown): RawBuilder<unknown> {
  return sql`${sql.raw(String(name))}(${column ? sql.ref(column.name) : sql`*`})`
}

const comparisons: Partial<Record<Operator, string>> = {
  eq: '=',
  // What is empty is not equal to anything.
  ne: 'is distinct from',
  lt: '<',
  lte: '<=',
  gt: '>',
  gte: '>=',
}

function toSql({ column, kind, operator, value }: Condition): RawBuilder<SqlBool> {
  const ref = sql.ref(column)
  const type = sql.raw(sqlTypeOf[kind])
  switch (operator) {
    case 'is_null':
      return value ? sql`${ref} is null` : sql`${ref} is not null`
    case 'in':
      return sql`${ref} = any(${value}::${type}[])`
    case 'contains':
      return sql`${ref} ilike ${containing(String(value))}`
    default:
      return sql`${ref} ${sql.raw(String(comparisons[operator]))} ${value}::${type}`
  }
}
