import type { Context } from '../../context.ts'
import { parseTenantId } from '../../db/tenant-id.ts'
import { AppError } from '../../errors.ts'
import { type Origin, writeAuditEntry, writePlatformAuditEntry } from '../audit/audit.ts'
import { endSessions, hashToken, isSessionLive, readRefreshToken } from './sessions.ts'

/** Ends the session of a refresh token. What is no token of a live session is done already (RFC 7009, 2.2). */
export async function logOut(context: Context, token: string, origin: Origin): Promise<void> {
  const presented = readRefreshToken(token)
  if (!presented) return
  const lookupHash = hashToken(presented.lookup)
  const found = await context.db.withPlatform('session', (tx) =>
    tx
      .selectFrom('sessions')
      .select('subject_tenant_id')
      .where('lookup_hash', '=', lookupHash)
      .executeTakeFirst(),
  )
  const tenantId = parseTenantId(found?.subject_tenant_id)
  if (!tenantId) return
  await context.db.withPlatform(
    'session',
    async (tx) => {
      const ended = await tx
        .deleteFrom('sessions')
        .where('lookup_hash', '=', lookupHash)
        .returning(['id', 'user_id'])
        .executeTakeFirst()
      // Whoever ends it at the same time finds it ended.
      if (!ended) return
      writeAuditEntry(tx, {
        actor: { kind: 'user', id: ended.user_id },
        action: 'session.ended',
        object: { type: 'session', id: ended.id },
        changedFields: [],
        ...origin,
        now: context.clock.now(),
      })
    },
    { tenantId },
  )
}

/**
 * Ends every session of the person whose access token this is, in all tenants: an entry of the platform's.
 * @throws AppError 401 `unauthenticated` when its own session has been ended already
 */
export async function logOutEverywhere(context: Context, accessToken: string, origin: Origin): Promise<void> {
  const { userId, sessionId } = await context.tokens.verifyUser(accessToken)
  await context.db.withPlatform('session', async (tx) => {
    if (!(await isSessionLive(tx, sessionId, userId))) throw new AppError('unauthenticated')
    await endSessions(tx, userId)
    writePlatformAuditEntry(tx, {
      actor: { kind: 'user', id: userId },
      action: 'user.sessions_ended',
      object: { type: 'user', id: userId },
      changedFields: [],
      ...origin,
      now: context.clock.now(),
    })
  })
}
