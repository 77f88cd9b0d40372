import { sql } from 'kysely'
import type { Database, Tx } from '../../db/database.ts'
import type { TenantId } from '../../db/tenant-id.ts'

/** What is wrong with an audit trail, at the first place where anything is. */
export interface AuditFault {
  /**
   * `entry_changed`, `entry_removed`, `entry_slipped_in`: an entry that its seal does not say; `seal_changed`: one that
   * does not bear its own hash; `seal_missing`: one that the next one, or `expect`, tells of.
   */
  kind: 'entry_changed' | 'entry_removed' | 'entry_slipped_in' | 'seal_changed' | 'seal_missing'
  /** The seal where it shows. */
  seal: number
  /** The id of the entry. */
  entry?: string
}

/** How an audit trail stands to its seals. */
export interface AuditVerdict {
  tenant_id: TenantId
  seals: number
  sealed_entries: number
  /** Written since the last seal: nothing is known of them yet. */
  unsealed_entries: number
  /** Of the last seal, in hexadecimal; null without any. */
  last_hash: string | null
  fault: AuditFault | null
}

interface Seal {
  number: string
  from_position: string
  to_position: string
  entry_ids: string[]
  entry_hashes: Buffer[]
  previous_hash: Buffer
  hash: Buffer
  computed_hash: Buffer
}

interface Entry {
  id: string
  hash: Buffer
}

/**
 * Reads a tenant's audit trail along its seals and says where it first differs from what was sealed. One seal is held
 * in memory at a time, and each is read in a transaction of its own: the trail only grows meanwhile.
 * @param expect the hash of a seal that there has to be, such as the last one that the log tells of, in hexadecimal:
 *   that the newest seals were taken away together with their entries cannot be seen otherwise
 * @param onSeal called after each seal
 */
export async function verifyAudit(
  { db }: { db: Database },
  tenantId: TenantId,
  { expect, onSeal }: { expect?: string | undefined; onSeal?: () => void } = {},
): Promise<AuditVerdict> {
  const verdict: AuditVerdict = {
    tenant_id: tenantId,
    seals: 0,
    sealed_entries: 0,
    unsealed_entries: 0,
    last_hash: null,
    fault: null,
  }
  let last: Pick<Seal, 'to_position' | 'hash'> | undefined
  let isExpectedThere = expect === undefined
  while (!verdict.fault) {
    const number = verdict.seals + 1
    const found = await db.withTenant(tenantId, async (tx) => {
      const seal = await findSeal(tx, number)
      return seal && { seal, fault: await findFault(tx, seal, number, last) }
    })
    if (!found) break
    const { seal, fault } = found
    verdict.fault = fault
    if (fault) break
    last = seal
    verdict.seals = number
    verdict.sealed_entries += seal.entry_ids.length
    verdict.last_hash = seal.hash.toString('hex')
    if (verdict.last_hash === expect) isExpectedThere = true
    onSeal?.()
  }
  if (!verdict.fault && !isExpectedThere) verdict.fault = { kind: 'seal_missing', seal: verdict.seals + 1 }
  verdict.unsealed_entries = await db.withTenant(tenantId, (tx) => countSince(tx, last?.to_position ?? '0'))
  return verdict
}

/** The seal of a number, or the next one that there is; with the hash that it should bear. */
async function findSeal(tx: Tx, number: number): Promise<Seal | undefined> {
  const { rows } = await sql<Seal>`
    select s.number, s.from_position, s.to_position, s.entry_ids, s.entry_hashes, s.previous_hash, s.hash,
      app.audit_seal_hash(s.tenant_id, s.id, s.number, s.from_position, s.to_position, s.entry_ids, s.entry_hashes,
        s.previous_hash, s.created_at) as computed_hash
    from audit_seals s where s.number >= ${number}::bigint order by s.number limit 1`.execute(tx)
  return rows[0]
}

async function findFault(
  tx: Tx,
  seal: Seal,
  number: number,
  last: Pick<Seal, 'to_position' | 'hash'> | undefined,
): Promise<AuditFault | null> {
  if (Number(seal.number) !== number) return { kind: 'seal_missing', seal: number }
  if (!seal.hash.equals(seal.computed_hash)) return { kind: 'seal_changed', seal: number }
  const follows = last
    ? seal.previous_hash.equals(last.hash) && seal.from_position === last.to_position
    : seal.previous_hash.equals(beforeTheFirst) && seal.from_position === '0'
  // Of two seals that do not fit each other it is the earlier one that was written anew: what is older was made from it.
  if (!follows) return { kind: 'seal_changed', seal: Math.max(1, number - 1) }
  // Before the first seal there is nothing, wherever an entry is said to stand.
  const { rows } = await sql<Entry>`
    select e.id, app.audit_entry_hash(e) as hash from audit_entries e
    where (${number}::bigint = 1 or e.position >= ${seal.from_position}::bigint)
      and e.position < ${seal.to_position}::bigint
    order by e.position, e.id`.execute(tx)
  const fault = compare(seal, rows)
  return fault && { ...(await describeMoved(tx, fault)), seal: number }
}

/** SHA-256 of nothing: what the first seal names as the one before. */
const beforeTheFirst = Buffer.from('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855', 'hex')

/** The first difference between what a seal says and the entries that stand in its place. */
function compare(seal: Seal, found: readonly Entry[]): Omit<AuditFault, 'seal'> | null {
  const sealed = new Map(seal.entry_ids.map((id, index) => [id, seal.entry_hashes[index]]))
  const there = new Set(found.map(({ id }) => id))
  let next = 0
  for (const { id, hash } of found) {
    // Those of the seal that should stand here and do not.
    while (next < seal.entry_ids.length && !there.has(seal.entry_ids[next] as string)) {
      return { kind: 'entry_removed', entry: seal.entry_ids[next] as string }
    }
    const sealedHash = sealed.get(id)
    if (!sealedHash) return { kind: 'entry_slipped_in', entry: id }
    if (!sealedHash.equals(hash)) return { kind: 'entry_changed', entry: id }
    next++
  }
  const missing = seal.entry_ids[next]
  return missing === undefined ? null : { kind: 'entry_removed', entry: missing }
}

/** An entry that stands elsewhere now was changed, not removed. */
async function describeMoved(tx: Tx, fault: Omit<AuditFault, 'seal'>): Promise<Omit<AuditFault, 'seal'>> {
  if (fault.kind !== 'entry_removed' || !fault.entry) return fault
  const moved = await tx
    .selectFrom('audit_entries')
    .select('id')
    .where('id', '=', fault.entry)
    .executeTakeFirst()
  return moved ? { ...fault, kind: 'entry_changed' } : fault
}

async function countSince(tx: Tx, position: string): Promise<number> {
  const { rows } = await sql<{ n: string }>`
    select count(*) as n from audit_entries where position >= ${position}::bigint`.execute(tx)
  return Number(rows[0]?.n)
}
