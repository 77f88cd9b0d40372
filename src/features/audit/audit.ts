import { type InsertObject, sql } from 'kysely'
import { keepQueries, type PlatformTx, type TenantTables, type Tx } from '../../db/database.ts'
import { newId } from '../../new-id.ts'
import type { Principal } from '../members/access.ts'

/** Who did what to which object, when and from where. Field names only: values stay in the object. */
export interface AuditEntry {
  actor: { kind: 'user' | 'api_key' | 'operator' | 'system'; id: string }
  /** Noun and past participle, such as `client.created`. */
  action: string
  object: { type: string; id: string }
  changedFields: string[]
  /** Why, in the words of who did it, or what caused it. */
  reason?: string
  ip: string | null
  requestId: string
  now: Date
}

/** What the platform itself keeps: acts of super admins, and what happens to a person beyond any tenant. */
export interface PlatformAuditEntry extends Omit<AuditEntry, 'actor'> {
  actor: { kind: 'super_admin' | 'admin_key' | 'user' | 'system'; id: string }
  /** The tenant that it is about. */
  subjectTenantId?: string
}

/** Where a request came from, for the audit trails. */
export interface Origin {
  ip: string | null
  requestId: string
}

/** A caller as the audit trail names them. */
export function actorOf(principal: Principal): AuditEntry['actor'] {
  switch (principal.kind) {
    case 'user':
      return { kind: 'user', id: principal.userId }
    case 'api_key':
      return { kind: 'api_key', id: principal.keyId }
    case 'support':
      return { kind: 'operator', id: principal.adminId }
  }
}

/**
 * Appends an entry to the audit trail of the transaction's tenant, in the transaction of the change: it leaves
 * together with COMMIT, and without it nothing commits.
 */
export function writeAuditEntry(tx: Tx | PlatformTx, entry: AuditEntry): void {
  const { actor, action, object, changedFields, reason = null, ip, requestId, now } = entry
  tx.atCommit(
    keptInsert({
      id: newId(now),
      actor_kind: actor.kind,
      actor_id: actor.id,
      action,
      object_type: object.type,
      object_id: object.id,
      changed_fields: changedFields,
      reason,
      ip,
      request_id: requestId,
      created_at: now,
    }),
  )
}

const keptInsert = keepQueries(
  (queries, entry: Omit<InsertObject<TenantTables, 'audit_entries'>, 'updated_at'> & { created_at: Date }) =>
    queries.insertInto('audit_entries').values({
      id: entry.id,
      actor_kind: entry.actor_kind,
      actor_id: entry.actor_id,
      action: entry.action,
      object_type: entry.object_type,
      object_id: entry.object_id,
      changed_fields: entry.changed_fields,
      reason: entry.reason,
      ip: entry.ip,
      request_id: entry.request_id,
      created_at: entry.created_at,
      updated_at: entry.created_at,
    }),
)

/** The same done to many objects of one type. */
interface ManyEntries extends Omit<AuditEntry, 'object' | 'changedFields'> {
  type: string
  objects: { objectId: string; changedFields: string[] }[]
}

/** Appends an entry for each object, in their order, as writeAuditEntry does and in one statement. */
export function writeAuditEntries(
  tx: Tx,
  { actor, action, type, objects, reason, ip, requestId, now }: ManyEntries,
): void {
  const entries = objects.map(({ objectId, changedFields }, seq) => ({
    id: newId(now, seq),
    object_id: objectId,
    changed_fields: changedFields,
  }))
  const entry = sql<{ id: string; object_id: string; changed_fields: string[] }>`
    jsonb_to_recordset(${JSON.stringify(entries)}::jsonb)`
  tx.atCommit(
    tx
      .insertInto('audit_entries')
      .columns([
        'id',
        'object_id',
        'changed_fields',
        'actor_kind',
        'actor_id',
        'action',
        'object_type',
        'reason',
        'ip',
        'request_id',
        'created_at',
        'updated_at',
      ])
      .expression((eb) =>
        eb
          .selectFrom(entry.as<'entry'>(sql`entry (id uuid, object_id text, changed_fields text[])`))
          .select(['id', 'object_id', 'changed_fields'])
          .select([
            sql<string>`${actor.kind}::text`.as('actor_kind'),
            sql<string>`${actor.id}::text`.as('actor_id'),
            sql<string>`${action}::text`.as('action'),
            sql<string>`${type}::text`.as('object_type'),
            sql<string | null>`${reason ?? null}::text`.as('reason'),
            sql<string | null>`${ip}::inet`.as('ip'),
            sql<string>`${requestId}::text`.as('request_id'),
            sql<Date>`${now}::timestamptz`.as('created_at'),
            sql<Date>`${now}::timestamptz`.as('updated_at'),
          ]),
      ),
  )
}

/** Appends an entry to the platform's audit trail, in the transaction of the change as writeAuditEntry does. */
export function writePlatformAuditEntry(tx: PlatformTx, entry: PlatformAuditEntry): void {
  tx.atCommit(
    tx.insertInto('platform_audit_entries').values({
      id: newId(entry.now),
      actor_kind: entry.actor.kind,
      actor_id: entry.actor.id,
      action: entry.action,
      object_type: entry.object.type,
      object_id: entry.object.id,
      subject_tenant_id: entry.subjectTenantId ?? null,
      changed_fields: entry.changedFields,
      reason: entry.reason ?? null,
      ip: entry.ip,
      request_id: entry.requestId,
      created_at: entry.now,
    }),
  )
}
