import type { Context } from '../../context.ts'
import type { PlatformTx } from '../../db/database.ts'
import { parseTenantId, type TenantId } from '../../db/tenant-id.ts'
import type { JobInfo } from '../../jobs/job-info.ts'
import { enqueueJob } from '../../jobs/queue.ts'
import { renderMail } from '../../mail-templates.ts'

/** What owners are told about their company. */
export type TenantMailTemplate = 'trial_ending' | 'trial_over' | 'suspended' | 'cancelled'

/** One mail to one owner, of the job's tenant. */
export interface TenantMail {
  template: TenantMailTemplate
  user_id: string
}

/**
 * Has every active owner of the transaction's tenant told, each by a job of their own: one mailbox that refuses keeps
 * nobody else's mail back.
 * @param tx one of withPlatform with this tenantId
 */
export async function mailOwners(
  tx: PlatformTx,
  { tenantId, ...mail }: Omit<TenantMail, 'user_id'> & { tenantId: TenantId },
): Promise<void> {
  const owners = await tx
    .selectFrom('memberships')
    .select('user_id')
    .where('tenant_id', '=', tenantId)
    .where('role', '=', 'owner')
    .where('status', '=', 'active')
    .orderBy('id')
    .execute()
  for (const { user_id } of owners) await enqueueJob(tx, 'send-tenant-mail', { ...mail, user_id })
}

/**
 * The job: sends the mail in the owner's language, unless they are no owner any more or what it says is true no more:
 * it may have waited for the mail server.
 */
export async function sendTenantMail(context: Context, mail: TenantMail, job: JobInfo): Promise<void> {
  const tenantId = parseTenantId(job.tenantId)
  if (!tenantId) throw new Error('this mail is about a tenant')
  const owner = await context.db.withPlatform('mail', (tx) =>
    tx
      .selectFrom('memberships')
      .innerJoin('users', 'users.id', 'memberships.user_id')
      .innerJoin('tenants', 'tenants.tenant_id', 'memberships.tenant_id')
      .select(['users.email', 'users.first_name', 'users.locale', 'tenants.name as company_name'])
      .select(['tenants.status', 'tenants.trial_ends_at'])
      .where('memberships.tenant_id', '=', tenantId)
      .where('memberships.user_id', '=', mail.user_id)
      .where('memberships.role', '=', 'owner')
      .where('memberships.status', '=', 'active')
      .executeTakeFirst(),
  )
  const now = context.clock.now()
  if (!owner || !isTrueOf(owner, mail.template, now)) return
  const { email: to, first_name, company_name, locale, trial_ends_at } = owner
  // Rounded up, since the mail says within how many.
  const days = trial_ends_at ? Math.ceil((trial_ends_at.getTime() - now.getTime()) / 86_400_000) : 0
  const values = { first_name, company_name, days, url: `${context.config.appUrl}/billing` }
  await context.mail.send({ to, ...renderMail(mail.template, locale, values), messageId: job.messageId })
}

function isTrueOf(
  { status, trial_ends_at }: { status: string; trial_ends_at: Date | null },
  template: TenantMailTemplate,
  now: Date,
): boolean {
  if (template === 'suspended') return status === 'SUSPENDED'
  if (template === 'cancelled') return status === 'CANCELLED'
  const isOver = trial_ends_at === null || trial_ends_at <= now
  return status === 'TRIAL' && isOver === (template === 'trial_over')
}
