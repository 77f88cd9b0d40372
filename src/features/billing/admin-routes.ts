import { z } from 'zod'
import { toPage } from '../../db/keyset.ts'
import { originOf } from '../../http/address.ts'
import { ok, route } from '../../http/route.ts'
import { pageOf, pageQuery, timestampSchema } from '../../http/schemas.ts'
import {
  billingEventCursor,
  billingOutcomes,
  getBillingEvent,
  listBillingEvents,
  replayBillingEvent,
} from './billing-events.ts'

const params = z.strictObject({ id: z.string().max(255) })

const eventAnswer = z.strictObject({
  id: z.string(),
  type: z.string(),
  /** Null: of no tenant that was known. */
  tenant_id: z.string().nullable(),
  customer_id: z.string().nullable(),
  source: z.enum(['webhook', 'reconciliation']),
  occurred_at: timestampSchema,
  received_at: timestampSchema,
  applied_at: timestampSchema.nullable(),
  outcome: z.enum(billingOutcomes),
  finding: z.string().nullable(),
  replays: z.int(),
})

export const billingAdminRoutes = [
  route({
    scope: 'admin',
    method: 'GET',
    path: '/v1/admin/billing-events',
    summary: 'Events of Stripe, the one that came in last first, and what each has brought about',
    query: z.strictObject({
      ...pageQuery,
      tenant_id: z.string().max(255).optional(),
      type: z.string().max(255).optional(),
      outcome: z.enum(billingOutcomes).optional(),
    }),
    response: { status: 200, body: pageOf(eventAnswer) },
    handler: async ({ context, input }) => {
      const { tenant_id: tenantId, ...list } = input.query
      const rows = await context.db.withPlatform('billing', (tx) =>
        listBillingEvents(tx, { tenantId, ...list }),
      )
      return ok(toPage(rows, list.limit, billingEventCursor))
    },
  }),

  route({
    scope: 'admin',
    method: 'GET',
    path: '/v1/admin/billing-events/:id',
    summary: 'One event of Stripe, with what Stripe sent',
    params,
    response: { status: 200, body: eventAnswer.extend({ payload: z.unknown() }) },
    errors: ['not_found'],
    handler: async ({ context, input }) =>
      ok(await context.db.withPlatform('billing', (tx) => getBillingEvent(tx, input.params.id))),
  }),

  route({
    scope: 'admin',
    method: 'POST',
    path: '/v1/admin/billing-events/:id/replay',
    summary:
      'Have an event wait for its effect again: its tenant becomes what Stripe says now, not what the event said',
    params,
    response: { status: 202, body: eventAnswer },
    errors: ['not_found', 'not_replayable', 'billing_not_configured'],
    handler: async ({ context, input, request, admin, keep }) => {
      const by = { admin, origin: originOf(request), keep }
      return { status: 202, body: await replayBillingEvent(context, input.params.id, by) }
    },
  }),
]
