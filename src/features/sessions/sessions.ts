import { createHash, randomBytes } from 'node:crypto'
import type { Context } from '../../context.ts'
import { keepPlatformQueries, type PlatformQueryBuilder, type PlatformTx } from '../../db/database.ts'
import type { TenantId } from '../../db/tenant-id.ts'
import { newId } from '../../new-id.ts'
import type { Role } from '../members/roles.ts'
import { rememberAddress } from './known-address.ts'
import { liveSession, type Proof, whileItHolds } from './proof.ts'
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

/** Where a session is opened, from which address, and when. */
interface Opening {
  tenantId: TenantId
  ip: string | null
  now: Date
}

/** Of a membership that this transaction has made: nothing can have become of it. */
interface FirstSession extends Opening {
  userId: string
  membershipId: string
}

/** Of somebody who has shown who they are: that and their membership are looked at once more as the session is stored. */
interface ProvenSession extends Opening {
  proof: Proof
}

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

/** Stores a session of a new member, when the transaction commits: what it answers is good only then. */
export function openFirstSession(
  tx: PlatformTx,
  context: Pick<Context, 'keyedHash'>,
  { userId, membershipId, ...opening }: FirstSession,
): OpenedSession {
  const { row, opened } = createSession(opening)
  const values = { ...row, user_id: userId, membership_id: membershipId }
  tx.atCommit(tx.insertInto('sessions').values(values))
  rememberAddress(tx, context, { personId: userId, ...opening })
  return opened
}

/**
 * Stores a session when the transaction commits, if the proof then still holds, and so does a membership with which one
 * can sign in. Otherwise nothing commits, and missingOf tells by the error which of them is gone.
 */
export function openSession(
  tx: PlatformTx,
  context: Pick<Context, 'keyedHash'>,
  { proof, ...opening }: ProvenSession,
): OpenedSession {
  const { tenantId } = opening
  const { userId } = proof
  const { row, opened } = createSession(opening)
  // Held until the session is there, the person first: what ends all sessions of theirs, or their membership, waits for
  // it, or has been before it. The session's own statement sees what they left, since it begins behind them.
  tx.atCommit(keptHoldUser({ userId }))
  tx.atCommit(keptHoldMembership({ userId, tenantId }))
  tx.atCommit(keptInsert({ ...row, ...proof }, proof.kind))
  rememberAddress(tx, context, { personId: userId, ...opening })
  return opened
}

/** What is stored of a new session beside whose it is, and its refresh token. */
function createSession({ tenantId, now }: Opening) {
  const id = newId(now)
  const random = randomBytes(64)
  const [lookup, secret] = [random.toString('base64url', 0, 32), random.toString('base64url', 32)]
  const row = {
    id,
    subject_tenant_id: tenantId,
    lookup_hash: hashToken(lookup),
    token_hash: hashToken(secret),
    rotated_at: now,
    created_at: now,
    expires_at: sessionEnd(now),
  }
  return { row, opened: { sessionId: id, refreshToken: writeRefreshToken({ lookup, secret }) } }
}

const keptHoldUser = keepPlatformQueries((queries, { userId }: { userId: string }) =>
  queries.selectFrom('users').select('id').where('id', '=', userId).forShare(),
)

/** In a statement of its own: it sees what was done to the membership while the person's row was waited for. */
const keptHoldMembership = keepPlatformQueries(
  (queries, { userId, tenantId }: { userId: string; tenantId: string }) =>
    queries
      .selectFrom('memberships')
      .select('id')
      .where('user_id', '=', userId)
      .where('tenant_id', '=', tenantId)
      .forShare(),
)

type KeptRow = ReturnType<typeof createSession>['row'] & Proof

const keptInsert = keepPlatformQueries((queries, values: KeptRow, kind: Proof['kind']) =>
  queries.insertInto('sessions').values({
    id: values.id,
    // The shape tells the kind: that of a stand-in narrows nothing.
    user_id: whileItHolds[kind](queries, values as never).$asScalar(),
    subject_tenant_id: values.subject_tenant_id,
    membership_id: enterable(queries)
      .select('memberships.id')
      .where('memberships.user_id', '=', values.userId)
      .where('memberships.tenant_id', '=', values.subject_tenant_id)
      .$asScalar(),
    lookup_hash: values.lookup_hash,
    token_hash: values.token_hash,
    rotated_at: values.rotated_at,
    created_at: values.created_at,
    expires_at: values.expires_at,
  }),
)

/** The memberships with which one can sign in to a tenant. */
export function enterable(queries: PlatformQueryBuilder) {
  return queries
    .selectFrom('memberships')
    .innerJoin('tenants', 'tenants.tenant_id', 'memberships.tenant_id')
    .where('memberships.status', '=', 'active')
    .where('tenants.status', 'not in', ['DELETING', 'DELETED'])
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
