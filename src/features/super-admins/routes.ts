import { z } from 'zod'
import { originOf } from '../../http/address.ts'
import { ok, route } from '../../http/route.ts'
import { emailSchema } from '../../http/schemas.ts'
import { passwordText } from '../sessions/schemas.ts'
import { superAdminOf } from './access.ts'
import { enrolTotp, prepareTotp } from './enrolment.ts'
import { logInSuperAdmin } from './login.ts'

const totpSchema = z.string().regex(/^[0-9]{6}$/, 'should have six digits')

const adminLoginSchema = z.strictObject({
  access_token: z.string(),
  token_type: z.literal('bearer'),
  expires_in: z.int(),
  admin: z.strictObject({ id: z.uuid(), email: z.string(), totp_enrolled: z.boolean() }),
})

export const superAdminRoutes = [
  route({
    scope: 'open',
    method: 'POST',
    path: '/auth/admin/login',
    summary: 'Sign a super admin in, with the code of the authenticator app once one is enrolled',
    rateLimit: 'login',
    accountLimit: { name: 'admin_login', of: ({ body }) => body.email },
    body: z.strictObject({ email: emailSchema, password: passwordText, totp: totpSchema.optional() }),
    response: { status: 200, body: adminLoginSchema },
    errors: ['invalid_credentials', 'totp_required', 'overloaded'],
    handler: async ({ context, input, request }) =>
      ok(await logInSuperAdmin(context, input.body, originOf(request))),
  }),

  route({
    scope: 'admin',
    method: 'POST',
    path: '/auth/admin/totp',
    summary: 'Make the secret of an authenticator app, shown this once; it counts once a code has been shown',
    beforeEnrolment: 'allowed',
    caller: 'user',
    response: { status: 200, body: z.strictObject({ secret: z.string(), otpauth_url: z.string() }) },
    errors: ['totp_enrolled'],
    handler: async ({ context, request, admin }) =>
      ok(await prepareTotp(context, superAdminOf(admin), originOf(request))),
  }),

  route({
    scope: 'admin',
    method: 'POST',
    path: '/auth/admin/totp/confirm',
    summary: 'Enrol the authenticator app by one of its codes; older tokens are void then',
    beforeEnrolment: 'allowed',
    caller: 'user',
    rateLimit: 'login',
    body: z.strictObject({ totp: totpSchema }),
    response: { status: 200, body: adminLoginSchema },
    errors: ['invalid_credentials', 'totp_enrolled'],
    handler: async ({ context, input, request, admin }) =>
      ok(await enrolTotp(context, superAdminOf(admin), input.body.totp, originOf(request))),
  }),

  route({
    scope: 'admin',
    method: 'GET',
    path: '/v1/admin/me',
    summary: 'Who calls: a super admin, or the key of machines',
    beforeEnrolment: 'allowed',
    response: {
      status: 200,
      body: z.union([
        z.strictObject({
          kind: z.literal('super_admin'),
          id: z.uuid(),
          email: z.string(),
          totp_enrolled: z.boolean(),
        }),
        z.strictObject({ kind: z.literal('admin_key') }),
      ]),
    },
    handler: async ({ admin }) => {
      if (admin.kind !== 'super_admin') return ok({ kind: 'admin_key' as const })
      const { kind, adminId, email, isEnrolled } = admin
      return ok({ kind, id: adminId, email, totp_enrolled: isEnrolled })
    },
  }),
]
