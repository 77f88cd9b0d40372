import { createHash, randomBytes } from 'node:crypto'
import type { Expression } from 'kysely'
import type { Context } from '../../context.ts'
import type { PlatformQueryBuilder, PlatformTx } from '../../db/database.ts'
import type { TenantId } from '../../db/tenant-id.ts'
import { newId } from '../../new-id.ts'
import type { Role } from '../members/roles.ts'
import { rememberAddress } from './known-address.ts'
import type { TokenAnswer } from './tokens.ts'

/** A session lives at most this long without being renewed. */
const sessionDays = 30

/** The person as answers show them. */
export interface UserAnswer {
  id: string
  email: string
  first_name: string
  last_name: string
  locale: string
}

/** The tokens of one session, as login, refresh and signup answer them. */
export type SessionAnswer = TokenAnswer & { user: UserAnswer & { role: Role } }

/** A session that is stored, and its refresh token, of which only hashes are. */
export interface OpenedSession {
  sessionId: string
  refreshToken: string
}

/** Who opens a session, where and from which address. */
export interface NewSession {
  userId: string
  tenantId: TenantId
  membershipId: string | StillThere
  /** Finds the user's id as long as they may open one. */
  proof?: StillThere
  ip: string | null
  now: Date
}

/** Finds an id at the moment in which the session is stored: without it nothing commits. */
type StillThere = Expression<string>

/** The two parts of a refresh token: what names the session, and what changes at each use. 256 random bits each. */
export interface RefreshToken {
  lookup: string
  secret: string
}

const part = '[A-Za-z0-9_-]{43}'
const shape = new RegExp(`^(${part})\\.(${part})$`)

/** A refresh token as clients carry it. */
export function writeRefreshToken({ lookup, secret }: RefreshToken): string {
  return `${lookup}.${secret}`
}

/** Undefined for what is not written like one. */
export function readRefreshToken(text: string): RefreshToken | undefined {
  const [, lookup, secret] = shape.exec(text) ?? []
  return lookup && secret ? { lookup, secret } : undefined
}

/** What is stored of a secret that is random: SHA-256. */
export function hashToken(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}

/** When a session that is used now ends by itself. */
export function sessionEnd(now: Date): Date {
  return new Date(now.getTime() + sessionDays * 86_400_000)
}

/**
 * Stores a session of a member, when the transaction commits: what it answers is good only then. Where that ends with an
 * error, missingOf tells what was not there any more.
 */
export function openSession(
  tx: PlatformTx,
  context: Pick<Context, 'keyedHash'>,
  session: NewSession,
): OpenedSession {
  const { userId, tenantId, membershipId, proof, ip, now } = session
  const sessionId = newId(now)
  const random = randomBytes(64)
  const [lookup, secret] = [random.toString('base64url', 0, 32), random.toString('base64url', 32)]
  tx.atCommit(
    tx.insertInto('sessions').values({
      id: sessionId,
      user_id: proof ?? userId,
      subject_tenant_id: tenantId,
      membership_id: membershipId,
      lookup_hash: hashToken(lookup),
      token_hash: hashToken(secret),
      rotated_at: now,
      created_at: now,
      expires_at: sessionEnd(now),
    }),
  )
  rememberAddress(tx, context, { personId: userId, ip, now })
  return { sessionId, refreshToken: writeRefreshToken({ lookup, secret }) }
}

/** What a session could not be stored without: SQLSTATE 23502, not_null_violation. Undefined for other errors. */
export function missingOf(error: unknown): 'user' | 'membership' | undefined {
  const { code, table, column } = error as { code?: unknown; table?: unknown; column?: unknown }
  if (code !== '23502' || table !== 'sessions') return undefined
  if (column === 'user_id') return 'user'
  return column === 'membership_id' ? 'membership' : undefined
}

/** Whether an access token's session has neither been ended nor lost its membership. */
export async function isSessionLive(tx: PlatformTx, sessionId: string, userId: string): Promise<boolean> {
  return (await liveSession(tx, sessionId, userId).select('sessions.id').executeTakeFirst()) !== undefined
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

/**
 * Ends every session of a person, in all tenants: their access tokens are void from the next request on. One that is
 * being opened meanwhile is waited for.
 */
export async function endSessions(tx: PlatformTx, userId: string): Promise<void> {
  await lockUser(tx, userId)
  await tx.deleteFrom('sessions').where('user_id', '=', userId).execute()
}

/**
 * Makes other changes of a person's credentials wait, and sessions of theirs that are to be opened. Whoever also locks
 * their mailed tokens locks the person first.
 */
export async function lockUser(tx: PlatformTx, userId: string): Promise<void> {
  await tx.selectFrom('users').select('id').where('id', '=', userId).forNoKeyUpdate().execute()
}

/** The tokens of a session, as login and signup answer them. */
export async function answerWithTokens(
  { tokens }: Pick<Context, 'tokens'>,
  session: OpenedSession,
  { user, tenantId, role }: { user: UserAnswer; tenantId: TenantId; role: Role },
): Promise<SessionAnswer> {
  const { sessionId, refreshToken } = session
  return {
    access_token: await tokens.issueAccess({ userId: user.id, sessionId, tenantId, role }),
    token_type: 'bearer',
    expires_in: tokens.accessSeconds,
    refresh_token: refreshToken,
    tenant_id: tenantId,
    user: { ...user, role },
  }
}
