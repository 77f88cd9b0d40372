import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import type { Context } from '../../context.ts'
import type { Database, PlatformTx } from '../../db/database.ts'
import { parseTenantId, type TenantId } from '../../db/tenant-id.ts'
import { AppError } from '../../errors.ts'
import type { JobInfo } from '../../jobs/job-info.ts'
import { writePlatformAuditEntry } from '../audit/audit.ts'
import type { ActOnTenant } from '../tenants/admin.ts'
import { recordChange } from '../tenants/history.ts'
import { type FullCertificate, findCertificateOf } from './certificates.ts'
import { claimCustomer, endBilling } from './end-billing.ts'
import { requestDeletion } from './request-deletion.ts'
import { type DeletionTools, inStep, noting } from './steps.ts'
import { countDeletion, countTenantRows, forgetJobs, purgeBatch, purgeUsers } from './tenant-rows.ts'

/** So many rows go in one transaction: milliseconds, in which nothing of other tenants is locked. */
const batchRows = 1_000
/** How often it is looked whether those inside have ended, and for how long: by then the database has ended them. */
const pollMs = 20
const longestWaitMs = 30_000
/** So many batches may come in between before the last transaction leaves them to others again. */
const lastBatches = 20

/** The job: deletes its tenant, or goes on with that. */
export async function deleteTenantJob(context: Context, _payload: object, job: JobInfo): Promise<void> {
  const tenantId = parseTenantId(job.tenantId)
  if (!tenantId) throw new Error('a deletion is of a tenant')
  await performDeletion(context, tenantId)
}

/**
 * Deletes a tenant here and now, from the request to the certificate; the job of the request finds nothing to do then,
 * or goes on where this was interrupted.
 * @param onRows is told of rows that were deleted, as it goes
 * @throws AppError 404 `not_found`, also for a tenant that was deleted; as performDeletion
 */
export async function deleteTenant(
  tools: DeletionTools,
  { reason, ...act }: ActOnTenant & { reason: string },
  onRows?: (rows: number) => void,
): Promise<FullCertificate> {
  const { tenantId } = act
  await tools.db.withPlatform('deletion', (tx) => requestDeletion(tx, reason, act), { tenantId })
  return performDeletion(tools, tenantId, onRows)
}

/**
 * What deleting a tenant would delete, table by table.
 * @param withinMs how long counting may take; without it, as long as it takes
 * @throws AppError 404 `not_found`, also for a tenant that was deleted; 503 `overloaded` when counting takes longer
 */
export function previewDeletion({ db }: Pick<DeletionTools, 'db'>, tenantId: TenantId, withinMs?: number) {
  return db.withPlatform(
    'deletion',
    async (tx) => {
      const tenant = await tx
        .selectFrom('tenants')
        .select('status')
        .where('tenant_id', '=', tenantId)
        .where('status', '<>', 'DELETED')
        .executeTakeFirst()
      if (!tenant) throw new AppError('not_found')
      return { tenant_id: tenantId, status: tenant.status, ...(await countDeletion(tx, withinMs)) }
    },
    { tenantId },
  )
}

/**
 * Deletes every row of a tenant whose deletion was asked for, and leaves its id and a certificate. It may be killed
 * anywhere and begun again, and run twice at once: each step looks at what is there. Nobody else waits: rows go in
 * batches, each in its own transaction.
 * @returns the certificate, also when all was over before
 * @throws AppError 404 `not_found` when nobody asked for it; what Stripe's client throws, as long as the subscription
 *   may still be charged; what the database throws
 */
export async function performDeletion(
  tools: DeletionTools,
  tenantId: TenantId,
  onRows?: (rows: number) => void,
): Promise<FullCertificate> {
  const { db, log } = tools
  const find = () => db.withPlatform('deletion', (tx) => findCertificateOf(tx, tenantId))
  const requested = await find()
  if (!requested) throw new AppError('not_found')
  if (requested.status === 'done') return requested
  await noting(tools, tenantId, 'Whoever is still inside the tenant, to end', () =>
    waitForRequests(db, tenantId),
  )
  await noting(tools, tenantId, 'The database, to count the rows, which has failed', () =>
    inStep(db, tenantId, (tx) => countBefore(tx, tenantId)),
  )
  await endBilling(tools, tenantId)
  await noting(tools, tenantId, 'The database, to delete the rows, which has failed', async () => {
    for (;;) {
      const rows = await inStep(db, tenantId, (tx) => purgeNext(tx, tenantId))
      if (rows !== undefined) {
        onRows?.(rows)
        continue
      }
      if ((await inStep(db, tenantId, (tx) => finish(tx, tenantId, tools.clock.now()))) !== false) break
      await sleep(pollMs)
    }
  })
  log.info({ tenant_id: tenantId }, 'tenant deleted')
  return (await find()) as FullCertificate
}

/**
 * Waits for whoever was let into the tenant before its deletion was asked for: each of them holds its row against this
 * until they have ended, and nobody else is let in.
 * @throws Error when one of them takes long
 */
async function waitForRequests(db: Database, tenantId: TenantId): Promise<void> {
  for (let polls = 0; polls < longestWaitMs / pollMs; polls++) {
    if (await db.withPlatform('deletion', (tx) => holdAlone(tx, tenantId), { tenantId })) return
    await sleep(pollMs)
  }
  throw new Error('a request inside the tenant has not ended yet')
}

/**
 * Holds the tenant's row if nobody else does. It does not stand in line for it: whoever holds the row and has to wait for
 * more of it would stand behind.
 */
async function holdAlone(tx: PlatformTx, tenantId: TenantId): Promise<boolean> {
  const held = await tx
    .selectFrom('tenants')
    .select('tenant_id')
    .where('tenant_id', '=', tenantId)
    .forUpdate()
    .skipLocked()
    .executeTakeFirst()
  return held !== undefined
}

async function countBefore(tx: PlatformTx, tenantId: TenantId): Promise<void> {
  const uncounted = await tx
    .selectFrom('deletion_certificates')
    .select('id')
    .where('subject_tenant_id', '=', tenantId)
    .where('counts_before', 'is', null)
    .executeTakeFirst()
  if (!uncounted) return
  await claimCustomer(tx, tenantId)
  const tables = await countTenantRows(tx, { withBytes: false })
  const counts = Object.fromEntries(tables.map(({ table, rows }) => [table, rows]))
  const kept = Object.fromEntries(tables.flatMap(({ table, kept }) => (kept === null ? [] : [[table, kept]])))
  const lastSeal = await tx
    .selectFrom('audit_seals')
    .select('hash')
    .where('tenant_id', '=', tenantId)
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirst()
  await tx
    .updateTable('deletion_certificates')
    .set({
      counts_before: JSON.stringify(counts),
      kept: JSON.stringify(kept),
      last_seal_hash: lastSeal?.hash.toString('hex') ?? null,
    })
    .where('id', '=', uncounted.id)
    .execute()
}

/** @returns how many rows went; undefined when none are left */
async function purgeNext(tx: PlatformTx, tenantId: TenantId): Promise<number | undefined> {
  const batch = await purgeBatch(tx, batchRows)
  if (!batch) return undefined
  const { users, jobs } = await purgeUsers(tx, batch.userIds)
  await tx
    .updateTable('deletion_certificates')
    .set({
      waits_for: null,
      rows_deleted: sql<string>`rows_deleted + ${batch.rows}`,
      users_deleted: sql<string>`users_deleted + ${users}`,
      jobs_deleted: sql<string>`jobs_deleted + ${jobs}`,
    })
    .where('subject_tenant_id', '=', tenantId)
    .execute()
  return batch.rows
}

/**
 * The last transaction: nobody else holds the tenant's row, so what came in between goes, all tables are counted and
 * found empty, and certificate and tombstone are written, or nothing of it happens.
 * @returns false when somebody else holds the row, or more is to go first: people are not waited for while it is held
 */
async function finish(tx: PlatformTx, tenantId: TenantId, now: Date): Promise<boolean> {
  if (!(await holdAlone(tx, tenantId))) return false
  const members = await tx
    .selectFrom('memberships')
    .select('id')
    .where('tenant_id', '=', tenantId)
    .limit(1)
    .execute()
  if (members.length > 0) return false
  let rows = 0
  for (let batches = 0; ; batches++) {
    if (batches === lastBatches) return false
    const batch = await purgeBatch(tx, batchRows)
    if (!batch) break
    rows += batch.rows
  }
  const jobs = await forgetJobs(tx)
  await leaveTombstone(tx, tenantId, now)
  const cause = 'Every row was deleted'
  recordChange(tx, {
    tenantId,
    field: 'status',
    from: 'DELETING',
    to: 'DELETED',
    agent: 'system',
    cause,
    now,
  })
  writePlatformAuditEntry(tx, {
    actor: { kind: 'system', id: 'delete-tenant' },
    action: 'tenant.deleted',
    object: { type: 'tenant', id: tenantId },
    subjectTenantId: tenantId,
    changedFields: ['status'],
    reason: cause,
    ip: null,
    requestId: 'delete-tenant',
    now,
  })
  // Behind the two, so that it counts them, too.
  tx.atCommit(
    tx
      .updateTable('deletion_certificates')
      .set({
        status: 'done',
        waits_for: null,
        rows_deleted: sql<string>`rows_deleted + ${rows}`,
        jobs_deleted: sql<string>`jobs_deleted + ${jobs}`,
        counts_after: sql`(select jsonb_object_agg(c.table_name, c.row_count) from app.count_tenant_rows() c)`,
        completed_at: now,
      })
      .where('subject_tenant_id', '=', tenantId),
  )
  return true
}

/** What stays of a tenant: its id, and what statistics count. */
async function leaveTombstone(tx: PlatformTx, tenantId: TenantId, now: Date): Promise<void> {
  await tx
    .updateTable('tenants')
    .set({
      name: tenantId,
      company_email: null,
      admin_email: null,
      phone: null,
      metadata: '{}',
      status: 'DELETED',
      status_reason: null,
      status_set_by: 'system',
      status_changed_at: now,
      limit_overrides: '{}',
      module_overrides: '{}',
      trial_ends_at: null,
      trial_notice: null,
      past_due_since: null,
      past_due_notice: null,
      updated_at: now,
    })
    .where('tenant_id', '=', tenantId)
    .execute()
}
