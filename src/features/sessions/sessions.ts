import { createHash, randomBytes } from 'node:crypto'
import { v7 as uuidv7 } from 'uuid'
import type { Context } from '../../context.ts'
import type { PlatformTx } from '../../db/database.ts'
import { parseTenantId, type TenantId } from '../../db/tenant-id.ts'
import { AppError } from '../../errors.ts'
import type { Role } from '../members/roles.ts'
import { needsRehash } from './passwords.ts'
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

/** What a login answers: tokens for one tenant, or the choice between several. */
export type LoginAnswer =
  | (TokenAnswer & { user: UserAnswer & { role: Role } })
  | { tenants: { tenant_id: string; name: string; role: string }[]; selection_token: string }

/** A session that is stored, and its refresh token, of which only the hash is. */
export interface OpenedSession {
  sessionId: string
  refreshToken: string
}

/** Stores a session of a user in a tenant; the refresh token is 256 random bits. */
export async function openSession(
  tx: PlatformTx,
  { userId, tenantId, now }: { userId: string; tenantId: TenantId; now: Date },
): Promise<OpenedSession> {
  const sessionId = uuidv7({ msecs: now.getTime() })
  const refreshToken = randomBytes(32).toString('base64url')
  await tx
    .insertInto('sessions')
    .values({
      id: sessionId,
      user_id: userId,
      subject_tenant_id: tenantId,
      refresh_token_hash: createHash('sha256').update(refreshToken).digest(),
      created_at: now,
      expires_at: new Date(now.getTime() + sessionDays * 86_400_000),
    })
    .execute()
  return { sessionId, refreshToken }
}

/** The tokens of a session, as login and signup answer them. */
export async function answerWithTokens(
  { tokens }: Context,
  session: OpenedSession,
  { user, tenantId, role }: { user: UserAnswer; tenantId: TenantId; role: Role },
): Promise<TokenAnswer & { user: UserAnswer & { role: Role } }> {
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

interface LoginInput {
  email: string
  password: string
  /** The tenant that the request names, by header or host. */
  tenantId: TenantId | undefined
}

/**
 * Signs a person in. An unknown address and a wrong password cost and answer the same.
 * @throws AppError 401 `invalid_credentials`; 403 `tenant_mismatch` when they do not belong to the named tenant
 */
export async function logIn(context: Context, input: LoginInput): Promise<LoginAnswer> {
  const { db, clock, passwords, tokens } = context
  const found = await db.withPlatform('login', (tx) => findUser(tx, input.email))
  const matches = await passwords.verify(input.password, found?.password_hash)
  if (!found || !matches) throw new AppError('invalid_credentials')
  // Only now, so that the database has no more work with a known address than with an unknown one.
  const memberships = await db.withPlatform('login', (tx) => listMemberships(tx, found.id))
  if (memberships.length === 0) throw new AppError('invalid_credentials')

  const { id, email, first_name, last_name, locale } = found
  const candidates = input.tenantId
    ? memberships.filter((membership) => membership.tenant_id === input.tenantId)
    : memberships
  const [membership, ...others] = candidates
  if (!membership) throw new AppError('tenant_mismatch')
  if (others.length > 0) return { tenants: candidates, selection_token: await tokens.issueSelection(id) }

  const newHash = needsRehash(found.password_hash) ? await passwords.hash(input.password) : undefined
  const tenantId = parseTenantId(membership.tenant_id) as TenantId
  const now = clock.now()
  const session = await db.withPlatform('login', async (tx) => {
    if (newHash) {
      await tx
        .updateTable('users')
        .set({ password_hash: newHash, updated_at: now })
        .where('id', '=', id)
        .where('password_hash', '=', found.password_hash)
        .execute()
    }
    return openSession(tx, { userId: id, tenantId, now })
  })
  const user = { id, email, first_name, last_name, locale }
  return answerWithTokens(context, session, { user, tenantId, role: membership.role as Role })
}

function findUser(tx: PlatformTx, email: string) {
  return tx
    .selectFrom('users')
    .select(['id', 'email', 'first_name', 'last_name', 'locale', 'password_hash'])
    .where('email', '=', email)
    .executeTakeFirst()
}

/** The tenants that a person can sign in to. */
function listMemberships(tx: PlatformTx, userId: string) {
  return tx
    .selectFrom('memberships')
    .innerJoin('tenants', 'tenants.tenant_id', 'memberships.tenant_id')
    .select(['memberships.tenant_id', 'tenants.name', 'memberships.role'])
    .where('memberships.user_id', '=', userId)
    .where('memberships.status', '=', 'active')
    .where('tenants.status', 'not in', ['DELETING', 'DELETED'])
    .orderBy('memberships.tenant_id')
    .execute()
}
