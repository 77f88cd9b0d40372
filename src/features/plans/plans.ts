import type { Selectable } from 'kysely'
import type { PlatformTx } from '../../db/database.ts'
import type { Plans } from '../../db/schema.ts'

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

/** The limits that are taken in the database, with the write that they guard: all but the one on requests. */
export const countedLimits = limitNames.filter((name) => name !== 'requests_per_minute')
export type CountedLimit = Exclude<LimitName, 'requests_per_minute'>

/** Whether a limit counts anew in each month or week. */
export function isPeriodLimit(name: LimitName): boolean {
  return name === 'executions_per_month' || name === 'articles_per_week'
}

const aliases: Record<string, PlanName> = { PRO: 'PROFESSIONAL' }

/** The plan that a name in any case means, `pro` included, or undefined. */
export function parsePlanName(name: string): PlanName | undefined {
  const upper = name.trim().toUpperCase()
  return aliases[upper] ?? planNames.find((plan) => plan === upper)
}

/** What is shown of a plan, as columns. */
export const planColumns = [
  'plan',
  'price_cents',
  'price_is_minimum',
  'price_is_per_seat',
  'currency',
  'modules',
  ...limitNames,
] as const

/** A row of planColumns as it is shown. */
export function toPlan(row: PlanRow) {
  const { plan, price_cents, price_is_minimum, price_is_per_seat, currency, modules } = row
  return {
    plan,
    price_cents,
    price_is_minimum,
    price_is_per_seat,
    currency,
    billing_period: 'month' as const,
    limits: limitsOfRow(row),
    modules,
  }
}

/** The limits in a row of plans, as numbers. */
function limitsOfRow(row: Record<LimitName, string | null>): Record<LimitName, number | null> {
  const entries = limitNames.map((name) => [name, row[name] === null ? null : Number(row[name])])
  return Object.fromEntries(entries)
}

type PlanRow = Pick<Selectable<Plans>, (typeof planColumns)[number]>

/** The catalogue, cheapest first. */
export async function listPlans(tx: PlatformTx) {
  const rows = await tx.selectFrom('plans').select(planColumns).orderBy('position').execute()
  return rows.map(toPlan)
}
