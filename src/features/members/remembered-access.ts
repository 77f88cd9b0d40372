import type { Database } from '../../db/database.ts'
import type { ModuleName } from '../plans/plans.ts'
import type { Access, Claims } from './access.ts'

/** What another process changes is known here within a second; what this one changes, with its next request. */
const rememberedMs = 900

interface Remembered {
  generation: number
  until: number
  access: Map<ModuleName | undefined, readonly Access[]>
}

/** What the database said last of callers who go on asking: it is asked once a second, and not with each request. */
export interface RememberedAccess {
  /** What is known of the caller, unless it may be otherwise by now. */
  find(claims: Claims, module: ModuleName | undefined): readonly Access[] | undefined
  /** Begins to ask; the answer is handed to what comes back. It is kept unless something has changed meanwhile. */
  ask(claims: Claims, module: ModuleName | undefined): (access: readonly Access[]) => void
}

/**
 * Remembers in one process, and only of sessions: tokens that are verified already are the same claims each time. Who
 * writes sees the tenant's own row in the transaction of the write all the same: heldTenantQuery.
 */
export function createRememberedAccess({ generationOf }: Pick<Database, 'generationOf'>): RememberedAccess {
  const remembered = new WeakMap<Claims, Remembered>()

  function present(claims: Claims): Remembered | undefined {
    const known = remembered.get(claims)
    const isPresent =
      known && known.generation === generationOf(claims.tenantId) && performance.now() < known.until
    return isPresent ? known : undefined
  }

  return {
    find: (claims, module) => present(claims)?.access.get(module),
    ask(claims, module) {
      const generation = generationOf(claims.tenantId)
      const until = performance.now() + rememberedMs
      return (access) => {
        if (claims.kind !== 'user' || access.length === 0) return
        const known = present(claims)
        if (known) known.access.set(module, access)
        else remembered.set(claims, { generation, until, access: new Map([[module, access]]) })
      }
    },
  }
}
