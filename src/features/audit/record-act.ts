import { sql } from 'kysely'
import type { Context } from '../../context.ts'
import { AppError } from '../../errors.ts'
import type { Principal } from '../members/access.ts'
import { isLeaving } from '../tenants/status.ts'
import { type AuditEntry, actorOf, type Origin, writeAuditEntry } from './audit.ts'

/**
 * Appends an entry of what changes no row of the tenant's, such as an export, in a transaction of its own.
 * @throws AppError 403 `tenant_cancelled` in a tenant that is being deleted, or was, whose trail takes no more
 */
export async function recordAct(
  { db, clock }: Pick<Context, 'db' | 'clock'>,
  principal: Principal,
  { origin, ...act }: Pick<AuditEntry, 'action' | 'object'> & { origin: Origin },
): Promise<void> {
  await db.withTenant(principal.tenantId, async (tx) => {
    const tenant = await tx
      .selectFrom('tenants')
      .select('status')
      // The last rows of a tenant that is being deleted go behind this entry, or it is not written.
      .modifyEnd(sql`for key share`)
      .executeTakeFirstOrThrow()
    if (isLeaving(tenant)) throw new AppError('tenant_cancelled')
    writeAuditEntry(tx, { actor: actorOf(principal), ...act, changedFields: [], ...origin, now: clock.now() })
  })
}
