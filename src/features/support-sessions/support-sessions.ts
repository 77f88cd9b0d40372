import { sql } from 'kysely'
import type { Context } from '../../context.ts'
import type { PlatformTx, TenantQueryBuilder, Tx } from '../../db/database.ts'
import { decodeCursor, encodeCursor } from '../../db/keyset.ts'
import { AppError } from '../../errors.ts'
import { newId } from '../../new-id.ts'
import type { AuditEntry } from '../audit/audit.ts'
import { auditOperatorAct, operatorOf } from '../audit/operator-audit.ts'
import type { Keep } from '../idempotency/kept-answers.ts'
import { notify, owners } from '../notifications/notify.ts'
import { lockSuperAdmin, type SuperAdmin } from '../super-admins/access.ts'
import type { ActOnTenant } from '../tenants/admin.ts'
import { isLeaving, lockTenant } from '../tenants/status.ts'
import { mailOwners } from '../tenants/tenant-mails.ts'

/** Who can end a support session, in the words of the audit trail. */
export const enders = ['user', 'api_key', 'operator'] as const

/** For how long a support session can be opened. The table holds the same. */
export const longestMinutes = 60

/** What a super admin asks for. */
export interface SupportRequest {
  reason: string
  minutes: number
  /** Whether it may write, too. */
  write: boolean
}

/** Support sessions as answers show them. */
function selectSupportSessions(queries: TenantQueryBuilder | Tx | PlatformTx) {
  return (queries as TenantQueryBuilder)
    .selectFrom('support_sessions')
    .select(['id', 'super_admin_id', 'super_admin_email', 'reason', 'is_read_only'])
    .select([sql<(typeof enders)[number] | null>`ended_by_kind`.as('ended_by_kind'), 'ended_by'])
    .select(['created_at', 'expires_at', 'ended_at'])
}

const sort = '-created_at'

/**
 * One page of support sessions, newest first and those included that are over, and one row more, which tells of a next
 * page.
 * @param queries of the tenant, or of withPlatform with its tenantId
 */
export function listSupportSessions(
  queries: TenantQueryBuilder | PlatformTx,
  { limit, cursor }: { limit: number; cursor?: string },
) {
  let query = selectSupportSessions(queries)
  if (cursor !== undefined) {
    const { value, id } = decodeCursor(cursor, sort, 'instant')
    query = query.where(sql<boolean>`(created_at, id) < (${value}::timestamptz, ${id}::uuid)`)
  }
  return query
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(sql.lit(limit + 1))
}

/** The cursor behind a support session in the list. */
export function supportSessionCursor({ id, created_at }: { id: string; created_at: Date }): string {
  return encodeCursor(sort, { value: created_at.toISOString(), id })
}

/**
 * Opens a support session and gives it with its token, which lives exactly as long and cannot be renewed. Session,
 * entries in both audit trails and the mails to the tenant's owners are one transaction. The token is signed before it:
 * without the session it opens nothing, and no session is left behind of which nobody has the token.
 * @throws AppError 404 `not_found`; 409 `status_not_allowed` for a tenant that is being deleted, or was; 401
 *   `unauthenticated` when the super admin's own token has become void meanwhile
 */
export async function openSupportSession(
  context: Context,
  { reason, minutes, write }: SupportRequest,
  act: ActOnTenant & { admin: SuperAdmin },
  keep: Keep,
) {
  const { tenantId, admin, now } = act
  const { adminId, credentialsChangedAt } = admin
  const supportSessionId = newId(now)
  const isReadOnly = !write
  const expiresAt = toWholeSecond(now.getTime() + minutes * 60_000)
  const token = await context.tokens.issueSupport({
    supportSessionId,
    adminId,
    tenantId,
    isReadOnly,
    expiresAt,
  })
  const expires_in = Math.floor((expiresAt.getTime() - now.getTime()) / 1000)
  const open = async (tx: PlatformTx) => {
    await lockSuperAdmin(tx, admin)
    const { status } = await lockTenant(tx, tenantId)
    if (isLeaving({ status })) throw new AppError('status_not_allowed', { members: { from: status } })
    await tx
      .insertInto('support_sessions')
      .values({
        id: supportSessionId,
        super_admin_id: adminId,
        super_admin_email: admin.email,
        credentials_changed_at: credentialsChangedAt,
        reason,
        is_read_only: isReadOnly,
        expires_at: expiresAt,
        created_at: now,
        updated_at: now,
      })
      .execute()
    auditOperatorAct(tx, {
      ...act,
      action: 'support_session.opened',
      object: { type: 'support_session', id: supportSessionId },
      changedFields: ['is_read_only', 'expires_at'],
      reason,
    })
    await mailOwners(tx, { tenantId, template: 'support_session', support_session_id: supportSessionId })
    notify(tx, {
      template: 'support_session_opened',
      to: { roles: owners },
      values: { time: expiresAt.toISOString(), reason },
      now,
    })
    const session = await selectSupportSessions(tx)
      .where('id', '=', supportSessionId)
      .executeTakeFirstOrThrow()
    return { support_session: session, access_token: token, token_type: 'bearer' as const, expires_in }
  }
  return context.db.withPlatform('support', (tx) => keep(tx, () => open(tx)), { tenantId })
}

/** RFC 7519 allows for fractions of a second in `exp`, of which most programs know nothing. */
function toWholeSecond(ms: number): Date {
  return new Date(ms - (ms % 1000))
}

/**
 * Ends a support session of the transaction's tenant: from the next request on its token opens nothing, in any process.
 * @throws AppError 404 `not_found`; 409 `conflict` when it is over already
 */
export async function endSupportSession(
  tx: Tx | PlatformTx,
  id: string,
  actor: AuditEntry['actor'],
  now: Date,
): Promise<void> {
  const ended = sql<boolean>`app.end_support_session(${id}, ${actor.kind}, ${actor.id}, ${now})`
  const { hasEnded } = await (tx as Tx).selectNoFrom(ended.as('hasEnded')).executeTakeFirstOrThrow()
  if (hasEnded) return
  const found = await selectSupportSessions(tx).where('id', '=', id).executeTakeFirst()
  throw new AppError(found ? 'conflict' : 'not_found')
}

/**
 * Ends a support session by an operator's hand, be it another's, with entries in both audit trails.
 * @param tx one of withPlatform with this tenantId
 * @throws AppError as endSupportSession
 */
export async function endByOperator(tx: PlatformTx, id: string, act: ActOnTenant): Promise<void> {
  await endSupportSession(tx, id, operatorOf(act.admin), act.now)
  const object = { type: 'support_session', id }
  auditOperatorAct(tx, { ...act, action: 'support_session.ended', object, changedFields: ['ended_at'] })
}

/** @throws AppError 404 `not_found` */
export async function refuseUnknownTenant(tx: PlatformTx, { tenantId }: Pick<ActOnTenant, 'tenantId'>) {
  const query = tx.selectFrom('tenants').select('tenant_id').where('tenant_id', '=', tenantId)
  if (!(await query.executeTakeFirst())) throw new AppError('not_found')
}
