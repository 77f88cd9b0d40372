import { sql } from 'kysely'
import type { Tx } from '../../db/database.ts'
import { newId } from '../../new-id.ts'

/** A line of an invoice as its maker says it; without a rate it has the tenant's. */
export interface LineInput {
  description: string
  quantity: string
  unit_price_cents: number
  vat_rate_basis_points?: number | null | undefined
}

/** A line of an invoice as it is shown. */
export interface Line extends LineInput {
  position: number
  vat_rate_basis_points: number | null
  net_cents: number
}

/** The lines of the invoice of a query's row, in their order. */
export const linesColumn = sql<Line[]>`(
  select coalesce(json_agg(json_build_object('position', l.position, 'description', l.description,
    'quantity', trim_scale(l.quantity)::text, 'unit_price_cents', l.unit_price_cents,
    'vat_rate_basis_points', l.vat_rate_basis_points, 'net_cents', l.net_cents) order by l.position), '[]')
  from invoice_lines l where l.invoice_id = invoices.id)`.as('lines')

/** Puts lines into an invoice that has none. */
export async function addLines(
  tx: Tx,
  invoiceId: string,
  lines: readonly (LineInput & { net_cents: number })[],
  now: Date,
): Promise<void> {
  if (lines.length === 0) return
  // One statement whatever their number: its text stays the same, and so it is planned once.
  const rows = lines.map((line) => ({ ...line, id: newId(now) }))
  await tx
    .insertInto('invoice_lines')
    .columns([
      'id',
      'invoice_id',
      'position',
      'description',
      'quantity',
      'unit_price_cents',
      'vat_rate_basis_points',
      'net_cents',
      'created_at',
      'updated_at',
    ])
    .expression(
      sql`select l.id, ${invoiceId}::uuid, l.position, l.description, l.quantity, l.unit_price_cents,
          l.vat_rate_basis_points, l.net_cents, ${now}::timestamptz, ${now}::timestamptz
        from rows from (jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as (id uuid, description text,
          quantity numeric, unit_price_cents bigint, vat_rate_basis_points integer, net_cents bigint))
          with ordinality l (id, description, quantity, unit_price_cents, vat_rate_basis_points, net_cents, position)`,
    )
    .execute()
}

/** Takes all lines out of an invoice. */
export async function removeLines(tx: Tx, invoiceId: string): Promise<void> {
  await tx.deleteFrom('invoice_lines').where('invoice_id', '=', invoiceId).execute()
}
