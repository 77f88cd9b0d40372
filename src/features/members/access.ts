import type { Tx } from '../../db/database.ts'
import type { TenantId } from '../../db/tenant-id.ts'
import { AppError } from '../../errors.ts'
import type { ModuleName } from '../plans/plans.ts'
import { isLeaving, refuseBlocked } from '../tenants/status.ts'
import { isAllowed, lowerOf, type Permission, type Role } from './roles.ts'

/** Whom a verified access token stands for: a person's session in one tenant. */
export interface UserClaims {
  kind: 'user'
  userId: string
  sessionId: string
  tenantId: TenantId
}

/** What an API key says of itself. Whether it is true, the tenant's own table tells. */
export interface ApiKeyClaims {
  kind: 'api_key'
  keyId: string
  /** SHA-256 of the secret. */
  secretHash: Buffer
  tenantId: TenantId
}

/** Whom a token of support stands for: a super admin who looks inside one tenant for a while. */
export interface SupportClaims {
  kind: 'support'
  supportSessionId: string
  adminId: string
  tenantId: TenantId
  isReadOnly: boolean
}

/** What a request presents. */
export type Claims = UserClaims | ApiKeyClaims | SupportClaims

/** A member, or a key that one made. The role is the membership's of this moment, not the token's. */
export type MemberPrincipal = (UserClaims | Omit<ApiKeyClaims, 'secretHash'>) & {
  role: Role
  membershipId: string
}

/** Who makes a request inside a tenant. A support session belongs to no member. */
export type Principal = MemberPrincipal | (SupportClaims & { role: Role })

/** What a route asks of its caller. */
export interface Requirement {
  method: string
  scope: 'read' | 'write'
  permission: Permission
  module?: ModuleName
  whenBlocked?: 'allowed'
  caller?: 'user' | 'member'
}

/**
 * The caller's membership, with its tenant's status and plan, and the key where one was presented; or the support session
 * with the role that it has instead.
 */
export interface Access {
  /** Null of a support session. */
  membership_id: string | null
  role: string
  membership_status: string
  status: string
  status_set_by: string
  trial_ends_at: Date | null
  /** Null is unlimited. */
  requests_per_minute: number | null
  /** Whether the tenant has the module that was asked about, by its plan or beside it. */
  has_module: boolean
  /** The plans that have it, for a tenant that has not. */
  plans_with_module: string[] | null
  key_role: string | null
  key_expires_at: Date | null
  key_last_used_at: Date | null
  /** Only of a support session. */
  support_expires_at?: Date
}

/**
 * The access of a caller who belongs to the tenant, whatever they may do there.
 * @throws AppError 401 `unauthenticated` without a live session or key of an active member, or a live support session
 */
export function checkMember(rows: readonly Access[], now: Date): Access {
  const access = rows[0]
  if (access?.membership_status !== 'active') throw new AppError('unauthenticated')
  if (access.key_expires_at && access.key_expires_at <= now) throw new AppError('unauthenticated')
  if (access.support_expires_at && access.support_expires_at <= now) throw new AppError('unauthenticated')
  return access
}

/**
 * Decides whether the caller may go on: session or key and membership, then the tenant's status, then module, then
 * role. A key never outranks the member who made it. A support session looks inside a tenant of any status but one that
 * is being deleted, since help is needed most where nobody gets in; one that is read-only does nothing else.
 * @throws AppError 401 without a live session or key of an active member, or a live support session; 402 or 403 by the
 *   tenant's status; 403 without the module or the role, where only a person or member may call, or
 *   `support_read_only`
 */
export function checkAccess(
  rows: readonly Access[],
  claims: Claims,
  requirement: Requirement,
  now: Date,
): Principal {
  const access = checkMember(rows, now)
  const isBlockable = requirement.whenBlocked !== 'allowed' && claims.kind !== 'support'
  if (isBlockable || isLeaving(access)) refuseBlocked(access, now)
  if (requirement.module && !access.has_module) {
    const members = { module: requirement.module, plans: access.plans_with_module }
    throw new AppError('module_not_in_plan', { members })
  }
  const memberRole = access.role as Role
  const role = access.key_role ? lowerOf(memberRole, access.key_role as Role) : memberRole
  if (!isAllowed(role, requirement.permission)) throw new AppError('insufficient_role')
  if (requirement.caller === 'user') userOf(claims)
  if (claims.kind === 'support') {
    if (requirement.caller === 'member') throw new AppError('session_required')
    const isReading = requirement.method === 'GET' && requirement.scope === 'read'
    if (claims.isReadOnly && !isReading) throw new AppError('support_read_only')
    return { ...claims, role }
  }
  const membershipId = access.membership_id as string
  if (claims.kind === 'user') return { ...claims, role, membershipId }
  const { kind, keyId, tenantId } = claims
  return { kind, keyId, tenantId, role, membershipId }
}

/**
 * Keeps the caller a member until the transaction ends: before rows of theirs are written, so that whoever removes them
 * waits and neither waits for the other.
 * @throws AppError 401 `unauthenticated` when they have been removed since they were let in
 */
export async function holdMembership(
  tx: Tx,
  { membershipId }: Pick<MemberPrincipal, 'membershipId'>,
): Promise<void> {
  const member = await tx
    .selectFrom('memberships')
    .select('id')
    .where('id', '=', membershipId)
    .forKeyShare()
    .executeTakeFirst()
  if (!member) throw new AppError('unauthenticated')
}

/** A caller who is a person of the tenant. @throws AppError 403 `session_required` for an API key or a support session */
export function userOf<Caller extends Claims | Principal>(caller: Caller): Extract<Caller, { kind: 'user' }> {
  if (caller.kind !== 'user') throw new AppError('session_required')
  return caller as Extract<Caller, { kind: 'user' }>
}

/** A caller who is a member, or a key of one. @throws AppError 403 `session_required` for a support session */
export function memberOf(principal: Principal): MemberPrincipal {
  if (principal.kind === 'support') throw new AppError('session_required')
  return principal
}
