import { sql } from 'kysely'
import type { Context } from '../../context.ts'
import { AppError } from '../../errors.ts'
import { type Origin, writeAuditEntry } from '../audit/audit.ts'
import type { SupportClaims } from '../members/access.ts'
import { isLeaving } from '../tenants/status.ts'

/** What was asked: method and path with its ids. What was searched for or sent is the tenant's business data. */
export interface AskedFor extends Origin {
  method: string
  path: string
}

/**
 * Sessions that were over when somebody used their token. Each leaves one entry more in a process, so that a stolen token
 * cannot fill the trail of a tenant that has ended its session. What is over stays over; another one can be opened.
 */
const over = new Set<string>()
const mostOver = 1000

/**
 * Writes a request of a support session to the tenant's own audit trail, committed before anything is read for it, and
 * whatever becomes of it: without the entry no request is served. That takes two round trips, beside the one that a read
 * takes as everybody's. (Requests count against the tenant's requests per minute as everybody's, too; those that are
 * refused for that again and again leave no entry each.)
 * @throws AppError 401 `unauthenticated` when the session is over; 403 `tenant_cancelled` in a tenant that is being
 *   deleted, or was, whose trail takes no more; 503 as withTenant
 */
export async function recordSupportRequest(
  { db, clock }: Pick<Context, 'db' | 'clock'>,
  { tenantId, adminId, supportSessionId }: SupportClaims,
  { method, path, ...origin }: AskedFor,
): Promise<void> {
  const session = `${tenantId} ${supportSessionId}`
  if (over.has(session)) throw new AppError('unauthenticated')
  const tenant = await db.withTenant(tenantId, async (tx) => {
    const found = await tx
      .selectFrom('tenants')
      .select(['status', sql<string | null>`app.support_session_admin(${supportSessionId})`.as('admin_id')])
      // The last rows of a tenant that is being deleted go behind this entry, or it is not written.
      .modifyEnd(sql`for key share of tenants`)
      .executeTakeFirstOrThrow()
    if (!isLeaving(found)) {
      writeAuditEntry(tx, {
        actor: { kind: 'operator', id: adminId },
        action: 'support_session.request',
        object: { type: 'support_session', id: supportSessionId },
        changedFields: [],
        // As long as an entry takes.
        reason: `${method} ${path}`.slice(0, 1000),
        ...origin,
        now: clock.now(),
      })
    }
    return found
  })
  if (tenant.admin_id === null) {
    if (over.size >= mostOver) over.clear()
    over.add(session)
  }
  if (tenant.admin_id !== adminId) throw new AppError('unauthenticated')
  if (isLeaving(tenant)) throw new AppError('tenant_cancelled')
}
