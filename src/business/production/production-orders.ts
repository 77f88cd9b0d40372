import { z } from 'zod'
import { AppError } from '../../errors.ts'
import { checkIfMatch, etagOf } from '../../http/preconditions.ts'
import { ok, route } from '../../http/route.ts'
import { dateSchema, idParams, nameSchema, timestampSchema } from '../../http/schemas.ts'
import { defineResource } from '../define-resource.ts'
import { changeOrder, type OrderAct, orderActs } from './order-acts.ts'

const idOfAnother = z.uuid().toLowerCase().nullish()

const standard = defineResource({
  table: 'production_orders',
  noun: 'production_order',
  label: { en: 'Production orders', fr: 'Ordres de fabrication' },
  module: 'production',
  path: '/v1/production/orders',
  fields: {
    number: nameSchema.max(50),
    title: nameSchema,
    site_id: idOfAnother,
    client_id: idOfAnother,
    project_id: idOfAnother,
    material_category_id: idOfAnother,
    quantity: z.number().positive().max(1e12).default(1),
    unit: nameSchema.max(20).default('piece'),
    due_on: dateSchema.nullish(),
    notes: z.string().max(20_000).nullish(),
  },
  computed: {
    status: z.enum(['planned', 'in_progress', 'done', 'cancelled']),
    started_at: timestampSchema.nullable(),
    finished_at: timestampSchema.nullable(),
  },
  sortable: ['number'],
  filterable: ['number', 'status', 'site_id', 'client_id', 'project_id', 'material_category_id', 'due_on'],
  searchable: ['number', 'title'],
  references: {
    site_id: 'sites',
    client_id: 'clients',
    project_id: 'projects',
    material_category_id: 'material_categories',
  },
  unique: ['number'],
  deletion: 'soft',
  example: {
    number: 'PO-2026-001',
    title: 'Balustrade, 12 m',
    quantity: 12,
    unit: 'm',
    due_on: '2026-06-30',
  },
})

const summaries: Record<OrderAct, string> = {
  start: 'Start a production order that is planned',
  finish: 'Finish a production order that is in progress',
  cancel: 'Cancel a production order that is neither done nor cancelled',
}

function actRoute(act: OrderAct) {
  return route({
    scope: 'write',
    method: 'POST',
    path: `${standard.path}/:id/${act}`,
    summary: summaries[act],
    module: standard.module,
    permission: standard.permissions.write,
    audit: { action: `${standard.noun}.${orderActs[act].past}`, objectType: standard.noun },
    params: idParams,
    ifMatch: true,
    response: { status: 200, body: standard.answer, etag: true },
    errors: ['not_found', 'not_editable'],
    handler: async ({ context, input, request, tx }) => {
      const { id } = input.params
      await checkIfMatch(request, () => standard.lock(tx, id))
      await changeOrder(tx, id, act, context.clock.now())
      const order = await standard.find(tx, id).executeTakeFirst()
      if (!order) throw new AppError('not_found')
      const { at } = orderActs[act]
      const reply = ok(order, { objectId: id, changedFields: at ? ['status', at] : ['status'] })
      return { ...reply, headers: { ETag: etagOf(order) } }
    },
  })
}

/** What a tenant is to make: each number once, also of those that are deleted. Its status follows from acts alone. */
export const productionOrders = {
  ...standard,
  routes: {
    ...standard.routes,
    start: actRoute('start'),
    finish: actRoute('finish'),
    cancel: actRoute('cancel'),
  },
}
