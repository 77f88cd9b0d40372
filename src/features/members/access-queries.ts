import { type Compilable, sql } from 'kysely'
import { keepQueries, type TenantQueryBuilder } from '../../db/database.ts'
import type { ModuleName } from '../plans/plans.ts'
import type { Access, ApiKeyClaims, Claims, SupportClaims, UserClaims } from './access.ts'
import type { Role } from './roles.ts'

/** Which of the queries for access it is. */
interface AccessShape {
  kind: Claims['kind']
  module?: ModuleName | undefined
  /** Whether it holds the tenant's row, as holdTenantAsKnown does. */
  isHeld: boolean
}

/** What a tenant's own row says of everybody's access. */
type TenantState = Pick<Access, 'status' | 'status_set_by' | 'trial_ends_at'>

/**
 * Holds the tenant's row until the transaction ends, if its state is still what it was when access was asked for; else the
 * server answers with an error that isOfChangedTenant knows. What writes a row of the tenant takes this lock anyhow; before
 * that its state is compared. So the last rows of a tenant that is being deleted go behind whoever was let in.
 * @param known the access of a caller who was let in by it
 */
export function holdTenantAsKnown([known]: readonly Access[]): Compilable {
  return keptHold(known as TenantState)
}

/** Whether a transaction ended because holdTenantAsKnown found another state: nothing of it was saved. */
export function isOfChangedTenant(error: unknown): boolean {
  return (error as { code?: unknown } | null)?.code === 'TN007'
}

const keptHold = keepQueries(
  (queries, { status, status_set_by, trial_ends_at }: TenantState) => {
    const asKnown = queries
      .selectFrom('tenants')
      .select(sql<boolean>`true`.as('is_as_known'))
      .where('status', '=', status)
      .where('status_set_by', '=', status_set_by)
      .where('trial_ends_at', 'is not distinct from', trial_ends_at)
      .modifyEnd(sql`for key share`)
    return queries.selectNoFrom(
      sql<boolean>`case when ${asKnown} then true else app.refuse_changed_tenant() end`.as('is_held'),
    )
  },
  { decidesNothing: true },
)

const keptQueries = keepQueries(
  (queries, claims: Claims, { kind, module, isHeld }: AccessShape) => {
    const access = queryOf[kind](queries, claims as never).select(moduleColumns(module))
    return isHeld ? access.modifyEnd(sql`for key share of tenants`) : access
  },
  { decidesNothing: true, isShort: ({ kind, isHeld }) => kind === 'user' && !isHeld },
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
  const session = sql<{ membership_id: string }>`app.session_membership(${sessionId})`
  return queries
    .selectFrom(session.as<'session'>(sql`session (membership_id)`))
    .innerJoinLateral(
      () => membershipOf(queries, 'session.membership_id'),
      (join) => join.onTrue(),
    )
    .innerJoin('tenants', 'tenants.tenant_id', 'memberships.tenant_id')
    .innerJoin('plans', 'plans.plan', 'tenants.plan')
    .select(accessColumns)
    .select([nothing<string>().as('key_role'), nothing<Date>().as('key_expires_at')])
    .select(nothing<Date>().as('key_last_used_at'))
    .where('memberships.user_id', '=', userId)
}

/**
 * A membership by its primary key, whoever asks. Connections keep the plan of a statement and use it for all tenants: one
 * that was made for a tenant of a few rows takes any index that begins with tenant_id, which in a tenant of thousands
 * takes milliseconds. Ranges of one value in the order of the primary key leave no other index, and a lateral limit no
 * other order.
 */
function membershipOf(queries: TenantQueryBuilder, id: string) {
  return queries
    .selectFrom('memberships')
    .select(['tenant_id', 'id', 'user_id', 'role', 'status'])
    .where('id', '>=', sql.ref<string>(id))
    .where('id', '<=', sql.ref<string>(id))
    .orderBy('id')
    .limit(sql.lit(1))
    .as('memberships')
}

/** The key, in the same way, and then the membership of who made it. */
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
      () => membershipOf(queries, 'api_keys.created_by'),
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
  api_key: keyAccess as unknown as typeof sessionAccess,
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
