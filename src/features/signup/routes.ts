import { z } from 'zod'
import { AppError } from '../../errors.ts'
import { originOf } from '../../http/address.ts'
import { created, ok, route } from '../../http/route.ts'
import { emailSchema, nameSchema, phoneSchema, timestampSchema } from '../../http/schemas.ts'
import { userOf } from '../members/access.ts'
import { meQuery } from '../members/me.ts'
import { listPlans } from '../plans/plans.ts'
import { planNameSchema, planSchema } from '../plans/schemas.ts'
import { loginSchema, passwordSchema } from '../sessions/schemas.ts'
import { templateSchema } from '../tenants/provision-schemas.ts'
import { regionSchema } from '../tenants/schemas.ts'
import { findFreeTenantId, toSlug } from '../tenants/slug.ts'
import { addCompany, isEmailKnown, signUp } from './signup.ts'

/** What a company says of itself. */
const companyInput = {
  company_name: nameSchema,
  company_email: emailSchema,
  plan: planNameSchema,
  region: regionSchema.optional(),
  phone: phoneSchema.nullish().transform((phone) => phone ?? null),
  template: templateSchema.default('blank'),
  accept_terms: z.literal(true, 'has to be accepted'),
  accept_privacy: z.literal(true, 'has to be accepted'),
}

const madeTenant = {
  success: z.literal(true),
  tenant_id: z.string(),
  trial_ends_at: timestampSchema.nullable(),
  login_url: z.string(),
}
const startedTenant = loginSchema.extend(madeTenant)
const startedCompany = startedTenant.extend({
  access_token: z.string().nullable(),
  refresh_token: z.string().nullable(),
})
/** Without tokens while the address of its owner has to be confirmed. */
const signupAnswer = z.union([startedTenant, z.strictObject(madeTenant)])

export const signupRoutes = [
  route({
    scope: 'open',
    method: 'POST',
    path: '/signup',
    summary: 'Sign a company up: a tenant, its owner, and the tokens of a login unless it is PENDING',
    rateLimit: 'signup',
    accountLimit: { name: 'signup', of: ({ body }) => body.admin_email },
    body: z.strictObject({
      ...companyInput,
      admin_email: emailSchema,
      admin_password: passwordSchema,
      admin_first_name: nameSchema,
      admin_last_name: nameSchema,
      locale: z.enum(['en', 'fr']).default('en'),
    }),
    response: { status: 201, body: signupAnswer },
    errors: ['signups_closed', 'email_taken', 'overloaded'],
    handler: async ({ context, input, request }) =>
      created(await signUp(context, input.body, originOf(request))),
  }),

  route({
    scope: 'open',
    method: 'GET',
    path: '/signup/check-email',
    summary: 'Whether an e-mail address has no account yet',
    rateLimit: 'check_email',
    accountLimit: { name: 'check_email', of: ({ query }) => query.email },
    query: z.strictObject({ email: emailSchema }),
    response: { status: 200, body: z.strictObject({ available: z.boolean() }) },
    handler: async ({ context, input }) => {
      const isKnown = await isEmailKnown(context.db, input.query.email)
      return ok({ available: !isKnown })
    },
  }),

  route({
    scope: 'open',
    method: 'GET',
    path: '/signup/check-company',
    summary: 'Whether the plain slug of a company name is free, and the id it would get now',
    rateLimit: 'lookup',
    query: z.strictObject({ name: nameSchema }),
    response: { status: 200, body: z.strictObject({ available: z.boolean(), tenant_id: z.string() }) },
    handler: async ({ context, input }) => {
      const { name } = input.query
      const tenantId = await findFreeTenantId(context.db, name)
      const slug = toSlug(name)
      return ok({ available: slug === '' || slug === tenantId, tenant_id: tenantId })
    },
  }),

  route({
    scope: 'open',
    method: 'GET',
    path: '/signup/plans',
    summary: 'The plans with price, limits and modules',
    rateLimit: 'lookup',
    response: {
      status: 200,
      body: z.strictObject({
        plans: z.array(planSchema),
      }),
    },
    handler: async ({ context }) => ok({ plans: await context.db.withPlatform('catalogue', listPlans) }),
  }),

  route({
    // The caller's tenant is only read; the new tenant is written by the platform, under its own id.
    scope: 'read',
    method: 'POST',
    path: '/v1/tenants',
    summary: 'Make a further company for the same person; the tokens are null when answered again',
    permission: 'account:self',
    caller: 'user',
    whenBlocked: 'allowed',
    rateLimit: 'signup',
    body: z.strictObject(companyInput),
    response: { status: 201, body: startedCompany },
    errors: ['not_found', 'signups_closed', 'email_not_verified', 'overloaded'],
    secrets: ['access_token', 'refresh_token'],
    handler: async ({ context, input, request, read, keep }) => {
      const { rows, principal } = await read((queries, claims) => meQuery(queries, userOf(claims).userId))
      if (!rows[0]) throw new AppError('not_found')
      const { user_id: id, email, first_name, last_name, locale } = rows[0]
      const user = { id, email, first_name, last_name, locale }
      const claims = userOf(principal)
      return created(await addCompany(context, input.body, user, claims, originOf(request), keep))
    },
  }),
]
