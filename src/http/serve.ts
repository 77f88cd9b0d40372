import type { Request, RequestHandler, Response } from 'express'
import type { Context } from '../context.ts'
import { AppError } from '../errors.ts'
import { recordKeyUse } from '../features/api-keys/key-use.ts'
import type { Access, Claims, Principal } from '../features/members/access.ts'
import { accessQuery, holdTenantAsKnown, isOfChangedTenant } from '../features/members/access-queries.ts'
import { recordSupportRequest } from '../features/support-sessions/record-request.ts'
import { networkOf, originOf } from './address.ts'
import { admit, checkAlone, findKnown } from './admission.ts'
import { authenticate, confirmTenant } from './authenticate.ts'
import { authenticateAdmin } from './authenticate-admin.ts'
import { checkAnswer, checkError } from './check-answer.ts'
import { toAppError } from './error-handler.ts'
import {
  answerOnce,
  callerOf,
  idempotencyKeysOf,
  operatorNameOf,
  type Repetition,
  takesIdempotencyKey,
  unrepeatable,
} from './idempotency.ts'
import type { ParsedInput } from './input.ts'
import { pass, type RateLimits } from './rate-limits.ts'
import { readBytes, readInput } from './read-body.ts'
import { withRoom } from './read-ndjson.ts'
import type { Read, Reply, Route } from './route.ts'
import { sendStream } from './send-stream.ts'
import { withSlots } from './slots.ts'
import { refuseAgain } from './tenant-rate-limit.ts'
import { introduce } from './unknown-keys.ts'

type Open = Extract<Route, { scope: 'open' }>
type Admin = Extract<Route, { scope: 'admin' }>
type ReadOnly = Extract<Route, { scope: 'read' }>
type Writing = Extract<Route, { scope: 'write' }>

/**
 * Serves one declared route: who calls, what they send, their scope, the handler, the commit, the answer.
 * @param accountLimits the middleware of each account limit; without them there is none
 */
export function serve(
  context: Context,
  route: Route,
  accountLimits?: RateLimits['perAccount'],
): RequestHandler {
  const limit = 'accountLimit' in route ? route.accountLimit : undefined
  const guard = limit && accountLimits?.[limit.name]
  const handle = chooseHandle(context, route, async (request, response, account) => {
    if (!guard) return
    response.locals.account = account
    await pass(guard, request, response)
  })
  return async (request, response) => {
    const reply = await handle(request, response).catch((error) => {
      if (context.checkAnswers) checkError(route, error)
      throw isRepeatable(route, request) ? withRetryAfter(error) : error
    })
    if (context.checkAnswers && !reply.isRepeated) checkAnswer(route, reply)
    if (reply.stream) await sendStream(request, response, reply.stream, () => writeHead(response, reply))
    else send(response, reply)
  }
}

/** Whether asking once more has no further effect: RFC 9110, section 9.2.1, or the key of the request sees to it. */
function isRepeatable(route: Route, request: Request): boolean {
  return route.method === 'GET' || (takesIdempotencyKey(route) && idempotencyKeysOf(request).length > 0)
}

/** Whoever can safely ask again need not know what became of the request. */
function withRetryAfter(error: unknown): unknown {
  if (!(error instanceof AppError) || error.code !== 'outcome_unknown') return error
  return new AppError('outcome_unknown', { headers: { 'Retry-After': '1' }, cause: error.cause })
}

type Handle = (request: Request, response: Response) => Promise<Reply>
type LimitAccount = (request: Request, response: Response, account: string) => Promise<void>

function chooseHandle(context: Context, route: Route, limitAccount: LimitAccount): Handle {
  switch (route.scope) {
    case 'open':
      return serveOpen(context, route, limitAccount)
    case 'admin':
      return serveAdmin(context, route)
    case 'read':
      return serveRead(context, route, limitAccount)
    case 'write':
      return serveWrite(context, route, limitAccount)
  }
}

function serveOpen(context: Context, route: Open, limitAccount: LimitAccount): Handle {
  return async (request, response) => {
    const { value: input } = accept(await readInput(route, request, response, networkOf(request)))
    if (route.accountLimit) await limitAccount(request, response, route.accountLimit.of(input))
    const readBody = () => readBytes(route, request, response)
    return route.handler({ context, input, request, readBody })
  }
}

function serveAdmin(context: Context, route: Admin): Handle {
  return async (request, response) => {
    const admin = await authenticateAdmin(context, request, route)
    const { value: input, idempotencyKey: key } = accept(
      await readInput(route, request, response, operatorNameOf(admin)),
    )
    const answer = (repetition: Repetition) =>
      route.handler({ context, input, request, admin, ...repetition })
    if (key === undefined) return answer(unrepeatable)
    return answerOnce(context, { route, caller: operatorNameOf(admin), key, input }, answer)
  }
}

function serveRead(context: Context, route: ReadOnly, limitAccount: LimitAccount): Handle {
  return async (request, response) => {
    const claims = await identify(context, request, response)
    if (claims.kind === 'api_key') {
      await introduce(claims, networkOf(request), () => checkAlone(context, route, claims, response))
    }
    const parsed = await readInput(route, request, response, claims.tenantId)
    if (!parsed.ok) {
      await checkAlone(context, route, claims, response)
      throw parsed.error
    }
    let isChecked = false
    const check = async () => {
      isChecked = true
      return checkAlone(context, route, claims, response)
    }
    const read: Read = async (build) => {
      const known = findKnown(context, route, claims)
      if (known) {
        isChecked = true
        const principal = admit(context, route, claims, known, response, { isOlder: true })
        const [rows] = await context.db.readTenant(claims.tenantId, (queries) => [build(queries, claims)])
        // It may have waited in line, and be known no more.
        if (context.rememberedAccess.find(claims, route.module) !== known) await check()
        return { rows: rows as never, principal }
      }
      const remember = context.rememberedAccess.ask(claims, route.module)
      const [access, rows] = await context.db.readTenant(claims.tenantId, (queries) => [
        accessQuery(claims, route.module),
        build(queries, claims),
      ])
      isChecked = true
      const principal = admit(context, route, claims, access, response)
      remember(access)
      recordKeyUse(context, claims, access)
      return { rows: rows as never, principal }
    }
    try {
      if (route.accountLimit) {
        await check()
        await limitAccount(request, response, route.accountLimit.of(claims))
      }
      const { value: input, idempotencyKey: key } = parsed
      const answer = (repetition: Repetition) =>
        route.handler({ context, input, request, read, check, ...repetition })
      const reply =
        key === undefined
          ? await answer(unrepeatable)
          : await answerOnce(context, { route, caller: callerOf(await check()), key, input }, answer)
      if (!isChecked) throw new Error(`${route.method} ${route.path} answered without a check of its caller`)
      return reply
    } catch (error) {
      // Such as a cursor that only the query's author could refuse.
      if (!isChecked && toAppError(error).status < 500) await checkAlone(context, route, claims, response)
      throw error
    }
  }
}

function serveWrite(context: Context, route: Writing, limitAccount: LimitAccount): Handle {
  return async (request, response) => {
    const claims = await identify(context, request, response)
    if (claims.kind === 'api_key') {
      await introduce(claims, networkOf(request), () => checkAlone(context, route, claims, response))
    }
    if (!route.bodyType) return write(claims, request, response)
    // Who may not call at all is told so before a long body is read, and waits for nobody.
    await checkAlone(context, route, claims, response)
    return withRoom(claims.tenantId, request, () => write(claims, request, response))
  }

  async function write(claims: Claims, request: Request, response: Response): Promise<Reply> {
    const parsed = await readInput(route, request, response, claims.tenantId)
    if (!parsed.ok) {
      await checkAlone(context, route, claims, response)
      throw parsed.error
    }
    if (route.accountLimit) {
      await checkAlone(context, route, claims, response)
      await limitAccount(request, response, route.accountLimit.of(claims))
    }
    const { value: input, idempotencyKey } = parsed
    let lookedUp: Access[] | undefined
    const inTransaction = (find: typeof findKnown) =>
      context.db.withTenant(claims.tenantId, async (tx) => {
        const known = find(context, route, claims)
        let principal: Principal
        if (known) {
          principal = admit(context, route, claims, known, response, { isOlder: true })
          tx.atBegin(holdTenantAsKnown(known))
        } else {
          const remember = context.rememberedAccess.ask(claims, route.module)
          const access = await tx.run(accessQuery(claims, route.module, { isHeld: true }))
          principal = admit(context, route, claims, access, response)
          remember(access)
          lookedUp = access
        }
        const call = { context, route, request, input, tx, principal, idempotencyKey }
        return withSlots(call, (finish) => route.handler({ context, input, request, tx, principal, finish }))
      })
    try {
      return await inTransaction(findKnown)
    } catch (error) {
      if (!isOfChangedTenant(error)) throw error
      // Nothing has happened yet: the check goes ahead of everything else.
      return await inTransaction(() => undefined)
    } finally {
      if (lookedUp) recordKeyUse(context, claims, lookedUp)
    }
  }
}

function accept(parsed: ParsedInput) {
  if (!parsed.ok) throw parsed.error
  return parsed
}

/** Who calls. The log learns their tenant even when the request names another. */
async function identify(context: Context, request: Request, response: Response): Promise<Claims> {
  const claims = await authenticate(context, request)
  response.locals.tenantId = claims.tenantId
  confirmTenant(context, request, claims)
  const refusal = refuseAgain(context, claims, response)
  if (refusal !== undefined) await refusal
  if (claims.kind === 'support') {
    const { method, path } = request
    await recordSupportRequest(context, claims, { method, path, ...originOf(request) })
  }
  return claims
}

function writeHead(response: Response, reply: Reply): void {
  response.statusCode = reply.status
  response.setHeader('Cache-Control', 'no-store')
  if (reply.body !== undefined) response.setHeader('Content-Type', 'application/json; charset=utf-8')
  for (const [name, value] of Object.entries(reply.headers ?? {})) response.setHeader(name, value)
}

function send(response: Response, reply: Reply): void {
  writeHead(response, reply)
  const text = reply.body === undefined ? reply.text : (reply.json ?? JSON.stringify(reply.body))
  if (text !== undefined) response.setHeader('Content-Length', Buffer.byteLength(text))
  response.end(text)
}
