import type { Context } from '../../context.ts'
import type { PlatformTx } from '../../db/database.ts'
import { parseTenantId, type TenantId } from '../../db/tenant-id.ts'
import type { JobInfo } from '../../jobs/job-info.ts'
import { renderMail } from '../../mail-templates.ts'
import type { Role } from '../members/roles.ts'
import { storeToken } from '../sessions/one-time-tokens.ts'

/** The invitation to be sent, of the job's tenant. */
export interface InvitationMail {
  invitation_id: string
  /** When the invitation has another by now, this one is out of date and not sent. */
  token_id: string
}

/**
 * Sends the link of an invitation, in the language of the person where the address is known and else of who invites.
 * Nothing goes out for one that is no longer pending, or was sent again since.
 */
export async function sendInvitation(context: Context, mail: InvitationMail, job: JobInfo): Promise<void> {
  const tenantId = parseTenantId(job.tenantId)
  if (!tenantId) throw new Error('an invitation belongs to a tenant')
  const prepared = await context.db.withPlatform('mail', (tx) => prepare(tx, context, mail, tenantId), {
    tenantId,
  })
  if (!prepared) return
  const { to, locale, token, ...values } = prepared
  const url = `${context.config.appUrl}/accept-invitation?token=${token}`
  const text = renderMail('invitation', locale, { ...values, url })
  await context.mail.send({ to, ...text, messageId: job.messageId })
}

async function prepare(tx: PlatformTx, context: Context, mail: InvitationMail, tenantId: TenantId) {
  const now = context.clock.now()
  const invitation = await tx
    .selectFrom('invitations')
    .innerJoin('tenants', 'tenants.tenant_id', 'invitations.tenant_id')
    .innerJoin('memberships', (join) =>
      join
        .onRef('memberships.tenant_id', '=', 'invitations.tenant_id')
        .onRef('memberships.id', '=', 'invitations.invited_by'),
    )
    .innerJoin('users as inviter', 'inviter.id', 'memberships.user_id')
    .leftJoin('users as invited', 'invited.email', 'invitations.email')
    .select(['invitations.email', 'invitations.role', 'invitations.expires_at', 'tenants.name'])
    .select(['inviter.first_name', 'inviter.last_name', 'inviter.locale', 'invited.locale as own_locale'])
    .where('invitations.id', '=', mail.invitation_id)
    .where('invitations.token_id', '=', mail.token_id)
    .where('invitations.status', '=', 'pending')
    .where('invitations.expires_at', '>', now)
    .executeTakeFirst()
  if (!invitation) return undefined
  const token = await storeToken(tx, context, {
    purpose: 'accept_invitation',
    tokenId: mail.token_id,
    email: invitation.email,
    subject: { tenantId, invitationId: mail.invitation_id },
    expiresAt: invitation.expires_at,
    now,
  })
  return {
    to: invitation.email,
    locale: invitation.own_locale ?? invitation.locale,
    token,
    company_name: invitation.name,
    inviter_name: `${invitation.first_name} ${invitation.last_name}`,
    role: invitation.role as Role,
  }
}
