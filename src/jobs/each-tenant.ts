import { type SqlBool, sql } from 'kysely'
import type { Context } from '../context.ts'
import type { PlatformReason, PlatformTx } from '../db/database.ts'
import { parseTenantId, type TenantId } from '../db/tenant-id.ts'

/** Tenants read at a time. */
const pageSize = 200

/**
 * The ids of all tenants that meet a condition, in pages by id, each read in a transaction that is over before
 * anything is done with them: what comes to meet the condition meanwhile may be left out.
 * @param isDue the condition, on the table tenants
 */
export async function* eachTenantId(
  { db }: Pick<Context, 'db'>,
  reason: PlatformReason,
  isDue: ReturnType<typeof sql<SqlBool>>,
): AsyncGenerator<TenantId, void> {
  let after = ''
  for (;;) {
    const page = await db.withPlatform(reason, (tx) =>
      tx
        .selectFrom('tenants')
        .select('tenant_id')
        .where('tenant_id', '>', after)
        .where(isDue)
        .orderBy('tenant_id')
        .limit(sql.lit(pageSize))
        .execute(),
    )
    for (const { tenant_id } of page) yield parseTenantId(tenant_id) as TenantId
    after = page.at(-1)?.tenant_id ?? ''
    if (page.length < pageSize) return
  }
}

/**
 * Does a piece of work for each tenant that meets a condition, one after the other, each in a transaction of its own.
 * The work has to look again whether it is still due: another process may be at the same tenant. What fails for one
 * tenant is logged and keeps nobody else waiting.
 * @param isDue the condition, on the table tenants
 * @throws Error at the end when it failed for some tenants, so that the job counts as failed
 */
export async function forEachTenant(
  { db, log }: Context,
  reason: PlatformReason,
  isDue: ReturnType<typeof sql<SqlBool>>,
  work: (tx: PlatformTx, tenantId: TenantId) => Promise<void>,
): Promise<void> {
  let failures = 0
  for await (const tenantId of eachTenantId({ db }, reason, isDue)) {
    try {
      await db.withPlatform(
        reason,
        async (tx) => {
          if (await isThere(tx, tenantId)) await work(tx, tenantId)
        },
        { tenantId },
      )
    } catch (err) {
      failures++
      log.error({ err, tenant_id: tenantId }, `${reason}: failed for a tenant`)
    }
  }
  if (failures > 0) throw new Error(`${reason}: failed for ${failures} tenants`)
}

/** Of a tenant that was deleted meanwhile, no row may come back. */
async function isThere(tx: PlatformTx, tenantId: TenantId): Promise<boolean> {
  const found = await tx
    .selectFrom('tenants')
    .select('tenant_id')
    .where('tenant_id', '=', tenantId)
    .where('status', '<>', 'DELETED')
    .executeTakeFirst()
  return found !== undefined
}
