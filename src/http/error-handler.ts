import type { ErrorRequestHandler, Request, RequestHandler, Response } from 'express'
import type { Context } from '../context.ts'
import { AppError, type ErrorCode, problems } from '../errors.ts'
import { toFrench } from './french.ts'
import { languageOf } from './language.ts'

/** What PostgreSQL reports, by SQLSTATE, where a feature has not said more exactly what a constraint means. */
const databaseErrors: Record<string, ErrorCode> = {
  '22001': 'invalid_request',
  '22003': 'invalid_request',
  '22007': 'invalid_request',
  '22008': 'invalid_request',
  '22009': 'invalid_request',
  '22021': 'invalid_request',
  '22P02': 'invalid_request',
  '22P05': 'invalid_request',
  '23502': 'invalid_request',
  '23503': 'invalid_request',
  '23505': 'conflict',
  '23514': 'invalid_request',
  '40001': 'overloaded',
  '40P01': 'overloaded',
  '55P03': 'overloaded',
  '57014': 'overloaded',
}

/** What functions of ours raise (db/migrations), by SQLSTATE; their DETAIL is JSON, the members of the problem. */
const raisedErrors: Record<string, ErrorCode> = {
  TN001: 'limit_reached',
  TN002: 'payment_required',
  TN003: 'insufficient_credits',
  TN004: 'idempotency_key_reused',
}

/** The last middleware: every error becomes a problem document (RFC 9457) that tells no SQL, stack or value. */
export function errorHandler(context: Context): ErrorRequestHandler {
  return (error, request, response, _next) => {
    const problem = toAppError(error)
    // Ours, not PostgreSQL's. The line of the request tells it: who sends too much must not fill the log with more.
    const isRefusal = error instanceof AppError && error.code === 'overloaded'
    response.locals.isRefusal = isRefusal
    const line = {
      err: error,
      request_id: request.id,
      tenant_id: response.locals.tenantId,
      code: problem.code,
    }
    if ((problem.status >= 500 && !isRefusal) || (error as { code?: string }).code === '42501') {
      context.log.error(line, 'request failed')
    } else if (isFromDatabase(error) && problem.code === 'invalid_request') {
      context.log.warn(line, 'the database refused an input that its schema had let pass')
    }
    // Express would print the error as it is to standard error; a broken answer is all that can be told by now.
    if (response.headersSent) request.socket.destroy()
    else sendProblem(request, response, problem)
  }
}

/** The error as what may be told of it. */
export function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error
  const { code, status, detail } = (error ?? {}) as { code?: string; detail?: string; status?: number }
  const raised = raisedErrors[code ?? '']
  if (raised) return new AppError(raised, { members: readMembers(detail), cause: error })
  const known = databaseErrors[code ?? '']
  if (known) return new AppError(known, { cause: error })
  // What the router or the parser refuses, such as a path that does not decode or a body that does not unzip.
  if (status && status >= 400 && status < 500) return new AppError('malformed_request', { cause: error })
  return new AppError('internal_error', { cause: error })
}

/** Nothing of a DETAIL that is not ours. */
function readMembers(detail: string | undefined): Record<string, unknown> {
  try {
    return JSON.parse(detail ?? '{}')
  } catch {
    return {}
  }
}

/** The members that every problem document has (RFC 9457, section 3). */
export function describeProblem(code: ErrorCode, request_id: string, language: 'en' | 'fr') {
  const [status, english, french] = problems[code]
  const detail = language === 'fr' ? french : english
  return {
    type: `urn:tenantry:problem:${code}`,
    title: code.replaceAll('_', ' '),
    status,
    detail,
    code,
    request_id,
  }
}

/** Answers with a problem document in the caller's language. */
export function sendProblem(request: Request, response: Response, problem: AppError): void {
  const language = languageOf(request)
  const errors =
    language === 'fr'
      ? problem.errors?.map(({ path, message }) => ({ path, message: toFrench(message) }))
      : problem.errors
  const body = JSON.stringify({
    ...describeProblem(problem.code, request.id, language),
    ...(errors ? { errors } : {}),
    ...problem.members,
  })
  response.status(problem.status).vary('Accept-Language')
  response.set({
    'Content-Type': 'application/problem+json; charset=utf-8',
    'Cache-Control': 'no-store',
    ...problem.headers,
  })
  response.end(body)
}

function isFromDatabase(error: unknown): boolean {
  return typeof (error as { severity?: unknown }).severity === 'string'
}

/** Where no route is. */
export const notFound: RequestHandler = () => {
  throw new AppError('not_found')
}
