import type { Request } from 'express'
import { z } from 'zod'
import type { Context } from '../../context.ts'
import { originOf } from '../../http/address.ts'
import { ok, type Route, route } from '../../http/route.ts'
import { instantSchema, reasonSchema, timestampSchema } from '../../http/schemas.ts'
import { limitNames, moduleNames, planNames } from '../plans/plans.ts'
import { amountSchema, limitsOf, planNameSchema, requestsSchema } from '../plans/schemas.ts'
import type { AdminPrincipal } from '../super-admins/access.ts'
import {
  type ActOnTenant,
  actOnStatus,
  changeTenant,
  getTenant,
  getTenantId,
  type StatusAct,
} from './admin.ts'
import { regions } from './provision.ts'
import { tenantStatuses } from './status.ts'

const params = z.strictObject({ id: z.string() })

const tenantAnswer = z.strictObject({
  tenant_id: z.string(),
  name: z.string(),
  status: z.enum(tenantStatuses),
  status_reason: z.string().nullable(),
  status_set_by: z.enum(['system', 'billing', 'operator']),
  plan: z.enum(planNames),
  region: z.enum(regions),
  created_at: timestampSchema,
  trial_ends_at: timestampSchema.nullable(),
  past_due_since: timestampSchema.nullable(),
  limit_overrides: z.partialRecord(z.enum(limitNames), z.int().nullable()),
  module_overrides: z.partialRecord(z.enum(moduleNames), z.boolean()),
  limits: z.partialRecord(
    z.enum(limitNames),
    z.strictObject({
      used: z.int(),
      limit: z.int().nullable(),
      resets_at: timestampSchema.nullable(),
    }),
  ),
  modules: z.array(z.enum(moduleNames)),
})

/** The tenant's own number, null for unlimited, or `plan` for what the plan says. */
const ownLimit = (schema: z.ZodType<number>) =>
  z.union([schema, z.null(), z.literal('plan')], 'should be a whole number, null for unlimited, or plan')

const moduleSwitch = z.boolean().nullable().optional()

const changesOfTenant = z.strictObject({
  plan: planNameSchema.optional(),
  limits: z.strictObject(limitsOf(ownLimit(amountSchema), ownLimit(requestsSchema))).optional(),
  modules: z.strictObject(Object.fromEntries(moduleNames.map((name) => [name, moduleSwitch]))).optional(),
  trial_ends_at: instantSchema.optional(),
  force: z.boolean().default(false),
  reason: reasonSchema.optional(),
})

/** Who acts on the tenant that the path names. @throws AppError 404 `not_found` */
function actOf(
  id: string,
  { context, request, admin }: { context: Context; request: Request; admin: AdminPrincipal },
): ActOnTenant {
  return { tenantId: getTenantId(id), admin, origin: originOf(request), now: context.clock.now() }
}

/** Suspend, reactivate, cancel: the same in all but the act. */
function statusRoute(what: StatusAct, summary: string): Route {
  return route({
    scope: 'admin',
    method: 'POST',
    path: `/v1/admin/tenants/:id/${what}`,
    summary,
    params,
    body: z.strictObject({ reason: reasonSchema }),
    response: { status: 200, body: tenantAnswer },
    errors: ['not_found', 'status_not_allowed'],
    handler: async ({ context, input, request, admin }) => {
      const act = actOf(input.params.id, { context, request, admin })
      return ok(
        await context.db.withPlatform(
          'tenants',
          async (tx) => {
            await actOnStatus(tx, what, input.body.reason, act)
            return getTenant(tx, act.tenantId, act.now)
          },
          act,
        ),
      )
    },
  })
}

export const tenantAdminRoutes = [
  route({
    scope: 'admin',
    method: 'GET',
    path: '/v1/admin/tenants/:id',
    summary: 'One tenant, with what it may use and what it uses',
    params,
    response: { status: 200, body: tenantAnswer },
    errors: ['not_found'],
    handler: async ({ context, input }) => {
      const tenantId = getTenantId(input.params.id)
      const now = context.clock.now()
      return ok(await context.db.withPlatform('tenants', (tx) => getTenant(tx, tenantId, now)))
    },
  }),

  route({
    scope: 'admin',
    method: 'PATCH',
    path: '/v1/admin/tenants/:id',
    summary:
      'Change plan, limits, modules and the end of the trial. A limit of null is unlimited, `plan` is the plan’s again; a module of null is as in the plan',
    params,
    body: changesOfTenant.refine(
      ({ plan, limits, modules, trial_ends_at }) => plan ?? limits ?? modules ?? trial_ends_at,
      'should hold at least one field',
    ),
    response: { status: 200, body: tenantAnswer },
    errors: ['not_found', 'status_not_allowed', 'usage_over_limits'],
    handler: async ({ context, input, request, admin }) => {
      const act = actOf(input.params.id, { context, request, admin })
      const { trial_ends_at: trialEndsAt, ...change } = input.body
      return ok(
        await context.db.withPlatform(
          'tenants',
          async (tx) => {
            await changeTenant(tx, { ...change, trialEndsAt }, act)
            return getTenant(tx, act.tenantId, act.now)
          },
          act,
        ),
      )
    },
  }),

  statusRoute('suspend', 'Suspend a tenant; only an operator can lift it'),
  statusRoute(
    'reactivate',
    'Let a tenant work again: a suspended one in its trial where it had one, one whose trial is over without',
  ),
  statusRoute('cancel', 'Cancel a tenant'),
]
