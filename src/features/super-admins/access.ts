import { createHash, timingSafeEqual } from 'node:crypto'
import type { Context } from '../../context.ts'
import type { PlatformTx } from '../../db/database.ts'
import { AppError } from '../../errors.ts'
import type { PlatformAuditEntry } from '../audit/audit.ts'
import type { AdminClaims } from '../sessions/tokens.ts'

/**
 * Who steers the platform: a super admin who has signed in, whoever holds SUPER_ADMIN_KEY, or whoever may run the command
 * line, and so reach the database without us.
 */
export type AdminPrincipal = SuperAdmin | { kind: 'admin_key' } | { kind: 'command_line' }

/** A super admin who has signed in. */
export interface SuperAdmin extends AdminClaims {
  kind: 'super_admin'
  email: string
  /** Whether they sign in with a one-time password, too. */
  isEnrolled: boolean
}

/**
 * The super admin of a verified token, read anew at each request.
 * @throws AppError 401 `unauthenticated` when they are gone, disabled, or have had other credentials since; 403
 *   `totp_enrolment_required` when the settings ask for a one-time password and the route does not do without
 */
export async function authenticateSuperAdmin(
  { db, config }: Pick<Context, 'db' | 'config'>,
  claims: AdminClaims,
  route: { beforeEnrolment?: 'allowed' },
): Promise<SuperAdmin> {
  const found = await db.withPlatform('super admin', (tx) => selectLive(tx, claims).executeTakeFirst())
  if (!found) throw new AppError('unauthenticated')
  const isEnrolled = found.totp_enrolled_at !== null
  if (!isEnrolled && config.superAdminTotp === 'required' && route.beforeEnrolment !== 'allowed') {
    throw new AppError('totp_enrolment_required')
  }
  return { kind: 'super_admin', ...claims, email: found.email, isEnrolled }
}

/**
 * Locks the super admin's row against every other change of their credentials until the end of the transaction.
 * @throws AppError 401 `unauthenticated` when the token has become void since it was checked
 */
export async function lockSuperAdmin(tx: PlatformTx, claims: AdminClaims) {
  const found = await selectLive(tx, claims).forUpdate().executeTakeFirst()
  if (!found) throw new AppError('unauthenticated')
  return found
}

function selectLive(tx: PlatformTx, { adminId, credentialsChangedAt }: AdminClaims) {
  return tx
    .selectFrom('super_admins')
    .select(['email', 'totp_secret_jwe', 'totp_enrolled_at'])
    .where('id', '=', adminId)
    .where('credentials_changed_at', '=', credentialsChangedAt)
    .where('disabled_at', 'is', null)
}

/**
 * Whether what was presented is SUPER_ADMIN_KEY; without that setting nothing is. The comparison takes as long for
 * any guess, whatever its length: of both only hashes are compared.
 */
export function isAdminKey(presented: string, key: string | undefined): boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest()
  return key !== undefined && timingSafeEqual(hash(presented), hash(key))
}

/** The person who calls. @throws AppError 403 `session_required` for the key, which is no person */
export function superAdminOf(admin: AdminPrincipal): SuperAdmin {
  if (admin.kind !== 'super_admin') throw new AppError('session_required')
  return admin
}

/** A caller as the platform's audit trail names them. */
export function actorOfAdmin(admin: AdminPrincipal): PlatformAuditEntry['actor'] {
  switch (admin.kind) {
    case 'super_admin':
      return { kind: 'super_admin', id: admin.adminId }
    case 'admin_key':
      return { kind: 'admin_key', id: 'SUPER_ADMIN_KEY' }
    case 'command_line':
      return { kind: 'system', id: 'command line' }
  }
}
