import { z } from 'zod'
import { toPage } from '../../db/keyset.ts'
import { originOf } from '../../http/address.ts'
import { created, noContent, ok, route } from '../../http/route.ts'
import { emailSchema, idParams, nameSchema, pageOf, pageQuery, timestampSchema } from '../../http/schemas.ts'
import { type Claims, memberOf } from '../members/access.ts'
import { roles } from '../members/roles.ts'
import { loginSchema, passwordSchema } from '../sessions/schemas.ts'
import { acceptInvitation } from './accept-invitation.ts'
import {
  createInvitation,
  invitationCursor,
  invitationStatuses,
  listInvitations,
  resendInvitation,
  revokeInvitation,
} from './invitations.ts'

const invitationAnswer = z.strictObject({
  id: z.uuid(),
  email: z.string(),
  role: z.enum(roles),
  status: z.enum(invitationStatuses),
  /** Null when the person is no member any more; the invitation cannot be accepted then, until it is sent again. */
  invited_by: z.uuid().nullable(),
  created_at: timestampSchema,
  expires_at: timestampSchema,
  accepted_at: timestampSchema.nullable(),
})

const group = { permission: 'invitations:manage' } as const
/** Each writes to somebody who has not asked for it. */
const accountLimit = { name: 'invitation_mail', of: ({ tenantId }: Claims) => tenantId } as const

export const invitationRoutes = [
  route({
    ...group,
    scope: 'read',
    method: 'GET',
    path: '/v1/invitations',
    summary: 'List invitations, newest first',
    query: z.strictObject({ ...pageQuery, status: z.enum(invitationStatuses).optional() }),
    response: { status: 200, body: pageOf(invitationAnswer) },
    handler: async ({ context, input, read }) => {
      const now = context.clock.now()
      const { rows } = await read((queries) => listInvitations(queries, input.query, now))
      return ok(toPage(rows, input.query.limit, invitationCursor))
    },
  }),

  route({
    ...group,
    scope: 'write',
    method: 'POST',
    path: '/v1/invitations',
    summary: 'Invite an address into the tenant, by mail',
    caller: 'member',
    accountLimit,
    audit: { action: 'invitation.created', objectType: 'invitation' },
    // A pending invitation holds a seat.
    limits: { users: 1 },
    body: z.strictObject({ email: emailSchema, role: z.enum(roles) }),
    response: { status: 201, body: invitationAnswer },
    errors: ['role_too_high', 'already_member', 'already_invited', 'limit_reached', 'payment_required'],
    handler: async ({ context, input, tx, principal }) => {
      const invitation = await createInvitation(tx, input.body, memberOf(principal), context.clock.now())
      return created(invitation, { objectId: invitation.id, changedFields: Object.keys(input.body) })
    },
  }),

  route({
    ...group,
    scope: 'write',
    method: 'POST',
    path: '/v1/invitations/:id/resend',
    summary: 'Send a pending or expired invitation again, with a new link and another seven days',
    caller: 'member',
    accountLimit,
    audit: { action: 'invitation.resent', objectType: 'invitation' },
    params: idParams,
    response: { status: 200, body: invitationAnswer },
    errors: [
      'not_found',
      'role_too_high',
      'conflict',
      'already_member',
      'already_invited',
      'limit_reached',
      'payment_required',
    ],
    handler: async ({ context, input, tx, principal }) => {
      const sender = memberOf(principal)
      const invitation = await resendInvitation(tx, input.params.id, sender, context.clock.now())
      return ok(invitation, {
        objectId: invitation.id,
        changedFields: ['status', 'invited_by', 'expires_at'],
      })
    },
  }),

  route({
    ...group,
    scope: 'write',
    method: 'DELETE',
    path: '/v1/invitations/:id',
    summary: 'Revoke a pending invitation',
    audit: { action: 'invitation.revoked', objectType: 'invitation' },
    params: idParams,
    response: { status: 204 },
    errors: ['not_found', 'conflict'],
    handler: async ({ context, input, tx }) => {
      await revokeInvitation(tx, input.params.id, context.clock.now())
      return noContent({ objectId: input.params.id, changedFields: ['status'] })
    },
  }),

  route({
    scope: 'open',
    method: 'POST',
    path: '/auth/accept-invitation',
    summary:
      'Join the tenant of an invitation: a new person with names and a password to be, others with their password',
    rateLimit: 'token',
    // By token, so that only who has one can use it up.
    accountLimit: { name: 'invitation', of: ({ body }) => body.token },
    body: z.strictObject({
      token: z.string().max(1000),
      first_name: nameSchema.optional(),
      last_name: nameSchema.optional(),
      password: passwordSchema.optional(),
    }),
    response: { status: 200, body: loginSchema },
    errors: [
      'token_invalid',
      'invalid_credentials',
      'already_member',
      'email_taken',
      'conflict',
      'overloaded',
    ],
    handler: async ({ context, input, request }) =>
      ok(await acceptInvitation(context, input.body, originOf(request))),
  }),
]
