import type { Context } from '../../context.ts'
import type { PlatformTx } from '../../db/database.ts'
import { parseTenantId, type TenantId } from '../../db/tenant-id.ts'
import { AppError } from '../../errors.ts'
import { type Origin, writeAuditEntry } from '../audit/audit.ts'
import type { Role } from '../members/roles.ts'
import {
  answerWithTokens,
  hashToken,
  type RefreshToken,
  readRefreshToken,
  type SessionAnswer,
  sessionEnd,
  writeRefreshToken,
} from './sessions.ts'

/** So long after a rotation the token before it still gets the same successor: two tabs, or an answer that was lost. */
const graceMs = 10_000

/**
 * Gives new tokens for a refresh token, which is thereby used up (RFC 9700, 4.14.2: rotation). Whoever presents it
 * once more within ten seconds gets the same successor; a token older than that was stolen, so its session ends.
 * @throws AppError 401 `invalid_refresh_token`
 */
export async function refreshSession(
  context: Context,
  token: string,
  origin: Origin,
): Promise<SessionAnswer> {
  const presented = readRefreshToken(token)
  if (!presented) throw new AppError('invalid_refresh_token')
  const rotated = await context.db.withPlatform('session', (tx) => rotate(tx, context, presented))
  if (!rotated) throw new AppError('invalid_refresh_token')
  const { session, successor } = rotated
  const { id: sessionId, user } = session
  const tenantId = parseTenantId(session.tenant_id) as TenantId
  if (!successor) {
    await endReplayed(context, sessionId, tenantId, origin)
    throw new AppError('invalid_refresh_token')
  }
  const refreshToken = writeRefreshToken({ lookup: presented.lookup, secret: successor })
  return answerWithTokens(
    context,
    { sessionId, refreshToken },
    { user, tenantId, role: session.role as Role },
  )
}

/** The session and what follows the presented token: nothing when it was used before. Undefined without a session. */
async function rotate(tx: PlatformTx, { clock, keyedHash }: Context, { lookup, secret }: RefreshToken) {
  const now = clock.now()
  const session = await lockSession(tx, lookup, now)
  if (!session) return undefined
  // Only hashes are stored, so whoever is to get the same successor has to be able to derive it.
  const successor = keyedHash('refresh token', `${secret}.${session.id}`).toString('base64url')
  const presentedHash = hashToken(secret)
  if (presentedHash.equals(session.token_hash)) {
    await tx
      .updateTable('sessions')
      .set({
        token_hash: hashToken(successor),
        previous_token_hash: presentedHash,
        rotated_at: now,
        expires_at: sessionEnd(now),
      })
      .where('id', '=', session.id)
      .execute()
    return { session, successor }
  }
  const isPrevious = session.previous_token_hash?.equals(presentedHash)
  const isInGrace = now.getTime() - session.rotated_at.getTime() <= graceMs
  return { session, successor: isPrevious && isInGrace ? successor : undefined }
}

/** The live session of a member; of those who ask at once, one after the other gets it as the one before left it. */
async function lockSession(tx: PlatformTx, lookup: string, now: Date) {
  const row = await tx
    .selectFrom('sessions')
    .innerJoin('users', 'users.id', 'sessions.user_id')
    .innerJoin('tenants', 'tenants.tenant_id', 'sessions.subject_tenant_id')
    .innerJoin('memberships', (join) =>
      join
        .onRef('memberships.tenant_id', '=', 'sessions.subject_tenant_id')
        .onRef('memberships.id', '=', 'sessions.membership_id'),
    )
    .select(['sessions.id as session_id', 'sessions.token_hash', 'sessions.previous_token_hash'])
    .select(['sessions.rotated_at', 'tenants.tenant_id', 'memberships.role'])
    .select(['users.id', 'users.email', 'users.first_name', 'users.last_name', 'users.locale'])
    .where('sessions.lookup_hash', '=', hashToken(lookup))
    .where('sessions.expires_at', '>', now)
    .where('memberships.status', '=', 'active')
    .where('tenants.status', 'not in', ['DELETING', 'DELETED'])
    .forUpdate('sessions')
    .executeTakeFirst()
  if (!row) return undefined
  const { id, email, first_name, last_name, locale, session_id, ...session } = row
  return { ...session, id: session_id, user: { id, email, first_name, last_name, locale } }
}

async function endReplayed(
  context: Context,
  sessionId: string,
  tenantId: TenantId,
  origin: Origin,
): Promise<void> {
  const ended = await context.db.withPlatform(
    'session',
    async (tx) => {
      const { numDeletedRows } = await tx
        .deleteFrom('sessions')
        .where('id', '=', sessionId)
        .executeTakeFirstOrThrow()
      // Whoever replays it at the same time finds it ended.
      if (numDeletedRows === 0n) return false
      writeAuditEntry(tx, {
        actor: { kind: 'system', id: 'refresh token reuse' },
        action: 'session.revoked',
        object: { type: 'session', id: sessionId },
        changedFields: [],
        ...origin,
        now: context.clock.now(),
      })
      return true
    },
    { tenantId },
  )
  const { requestId: request_id } = origin
  if (ended) context.log.warn({ tenant_id: tenantId, request_id }, 'a refresh token was used again')
}
