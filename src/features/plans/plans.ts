import type { PlatformTx } from '../../db/database.ts'

/** The plans that can be bought, cheapest first. */
export const planNames = ['FREE', 'STARTER', 'PROFESSIONAL', 'BUSINESS', 'ENTERPRISE'] as const
export type PlanName = (typeof planNames)[number]

/** The parts of the API that a plan opens. */
export const moduleNames = [
  'crm',
  'accounting',
  'projects',
  'knowledge',
  'automation',
  'content',
  'production',
  'voice',
  'ai',
  'bi',
] as const
export type ModuleName = (typeof moduleNames)[number]

/** The numbers a tenant may not pass, by their column in the table plans; null is unlimited. */
export const limitNames = [
  'users',
  'storage_bytes',
  'sites',
  'workflows',
  'executions_per_month',
  'articles_per_week',
  'requests_per_minute',
] as const
export type LimitName = (typeof limitNames)[number]

const aliases: Record<string, PlanName> = { PRO: 'PROFESSIONAL' }

/** The plan that a name in any case means, `pro` included, or undefined. */
export function parsePlanName(name: string): PlanName | undefined {
  const upper = name.trim().toUpperCase()
  return aliases[upper] ?? planNames.find((plan) => plan === upper)
}

/** The catalogue, cheapest first. */
export async function listPlans(tx: PlatformTx) {
  const rows = await tx
    .selectFrom('plans')
    .select(['plan', 'price_cents', 'price_is_minimum', 'currency', 'modules', ...limitNames])
    .orderBy('position')
    .execute()
  return rows.map(({ plan, price_cents, price_is_minimum, currency, modules, ...limits }) => ({
    plan,
    price_cents,
    price_is_minimum,
    currency,
    billing_period: 'month' as const,
    limits: Object.fromEntries(
      limitNames.map((name) => [name, limits[name] === null ? null : Number(limits[name])]),
    ) as Record<LimitName, number | null>,
    modules,
  }))
}
