import type { Context } from '../context.ts'
import { type AccountMail, sendAccountMail } from '../features/accounts/account-mails.ts'
import { sealAudit } from '../features/audit/seal-audit.ts'
import { reconcileBilling } from '../features/billing/reconcile-billing.ts'
import { syncBillingJob } from '../features/billing/sync-billing.ts'
import { expireOverdueCredits } from '../features/credits/expire-credits.ts'
import { deleteTenantJob } from '../features/deletion/delete-tenant.ts'
import { recountSeats } from '../features/invitations/recount-seats.ts'
import { type InvitationMail, sendInvitation } from '../features/invitations/send-invitation.ts'
import { endGrace } from '../features/tenants/grace.ts'
import { sendPaymentNotices, sendTrialNotices } from '../features/tenants/notices.ts'
import { sendTenantMail, type TenantMail } from '../features/tenants/tenant-mails.ts'
import { forgetExpired } from './forget-expired.ts'
import type { JobInfo } from './job-info.ts'

/** What each task is given. The queue adds `tenant_id`, the tenant of the transaction that enqueued it, or null. */
export interface TaskPayloads {
  'send-account-mail': AccountMail
  'send-invitation': InvitationMail
  'send-tenant-mail': TenantMail
  'sync-billing': object
  'delete-tenant': object
  'reconcile-billing': object
  'seal-audit': object
  'trial-notices': object
  'payment-notices': object
  'grace-over': object
  'recount-seats': object
  'expire-credits': object
  'forget-expired': object
}
export type TaskName = keyof TaskPayloads

/** The tasks by name; each may run more than once for one job. */
export const tasks: {
  [Name in TaskName]: (context: Context, payload: TaskPayloads[Name], job: JobInfo) => Promise<void>
} = {
  'send-account-mail': sendAccountMail,
  'send-invitation': sendInvitation,
  'send-tenant-mail': sendTenantMail,
  'sync-billing': syncBillingJob,
  'delete-tenant': deleteTenantJob,
  'reconcile-billing': reconcileBilling,
  'seal-audit': sealAudit,
  'trial-notices': sendTrialNotices,
  'payment-notices': sendPaymentNotices,
  'grace-over': endGrace,
  'recount-seats': recountSeats,
  'expire-credits': expireOverdueCredits,
  'forget-expired': forgetExpired,
}

/**
 * What runs by itself, as a crontab in UTC. It only wakes the tasks: what is due they see by the context's clock, so
 * after a time without jobs one run makes up for all. Where the next run is soon, that is the next attempt, too: what
 * failed is replaced by it instead of being tried again beside it. Of a queue one runs at a time: a run that takes long
 * keeps the next one waiting.
 */
export const crontab = `
* * * * * seal-audit ?jobKey=seal-audit&max=1
*/5 * * * * trial-notices ?jobKey=trial-notices&max=1
*/5 * * * * payment-notices ?jobKey=payment-notices&max=1
*/5 * * * * grace-over ?jobKey=grace-over&max=1
41 * * * * recount-seats ?jobKey=recount-seats&max=1
*/5 * * * * expire-credits ?jobKey=expire-credits&max=1
53 * * * * reconcile-billing ?jobKey=reconcile-billing&queue=reconcile-billing&max=1
17 * * * * forget-expired`
