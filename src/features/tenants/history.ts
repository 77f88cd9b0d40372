import type { PlatformTx } from '../../db/database.ts'
import type { TenantId } from '../../db/tenant-id.ts'
import type { Agent } from './status.ts'

/** What is kept of each change that decides what a tenant may do, so that its present state can be explained. */
export interface TenantChange {
  tenantId: TenantId
  field: 'status' | 'plan' | 'trial_ends_at' | 'past_due_since'
  /** Instants in ISO 8601, UTC. */
  from: string | Date | null
  to: string | Date | null
  agent: Agent
  /** Why, in words for an operator. */
  cause: string
  /** The event of Stripe that it follows from. */
  billingEventId?: string | undefined
  now: Date
}

/** Keeps a change, in the transaction that makes it: it leaves together with COMMIT, and without it nothing commits. */
export function recordChange(tx: PlatformTx, change: TenantChange): void {
  tx.atCommit(
    tx.insertInto('tenant_changes').values({
      subject_tenant_id: change.tenantId,
      field: change.field,
      from_value: textOf(change.from),
      to_value: textOf(change.to),
      agent: change.agent,
      cause: change.cause,
      billing_event_id: change.billingEventId ?? null,
      created_at: change.now,
    }),
  )
}

function textOf(value: string | Date | null): string | null {
  return value instanceof Date ? value.toISOString() : value
}
