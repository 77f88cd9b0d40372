import type { Request } from 'express'
import type { Context } from '../context.ts'
import { AppError } from '../errors.ts'
import { writePlatformAuditEntry } from '../features/audit/audit.ts'
import {
  type AdminPrincipal,
  actorOfAdmin,
  authenticateSuperAdmin,
  isAdminKey,
} from '../features/super-admins/access.ts'
import { originOf } from './address.ts'
import { bearerToken, noToken } from './authenticate.ts'
import type { AdminRoute } from './route.ts'

type Called = Pick<AdminRoute<never, never, never>, 'method' | 'path' | 'beforeEnrolment'>

/**
 * Who calls a route of the platform's operators: by a super admin's access token, or by X-Admin-Key, each use of
 * which is written to the platform's audit trail, whatever becomes of the request.
 * @throws AppError 400 `invalid_request` with both (RFC 6750, section 3.1: one method of authentication per request),
 *   401 `unauthenticated`, 403 `totp_enrolment_required`
 */
export async function authenticateAdmin(
  context: Context,
  request: Request,
  route: Called,
): Promise<AdminPrincipal> {
  const key = request.headers['x-admin-key']
  if (key === undefined) {
    const claims = await context.tokens.verifyAdmin(bearerToken(request))
    return authenticateSuperAdmin(context, claims, route)
  }
  if (request.headers.authorization !== undefined) {
    const errors = [{ path: 'headers.X-Admin-Key', message: 'is given beside another authorization' }]
    throw new AppError('invalid_request', { errors })
  }
  if (!isAdminKey(String(key), context.config.superAdminKey)) throw new AppError('unauthenticated', noToken)
  const admin: AdminPrincipal = { kind: 'admin_key' }
  await context.db.withPlatform('super admin', async (tx) =>
    writePlatformAuditEntry(tx, {
      actor: actorOfAdmin(admin),
      action: 'admin_key.used',
      object: { type: 'endpoint', id: `${route.method} ${route.path}` },
      changedFields: [],
      ...originOf(request),
      now: context.clock.now(),
    }),
  )
  return admin
}
