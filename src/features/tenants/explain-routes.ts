import { z } from 'zod'
import { ok, type Route, route } from '../../http/route.ts'
import { timestampSchema } from '../../http/schemas.ts'
import { planNames } from '../plans/plans.ts'
import { getTenantId } from './admin.ts'
import { explainTenant } from './explain.ts'
import { tenantStatuses } from './status.ts'

const stepAnswer = z.strictObject({
  at: timestampSchema,
  kind: z.enum(['change', 'event']),
  sentence: z.string(),
  by: z.enum(['system', 'operator', 'billing']),
  field: z.enum(['status', 'plan', 'trial_ends_at', 'past_due_since']).optional(),
  from: z.string().nullable().optional(),
  to: z.string().nullable().optional(),
  cause: z.string().optional(),
  event_id: z.string().optional(),
  event_type: z.string().optional(),
  outcome: z.enum(['changed', 'unchanged', 'ignored', 'unmatched', 'waiting']).optional(),
})

const explanationAnswer = z.strictObject({
  tenant_id: z.string(),
  status: z.enum(tenantStatuses),
  plan: z.enum(planNames),
  summary: z.string(),
  older_steps: z.int(),
  steps: z.array(stepAnswer),
})

export const explainRoutes: Route[] = [
  route({
    scope: 'admin',
    method: 'GET',
    path: '/v1/admin/tenants/:id/explain',
    summary: 'Why a tenant has its status and plan: in short, and step by step, the newest 200 of them',
    params: z.strictObject({ id: z.string() }),
    response: { status: 200, body: explanationAnswer },
    errors: ['not_found'],
    handler: async ({ context, input }) => {
      const tenantId = getTenantId(input.params.id)
      const now = context.clock.now()
      return ok(await context.db.withPlatform('tenants', (tx) => explainTenant(tx, tenantId, now)))
    },
  }),
]
