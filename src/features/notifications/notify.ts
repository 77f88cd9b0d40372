import { sql } from 'kysely'
import type { PlatformTx, Tx } from '../../db/database.ts'
import type { Role } from '../members/roles.ts'
import type { TemplateName, ValuesOf } from './templates.ts'

/** What to tell whom. */
export interface Notice<Name extends TemplateName> {
  template: Name
  /** Active members of these roles, or the one of this membership. */
  to: { roles: readonly Role[] } | { membershipId: string }
  /** Who knows already, since they did it themselves. */
  except?: string
  /** What the placeholders of the text stand for. */
  values: ValuesOf<Name>
  now: Date
}

/** Who manages the members of a tenant, and who pays. */
export const administrators = ['owner', 'admin'] as const satisfies readonly Role[]
export const owners = ['owner'] as const satisfies readonly Role[]

/**
 * Tells members of the transaction's tenant something inside the product, where they have not asked to hear less of its
 * category: the notification leaves together with COMMIT. Whoever is just being removed is not told.
 * @param tx one of a tenant, or one of withPlatform with a tenantId
 */
export function notify<Name extends TemplateName>(tx: Tx | PlatformTx, notice: Notice<Name>): void {
  const { template, to, except = null, values, now } = notice
  const wantedRoles = 'roles' in to ? [...to.roles] : []
  const wantedMembers = 'membershipId' in to ? [to.membershipId] : []
  tx.atCommit(
    (tx as Tx).selectNoFrom(
      sql`app.notify(${template}, ${wantedRoles}::text[], ${wantedMembers}::uuid[], ${except}::uuid,
        ${JSON.stringify(values)}::jsonb, ${now}::timestamptz)`.as('notified'),
    ),
  )
}
