import { z } from 'zod'
import { ok, route } from '../../http/route.ts'
import { instantSchema, pageOf, pageQuery, timestampSchema } from '../../http/schemas.ts'
import { listPlatformAudit, platformActorKinds } from './platform-audit.ts'

const text = z.string().min(1).max(255).optional()

export const platformAuditRoutes = [
  route({
    scope: 'admin',
    method: 'GET',
    path: '/v1/admin/audit',
    summary:
      'What super admins and the platform itself did, the newest first: by actor, action, tenant, object, and from one instant until before another',
    query: z.strictObject({
      ...pageQuery,
      actor_kind: z.enum(platformActorKinds).optional(),
      actor_id: text,
      action: text,
      tenant_id: text,
      object_type: text,
      object_id: text,
      from: instantSchema.optional(),
      to: instantSchema.optional(),
    }),
    response: {
      status: 200,
      body: pageOf(
        z.strictObject({
          id: z.uuid(),
          actor_kind: z.enum(platformActorKinds),
          actor_id: z.string(),
          action: z.string(),
          object_type: z.string(),
          object_id: z.string(),
          /** The tenant that it is about; null for what concerns the platform alone. */
          tenant_id: z.string().nullable(),
          changed_fields: z.array(z.string()),
          reason: z.string().nullable(),
          ip: z.string().nullable(),
          request_id: z.string(),
          created_at: timestampSchema,
        }),
      ),
    },
    handler: async ({ context, input }) =>
      ok(await context.db.withPlatform('audit', (tx) => listPlatformAudit(tx, input.query))),
  }),
]
