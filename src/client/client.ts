import createFetchClient, { type Client } from 'openapi-fetch'
import type { paths } from './api.ts'

export type { components, operations, paths } from './api.ts'

/** What calls one Tenantry: a method for each of HTTP's, with the paths, inputs and answers of its description. */
export type TenantryClient = Client<paths>

/** Where a client calls, and as whom. */
export interface ClientOptions {
  /** Such as https://api.example.com. */
  baseUrl: string
  /** An access token or an API key; without it only what is public can be called. */
  token?: string
  /** The tenant that the token belongs to. */
  tenantId?: string
}

/**
 * Makes a client whose types are those of the API. Nothing is thrown for an answer: whoever calls looks at `data` and
 * `error`, whose `code` says what is wrong.
 */
export function createClient({ baseUrl, token, tenantId }: ClientOptions): TenantryClient {
  return createFetchClient<paths>({
    baseUrl,
    headers: {
      ...(token !== undefined && { Authorization: `Bearer ${token}` }),
      ...(tenantId !== undefined && { 'X-Tenant-ID': tenantId }),
    },
    // As `metadata.sector=metal`, which is how GET /v1/admin/tenants reads it.
    querySerializer: { object: { style: 'form', explode: true } },
  })
}
