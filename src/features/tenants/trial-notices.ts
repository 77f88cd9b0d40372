import { type SqlBool, sql } from 'kysely'
import type { Context } from '../../context.ts'
import type { PlatformTx } from '../../db/database.ts'
import type { TenantId } from '../../db/tenant-id.ts'
import { forEachTenant } from '../../jobs/each-tenant.ts'
import { writeAuditEntry } from '../audit/audit.ts'
import { lockTenant } from './status.ts'
import { mailOwners, type TenantMailTemplate } from './tenant-mails.ts'

const dayMs = 86_400_000

/** What owners are told about the end of their trial, in this order, and how long before it. */
const notices: { name: string; beforeEndMs: number; mail: TenantMailTemplate }[] = [
  { name: '3_days', beforeEndMs: 3 * dayMs, mail: 'trial_ending' },
  { name: '1_day', beforeEndMs: dayMs, mail: 'trial_ending' },
  { name: 'over', beforeEndMs: 0, mail: 'trial_over' },
]

/**
 * The job: tells the owners of each tenant whose trial ends soon, or is over, each notice once. After a time without
 * jobs only the last notice that is due goes out. The end of a trial changes nothing else: what is refused from then
 * on the status and the clock decide.
 * @throws Error when it failed for some tenants
 */
export async function sendTrialNotices(context: Context): Promise<void> {
  const now = context.clock.now()
  const isDue = notices.map(({ beforeEndMs }, index) => {
    const told = notices[index - 1]?.name ?? null
    const latestEnd = new Date(now.getTime() + beforeEndMs)
    return sql<SqlBool>`(trial_notice is not distinct from ${told} and trial_ends_at <= ${latestEnd})`
  })
  await forEachTenant(
    context,
    'tenants',
    sql<SqlBool>`status = 'TRIAL' and (${sql.join(isDue, sql` or `)})`,
    (tx, tenantId) => tell(tx, tenantId, now),
  )
}

/** Sends the notice that is due by now, unless another process has. */
async function tell(tx: PlatformTx, tenantId: TenantId, now: Date): Promise<void> {
  const { status, trial_ends_at: end, trial_notice } = await lockTenant(tx, tenantId)
  if (status !== 'TRIAL' || !end) return
  const due = notices.findLastIndex(({ beforeEndMs }) => end.getTime() - now.getTime() <= beforeEndMs)
  const notice = notices[due]
  if (!notice || due <= notices.findIndex(({ name }) => name === trial_notice)) return
  await tx
    .updateTable('tenants')
    .set({ trial_notice: notice.name, updated_at: now })
    .where('tenant_id', '=', tenantId)
    .execute()
  await mailOwners(tx, { tenantId, template: notice.mail })
  if (notice.name !== 'over') return
  writeAuditEntry(tx, {
    actor: { kind: 'system', id: 'trial-notices' },
    action: 'tenant.trial_ended',
    object: { type: 'tenant', id: tenantId },
    changedFields: ['trial_notice'],
    reason: `The trial ended at ${end.toISOString()}`,
    ip: null,
    requestId: 'trial-notices',
    now,
  })
}
