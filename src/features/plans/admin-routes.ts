import { z } from 'zod'
import { parseTenantId } from '../../db/tenant-id.ts'
import { originOf } from '../../http/address.ts'
import { ok, route } from '../../http/route.ts'
import { pageOf, pageQuery, timestampSchema } from '../../http/schemas.ts'
import { changeCatalogue, getPlanName, listCatalogue } from './catalogue.ts'
import { findImpact } from './impact.ts'
import { countedLimits } from './plans.ts'
import { amountSchema, limitsOf, modulesSchema, planSchema, requestsSchema } from './schemas.ts'

const cataloguePlan = planSchema.extend({
  stripe_price_id: z.string().nullable(),
  updated_at: timestampSchema,
})
const params = z.strictObject({ plan: z.string() })

/** A number of a limit in a query: nothing but digits, or `unlimited`. */
const inQuery = (schema: z.ZodType<number>) =>
  z.string().transform((text, issues) => {
    if (text === 'unlimited') return null
    const { success, data } = schema.safeParse(/^[0-9]+$/.test(text) ? Number(text) : undefined)
    if (success) return data
    issues.addIssue({ code: 'custom', message: 'should be a whole number in range, or unlimited' })
    return z.NEVER
  })

/** Names with commas between them; an empty text is none. */
const modulesInQuery = z
  .string()
  .max(1000)
  .transform((text) => (text === '' ? [] : text.split(',')))
  .pipe(modulesSchema)

const changesOfPlan = z.strictObject({
  price_cents: z.int().min(0).max(2_147_483_647).optional(),
  price_is_minimum: z.boolean().optional(),
  price_is_per_seat: z.boolean().optional(),
  stripe_price_id: z
    .string()
    .regex(/^[!-~]{1,255}$/, 'should be the id of a price at Stripe')
    .nullish(),
  limits: z.strictObject(limitsOf(amountSchema.nullable(), requestsSchema.nullable())).optional(),
  modules: modulesSchema.optional(),
  force: z.boolean().default(false),
})

export const planAdminRoutes = [
  route({
    scope: 'admin',
    method: 'GET',
    path: '/v1/admin/plans',
    summary: 'The catalogue, and when each plan was changed last',
    response: { status: 200, body: z.strictObject({ plans: z.array(cataloguePlan) }) },
    handler: async ({ context }) => ok({ plans: await context.db.withPlatform('catalogue', listCatalogue) }),
  }),

  route({
    scope: 'admin',
    method: 'PATCH',
    path: '/v1/admin/plans/:plan',
    summary:
      'Change a plan for all of its tenants at once; a limit of null is unlimited, a stripe_price_id of null the price with the plan’s name as lookup_key',
    params,
    body: changesOfPlan.refine(
      ({ force: _, ...changes }) => Object.values(changes).some((value) => value !== undefined),
      'should hold at least one field',
    ),
    response: { status: 200, body: cataloguePlan },
    errors: ['not_found', 'conflict', 'usage_over_limits'],
    handler: async ({ context, input, request, admin }) => {
      const plan = getPlanName(input.params.plan)
      const by = { admin, origin: originOf(request), now: context.clock.now() }
      return ok(
        await context.db.withPlatform('catalogue', (tx) => changeCatalogue(tx, { plan, ...input.body }, by)),
      )
    },
  }),

  route({
    scope: 'admin',
    method: 'GET',
    path: '/v1/admin/plans/:plan/impact',
    summary:
      'How many tenants a changed plan would put over a limit, and which: limits as numbers or `unlimited`, modules with commas; what is left out stays',
    params,
    query: z.strictObject({
      limit: pageQuery.limit,
      cursor: z
        .string()
        .refine((text) => parseTenantId(text), 'is not a cursor of this list and sort')
        .optional(),
      ...limitsOf(inQuery(amountSchema), inQuery(requestsSchema)),
      modules: modulesInQuery.optional(),
    }),
    response: {
      status: 200,
      body: pageOf(
        z.strictObject({
          tenant_id: z.string(),
          over: z.array(z.strictObject({ limit: z.enum(countedLimits), used: z.int(), allowed: z.int() })),
        }),
      ).extend({
        tenants: z.int(),
        tenants_over: z.int(),
        tenants_losing_modules: z.int(),
      }),
    },
    errors: ['not_found'],
    handler: async ({ context, input }) => {
      const plan = getPlanName(input.params.plan)
      const { limit, cursor, modules, ...limits } = input.query
      const now = context.clock.now()
      return ok(
        await context.db.withPlatform('catalogue', (tx) =>
          findImpact(tx, { plan, limits, modules }, now, { limit, cursor }),
        ),
      )
    },
  }),
]
