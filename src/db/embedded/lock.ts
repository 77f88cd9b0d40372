import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'

/** Another live Tenantry server uses this data folder. */
export class DataFolderInUseError extends Error {
  constructor(dataDir: string, by: string) {
    super(
      `The data folder ${dataDir} is in use by another Tenantry server (${by}). Stop that one first, ` +
        'or set DATA_DIR to another folder, or DATABASE_URL to a PostgreSQL of your own.',
    )
    this.name = 'DataFolderInUseError'
  }
}

/**
 * Lets one process at a time make and start what lies in `dataDir`; gives the function that lets go.
 * It is SQLite's lock on a file without content: the only one in Node that the kernel lifts when its process
 * is killed, so that no leftover needs to be told from a live one.
 * Throws DataFolderInUseError when another process has been starting for three minutes, and an Error when the
 * folder cannot be written.
 */
export async function takeStartLock(dataDir: string, patience = 180_000): Promise<() => void> {
  const file = openLockFile(dataDir)
  const deadline = Date.now() + patience
  try {
    while (!tryExclusive(file)) {
      if (Date.now() > deadline) throw new DataFolderInUseError(dataDir, 'one that is still starting')
      await sleep(50)
    }
  } catch (error) {
    file.close()
    throw error instanceof DataFolderInUseError ? error : notWritable(dataDir, error as Error)
  }
  return () => file.close()
}

function openLockFile(dataDir: string): DatabaseSync {
  try {
    return new DatabaseSync(join(dataDir, 'postgres.lock'), { timeout: 0 })
  } catch (error) {
    throw notWritable(dataDir, error as Error)
  }
}

function tryExclusive(file: DatabaseSync): boolean {
  const busy = 5
  try {
    file.exec('pragma journal_mode = memory; begin exclusive')
    return true
  } catch (error) {
    if ((error as { errcode?: number }).errcode === busy) return false
    throw error
  }
}

function notWritable(dataDir: string, cause: Error): Error {
  return new Error(
    `The data folder ${dataDir} cannot be locked for starting PostgreSQL (postgres.lock: ${cause.message}). ` +
      'Start as a user who may write there, or set DATA_DIR to another folder.',
    { cause },
  )
}
