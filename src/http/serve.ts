import { isUtf8 } from 'node:buffer'
import express, { type Request, type RequestHandler, type Response } from 'express'
import type { Context } from '../context.ts'
import { AppError } from '../errors.ts'
import { accessQuery, type Claims, checkAccess } from '../features/members/access.ts'
import { authenticate, confirmTenant } from './authenticate.ts'
import { toAppError } from './error-handler.ts'
import { type ParsedInput, parseInput } from './input.ts'
import type { Read, Reply, Route } from './route.ts'
import { transactionSlots } from './slots.ts'

type Open = Extract<Route, { scope: 'open' }>
type ReadOnly = Extract<Route, { scope: 'read' }>
type Writing = Extract<Route, { scope: 'write' }>

/** Serves one declared route: who calls, what they send, their scope, the handler, the commit, the answer. */
export function serve(context: Context, route: Route): RequestHandler {
  const handle =
    route.scope === 'open'
      ? serveOpen(context, route)
      : route.scope === 'read'
        ? serveRead(context, route)
        : serveWrite(context, route)
  return async (request, response) => {
    const reply = await handle(request, response)
    if (context.checkAnswers) checkAnswer(route, reply)
    send(response, reply)
  }
}

type Handle = (request: Request, response: Response) => Promise<Reply>

function serveOpen(context: Context, route: Open): Handle {
  return async (request, response) => {
    const input = accept(await readInput(route, request, response))
    return route.handler({ context, input, request })
  }
}

function serveRead(context: Context, route: ReadOnly): Handle {
  return async (request, response) => {
    const claims = await identify(context, request, response)
    const parsed = await readInput(route, request, response)
    if (!parsed.ok) {
      await checkAlone(context, route, claims)
      throw parsed.error
    }
    let isChecked = false
    const read: Read = async (build) => {
      const [access, rows] = await context.db.readTenant(claims.tenantId, (queries) => [
        accessQuery(queries, claims),
        build(queries, claims.userId),
      ])
      isChecked = true
      return { rows: rows as never, principal: checkAccess(access, claims, route, context.clock.now()) }
    }
    try {
      const reply = await route.handler({ context, input: parsed.value, request, read })
      if (!isChecked) throw new Error(`${route.method} ${route.path} answered without having read`)
      return reply
    } catch (error) {
      // Such as a cursor that only the query's author could refuse.
      if (!isChecked && toAppError(error).status < 500) await checkAlone(context, route, claims)
      throw error
    }
  }
}

function serveWrite(context: Context, route: Writing): Handle {
  return async (request, response) => {
    const claims = await identify(context, request, response)
    const parsed = await readInput(route, request, response)
    if (!parsed.ok) {
      await checkAlone(context, route, claims)
      throw parsed.error
    }
    const input = parsed.value
    return context.db.withTenant(claims.tenantId, async (tx) => {
      const access = await accessQuery(tx, claims).execute()
      const principal = checkAccess(access, claims, route, context.clock.now())
      const call = { context, route, request, input, tx, principal }
      for (const slot of transactionSlots) {
        const early = await slot.before?.(call)
        if (early) return early
      }
      const reply = await route.handler({ context, input, request, tx, principal })
      for (const slot of transactionSlots) await slot.after?.(call, reply)
      return reply
    })
  }
}

/** Who may not call at all is told that before what is wrong with the input. */
async function checkAlone(context: Context, route: ReadOnly | Writing, claims: Claims): Promise<void> {
  const [access] = await context.db.readTenant(claims.tenantId, (queries) => [accessQuery(queries, claims)])
  checkAccess(access, claims, route, context.clock.now())
}

const parseJson = express.json({
  limit: 1024 * 1024,
  strict: false,
  verify: (_request, _response, bytes) => {
    if (!isUtf8(bytes)) throw new Error('not UTF-8')
  },
})

/** Does not throw: who may not call at all is told that before what is wrong with the body. */
async function readInput(route: Route, request: Request, response: Response): Promise<ParsedInput> {
  if (route.body) {
    const hasBody = request.headers['content-length'] !== '0' && hasBodyHeaders(request)
    if (hasBody && !isJsonInUtf8(request)) return { ok: false, error: new AppError('unsupported_media_type') }
    const failure = await new Promise<unknown>((resolve) => parseJson(request, response, resolve))
    if (failure) return { ok: false, error: toAppError(failure) }
  }
  return parseInput(route, request)
}

/** RFC 8259, 8.1: JSON between systems is UTF-8 and nothing else. */
function isJsonInUtf8(request: Request): boolean {
  const charset = /;\s*charset\s*=\s*"?([^";\s]*)/i.exec(request.headers['content-type'] ?? '')?.[1]
  return Boolean(request.is('application/json')) && (!charset || /^utf-?8$/i.test(charset))
}

function hasBodyHeaders(request: Request): boolean {
  return 'content-length' in request.headers || 'transfer-encoding' in request.headers
}

function accept(parsed: ParsedInput) {
  if (!parsed.ok) throw parsed.error
  return parsed.value
}

/** Who calls. The log learns their tenant even when the request names another. */
async function identify(context: Context, request: Request, response: Response): Promise<Claims> {
  const claims = await authenticate(context, request)
  response.locals.tenantId = claims.tenantId
  confirmTenant(context, request, claims)
  return claims
}

function send(response: Response, reply: Reply): void {
  response.statusCode = reply.status
  response.setHeader('Cache-Control', 'no-store')
  if (reply.body !== undefined) response.setHeader('Content-Type', 'application/json; charset=utf-8')
  for (const [name, value] of Object.entries(reply.headers ?? {})) response.setHeader(name, value)
  const text = reply.body === undefined ? reply.text : JSON.stringify(reply.body)
  if (text !== undefined) response.setHeader('Content-Length', Buffer.byteLength(text))
  response.end(text)
}

/** In tests: an answer that its route does not declare is a bug, and told as one. */
function checkAnswer(route: Route, reply: Reply): void {
  const { status, body } = route.response
  if (reply.status !== status && reply.status < 500)
    throw new Error(`${route.path} does not declare ${reply.status}`)
  if (body) body.parse(reply.body)
}
