import type { Database } from '../../db/database.ts'
import type { ModuleName } from '../plans/plans.ts'
import type { Access, Claims } from './access.ts'

/** What another process changes is known here within a second; what this one changes, with its next request. */
const rememberedMs = 900

interface Remembered {
  generation: number
  until: number
  access: readonly Access[]
}

/** What the database said last of callers who go on asking: it is asked once a second, and not with each request. */
export interface RememberedAccess {
  /** What is known of the caller, unless it may be otherwise by now. */
  find(claims: Claims, module: ModuleName | undefined): readonly Access[] | undefined
  /** Begins to ask; the answer is handed to what comes back. It is kept unless something has changed meanwhile. */
  ask(claims: Claims, module: ModuleName | undefined): (access: readonly Access[]) => void
}

/**
 * Remembers in one process, and only of sessions: a token that this process signed or verified gives the same claims
 * object each time. Who writes holds the tenant's row, whose state has to be the one that is remembered
 * (holdTenantAsKnown); session, membership, role and plan may be older by what is remembered, where another process has
 * changed them.
 */
export function createRememberedAccess({ generationOf }: Pick<Database, 'generationOf'>): RememberedAccess {
  const remembered = new WeakMap<Claims, Map<ModuleName | undefined, Remembered>>()
  return {
    find(claims, module) {
      const known = remembered.get(claims)?.get(module)
      const isPresent =
        known && known.generation === generationOf(claims.tenantId) && performance.now() < known.until
      return isPresent ? known.access : undefined
    },
    ask(claims, module) {
      // As they are before it is asked: what comes meanwhile makes the answer one of the past.
      const generation = generationOf(claims.tenantId)
      const until = performance.now() + rememberedMs
      return (access) => {
        if (claims.kind !== 'user' || access.length === 0) return
        const ofModules = remembered.get(claims) ?? new Map()
        remembered.set(claims, ofModules.set(module, { generation, until, access }))
      }
    },
  }
}
