import type { InferResult } from 'kysely'
import type { TenantQueryBuilder, Tx } from '../../db/database.ts'
import type { TenantId } from '../../db/tenant-id.ts'
import { AppError } from '../../errors.ts'
import type { ModuleName } from '../plans/plans.ts'
import { refuseBlocked } from '../tenants/status.ts'
import { isAtLeast, type Role } from './roles.ts'

/** Who makes a request inside a tenant. The role is the membership's of this moment, not the token's. */
export interface Principal {
  kind: 'user'
  userId: string
  sessionId: string
  tenantId: TenantId
  role: Role
}

/** What a verified access token says of its bearer. */
export interface Claims {
  userId: string
  sessionId: string
  tenantId: TenantId
}

/** What a route asks of its caller. */
export interface Requirement {
  role: Role
  module?: ModuleName
  whenBlocked?: 'allowed'
}

/** The caller's membership with its tenant's status and plan, as one row or none. */
export function accessQuery(queries: TenantQueryBuilder | Tx, claims: Claims) {
  return queries
    .selectFrom('memberships')
    .innerJoin('tenants', 'tenants.tenant_id', 'memberships.tenant_id')
    .innerJoin('plans', 'plans.plan', 'tenants.plan')
    .select(['memberships.role', 'memberships.status as membership_status', 'tenants.status'])
    .select(['tenants.status_set_by', 'tenants.trial_ends_at', 'plans.modules'])
    .where('memberships.user_id', '=', claims.userId)
}

/**
 * Decides whether the caller may go on: membership, then the tenant's status, then module, then role.
 * @throws AppError 401 without an active membership, 402 or 403 by the tenant's status, 403 without the module or
 *   the role
 */
export function checkAccess(
  rows: InferResult<ReturnType<typeof accessQuery>>,
  claims: Claims,
  requirement: Requirement,
  now: Date,
): Principal {
  const access = rows[0]
  if (access?.membership_status !== 'active') throw new AppError('unauthenticated', bearerChallenge)
  if (requirement.whenBlocked !== 'allowed') refuseBlocked(access, now)
  const { module } = requirement
  if (module && !access.modules.includes(module))
    throw new AppError('module_not_in_plan', { members: { module } })
  const role = access.role as Role
  if (!isAtLeast(role, requirement.role)) throw new AppError('insufficient_role')
  return { kind: 'user', ...claims, role }
}

/** RFC 6750, section 3: what to present instead. */
export const bearerChallenge = {
  headers: { 'WWW-Authenticate': 'Bearer realm="tenantry", error="invalid_token"' },
}
