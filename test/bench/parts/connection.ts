import pg from 'pg'
import type { Bench } from '../parts.ts'

/** A connection that ends with the part. */
export async function openConnection(bench: Bench, connectionString: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString })
  // The statement under way reports it, or the next.
  client.on('error', () => undefined)
  await client.connect()
  bench.stopAfter(() => client.end())
  return client
}
