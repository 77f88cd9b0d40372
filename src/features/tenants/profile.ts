import { isEqual, pickBy } from 'es-toolkit'
import type { PlatformTx } from '../../db/database.ts'
import { auditOperatorAct } from '../audit/operator-audit.ts'
import type { ActOnTenant } from './admin.ts'
import type { Region } from './provision.ts'

/** What a tenant is called and reached by, and what operators keep of it; what is left out stays. */
export interface Profile {
  name?: string
  company_email?: string
  admin_email?: string
  phone?: string | null
  region?: Region
  /** The whole of it: what it does not hold is gone. */
  metadata?: Record<string, unknown>
}

/**
 * Changes a tenant's profile, with an entry in both audit trails unless everything was so already.
 * @param tx one of withPlatform with this tenantId, which holds the tenant's row
 */
export async function changeProfile(
  tx: PlatformTx,
  { reason, ...profile }: Profile & { reason: string | undefined },
  act: ActOnTenant,
): Promise<void> {
  const { tenantId, now } = act
  const before: Record<string, unknown> = await tx
    .selectFrom('tenants')
    .select(['name', 'company_email', 'admin_email', 'phone', 'region', 'metadata'])
    .where('tenant_id', '=', tenantId)
    .executeTakeFirstOrThrow()
  const changes = pickBy(profile, (value, name) => value !== undefined && !isEqual(value, before[name]))
  const changedFields = Object.keys(changes)
  if (changedFields.length === 0) return
  const { metadata, ...others } = changes as Profile
  await tx
    .updateTable('tenants')
    .set({ ...others, ...(metadata && { metadata: JSON.stringify(metadata) }), updated_at: now })
    .where('tenant_id', '=', tenantId)
    .execute()
  auditOperatorAct(tx, {
    ...act,
    action: 'tenant.updated',
    object: { type: 'tenant', id: tenantId },
    changedFields,
    reason,
  })
}
