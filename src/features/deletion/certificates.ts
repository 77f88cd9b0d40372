import { sql } from 'kysely'
import type { PlatformTx } from '../../db/database.ts'
import { decodeCursor, encodeCursor } from '../../db/keyset.ts'
import type { TenantId } from '../../db/tenant-id.ts'
import { AppError } from '../../errors.ts'

/** Rows of a tenant in one table, before its deletion and after it. */
export interface CountedTable {
  table: string
  /** Null where there was no such table yet. */
  before: number | null
  /** Null until all is over. */
  after: number | null
  /** Why what is left stays; null where nothing does. */
  kept: string | null
}

/** How the deletion of a tenant stands, and in the end the proof of it. */
export interface Certificate {
  id: string
  tenant_id: string
  status: 'running' | 'done'
  requested_by: { kind: string; id: string }
  reason: string
  requested_at: Date
  completed_at: Date | null
  /** What keeps it from going on, where something does. */
  waits_for: string | null
  /** How many rows there are to delete, but for those of people; null until they are counted. */
  rows_total: number | null
  rows_deleted: number
  /** People who belonged to no other tenant. */
  users_deleted: number
  jobs_deleted: number
  /** What the sealed part of its audit trail ended with. */
  last_seal_hash: string | null
}

/** With every table of the catalogue that has rows of tenants, or names one. */
export type FullCertificate = Certificate & { tables: CountedTable[] }

const columns = [
  'id',
  'subject_tenant_id as tenant_id',
  'status',
  'requested_by_kind',
  'requested_by_id',
  'reason',
  'requested_at',
  'completed_at',
  'waits_for',
  'rows_deleted',
  'users_deleted',
  'jobs_deleted',
  'last_seal_hash',
  'counts_before',
  'counts_after',
  'kept',
] as const

type Counts = Record<string, number>

/**
 * One certificate.
 * @throws AppError 404 `not_found`
 */
export async function getCertificate(tx: PlatformTx, id: string): Promise<FullCertificate> {
  const row = await selectCertificates(tx).where('id', '=', id).executeTakeFirst()
  if (!row) throw new AppError('not_found')
  return withTables(row)
}

/** The certificate of a tenant that is being deleted, or was; undefined for any other. */
export async function findCertificateOf(
  tx: PlatformTx,
  tenantId: TenantId,
): Promise<FullCertificate | undefined> {
  const row = await selectCertificates(tx).where('subject_tenant_id', '=', tenantId).executeTakeFirst()
  return row && withTables(row)
}

const sort = '-requested_at'

/**
 * The certificates of a page and one more, what was asked for last first.
 * @throws AppError 400 `invalid_request` for a cursor that is none
 */
export async function listCertificates(
  tx: PlatformTx,
  { limit, cursor }: { limit: number; cursor?: string | undefined },
): Promise<Certificate[]> {
  let query = selectCertificates(tx)
    .orderBy('requested_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit + 1)
  if (cursor !== undefined) {
    const { value, id } = decodeCursor(cursor, sort, 'instant')
    query = query.where(sql<boolean>`(requested_at, id) < (${new Date(value)}, ${id}::uuid)`)
  }
  return (await query.execute()).map(toCertificate)
}

/** The cursor behind a certificate in the list. */
export function certificateCursor({ id, requested_at }: Certificate): string {
  return encodeCursor(sort, { value: requested_at.toISOString(), id })
}

function selectCertificates(tx: PlatformTx) {
  return tx.selectFrom('deletion_certificates').select(columns)
}

type Row = Awaited<ReturnType<ReturnType<typeof selectCertificates>['executeTakeFirstOrThrow']>>

function toCertificate(row: Row): Certificate {
  const {
    requested_by_kind,
    requested_by_id,
    counts_before,
    counts_after: _,
    kept: keptTables,
    ...rest
  } = row
  const kept = (keptTables ?? {}) as Record<string, string>
  const before = counts_before as Counts | null
  const going = before && Object.entries(before).filter(([table]) => !(table in kept))
  return {
    ...rest,
    status: row.status as Certificate['status'],
    requested_by: { kind: requested_by_kind, id: requested_by_id },
    rows_total: going?.reduce((sum, [, rows]) => sum + rows, 0) ?? null,
    rows_deleted: Number(row.rows_deleted),
    users_deleted: Number(row.users_deleted),
    jobs_deleted: Number(row.jobs_deleted),
  }
}

function withTables(row: Row): FullCertificate {
  const [before, after, kept] = [row.counts_before, row.counts_after, row.kept].map((each) => each ?? {})
  const names = Object.keys({ ...(before as Counts), ...(after as Counts) })
  const tables = names.toSorted().map((table) => ({
    table,
    before: (before as Counts)[table] ?? null,
    after: (after as Counts)[table] ?? null,
    kept: (kept as Record<string, string>)[table] ?? null,
  }))
  return { ...toCertificate(row), tables }
}
