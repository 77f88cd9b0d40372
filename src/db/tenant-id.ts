declare const tenantIdBrand: unique symbol

/** The key of a tenant: a slug of 1 to 40 characters of a-z, 0-9 and inner hyphens. Only parseTenantId makes one. */
export type TenantId = string & { readonly [tenantIdBrand]: true }

const tenantIdPattern = /^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/

/** The text as a TenantId, or undefined when it is not one: no other string reaches the database as a tenant. */
export function parseTenantId(text: unknown): TenantId | undefined {
  return typeof text === 'string' && tenantIdPattern.test(text) ? (text as TenantId) : undefined
}
