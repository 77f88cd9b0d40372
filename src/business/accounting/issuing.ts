import { sql } from 'kysely'
import type { Tx } from '../../db/database.ts'
import { AppError, type InputError } from '../../errors.ts'
import { newId } from '../../new-id.ts'
import { type Invoice, price } from './drafts.ts'

/**
 * Issues a draft, for good: it gets its number and its day, and keeps what its seller (EN 16931-1, BT-27) and its buyer
 * (BT-44) are called at this moment; lines without a rate of VAT get the tenant's of this moment. Numbers are the tenant's,
 * by year of its calendar and without gaps: 2026-0001, 2026-0002 … A number that was given by hand before is passed over.
 * Where the settings say that numbering is not automatic, the caller gives one.
 * @param invoice locked by lockInvoice
 * @throws AppError 409 `not_editable` when it was issued before, 400 `invalid_request` without a client or lines, with a
 *   number where numbering is automatic or without one where it is not, or for amounts that are too large; the server's
 *   error, which is answered as 409 `conflict`, for a number that is taken
 */
export async function issueInvoice(
  tx: Tx,
  invoice: Invoice,
  { number: given }: { number?: string | null | undefined },
  now: Date,
): Promise<void> {
  if (invoice.status !== 'draft') throw new AppError('not_editable')
  const settings = await tx
    .selectFrom('tenant_settings')
    .select(['vat_rate_basis_points as rate', 'automatic_numbering', todayAt(now)])
    .executeTakeFirstOrThrow()
  refuseUnready(invoice, given, settings.automatic_numbering)
  const { amounts } = price(invoice.lines, settings.rate, 'lines')
  await tx
    .updateTable('invoice_lines')
    .set({ vat_rate_basis_points: settings.rate, updated_at: now })
    .where('invoice_id', '=', invoice.id)
    .where('vat_rate_basis_points', 'is', null)
    .execute()
  // As late as can be: from here on others who issue wait.
  const { number, day } =
    typeof given === 'string'
      ? { number: given, day: settings.today }
      : await nextNumber(tx, settings.today, now)
  await tx
    .updateTable('invoices')
    .from(['clients', 'tenants'])
    .set(({ ref }) => ({
      status: 'issued',
      number,
      issued_on: sql`${day}::date`,
      seller_name: ref('tenants.name'),
      buyer_name: ref('clients.name'),
      buyer_email: ref('clients.email'),
      buyer_address: ref('clients.address'),
      ...amounts,
      updated_at: now,
    }))
    .where('invoices.id', '=', invoice.id)
    .whereRef('clients.tenant_id', '=', 'invoices.tenant_id')
    .whereRef('clients.id', '=', 'invoices.client_id')
    .whereRef('tenants.tenant_id', '=', 'invoices.tenant_id')
    .execute()
}

/**
 * Says that an invoice is paid, on a day of the tenant's calendar, which is today unless it is said.
 * @param invoice locked by lockInvoice
 * @throws AppError 409 `not_editable` unless it is issued, and neither paid nor void; 400 `invalid_request` for a day
 *   before it was issued or after today
 */
export async function payInvoice(
  tx: Tx,
  invoice: Invoice,
  { paid_on }: { paid_on?: string | undefined },
  now: Date,
): Promise<void> {
  if (invoice.status !== 'issued') throw new AppError('not_editable')
  const { today } = await tx.selectFrom('tenant_settings').select(todayAt(now)).executeTakeFirstOrThrow()
  const issuedOn = String(invoice.issued_on)
  // A tenant that has moved west may have issued it tomorrow.
  const lastDay = [issuedOn, today].sort().at(-1) ?? today
  const day = paid_on ?? lastDay
  if (day < issuedOn || day > lastDay) {
    const message = 'should be between the day of issue and today'
    throw new AppError('invalid_request', { errors: [{ path: 'body.paid_on', message }] })
  }
  await tx
    .updateTable('invoices')
    .set({ status: 'paid', paid_on: sql`${day}::date`, paid_at: now, updated_at: now })
    .where('id', '=', invoice.id)
    .execute()
}

/**
 * Makes an invoice void. It keeps its number, so that none is missing. What was paid is not made void.
 * @param invoice locked by lockInvoice
 * @throws AppError 409 `not_editable` unless it is issued, and neither paid nor void
 */
export async function voidInvoice(
  tx: Tx,
  invoice: Invoice,
  { reason }: { reason: string },
  now: Date,
): Promise<void> {
  if (invoice.status !== 'issued') throw new AppError('not_editable')
  await tx
    .updateTable('invoices')
    .set({ status: 'void', voided_at: now, void_reason: reason, updated_at: now })
    .where('id', '=', invoice.id)
    .execute()
}

/** EN 16931-1: an invoice has a buyer (BR-07) and a line at least (BR-16). */
function refuseUnready(invoice: Invoice, number: string | null | undefined, isAutomatic: boolean): void {
  const errors: InputError[] = []
  if (invoice.client_id === null) errors.push({ path: 'client_id', message: 'is required' })
  if (invoice.lines.length === 0) errors.push({ path: 'lines', message: 'is required' })
  const isGiven = typeof number === 'string'
  if (isGiven === isAutomatic) {
    errors.push({ path: 'body.number', message: isGiven ? 'is given automatically' : 'is required' })
  }
  if (errors.length > 0) throw new AppError('invalid_request', { errors })
}

/**
 * The next number that nobody has, and its day; whoever takes one makes others wait until their transaction ends. The day
 * is never before that of the last number, whatever clocks and time zones say, and the year is the day's: so numbers are in
 * the order of their days.
 */
async function nextNumber(tx: Tx, today: string, now: Date): Promise<{ number: string; day: string }> {
  const counted = sql`invoice_counters.last_number::text`
  const year = sql`extract(year from invoice_counters.last_issued_on)`
  const number = sql<string>`${year} || '-' || lpad(${counted}, greatest(4, length(${counted})), '0')`
  for (;;) {
    const next = await tx
      .insertInto('invoice_counters')
      .values({
        id: newId(now),
        last_number: 1,
        last_issued_on: sql`${today}::date`,
        created_at: now,
        updated_at: now,
      })
      .onConflict((conflict) =>
        conflict.column('tenant_id').doUpdateSet({
          last_number: sql`case when extract(year from excluded.last_issued_on) > ${year} then 1
            else invoice_counters.last_number + 1 end`,
          last_issued_on: sql`greatest(invoice_counters.last_issued_on, excluded.last_issued_on)`,
          updated_at: now,
        }),
      )
      .returning([
        number.as('number'),
        sql<string>`invoice_counters.last_issued_on::text`.as('day'),
        sql<boolean>`exists (select from invoices i where i.number = ${number})`.as('is_taken'),
      ])
      .executeTakeFirstOrThrow()
    if (!next.is_taken) return next
  }
}

function todayAt(now: Date) {
  return sql<string>`timezone(time_zone, ${now}::timestamptz)::date::text`.as('today')
}
