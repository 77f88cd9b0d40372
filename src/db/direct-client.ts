import pg from 'pg'

/** What PostgreSQL says about a failed statement, or undefined for any other error. */
export function asDatabaseError(error: unknown): pg.DatabaseError | undefined {
  return error instanceof pg.DatabaseError ? error : undefined
}

/**
 * Opens one connection outside the pools, for the migrate step and the command line, and closes it when `work`
 * ends.
 * @throws what `work` throws, and what pg throws when no connection is to be had
 */
export async function withDirectClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({
    connectionString: url,
    keepAlive: true,
    connectionTimeoutMillis: 10_000,
    application_name: 'tenantry migrate',
  })
  // A backend that is killed between two statements would end the process; the next statement reports it.
  client.on('error', () => undefined)
  try {
    await client.connect()
    return await work(client)
  } finally {
    await client.end().catch(() => undefined)
  }
}

/** Runs `work` in a transaction of `client`. */
export async function inTransaction<T>(client: pg.Client, work: () => Promise<T>): Promise<T> {
  await client.query('begin')
  try {
    const result = await work()
    await client.query('commit')
    return result
  } catch (error) {
    await client.query('rollback').catch(() => undefined)
    throw error
  }
}
