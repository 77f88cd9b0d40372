import type { Context } from '../context.ts'
import { type AccountMail, sendAccountMail } from '../features/accounts/account-mails.ts'
import { type InvitationMail, sendInvitation } from '../features/invitations/send-invitation.ts'
import { forgetExpired } from './forget-expired.ts'
import type { JobInfo } from './job-info.ts'

/** What each task is given. The queue adds `tenant_id`, the tenant of the transaction that enqueued it, or null. */
export interface TaskPayloads {
  'send-account-mail': AccountMail
  'send-invitation': InvitationMail
  'forget-expired': object
}
export type TaskName = keyof TaskPayloads

/** The tasks by name; each may run more than once for one job. */
export const tasks: {
  [Name in TaskName]: (context: Context, payload: TaskPayloads[Name], job: JobInfo) => Promise<void>
} = {
  'send-account-mail': sendAccountMail,
  'send-invitation': sendInvitation,
  'forget-expired': forgetExpired,
}

/** What runs by itself, as a crontab in UTC. */
export const crontab = '17 * * * * forget-expired'
