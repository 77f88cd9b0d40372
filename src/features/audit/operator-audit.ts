import type { PlatformTx } from '../../db/database.ts'
import type { TenantId } from '../../db/tenant-id.ts'
import { type AdminPrincipal, actorOfAdmin } from '../super-admins/access.ts'
import { type AuditEntry, type Origin, writeAuditEntry, writePlatformAuditEntry } from './audit.ts'

/** What an operator did, by the API. */
export interface OperatorAct extends Pick<AuditEntry, 'action' | 'object' | 'changedFields' | 'reason'> {
  admin: AdminPrincipal
  /** The tenant that it was done to; none for what belongs to the platform alone, such as a plan. */
  tenantId?: TenantId
  origin: Origin
  now: Date
}

/** An operator as the audit trail of a tenant names them. */
export function operatorOf(admin: AdminPrincipal): AuditEntry['actor'] {
  return { kind: 'operator', id: actorOfAdmin(admin).id }
}

/**
 * Appends what an operator did to a tenant to both audit trails, the tenant's and the platform's, in the transaction
 * of the change.
 * @param tx one of withPlatform with this tenantId
 */
export function auditOperatorAct(tx: PlatformTx, act: OperatorAct & { tenantId: TenantId }): void {
  const { admin, action, object, changedFields, reason, origin, now } = act
  writeAuditEntry(tx, { actor: operatorOf(admin), action, object, changedFields, reason, ...origin, now })
  auditForPlatform(tx, act)
}

/**
 * Appends what an operator did to the platform's audit trail alone: where it concerns no tenant, or where the tenant's
 * entry is written by what does the change.
 */
export function auditForPlatform(tx: PlatformTx, act: OperatorAct): void {
  const { admin, tenantId, action, object, changedFields, reason, origin, now } = act
  writePlatformAuditEntry(tx, {
    actor: actorOfAdmin(admin),
    action,
    object,
    subjectTenantId: tenantId,
    changedFields,
    reason,
    ...origin,
    now,
  })
}
