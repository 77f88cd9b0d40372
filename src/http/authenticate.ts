import type { Request } from 'express'
import type { Context } from '../context.ts'
import { parseTenantId, type TenantId } from '../db/tenant-id.ts'
import { AppError } from '../errors.ts'
import { parseApiKey } from '../features/api-keys/key-format.ts'
import type { Claims } from '../features/members/access.ts'
import { isReserved } from '../features/tenants/slug.ts'

/**
 * What the request's access token or API key says of its bearer.
 * @throws AppError 401 `unauthenticated`
 */
export async function authenticate(context: Context, request: Request): Promise<Claims> {
  const token = bearerToken(request)
  return parseApiKey(token) ?? context.tokens.verifyAccess(token)
}

/**
 * Lets pass when X-Tenant-ID, or the tenant's host name, confirms the tenant of the token.
 * @throws AppError 400 `tenant_header_missing`, 403 `tenant_mismatch`
 */
export function confirmTenant(context: Context, request: Request, claims: Claims): void {
  const named = namedTenant(context, request)
  if (named.length === 0) throw new AppError('tenant_header_missing')
  if (named.some((name) => name !== claims.tenantId)) throw new AppError('tenant_mismatch')
}

/**
 * The tenant a request names by header or host, for requests without a token.
 * @throws AppError 403 `tenant_mismatch` when it names two, or something that is no tenant id
 */
export function findNamedTenant(context: Context, request: Request): TenantId | undefined {
  const [first, ...others] = namedTenant(context, request)
  if (first === undefined) return undefined
  const tenantId = parseTenantId(first)
  if (!tenantId || others.some((other) => other !== first)) throw new AppError('tenant_mismatch')
  return tenantId
}

function namedTenant(context: Context, request: Request): string[] {
  const names: string[] = []
  const header = request.headers['x-tenant-id']
  if (typeof header === 'string' && header !== '') names.push(header)
  const { baseDomain } = context.config
  if (baseDomain) {
    const host = request.hostname?.toLowerCase() ?? ''
    const suffix = `.${baseDomain}`
    const name = host.slice(0, -suffix.length)
    // Hosts of the platform itself, such as api.example.com, name nobody: those ids are never given out.
    if (host.endsWith(suffix) && !isReserved(name)) names.push(name)
  }
  return names
}

/**
 * The token of the Authorization header (RFC 6750, section 2.1).
 * @throws AppError 401 `unauthenticated`
 */
export function bearerToken(request: Request): string {
  const match = /^Bearer ([A-Za-z0-9._~+/-]+=*)$/i.exec(request.headers.authorization ?? '')
  if (!match?.[1]) {
    throw new AppError('unauthenticated', request.headers.authorization ? {} : noToken)
  }
  return match[1]
}

/** RFC 6750, section 3.1: who has presented no token is told of no error. */
export const noToken = { headers: { 'WWW-Authenticate': 'Bearer realm="tenantry"' } }
