import { sql } from 'kysely'
import type { Context } from '../../context.ts'
import type { PlatformTx } from '../../db/database.ts'
import { parseTenantId, type TenantId } from '../../db/tenant-id.ts'
import { AppError } from '../../errors.ts'
import { enqueueJob } from '../../jobs/queue.ts'
import { newId } from '../../new-id.ts'
import { type Origin, writeAuditEntry, writePlatformAuditEntry } from '../audit/audit.ts'
import { enqueueSyncOfCustomer } from '../billing/billing-account.ts'
import { isAllowed, isAtLeast, type Role } from '../members/roles.ts'
import { administrators, notify } from '../notifications/notify.ts'
import { forgetAddresses } from '../sessions/known-address.ts'
import { deriveToken, findToken, useToken, voidTokens } from '../sessions/one-time-tokens.ts'
import { refuseWeakPassword } from '../sessions/passwords.ts'
import {
  answerWithTokens,
  endSessions,
  lockUser,
  newSession,
  openFirstSession,
  type SessionAnswer,
  type UserAnswer,
} from '../sessions/sessions.ts'

/** The token of an invitation, the password of an account, and where there is none yet what makes one. */
export interface AcceptInput {
  token: string
  first_name?: string
  last_name?: string
  password?: string
}

const purpose = 'accept_invitation'

/**
 * Makes the bearer of an invitation's token a member, and signs them in. The token proves the mailbox only, so an
 * account that is there already has to be shown to be theirs by its password: it may have been made by somebody else,
 * who waits for the owner of the address to come (Sudhodanan and Paverd, "Pre-hijacked accounts", USENIX Security
 * 2022). One whose address was never verified gets a new password and new names as a new account does, and all its
 * sessions end.
 * @throws AppError 400 `token_invalid`, `invalid_request` without names or a good password where they are needed;
 *   401 `invalid_credentials` for another password than that of the account; 409 `already_member`, `email_taken` when
 *   names are given for an account, `conflict` when it changes meanwhile; 503 `overloaded`
 */
export async function acceptInvitation(
  context: Context,
  input: AcceptInput,
  origin: Origin,
): Promise<SessionAnswer> {
  const { db, clock, passwords } = context
  const found = await db.withPlatform('invitation', (tx) => findToken(tx, purpose, input.token, clock.now()))
  const tenantId = parseTenantId(found?.subject_tenant_id)
  const invitationId = found?.invitation_id
  if (!tenantId || !invitationId) throw new AppError('token_invalid')
  const look = (tx: PlatformTx) => getAcceptable(tx, context, invitationId, input)

  // A hash costs too much for tokens that open nothing, and takes too long for a transaction.
  const { account, known } = await db.withPlatform('invitation', look, { tenantId })
  const passwordHash = account && (await passwords.hash(account.password))
  if (known && !(await passwords.verify(known.password, known.passwordHash))) {
    throw new AppError('invalid_credentials')
  }

  const now = clock.now()
  const { user, role, session } = await db.withPlatform(
    'invitation',
    async (tx) => {
      if (known) await lockUser(tx, known.user.id)
      await useToken(tx, purpose, input.token, now)
      const { invitation, ...fresh } = await look(tx)
      // Verified, or given another password, since it was looked at.
      if (fresh.known?.passwordHash !== known?.passwordHash) throw new AppError('conflict')
      const user =
        fresh.account && passwordHash
          ? await makeAccount(tx, { ...fresh.account, passwordHash, ...invitation, tenantId }, origin, now)
          : (fresh.known as Known).user
      const membershipId = await join(tx, tenantId, user.id, invitation.role, now)
      await tx
        .updateTable('invitations')
        .set({ status: 'accepted', accepted_at: now, updated_at: now })
        .where('id', '=', invitationId)
        .execute()
      writeAuditEntry(tx, {
        actor: { kind: 'user', id: user.id },
        action: 'invitation.accepted',
        object: { type: 'invitation', id: invitationId },
        changedFields: ['status', 'accepted_at'],
        ...origin,
        now,
      })
      notify(tx, {
        template: 'member_joined',
        to: { roles: administrators },
        except: membershipId,
        values: { name: `${user.first_name} ${user.last_name}`, role: invitation.role },
        now,
      })
      const session = newSession({ tenantId, ip: origin.ip, now })
      openFirstSession(tx, context, session, { userId: user.id, membershipId })
      await enqueueSyncOfCustomer(tx)
      return { user, role: invitation.role, session }
    },
    { tenantId },
  )
  return answerWithTokens(context, session, { user, tenantId, role })
}

/** Nobody joins a company that has left. */
const closed = ['CANCELLED', 'DELETING', 'DELETED']

/**
 * The invitation of a token that is still good, locked, and the account that is to be made for it. It is as good as
 * its inviter: who has lost the right to invite leaves no way in behind.
 */
async function getAcceptable(tx: PlatformTx, context: Context, id: string, input: AcceptInput) {
  const invitation = await tx
    .selectFrom('invitations')
    .innerJoin('tenants', 'tenants.tenant_id', 'invitations.tenant_id')
    .innerJoin('memberships as inviter', (join) =>
      join
        .onRef('inviter.tenant_id', '=', 'invitations.tenant_id')
        .onRef('inviter.id', '=', 'invitations.invited_by'),
    )
    .innerJoin('users as inviting_user', 'inviting_user.id', 'inviter.user_id')
    .leftJoin('users', 'users.email', 'invitations.email')
    .leftJoin('memberships', (join) =>
      join
        .onRef('memberships.tenant_id', '=', 'invitations.tenant_id')
        .onRef('memberships.user_id', '=', 'users.id'),
    )
    .select(['invitations.email', 'invitations.role', 'invitations.status', 'invitations.expires_at'])
    .select(['invitations.token_id', 'tenants.name as company_name', 'tenants.status as tenant_status'])
    .select(['inviter.role as inviter_role', 'inviter.status as inviter_status', 'inviting_user.locale'])
    .select(['users.id as user_id', 'users.email_verified_at', 'memberships.id as membership_id'])
    .select(['users.first_name', 'users.last_name', 'users.locale as own_locale', 'users.password_hash'])
    .where('invitations.id', '=', id)
    .modifyEnd(sql`for update of invitations`)
    .executeTakeFirst()
  if (!invitation) throw new AppError('token_invalid')
  const role = invitation.role as Role
  const inviterRole = invitation.inviter_role as Role
  const isGood =
    invitation.status === 'pending' &&
    invitation.expires_at > context.clock.now() &&
    deriveToken(context, purpose, { tokenId: invitation.token_id, email: invitation.email }) ===
      input.token &&
    invitation.inviter_status === 'active' &&
    isAllowed(inviterRole, 'invitations:manage') &&
    isAtLeast(inviterRole, role) &&
    !closed.includes(invitation.tenant_status)
  if (!isGood) throw new AppError('token_invalid')
  if (invitation.membership_id) throw new AppError('already_member')
  const { email, company_name, locale, user_id, password_hash } = invitation
  if (!user_id || !password_hash || !invitation.email_verified_at) {
    const account = readAccount(input, [company_name, email])
    return { invitation: { email, role, locale }, account, known: undefined }
  }
  if (input.first_name !== undefined || input.last_name !== undefined) throw new AppError('email_taken')
  const { password } = readGiven(input, ['password'])
  const { first_name, last_name, own_locale } = invitation
  // Whoever has an id has all of these: the join is a left one.
  const names = { first_name, last_name, locale: own_locale } as Pick<
    UserAnswer,
    'first_name' | 'last_name' | 'locale'
  >
  const user = { id: user_id, email, ...names }
  return {
    invitation: { email, role, locale },
    account: undefined,
    known: { user, password, passwordHash: password_hash },
  }
}

/** A verified account, and the password that is to be its. */
interface Known {
  user: UserAnswer
  password: string
  passwordHash: string
}

interface Account {
  first_name: string
  last_name: string
  password: string
}

function readAccount(input: AcceptInput, context: string[]): Account {
  const account = readGiven(input, ['first_name', 'last_name', 'password'])
  const words = [...context, account.first_name, account.last_name]
  refuseWeakPassword(account.password, words, 'body.password')
  return account
}

function readGiven<Name extends 'first_name' | 'last_name' | 'password'>(input: AcceptInput, names: Name[]) {
  const missing = names.filter((name) => input[name] === undefined)
  if (missing.length > 0) {
    const message = names.length > 1 ? 'is required for a new account' : 'is required'
    throw new AppError('invalid_request', {
      errors: missing.map((name) => ({ path: `body.${name}`, message })),
    })
  }
  return input as Record<Name, string>
}

interface NewAccount extends Account {
  email: string
  passwordHash: string
  locale: string
  tenantId: TenantId
}

/** Makes the account, or takes over one that nobody has verified. */
async function makeAccount(
  tx: PlatformTx,
  { email, first_name, last_name, passwordHash, locale, tenantId }: NewAccount,
  origin: Origin,
  now: Date,
): Promise<UserAnswer> {
  const id = newId(now)
  const changed = {
    first_name,
    last_name,
    password_hash: passwordHash,
    password_changed_at: now,
    email_verified_at: now,
    updated_at: now,
  }
  const user = await tx
    .insertInto('users')
    .values({ ...changed, id, email, locale, created_at: now })
    .onConflict((conflict) =>
      conflict.column('email').doUpdateSet(changed).where('users.email_verified_at', 'is', null),
    )
    .returning(['id', 'email', 'first_name', 'last_name', 'locale'])
    .executeTakeFirst()
  // Verified since it was looked at.
  if (!user) throw new AppError('email_taken')
  if (user.id !== id) {
    // Behind the update: a login that was under way has opened its session by then, or is refused.
    await endSessions(tx, user.id)
    await forgetAddresses(tx, user.id)
    await voidTokens(tx, 'reset_password', user.id, now)
    await enqueueJob(tx, 'send-account-mail', { template: 'password_changed', email })
    writePlatformAuditEntry(tx, {
      actor: { kind: 'user', id: user.id },
      action: 'user.password_reset',
      object: { type: 'user', id: user.id },
      subjectTenantId: tenantId,
      changedFields: ['first_name', 'last_name', 'password', 'email_verified_at'],
      ...origin,
      now,
    })
  }
  return user
}

/** @returns the id of the membership. @throws AppError 409 `already_member` */
async function join(
  tx: PlatformTx,
  tenantId: TenantId,
  userId: string,
  role: Role,
  now: Date,
): Promise<string> {
  const id = newId(now)
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('memberships')
    .values({
      tenant_id: tenantId,
      id,
      user_id: userId,
      role,
      status: 'active',
      created_at: now,
      updated_at: now,
    })
    .onConflict((conflict) => conflict.columns(['tenant_id', 'user_id']).doNothing())
    .executeTakeFirst()
  if (numInsertedOrUpdatedRows !== 1n) throw new AppError('already_member')
  return id
}
