import pg from 'pg'

/**
 * The pool that the job worker works on, as the role jobs. A connection that breaks is told to `onError`; without
 * a listener it would end the process.
 */
export function openJobsPool(options: {
  url: string
  size: number
  idleMs: number
  onError: (error: Error) => void
}): pg.Pool {
  const { url: connectionString, size: max, idleMs: idleTimeoutMillis } = options
  const pool = new pg.Pool({ connectionString, max, idleTimeoutMillis })
  pool.on('connect', (client) => client.on('error', options.onError))
  pool.on('error', options.onError)
  return pool
}
