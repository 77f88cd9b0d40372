import { z } from 'zod'
import { AppError } from '../../errors.ts'
import { ok, route } from '../../http/route.ts'
import { timestampSchema } from '../../http/schemas.ts'
import { meQuery } from './me.ts'
import { roles } from './roles.ts'

export const memberRoutes = [
  route({
    scope: 'read',
    method: 'GET',
    path: '/v1/me',
    summary: 'Who I am, in which tenant, with its settings',
    role: 'viewer',
    whenBlocked: 'allowed',
    response: {
      status: 200,
      body: z.strictObject({
        user: z.strictObject({
          id: z.uuid(),
          email: z.string(),
          first_name: z.string(),
          last_name: z.string(),
          locale: z.string(),
          role: z.enum(roles),
        }),
        tenant: z.strictObject({
          tenant_id: z.string(),
          name: z.string(),
          plan: z.string(),
          status: z.string(),
          trial_ends_at: timestampSchema.nullable(),
          host: z.string().nullable(),
        }),
        settings: z.strictObject({
          theme: z.string(),
          language: z.string(),
          time_zone: z.string(),
          date_format: z.string(),
          currency: z.string(),
        }),
      }),
    },
    handler: async ({ context, read }) => {
      const { rows, principal } = await read(meQuery)
      const me = rows[0]
      if (!me) throw new AppError('not_found')
      const { baseDomain } = context.config
      return ok({
        user: {
          id: me.user_id,
          email: me.email,
          first_name: me.first_name,
          last_name: me.last_name,
          locale: me.locale,
          role: principal.role,
        },
        tenant: {
          tenant_id: me.tenant_id,
          name: me.name,
          plan: me.plan,
          status: me.status,
          trial_ends_at: me.trial_ends_at,
          host: baseDomain ? `${me.tenant_id}.${baseDomain}` : null,
        },
        settings: {
          theme: me.theme,
          language: me.language,
          time_zone: me.time_zone,
          date_format: me.date_format,
          currency: me.currency,
        },
      })
    },
  }),
]
