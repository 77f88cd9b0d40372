import type { Context } from '../../context.ts'
import type { Access, ApiKeyClaims, Claims } from '../members/access.ts'

/** A key's last use is stored at most this often. */
const storedEveryMs = 60_000

/** Keys whose use is being stored by this process. The next request stores what is left out here. */
const underWay = new Set<string>()
const mostUnderWay = 100

/**
 * Keeps when a key was last used, to the minute, beside the request and never in its way: a failure is logged. In a
 * transaction of its own, so never call it inside one.
 * @param access what the request's own check has read and let pass
 */
export function recordKeyUse(context: Context, claims: Claims, access: readonly Access[]): void {
  if (claims.kind !== 'api_key' || underWay.has(claims.keyId) || underWay.size >= mostUnderWay) return
  const now = context.clock.now()
  const storedAt = access[0]?.key_last_used_at
  if (storedAt && now.getTime() - storedAt.getTime() < storedEveryMs) return
  underWay.add(claims.keyId)
  void storeUse(context, claims, now)
    .catch((err) =>
      context.log.warn({ err, tenant_id: claims.tenantId }, 'last use of an API key not stored'),
    )
    .finally(() => underWay.delete(claims.keyId))
}

function storeUse({ db }: Context, { tenantId, keyId }: ApiKeyClaims, now: Date) {
  const dueBefore = new Date(now.getTime() - storedEveryMs)
  return db.withTenant(tenantId, (tx) =>
    tx
      .updateTable('api_keys')
      .set({ last_used_at: now })
      .where('id', '=', keyId)
      // Other requests and processes have read the same row.
      .where((eb) => eb.or([eb('last_used_at', 'is', null), eb('last_used_at', '<=', dueBefore)]))
      .execute(),
  )
}
