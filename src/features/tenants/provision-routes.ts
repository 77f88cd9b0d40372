import { z } from 'zod'
import { originOf } from '../../http/address.ts'
import { created, route } from '../../http/route.ts'
import { timestampSchema } from '../../http/schemas.ts'
import { roles } from '../members/roles.ts'
import { planNames } from '../plans/plans.ts'
import { addMember } from './add-member.ts'
import { getTenantId } from './admin.ts'
import { createTenantOf } from './create-tenant.ts'
import { regions } from './provision.ts'
import { memberFieldsSchema, tenantFieldsSchema } from './provision-schemas.ts'
import { tenantStatuses } from './status.ts'

const person = { user_id: z.uuid(), email: z.string() }

const createdTenant = z.strictObject({
  tenant_id: z.string(),
  /** The same. */
  id: z.string(),
  name: z.string(),
  status: z.enum(tenantStatuses),
  plan: z.enum(planNames),
  region: z.enum(regions),
  trial_ends_at: timestampSchema.nullable(),
  host: z.string().nullable(),
  owner: z.strictObject({ ...person, password: z.string().nullable().optional() }),
  standard_user: z.strictObject(person).optional(),
})

export const provisionRoutes = [
  route({
    scope: 'admin',
    method: 'POST',
    path: '/v1/admin/tenants',
    summary:
      'Make a tenant with its owner. Without admin_email the answer has the owner’s password, this once (null when answered again); else they choose one by mail',
    body: tenantFieldsSchema,
    response: { status: 201, body: createdTenant },
    errors: [
      'tenant_id_taken',
      'email_taken',
      'account_not_verified',
      'usage_over_limits',
      'conflict',
      'overloaded',
      'provisioning_failed',
    ],
    secrets: ['owner.password'],
    handler: async ({ context, input, request, admin, keep }) =>
      created(await createTenantOf(context, input.body, { admin, origin: originOf(request) }, { keep })),
  }),

  route({
    scope: 'admin',
    method: 'POST',
    path: '/v1/admin/tenants/:id/members',
    summary: 'Make somebody a member of a tenant; they are told by mail',
    params: z.strictObject({ id: z.string() }),
    body: memberFieldsSchema,
    response: {
      status: 201,
      body: z.strictObject({ tenant_id: z.string(), ...person, role: z.enum(roles) }),
    },
    errors: [
      'not_found',
      'status_not_allowed',
      'already_member',
      'account_not_verified',
      'limit_reached',
      'payment_required',
      'conflict',
      'overloaded',
    ],
    handler: async ({ context, input, request, admin, keep }) => {
      const tenantId = getTenantId(input.params.id)
      const act = { tenantId, admin, origin: originOf(request), now: context.clock.now() }
      return created(await addMember(context, input.body, act, keep))
    },
  }),
]
