import type { Context } from '../../context.ts'
import type { Database, PlatformTx } from '../../db/database.ts'
import type { TenantId } from '../../db/tenant-id.ts'
import { AppError } from '../../errors.ts'

/** What a deletion needs. */
export type DeletionTools = Pick<Context, 'db' | 'clock' | 'log' | 'billing'>

/**
 * Runs one step of a deletion, unless all is over; of two that run at once one goes after the other.
 * @returns undefined when all is over
 * @throws AppError 404 `not_found` when nobody asked for the deletion
 */
export function inStep<T>(
  db: Database,
  tenantId: TenantId,
  step: (tx: PlatformTx) => Promise<T>,
): Promise<T | undefined> {
  return db.withPlatform(
    'deletion',
    async (tx) => {
      const certificate = await tx
        .selectFrom('deletion_certificates')
        .select('status')
        .where('subject_tenant_id', '=', tenantId)
        .forUpdate()
        .executeTakeFirst()
      if (!certificate) throw new AppError('not_found')
      return certificate.status === 'done' ? undefined : step(tx)
    },
    { tenantId },
  )
}

/**
 * Does a part of a deletion; when it fails, the certificate says what it waits for until it is tried again.
 * @param waitsFor in words for an operator: what an error says may be of the inside
 * @throws what the work throws
 */
export async function noting<T>(
  { db, log }: DeletionTools,
  tenantId: TenantId,
  waitsFor: string,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work()
  } catch (error) {
    try {
      await inStep(db, tenantId, (tx) => noteWait(tx, tenantId, waitsFor))
    } catch (err) {
      // What went wrong first is what counts.
      log.warn({ err, tenant_id: tenantId }, 'the certificate does not say what the deletion waits for')
    }
    throw error
  }
}

/** Writes into the certificate what keeps the deletion from going on. */
export async function noteWait(tx: PlatformTx, tenantId: TenantId, waitsFor: string): Promise<void> {
  await tx
    .updateTable('deletion_certificates')
    .set({ waits_for: waitsFor })
    .where('subject_tenant_id', '=', tenantId)
    .execute()
}
