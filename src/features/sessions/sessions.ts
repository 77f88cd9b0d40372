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

/** Where a session is opened, from which address, and when. */
interface Opening {
  tenantId: TenantId
  ip: string | null
  now: Date
}

/** A session that is yet to be stored, and its refresh token, of which only hashes will be. */
export interface NewSession {
  sessionId: string
  refreshToken: string
  /** Where its person is known from then on; no part of the row. */
  ip: string | null
  /** What is stored of it, beside whose it is. */
  row: {
    id: string
    subject_tenant_id: TenantId
    lookup_hash: Buffer
    token_hash: Buffer
    rotated_at: Date
    created_at: Date
    expires_at: Date
  }
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

/** Makes a session, which openSession or openFirstSession stores, and its refresh token, which is good from then on. */
export function newSession({ tenantId, ip, now }: Opening): NewSession {
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
  return { sessionId: id, refreshToken: writeRefreshToken({ lookup, secret }), ip, row }
}

/** Stores, when the transaction commits, the session of a member whom it makes: nothing can have become of them. */
export function openFirstSession(
  tx: PlatformTx,
  context: Pick<Context, 'keyedHash'>,
  { row, ip }: NewSession,
  { userId, membershipId }: { userId: string; membershipId: string },
): void {
  tx.atCommit(tx.insertInto('sessions').values({ ...row, user_id: userId, membership_id: membershipId }))
  rememberAddress(tx, context, { personId: userId, ip, now: row.created_at })
}

/**
 * Stores, when the transaction commits, a session of somebody who has shown who they are, if the proof then still holds,
 * and so does a membership with which one can sign in. Otherwise nothing commits, and missingOf tells by the error which
 * of the two is gone.
 */
export function openSession(
  tx: PlatformTx,
  context: Pick<Context, 'keyedHash'>,
  { row, ip }: NewSession,
  proof: Proof,
): void {
  const { userId } = proof
  // Held until the session is there, the person first: what ends all sessions of theirs, or their membership, waits for
  // it, or has been before it. The session's own statement sees what they left, since it begins behind them.
  tx.atCommit(keptHoldUser({ userId }))
  tx.atCommit(keptHoldMembership({ userId, tenantId: row.subject_tenant_id }))
  tx.atCommit(keptInsert({ ...row, ...proof }, proof.kind))
  rememberAddress(tx, context, { personId: userId, ip, now: row.created_at })
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

type KeptRow = NewSession['row'] & Proof

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

/** Whose session it is, and as what. */
interface SignedIn {
  user: UserAnswer
  tenantId: TenantId
  role: Role
}

/**
 * Begins to sign the tokens of a session that is yet to be stored: they open nothing until then.
 * @returns what gives them when it is stored. What took a second or more has them signed once more: they would live shorter
 *   than they say, and the key may be gone
 */
export function signMeanwhile(
  context: Pick<Context, 'tokens' | 'clock'>,
  session: NewSession,
  whose: SignedIn,
): () => Promise<SessionAnswer> {
  const startedAt = context.clock.now().getTime()
  const signed = answerWithTokens(context, session, whose)
  // When the session could not be stored, nobody waits for it.
  signed.catch(() => undefined)
  return () =>
    context.clock.now().getTime() - startedAt < 1000 ? signed : answerWithTokens(context, session, whose)
}

/**
 * The tokens of a session, as login, refresh, signup and an accepted invitation answer them.
 * @throws AppError 503 `database_unavailable`, `overloaded` while no signing key is known
 */
export async function answerWithTokens(
  { tokens }: Pick<Context, 'tokens'>,
  session: Pick<NewSession, 'sessionId' | 'refreshToken'>,
  { user, tenantId, role }: SignedIn,
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
