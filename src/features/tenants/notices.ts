import { type SqlBool, sql } from 'kysely'
import type { Context } from '../../context.ts'
import type { PlatformTx } from '../../db/database.ts'
import type { TenantId } from '../../db/tenant-id.ts'
import { forEachTenant } from '../../jobs/each-tenant.ts'
import { writeAuditEntry } from '../audit/audit.ts'
import { notify, owners } from '../notifications/notify.ts'
import { graceEnd, graceMs } from './grace-period.ts'
import { lockTenant, type TenantStatus } from './status.ts'
import { mailOwners, type TenantMailTemplate } from './tenant-mails.ts'

const dayMs = 86_400_000

/** What owners are told one after the other, each notice once. */
interface Notices {
  /** Only tenants of this status are told. */
  status: TenantStatus
  /** The instant that the notices are counted from. */
  from: 'trial_ends_at' | 'past_due_since'
  /** The last notice that went out. */
  last: 'trial_notice' | 'past_due_notice'
  series: { name: string; afterMs: number; mail: Exclude<TenantMailTemplate, 'suspended' | 'cancelled'> }[]
}

const ofTrial: Notices = {
  status: 'TRIAL',
  from: 'trial_ends_at',
  last: 'trial_notice',
  series: [
    { name: '3_days', afterMs: -3 * dayMs, mail: 'trial_ending' },
    { name: '1_day', afterMs: -dayMs, mail: 'trial_ending' },
    { name: 'over', afterMs: 0, mail: 'trial_over' },
  ],
}

const ofPayment: Notices = {
  status: 'ACTIVE',
  from: 'past_due_since',
  last: 'past_due_notice',
  series: [
    { name: 'failed', afterMs: 0, mail: 'payment_failed' },
    { name: '3_days', afterMs: graceMs - 3 * dayMs, mail: 'payment_reminder' },
    { name: '1_day', afterMs: graceMs - dayMs, mail: 'payment_reminder' },
  ],
}

/**
 * The job: tells the owners of each tenant whose trial ends soon, or is over. The end of a trial changes nothing else:
 * what is refused from then on the status and the clock decide.
 * @throws Error when it failed for some tenants
 */
export function sendTrialNotices(context: Context): Promise<void> {
  return sendNotices(context, ofTrial)
}

/**
 * Reminds the owners of each tenant whose payment is due.
 * @throws Error when it failed for some tenants
 */
export function sendPaymentNotices(context: Context): Promise<void> {
  return sendNotices(context, ofPayment)
}

/**
 * Tells the owners of the transaction's tenant at once that a payment is due, if it is.
 * @param tx one of withPlatform with this tenantId
 */
export function sendPaymentNotice(tx: PlatformTx, tenantId: TenantId, now: Date): Promise<void> {
  return tell(tx, tenantId, ofPayment, now)
}

/** Sends what is due by now. After a time without jobs only the last notice that is due goes out. */
async function sendNotices(context: Context, notices: Notices): Promise<void> {
  const { status, from, last, series } = notices
  const now = context.clock.now()
  const isDue = series.map(({ afterMs }, index) => {
    const told = series[index - 1]?.name ?? null
    const latest = new Date(now.getTime() - afterMs)
    return sql<SqlBool>`(${sql.ref(last)} is not distinct from ${told} and ${sql.ref(from)} <= ${latest})`
  })
  await forEachTenant(
    context,
    'tenants',
    sql<SqlBool>`status = ${sql.lit(status)} and (${sql.join(isDue, sql` or `)})`,
    (tx, tenantId) => tell(tx, tenantId, notices, now),
  )
}

/** Sends the notice that is due by now, and says it inside the product, too, unless another process has. */
async function tell(tx: PlatformTx, tenantId: TenantId, notices: Notices, now: Date): Promise<void> {
  const { series, last } = notices
  const tenant = await lockTenant(tx, tenantId)
  const from = tenant[notices.from]
  if (tenant.status !== notices.status || !from) return
  const due = series.findLastIndex(({ afterMs }) => from.getTime() + afterMs <= now.getTime())
  const notice = series[due]
  if (!notice || due <= series.findIndex(({ name }) => name === tenant[last])) return
  await tx
    .updateTable('tenants')
    .set({ [last]: notice.name, updated_at: now })
    .where('tenant_id', '=', tenantId)
    .execute()
  await mailOwners(tx, { tenantId, template: notice.mail })
  if (notice.mail !== 'trial_over') {
    // Not of a trial that is over: nothing can be read then before a plan is chosen, and it is true no more after that.
    const date = (notices === ofTrial ? from : graceEnd(from)).toISOString()
    notify(tx, { template: notice.mail, to: { roles: owners }, values: { date }, now })
    return
  }
  writeAuditEntry(tx, {
    actor: { kind: 'system', id: 'trial-notices' },
    action: 'tenant.trial_ended',
    object: { type: 'tenant', id: tenantId },
    changedFields: [last],
    reason: `The trial ended at ${from.toISOString()}`,
    ip: null,
    requestId: 'trial-notices',
    now,
  })
}
