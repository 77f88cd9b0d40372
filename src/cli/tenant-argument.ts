import type { PlatformTx } from '../db/database.ts'
import { parseTenantId, type TenantId } from '../db/tenant-id.ts'
import { findNearIds } from '../features/tenants/near-ids.ts'

/**
 * The tenant that a command was given.
 * @throws Error that names ids like it, when there is no such tenant
 */
export async function getTenantOf(tx: PlatformTx, text: string): Promise<TenantId> {
  const tenantId = parseTenantId(text)
  const found = await tx
    .selectFrom('tenants')
    .select('tenant_id')
    .where('tenant_id', '=', tenantId ?? '')
    .where('tenant_id', '<>', 'system-default')
    .executeTakeFirst()
  if (tenantId && found) return tenantId
  const near = await findNearIds(tx, text)
  const hint = near.length > 0 ? ` There ${near.length === 1 ? 'is' : 'are'} ${near.join(', ')}.` : ''
  throw new Error(`There is no tenant ${JSON.stringify(text)}.${hint}`)
}
