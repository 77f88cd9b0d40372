import { pick } from 'es-toolkit'
import { type Nullable, sql } from 'kysely'
import type { Context } from '../../context.ts'
import { keepPlatformQueries, type PlatformQueryBuilder, type PlatformTx } from '../../db/database.ts'
import { parseTenantId, type TenantId } from '../../db/tenant-id.ts'
import { AppError } from '../../errors.ts'
import { type Origin, writeAuditEntry } from '../audit/audit.ts'
import type { Role } from '../members/roles.ts'
import { needsRehash } from './argon2.ts'
import { nobody } from './known-address.ts'
import { findProven, type Proof, readProof } from './proof.ts'
import {
  enterable,
  missingOf,
  newSession,
  openSession,
  type SessionAnswer,
  signMeanwhile,
  type UserAnswer,
} from './sessions.ts'

/** A membership with which one can sign in. */
interface Membership {
  tenant_id: string
  name: string
  role: string
}

/** What a login answers: tokens for one tenant, or the choice between several. */
export type LoginAnswer = SessionAnswer | { tenants: Membership[]; selection_token: string }

interface LoginInput {
  email: string
  password: string
  /** The tenant that the request names, by header or host. */
  tenantId: TenantId | undefined
}

/**
 * Signs a person in. An unknown address, a wrong password and a person who is disabled everywhere cost and answer
 * the same.
 * @throws AppError 401 `invalid_credentials`; 403 `tenant_mismatch` when they do not belong to the named tenant;
 *   503 `overloaded`
 */
export async function logIn(context: Context, input: LoginInput, origin: Origin): Promise<LoginAnswer> {
  const { db, passwords, tokens } = context
  const [rows] = await db.readPlatform('login', () => [keptPerson({ email: input.email })])
  const found = rows.find(isPerson)
  const memberships = rows.filter(isMembership)
  const matches = await passwords.verify(input.password, found?.password_hash)
  if (!found || !matches || memberships.length === 0) throw new AppError('invalid_credentials')

  const { id: userId, password_hash, password_changed_at: passwordChangedAt } = found
  const candidates = input.tenantId
    ? memberships.filter((membership) => membership.tenant_id === input.tenantId)
    : memberships
  const [membership, ...others] = candidates
  if (!membership) throw new AppError('tenant_mismatch')
  const newHash = needsRehash(password_hash) ? await passwords.hash(input.password) : undefined
  if (newHash) await db.withPlatform('login', (tx) => renewHash(tx, userId, password_hash, newHash))
  if (others.length > 0) {
    const tenants = candidates.map(({ tenant_id, name, role }) => ({ tenant_id, name, role }))
    return { tenants, selection_token: await tokens.issueSelection({ userId, passwordChangedAt }) }
  }
  const proof = { kind: 'password', userId, passwordChangedAt } as const
  const answer = await enter(context, proof, { user: pick(found, userColumns), membership }, origin)
  if (!answer) throw new AppError('invalid_credentials')
  return answer
}

/**
 * Opens a further session, in the tenant that the bearer of a selection or access token chooses. Other sessions stay.
 * @throws AppError 401 `unauthenticated`; 403 `tenant_mismatch` when they do not belong to that tenant
 */
export async function selectTenant(
  context: Context,
  token: string,
  chosen: string,
  origin: Origin,
): Promise<SessionAnswer> {
  const proof = await readProof(context, token)
  const tenantId = parseTenantId(chosen)
  if (!tenantId) throw new AppError('tenant_mismatch')
  const [[holding], [user], [membership]] = await context.db.readPlatform('login', (queries) => [
    findProven(queries, proof),
    queries.selectFrom('users').select(userColumns).where('id', '=', proof.userId),
    membershipsOf(queries)
      .where('memberships.user_id', '=', proof.userId)
      .where('memberships.tenant_id', '=', tenantId),
  ])
  if (!holding || !user) throw new AppError('unauthenticated')
  if (!membership) throw new AppError('tenant_mismatch')
  const answer = await enter(context, proof, { user, membership }, origin)
  if (!answer) throw new AppError('unauthenticated')
  return answer
}

/** Who is to be let in, and as what, as it was read a moment ago. */
interface Entrant {
  user: UserAnswer
  membership: Membership
}

/**
 * Opens a session in one exchange with the database; undefined when the proof does not hold any more.
 * @throws AppError 403 `tenant_mismatch` when the membership is gone
 */
async function enter(
  context: Context,
  proof: Proof,
  { user, membership }: Entrant,
  origin: Origin,
): Promise<SessionAnswer | undefined> {
  const { userId } = proof
  const tenantId = parseTenantId(membership.tenant_id) as TenantId
  const now = context.clock.now()
  const session = newSession({ tenantId, ip: origin.ip, now })
  const signed = signMeanwhile(context, session, { user, tenantId, role: membership.role as Role })
  try {
    await context.db.withPlatform(
      'login',
      async (tx) => {
        openSession(tx, context, session, proof)
        writeAuditEntry(tx, {
          actor: { kind: 'user', id: userId },
          action: 'session.opened',
          object: { type: 'session', id: session.sessionId },
          changedFields: [],
          ...origin,
          now,
        })
      },
      { tenantId },
    )
    return await signed()
  } catch (error) {
    const missing = missingOf(error)
    if (missing === 'membership') throw new AppError('tenant_mismatch', { cause: error })
    if (missing === 'user') return undefined
    throw error
  }
}

const userColumns = ['id', 'email', 'first_name', 'last_name', 'locale'] as const

/**
 * A person, once for each membership with which they can sign in, or once without one; without a person a row of nulls,
 * for which memberships are looked up all the same: so it takes as long.
 */
const keptPerson = keepPlatformQueries((queries, { email }: { email: string }) =>
  queries
    .selectFrom(queries.selectNoFrom(sql<string>`${email}::text`.as('email')).as('asked'))
    .leftJoin('users', 'users.email', 'asked.email')
    .leftJoin(membershipsOf(queries).as('membership'), (join) =>
      join.on('membership.user_id', '=', sql`coalesce(users.id, ${sql.lit(nobody)}::uuid)`),
    )
    .select(userColumns.map((name) => `users.${name}` as const))
    .select(['users.password_hash', 'users.password_changed_at'])
    .select(['membership.tenant_id', 'membership.name', 'membership.role'])
    .orderBy('membership.tenant_id'),
)

/** The memberships with which one can sign in, as a login looks at them. */
function membershipsOf(queries: PlatformQueryBuilder) {
  return enterable(queries).select([
    'memberships.user_id',
    'memberships.tenant_id',
    'tenants.name',
    'memberships.role',
  ])
}

function isPerson<Row extends { id: string | null }>(
  row: Row,
): row is Row & Known<Omit<Row, keyof Membership>> {
  return row.id !== null
}

function isMembership<Row extends Nullable<Membership>>(row: Row): row is Row & Membership {
  return row.tenant_id !== null
}

type Known<Row> = { [Column in keyof Row]: NonNullable<Row[Column]> }

/** The same password under today's parameters; a password that was changed meanwhile stays. */
async function renewHash(tx: PlatformTx, userId: string, oldHash: string, newHash: string): Promise<void> {
  await tx
    .updateTable('users')
    .set({ password_hash: newHash })
    .where('id', '=', userId)
    .where('password_hash', '=', oldHash)
    .execute()
}
