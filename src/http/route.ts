import type { Request } from 'express'
import type { Compilable, InferResult } from 'kysely'
import type { z } from 'zod'
import type { Context } from '../context.ts'
import type { TenantQueryBuilder, Tx } from '../db/database.ts'
import type { ErrorCode } from '../errors.ts'
import type { Claims, Principal } from '../features/members/access.ts'
import type { Permission } from '../features/members/roles.ts'
import type { Amounts } from '../features/plans/limits.ts'
import type { ModuleName } from '../features/plans/plans.ts'
import type { AdminPrincipal } from '../features/super-admins/access.ts'
import type { Repetition } from './idempotency.ts'
import type { AccountLimitName, RateLimitName } from './rate-limits.ts'
import type { Piece } from './unread.ts'

interface Audited {
  objectId: string
  changedFields: string[]
}

/** What a handler returns; the framework sends it, after the commit. */
export interface Reply<Body = unknown> {
  status: number
  body?: Body
  /** The body as JSON, where that is made already. */
  json?: string
  /** Instead of a body: text that is no JSON, with its Content-Type among the headers. */
  text?: string
  /**
   * Instead of a body: text of any length, made as it is taken, with its Content-Type among the headers. The signal tells
   * that nobody wants it any more.
   */
  stream?: (isGone: AbortSignal) => AsyncIterable<Piece>
  headers?: Record<string, string>
  /** Which object a declared audit action touched, or which ones, and the names of the fields that changed. */
  audited?: Audited | Audited[]
  /** What was answered before, and is answered again to the same Idempotency-Key. */
  isRepeated?: true
}

/** What each endpoint states of itself, once: whoever needs to know it reads this statement. */
interface Declaration<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType> {
  method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE'
  /** Express path, such as /v1/clients/:id. */
  path: `/${string}`
  summary: string
  params?: P
  query?: Q
  /** With a body schema the request has to be application/json, unless it has another type. */
  body?: B
  /**
   * Status of success and the schema of its body; no schema, no body. What is no JSON names its Content-Type, or each
   * that it can have. With `etag` the answer carries one (RFC 9110, 8.8.3); other headers of its own are described.
   */
  response: {
    status: number
    body?: z.ZodType
    contentType?: string | readonly string[]
    etag?: true
    headers?: Record<string, string>
  }
  /** Another success, where what is asked for decides which it is. */
  otherResponse?: { status: number; body: z.ZodType }
  /** Codes beyond those that every route of its scope can answer. */
  errors?: ErrorCode[]
  /** How often one client address may try. */
  rateLimit?: RateLimitName
  /** Members of the answer's body, dotted below others, that are shown once: a repeated answer has null in their place. */
  secrets?: string[]
}

/** What parsing made of the request. */
export interface Input<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType> {
  params: z.output<P>
  query: z.output<Q>
  body: z.output<B>
}

/** What every handler is called with. */
export interface BaseCall<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType> {
  context: Context
  input: Input<P, Q, B>
  request: Request
}

/** What only routes inside a tenant state. */
interface TenantDeclaration {
  /** What the caller's role has to allow: src/features/members/roles.ts. */
  permission: Permission
  module?: ModuleName
  /** Reachable in every status of the tenant but when it is being deleted, as /v1/me, /v1/billing and exports are. */
  whenBlocked?: 'allowed'
  /**
   * `user`: only a person of the tenant who has signed in may call it, no API key. `member`: keys, too, but no support
   * session, which has no membership to do it by, and of which nothing is to be left that lets anybody in.
   */
  caller?: 'user' | 'member'
  /** How often it may be tried by or for one account, from wherever; `of` names that account. */
  accountLimit?: { name: AccountLimitName; of(claims: Claims): string }
}

/** What a handler outside a tenant may take as bearer token. */
export type BearerToken = 'accessToken' | 'selectionToken' | 'metricsToken'

/** No tenant, no transaction: the handler opens what it needs through context.db. */
export interface OpenRoute<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType>
  extends Declaration<P, Q, B> {
  scope: 'open'
  /** How often one account may be tried, from wherever; `of` names the account that the input means. */
  accountLimit?: { name: AccountLimitName; of(input: Input<P, Q, B>): string }
  /** Instead of a body schema: its handler takes the bytes as they were sent, of whatever Content-Type. */
  rawBody?: true
  /** The bearer tokens that its handler takes. */
  bearer?: readonly BearerToken[]
  /** Further request headers that its handler reads, with what they are for. */
  headers?: Record<string, string>
  handler(call: BaseCall<P, Q, B> & { readBody: ReadBody }): Promise<Reply>
}

/**
 * Reads the body of a route with `rawBody`, up to 1 MiB; whoever can be refused without it is refused before.
 * @throws what toAppError makes 413 `body_too_large`, 415 `unsupported_media_type` when it is compressed
 */
export type ReadBody = () => Promise<Buffer>

/** For super admins and X-Admin-Key; outside any tenant. */
export interface AdminRoute<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType>
  extends Declaration<P, Q, B> {
  scope: 'admin'
  /** Also before the one-time password that the settings ask for is enrolled: to enrol it. */
  beforeEnrolment?: 'allowed'
  /** `user`: only a super admin who has signed in may call it, not X-Admin-Key, which stands for no person. */
  caller?: 'user'
  handler(call: BaseCall<P, Q, B> & Repetition & { admin: AdminPrincipal }): Promise<Reply>
}

/** Reads inside the caller's tenant; the check of the caller travels in the same write as the query. */
export interface ReadRoute<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType>
  extends Declaration<P, Q, B>,
    TenantDeclaration {
  scope: 'read'
  handler(call: BaseCall<P, Q, B> & Repetition & { read: Read; check: Check }): Promise<Reply>
}

/** Runs one query inside the caller's tenant and gives its rows and who asks. */
export type Read = <Query extends Compilable>(
  build: (queries: TenantQueryBuilder, claims: Claims) => Query,
) => Promise<{ rows: InferResult<Query>; principal: Principal }>

/** Finds out who asks without reading anything else, where the platform does the work. */
type Check = () => Promise<Principal>

/**
 * Runs the last query of a writing handler and gives its rows when they are saved: the entry in the audit trail, what is
 * taken of limits, and COMMIT leave in the same write. So it is for what has changed its objects whenever it succeeds,
 * such as an insert. Nothing can be asked for behind it, and an error behind it undoes nothing. Under an Idempotency-Key it
 * is a query like others: the answer is kept in the same transaction, and its rows are in that.
 * @param audited as in the handler's reply
 * @throws the server's error, of the query or of what leaves with it; AppError 503 `outcome_unknown`
 */
export type Finish = <Row>(audited: NonNullable<Reply['audited']>, query: Compilable<Row>) => Promise<Row[]>

/** The context inside an open transaction: without the database, since transactions never nest. */
type ContextInside = Omit<Context, 'db'>

/**
 * Writes inside the caller's tenant, in one transaction that begins with the check of the caller. Its handler runs again
 * where that transaction came to nothing.
 */
export interface WriteRoute<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType>
  extends Declaration<P, Q, B>,
    TenantDeclaration {
  scope: 'write'
  /** What it takes of the plan's limits, in the transaction of the write. */
  limits?: Amounts
  /** The entry it leaves in the tenant's audit trail; the handler's reply names the object. */
  audit: { action: string; objectType: string }
  /** Honours If-Match (RFC 9110, 13.1.1). */
  ifMatch?: true
  /** A body of lines, read as they arrive: `body` is the schema of an array, of which each line is an element. */
  bodyType?: 'application/x-ndjson'
  handler(
    call: Omit<BaseCall<P, Q, B>, 'context'> & {
      context: ContextInside
      tx: Tx
      principal: Principal
      finish: Finish
    },
  ): Promise<Reply>
}

/** Any endpoint, once declared. */
export type Route =
  | OpenRoute<z.ZodType, z.ZodType, z.ZodType>
  | AdminRoute<z.ZodType, z.ZodType, z.ZodType>
  | TenantRoute
/** An endpoint inside a tenant. */
export type TenantRoute =
  | ReadRoute<z.ZodType, z.ZodType, z.ZodType>
  | WriteRoute<z.ZodType, z.ZodType, z.ZodType>

/** Declares one endpoint. Every endpoint passes through here: parse, principal, scope, handler, commit, send. */
export function route<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType>(
  declaration: OpenRoute<P, Q, B>,
): Route
export function route<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType>(
  declaration: AdminRoute<P, Q, B>,
): Route
export function route<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType>(
  declaration: ReadRoute<P, Q, B>,
): Route
export function route<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType>(
  declaration: WriteRoute<P, Q, B>,
): Route
export function route(declaration: unknown): Route {
  return declaration as Route
}

/** 200 with a body. */
export function ok<Body>(body: Body, audited?: Reply['audited']): Reply<Body> {
  return { status: 200, body, audited }
}

/** 201 with the object that was made. */
export function created<Body>(body: Body, audited?: Reply['audited']): Reply<Body> {
  return { status: 201, body, audited }
}

/** 204, without a body. */
export function noContent(audited?: Reply['audited']): Reply {
  return { status: 204, audited }
}

/** Whether an endpoint works inside a tenant. */
export function isTenantRoute(route: Route): route is TenantRoute {
  return route.scope === 'read' || route.scope === 'write'
}
