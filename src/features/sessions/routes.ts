import { z } from 'zod'
import { findNamedTenant } from '../../http/authenticate.ts'
import { ok, route } from '../../http/route.ts'
import { emailSchema } from '../../http/schemas.ts'
import { loginSchema, passwordText, tenantChoiceSchema } from './schemas.ts'
import { logIn } from './sessions.ts'

export const sessionRoutes = [
  route({
    scope: 'open',
    method: 'POST',
    path: '/auth/login',
    summary: 'Sign in with e-mail and password, in the tenant of X-Tenant-ID when there is one',
    rateLimit: 'login',
    // Any length is read: to refuse a short one would tell what stored passwords look like.
    body: z.strictObject({ email: emailSchema, password: passwordText }),
    response: { status: 200, body: z.union([loginSchema, tenantChoiceSchema]) },
    errors: ['invalid_credentials', 'tenant_mismatch', 'overloaded'],
    handler: async ({ context, input, request }) =>
      ok(await logIn(context, { ...input.body, tenantId: findNamedTenant(context, request) })),
  }),

  route({
    scope: 'open',
    method: 'GET',
    path: '/.well-known/jwks.json',
    summary: 'The public keys that access tokens are signed with',
    response: { status: 200, body: z.strictObject({ keys: z.array(z.record(z.string(), z.unknown())) }) },
    handler: async ({ context }) => ok(await context.tokens.jwks()),
  }),
]
