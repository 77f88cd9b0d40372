import { mapValues, pascalCase } from 'es-toolkit'
import { z } from 'zod'
import type { TenantOwned, TenantQueryBuilder, Tx } from '../db/database.ts'
import type { Permission } from '../features/members/roles.ts'
import { type Amounts, release } from '../features/plans/limits.ts'
import { isPeriodLimit, type ModuleName } from '../features/plans/plans.ts'
import type { WriteRoute } from '../http/route.ts'
import { type Column, changesOf, columnOf, shown } from './columns.ts'
import { createRoutes } from './resource-routes.ts'
import {
  cursorAt,
  deleteRow,
  insertRow,
  type ListOf,
  lockRow,
  markDeleted,
  type Part,
  type Row,
  type RunInsert,
  restoreRow,
  selectionOf,
  selectRow,
  selectRows,
  type Table,
  updateRow,
} from './rows.ts'

/** A table that a resource can be of: its columns are a tenant's. */
export type ResourceTable = keyof TenantOwned

type Fields<Name extends ResourceTable> = { [Column in keyof TenantOwned[Name]]?: z.ZodType }
type NameOf<Shape> = Extract<keyof Shape, string>
type NoOther<Shape, Name extends ResourceTable> = {
  [Column in Exclude<keyof Shape, keyof TenantOwned[Name]>]: never
}

/** All that is to be said of a business table. */
export interface Definition<
  Name extends ResourceTable,
  Shape extends Fields<Name>,
  Computed extends Fields<Name>,
> {
  table: Name
  /** One of them, as audit entries name it. */
  noun: string
  /** All of them, as menus and the documentation name them. */
  label: { en: string; fr: string }
  module: ModuleName
  /** Where it is served: /v1/ and the table's name with hyphens, unless said otherwise. */
  path?: `/v1/${string}`
  /** What callers say of one: the columns, in the order in which they are shown. */
  fields: Shape & NoOther<Shape, Name>
  /** Columns that only rules write: they are shown, and cannot be said. */
  computed?: Computed & NoOther<Computed, Name>
  /** What a list can be sorted by beside created_at: columns without null, each with an index behind tenant_id. */
  sortable?: readonly NameOf<Shape & Computed>[]
  /** What a list can be filtered by, for equality. */
  filterable?: readonly NameOf<Shape & Computed>[]
  /** Texts that `q` looks into. */
  searchable?: readonly NameOf<Shape & Computed>[]
  /** Long columns, which lists leave out. */
  large?: readonly NameOf<Shape & Computed>[]
  /** Columns of which each has a value of its own, by a unique key behind tenant_id; the same again is 409 `conflict`. */
  unique?: readonly NameOf<Shape & Computed>[]
  /** Columns that hold the id of a row of another table. */
  references?: { [Column in NameOf<Shape & Computed>]?: ResourceTable }
  /** What one takes of the plan's limits, from its making to its end. */
  limits?: Amounts
  /** Whether deleting takes the row away, or sets its deleted_at, from which it can be brought back. */
  deletion: 'hard' | 'soft'
  /** Who may, unless members write and managers delete. */
  permissions?: { write?: Permission; delete?: Permission }
  /** A body that is accepted, for the documentation and the tests. */
  example: z.input<z.ZodObject<Shape & NoOther<Shape, Name>>>
}

/** What is shown of a field. */
type Shown<Field> = Field extends z.ZodType
  ? undefined extends z.output<Field>
    ? NonNullable<z.output<Field>> | null
    : z.output<Field>
  : never

/** One object as it is shown. */
export type ResourceRow<Shape, Computed> = { id: string } & {
  [Name in keyof (Shape & Computed)]: Shown<(Shape & Computed)[Name]>
} & { created_at: Date; updated_at: Date }

/** What making one needs, as its body is parsed. */
export type ResourceInput<Shape> = z.output<z.ZodObject<Shape & Record<string, z.ZodType>>>

/** A definition with what follows from it, for those that need no types of its columns. */
export interface AnyResource {
  noun: string
  label: { en: string; fr: string }
  module: ModuleName
  path: `/v1/${string}`
  table: Table
  large: readonly string[]
  filterable: readonly string[]
  sortable: readonly string[]
  unique: readonly string[]
  references: Readonly<Record<string, string>>
  limits: Amounts
  permissions: { write: Permission; delete: Permission }
  fields: Record<string, z.ZodType>
  example: Row
  /** Schemas: one as it is shown, one in a list, what makes one, what changes one. */
  answer: z.ZodObject
  listed: z.ZodObject
  body: z.ZodObject
  changes: z.ZodType
}

/**
 * Makes a resource of a business table: queries, and the routes that list, make, show, change and delete its rows, with
 * everything a route states of itself. What is special about it is written beside it: its rules are the same functions
 * again, around these, with routes of their own: `rules = { ...standard, create, update }`, `createRoutes(rules)`.
 * @throws Error for what cannot be sorted or filtered by
 */
export function defineResource<
  const Name extends ResourceTable,
  Shape extends Fields<Name>,
  Computed extends Fields<Name> = Record<never, never>,
>(definition: Definition<Name, Shape, Computed>) {
  const fields = definition.fields as Record<string, z.ZodType>
  const all: Record<string, z.ZodType> = {
    id: z.uuid(),
    ...fields,
    ...(definition.computed as Record<string, z.ZodType> | undefined),
    created_at: z.date(),
    updated_at: z.date(),
  }
  const { noun, large = [], limits = {}, filterable = [], searchable = [] } = definition
  const sortable = ['created_at', ...(definition.sortable ?? [])]
  const references = (definition.references ?? {}) as Record<string, string>
  const columns = new Map(Object.entries(all).map(([name, schema]) => [name, columnOf(schema)]))
  const table: Table = {
    name: definition.table,
    columns,
    selection: selectionOf(columns),
    isSoftlyDeleted: definition.deletion === 'soft',
    searchable,
    references,
  }
  checkSortable(columns, sortable)
  if (table.isSoftlyDeleted && (Object.keys(limits) as (keyof Amounts)[]).some(isPeriodLimit)) {
    throw new Error(`${noun}: what counts in a period cannot be brought back`)
  }

  type Shows = ResourceRow<Shape, Computed>
  const example = definition.example as Row
  const answer = z
    .strictObject(mapValues(all, shown))
    .meta({ id: pascalCase(noun) }) as unknown as z.ZodObject & z.ZodType<Shows>
  const resource = {
    noun,
    label: definition.label,
    module: definition.module,
    path: definition.path ?? (`/v1/${definition.table.replaceAll('_', '-')}` as const),
    table,
    large: large as readonly string[],
    filterable: filterable as readonly string[],
    sortable: sortable as readonly string[],
    unique: (definition.unique ?? []) as readonly string[],
    references,
    limits,
    permissions: { write: 'records:write', delete: 'records:delete', ...definition.permissions } as const,
    fields,
    example,
    answer,
    listed: large.length > 0 ? withoutLarge(answer, large).meta({ id: `${pascalCase(noun)}InList` }) : answer,
    body: z.strictObject(fields).meta({ examples: [example] }) as unknown as z.ZodObject &
      z.ZodType<ResourceInput<Shape>>,
    changes: changesOf(fields) as unknown as z.ZodType<Partial<ResourceInput<Shape>>>,

    /** A part of a list, as a query; each row without the columns that the part omits. */
    list: (queries: TenantQueryBuilder, list: ListOf, part: Part) => selectRows(queries, table, list, part),
    /** Where a row stands in a list of this sort. */
    cursorAt: (sort: string, row: Row) => cursorAt(table, sort, row),
    /** One by id, as a query: none when this tenant has no such row. */
    find: (queries: TenantQueryBuilder | Tx, id: string) => selectRow(queries, table, id),
    /**
     * One by id, which nobody else changes until the transaction ends.
     * @throws AppError 404 `not_found`
     */
    lock: (tx: Tx, id: string) => lockRow(tx, table, id) as Promise<Shows>,
    /**
     * Makes one and returns it; its limits are the route's to take.
     * @param run sends the insert, in the place of the handle; then nothing can be sent behind it
     * @throws AppError 400 `invalid_request` for a reference to nothing of this tenant's
     */
    create: (tx: Tx, input: Row, now: Date, run?: RunInsert) =>
      insertRow(tx, table, input, now, run) as Promise<Shows>,
    /**
     * Changes columns of one and returns it.
     * @throws AppError 404 `not_found`, 400 `invalid_request` as create
     */
    update: (tx: Tx, id: string, values: Row, now: Date) =>
      updateRow(tx, table, id, values, now) as Promise<Shows>,
    /**
     * Deletes one, softly where the definition says so, and gives back what it took of limits.
     * @throws AppError 404 `not_found`, 409 `in_use`
     */
    async remove(tx: Tx, id: string, now: Date): Promise<void> {
      const deleted = table.isSoftlyDeleted ? markDeleted(tx, table, id, now) : deleteRow(tx, table, id)
      release(tx, limits, { now, takenAt: (await deleted).created_at })
    },
    /**
     * Deletes one that cannot be brought back then, whether it was softly deleted before or not, and gives back what it
     * still takes of limits.
     * @throws AppError 404 `not_found`, 409 `in_use`
     */
    async removeForGood(tx: Tx, id: string, now: Date): Promise<void> {
      const { created_at, was_marked } = await deleteRow(tx, table, id)
      if (!was_marked) release(tx, limits, { now, takenAt: created_at })
    },
    /**
     * Brings back one that was softly deleted; its limits are the route's to take.
     * @throws AppError 404 `not_found`
     */
    restore: (tx: Tx, id: string, now: Date) => restoreRow(tx, table, id, now) as Promise<Shows>,
  }
  return { ...resource, routes: createRoutes(resource) }
}

/** A route of a resource that writes, with the type of its body. */
export type ResourceWrite<Body extends z.ZodType = z.ZodType> = WriteRoute<z.ZodType, z.ZodType, Body>

function withoutLarge(answer: z.ZodObject, large: readonly string[]): z.ZodObject {
  return answer.omit(Object.fromEntries(large.map((name) => [name, true])) as never)
}

function checkSortable(columns: ReadonlyMap<string, Column>, sortable: readonly string[]): void {
  for (const name of sortable) {
    const { kind, isNullable } = columns.get(name) ?? {}
    if (isNullable !== false || !kind || ['json', 'boolean', 'number', 'uuid'].includes(kind)) {
      throw new Error(`a list cannot go on behind a row sorted by ${name}, which is ${kind}, or may be null`)
    }
  }
}
