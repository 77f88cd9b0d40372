import type { Context } from '../../context.ts'
import type { PlatformQueryBuilder } from '../../db/database.ts'
import { AppError } from '../../errors.ts'
import type { Selector } from './tokens.ts'

/** What showed who somebody is, and has to hold still at the moment in which a session opens. */
export type Proof = ({ kind: 'password' } & Selector) | ({ kind: 'session' } & OfSession)

interface OfSession {
  userId: string
  /** The session of an access token. */
  sessionId: string
}

/** For each kind of proof: finds the person's id, as long as it holds. Kept queries give stand-ins for all but the kind. */
export const whileItHolds = {
  /** A password that was right, or a token of it: a change of the password ends all sessions, and none opens behind it. */
  password: (queries: PlatformQueryBuilder, { userId, passwordChangedAt }: Selector) =>
    queries
      .selectFrom('users')
      .select('id')
      .where('id', '=', userId)
      .where('password_changed_at', '=', passwordChangedAt),
  session: (queries: PlatformQueryBuilder, { userId, sessionId }: OfSession) =>
    liveSession(queries, sessionId, userId).select('sessions.user_id as id'),
}

/** Finds the person's id, as long as the proof holds. */
export function findProven(queries: PlatformQueryBuilder, proof: Proof) {
  return proof.kind === 'password'
    ? whileItHolds.password(queries, proof)
    : whileItHolds.session(queries, proof)
}

/**
 * Reads what a selection or access token proves.
 * @throws AppError 401 `unauthenticated` for any other token
 */
export async function readProof({ tokens }: Context, token: string): Promise<Proof> {
  const selector = await tokens.verifySelection(token).catch((error) => {
    if (error instanceof AppError && error.code === 'unauthenticated') return undefined
    throw error
  })
  if (selector) return { kind: 'password', ...selector }
  const { userId, sessionId } = await tokens.verifyUser(token)
  return { kind: 'session', userId, sessionId }
}

/** The session of an access token, unless it has been ended or has lost its membership. */
export function liveSession(queries: PlatformQueryBuilder, sessionId: string, userId: string) {
  return queries
    .selectFrom('sessions')
    .innerJoin('memberships', (join) =>
      join
        .onRef('memberships.tenant_id', '=', 'sessions.subject_tenant_id')
        .onRef('memberships.id', '=', 'sessions.membership_id'),
    )
    .where('sessions.id', '=', sessionId)
    .where('sessions.user_id', '=', userId)
    .where('memberships.status', '=', 'active')
}
