import { STATUS_CODES } from 'node:http'
import type {
  oas31,
  ZodOpenApiHeaderObject,
  ZodOpenApiResponseObject,
  ZodOpenApiResponsesObject,
} from 'zod-openapi'
import { type ErrorCode, problems } from '../../errors.ts'
import { codesBeforeRouting, codesOf } from '../error-codes.ts'
import { takesIdempotencyKey } from '../idempotency.ts'
import { isTenantRoute, type Route } from '../route.ts'
import { problemResponse } from './problems.ts'

type Headers = Record<string, oas31.HeaderObject | oas31.ReferenceObject>

const text = (description: string): oas31.HeaderObject => ({ description, schema: { type: 'string' } })
/** What no such answer is without. */
const always = (description: string): oas31.HeaderObject => ({ ...text(description), required: true })

/** Headers that many answers have. */
export const headerComponents: Record<string, ZodOpenApiHeaderObject> = {
  'X-Request-Id': {
    description: 'The id of the request in logs and audit trails.',
    required: true,
    schema: { type: 'string', format: 'uuid' },
  },
  ETag: always('The entity tag of what is shown, for If-Match.'),
  'Retry-After': { description: 'Seconds to wait.', schema: { type: 'integer', minimum: 1 } },
  RateLimit: text('What is left of each limit, and the seconds until it is whole again.'),
  'RateLimit-Policy': text('The limits on how often one may ask, and the seconds that each is for.'),
  'WWW-Authenticate': always('What to present (RFC 6750).'),
  'Idempotency-Replayed': {
    description: 'There when this is the answer to an earlier request with the same Idempotency-Key.',
    schema: { type: 'string', const: 'true' },
  },
}

const refer = (...names: string[]): Headers =>
  Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]))

/** Every answer of a route: its success, and each status of a problem by the codes that it can have there. */
export function responsesOf(route: Route): ZodOpenApiResponsesObject {
  const responses: Record<string, ZodOpenApiResponseObject | oas31.ReferenceObject> = {}
  for (const codes of problemsOf(route)) {
    responses[statusOf(codes)] = { $ref: `#/components/responses/${nameOf(codes)}` }
  }
  const { response, otherResponse } = route
  for (const success of otherResponse ? [response, otherResponse] : [response]) {
    const { status } = success
    if (responses[status]) throw new Error(`${route.path} answers ${status} as a success and as a problem`)
    const content = contentOf(success)
    responses[status] = {
      description: STATUS_CODES[status] ?? String(status),
      headers: successHeaders(route, response),
      ...(Object.keys(content).length > 0 && { content }),
    }
  }
  return responses
}

/** The problems that these routes can answer, each once. */
export function responseComponents(routes: readonly Route[]): Record<string, ZodOpenApiResponseObject> {
  const all = routes.flatMap((route) => problemsOf(route))
  return Object.fromEntries(all.map((codes) => [nameOf(codes), problem(codes)]))
}

/** The codes that a route can answer, those of each status together. */
function problemsOf(route: Route): ErrorCode[][] {
  const codes = [...new Set([...codesOf(route), ...codesBeforeRouting])].sort()
  return [...Map.groupBy(codes, (code) => problems[code][0]).values()]
}

function statusOf([code = 'internal_error']: ErrorCode[]): number {
  return problems[code][0]
}

function nameOf(codes: ErrorCode[]): string {
  return codes.join('.')
}

function contentOf({ body, contentType = [] }: Omit<Route['response'], 'status'>) {
  if (body) return { 'application/json': { schema: body } }
  const types = typeof contentType === 'string' ? [contentType] : contentType
  const schemaOf = (type: string) => ({ type: type === 'application/json' ? 'object' : 'string' }) as const
  return Object.fromEntries(types.map((type) => [type.replace(/;.*/, ''), { schema: schemaOf(type) }]))
}

/** With RATE_LIMITS=off nobody is told of limits. */
function successHeaders(route: Route, { etag, headers = {} }: Route['response']): Headers {
  const own = Object.entries(headers).map(([name, what]) => [name, text(what)] as const)
  const isLimited = route.rateLimit || isTenantRoute(route)
  return {
    ...refer('X-Request-Id'),
    ...(etag && refer('ETag')),
    ...(isLimited && refer('RateLimit', 'RateLimit-Policy')),
    ...(takesIdempotencyKey(route) && refer('Idempotency-Replayed')),
    ...Object.fromEntries(own),
  }
}

function problem(codes: ErrorCode[]): ZodOpenApiResponseObject {
  const status = statusOf(codes)
  // Where requests are counted, a refusal tells of it, too.
  const names = ['X-Request-Id', 'RateLimit', 'RateLimit-Policy']
  if (status === 401) names.push('WWW-Authenticate')
  if (status === 429 || status === 503) names.push('Retry-After')
  return {
    description: STATUS_CODES[status] ?? String(status),
    headers: refer(...names),
    content: { 'application/problem+json': problemResponse(codes) },
  }
}
