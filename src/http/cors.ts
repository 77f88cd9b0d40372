import type { RequestHandler } from 'express'

const allowedHeaders = 'Authorization, Content-Type, X-Tenant-ID, Idempotency-Key, If-Match, Accept-Language'
const exposedHeaders = 'X-Request-Id, Retry-After, RateLimit, RateLimit-Policy, ETag, Idempotency-Replayed'

/** Cross-origin access for the listed origins (Fetch Standard, CORS protocol); for no other there is a word of it. */
export function cors(allowedOrigins: string[]): RequestHandler {
  const allowed = new Set(allowedOrigins.map((origin) => new URL(origin).origin))
  return (request, response, next) => {
    if (allowed.size > 0) response.vary('Origin')
    const { origin } = request.headers
    if (!origin || !allowed.has(origin)) return next()
    response.set({ 'Access-Control-Allow-Origin': origin, 'Access-Control-Expose-Headers': exposedHeaders })
    if (request.method !== 'OPTIONS' || !request.headers['access-control-request-method']) return next()
    response.set({
      'Access-Control-Allow-Methods': 'GET, POST, PATCH, PUT, DELETE',
      'Access-Control-Allow-Headers': allowedHeaders,
      'Access-Control-Max-Age': '600',
    })
    response.status(204).end()
  }
}
