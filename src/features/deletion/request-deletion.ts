import type { PlatformTx } from '../../db/database.ts'
import { AppError } from '../../errors.ts'
import { enqueueJob } from '../../jobs/queue.ts'
import { newId } from '../../new-id.ts'
import { auditForPlatform, operatorOf } from '../audit/operator-audit.ts'
import { actorOfAdmin } from '../super-admins/access.ts'
import type { ActOnTenant } from '../tenants/admin.ts'
import { changeStatus, lockTenant } from '../tenants/status.ts'
import { findCertificateOf } from './certificates.ts'

/**
 * Has the transaction's tenant deleted, from whatever status: access to it ends with the commit, its subscription at
 * Stripe is to end, and a job deletes its rows. Entries are in both audit trails. Asked for again while it is under way,
 * the job is put into the queue once more, and that is all.
 * @param tx one of withPlatform with this tenantId
 * @returns the id of the certificate, which shows how it stands
 * @throws AppError 404 `not_found`, also for a tenant that was deleted
 */
export async function requestDeletion(tx: PlatformTx, reason: string, act: ActOnTenant): Promise<string> {
  const { tenantId, admin, origin, now } = act
  const { status } = await lockTenant(tx, tenantId)
  if (status === 'DELETED') throw new AppError('not_found')
  await enqueueJob(tx, 'delete-tenant', {}, { key: 'delete-tenant' })
  const underWay = await findCertificateOf(tx, tenantId)
  if (underWay) return underWay.id

  if (status !== 'DELETING') {
    const actor = operatorOf(admin)
    const change = {
      tenantId,
      to: 'DELETING',
      agent: 'operator',
      cause: reason,
      actor,
      ...origin,
      now,
    } as const
    const action = await changeStatus(tx, change)
    const object = { type: 'tenant', id: tenantId }
    auditForPlatform(tx, { ...act, action, object, changedFields: ['status'], reason })
  }
  await tx.deleteFrom('sessions').where('subject_tenant_id', '=', tenantId).execute()
  const { kind, id: adminId } = actorOfAdmin(admin)
  const id = newId(now)
  await tx
    .insertInto('deletion_certificates')
    .values({
      id,
      subject_tenant_id: tenantId,
      status: 'running',
      requested_by_kind: kind,
      requested_by_id: adminId,
      reason,
      requested_at: now,
    })
    .execute()
  return id
}
