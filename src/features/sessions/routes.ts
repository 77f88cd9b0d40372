import { z } from 'zod'
import { originOf } from '../../http/address.ts'
import { bearerToken, findNamedTenant } from '../../http/authenticate.ts'
import { noContent, ok, route } from '../../http/route.ts'
import { emailSchema } from '../../http/schemas.ts'
import { logIn, selectTenant } from './login.ts'
import { logOut, logOutEverywhere } from './logout.ts'
import { refreshSession } from './refresh.ts'
import { loginSchema, passwordText, refreshTokenBody, tenantChoiceSchema } from './schemas.ts'
import { publishedAheadSeconds } from './signing-keys.ts'

export const sessionRoutes = [
  route({
    scope: 'open',
    method: 'POST',
    path: '/auth/login',
    summary: 'Sign in with e-mail and password, in the tenant of X-Tenant-ID when there is one',
    rateLimit: 'login',
    accountLimit: { name: 'login', of: ({ body }) => body.email },
    headers: { 'X-Tenant-ID': 'The tenant to sign in to, for members of several.' },
    // Any length is read: to refuse a short one would tell what stored passwords look like.
    body: z.strictObject({ email: emailSchema, password: passwordText }),
    response: { status: 200, body: z.union([loginSchema, tenantChoiceSchema]) },
    errors: ['invalid_credentials', 'tenant_mismatch', 'overloaded'],
    handler: async ({ context, input, request }) => {
      const tenantId = findNamedTenant(context, request)
      return ok(await logIn(context, { ...input.body, tenantId }, originOf(request)))
    },
  }),

  route({
    scope: 'open',
    method: 'POST',
    path: '/auth/select-tenant',
    summary: 'Tokens for another tenant of the bearer of a selection or access token; other sessions stay',
    bearer: ['selectionToken', 'accessToken'],
    body: z.strictObject({ tenant_id: z.string().max(100) }),
    response: { status: 200, body: loginSchema },
    errors: ['unauthenticated', 'tenant_mismatch'],
    handler: async ({ context, input, request }) => {
      const token = bearerToken(request)
      return ok(await selectTenant(context, token, input.body.tenant_id, originOf(request)))
    },
  }),

  route({
    scope: 'open',
    method: 'POST',
    path: '/auth/refresh',
    summary: 'New tokens for a refresh token, which is used up by that',
    body: refreshTokenBody,
    response: { status: 200, body: loginSchema },
    errors: ['invalid_refresh_token'],
    handler: async ({ context, input, request }) =>
      ok(await refreshSession(context, input.body.refresh_token, originOf(request))),
  }),

  route({
    scope: 'open',
    method: 'POST',
    path: '/auth/logout',
    summary: 'End the session of a refresh token',
    body: refreshTokenBody,
    response: { status: 204 },
    handler: async ({ context, input, request }) => {
      await logOut(context, input.body.refresh_token, originOf(request))
      return noContent()
    },
  }),

  route({
    scope: 'open',
    method: 'POST',
    path: '/auth/logout-all',
    summary: 'End every session of the bearer of an access token, in all tenants',
    bearer: ['accessToken'],
    response: { status: 204 },
    errors: ['unauthenticated'],
    handler: async ({ context, request }) => {
      await logOutEverywhere(context, bearerToken(request), originOf(request))
      return noContent()
    },
  }),

  route({
    scope: 'open',
    method: 'GET',
    path: '/.well-known/jwks.json',
    summary: 'The public keys that access tokens are signed with',
    response: { status: 200, body: z.strictObject({ keys: z.array(z.record(z.string(), z.unknown())) }) },
    errors: ['overloaded', 'database_unavailable'],
    // A new key is published for as long before it signs.
    handler: async ({ context }) => ({
      ...ok(await context.tokens.jwks()),
      headers: { 'Cache-Control': `public, max-age=${publishedAheadSeconds}` },
    }),
  }),
]
