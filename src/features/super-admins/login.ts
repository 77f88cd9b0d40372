import { type RawBuilder, sql } from 'kysely'
import type { Context } from '../../context.ts'
import type { PlatformTx } from '../../db/database.ts'
import { AppError } from '../../errors.ts'
import { type Origin, writePlatformAuditEntry } from '../audit/audit.ts'
import { needsRehash } from '../sessions/argon2.ts'
import { rememberAddress, wasLetIn } from '../sessions/known-address.ts'
import { findTimeStep } from './totp.ts'

/** What a login answers: an access token for the routes of super admins, and no refresh token. */
export interface AdminLoginAnswer {
  access_token: string
  token_type: 'bearer'
  /** Seconds. */
  expires_in: number
  admin: { id: string; email: string; totp_enrolled: boolean }
}

interface LoginInput {
  email: string
  password: string
  /** The code of the authenticator app; not looked at before one is enrolled. */
  totp?: string | undefined
}

/**
 * Signs a super admin in. An unknown address, a wrong password and a super admin who is disabled cost and answer the
 * same (OWASP Authentication Cheat Sheet, Authentication and Error Messages). Each code opens once, however many
 * come with it at a time.
 * @throws AppError 401 `totp_required` when the password is right and a code is missing; 401 `invalid_credentials`
 */
export async function logInSuperAdmin(
  context: Context,
  input: LoginInput,
  origin: Origin,
): Promise<AdminLoginAnswer> {
  const { db, passwords } = context
  const found = await db.withPlatform('super admin', (tx) => findByEmail(tx, input.email))
  const matches = await passwords.verify(input.password, found?.password_hash)
  if (!found || !matches || found.disabled_at) throw new AppError('invalid_credentials')

  const isEnrolled = found.totp_enrolled_at !== null
  if (isEnrolled && input.totp === undefined) throw new AppError('totp_required')
  const step = isEnrolled
    ? await findTimeStep(context, found.id, found.totp_secret_jwe, input.totp ?? '')
    : null
  const passwordHash = needsRehash(found.password_hash)
    ? await passwords.hash(input.password)
    : found.password_hash
  const now = context.clock.now()
  const hasEntered = await db.withPlatform('super admin', async (tx) => {
    // Who renews the pause with wrong codes must not keep its owner out where they are known.
    const isKnown = await wasLetIn(tx, context, { personId: found.id, ip: origin.ip, now })
    const isOpen = isKnown ? sql<boolean>`true` : isOpenToCodes(now)
    const entered = step !== undefined && (await enter(tx, found, step, passwordHash, isOpen))
    if (!entered) await countFailure(tx, found.id, now)
    if (entered) rememberAddress(tx, context, { personId: found.id, ip: origin.ip, now })
    writePlatformAuditEntry(tx, {
      actor: { kind: 'super_admin', id: found.id },
      // Somebody has the password: what came of the code is worth knowing either way.
      action: entered ? 'super_admin.logged_in' : 'super_admin.login_refused',
      object: { type: 'super_admin', id: found.id },
      changedFields: [],
      ...origin,
      now,
    })
    return entered
  })
  if (!hasEntered) throw new AppError('invalid_credentials')
  const { id, email, credentials_changed_at: credentialsChangedAt } = found
  return answerWithToken(context, { adminId: id, email, isEnrolled, credentialsChangedAt })
}

/** A token for who stands behind these credentials, and who that is. */
export async function answerWithToken(
  { tokens }: Pick<Context, 'tokens'>,
  admin: { adminId: string; email: string; isEnrolled: boolean; credentialsChangedAt: Date },
): Promise<AdminLoginAnswer> {
  const { adminId, email, isEnrolled, credentialsChangedAt } = admin
  return {
    access_token: await tokens.issueAdmin({ adminId, credentialsChangedAt }),
    token_type: 'bearer',
    expires_in: tokens.accessSeconds,
    admin: { id: adminId, email, totp_enrolled: isEnrolled },
  }
}

function findByEmail(tx: PlatformTx, email: string) {
  return tx
    .selectFrom('super_admins')
    .select(['id', 'email', 'password_hash', 'credentials_changed_at'])
    .select(['totp_secret_jwe', 'totp_enrolled_at', 'disabled_at'])
    .where('email', '=', email)
    .executeTakeFirst()
}

/**
 * Uses the time step up (RFC 6238, section 5.2), and renews the hash of a password that has been checked.
 * @returns false when that step or a later one was used before, the credentials are not those that were checked, or
 *   codes are not looked at for a while
 */
async function enter(
  tx: PlatformTx,
  checked: { id: string; credentials_changed_at: Date },
  step: number | null,
  passwordHash: string,
  isOpen: RawBuilder<boolean>,
): Promise<boolean> {
  const entered = await tx
    .updateTable('super_admins')
    .set({ totp_last_step: step, password_hash: passwordHash, totp_failures: 0 })
    .where('id', '=', checked.id)
    .where('credentials_changed_at', '=', checked.credentials_changed_at)
    .where('disabled_at', 'is', null)
    .where(isOpen)
    .where((row) =>
      row.or([row('totp_last_step', 'is', null), row('totp_last_step', '<', sql<string>`${step}::bigint`)]),
    )
    .returning('id')
    .executeTakeFirst()
  return entered !== undefined
}

/**
 * Three codes in a million are good at a time. After so many wrong ones behind a right password, which somebody else
 * must have by then, none is looked at for a quarter of an hour after each further one (RFC 4226, section 7.3).
 */
const mostFailures = 20
const pauseMs = 900_000

function isOpenToCodes(now: Date) {
  return sql<boolean>`(totp_failures < ${mostFailures} or totp_failed_at <= ${new Date(now.getTime() - pauseMs)})`
}

/** What comes during the pause counts for nothing, so that it ends. */
async function countFailure(tx: PlatformTx, id: string, now: Date): Promise<void> {
  await tx
    .updateTable('super_admins')
    .set({ totp_failures: sql<number>`totp_failures + 1`, totp_failed_at: now })
    .where('id', '=', id)
    .where(isOpenToCodes(now))
    .execute()
}
