import { isDeepStrictEqual } from 'node:util'
import type { Request } from 'express'
import type { Context } from '../context.ts'
import { actorOf } from '../features/audit/audit.ts'
import {
  findPlatformAnswer,
  type Keep,
  type KeptAnswer,
  keepAnswer,
  keepNothing,
  keepPlatformAnswer,
  type Repeatable,
  takeKey,
  takePlatformKey,
} from '../features/idempotency/kept-answers.ts'
import type { Principal } from '../features/members/access.ts'
import { type AdminPrincipal, actorOfAdmin } from '../features/super-admins/access.ts'
import type { Input, Reply, Route } from './route.ts'
import type { TransactionSlot } from './slots.ts'

// Idempotency-Key, as draft-ietf-httpapi-idempotency-key-header describes it, but for the quotation marks: the key is
// taken as it was sent. Answers are kept for 24 hours, of each principal in each tenant apart, and only those of what
// was committed: whoever was refused, or never learnt what became of a request, asks again with the same key.

type Parsed = Input<never, never, never>

/** Whether an endpoint honours Idempotency-Key. */
export function takesIdempotencyKey({ method, path }: Pick<Route, 'method' | 'path'>): boolean {
  return method === 'POST' && path.startsWith('/v1/')
}

/** Each Idempotency-Key of a request, as it was sent. */
export function idempotencyKeysOf(request: Request): string[] {
  // Most requests have none, and need not have all their headers sorted for that.
  if (request.headers['idempotency-key'] === undefined) return []
  return request.headersDistinct['idempotency-key'] ?? []
}

/**
 * Around the handlers that write inside a tenant: the key is taken before the handler does anything, so that of several
 * requests with one key the first is served and the others wait for its answer.
 */
export const idempotency: TransactionSlot = {
  async before(call) {
    const { context, principal, tx, idempotencyKey: key } = call
    if (key === undefined) return undefined
    const asked = repeatable(context, call.route, call.input as Parsed, key)
    const kept = await takeKey(tx, asked, actorOf(principal), context.clock.now())
    return kept && again(kept)
  },

  async after({ context, route, principal, tx, idempotencyKey: key }, reply) {
    if (key === undefined) return
    const { status, headers = {} } = reply
    const body = jsonToKeep(context, route, reply)
    keepAnswer(tx, key, actorOf(principal), { status, body, headers })
  },
}

/** A request that the platform serves, by whomever. */
interface PlatformCall {
  route: Route
  /** By a name that nobody else has: callerOf(), or operatorNameOf(). */
  caller: string
  key: string
  input: unknown
}

/** What handlers that use transactions of the platform are given to be repeatable. */
export interface Repetition {
  keep: Keep
  /** The same for each repeat of a request, and of no other; undefined for one that nobody can repeat. */
  repeatId?: string | undefined
}

/** Of a request without Idempotency-Key. */
export const unrepeatable: Repetition = { keep: keepNothing }

/**
 * Answers what the platform does once for each key. The answer is looked up before the handler, which may refuse what
 * was done already, and again when it fails: somebody else may have been faster. In between, the transaction that has
 * the effect takes the key.
 * @throws AppError 422 `idempotency_key_reused`; what the handler throws
 */
export async function answerOnce(
  context: Context,
  { route, caller, key, input }: PlatformCall,
  answer: (repetition: Repetition) => Promise<Reply>,
): Promise<Reply> {
  const asked = { caller, ...repeatable(context, route, input as Parsed, key) }
  const find = async () => {
    const now = context.clock.now()
    const kept = await context.db.withPlatform('idempotency', (tx) => findPlatformAnswer(tx, asked, now))
    return kept && again(kept)
  }
  let body: { kept: string | null } | undefined
  const keep: Keep = async (tx, work, answerOf = (made) => made) => {
    await takePlatformKey(tx, asked, context.clock.now())
    const made = await work()
    body = { kept: toJson(withoutSecrets(answerOf(made), route)) }
    keepPlatformAnswer(tx, asked, { status: route.response.status, body: body.kept })
    return made
  }
  const repeatId = context.keyedHash('repeated request', `${caller}\n${key}\n${asked.hash.toString('hex')}`)
  const before = await find()
  if (before) return before
  let reply: Reply
  try {
    reply = await answer({ keep, repeatId: repeatId.toString('base64url') })
  } catch (error) {
    const meanwhile = await find()
    if (meanwhile) return meanwhile
    throw error
  }
  if (context.checkAnswers) checkKept(context, route, reply, body)
  return reply
}

/** A caller inside a tenant, to the platform. */
export function callerOf(principal: Principal): string {
  const { kind, id } = actorOf(principal)
  return `${kind}:${id}@${principal.tenantId}`
}

/** An operator, to the platform. */
export function operatorNameOf(admin: AdminPrincipal): string {
  const { kind, id } = actorOfAdmin(admin)
  return `${kind}:${id}`
}

/** What is asked for, as the schemas have read it: neither the order of fields nor what may be left out counts. */
function repeatable({ keyedHash }: Context, route: Route, input: Parsed, key: string): Repeatable {
  const { method, path } = route
  const { params, query, body } = input
  const text = JSON.stringify({ method, path, params, query, body }, inOrder)
  return { key, hash: keyedHash('repeated request', text) }
}

function inOrder(_name: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1)))
}

function again({ status, body, headers }: KeptAnswer): Reply {
  const repeated = { ...headers, 'Idempotency-Replayed': 'true' }
  if (body === null) return { status, headers: repeated, isRepeated: true }
  const type = { 'Content-Type': 'application/json; charset=utf-8' }
  return { status, text: body, headers: { ...repeated, ...type }, isRepeated: true }
}

function jsonToKeep(context: Context, route: Route, reply: Reply): string | null {
  if (reply.status < 200 || reply.status > 299 || reply.text !== undefined || reply.stream) {
    throw new Error(`${route.method} ${route.path} answers what cannot be kept under an Idempotency-Key`)
  }
  const body = withoutSecrets(reply.body, route)
  // Where the schema wants a secret, the repeated answer would break it.
  if (context.checkAnswers) route.response.body?.parse(body)
  return toJson(body)
}

/** JSON.stringify, whose declared type forgets that it gives undefined for it. */
function toJson(body: unknown): string | null {
  return body === undefined ? null : JSON.stringify(body)
}

function withoutSecrets(body: unknown, { secrets = [] }: Route): unknown {
  return secrets.reduce((rest: unknown, secret) => without(rest, secret.split('.')), body)
}

function without(body: unknown, [name = '', ...below]: string[]): unknown {
  if (typeof body !== 'object' || body === null || !(name in body)) return body
  const value = (body as Record<string, unknown>)[name]
  return { ...body, [name]: below.length > 0 ? without(value, below) : null }
}

/** In tests: a repeat that would do a thing again, or be answered otherwise, is a bug, and told as one. */
function checkKept(
  context: Context,
  route: Route,
  reply: Reply,
  body: { kept: string | null } | undefined,
): void {
  const name = `${route.method} ${route.path}`
  if (!body) throw new Error(`${name} answered without keeping it under its Idempotency-Key`)
  const isSame = isDeepStrictEqual(parse(body.kept), parse(jsonToKeep(context, route, reply)))
  if (!isSame || reply.status !== route.response.status || reply.headers) {
    throw new Error(`${name} keeps another answer under its Idempotency-Key than it gives`)
  }
}

function parse(json: string | null): unknown {
  return json === null ? undefined : JSON.parse(json)
}
