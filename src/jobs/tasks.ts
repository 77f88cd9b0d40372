import type { Context } from '../context.ts'
import { type MailTemplate, renderMail } from '../mail.ts'

/** What each task is given. The queue adds `tenant_id`, the tenant of the transaction that enqueued it, or null. */
export interface TaskPayloads {
  'send-mail': { template: MailTemplate; to: string; locale: string; values: Record<string, string> }
}
export type TaskName = keyof TaskPayloads

/** The tasks by name; each may run more than once for one job. */
export const tasks: {
  [Name in TaskName]: (
    context: Context,
    payload: TaskPayloads[Name] & { tenant_id: string | null },
  ) => Promise<void>
} = {
  'send-mail': async ({ mail }, { template, to, locale, values }) => {
    await mail.send({ to, ...renderMail(template, locale === 'fr' ? 'fr' : 'en', values) })
  },
}
