import { chunk, mapValues } from 'es-toolkit'
import { sql } from 'kysely'
import { z } from 'zod'
import type { Tx } from '../db/database.ts'
import type { ErrorCode } from '../errors.ts'
import { type Amounts, consume } from '../features/plans/limits.ts'
import { created, type WriteRoute } from '../http/route.ts'
import { newId } from '../new-id.ts'
import { sqlTypeOf } from './columns.ts'
import type { AnyResource } from './define-resource.ts'
import { anyTx, explain, holdReferences, type Row, type Table } from './rows.ts'

/** So many rows go to the database in one statement. */
const rowsPerInsert = 1000

/**
 * The route that makes one of a resource of each line of its body, or, if anything is wrong with any, none at all. Each
 * is an entry in the audit trail. For resources whose rows are made by their definition alone: what rules do at
 * creating is not done here.
 */
export function importRoute(resource: AnyResource) {
  const { path, noun, label, module, permissions, table, limits, unique, body } = resource
  const hasLimits = Object.keys(limits).length > 0
  const errors: ErrorCode[] = []
  if (hasLimits) errors.push('limit_reached')
  if (unique.length > 0) errors.push('conflict')
  const declared: WriteRoute<z.ZodType, z.ZodType, z.ZodArray<z.ZodObject>> = {
    scope: 'write',
    method: 'POST',
    path: `${path}/import`,
    summary: `Make many ${label.en.toLowerCase()}, one of each line (up to 10,000, of 16 MiB together): all of them, or none`,
    module,
    permission: permissions.write,
    audit: { action: `${noun}.created`, objectType: noun },
    body: z.array(body),
    bodyType: 'application/x-ndjson',
    response: { status: 201, body: z.strictObject({ imported: z.int() }) },
    errors,
    handler: async ({ context, input, tx }) => {
      const rows: Row[] = input.body
      const now = context.clock.now()
      const ids = await insertRows(tx, table, rows, now)
      if (hasLimits) consume(tx, mapValues(limits, (amount = 0) => amount * rows.length) as Amounts, now)
      const made = rows.map((row, index) => {
        return { objectId: String(ids[index]), changedFields: Object.keys(row) }
      })
      return created({ imported: rows.length }, made)
    },
  }
  return declared
}

/**
 * Makes rows, whose ids are in the order of the rows, and returns those.
 * @throws AppError 400 `invalid_request` for a reference to nothing of this tenant's; the server's error
 */
async function insertRows(tx: Tx, table: Table, rows: Row[], now: Date): Promise<string[]> {
  const ids = rows.map((_, seq) => newId(now, seq))
  const times = { created_at: now, updated_at: now }
  const whole = rows.map((row, index) => ({ ...row, id: ids[index], ...times }))
  const given = [...new Set(whole.flatMap((row) => Object.keys(row)))]
  const types = given.map((name) => {
    const { kind = 'text' } = table.columns.get(name) ?? {}
    return sql`${sql.ref(name)} ${sql.raw(sqlTypeOf[kind])}`
  })
  await holdReferences(tx, table, rows)
  for (const part of chunk(whole, rowsPerInsert)) {
    const records = sql<Row>`jsonb_to_recordset(${JSON.stringify(part)}::jsonb)`
    await explain(table, () =>
      anyTx(tx)
        .insertInto(table.name)
        .columns(given)
        .expression((eb) =>
          eb.selectFrom(records.as<'made'>(sql`made (${sql.join(types)})`)).select(given as never[]),
        )
        .execute(),
    )
  }
  return ids
}
