import { z } from 'zod'
import type { oas31, ZodOpenApiParameterObject } from 'zod-openapi'
import { takesIdempotencyKey } from '../idempotency.ts'
import { isTenantRoute, type Route } from '../route.ts'
import { idempotencyKeySchema } from '../schemas.ts'

/** Headers that many operations read. They have no examples: the documentation's page would send those. */
export const parameterComponents: Record<string, ZodOpenApiParameterObject> = {
  TenantId: {
    name: 'X-Tenant-ID',
    in: 'header',
    description:
      'The tenant that the token or key belongs to. Required, unless the host name says it: <tenant_id>.<BASE_DOMAIN>.',
    schema: { type: 'string' },
  },
  AcceptLanguage: {
    name: 'Accept-Language',
    in: 'header',
    description:
      'The language of `detail` and of what is said of fields: English, or French where it is preferred.',
    schema: { type: 'string' },
  },
  IdempotencyKey: {
    name: 'Idempotency-Key',
    in: 'header',
    description:
      'Makes a repeated request count once: for 24 hours the same key with the same request gives the first successful answer again.',
    schema: z.toJSONSchema(idempotencyKeySchema) as oas31.SchemaObject,
  },
  IfMatch: {
    name: 'If-Match',
    in: 'header',
    description:
      'The ETag of what is to be changed: if somebody has changed it since, nothing happens and the answer is 412.',
    schema: { type: 'string' },
  },
}

/** The headers that a route reads. */
export function headerParametersOf(route: Route): (oas31.ReferenceObject | oas31.ParameterObject)[] {
  const names = [
    isTenantRoute(route) && 'TenantId',
    takesIdempotencyKey(route) && 'IdempotencyKey',
    route.scope === 'write' && route.ifMatch && 'IfMatch',
    'AcceptLanguage',
  ]
  const own = Object.entries((route.scope === 'open' && route.headers) || {})
  return [
    ...names
      .filter((name) => name !== false && name !== undefined)
      .map((name) => ({ $ref: `#/components/parameters/${name}` })),
    ...own.map(([name, description]) => ({
      name,
      in: 'header' as const,
      description,
      schema: { type: 'string' as const },
    })),
  ]
}

/** What a query takes beside the parameters that have names, such as `metadata.sector`. */
export function furtherParametersOf(query: z.ZodType | undefined): oas31.ParameterObject[] {
  const { additionalProperties } = query ? z.toJSONSchema(query, { io: 'input', unrepresentable: 'any' }) : {}
  if (typeof additionalProperties !== 'object') return []
  return [
    {
      name: 'metadata',
      in: 'query',
      style: 'form',
      explode: true,
      description: 'Any number of filters by a member of the metadata, such as metadata.sector=metal.',
      schema: {
        type: 'object',
        propertyNames: { pattern: '^metadata\\..' },
        additionalProperties: additionalProperties as oas31.SchemaObject,
      },
    },
  ]
}
