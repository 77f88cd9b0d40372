import { Secret } from 'otpauth'
import type { Context } from '../../context.ts'
import { AppError } from '../../errors.ts'
import { type Origin, writePlatformAuditEntry } from '../audit/audit.ts'
import { forgetAddresses } from '../sessions/known-address.ts'
import { actorOfAdmin, lockSuperAdmin, type SuperAdmin } from './access.ts'
import { changedAfterAll } from './credentials.ts'
import { type AdminLoginAnswer, answerWithToken } from './login.ts'
import { encryptSecret, findTimeStep, writeOtpauthUrl } from './totp.ts'

/** RFC 4226, section 4, requirement 6: 160 bits are recommended. */
const secretBytes = 20

/**
 * Makes the secret of a super admin's one-time passwords, which is shown this once and counts when a code of it has
 * been shown. One that was made before and never confirmed is void.
 * @throws AppError 409 `totp_enrolled`; 401 `unauthenticated` when the token has become void meanwhile
 */
export async function prepareTotp(context: Context, admin: SuperAdmin, origin: Origin) {
  if (admin.isEnrolled) throw new AppError('totp_enrolled')
  const secret = new Secret({ size: secretBytes })
  const totp_secret_jwe = await encryptSecret(context, admin.adminId, secret)
  const now = context.clock.now()
  await context.db.withPlatform('super admin', async (tx) => {
    await lockSuperAdmin(tx, admin)
    await tx
      .updateTable('super_admins')
      .set({ totp_secret_jwe, updated_at: now })
      .where('id', '=', admin.adminId)
      .execute()
    writePlatformAuditEntry(tx, {
      actor: actorOfAdmin(admin),
      action: 'super_admin.totp_prepared',
      object: { type: 'super_admin', id: admin.adminId },
      changedFields: ['totp_secret'],
      ...origin,
      now,
    })
  })
  return { secret: secret.base32, otpauth_url: writeOtpauthUrl(secret, admin.email) }
}

/**
 * Enrols the secret that was made last, by a code of it, which is used up by that. Older tokens are void from then
 * on, so that nobody goes on who had none of these codes; the answer brings a new one.
 * @throws AppError 409 `totp_enrolled`; 401 `invalid_credentials` for a wrong code, or without a secret;
 *   401 `unauthenticated` when the token has become void meanwhile
 */
export async function enrolTotp(
  context: Context,
  admin: SuperAdmin,
  code: string,
  origin: Origin,
): Promise<AdminLoginAnswer> {
  if (admin.isEnrolled) throw new AppError('totp_enrolled')
  const now = context.clock.now()
  const enrolled = await context.db.withPlatform('super admin', async (tx) => {
    const { totp_secret_jwe } = await lockSuperAdmin(tx, admin)
    const step = await findTimeStep(context, admin.adminId, totp_secret_jwe, code)
    if (step === undefined) throw new AppError('invalid_credentials')
    // Where they were let in before, it was without a code.
    await forgetAddresses(tx, admin.adminId)
    writePlatformAuditEntry(tx, {
      actor: actorOfAdmin(admin),
      action: 'super_admin.totp_enrolled',
      object: { type: 'super_admin', id: admin.adminId },
      changedFields: ['totp_enrolled'],
      ...origin,
      now,
    })
    return tx
      .updateTable('super_admins')
      .set({ totp_enrolled_at: now, totp_last_step: step, updated_at: now })
      .set({ credentials_changed_at: changedAfterAll(now) })
      .where('id', '=', admin.adminId)
      .returning('credentials_changed_at')
      .executeTakeFirstOrThrow()
  })
  const { credentials_changed_at: credentialsChangedAt } = enrolled
  return answerWithToken(context, { ...admin, isEnrolled: true, credentialsChangedAt })
}
