import { v7 as uuidv7 } from 'uuid'
import type { PlatformTx, Tx } from '../../db/database.ts'

/** Who did what to which object, when and from where. Field names only: values stay in the object. */
export interface AuditEntry {
  actor: { kind: 'user' | 'api_key' | 'operator' | 'system'; id: string }
  /** Noun and past participle, such as `client.created`. */
  action: string
  object: { type: string; id: string }
  changedFields: string[]
  ip: string | null
  requestId: string
  now: Date
}

/**
 * Appends an entry to the audit trail of the transaction's tenant, in the transaction of the change: it leaves
 * together with COMMIT, and without it nothing commits.
 */
export function writeAuditEntry(tx: Tx | PlatformTx, entry: AuditEntry): void {
  tx.atCommit(
    (tx as Tx).insertInto('audit_entries').values({
      id: uuidv7({ msecs: entry.now.getTime() }),
      actor_kind: entry.actor.kind,
      actor_id: entry.actor.id,
      action: entry.action,
      object_type: entry.object.type,
      object_id: entry.object.id,
      changed_fields: entry.changedFields,
      ip: entry.ip,
      request_id: entry.requestId,
      created_at: entry.now,
      updated_at: entry.now,
    }),
  )
}
