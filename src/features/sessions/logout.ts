import type { Context } from '../../context.ts'
import { AppError } from '../../errors.ts'
import { endSessions, hashToken, isSessionLive, readRefreshToken } from './sessions.ts'

/** Ends the session of a refresh token. What is no token of a live session is done already (RFC 7009, 2.2). */
export async function logOut(context: Context, token: string): Promise<void> {
  const presented = readRefreshToken(token)
  if (!presented) return
  await context.db.withPlatform('session', (tx) =>
    tx.deleteFrom('sessions').where('lookup_hash', '=', hashToken(presented.lookup)).execute(),
  )
}

/**
 * Ends every session of the person whose access token this is, in all tenants.
 * @throws AppError 401 `unauthenticated` when its own session has been ended already
 */
export async function logOutEverywhere(context: Context, accessToken: string): Promise<void> {
  const { userId, sessionId } = await context.tokens.verifyAccess(accessToken)
  await context.db.withPlatform('session', async (tx) => {
    if (!(await isSessionLive(tx, sessionId, userId))) throw new AppError('unauthenticated')
    await endSessions(tx, userId)
  })
}
