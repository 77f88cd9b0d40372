import { z } from 'zod'
import type { TenantQueryBuilder } from '../db/database.ts'
import { recordAct } from '../features/audit/record-act.ts'
import { originOf } from '../http/address.ts'
import { exportFormatSchema, exportReply, exportResponse } from '../http/export-format.ts'
import type { ReadRoute } from '../http/route.ts'
import type { AnyResource } from './define-resource.ts'
import { cursorAt, type ListOf, type Part, type Row, type selectRows } from './rows.ts'

/** So many rows are read in one go, and held in memory until they are sent: fewer where each may be long. */
const rowsPerRead = { short: 250, long: 20 }

/** What the export of a resource takes beside its definition. */
interface Exported<Query extends Row> {
  /** Sort and filters, as its list takes them. */
  query: Record<string, z.ZodType>
  listOf(query: Query): ListOf
  list(queries: TenantQueryBuilder, list: ListOf, part: Part): ReturnType<typeof selectRows>
}

/**
 * The route that gives all rows of a list as a file, CSV or NDJSON, long columns included; the export is an entry in the
 * audit trail. Each page is read in a short transaction of its own, together with the check of the caller: no connection
 * is held for a reader who is slow, and a row that moves in the order meanwhile is there twice or not at all. In
 * the order of created_at none moves.
 */
export function exportRoute<Query extends Row>(
  { path, noun, label, module, table, large }: AnyResource,
  { query, listOf, list }: Exported<Query>,
): ReadRoute<z.ZodType, z.ZodType, z.ZodType> {
  const columns = [...table.columns.keys()]
  const isLong = large.length > 0
  const rowsPerPage = isLong ? rowsPerRead.long : rowsPerRead.short
  return {
    scope: 'read',
    method: 'GET',
    path: `${path}/export`,
    summary: `${label.en} as a file, CSV or a JSON object on each line, sorted and filtered as the list`,
    module,
    permission: 'records:read',
    // Who may not work here any more may still take along what is theirs.
    whenBlocked: 'allowed',
    query: z.strictObject({ format: exportFormatSchema, ...query }),
    response: exportResponse,
    handler: async ({ context, input, request, read, check }) => {
      const { format, ...wanted } = input.query as { format: 'csv' | 'ndjson' } & Query
      const asked = listOf(wanted as unknown as Query)
      const principal = await check()
      const { tenantId } = principal
      if (request.method === 'GET') {
        const act = { action: `${noun}.exported`, object: { type: 'tenant', id: tenantId } }
        await recordAct(context, principal, { ...act, origin: originOf(request) })
      }
      const day = context.clock.now().toISOString().slice(0, 10)
      return exportReply<Row>({
        tenantId,
        format,
        name: `${table.name.replaceAll('_', '-')}-${tenantId}-${day}`,
        columns,
        rowsPerPage,
        ...(isLong && { rowsPerPiece: 1 }),
        readPage: async (after) =>
          (await read((queries) => list(queries, asked, { after, limit: rowsPerPage }))).rows,
        cursorOf: (row) => cursorAt(table, asked.sort, row),
      })
    },
  }
}
