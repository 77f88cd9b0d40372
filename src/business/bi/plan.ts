import { z } from 'zod'
import { AppError, type InputError } from '../../errors.ts'
import { dateSchema, instantSchema } from '../../http/schemas.ts'
import type { Catalogue, QueryableColumn, QueryableTable } from './catalogue.ts'
import {
  type AggregateFunction,
  type Definition,
  definitionSchema,
  type Operator,
  type Period,
} from './definition.ts'

type Kind = QueryableColumn['kind']

/** One column of a result. */
export interface Shown {
  name: string
  /** Of its values. */
  kind: Kind
  /** The column it is made of; none where rows are counted. */
  column?: { name: string; kind: Kind }
  by?: Period | undefined
  function?: AggregateFunction
}

/** A condition on rows, with a value of the column's kind. */
export interface Condition {
  column: string
  kind: Kind
  operator: Operator
  value: unknown
}

/** A query in which each name is one that the catalogue knows. */
export interface Plan {
  table: QueryableTable
  /** Whether rows are put together. */
  isGrouped: boolean
  shown: Shown[]
  conditions: Condition[]
  order: { shown: Shown; isDescending: boolean }[]
  limit: number
}

const values: Record<Kind, z.ZodType> = {
  text: z.string(),
  uuid: z.uuid().toLowerCase(),
  integer: z.int(),
  number: z.number(),
  boolean: z.boolean(),
  date: dateSchema,
  instant: instantSchema,
}

const comparing: readonly Operator[] = ['eq', 'ne', 'lt', 'lte', 'gt', 'gte', 'in', 'is_null']
const operatorsOf: Record<Kind, readonly Operator[]> = {
  text: ['eq', 'ne', 'in', 'contains', 'is_null'],
  uuid: ['eq', 'ne', 'in', 'is_null'],
  boolean: ['eq', 'ne', 'is_null'],
  integer: comparing,
  number: comparing,
  date: comparing,
  instant: comparing,
}

const numbers: readonly Kind[] = ['integer', 'number']
const ordered: readonly Kind[] = [...numbers, 'date', 'instant']
const measurable: Record<AggregateFunction, readonly Kind[]> = {
  count: Object.keys(values) as Kind[],
  sum: numbers,
  avg: numbers,
  min: ordered,
  max: ordered,
}

/** Notes what is wrong at a place of the definition, and gives nothing. */
type Complain = (place: string, message: string) => undefined

/**
 * Looks up every name of a definition, and reads every value as what its column holds.
 * @param stored the definition, as it is given now or was kept, since when there may be other tables and columns
 * @param path where it stands, for errors
 * @throws AppError 400 `invalid_request` for what the catalogue does not have or does not allow
 */
export function planQuery(catalogue: Catalogue, stored: unknown, path: string): Plan {
  const errors: InputError[] = []
  const complain: Complain = (place, message) => {
    errors.push({ path: place ? `${path}.${place}` : path, message })
    return undefined
  }
  const parsed = definitionSchema.safeParse(stored)
  const plan = parsed.success ? lookUp(catalogue, parsed.data, complain) : undefined
  for (const issue of parsed.error?.issues ?? []) complain(issue.path.join('.'), issue.message)
  if (!plan || errors.length > 0) throw new AppError('invalid_request', { errors: errors.slice(0, 20) })
  return plan
}

function lookUp(catalogue: Catalogue, definition: Definition, complain: Complain): Plan | undefined {
  const table = catalogue.get(definition.table)
  if (!table) return complain('table', oneOf(catalogue.keys()))
  const { fields = [], measures = [], group_by = [], filters, order, limit } = definition
  const isGrouped = definition.measures !== undefined
  const shown = [
    ...fields.map((name, i) => shownColumn(table, { field: name }, `fields.${i}`, complain)),
    ...group_by.map((group, i) => shownColumn(table, group, `group_by.${i}.field`, complain)),
    ...measures.map((measure, i) => shownMeasure(table, measure, `measures.${i}`, complain)),
  ].filter((each) => each !== undefined)
  const names = shown.map(({ name }) => name)
  for (const name of new Set(names.filter((each, i) => names.indexOf(each) < i))) {
    complain('', `names ${name} twice`)
  }
  const conditions = filters.map((filter, i) => conditionOf(table, filter, `filters.${i}`, complain))
  const sorted = order.map(({ by, direction }, i) => {
    const column = isGrouped
      ? (shown.find(({ name }) => name === by) ?? complain(`order.${i}.by`, oneOf(names)))
      : shownColumn(table, { field: by }, `order.${i}.by`, complain)
    return column && { shown: column, isDescending: direction === 'desc' }
  })
  return {
    table,
    isGrouped,
    shown,
    conditions: conditions.filter((each) => each !== undefined),
    order: sorted.filter((each) => each !== undefined),
    limit,
  }
}

function oneOf(names: Iterable<string>): string {
  return `should be one of ${[...names].join(', ')}`
}

/** The names of the columns that something can be done with. */
function those(table: QueryableTable, isFit: (column: QueryableColumn) => boolean): string[] {
  return [...table.columns].filter(([, column]) => isFit(column)).map(([name]) => name)
}

/** A column as it is, or the day, week or month that it falls into. */
function shownColumn(
  table: QueryableTable,
  { field, by }: { field: string; by?: Period | undefined },
  place: string,
  complain: Complain,
): Shown | undefined {
  const isFit = ({ kind, isLong }: QueryableColumn) => (by ? kind === 'instant' || kind === 'date' : !isLong)
  const column = table.columns.get(field)
  if (!column || !isFit(column)) return complain(place, oneOf(those(table, isFit)))
  const { kind } = column
  const made = { column: { name: field, kind }, by }
  return by ? { ...made, name: `${field}_${by}`, kind: 'date' } : { ...made, name: field, kind }
}

function shownMeasure(
  table: QueryableTable,
  measure: { function: AggregateFunction; field?: string | undefined },
  place: string,
  complain: Complain,
): Shown | undefined {
  const { function: name, field } = measure
  if (field === undefined) {
    if (name === 'count') return { name, kind: 'integer', function: name }
    return complain(`${place}.field`, 'is required')
  }
  const isFit = ({ kind }: QueryableColumn) => measurable[name].includes(kind)
  const column = table.columns.get(field)
  if (!column || !isFit(column)) return complain(`${place}.field`, oneOf(those(table, isFit)))
  const kind = name === 'count' ? 'integer' : name === 'avg' ? 'number' : column.kind
  return { name: `${name}_${field}`, kind, column: { name: field, kind: column.kind }, function: name }
}

function conditionOf(
  table: QueryableTable,
  { field, operator, value }: Definition['filters'][number],
  place: string,
  complain: Complain,
): Condition | undefined {
  const column = table.columns.get(field)
  if (!column) return complain(`${place}.field`, oneOf(table.columns.keys()))
  const { kind } = column
  const fitting = operatorsOf[kind]
  if (!fitting.includes(operator)) return complain(`${place}.operator`, oneOf(fitting))
  const wanted = operator === 'is_null' ? 'boolean' : kind
  const schema = operator === 'in' ? z.array(values[wanted]) : values[wanted]
  const parsed = schema.safeParse(value)
  if (!parsed.success) {
    const what = operator === 'in' ? 'a list of values' : 'a value'
    return complain(`${place}.value`, `should be ${what} of kind ${wanted}`)
  }
  return { column: field, kind, operator, value: parsed.data }
}
