import type { ErrorRequestHandler, Request, RequestHandler, Response } from 'express'
import type { Context } from '../context.ts'
import { AppError, type ErrorCode, problems } from '../errors.ts'

/** What express.json and the router report, by their `type` or `status`: body-parser's README, section Errors. */
const bodyErrors: Record<string, ErrorCode> = {
  'entity.parse.failed': 'malformed_json',
  'entity.verify.failed': 'malformed_json',
  'request.aborted': 'malformed_json',
  'request.size.invalid': 'malformed_json',
  'entity.too.large': 'body_too_large',
  'encoding.unsupported': 'unsupported_media_type',
  'charset.unsupported': 'unsupported_media_type',
}

/** What PostgreSQL reports, by SQLSTATE, where a feature has not said more exactly what a constraint means. */
const databaseErrors: Record<string, ErrorCode> = {
  '22001': 'invalid_request',
  '22003': 'invalid_request',
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

/** The last middleware: every error becomes a problem document (RFC 9457) that tells no SQL, stack or value. */
export function errorHandler(context: Context): ErrorRequestHandler {
  return (error, request, response, next) => {
    const problem = toAppError(error)
    if (problem.status >= 500 || (error as { code?: string }).code === '42501') {
      context.log.error({ err: error, request_id: request.id, code: problem.code }, 'request failed')
    }
    if (response.headersSent) return next(error)
    sendProblem(request, response, problem)
  }
}

/** The error as what may be told of it. */
export function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error
  const { code, type, status } = error as { code?: string; type?: string; status?: number }
  const known = bodyErrors[type ?? ''] ?? databaseErrors[code ?? '']
  if (known) return new AppError(known, { cause: error })
  // What the router refuses, such as a path that does not decode.
  if (status && status >= 400 && status < 500) return new AppError('invalid_request', { cause: error })
  return new AppError('internal_error', { cause: error })
}

/** Answers with a problem document in the caller's language. */
export function sendProblem(request: Request, response: Response, problem: AppError): void {
  const [status, english, french] = problems[problem.code]
  const body = JSON.stringify({
    type: `urn:tenantry:problem:${problem.code}`,
    title: problem.code.replaceAll('_', ' '),
    status,
    detail: languageOf(request) === 'fr' ? french : english,
    code: problem.code,
    request_id: request.id,
    ...(problem.errors ? { errors: problem.errors } : {}),
    ...problem.members,
  })
  response.status(status)
  response.set({
    'Content-Type': 'application/problem+json; charset=utf-8',
    'Cache-Control': 'no-store',
    Vary: 'Accept-Language',
    ...problem.headers,
  })
  response.end(body)
}

/** English unless Accept-Language prefers French. */
export function languageOf(request: Request): 'en' | 'fr' {
  return request.acceptsLanguages('en', 'fr') === 'fr' ? 'fr' : 'en'
}

/** Where no route is. */
export const notFound: RequestHandler = () => {
  throw new AppError('not_found')
}
