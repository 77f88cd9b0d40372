import { sql } from 'kysely'
import type { PlatformTx, Tx } from '../db/database.ts'
import type { TaskName, TaskPayloads } from './tasks.ts'

/**
 * Adds a job in the caller's transaction: it runs at least once after the commit, and never without it. The job
 * carries the transaction's tenant, whatever the payload says.
 * @param options `key`: a job of the same key that has not run yet is replaced; `runAt`: not before this instant
 */
export async function enqueueJob<Name extends TaskName>(
  tx: Tx | PlatformTx,
  task: Name,
  payload: TaskPayloads[Name],
  options: { key?: string; runAt?: Date } = {},
): Promise<void> {
  const { key = null, runAt = null } = options
  await sql`select graphile_worker.enqueue_job(${task}, ${JSON.stringify(payload)}::json, ${key}, ${runAt})`.execute(
    tx,
  )
}
