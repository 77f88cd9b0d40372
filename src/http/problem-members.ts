import { z } from 'zod'
import type { ErrorCode } from '../errors.ts'
import { countedLimits } from '../features/plans/plans.ts'

// Metrics are no limit of a plan: a tenant has so many different ones at most.
const reached = z.enum([...countedLimits, 'metrics'])

const overLimits = z.array(z.strictObject({ limit: z.enum(countedLimits), used: z.int(), allowed: z.int() }))

/** What problem documents of some codes hold beside the members that all have, with an example. */
export const problemMembers: { [Code in ErrorCode]?: { members: z.ZodObject; example: object } } = {
  module_not_in_plan: {
    members: z.strictObject({ module: z.string(), plans: z.array(z.string()) }),
    example: { module: 'accounting', plans: ['STARTER', 'PROFESSIONAL', 'BUSINESS', 'ENTERPRISE'] },
  },
  limit_reached: {
    members: z.strictObject({
      limit: reached,
      used: z.int(),
      allowed: z.int(),
      resets_at: z.iso.datetime().nullable(),
    }),
    example: { limit: 'articles_per_week', used: 2, allowed: 2, resets_at: '2026-03-08T23:00:00.000Z' },
  },
  insufficient_credits: {
    members: z.strictObject({ balance: z.int(), needed: z.int() }),
    example: { balance: 20, needed: 25 },
  },
  status_not_allowed: {
    members: z.strictObject({
      from: z.string(),
      to: z.string().optional(),
    }),
    example: { from: 'CANCELLED', to: 'SUSPENDED' },
  },
  usage_over_limits: {
    members: z.strictObject({
      tenants_over: z.int().optional(),
      over: z.union([overLimits, z.array(z.strictObject({ tenant_id: z.string(), over: overLimits }))]),
    }),
    example: { over: [{ limit: 'users', used: 7, allowed: 5 }] },
  },
  idempotency_key_reused: {
    members: z.strictObject({ idempotency_key: z.string().optional() }),
    example: {},
  },
  provisioning_failed: {
    members: z.strictObject({ step: z.string() }),
    example: { step: 'template' },
  },
}
