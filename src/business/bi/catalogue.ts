import { z } from 'zod'
import type { Permission } from '../../features/members/roles.ts'
import type { ModuleName } from '../../features/plans/plans.ts'
import type { Route } from '../../http/route.ts'
import type { ColumnKind } from '../columns.ts'
import type { AnyResource } from '../define-resource.ts'

/** A column that a query may name. */
export interface QueryableColumn {
  kind: Exclude<ColumnKind, 'json'>
  /** A text of pages: a query may look into it, and shows none of it. */
  isLong: boolean
}

/** A table that a query may name, and what its list asks of the caller. */
export interface QueryableTable {
  name: string
  module: ModuleName
  permission: Permission
  isSoftlyDeleted: boolean
  columns: ReadonlyMap<string, QueryableColumn>
}

/** The tables that queries may name. */
export type Catalogue = ReadonlyMap<string, QueryableTable>

/** The longest text that a row of a result shows. */
const longestShown = 1000

/**
 * What queries may name: of each business table that has a list the columns that the list shows, but for objects and
 * lists. So the column tenant_id is not there, and no secret is.
 */
export function catalogueOf(
  resources: readonly (AnyResource & { routes: Record<string, Route> })[],
): Catalogue {
  const tables = resources.flatMap((resource): QueryableTable[] => {
    const { table, module, routes } = resource
    const { list } = routes
    if (list?.scope !== 'read') return []
    const { isSoftlyDeleted, name } = table
    const { permission } = list
    return [{ name, module, permission, isSoftlyDeleted, columns: columnsOf(resource) }]
  })
  return new Map(tables.map((table) => [table.name, table]))
}

function columnsOf({ table, answer, listed }: AnyResource): Map<string, QueryableColumn> {
  const columns = [...table.columns].flatMap(([name, { kind, schema }]): [string, QueryableColumn][] => {
    const isShown = Object.hasOwn(answer.shape, name) && Object.hasOwn(listed.shape, name)
    if (!isShown || kind === 'json') return []
    return [[name, { kind, isLong: kind === 'text' && isLong(schema) }]]
  })
  return new Map(columns)
}

function isLong(schema: z.ZodType): boolean {
  const { maxLength = 0 } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })
  return maxLength > longestShown
}
