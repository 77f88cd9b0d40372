import { camelCase, pascalCase } from 'es-toolkit'
import { z } from 'zod'
import {
  createDocument,
  type oas31,
  type ZodOpenApiOperationObject,
  type ZodOpenApiOverride,
  type ZodOpenApiPathsObject,
} from 'zod-openapi'
import { lowestRole } from '../features/members/roles.ts'
import { codesBeforeRouting, codesOf } from './error-codes.ts'
import { nameJsonValues } from './openapi/json-values.ts'
import { furtherParametersOf, headerParametersOf, parameterComponents } from './openapi/parameters.ts'
import { problemComponents } from './openapi/problems.ts'
import { headerComponents, responseComponents, responsesOf } from './openapi/responses.ts'
import { securityOf, securitySchemes } from './openapi/security.ts'
import { isTenantRoute, type Route } from './route.ts'

/** An OpenAPI 3.1 document. */
export type OpenApiDocument = oas31.OpenAPIObject

const description = `Each company is a tenant. Sign in at POST /auth/login, or make an API key; send it as
\`Authorization: Bearer …\` and name the tenant as \`X-Tenant-ID\`.

Errors are \`application/problem+json\` (RFC 9457); \`code\` says which it is and never changes. Lists answer \`data\` and
\`next_cursor\`, to be sent back as \`cursor\`. Unknown members of bodies and queries are refused. Every GET answers HEAD, too.`

/**
 * Describes every route by OpenAPI 3.1: what it takes, asks of its caller and can answer, from the declarations and zod
 * schemas that it is served by.
 * @throws Error when two operations would have one name, or a schema cannot be told in JSON Schema
 */
export function createOpenApiDocument(routes: readonly Route[], version: string): OpenApiDocument {
  const paths: ZodOpenApiPathsObject = {}
  const names = new Set<string>()
  for (const route of routes) {
    const operation = describeOperation(route)
    if (names.has(operation.operationId))
      throw new Error(`two operations are called ${operation.operationId}`)
    names.add(operation.operationId)
    const path = pathOf(route)
    paths[path] = { ...paths[path], [methodOf(route)]: operation }
  }
  const codes = new Set([...codesBeforeRouting, ...routes.flatMap(codesOf)])
  const problems = problemComponents([...codes].sort())
  const tags = new Set(routes.map(tagOf))
  const described = createDocument(
    {
      openapi: '3.1.0',
      info: { title: 'Tenantry', version, description, license: { name: 'MIT', identifier: 'MIT' } },
      servers: [{ url: '/' }],
      tags: [...tags].map((name) => ({ name })),
      paths,
      components: {
        schemas: problems.schemas,
        responses: responseComponents(routes),
        examples: problems.examples,
        parameters: parameterComponents,
        headers: headerComponents,
        securitySchemes,
      },
    },
    { override },
  )
  return nameJsonValues(described as OpenApiDocument)
}

/** The document as it is served and kept, line by line. */
export function printOpenApiDocument(document: OpenApiDocument): string {
  return `${JSON.stringify(document, undefined, 1)}\n`
}

function describeOperation(route: Route): ZodOpenApiOperationObject & { operationId: string } {
  const { summary, params, query } = route
  const requestBody = requestBodyOf(route)
  return {
    operationId: operationIdOf(route),
    summary,
    tags: [tagOf(route)],
    security: securityOf(route),
    ...(isTenantRoute(route) && {
      'x-permission': route.permission,
      'x-lowest-role': lowestRole[route.permission],
      ...(route.module && { 'x-module': route.module }),
    }),
    requestParams: {
      ...(params && { path: params as z.ZodObject }),
      ...(query && { query: query as z.ZodObject }),
    },
    parameters: [...furtherParametersOf(query), ...headerParametersOf(route)],
    ...(requestBody && { requestBody }),
    responses: responsesOf(route),
  }
}

function requestBodyOf(route: Route): ZodOpenApiOperationObject['requestBody'] {
  if (route.scope === 'write' && route.bodyType) {
    // Each line is one of these (OpenAPI 3.2 has itemSchema for it).
    const { element } = route.body as unknown as z.ZodArray<z.ZodType>
    return { required: true, content: { [route.bodyType]: { schema: element } } }
  }
  if (route.body) {
    const required = !route.body.safeParse(undefined).success
    return { required, content: { 'application/json': { schema: route.body } } }
  }
  if (route.scope === 'open' && route.rawBody) {
    return { required: true, content: { 'application/json': { schema: {} } } }
  }
  return undefined
}

/** Such as /v1/clients/{id}. */
function pathOf({ path }: Route): string {
  return path.replaceAll(/:(\w+)/g, '{$1}')
}

function methodOf({ method }: Route) {
  return method.toLowerCase() as Lowercase<Route['method']>
}

/** Such as getClients, postClients, patchClientsById, postAdminTenantsByIdSuspend. */
function operationIdOf({ method, path }: Route): string {
  const words = path
    .replace(/^\/v1\//, '/')
    .split('/')
    .map((part) => (part.startsWith(':') ? `By${pascalCase(part)}` : pascalCase(part)))
  return camelCase(method) + words.join('')
}

/** The module, or what comes first in the path. */
function tagOf(route: Route): string {
  if (isTenantRoute(route) && route.module) return route.module
  const [first = ''] = route.path
    .replace(/^\/v1\//, '/')
    .split('/')
    .slice(1)
  return first.replace(/^\.|\.\w+$/g, '')
}

/** JSON shows a Date as text, and whole numbers need not say that they are no larger than JavaScript's. */
const override: ZodOpenApiOverride = ({ jsonSchema, zodSchema, io }) => {
  if (zodSchema instanceof z.ZodDate && io === 'output')
    Object.assign(jsonSchema, { type: 'string', format: 'date-time' })
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum
}
