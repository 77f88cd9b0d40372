import { randomUUID } from 'node:crypto'
import type { RequestHandler } from 'express'
import type { Context } from '../context.ts'

declare global {
  namespace Express {
    interface Request {
      /** In logs, problem documents, audit entries and the answer's X-Request-Id. */
      id: string
    }
  }
}

/** Labels have to be of a bounded number, and callers may send any of some thirty-five methods. */
const methods = new Set(['GET', 'HEAD', 'POST', 'PATCH', 'PUT', 'DELETE'])

/**
 * Gives every request its id and, when the answer is out or the caller gone, writes one log line and counts it:
 * with its tenant and declared path; nothing of the path, query, headers or body that was sent, since people's
 * data may stand in each.
 */
export function observe({ log, metrics }: Context): RequestHandler {
  // The fields are these and no other, so none has to be searched for secrets.
  const lines = log.child({}, { redact: [] })
  const durations = rememberByLabels(metrics)
  return (request, response, next) => {
    const start = performance.now()
    request.id = randomUUID()
    response.setHeader('X-Request-Id', request.id)
    response.once('close', () => {
      const ms = performance.now() - start
      const { method, id: request_id } = request
      // 499: the caller hung up before there was an answer (nginx's number; no standard has one).
      const status = response.headersSent ? response.statusCode : 499
      const path: string = request.route?.path ?? 'unknown'
      const known = path !== 'unknown' && methods.has(method) ? method : 'other'
      durations(known, path, status).observe(ms / 1000)
      const line = {
        request_id,
        method,
        path,
        tenant_id: response.locals.tenantId,
        status,
        ms: Math.round(ms),
      }
      const message = response.writableFinished ? 'request completed' : 'request aborted'
      if (response.locals.isRefusal) lines.warn({ ...line, code: 'overloaded' }, message)
      else if (status >= 500) lines.error(line, message)
      else lines.info(line, message)
    })
    next()
  }
}

/** The histogram of each combination of labels, looked up once: they are of a bounded number. */
function rememberByLabels({ requests }: Context['metrics']) {
  const remembered = new Map<string, ReturnType<typeof requests.labels>>()
  return (method: string, path: string, status: number) => {
    const name = `${method} ${path} ${status}`
    let histogram = remembered.get(name)
    if (!histogram) {
      histogram = requests.labels(method, path, String(status))
      remembered.set(name, histogram)
    }
    return histogram
  }
}
