import { isDeepStrictEqual } from 'node:util'
import { sql } from 'kysely'
import type { PlatformTx } from '../../db/database.ts'
import { AppError } from '../../errors.ts'
import type { Origin } from '../audit/audit.ts'
import { auditForPlatform } from '../audit/operator-audit.ts'
import type { AdminPrincipal } from '../super-admins/access.ts'
import { type ChangedPlan, findImpact } from './impact.ts'
import { type PlanName, parsePlanName, planColumns, toPlan } from './plans.ts'

/** How many limits that would be passed a refusal names. */
const mostNamed = 20

/** What operators see of a plan, as columns. */
const catalogueColumns = [...planColumns, 'stripe_price_id', 'updated_at'] as const

/** What an operator changes of a plan; what is left out stays. */
export interface PlanUpdate extends ChangedPlan {
  price_cents?: number
  price_is_minimum?: boolean
  price_is_per_seat?: boolean
  /** The price at Stripe that it is sold by; null: the one whose lookup_key is the plan's name. */
  stripe_price_id?: string | null
  /** Also when it puts tenants over their limits. */
  force: boolean
}

/** The name of a plan as a path has it. @throws AppError 404 `not_found` */
export function getPlanName(text: string): PlanName {
  const plan = parsePlanName(text)
  if (!plan) throw new AppError('not_found')
  return plan
}

/** The catalogue as operators see it, cheapest first. */
export async function listCatalogue(tx: PlatformTx) {
  const rows = await selectPlans(tx).orderBy('position').execute()
  return rows.map(toCataloguePlan)
}

/**
 * Changes a plan for all of its tenants, from their next request on, and returns it. What a tenant takes in the very
 * moment of the change may still go by the limits before it: nobody waits for a plan.
 * @throws AppError 409 `usage_over_limits` with the number of tenants and the first of what would be over, unless
 *   forced; `conflict` for a price that another plan is sold by
 */
export async function changeCatalogue(
  tx: PlatformTx,
  update: PlanUpdate,
  { admin, origin, now }: { admin: AdminPrincipal; origin: Origin; now: Date },
) {
  const { plan, force, limits = {}, modules, ...price } = update
  const present = await selectPlans(tx)
    .where('plan', '=', plan)
    .modifyEnd(sql`for no key update`)
    .executeTakeFirstOrThrow()
  const before = { ...toCataloguePlan(present), ...toPlan(present).limits }
  const wanted = { ...price, ...limits, modules }
  const changes = Object.entries(wanted).filter(
    ([name, value]) => value !== undefined && !isDeepStrictEqual(value, before[name as keyof typeof before]),
  )
  if (changes.length === 0) return toCataloguePlan(present)

  if (!force) {
    const { tenants_over, data } = await findImpact(tx, update, now, { limit: mostNamed })
    if (tenants_over > 0) {
      throw new AppError('usage_over_limits', { members: { tenants_over, over: data } })
    }
  }
  const changed = await tx
    .updateTable('plans')
    .set({ ...Object.fromEntries(changes), updated_at: now })
    .where('plan', '=', plan)
    .returning(catalogueColumns)
    .executeTakeFirstOrThrow()
  auditForPlatform(tx, {
    admin,
    action: 'plan.updated',
    object: { type: 'plan', id: plan },
    changedFields: changes.map(([name]) => (name in limits ? `limits.${name}` : name)),
    origin,
    now,
  })
  return toCataloguePlan(changed)
}

function selectPlans(tx: PlatformTx) {
  return tx.selectFrom('plans').select(catalogueColumns)
}

type CatalogueRow = Parameters<typeof toPlan>[0] & { stripe_price_id: string | null; updated_at: Date }

function toCataloguePlan({ stripe_price_id, updated_at, ...row }: CatalogueRow) {
  return { ...toPlan(row), stripe_price_id, updated_at }
}
