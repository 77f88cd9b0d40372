import type { TenantQueryBuilder, Tx } from '../../db/database.ts'
import { AppError } from '../../errors.ts'
import type { Row } from '../rows.ts'
import { type Amounts, reckon } from './amounts.ts'
import { invoiceTable } from './invoice-table.ts'
import { addLines, type Line, type LineInput, linesColumn, removeLines } from './lines.ts'

/** What can be said of a draft. */
export interface DraftInput {
  client_id?: string | null | undefined
  due_on?: string | null | undefined
  note?: string | null | undefined
  /** Left out: that of the tenant's settings. */
  currency?: string | undefined
  lines?: LineInput[] | undefined
}

type TableRow = Awaited<ReturnType<typeof invoiceTable.lock>>
/** An invoice as it is shown. */
export type Invoice = TableRow & { lines: Line[] }

/** One with its lines by id, as a query: none when this tenant has no such invoice. */
export function findInvoice(queries: TenantQueryBuilder | Tx, id: string) {
  return invoiceTable.find(queries, id).select(linesColumn)
}

/**
 * One with its lines, which nobody else changes until the transaction ends.
 * @throws AppError 404 `not_found`
 */
export async function lockInvoice(tx: Tx, id: string): Promise<Invoice> {
  await invoiceTable.lock(tx, id)
  // A statement of its own: the one that waits for the lock sees lines as they were before.
  return getInvoice(tx, id)
}

/**
 * Makes a draft. What it adds up to is reckoned with the tenant's rate of this moment, for lines without one.
 * @throws AppError 400 `invalid_request` for a client that is not this tenant's, or for amounts that are too large
 */
export async function createDraft(tx: Tx, input: DraftInput, now: Date): Promise<Invoice> {
  const { lines = [], ...values } = input
  const settings = await settingsOf(tx)
  const { amounts, priced } = price(lines, settings.vat_rate_basis_points, 'body.lines')
  const { id } = await invoiceTable.create(tx, { currency: settings.currency, ...values, ...amounts }, now)
  await addLines(tx, id, priced, now)
  return getInvoice(tx, id)
}

/**
 * Changes a draft; lines take the place of all that it has.
 * @throws AppError 404 `not_found`, 409 `not_editable` when it was issued, 400 as createDraft
 */
export async function changeDraft(tx: Tx, id: string, changes: DraftInput, now: Date): Promise<Invoice> {
  const { lines: before } = await lockDraft(tx, id)
  const { lines, ...values } = changes
  const { vat_rate_basis_points: rate } = await settingsOf(tx)
  const { amounts, priced } = price(lines ?? before, rate, 'body.lines')
  await invoiceTable.update(tx, id, { ...values, ...amounts }, now)
  if (lines) {
    await removeLines(tx, id)
    await addLines(tx, id, priced, now)
  }
  return getInvoice(tx, id)
}

/**
 * Deletes a draft with its lines.
 * @throws AppError 404 `not_found`, 409 `not_editable` when it was issued
 */
export async function removeDraft(tx: Tx, id: string, now: Date): Promise<void> {
  await lockDraft(tx, id)
  await invoiceTable.remove(tx, id, now)
}

/**
 * What lines add up to, and each with its net amount.
 * @param rate of those that have none of their own
 * @param path what is to blame when it is too much
 * @throws AppError 400 `invalid_request`
 */
export function price<Each extends LineInput>(
  lines: readonly Each[],
  rate: number,
  path: string,
): { amounts: Amounts; priced: (Each & { net_cents: number })[] } {
  const rated = lines.map((line) => ({ ...line, vat_rate_basis_points: line.vat_rate_basis_points ?? rate }))
  const reckoned = reckon(rated)
  if (!reckoned) {
    throw new AppError('invalid_request', { errors: [{ path, message: 'should add up to less' }] })
  }
  const { amounts, nets } = reckoned
  return { amounts, priced: lines.map((line, index) => ({ ...line, net_cents: nets[index] ?? 0 })) }
}

async function lockDraft(tx: Tx, id: string): Promise<Invoice> {
  const invoice = await lockInvoice(tx, id)
  if (invoice.status !== 'draft') throw new AppError('not_editable')
  return invoice
}

async function getInvoice(tx: Tx, id: string): Promise<Invoice> {
  const invoice: Row | undefined = await findInvoice(tx, id).executeTakeFirst()
  if (!invoice) throw new AppError('not_found')
  return invoice as unknown as Invoice
}

function settingsOf(tx: Tx) {
  return tx
    .selectFrom('tenant_settings')
    .select(['currency', 'vat_rate_basis_points'])
    .executeTakeFirstOrThrow()
}
