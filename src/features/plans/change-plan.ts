import { sql } from 'kysely'
import type { PlatformTx } from '../../db/database.ts'
import type { TenantId } from '../../db/tenant-id.ts'
import { AppError } from '../../errors.ts'
import { type AuditEntry, type Origin, writeAuditEntry } from '../audit/audit.ts'
import { administrators, notify } from '../notifications/notify.ts'
import { recordChange } from '../tenants/history.ts'
import { type Agent, lockTenant } from '../tenants/status.ts'
import { isPutOver, type OverLimit } from './impact.ts'
import type { LimitName, ModuleName, PlanName } from './plans.ts'

/** What is to change of what a tenant may use; what is left out stays. */
export interface PlanChange extends Origin {
  tenantId: TenantId
  plan?: PlanName
  /** The tenant's own limits instead of the plan's: null is unlimited, `plan` is the plan's again. */
  limits?: Partial<Record<LimitName, number | null | 'plan'>>
  /** Modules that the tenant has whatever its plan, or has not; null is as the plan says again. */
  modules?: Partial<Record<ModuleName, boolean | null>>
  /** Also when more is used than is allowed then: nothing is deleted, new writes are refused. */
  force?: boolean
  /** Why, for the audit trail. */
  reason?: string
  agent: Agent
  /** The event of Stripe that it follows from. */
  billingEventId?: string
  actor: AuditEntry['actor']
  now: Date
}

/** A tenant's exceptions from its plan, as its row has them. */
export interface Overrides {
  limit_overrides: Partial<Record<LimitName, number | null>>
  module_overrides: Partial<Record<ModuleName, boolean>>
}

/**
 * Changes plan, limits and modules of the transaction's tenant, with its entry in the audit trail. Until the
 * transaction ends nobody takes of the tenant's limits: who comes later is held to the new ones.
 * Locks in this order: the tenant, its plan to be, its counters.
 * @param tx one of withPlatform with this tenantId
 * @returns what the audit trail says of it, or undefined when everything was so already
 * @throws AppError 404 `not_found`; 409 `status_not_allowed` for a tenant that is being deleted; 409
 *   `usage_over_limits` with what would be over, unless forced
 */
export async function changePlan(
  tx: PlatformTx,
  change: PlanChange,
): Promise<Pick<AuditEntry, 'action' | 'changedFields'> | undefined> {
  const { tenantId, actor, reason, ip, requestId, now } = change
  const tenant = await lockTenant(tx, tenantId)
  if (tenant.status === 'DELETING' || tenant.status === 'DELETED') {
    throw new AppError('status_not_allowed', { members: { from: tenant.status } })
  }
  const before = tenant as unknown as Overrides
  const after: Overrides = {
    limit_overrides: override(before.limit_overrides, change.limits, 'plan'),
    module_overrides: override(before.module_overrides, change.modules, null),
  }
  const plan = change.plan ?? (tenant.plan as PlanName)
  const changedFields = [
    ...(plan === tenant.plan ? [] : ['plan']),
    ...differences('limits', before.limit_overrides, after.limit_overrides),
    ...differences('modules', before.module_overrides, after.module_overrides),
  ]
  if (changedFields.length === 0) return undefined

  await tx.selectFrom('plans').select('plan').where('plan', '=', plan).forShare().execute()
  await sql`select app.lock_usage()`.execute(tx)
  if (!change.force) await refuseOver(tx, { tenantId, plan, ...after, now })
  await tx
    .updateTable('tenants')
    .set({
      plan,
      ...(plan !== tenant.plan && { plan_set_by: change.agent }),
      limit_overrides: JSON.stringify(after.limit_overrides),
      module_overrides: JSON.stringify(after.module_overrides),
      updated_at: now,
    })
    .where('tenant_id', '=', tenantId)
    .execute()
  const action = plan === tenant.plan ? 'tenant.updated' : 'tenant.plan_changed'
  const object = { type: 'tenant', id: tenantId }
  writeAuditEntry(tx, { actor, action, object, changedFields, reason, ip, requestId, now })
  if (plan !== tenant.plan) {
    const cause = reason ?? 'No reason was given'
    const { agent, billingEventId } = change
    recordChange(tx, {
      tenantId,
      field: 'plan',
      from: tenant.plan,
      to: plan,
      agent,
      cause,
      billingEventId,
      now,
    })
    notify(tx, {
      template: 'plan_changed',
      to: { roles: administrators },
      values: { plan, old_plan: tenant.plan },
      now,
    })
  }
  return { action, changedFields }
}

/** A statement of its own, behind the locks: it sees what was taken before them. */
async function refuseOver(
  tx: PlatformTx,
  tenant: { tenantId: TenantId; plan: PlanName; limit_overrides: object; now: Date },
): Promise<void> {
  const { rows } = await sql<OverLimit>`
    select usage.limit_name as "limit", usage.used::float8 as used, changed.allowed::float8 as allowed
    from app.usage_at(${tenant.now}) usage
    join plans on plans.plan = ${tenant.plan}
    cross join lateral (
      select app.allowed(plans, ${JSON.stringify(tenant.limit_overrides)}::jsonb, usage.limit_name) as allowed
    ) changed
    where usage.tenant_id = ${tenant.tenantId} and ${isPutOver}
    order by usage.limit_name
  `.execute(tx)
  if (rows.length > 0) throw new AppError('usage_over_limits', { members: { over: rows } })
}

/** What a tenant has of its own after a change; the value `back` takes it away. */
function override<Value>(own: Record<string, Value>, changes: object = {}, back: unknown) {
  const entries = Object.entries({ ...own, ...changes }).filter(
    ([, value]) => value !== back && value !== undefined,
  )
  return Object.fromEntries(entries) as Record<string, Value>
}

function differences(what: string, before: object, after: object): string[] {
  const [old, changed] = [before, after] as [Record<string, unknown>, Record<string, unknown>]
  const names = [...new Set([...Object.keys(old), ...Object.keys(changed)])]
  return names.filter((name) => old[name] !== changed[name]).map((name) => `${what}.${name}`)
}
