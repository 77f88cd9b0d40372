import { sql } from 'kysely'
import type { PlatformTx } from '../../db/database.ts'
import type { TenantId } from '../../db/tenant-id.ts'
import { AppError } from '../../errors.ts'
import { type Role, roles } from '../members/roles.ts'
import type { Overrides } from '../plans/change-plan.ts'
import { toLimitUsage, usageQuery } from '../plans/limits.ts'
import { type LimitName, type ModuleName, moduleNames, type PlanName } from '../plans/plans.ts'
import type { Region } from './provision.ts'
import type { Agent, TenantStatus } from './status.ts'

/** Which tenant, and as it is when. */
export interface TenantQuestion {
  tenantId: TenantId
  /** The domain under which each tenant has its host, where there is one. */
  baseDomain: string | undefined
  now: Date
}

/** What there is to see of a tenant without looking inside it. Of one that was deleted little is left. */
export type TenantDetail = Awaited<ReturnType<typeof getTenant>>

/**
 * A tenant as operators see it: what it is, what it may use and what it uses, what it pays for, and how alive it is.
 * @param tx one of withPlatform with this tenantId: only there is seen when API keys were used
 * @throws AppError 404 `not_found`
 */
export async function getTenant(tx: PlatformTx, { tenantId, baseDomain, now }: TenantQuestion) {
  const row = await selectTenant(tx, tenantId).executeTakeFirst()
  if (!row) throw new AppError('not_found')
  const { plan_modules, limit_overrides, module_overrides, settings, subscription, ...tenant } = row
  const usage = await usageQuery(tx, now).where('usage.tenant_id', '=', tenantId).execute()
  const limits = usage.map(toLimitUsage).map(({ limit, used, allowed, resets_at }) => {
    return [limit, { used, limit: allowed, resets_at }] as const
  })
  const own = module_overrides as Overrides['module_overrides']
  const has = (name: ModuleName) => own[name] ?? plan_modules.includes(name)
  return {
    ...tenant,
    status: tenant.status as TenantStatus,
    status_set_by: tenant.status_set_by as Agent,
    plan: tenant.plan as PlanName,
    region: tenant.region as Region,
    metadata: tenant.metadata as Record<string, unknown>,
    host: baseDomain ? `${tenantId}.${baseDomain}` : null,
    settings,
    limit_overrides: limit_overrides as Overrides['limit_overrides'],
    module_overrides: own,
    limits: Object.fromEntries(limits) as Partial<Record<LimitName, (typeof limits)[number][1]>>,
    modules: moduleNames.filter(has),
    subscription: subscription && { ...subscription, ...instantsOf(subscription) },
    ...(await countUsers(tx, tenantId)),
    last_activity_at: await findLastActivity(tx, tenantId),
  }
}

function selectTenant(tx: PlatformTx, tenantId: TenantId) {
  const settings = sql<Settings | null>`(
    select to_json(s) from (
      select theme, language, time_zone, date_format, currency, vat_rate_basis_points, automatic_numbering, backups, audit
      from tenant_settings where tenant_settings.tenant_id = tenants.tenant_id) s)`
  const subscription = sql<Subscription | null>`(
    select to_json(s) from (
      select customer_id, subscription_id as id, subscription_status as status, price_id, quantity, current_period_end,
        cancel_at
      from billing_accounts where billing_accounts.tenant_id = tenants.tenant_id) s)`
  return tx
    .selectFrom('tenants')
    .innerJoin('plans', 'plans.plan', 'tenants.plan')
    .select(['tenant_id', 'name', 'company_email', 'admin_email', 'phone', 'region', 'metadata'])
    .select(['status', 'status_reason', 'status_set_by', 'status_changed_at', 'tenants.plan'])
    .select(['trial_ends_at', 'past_due_since', 'limit_overrides', 'module_overrides'])
    .select(['created_at', 'tenants.updated_at', 'plans.modules as plan_modules'])
    .select([settings.as('settings'), subscription.as('subscription')])
    .where('tenant_id', '=', tenantId)
}

interface Settings {
  theme: string
  language: string
  time_zone: string
  date_format: string
  currency: string
  vat_rate_basis_points: number
  automatic_numbering: boolean
  backups: boolean
  audit: boolean
}

/** What Stripe said last; all but the customer is null as long as there is no subscription. Instants as JSON has them. */
interface Subscription {
  customer_id: string | null
  id: string | null
  status: string | null
  price_id: string | null
  quantity: number | null
  current_period_end: string | null
  cancel_at: string | null
}

function instantsOf({ current_period_end, cancel_at }: Subscription) {
  const parse = (text: string | null) => (text === null ? null : new Date(text))
  return { current_period_end: parse(current_period_end), cancel_at: parse(cancel_at) }
}

/** The active members, and how many of them have which role. */
async function countUsers(tx: PlatformTx, tenantId: TenantId) {
  const rows = await tx
    .selectFrom('memberships')
    .select(['role', sql<number>`count(*)::int`.as('n')])
    .where('tenant_id', '=', tenantId)
    .where('status', '=', 'active')
    .groupBy('role')
    .execute()
  const of = (role: Role) => rows.find((row) => row.role === role)?.n ?? 0
  return {
    users: rows.reduce((sum, { n }) => sum + n, 0),
    users_by_role: Object.fromEntries(roles.toReversed().map((role) => [role, of(role)])) as Record<
      Role,
      number
    >,
  }
}

/**
 * When somebody signed in or renewed a session last, or an API key was used last; null when nothing of that is known.
 * A session that was ended is not remembered.
 */
async function findLastActivity(tx: PlatformTx, tenantId: TenantId): Promise<Date | null> {
  const { at } = await tx
    .selectNoFrom(
      sql<Date | null>`greatest(
        (select max(rotated_at) from sessions where subject_tenant_id = ${tenantId}),
        (select max(last_used_at) from api_keys where tenant_id = ${tenantId}))`.as('at'),
    )
    .executeTakeFirstOrThrow()
  return at
}
