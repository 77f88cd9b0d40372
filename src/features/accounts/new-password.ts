import type { Context } from '../../context.ts'
import type { PlatformTx } from '../../db/database.ts'
import { AppError } from '../../errors.ts'
import { enqueueJob } from '../../jobs/queue.ts'
import { type Origin, writeAuditEntry, writePlatformAuditEntry } from '../audit/audit.ts'
import type { Keep } from '../idempotency/kept-answers.ts'
import type { UserClaims } from '../members/access.ts'
import { forgetAddresses, rememberAddress } from '../sessions/known-address.ts'
import { useToken, voidTokens } from '../sessions/one-time-tokens.ts'
import { refuseWeakPassword } from '../sessions/passwords.ts'
import { endSessions, isSessionLive, lockUser } from '../sessions/sessions.ts'
import { findPerson, getTokenHolder, type Person } from './people.ts'
import { confirmAddress, inPendingTenant } from './verification.ts'

/**
 * Gives the holder of a reset token another password and ends all their sessions. The token came by mail, so it also
 * confirms the address. A password that is refused leaves the token good; one that is no good costs no hash.
 * @returns the person's e-mail address
 * @throws AppError 400 `token_invalid`, 400 `invalid_request` for a weak password, 503 `overloaded`
 */
export async function resetPassword(
  context: Context,
  { token, password }: { token: string; password: string },
  origin: Origin,
): Promise<string> {
  const { db, clock, passwords } = context
  const now = clock.now()
  const person = await db.withPlatform('account', (tx) => getTokenHolder(tx, 'reset_password', token, now))
  refuseWeakPassword(password, wordsOf(person), 'body.password')
  const passwordHash = await passwords.hash(password)
  await db.withPlatform(
    'account',
    async (tx) => {
      await lockUser(tx, person.id)
      await useToken(tx, 'reset_password', token, now)
      await tx.updateTable('users').set(newPassword(passwordHash, now)).where('id', '=', person.id).execute()
      // Behind the update: a login that was under way has opened its session by then, or is refused.
      await endSessions(tx, person.id)
      await afterChange(tx, person, now)
      await forgetAddresses(tx, person.id)
      rememberAddress(tx, context, { personId: person.id, ip: origin.ip, now })
      await confirmAddress(tx, person, origin, now)
      writePlatformAuditEntry(tx, {
        actor: { kind: 'user', id: person.id },
        action: 'user.password_reset',
        object: { type: 'user', id: person.id },
        changedFields: ['password'],
        ...origin,
        now,
      })
    },
    inPendingTenant(person),
  )
  return person.email
}

/**
 * Gives somebody who is signed in and knows their password another one, and ends all their other sessions.
 * @throws AppError 400 `invalid_request` for a wrong or a weak password; 401 `unauthenticated` when their session was
 *   ended meanwhile, 409 `conflict` when the password was changed; 503 `overloaded`
 */
export async function changePassword(
  context: Context,
  { userId, sessionId, tenantId }: UserClaims,
  input: { current_password: string; new_password: string },
  origin: Origin,
  keep: Keep,
): Promise<void> {
  const { db, clock, passwords } = context
  const { person, oldHash } = await db.withPlatform('account', async (tx) => ({
    person: await findPerson(tx, { id: userId }),
    oldHash: await readPasswordHash(tx, userId),
  }))
  if (!person || !(await passwords.verify(input.current_password, oldHash))) {
    const errors = [{ path: 'body.current_password', message: 'is not your password' }]
    throw new AppError('invalid_request', { errors })
  }
  refuseWeakPassword(input.new_password, wordsOf(person), 'body.new_password')
  const newHash = await passwords.hash(input.new_password)

  const now = clock.now()
  const change = async (tx: PlatformTx) => {
    const changed = await tx
      .updateTable('users')
      .set(newPassword(newHash, now))
      .where('id', '=', userId)
      .where('password_hash', '=', oldHash)
      .executeTakeFirst()
    if (changed.numUpdatedRows !== 1n) throw new AppError('conflict')
    if (!(await isSessionLive(tx, sessionId, userId))) throw new AppError('unauthenticated')
    await tx.deleteFrom('sessions').where('user_id', '=', userId).where('id', '!=', sessionId).execute()
    await forgetAddresses(tx, userId)
    rememberAddress(tx, context, { personId: userId, ip: origin.ip, now })
    await afterChange(tx, person, now)
    writeAuditEntry(tx, {
      actor: { kind: 'user', id: userId },
      action: 'user.password_changed',
      object: { type: 'user', id: userId },
      changedFields: ['password'],
      ...origin,
      now,
    })
  }
  await db.withPlatform('account', (tx) => keep(tx, () => change(tx)), { tenantId })
}

function newPassword(passwordHash: string, now: Date) {
  return { password_hash: passwordHash, password_changed_at: now, updated_at: now }
}

/** Links that were mailed before are void, whoever asked for them, and the person learns of the change. */
async function afterChange(tx: PlatformTx, { id, email }: Person, now: Date): Promise<void> {
  await voidTokens(tx, 'reset_password', id, now)
  await enqueueJob(tx, 'send-account-mail', { template: 'password_changed', email })
}

async function readPasswordHash(tx: PlatformTx, userId: string): Promise<string> {
  const user = await tx
    .selectFrom('users')
    .select('password_hash')
    .where('id', '=', userId)
    .executeTakeFirstOrThrow()
  return user.password_hash
}

/** What their password should not be made of. */
function wordsOf({ email, first_name, last_name, companyNames }: Person): string[] {
  return [email, first_name, last_name, ...companyNames]
}
