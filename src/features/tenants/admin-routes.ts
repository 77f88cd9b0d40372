import type { Request } from 'express'
import { z } from 'zod'
import type { Context } from '../../context.ts'
import { originOf } from '../../http/address.ts'
import { ok, type Route, route } from '../../http/route.ts'
import {
  emailSchema,
  instantSchema,
  nameSchema,
  phoneSchema,
  reasonSchema,
  timestampSchema,
} from '../../http/schemas.ts'
import { roles } from '../members/roles.ts'
import { limitNames, moduleNames, planNames } from '../plans/plans.ts'
import { amountSchema, limitsOf, planNameSchema, requestsSchema } from '../plans/schemas.ts'
import type { AdminPrincipal } from '../super-admins/access.ts'
import { type ActOnTenant, actOnStatus, changeTenant, getTenantId, type StatusAct } from './admin.ts'
import { regions } from './provision.ts'
import { metadataSchema, regionSchema } from './schemas.ts'
import { tenantStatuses } from './status.ts'
import { getTenant } from './tenant-detail.ts'

const params = z.strictObject({ id: z.string() })

const tenantAnswer = z.strictObject({
  tenant_id: z.string(),
  name: z.string(),
  host: z.string().nullable(),
  company_email: z.string().nullable(),
  admin_email: z.string().nullable(),
  phone: z.string().nullable(),
  region: z.enum(regions),
  status: z.enum(tenantStatuses),
  status_reason: z.string().nullable(),
  status_set_by: z.enum(['system', 'billing', 'operator']),
  status_changed_at: timestampSchema,
  plan: z.enum(planNames),
  trial_ends_at: timestampSchema.nullable(),
  past_due_since: timestampSchema.nullable(),
  created_at: timestampSchema,
  updated_at: timestampSchema,
  metadata: z.record(z.string(), z.json()),
  /** Null of a tenant that was deleted. */
  settings: z
    .strictObject({
      theme: z.string(),
      language: z.string(),
      time_zone: z.string(),
      date_format: z.string(),
      currency: z.string(),
      vat_rate_basis_points: z.int(),
      automatic_numbering: z.boolean(),
      backups: z.boolean(),
      audit: z.boolean(),
    })
    .nullable(),
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
  /** Null as long as the tenant has never gone to a checkout. */
  subscription: z
    .strictObject({
      customer_id: z.string().nullable(),
      id: z.string().nullable(),
      status: z.string().nullable(),
      price_id: z.string().nullable(),
      quantity: z.int().nullable(),
      current_period_end: timestampSchema.nullable(),
      cancel_at: timestampSchema.nullable(),
    })
    .nullable(),
  /** Active members. */
  users: z.int(),
  users_by_role: z.record(z.enum(roles), z.int()),
  last_activity_at: timestampSchema.nullable(),
})

/** The tenant's own number, null for unlimited, or `plan` for what the plan says. */
const ownLimit = (schema: z.ZodType<number>) =>
  z.union([schema, z.null(), z.literal('plan')], 'should be a whole number, null for unlimited, or plan')

const moduleSwitch = z.boolean().nullable().optional()

const profileFields = {
  name: nameSchema.optional(),
  company_email: emailSchema.optional(),
  admin_email: emailSchema.optional(),
  phone: phoneSchema.nullable().optional(),
  region: regionSchema.optional(),
  metadata: metadataSchema.optional(),
}

const changesOfTenant = z.strictObject({
  ...profileFields,
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
    handler: async ({ context, input, request, admin, keep }) => {
      const act = actOf(input.params.id, { context, request, admin })
      const { baseDomain } = context.config
      // What Stripe is to be told is told by a job of the same transaction: a repeat finds it enqueued.
      return ok(
        await context.db.withPlatform(
          'tenants',
          (tx) =>
            keep(tx, async () => {
              await actOnStatus(tx, what, input.body.reason, act)
              return getTenant(tx, { ...act, baseDomain })
            }),
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
    summary:
      'One tenant: what it is, what it may use and what it uses, what it pays for, and its last activity',
    params,
    response: { status: 200, body: tenantAnswer },
    errors: ['not_found'],
    handler: async ({ context, input }) => {
      const tenant = { tenantId: getTenantId(input.params.id), now: context.clock.now() }
      const { baseDomain } = context.config
      return ok(
        await context.db.withPlatform('tenants', (tx) => getTenant(tx, { ...tenant, baseDomain }), tenant),
      )
    },
  }),

  route({
    scope: 'admin',
    method: 'PATCH',
    path: '/v1/admin/tenants/:id',
    summary:
      'Change name, addresses, region, metadata (as a whole), plan, limits, modules and the end of the trial. A limit of null is unlimited, `plan` is the plan’s again; a module of null is as in the plan',
    params,
    body: changesOfTenant.refine(
      ({ force, reason, ...changes }) => Object.values(changes).some((value) => value !== undefined),
      'should hold at least one field',
    ),
    response: { status: 200, body: tenantAnswer },
    errors: ['not_found', 'status_not_allowed', 'usage_over_limits'],
    handler: async ({ context, input, request, admin }) => {
      const act = actOf(input.params.id, { context, request, admin })
      const { baseDomain } = context.config
      const { trial_ends_at: trialEndsAt, plan, limits, modules, force, reason, ...profile } = input.body
      const change = { plan, limits, modules, force, reason, trialEndsAt, profile }
      return ok(
        await context.db.withPlatform(
          'tenants',
          async (tx) => {
            await changeTenant(tx, change, act)
            return getTenant(tx, { ...act, baseDomain })
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
