import { type Compilable, type SqlBool, sql } from 'kysely'
import { keepQueries, type TenantQueryBuilder, type Tx } from '../../db/database.ts'
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

/** Which of the queries for access it is. */
interface AccessShape {
  kind: Claims['kind']
  module?: ModuleName | undefined
  /** Whether it holds the tenant, as heldTenantQuery does. */
  isHeld: boolean
}

/** What a tenant's own row says of everybody's access. */
type TenantState = Pick<Access, 'status' | 'status_set_by' | 'trial_ends_at'>

/**
 * The tenant's state, and its row held until the transaction ends. What writes a row of the tenant takes this lock
 * anyhow; before that its status is read. So the last rows of a tenant that is being deleted go behind whoever was let in.
 */
export function heldTenantQuery(): Compilable<TenantState> {
  return keptHeld({})
}

const keptHeld = keepQueries(
  (queries) =>
    queries
      .selectFrom('tenants')
      .select(['status', 'status_set_by', 'trial_ends_at'])
      .modifyEnd(sql`for key share`),
  { decidesNothing: true },
)

/** Access that was known, with the tenant as it is now. */
export function withTenantAsItIs(known: readonly Access[], [tenant]: TenantState[]): Access[] {
  return tenant ? known.map((access) => ({ ...access, ...tenant })) : []
}

const keptQueries = keepQueries(
  (queries, claims: Claims, { kind, module, isHeld }: AccessShape) => {
    const access = queryOf[kind](queries, claims as never).select(moduleColumns(module))
    return isHeld ? access.modifyEnd(sql`for key share of tenants`) : access
  },
  { decidesNothing: true },
)

/**
 * The caller's access as one row; none when the session, the membership or the key is gone.
 * @param module the one that the route belongs to
 */
export function accessQuery(
  claims: Claims,
  module: ModuleName | undefined,
  { isHeld = false } = {},
): Compilable<Access> {
  return keptQueries(claims, { kind: claims.kind, module, isHeld }) as Compilable<Access>
}

/** What costs time is asked for only where the tenant has not got the module. */
function moduleColumns(module?: ModuleName) {
  if (!module)
    return [sql<boolean>`true`.as('has_module'), nothing<string[]>().as('plans_with_module')] as const
  const name = sql.lit(module)
  const hasModule = sql<boolean>`coalesce((tenants.module_overrides ->> ${name})::boolean, ${name} = any(plans.modules))`
  const others = sql`array(select p.plan from plans p where ${name} = any(p.modules) order by p.position)`
  return [
    hasModule.as('has_module'),
    sql<string[] | null>`case when not ${hasModule} then ${others} end`.as('plans_with_module'),
  ] as const
}

function sessionAccess(queries: TenantQueryBuilder, { sessionId, userId }: UserClaims) {
  return (
    queries
      .selectFrom('memberships')
      .innerJoin('tenants', 'tenants.tenant_id', 'memberships.tenant_id')
      .innerJoin('plans', 'plans.plan', 'tenants.plan')
      .select(accessColumns)
      .select([nothing<string>().as('key_role'), nothing<Date>().as('key_expires_at')])
      .select(nothing<Date>().as('key_last_used_at'))
      .where('memberships.id', '=', sql<string>`app.session_membership(${sessionId})`)
      // In words that no index serves: that of all memberships of a person is not ordered by tenants.
      .where(sql<SqlBool>`(memberships.user_id = ${userId}) is true`)
  )
}

/**
 * The key is read by its primary key and then its maker's membership by theirs, whoever asks. Connections keep the
 * plan of a statement and use it for all tenants: one that was made for a tenant of a few rows takes any index that
 * begins with tenant_id, and even the membership first, which in a tenant of thousands takes seconds. Ranges of one
 * value in the order of the primary key leave no other index, and a lateral limit no other order.
 */
function keyAccess(queries: TenantQueryBuilder, { keyId, secretHash }: ApiKeyClaims) {
  const key = queries
    .selectFrom('api_keys')
    .select(['created_by', 'role', 'expires_at', 'last_used_at'])
    .where('id', '>=', keyId)
    .where('id', '<=', keyId)
    .where('secret_hash', '=', secretHash)
    .where('revoked_at', 'is', null)
    .orderBy('id')
    .limit(sql.lit(1))
  return queries
    .selectFrom(key.as('api_keys'))
    .innerJoinLateral(
      (maker) =>
        maker
          .selectFrom('memberships')
          .select(['tenant_id', 'id', 'role', 'status'])
          .whereRef('id', '>=', 'api_keys.created_by')
          .whereRef('id', '<=', 'api_keys.created_by')
          .orderBy('id')
          .limit(sql.lit(1))
          .as('memberships'),
      (join) => join.onTrue(),
    )
    .innerJoin('tenants', 'tenants.tenant_id', 'memberships.tenant_id')
    .innerJoin('plans', 'plans.plan', 'tenants.plan')
    .select(accessColumns)
    .select(['api_keys.role as key_role', 'api_keys.expires_at as key_expires_at'])
    .select('api_keys.last_used_at as key_last_used_at')
}

/**
 * The session itself, as long as nobody has ended it and its super admin is who they were. It has the role of an admin:
 * what is the owner's stays the owner's.
 */
function supportAccess(queries: TenantQueryBuilder, claims: SupportClaims) {
  const { supportSessionId, adminId, isReadOnly } = claims
  return queries
    .selectFrom('support_sessions')
    .innerJoin('tenants', 'tenants.tenant_id', 'support_sessions.tenant_id')
    .innerJoin('plans', 'plans.plan', 'tenants.plan')
    .select([nothing<string>().as('membership_id'), sql.lit('admin' satisfies Role).as('role')])
    .select(sql.lit('active').as('membership_status'))
    .select(tenantColumns)
    .select([nothing<string>().as('key_role'), nothing<Date>().as('key_expires_at')])
    .select([nothing<Date>().as('key_last_used_at'), 'support_sessions.expires_at as support_expires_at'])
    .where('support_sessions.id', '=', supportSessionId)
    .where(
      'support_sessions.super_admin_id',
      '=',
      sql<string>`app.support_session_admin(${supportSessionId})`,
    )
    .where('support_sessions.super_admin_id', '=', adminId)
    .where('support_sessions.is_read_only', '=', isReadOnly)
}

const queryOf = {
  user: sessionAccess,
  api_key: keyAccess,
  support: supportAccess as unknown as typeof sessionAccess,
}

const nothing = <T>() => sql<T | null>`null`

const tenantColumns = [
  'tenants.status',
  'tenants.status_set_by',
  'tenants.trial_ends_at',
  sql<number | null>`app.allowed(plans, tenants.limit_overrides, 'requests_per_minute')::float8`.as(
    'requests_per_minute',
  ),
] as const

const accessColumns = [
  'memberships.id as membership_id',
  'memberships.role',
  'memberships.status as membership_status',
  ...tenantColumns,
] as const

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
