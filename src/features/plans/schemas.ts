import { z } from 'zod'
import { limitNames, moduleNames, parsePlanName, planNames } from './plans.ts'

/** The name of a plan in any case, `pro` included. */
export const planNameSchema = z.string().transform((name, issues) => {
  const plan = parsePlanName(name)
  if (plan) return plan
  issues.addIssue({ code: 'custom', message: `should be one of ${planNames.join(', ')}` })
  return z.NEVER
})

/** A plan as everybody sees it. */
export const planSchema = z.strictObject({
  plan: z.enum(planNames),
  price_cents: z.int(),
  price_is_minimum: z.boolean(),
  /** Whether it is for each active member. */
  price_is_per_seat: z.boolean(),
  currency: z.string(),
  billing_period: z.literal('month'),
  limits: z.record(z.enum(limitNames), z.int().nullable()),
  modules: z.array(z.enum(moduleNames)),
})

/** How much a limit can be; null is unlimited and said elsewhere. */
export const amountSchema = z.int().min(0)

/** How many requests per minute a limit can be: with none nobody could even ask what is wrong. */
export const requestsSchema = z.int().min(1).max(1_000_000_000)

/** Some of the limits: what each can be set to. */
export function limitsOf<Amount extends z.ZodType, Requests extends z.ZodType>(
  amount: Amount,
  requests: Requests,
) {
  return {
    users: amount.optional(),
    storage_bytes: amount.optional(),
    sites: amount.optional(),
    workflows: amount.optional(),
    executions_per_month: amount.optional(),
    articles_per_week: amount.optional(),
    requests_per_minute: requests.optional(),
  }
}

/** Modules in the order of the catalogue. */
export const modulesSchema = z
  .array(z.enum(moduleNames))
  .refine((modules) => new Set(modules).size === modules.length, 'should name each module once')
  .transform((modules) => moduleNames.filter((name) => modules.includes(name)))
