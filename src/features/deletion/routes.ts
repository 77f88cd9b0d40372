import { z } from 'zod'
import { toPage } from '../../db/keyset.ts'
import { originOf } from '../../http/address.ts'
import { ok, route } from '../../http/route.ts'
import { idParams, pageOf, pageQuery, reasonSchema, timestampSchema } from '../../http/schemas.ts'
import { getTenantId } from '../tenants/admin.ts'
import { tenantStatuses } from '../tenants/status.ts'
import { certificateCursor, getCertificate, listCertificates } from './certificates.ts'
import { previewDeletion } from './delete-tenant.ts'
import { requestDeletion } from './request-deletion.ts'

const certificateAnswer = z.strictObject({
  id: z.uuid(),
  tenant_id: z.string(),
  status: z.enum(['running', 'done']),
  requested_by: z.strictObject({ kind: z.enum(['super_admin', 'admin_key', 'system']), id: z.string() }),
  reason: z.string(),
  requested_at: timestampSchema,
  completed_at: timestampSchema.nullable(),
  waits_for: z.string().nullable(),
  rows_total: z.int().nullable(),
  rows_deleted: z.int(),
  users_deleted: z.int(),
  jobs_deleted: z.int(),
  last_seal_hash: z.string().nullable(),
})

const countedTable = z.strictObject({
  table: z.string(),
  before: z.int().nullable(),
  after: z.int().nullable(),
  kept: z.string().nullable(),
})

/** A dry run holds a connection that others sign in with; the command line counts for as long as it takes. */
const longestPreviewMs = 30_000

export const deletionRoutes = [
  route({
    scope: 'admin',
    method: 'DELETE',
    path: '/v1/admin/tenants/:id',
    summary:
      'Delete a tenant for good: its access ends at once, its rows go in the background, and the certificate shows how far that is. With dry_run only what would go is counted',
    params: z.strictObject({ id: z.string() }),
    query: z.strictObject({ dry_run: z.enum(['true', 'false']).default('false') }),
    body: z.strictObject({ reason: reasonSchema.optional() }).optional(),
    response: {
      status: 202,
      headers: { Location: 'The certificate.' },
      body: z.strictObject({
        tenant_id: z.string(),
        status: z.literal('DELETING'),
        certificate: z.string(),
      }),
    },
    otherResponse: {
      status: 200,
      body: z.strictObject({
        tenant_id: z.string(),
        status: z.enum(tenantStatuses),
        tables: z.array(
          z.strictObject({
            table: z.string(),
            rows: z.int(),
            bytes: z.int(),
            kept: z.string().nullable(),
          }),
        ),
        /** People who belong to no other tenant. */
        users: z.int(),
      }),
    },
    errors: ['not_found'],
    handler: async ({ context, input, request, admin }) => {
      const tenantId = getTenantId(input.params.id)
      if (input.query.dry_run === 'true')
        return ok(await previewDeletion(context, tenantId, longestPreviewMs))
      const reason = input.body?.reason ?? 'No reason was given'
      const act = { tenantId, admin, origin: originOf(request), now: context.clock.now() }
      const id = await context.db.withPlatform('deletion', (tx) => requestDeletion(tx, reason, act), {
        tenantId,
      })
      const certificate = `/v1/admin/deletions/${id}`
      return {
        status: 202,
        body: { tenant_id: tenantId, status: 'DELETING', certificate },
        headers: { Location: certificate },
      }
    },
  }),

  route({
    scope: 'admin',
    method: 'GET',
    path: '/v1/admin/deletions',
    summary: 'Deletions of tenants, under way and done, the one that was asked for last first',
    query: z.strictObject(pageQuery),
    response: { status: 200, body: pageOf(certificateAnswer) },
    handler: async ({ context, input }) => {
      const { limit } = input.query
      const rows = await context.db.withPlatform('deletion', (tx) => listCertificates(tx, input.query))
      return ok(toPage(rows, limit, certificateCursor))
    },
  }),

  route({
    scope: 'admin',
    method: 'GET',
    path: '/v1/admin/deletions/:id',
    summary:
      'The certificate of a deletion: how it stands, and in the end what every table held before and holds after it',
    params: idParams,
    response: { status: 200, body: certificateAnswer.extend({ tables: z.array(countedTable) }) },
    errors: ['not_found'],
    handler: async ({ context, input }) =>
      ok(await context.db.withPlatform('deletion', (tx) => getCertificate(tx, input.params.id))),
  }),
]
