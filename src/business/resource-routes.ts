import { z } from 'zod'
import { keepQueries, type TenantQueryBuilder, type Tx } from '../db/database.ts'
import { bindCursor, type Cursor, decodeCursor, encodeCursor, toPage } from '../db/keyset.ts'
import { containing } from '../db/patterns.ts'
import { AppError, type ErrorCode } from '../errors.ts'
import { checkIfMatch, etagOfJson } from '../http/preconditions.ts'
import { created, noContent, ok, type ReadRoute, type Reply, type WriteRoute } from '../http/route.ts'
import { idParams, pageOf, pageQuery } from '../http/schemas.ts'
import { filterOf, flagSchema } from './columns.ts'
import type { AnyResource } from './define-resource.ts'
import { exportRoute } from './export-rows.ts'
import {
  type ListOf,
  type Part,
  type Row,
  type RunInsert,
  type selectRow,
  type selectRows,
  sortOf,
} from './rows.ts'

/** What the routes call. */
interface Queries<Shows> {
  list(queries: TenantQueryBuilder, list: ListOf, part: Part): ReturnType<typeof selectRows>
  find(queries: TenantQueryBuilder | Tx, id: string): ReturnType<typeof selectRow>
  cursorAt(sort: string, row: Row): Cursor
  lock(tx: Tx, id: string): Promise<Shows>
  create(tx: Tx, input: Row, now: Date, run?: RunInsert): Promise<Shows>
  update(tx: Tx, id: string, values: Row, now: Date): Promise<Shows>
  remove(tx: Tx, id: string, now: Date): Promise<void>
  removeForGood(tx: Tx, id: string, now: Date): Promise<void>
  restore(tx: Tx, id: string, now: Date): Promise<Shows>
}

/** Lists take these beside filters. */
const pageMembers = ['limit', 'cursor', 'sort', 'q', 'deleted']

/** The query of a list, as its schema parses it. */
type ListQuery = { limit: number; cursor?: string } & ListQueryWithoutPage
type ListQueryWithoutPage = { sort: string; q?: string; deleted?: boolean } & Row

/** What a list is asked for, apart from its page. */
export function listOf(query: ListQueryWithoutPage): ListOf {
  const filters = Object.entries(query).filter(
    ([name, value]) => !pageMembers.includes(name) && value !== undefined,
  )
  const pattern = query.q === undefined ? undefined : containing(query.q)
  return { sort: query.sort, pattern, deleted: query.deleted, filters: Object.fromEntries(filters) }
}

/** A page of 20, the default, and the row that tells whether there is another. */
const rowsOfShortRead = 21

/** The list query of a resource, compiled once for what makes its text: all but the values that it compares with. */
function keepList({
  list,
  large,
  table,
}: Pick<AnyResource, 'large' | 'table'> & Pick<Queries<unknown>, 'list'>) {
  interface Shape {
    sort: string
    deleted: boolean | undefined
    filters: string[]
    limit: number
    has: { pattern: boolean; cursor: boolean }
  }
  const kept = keepQueries(
    (queries, values: Row, { sort, deleted, filters, limit, has }: Shape) =>
      list(
        queries,
        {
          sort,
          deleted,
          filters: Object.fromEntries(filters.map((name) => [name, values[`filter ${name}`]])),
          pattern: has.pattern ? (values.pattern as string) : undefined,
        },
        {
          limit,
          omit: large,
          after: has.cursor ? { value: values.value as string, id: values.id as string } : undefined,
        },
      ),
    // Each sort has an index; a filter, a search, or rows that are marked as deleted may make it walk to the end of it.
    {
      isForJson: true,
      isShort: ({ filters, limit, has }) =>
        !table.isSoftlyDeleted && filters.length === 0 && !has.pattern && limit <= rowsOfShortRead,
    },
  )
  return ({ sort, pattern, deleted, filters }: ListOf, limit: number, after: Cursor | undefined) => {
    const values: Row = { ...after, pattern }
    for (const [name, value] of Object.entries(filters)) values[`filter ${name}`] = value
    const has = { pattern: pattern !== undefined, cursor: after !== undefined }
    return kept(values, { sort, deleted, filters: Object.keys(filters), limit, has })
  }
}

/** What a list can be asked for, apart from its page: sort, filters, q, and those that are softly deleted. */
export function listQueryOf({ sortable, filterable, table, fields, answer }: AnyResource) {
  const sorts = sortable.flatMap((name) => [`-${name}`, name])
  const schemaOf = (name: string) => fields[name] ?? (answer.shape[name] as z.ZodType)
  return {
    sort: z.enum(sorts).default('-created_at'),
    ...Object.fromEntries(filterable.map((name) => [name, filterOf(schemaOf(name))])),
    ...(table.searchable.length > 0 && { q: z.string().min(1).max(200).optional() }),
    ...(table.isSoftlyDeleted && {
      deleted: flagSchema,
    }),
  }
}

/** The routes of a resource, the literal paths first. */
export function createRoutes<Resource extends AnyResource & Queries<{ id: string; created_at: Date }>>(
  resource: Resource,
) {
  type Body = Resource['body']
  const { noun, module, path, table, permissions, limits } = resource
  const words = noun.replaceAll('_', ' ')
  const one = `${/^[aeiou]/.test(words) ? 'an' : 'a'} ${words}`
  const all = resource.label.en.toLowerCase()
  const objectPath = `${path}/:id` as const
  const conflicts: ErrorCode[] = resource.unique.length > 0 ? ['conflict'] : []
  const act = (action: string) => ({ action: `${noun}.${action}`, objectType: noun })
  const answer = { status: 200, body: resource.answer as z.ZodType, etag: true } as const
  const replyWith = (reply: Reply, row: unknown): Reply => {
    const json = JSON.stringify(row)
    return { ...reply, body: row, json, headers: { ETag: etagOfJson(json) } }
  }

  const keptList = keepList(resource)
  const keptFind = keepQueries((queries, { id }: { id: string }) => resource.find(queries, id), {
    isForJson: true,
    isShort: () => resource.large.length === 0,
  })

  const list: ReadRoute<z.ZodType, z.ZodType<ListQuery>, z.ZodType> = {
    scope: 'read',
    method: 'GET',
    path,
    summary: `List ${all}, newest first unless sorted otherwise`,
    module,
    permission: 'records:read',
    query: z.strictObject({ ...pageQuery, ...listQueryOf(resource) }) as never,
    response: { status: 200, body: pageOf(resource.listed) },
    handler: async ({ input, read }) => {
      const { limit, cursor, sort } = input.query
      const asked = listOf(input.query)
      const bound = bindCursor(sort, { ...asked.filters, q: input.query.q, deleted: asked.deleted })
      const after = cursor === undefined ? undefined : decodeCursor(cursor, bound, sortOf(table, sort).kind)
      const { rows } = await read(() => keptList(asked, limit + 1, after))
      return ok(toPage(rows, limit, (row) => encodeCursor(bound, resource.cursorAt(sort, row))))
    },
  }

  const get: ReadRoute<typeof idParams, z.ZodType, z.ZodType> = {
    scope: 'read',
    method: 'GET',
    path: objectPath,
    summary: `One of the ${all}`,
    module,
    permission: 'records:read',
    params: idParams,
    response: answer,
    errors: ['not_found'],
    handler: async ({ input, read }) => {
      const { rows } = await read(() => keptFind(input.params))
      if (!rows[0]) throw new AppError('not_found')
      return replyWith(ok(rows[0]), rows[0])
    },
  }

  const create: WriteRoute<z.ZodType, z.ZodType, Body> = {
    scope: 'write',
    method: 'POST',
    path,
    summary: `Make ${one}`,
    module,
    permission: permissions.write,
    limits,
    audit: act('created'),
    body: resource.body as Body,
    response: { ...answer, status: 201 },
    errors: conflicts,
    handler: async ({ context, input, tx, finish }) => {
      const body = input.body as Row
      const audited = (id: string) => ({ objectId: id, changedFields: Object.keys(body) })
      const row = await resource.create(tx, body, context.clock.now(), (id, query) =>
        finish(audited(id), query),
      )
      return replyWith(created(row, audited(row.id)), row)
    },
  }

  const update: WriteRoute<typeof idParams, z.ZodType, Resource['changes']> = {
    scope: 'write',
    method: 'PATCH',
    path: objectPath,
    summary: `Change fields of ${one}; null empties one`,
    module,
    permission: permissions.write,
    audit: act('updated'),
    params: idParams,
    body: resource.changes as Resource['changes'],
    ifMatch: true,
    response: answer,
    errors: ['not_found', ...conflicts],
    handler: async ({ context, input, request, tx }) => {
      const { id } = input.params
      const body = input.body as Row
      await checkIfMatch(request, () => resource.lock(tx, id))
      const row = await resource.update(tx, id, body, context.clock.now())
      return replyWith(ok(row, { objectId: id, changedFields: Object.keys(body) }), row)
    },
  }

  const remove: WriteRoute<typeof idParams, z.ZodType<{ for_good?: boolean }>, z.ZodType> = {
    scope: 'write',
    method: 'DELETE',
    path: objectPath,
    summary: table.isSoftlyDeleted
      ? `Delete ${one}, which can be restored, or, deleted already or not, for good`
      : `Delete ${one}`,
    module,
    permission: permissions.delete,
    audit: act('deleted'),
    params: idParams,
    query: z.strictObject(table.isSoftlyDeleted ? { for_good: flagSchema } : {}) as never,
    ifMatch: true,
    response: { status: 204 },
    errors: ['not_found', 'in_use'],
    handler: async ({ context, input, request, tx }) => {
      const { id } = input.params
      await checkIfMatch(request, () => resource.lock(tx, id))
      const isMarked = table.isSoftlyDeleted && !input.query.for_good
      const now = context.clock.now()
      await (input.query.for_good ? resource.removeForGood(tx, id, now) : resource.remove(tx, id, now))
      // So the audit trail tells which of both it was.
      return noContent({ objectId: id, changedFields: isMarked ? ['deleted_at'] : [] })
    },
  }

  const restore: WriteRoute<typeof idParams, z.ZodType, z.ZodType> = {
    scope: 'write',
    method: 'POST',
    path: `${objectPath}/restore`,
    summary: `Bring back ${one} that was deleted`,
    module,
    permission: permissions.delete,
    limits,
    audit: act('restored'),
    params: idParams,
    response: answer,
    errors: ['not_found'],
    handler: async ({ context, input, tx }) => {
      const row = await resource.restore(tx, input.params.id, context.clock.now())
      return replyWith(ok(row, { objectId: row.id, changedFields: ['deleted_at'] }), row)
    },
  }

  const exported = exportRoute(resource, { query: listQueryOf(resource), listOf, list: resource.list })
  const always = { export: exported, list, create, get, update, remove }
  return (table.isSoftlyDeleted ? { ...always, restore } : always) as typeof always & {
    restore?: typeof restore
  }
}
