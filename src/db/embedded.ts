import { mkdir, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import type pg from 'pg'
import { chooseAccount } from './embedded/account.ts'
import { locateBinaries } from './embedded/binaries.ts'
import { openCluster } from './embedded/cluster.ts'
import { holdDataFolder } from './embedded/hold.ts'
import { launch } from './embedded/launch.ts'
import { DataFolderInUseError, takeStartLock } from './embedded/lock.ts'
import { shutDown } from './embedded/postmaster.ts'

export { DataFolderInUseError }

export interface EmbeddedPostgres {
  /** superuser URL of the database `tenantry` (only for the migrate step) */
  url: string
  /** stops it when this process is the one that holds it; safe to call twice */
  stop(): Promise<void>
}

export interface EmbeddedOptions {
  /** absolute folder; the cluster lies in `<dataDir>/postgres` */
  dataDir: string
  /** takes one line of progress, e.g. to a logger */
  log: (line: string) => void
  /** for throwaway test clusters: faster, but a crash of PostgreSQL may lose the last commits, one of the machine all */
  ephemeral?: boolean
  /** max_connections, default 100; a server that is taken over keeps its own */
  maxConnections?: number
  /** for commands: beside the live server of the folder where there is one, and beside other commands */
  join?: boolean
}

/**
 * Starts the PostgreSQL 18 that comes with npm, for development and tests, and makes the database `tenantry`;
 * takes over one that a killed process has left running. It outlives this process unless `stop` is called.
 * With `join` the PostgreSQL of another live server is used, and left to it; of several commands on a folder without
 * a server the last one stops it.
 * Throws DataFolderInUseError when another live server uses the folder, which is then left alone, and an
 * Error that says what to do when PostgreSQL cannot run here.
 */
export async function startEmbeddedPostgres(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const { log, ephemeral = false, maxConnections = 100, join: shared = false } = options
  const dataDir = await prepareFolder(options.dataDir)
  const folder = join(dataDir, 'postgres')
  const logFile = join(dataDir, 'postgres.log')
  const releaseStartLock = await takeStartLock(dataDir)
  try {
    const binaries = await locateBinaries()
    const account = await chooseAccount(binaries, dataDir, folder)
    const { password } = await openCluster({ dataDir, folder, binaries, account, ephemeral, log })
    const server = await launch({ folder, logFile, binaries, account, ephemeral, maxConnections, log })
    const { pid, port } = server
    const url = (database: string) => `postgres://postgres:${password}@127.0.0.1:${port}/${database}`
    const holding = holdDataFolder({ dataDir, url: url('postgres'), pid, shared, log }, createDatabase)
    const hold = await holding.catch(async (error) => {
      if (error instanceof DataFolderInUseError) {
        if (shared) return undefined
        throw error
      }
      if (!server.adopted) await shutDown(folder, pid)
      throw new Error(`${unusable(folder, port)} ${error.message}\nIts log is ${logFile}.`, { cause: error })
    })
    if (!hold) {
      log(`joined the server that uses the PostgreSQL on 127.0.0.1:${port}`)
      return { url: url('tenantry'), stop: async () => undefined }
    }
    log(`PostgreSQL listens on 127.0.0.1:${port}, its log is ${logFile}`)
    // The lock falls with the server and not before, so that nobody takes over a server about to stop.
    return { url: url('tenantry'), stop: once(() => hold.release(() => shutDown(folder, pid))) }
  } finally {
    releaseStartLock()
  }
}

// Resolved, because a running server is recognized by the path on its command line.
async function prepareFolder(dataDir: string): Promise<string> {
  try {
    await mkdir(dataDir, { recursive: true })
    return await realpath(dataDir)
  } catch (cause) {
    throw new Error(`${(cause as Error).message}. Set DATA_DIR to a folder that can be made and written.`, {
      cause,
    })
  }
}

async function createDatabase(client: pg.Client): Promise<void> {
  const { rowCount } = await client.query("select from pg_database where datname = 'tenantry'")
  if (rowCount === 0) await client.query('create database tenantry')
}

function unusable(folder: string, port: number): string {
  return `The PostgreSQL of ${folder} runs on port ${port}, but cannot be used:`
}

function once(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined
  return () => {
    done ??= work()
    return done
  }
}
