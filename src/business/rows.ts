import { memoize } from 'es-toolkit'
import { type AliasedExpression, type Compilable, type Kysely, type SqlBool, sql } from 'kysely'
import { keepQueries, type TenantOwned, type TenantQueryBuilder, type Tx } from '../db/database.ts'
import type { Cursor, SortedKind } from '../db/keyset.ts'
import { AppError } from '../errors.ts'
import { newId } from '../new-id.ts'
import { type Column, sqlTypeOf } from './columns.ts'

/** A row with the names of its columns. */
export type Row = Record<string, unknown>

/** What of a table its queries need to know. */
export interface Table {
  name: string
  columns: ReadonlyMap<string, Column>
  /** What is read of each column, as selectionOf makes it. */
  selection: ReadonlyMap<string, AliasedExpression<unknown, string>>
  isSoftlyDeleted: boolean
  searchable: readonly string[]
  /** Columns with the id of a row of another table, and which that is. */
  references: Readonly<Record<string, string>>
}

type SoftTable = {
  [Name in keyof TenantOwned]: 'deleted_at' extends keyof TenantOwned[Name] ? Name : never
}[keyof TenantOwned]

/** The tables whose rows are marked as deleted; the types see that none is missing. */
const softTables: Record<SoftTable, true> = {
  deals: true,
  production_orders: true,
  projects: true,
  workflows: true,
}

/** Which rows a list has, in which order; what is left out asks for nothing. */
export interface ListOf {
  /** A column, descending with `-` in front. */
  sort: string
  /** Columns and what they equal. */
  filters: Row
  /** Of ILIKE, for the searchable texts. */
  pattern?: string | undefined
  /** Those that are deleted, instead of the others. */
  deleted?: boolean | undefined
}

/** The part of a list behind a row. */
export interface Part {
  limit: number
  after?: Cursor | undefined
  /** Columns to leave out. */
  omit?: readonly string[]
}

// The names of tables and columns come from definitions, which the types have checked.
type AnyTables = Kysely<Record<string, Row>>
/** A transaction for queries of tables that a definition names. */
export const anyTx = (tx: Tx) => tx as unknown as AnyTables

/** What of each column is read: dates as text, and numbers as numbers, exact up to 2^53. */
export function selectionOf(columns: Table['columns']) {
  const selected = [...columns].map(([name, { kind }]) => {
    if (kind === 'date') return [name, sql<unknown>`${sql.ref(name)}::text`.as(name)] as const
    if (kind === 'integer' || kind === 'number') {
      return [name, sql<unknown>`${sql.ref(name)}::float8`.as(name)] as const
    }
    return [name, sql.ref<unknown>(name).as(name)] as const
  })
  return new Map(selected)
}

function selected({ selection }: Table, omit: readonly string[] = []) {
  return [...selection].filter(([name]) => !omit.includes(name)).map(([, expression]) => expression)
}

function stored({ columns }: Table, values: Row): Row {
  const entries = Object.entries(values).map(([name, value]) => {
    const isJson = columns.get(name)?.kind === 'json'
    return [name, isJson && value !== null && value !== undefined ? JSON.stringify(value) : value]
  })
  return Object.fromEntries(entries)
}

/** A part of a list, as a query. */
export function selectRows(queries: TenantQueryBuilder, table: Table, list: ListOf, part: Part) {
  const { column, direction, kind } = sortOf(table, list.sort)
  const sorted = kind === 'text' ? sql`${sql.ref(column)} collate "C"` : sql.ref(column)
  let query = (queries as unknown as AnyTables).selectFrom(table.name).select(selected(table, part.omit))
  for (const [name, value] of Object.entries(list.filters)) {
    if (value !== undefined) query = query.where(sql<SqlBool>`${sql.ref(name)} = ${value}`)
  }
  if (table.isSoftlyDeleted) query = query.where('deleted_at', list.deleted ? 'is not' : 'is', null)
  const { pattern } = list
  if (pattern !== undefined) {
    query = query.where((eb) => eb.or(table.searchable.map((name) => eb(name, 'ilike', pattern))))
  }
  if (part.after) {
    const than = sql.raw(direction === 'desc' ? '<' : '>')
    const value = sql`${part.after.value}::${sql.raw(sqlTypeOf[kind])}`
    query = query.where(sql<SqlBool>`(${sorted}, id) ${than} (${value}, ${part.after.id}::uuid)`)
  }
  return (
    query
      .orderBy(sorted, direction)
      .orderBy('id', direction)
      // As a literal: for a limit that is a parameter PostgreSQL plans anew each time.
      .limit(sql.lit(part.limit))
  )
}

/** What a list is sorted by. */
export function sortOf(table: Table, sort: string) {
  const isDescending = sort.startsWith('-')
  const column = isDescending ? sort.slice(1) : sort
  const kind = (table.columns.get(column)?.kind ?? 'text') as SortedKind
  return { column, kind, direction: isDescending ? ('desc' as const) : ('asc' as const) }
}

/** Where a row stands in a list of this sort. */
export function cursorAt(table: Table, sort: string, row: Row): Cursor {
  const value = row[sortOf(table, sort).column]
  return { value: value instanceof Date ? value.toISOString() : String(value), id: String(row.id) }
}

/** One row by id, as a query: none when this tenant has no such row, or had it. */
export function selectRow(queries: TenantQueryBuilder | Tx, table: Table, id: string) {
  const query = (queries as unknown as AnyTables)
    .selectFrom(table.name)
    .select(selected(table))
    .where('id', '=', id)
  return table.isSoftlyDeleted ? query.where('deleted_at', 'is', null) : query
}

/**
 * One row by id, which nobody else changes until the transaction ends.
 * @throws AppError 404 `not_found`
 */
export async function lockRow(tx: Tx, table: Table, id: string): Promise<Row> {
  const row = await selectRow(tx, table, id).forUpdate().executeTakeFirst()
  if (!row) throw new AppError('not_found')
  return row
}

/** Sends the insert of a row, whose id it is told, and gives what was inserted. Nothing can be sent behind it. */
export type RunInsert = (id: string, insert: Compilable<Row>) => Promise<Row[]>

/**
 * Makes a row and returns it.
 * @param run sends the insert, in the place of the handle; then nothing can be sent behind it
 * @throws AppError 400 `invalid_request` for a reference to nothing of this tenant's; the server's error
 */
export async function insertRow(
  tx: Tx,
  table: Table,
  values: Row,
  now: Date,
  run: RunInsert = (_id, insert) => tx.run(insert),
): Promise<Row> {
  await holdReferences(tx, table, [values])
  const id = newId(now)
  const row = {
    ...stored(table, values),
    id,
    created_at: now,
    updated_at: now,
  }
  const given = Object.entries(row).flatMap(([name, value]) => (value === undefined ? [] : [name]))
  const [inserted] = await explain(table, () => run(id, insertInto(table)(row, given) as Compilable<Row>))
  return inserted as Row
}

/** The insert of a row with its columns as they are stored, compiled once for each set of columns. */
const insertInto = memoize((table: Table) =>
  keepQueries((queries, row: Row, columns: string[]) =>
    (queries as unknown as AnyTables)
      .insertInto(table.name)
      .values(Object.fromEntries(columns.map((name) => [name, row[name]])))
      .returning(selected(table)),
  ),
)

/**
 * Changes columns of a row and returns it.
 * @throws AppError 404 `not_found`, 400 `invalid_request` as insertRow; the server's error
 */
export async function updateRow(tx: Tx, table: Table, id: string, values: Row, now: Date): Promise<Row> {
  await holdReferences(tx, table, [values])
  const query = anyTx(tx)
    .updateTable(table.name)
    .set({ ...stored(table, values), updated_at: now })
    .where('id', '=', id)
    .returning(selected(table))
  const row = await explain(table, () =>
    (table.isSoftlyDeleted ? query.where('deleted_at', 'is', null) : query).executeTakeFirst(),
  )
  if (!row) throw new AppError('not_found')
  return row
}

/**
 * Marks a row as deleted, and says when it was made.
 * @throws AppError 404 `not_found`
 */
export async function markDeleted(tx: Tx, table: Table, id: string, now: Date): Promise<Deleted> {
  return found(
    await anyTx(tx)
      .updateTable(table.name)
      .set({ deleted_at: now, updated_at: now })
      .where('id', '=', id)
      .where('deleted_at', 'is', null)
      .returning('created_at')
      .executeTakeFirst(),
  )
}

/**
 * Deletes a row for good, marked or not, and says when it was made and whether it was marked.
 * @throws AppError 404 `not_found`, 409 `in_use` when rows of another table refer to it
 */
export async function deleteRow(tx: Tx, table: Table, id: string): Promise<Deleted> {
  const isMarked = table.isSoftlyDeleted ? sql<boolean>`deleted_at is not null` : sql<boolean>`false`
  try {
    return found(
      await anyTx(tx)
        .deleteFrom(table.name)
        .where('id', '=', id)
        .returning(['created_at', isMarked.as('was_marked')])
        .executeTakeFirst(),
    )
  } catch (error) {
    throw isForeignKeyViolation(error) ? new AppError('in_use', { cause: error }) : error
  }
}

/** What is known of a row that is gone. */
interface Deleted {
  created_at: Date
  was_marked: boolean
}

function found(row: Row | undefined): Deleted {
  if (!row) throw new AppError('not_found')
  return { created_at: row.created_at as Date, was_marked: row.was_marked === true }
}

/**
 * Brings back a row that was marked as deleted.
 * @throws AppError 404 `not_found`
 */
export async function restoreRow(tx: Tx, table: Table, id: string, now: Date): Promise<Row> {
  const row = await anyTx(tx)
    .updateTable(table.name)
    .set({ deleted_at: null, updated_at: now })
    .where('id', '=', id)
    .where('deleted_at', 'is not', null)
    .returning(selected(table))
    .executeTakeFirst()
  if (!row) throw new AppError('not_found')
  return row
}

interface ForeignKeyViolation {
  constraint: string
}

function isForeignKeyViolation(error: unknown): error is ForeignKeyViolation {
  return (error as { code?: unknown }).code === '23503'
}

/**
 * Runs work that refers to rows of other tables. Another tenant's row is as unknown as one that never was: the foreign key
 * sees neither.
 * @throws AppError 400 `invalid_request` for a reference to nothing of this tenant's; what work throws
 */
export async function explain<T>(table: Table, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const column =
      isForeignKeyViolation(error) &&
      Object.keys(table.references).find((name) => error.constraint.endsWith(`_${name}_fkey`))
    if (!column) throw error
    throw notKnown(column, error)
  }
}

function notKnown(column: string, cause?: unknown): AppError {
  const errors = [{ path: `body.${column}`, message: 'is not known' }]
  return new AppError('invalid_request', { errors, cause })
}

/**
 * Holds what rows refer to in tables whose rows are marked as deleted, until the transaction ends: the foreign key takes
 * one that is marked, too. A lock for share, since marking changes no key and goes past a lock for key share.
 * @throws AppError 400 `invalid_request` for a reference to nothing of this tenant's, or to what is deleted
 */
export async function holdReferences(tx: Tx, table: Table, rows: readonly Row[]): Promise<void> {
  for (const [column, to] of Object.entries(table.references)) {
    const ids = new Set(rows.map((row) => row[column]).filter((id) => typeof id === 'string'))
    if (ids.size === 0 || !Object.hasOwn(softTables, to)) continue
    const held = await anyTx(tx)
      .selectFrom(to)
      .select('id')
      .where(sql<SqlBool>`id = any(${[...ids]}::uuid[])`)
      .where('deleted_at', 'is', null)
      .forShare()
      .execute()
    if (held.length < ids.size) throw notKnown(column)
  }
}

/**
 * Runs work that a check constraint of its table may refuse: that sees the row as it becomes, whichever of its columns is
 * changed and whoever changes the others.
 * @throws AppError 400 `invalid_request` with this error if it does; what work throws
 */
export async function explainCheck<T>(
  constraint: string,
  error: { path: string; message: string },
  work: Promise<T>,
): Promise<T> {
  try {
    return await work
  } catch (cause) {
    if ((cause as { constraint?: unknown }).constraint !== constraint) throw cause
    throw new AppError('invalid_request', { errors: [error], cause })
  }
}
