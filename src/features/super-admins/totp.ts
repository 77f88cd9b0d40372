import { type Secret, TOTP } from 'otpauth'
import type { Context } from '../../context.ts'
import type { VaultPurpose } from '../../secrets.ts'

/**
 * One-time passwords by time (RFC 6238) with the numbers that every authenticator app takes: SHA-1, which is sound
 * inside an HMAC, six digits, steps of 30 seconds.
 */
const numbers = { algorithm: 'SHA1', digits: 6, period: 30 }
/** A code of the step before or after is taken, too: for its way here, and for a clock that is off (section 5.2). */
const window = 1

/** The URI that authenticator apps read, mostly from a QR code. */
export function writeOtpauthUrl(secret: Secret, email: string): string {
  return new TOTP({ ...numbers, secret, issuer: 'Tenantry', label: email }).toString()
}

/** An admin's secret as it is stored: encrypted with a key of theirs, so that no row can be put into another's place. */
export function encryptSecret(
  { vault }: Pick<Context, 'vault'>,
  adminId: string,
  secret: Secret,
): Promise<string> {
  return vault.encrypt(purposeOf(adminId), secret.base32)
}

/**
 * The time step of which this is the code, or undefined when it is the code of none around now. Whoever accepts it
 * has to store the step, and to take no code of that step or one before it again (RFC 6238, section 5.2).
 */
export async function findTimeStep(
  { vault, clock, log }: Pick<Context, 'vault' | 'clock' | 'log'>,
  adminId: string,
  storedSecret: string | null,
  code: string,
): Promise<number | undefined> {
  if (storedSecret === null) return undefined
  const secret = await vault.decrypt(purposeOf(adminId), storedSecret)
  if (secret === undefined) {
    log.error({ adminId }, 'the secret of a one-time password cannot be read with this TOKEN_KEY_SECRET')
    return undefined
  }
  const totp = new TOTP({ ...numbers, secret })
  const timestamp = clock.now().getTime()
  const delta = totp.validate({ token: code, timestamp, window })
  return delta === null ? undefined : totp.counter({ timestamp }) + delta
}

function purposeOf(adminId: string): VaultPurpose {
  return `one-time passwords of ${adminId}`
}
