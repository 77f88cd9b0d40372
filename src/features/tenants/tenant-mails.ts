import type { Context } from '../../context.ts'
import type { PlatformTx } from '../../db/database.ts'
import { parseTenantId, type TenantId } from '../../db/tenant-id.ts'
import type { JobInfo } from '../../jobs/job-info.ts'
import { enqueueJob } from '../../jobs/queue.ts'
import { renderMail } from '../../mail-templates.ts'
import { graceEnd } from './grace-period.ts'

/** What owners are told about their company. */
export type TenantMailTemplate =
  | 'trial_ending'
  | 'trial_over'
  | 'payment_failed'
  | 'payment_reminder'
  | 'suspended'
  | 'cancelled'

/** What a mail is about. */
type Subject = { template: TenantMailTemplate } | { template: 'support_session'; support_session_id: string }

/** One mail to one owner, of the job's tenant. */
export type TenantMail = Subject & { user_id: string }

/**
 * Has every active owner of the transaction's tenant told, each by a job of their own: one mailbox that refuses keeps
 * nobody else's mail back.
 * @param tx one of withPlatform with this tenantId
 */
export async function mailOwners(
  tx: PlatformTx,
  { tenantId, ...mail }: Subject & { tenantId: TenantId },
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
 * it may have waited for the mail server. That somebody looked inside stays true.
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
      .select(['tenants.status', 'tenants.trial_ends_at', 'tenants.past_due_since'])
      .where('memberships.tenant_id', '=', tenantId)
      .where('memberships.user_id', '=', mail.user_id)
      .where('memberships.role', '=', 'owner')
      .where('memberships.status', '=', 'active')
      .executeTakeFirst(),
  )
  const now = context.clock.now()
  if (!owner) return
  const { email: to, first_name, company_name, locale } = owner
  if (mail.template === 'support_session') {
    const session = await describeSupport(context, tenantId, mail)
    const url = `${context.config.appUrl}/support-sessions`
    const values = { first_name, company_name, ...session, url }
    await context.mail.send({ to, ...renderMail(mail.template, locale, values), messageId: job.messageId })
    return
  }
  if (!isTrueOf(owner, mail.template, now)) return
  const end = endOf(owner, mail.template)
  // Rounded up, since the mail says within how many.
  const days = end ? Math.ceil((end.getTime() - now.getTime()) / 86_400_000) : 0
  const values = { first_name, company_name, days, url: `${context.config.appUrl}/billing` }
  await context.mail.send({ to, ...renderMail(mail.template, locale, values), messageId: job.messageId })
}

/** Who looks inside, why and for how long, and the time zone of who is told. */
async function describeSupport(
  context: Context,
  tenantId: TenantId,
  { support_session_id, user_id }: { support_session_id: string; user_id: string },
) {
  const found = await context.db.withPlatform(
    'mail',
    (tx) =>
      tx
        .selectFrom('support_sessions as session')
        .innerJoin('memberships as member', 'member.tenant_id', 'session.tenant_id')
        .innerJoin('tenant_settings as settings', 'settings.tenant_id', 'session.tenant_id')
        .select(['session.super_admin_email', 'session.reason', 'session.is_read_only'])
        .select(['session.created_at', 'session.expires_at'])
        .select((eb) => eb.fn.coalesce('member.time_zone', 'settings.time_zone').as('time_zone'))
        .where('session.id', '=', support_session_id)
        .where('session.tenant_id', '=', tenantId)
        .where('member.user_id', '=', user_id)
        .executeTakeFirstOrThrow(),
    { tenantId },
  )
  const { created_at: from, expires_at: to, ...session } = found
  const minutes = Math.round((to.getTime() - from.getTime()) / 60_000)
  return { ...session, minutes, from: from.toISOString() }
}

interface StateOfTenant {
  status: string
  trial_ends_at: Date | null
  past_due_since: Date | null
}

const isOfPayment = (template: TenantMailTemplate) =>
  template === 'payment_failed' || template === 'payment_reminder'

/** When what the mail is about ends. */
function endOf({ trial_ends_at, past_due_since }: StateOfTenant, template: TenantMailTemplate): Date | null {
  return isOfPayment(template) ? past_due_since && graceEnd(past_due_since) : trial_ends_at
}

function isTrueOf(tenant: StateOfTenant, template: TenantMailTemplate, now: Date): boolean {
  const end = endOf(tenant, template)
  const isOver = end === null || end <= now
  if (isOfPayment(template)) return tenant.status === 'ACTIVE' && !isOver
  if (template === 'suspended') return tenant.status === 'SUSPENDED'
  if (template === 'cancelled') return tenant.status === 'CANCELLED'
  return tenant.status === 'TRIAL' && isOver === (template === 'trial_over')
}
