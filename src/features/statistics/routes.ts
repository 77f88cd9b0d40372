import { z } from 'zod'
import { ok, route } from '../../http/route.ts'
import { countedLimits, planNames } from '../plans/plans.ts'
import { regions } from '../tenants/provision.ts'
import { tenantCountsSchema } from '../tenants/schemas.ts'
import { readStatistics } from './statistics.ts'

const cents = z.int()

export const statisticsRoutes = [
  route({
    scope: 'admin',
    method: 'GET',
    path: '/v1/admin/stats',
    summary:
      'Tenants by status, region and plan; signups, conversions, churn and monthly recurring revenue of the last twelve months (UTC), past ones at today’s prices; usage of limits by now and of metrics in 30 days',
    response: {
      status: 200,
      body: z.strictObject({
        totals: tenantCountsSchema,
        by_region: z.record(z.enum(regions), z.int()),
        by_plan: z.record(z.enum(planNames), z.int()),
        mrr: z.strictObject({
          currency: z.string(),
          total_cents: cents,
          /** Of tenants with a subscription at Stripe. */
          subscribed_cents: cents,
          /** Of tenants without one, such as those that pay by invoice. */
          other_cents: cents,
        }),
        months: z.array(
          z.strictObject({
            month: z.string(),
            signups: z.int(),
            conversions: z.int(),
            churn: z.int(),
            mrr_cents: cents,
          }),
        ),
        usage: z.strictObject({
          limits: z.record(z.enum(countedLimits), z.number()),
          metrics: z.array(z.strictObject({ metric: z.string(), quantity: z.number() })),
        }),
      }),
    },
    handler: async ({ context }) => {
      const now = context.clock.now()
      return ok(await context.db.withPlatform('statistics', (tx) => readStatistics(tx, now)))
    },
  }),
]
