import pg from 'pg'
import { keepAliveMs } from './connections.ts'

/** How long a connection may take to be there: longer than to any server that lives. */
const connectMs = 10_000

/**
 * The pool that the job worker works on, as the role jobs. A connection that breaks is told to `onError`; without
 * a listener it would end the process. What fails because of it is told to the worker as something that passes.
 */
export function openJobsPool(options: {
  url: string
  size: number
  idleMs: number
  onError: (error: Error) => void
}): pg.Pool {
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.size,
    idleTimeoutMillis: options.idleMs,
    connectionTimeoutMillis: connectMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: keepAliveMs,
  })
  pool.on('connect', (client) => {
    client.on('error', options.onError)
    client.query = toldAsPassing(client.query.bind(client)) as typeof client.query
  })
  pool.on('error', options.onError)
  pool.connect = toldAsPassing(pool.connect.bind(pool), () => pool.ending) as typeof pool.connect
  return pool
}

/** @param isOver whether the worker has stopped: it would try for minutes, and nobody waits for that */
function toldAsPassing(ask: (...args: never[]) => unknown, isOver = () => false) {
  return (...args: never[]) => {
    const answer = ask(...args)
    if (!(answer instanceof Promise)) return answer
    return answer.catch((error) => (isOver() ? new Promise(() => undefined) : rethrowAsPassing(error)))
  }
}

/** A failure of the connection, or of a server that is going, coming or full. */
class DatabaseAwayError extends Error {
  override name = 'DatabaseAwayError'
  /**
   * What graphile-worker tries again, every five seconds at most. Of anything else that happens while it deletes a job
   * that is done nobody hears: the promise has no listener, and the job would be done once more.
   * Source: RETRYABLE_ERROR_CODES in its src/lib.ts
   */
  readonly code = '40001'
}

/** SQLSTATEs of what has to do with the server, not with the statement: PostgreSQL, Appendix A. */
const ofServer = /^(08|53|57P|58)/

function rethrowAsPassing(error: Error & { code?: string; severity?: string }): never {
  const { code = '', severity } = error
  const isOfStatement = severity !== undefined && severity !== 'FATAL' && !ofServer.test(code)
  throw isOfStatement ? error : new DatabaseAwayError(error.message, { cause: error })
}
