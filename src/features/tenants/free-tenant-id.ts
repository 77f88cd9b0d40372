import type { Context } from '../../context.ts'
import type { TenantId } from '../../db/tenant-id.ts'
import { AppError } from '../../errors.ts'
import { createGates } from '../../gate.ts'
import { TenantIdTakenError } from './new-tenant.ts'
import { findFreeTenantId, toSlug } from './slug.ts'

/** Companies of one name come one after the other, since all would try the same id; other processes' still race. */
const throughSameName = createGates<string>(1, 1000)
const attempts = 50

/**
 * Makes a tenant under an id that its company's name gives and that is free: companies of one name that come at once all
 * succeed, with different ids.
 * @param make tries to make it, in a transaction of its own, and throws TenantIdTakenError when another took the id first
 * @throws what make throws otherwise; AppError 503 `overloaded`
 */
export function withFreeTenantId<T>(
  { db }: Pick<Context, 'db'>,
  companyName: string,
  make: (tenantId: TenantId) => Promise<T>,
): Promise<T> {
  return throughSameName(toSlug(companyName), async () => {
    for (let round = 0; round < attempts; round++) {
      const tenantId = await findFreeTenantId(db, companyName)
      try {
        return await make(tenantId)
      } catch (error) {
        if (!(error instanceof TenantIdTakenError)) throw error
      }
    }
    throw new AppError('overloaded')
  })
}
