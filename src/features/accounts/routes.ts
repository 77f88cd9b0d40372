import { z } from 'zod'
import { originOf } from '../../http/address.ts'
import { forgetFailedLogins } from '../../http/rate-limits.ts'
import { noContent, type Reply, route } from '../../http/route.ts'
import { emailSchema } from '../../http/schemas.ts'
import { userOf } from '../members/access.ts'
import { passwordSchema, passwordText } from '../sessions/schemas.ts'
import { askForLink } from './account-mails.ts'
import { changePassword, resetPassword } from './new-password.ts'
import { verifyEmail } from './verification.ts'

/** A token of a mail, of any length that is worth reading: whatever is none of ours is answered alike. */
const mailedToken = z.string().max(200)
const addressBody = z.strictObject({ email: emailSchema })

/** Taken note of, whether or not anybody has that address. */
const accepted: Reply = { status: 202 }

export const accountRoutes = [
  route({
    scope: 'open',
    method: 'POST',
    path: '/auth/forgot-password',
    summary: 'Have a link mailed with which to choose a new password',
    rateLimit: 'mail',
    accountLimit: { name: 'reset_mail', of: ({ body }) => body.email },
    body: addressBody,
    response: { status: 202 },
    handler: async ({ context, input }) => {
      await askForLink(context, 'reset_password', input.body.email)
      return accepted
    },
  }),

  route({
    scope: 'open',
    method: 'POST',
    path: '/auth/reset-password',
    summary: 'Choose a new password with the token of a mail; ends all sessions',
    rateLimit: 'token',
    body: z.strictObject({ token: mailedToken, password: passwordSchema }),
    response: { status: 204 },
    errors: ['token_invalid', 'overloaded'],
    handler: async ({ context, input, request }) => {
      const email = await resetPassword(context, input.body, originOf(request))
      // Whoever guessed at the account meanwhile must not keep its owner waiting now.
      await forgetFailedLogins(context, email)
      return noContent()
    },
  }),

  route({
    scope: 'open',
    method: 'POST',
    path: '/auth/verify-email',
    summary: 'Confirm an e-mail address with the token of a mail; a PENDING tenant starts',
    rateLimit: 'token',
    body: z.strictObject({ token: mailedToken }),
    response: { status: 204 },
    errors: ['token_invalid'],
    handler: async ({ context, input, request }) => {
      await verifyEmail(context, input.body.token, originOf(request))
      return noContent()
    },
  }),

  route({
    scope: 'open',
    method: 'POST',
    path: '/auth/resend-verification',
    summary: 'Have the link that confirms an e-mail address mailed again',
    rateLimit: 'mail',
    accountLimit: { name: 'verification_mail', of: ({ body }) => body.email },
    body: addressBody,
    response: { status: 202 },
    handler: async ({ context, input }) => {
      await askForLink(context, 'verify_email', input.body.email)
      return accepted
    },
  }),

  route({
    // The tenant role cannot write users and sessions: who calls is read, then the platform writes.
    scope: 'read',
    method: 'POST',
    path: '/v1/me/password',
    summary: 'Change my password; ends my other sessions',
    permission: 'account:self',
    caller: 'user',
    whenBlocked: 'allowed',
    accountLimit: { name: 'password', of: (claims) => userOf(claims).userId },
    body: z.strictObject({ current_password: passwordText, new_password: passwordSchema }),
    response: { status: 204 },
    errors: ['conflict', 'overloaded'],
    handler: async ({ context, input, request, check, keep }) => {
      await changePassword(context, userOf(await check()), input.body, originOf(request), keep)
      return noContent()
    },
  }),
]
