import type { oas31 } from 'zod-openapi'
import type { Route } from '../route.ts'

const bearer = (description: string, bearerFormat?: string): oas31.SecuritySchemeObject => ({
  type: 'http',
  scheme: 'bearer',
  description,
  ...(bearerFormat && { bearerFormat }),
})

/** What callers can present. */
export const securitySchemes = {
  accessToken: bearer(
    'The access_token of a login, or of a support session. Name its tenant as X-Tenant-ID.',
    'JWT',
  ),
  apiKey: bearer('An API key of POST /v1/api-keys. Name its tenant as X-Tenant-ID.', 'tnt_…'),
  superAdminToken: bearer('The access token of POST /auth/admin/login: an audience of its own.', 'JWT'),
  adminKey: {
    type: 'apiKey',
    in: 'header',
    name: 'X-Admin-Key',
    description: 'SUPER_ADMIN_KEY of the server, for machines of its operator; each use is audited.',
  },
  selectionToken: bearer('The selection_token that a member of several tenants gets at login.', 'JWT'),
  metricsToken: bearer('METRICS_TOKEN of the server; without it metrics are for this machine.'),
} as const satisfies Record<string, oas31.SecuritySchemeObject>

type Scheme = keyof typeof securitySchemes

/** What a route asks of its caller: any one of these. An empty one stands for nothing at all. */
export function securityOf(route: Route): Partial<Record<Scheme, string[]>>[] {
  return schemesOf(route).map((scheme) => (scheme ? { [scheme]: [] } : {}))
}

function schemesOf(route: Route): (Scheme | undefined)[] {
  switch (route.scope) {
    case 'open': {
      const { bearer: tokens = [], errors } = route
      return tokens.length > 0 && !errors?.includes('unauthenticated') ? [undefined, ...tokens] : [...tokens]
    }
    case 'admin':
      return route.caller === 'user' ? ['superAdminToken'] : ['superAdminToken', 'adminKey']
    default:
      return route.caller === 'user' ? ['accessToken'] : ['accessToken', 'apiKey']
  }
}
