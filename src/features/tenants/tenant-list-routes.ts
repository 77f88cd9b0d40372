import { z } from 'zod'
import { ok, route } from '../../http/route.ts'
import { pageQuery, timestampSchema } from '../../http/schemas.ts'
import { planNames } from '../plans/plans.ts'
import { planNameSchema } from '../plans/schemas.ts'
import { regions } from './provision.ts'
import { metadataKeyOf, regionSchema, tenantCountsSchema, tenantStatusSchema } from './schemas.ts'
import { tenantStatuses } from './status.ts'
import { countTenants, listTenants, tenantSorts } from './tenant-list.ts'

const listFields = {
  ...pageQuery,
  sort: z.enum(tenantSorts).default('-created_at'),
  status: tenantStatusSchema.optional(),
  plan: planNameSchema.optional(),
  region: regionSchema.optional(),
  q: z.string().min(1).max(200).optional(),
}

/** Strict but for parameters such as `metadata.sector`, which become the member `metadata`. */
const listQuery = z
  .object(listFields)
  .catchall(z.string().max(1000))
  .transform((query, issues) => {
    const names = Object.keys(query).filter((name) => !Object.hasOwn(listFields, name))
    const unknown = names.filter((name) => metadataKeyOf(name) === undefined)
    if (unknown.length > 0) issues.addIssue({ code: 'unrecognized_keys', keys: unknown, input: query })
    const metadata = Object.fromEntries(names.map((name) => [metadataKeyOf(name), String(query[name])]))
    const { limit, cursor, sort, status, plan, region, q } = query
    return { limit, cursor, sort, status, plan, region, q, metadata }
  })

export const tenantListRoutes = [
  route({
    scope: 'admin',
    method: 'GET',
    path: '/v1/admin/tenants',
    summary:
      'List tenants, newest first unless sorted otherwise, by status, plan, region, part of a name or address (q), or a member of their metadata (metadata.<key>); stats are of all tenants',
    query: listQuery,
    response: {
      status: 200,
      body: z.strictObject({
        tenants: z.array(
          z.strictObject({
            tenant_id: z.string(),
            name: z.string(),
            status: z.enum(tenantStatuses),
            plan: z.enum(planNames),
            region: z.enum(regions),
            /** Active members. */
            users: z.int(),
            created_at: timestampSchema,
            trial_ends_at: timestampSchema.nullable(),
          }),
        ),
        stats: tenantCountsSchema,
        next_cursor: z.string().nullable(),
      }),
    },
    handler: async ({ context, input }) =>
      ok(
        await context.db.withPlatform('tenants', async (tx) => {
          const [page, stats] = await Promise.all([listTenants(tx, input.query), countTenants(tx)])
          return { ...page, stats }
        }),
      ),
  }),
]
