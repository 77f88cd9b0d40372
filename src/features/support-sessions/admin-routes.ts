import { z } from 'zod'
import { toPage } from '../../db/keyset.ts'
import { originOf } from '../../http/address.ts'
import { created, noContent, ok, route } from '../../http/route.ts'
import { pageOf, pageQuery, reasonSchema } from '../../http/schemas.ts'
import { superAdminOf } from '../super-admins/access.ts'
import { getTenantId } from '../tenants/admin.ts'
import { supportSessionAnswer } from './schemas.ts'
import {
  endByOperator,
  listSupportSessions,
  longestMinutes,
  openSupportSession,
  refuseUnknownTenant,
  supportSessionCursor,
} from './support-sessions.ts'

const params = z.strictObject({ id: z.string() })
const path = '/v1/admin/tenants/:id/support-sessions'

export const supportSessionAdminRoutes = [
  route({
    scope: 'admin',
    method: 'POST',
    path,
    summary:
      'Look inside a tenant for up to 60 minutes, read-only unless `write` is asked for: its owners get a mail, see each request, and can end it. Only for a super admin who has signed in. The token is null when answered again',
    caller: 'user',
    params,
    body: z.strictObject({
      reason: reasonSchema,
      minutes: z.int().min(1).max(longestMinutes).default(longestMinutes),
      write: z.boolean().default(false),
    }),
    response: {
      status: 201,
      body: z.strictObject({
        support_session: supportSessionAnswer,
        access_token: z.string().nullable(),
        token_type: z.literal('bearer'),
        expires_in: z.int(),
      }),
    },
    errors: ['not_found', 'status_not_allowed'],
    secrets: ['access_token'],
    handler: async ({ context, input, request, admin, keep }) => {
      const tenantId = getTenantId(input.params.id)
      const now = context.clock.now()
      const act = { tenantId, admin: superAdminOf(admin), origin: originOf(request), now }
      return created(await openSupportSession(context, input.body, act, keep))
    },
  }),

  route({
    scope: 'admin',
    method: 'GET',
    path,
    summary: 'The support sessions of a tenant, newest first, those included that are over',
    params,
    query: z.strictObject(pageQuery),
    response: { status: 200, body: pageOf(supportSessionAnswer) },
    errors: ['not_found'],
    handler: async ({ context, input }) => {
      const tenant = { tenantId: getTenantId(input.params.id) }
      const rows = await context.db.withPlatform(
        'support',
        async (tx) => {
          await refuseUnknownTenant(tx, tenant)
          return listSupportSessions(tx, input.query).execute()
        },
        tenant,
      )
      return ok(toPage(rows, input.query.limit, supportSessionCursor))
    },
  }),

  route({
    scope: 'admin',
    method: 'DELETE',
    path: `${path}/:session_id`,
    summary: 'End a support session, at once and for good',
    params: params.extend({ session_id: z.uuid().toLowerCase() }),
    response: { status: 204 },
    errors: ['not_found', 'conflict'],
    handler: async ({ context, input, request, admin }) => {
      const tenantId = getTenantId(input.params.id)
      const act = { tenantId, admin, origin: originOf(request), now: context.clock.now() }
      await context.db.withPlatform('support', (tx) => endByOperator(tx, input.params.session_id, act), act)
      return noContent()
    },
  }),
]
