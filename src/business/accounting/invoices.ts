import { z } from 'zod'
import type { Tx } from '../../db/database.ts'
import { etagOf, ifMatchOf, requireMatch } from '../../http/preconditions.ts'
import { ok, type WriteRoute } from '../../http/route.ts'
import { dateSchema, idParams, nameSchema, reasonSchema } from '../../http/schemas.ts'
import { columnOf } from '../columns.ts'
import { exportRoute } from '../export-rows.ts'
import { createRoutes, listOf, listQueryOf } from '../resource-routes.ts'
import type { Row } from '../rows.ts'
import { withErrors } from '../with-errors.ts'
import { mostCents } from './amounts.ts'
import {
  changeDraft,
  createDraft,
  type DraftInput,
  findInvoice,
  type Invoice,
  lockInvoice,
  removeDraft,
} from './drafts.ts'
import { invoiceTable } from './invoice-table.ts'
import { issueInvoice, payInvoice, voidInvoice } from './issuing.ts'
import { linesColumn } from './lines.ts'

/** As text, since a decimal is no floating-point number. EN 16931-1: what is taken back has a quantity below zero. */
const quantitySchema = z
  .string()
  .regex(/^-?(0|[1-9]\d{0,5})(\.\d{1,3})?$/, 'should be a decimal with up to three places, such as 1.5')
const rateSchema = z.int().min(0).max(10_000)
const line = {
  description: z.string().trim().min(1).max(1000),
  quantity: quantitySchema.default('1'),
  // EN 16931-1, BR-27: a price is not below zero.
  unit_price_cents: z.int().min(0).max(mostCents),
  vat_rate_basis_points: rateSchema.nullish(),
}
const shownLine = z
  .strictObject({
    position: z.int(),
    ...line,
    quantity: quantitySchema,
    vat_rate_basis_points: rateSchema.nullable(),
    net_cents: z.int().min(-mostCents).max(mostCents),
  })
  .meta({ id: 'InvoiceLine' })
const linesSchema = z.array(z.strictObject(line)).max(200)

const currency = invoiceTable.answer.shape.currency as z.ZodType<string>
const fields = { ...invoiceTable.fields, currency: currency.optional(), lines: linesSchema.default([]) }
const example = {
  ...invoiceTable.example,
  lines: [
    { description: 'Balustrade, galvanized', quantity: '12.5', unit_price_cents: 18_000 },
    { description: 'Plan', unit_price_cents: 35_000, vat_rate_basis_points: 1000 },
  ],
}

const resource = {
  ...invoiceTable,
  fields,
  example,
  large: ['lines'],
  answer: invoiceTable.answer
    .extend({ lines: z.array(shownLine) })
    .meta({ id: 'Invoice' }) as unknown as z.ZodObject,
  listed: invoiceTable.answer.extend({}).meta({ id: 'InvoiceInList' }) as unknown as z.ZodObject,
  body: z.strictObject(fields).meta({ examples: [example] }),
  changes: z
    .strictObject({ ...fields, lines: linesSchema })
    .partial()
    .refine((body) => Object.keys(body).length > 0, 'should hold at least one field'),
  find: findInvoice as typeof invoiceTable.find,
  lock: lockInvoice,
  create: (tx: Tx, input: Row, now: Date) => createDraft(tx, input as DraftInput, now),
  update: (tx: Tx, id: string, values: Row, now: Date) => changeDraft(tx, id, values as DraftInput, now),
  remove: removeDraft,
}

/** What is done to an invoice as a whole, and cannot be undone: so it takes who may delete. */
function actRoute<Body extends z.ZodType>(act: {
  name: string
  past: string
  summary: string
  body: Body
  changed: string[]
  work(tx: Tx, invoice: Invoice, body: z.output<Body>, now: Date): Promise<void>
}): WriteRoute<typeof idParams, z.ZodType, Body> {
  return {
    scope: 'write',
    method: 'POST',
    path: `${resource.path}/:id/${act.name}`,
    summary: act.summary,
    module: resource.module,
    permission: resource.permissions.delete,
    audit: { action: `invoice.${act.past}`, objectType: 'invoice' },
    params: idParams,
    body: act.body,
    ifMatch: true,
    response: { status: 200, body: resource.answer, etag: true },
    errors: ['not_found', 'not_editable'],
    handler: async ({ context, input, request, tx }) => {
      const { id } = input.params
      const before = await lockInvoice(tx, id)
      const ifMatch = ifMatchOf(request)
      if (ifMatch !== undefined) requireMatch(ifMatch, before)
      await act.work(tx, before, input.body, context.clock.now())
      const invoice = await findInvoice(tx, id).executeTakeFirstOrThrow()
      const reply = ok(invoice, { objectId: id, changedFields: act.changed })
      return { ...reply, headers: { ETag: etagOf(invoice) } }
    },
  }
}

const issue = actRoute({
  name: 'issue',
  past: 'issued',
  summary: 'Issue an invoice, which has a number and stays as it is from then on',
  body: z.strictObject({ number: nameSchema.max(40).nullish() }).prefault({}),
  changed: ['status', 'number', 'issued_on', 'seller_name', 'buyer_name', 'buyer_email', 'buyer_address'],
  work: issueInvoice,
})
const pay = actRoute({
  name: 'pay',
  past: 'paid',
  summary: 'Say that an issued invoice is paid, today unless paid_on says on which day since it was issued',
  body: z.strictObject({ paid_on: dateSchema.optional() }).prefault({}),
  changed: ['status', 'paid_on', 'paid_at'],
  work: payInvoice,
})
const makeVoid = actRoute({
  name: 'void',
  past: 'voided',
  summary: 'Make an issued invoice void, which keeps its number',
  body: z.strictObject({ reason: reasonSchema }),
  changed: ['status', 'voided_at', 'void_reason'],
  work: voidInvoice,
})

const routes = createRoutes(resource)

const { table } = invoiceTable
const exported = exportRoute(
  {
    ...resource,
    table: { ...table, columns: new Map([...table.columns, ['lines', columnOf(linesSchema)]]) },
  },
  {
    query: listQueryOf(resource),
    listOf,
    list: (queries, list, part) => resource.list(queries, list, part).select(linesColumn),
  },
)

/**
 * What a tenant bills its clients: drafts, which are written and thrown away, and what was issued, which stays as it is
 * until it is paid or made void. The amounts of a draft are those of its last change: the tenant's VAT rate may be another
 * when it is issued.
 */
export const invoices = {
  ...resource,
  routes: {
    ...routes,
    export: exported,
    update: withErrors(routes.update, 'not_editable'),
    remove: withErrors(routes.remove, 'not_editable'),
    issue: withErrors(issue, 'conflict'),
    pay,
    void: makeVoid,
  },
}
