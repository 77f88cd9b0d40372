import type { Context } from '../../context.ts'
import type { PlatformTx } from '../../db/database.ts'
import type { JobInfo } from '../../jobs/job-info.ts'
import { enqueueJob } from '../../jobs/queue.ts'
import type { Message } from '../../mail.ts'
import { renderMail } from '../../mail-templates.ts'
import type { Role } from '../members/roles.ts'
import { newTokenId, oneTimePurposes, storeToken } from '../sessions/one-time-tokens.ts'
import { findPerson, type Person } from './people.ts'

/** What a mail's link proves or allows. */
type LinkPurpose = 'verify_email' | 'reset_password'

/**
 * The token of a mail's link. It counts from when the mail was asked for: a job that runs late, or once more, brings
 * none back that is over.
 */
interface MailedToken {
  token_id: string
  token_expires_at: string
}

/** A mail to the person of an address, if there is one: who asks for it need not know. */
export type AccountMail =
  | ({ template: 'welcome'; email: string; company_name: string } & MailedToken)
  | ({ template: 'member_added'; email: string; company_name: string; role: Role } & MailedToken)
  | ({ template: LinkPurpose; email: string } & MailedToken)
  | { template: 'password_changed'; email: string }

/** Nobody asked for a first password, and nobody waits for it: they have as long as who was invited. */
const firstPasswordMs = oneTimePurposes.accept_invitation.ms

/** A token for a first password, mailed to somebody of whom an operator made a member. */
export function newFirstPasswordToken(now: Date): MailedToken {
  return newMailedToken('reset_password', now, firstPasswordMs)
}

/** A token for a mail that is asked for now. */
export function newMailedToken(
  purpose: LinkPurpose,
  now: Date,
  ms: number = oneTimePurposes[purpose].ms,
): MailedToken {
  const expiresAt = new Date(now.getTime() + ms)
  return { token_id: newTokenId(now), token_expires_at: expiresAt.toISOString() }
}

/**
 * Has a link mailed to the person of an address. Whether there is one, the job finds out: the caller waits as long,
 * and is answered the same, for an address that nobody has (OWASP Forgot Password Cheat Sheet).
 */
export async function askForLink(context: Context, template: LinkPurpose, email: string): Promise<void> {
  const token = newMailedToken(template, context.clock.now())
  await context.db.withPlatform('account', (tx) =>
    enqueueJob(tx, 'send-account-mail', { template, email, ...token }),
  )
}

/** The job: composes the mail in the person's language and sends it, unless there is nobody or no need any more. */
export async function sendAccountMail(context: Context, mail: AccountMail, job: JobInfo): Promise<void> {
  const message = await context.db.withPlatform('mail', async (tx) => {
    const person = await findPerson(tx, { email: mail.email })
    return person && compose(tx, context, mail, person, job)
  })
  if (message) await context.mail.send({ ...message, messageId: job.messageId })
}

async function compose(
  tx: PlatformTx,
  context: Context,
  mail: AccountMail,
  person: Person,
  job: JobInfo,
): Promise<Omit<Message, 'messageId'> | undefined> {
  const { email: to, first_name, locale } = person
  switch (mail.template) {
    case 'welcome': {
      const { company_name } = mail
      const verify_url = person.isVerified ? null : await makeLink(tx, context, 'verify_email', mail, person)
      const tenant_id = String(job.tenantId)
      return { to, ...renderMail('welcome', locale, { first_name, company_name, tenant_id, verify_url }) }
    }
    case 'member_added': {
      const { company_name, role } = mail
      // Whoever has confirmed their address has chosen a password.
      const url = person.isVerified ? null : await makeLink(tx, context, 'reset_password', mail, person)
      const tenant_id = String(job.tenantId)
      const values = { first_name, company_name, tenant_id, role, url }
      return { to, ...renderMail('member_added', locale, values) }
    }
    case 'verify_email': {
      // The address may be proven in another way by now, and a company of theirs wait all the same.
      if (person.isVerified && !person.pendingTenantId) return undefined
      const url = await makeLink(tx, context, mail.template, mail, person)
      return url === null ? undefined : { to, ...renderMail('verify_email', locale, { first_name, url }) }
    }
    case 'reset_password': {
      const url = await makeLink(tx, context, mail.template, mail, person)
      return url === null ? undefined : { to, ...renderMail('reset_password', locale, { first_name, url }) }
    }
    case 'password_changed':
      return { to, ...renderMail('password_changed', locale, { first_name }) }
  }
}

/** Where the links lead in the application: APP_URL and one of these. */
const paths = { verify_email: 'verify-email', reset_password: 'reset-password' }

/** A link with its token, which is stored; null when it is over already, since the mail waited for so long. */
async function makeLink(
  tx: PlatformTx,
  context: Context,
  purpose: LinkPurpose,
  { token_id: tokenId, token_expires_at }: MailedToken,
  { id: userId, email }: Person,
): Promise<string | null> {
  const now = context.clock.now()
  const expiresAt = new Date(token_expires_at)
  if (expiresAt <= now) return null
  const token = await storeToken(tx, context, {
    purpose,
    tokenId,
    email,
    subject: { userId },
    expiresAt,
    now,
  })
  return `${context.config.appUrl}/${paths[purpose]}?token=${token}`
}
