import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { DataFolderInUseError } from './lock.ts'

const lockKey = 1_952_804_449

/** The hold of this process on a data folder. */
export interface Hold {
  /** Runs `farewell` if the folder is still held, and lets go after it. */
  release(farewell: () => Promise<void>): Promise<void>
}

interface HoldOptions {
  dataDir: string
  /** superuser URL of the maintenance database */
  url: string
  /** process id that the server must have */
  pid: number
  log: (line: string) => void
}

interface State {
  client: pg.Client
  held: boolean
  releasing: boolean
}

/**
 * Takes the server's lock for the life of this process, on a connection of its own which does not keep Node
 * from ending; `prepare` runs on it once the lock is taken. When a crash of PostgreSQL breaks it, the lock is
 * taken again as soon as PostgreSQL has recovered.
 * Throws DataFolderInUseError when another process has it and does not go within 2 seconds (the connection of
 * one killed just now needs a moment to fall), and what connecting throws.
 */
export async function holdDataFolder(
  options: HoldOptions,
  prepare: (client: pg.Client) => Promise<void>,
): Promise<Hold> {
  const client = await connectAndLock(options, 2_000, prepare)
  const state = { client, held: true, releasing: false }
  watch(state, options)
  return {
    async release(farewell) {
      state.releasing = true
      try {
        if (state.held) await farewell()
      } finally {
        await state.client.end().catch(() => undefined)
      }
    },
  }
}

function watch(state: State, options: HoldOptions): void {
  // @types/pg does not know unref.
  ;(state.client as pg.Client & { unref(): void }).unref()
  state.client.once('end', () => {
    state.held = false
    if (!state.releasing) void takeAgain(state, options)
  })
}

async function takeAgain(state: State, options: HoldOptions): Promise<void> {
  options.log('the embedded PostgreSQL has broken its connections')
  for (let attempt = 0; attempt < 20; attempt++) {
    await sleep(500, undefined, { ref: false })
    if (state.releasing) return
    const client = await connectAndLock(options, 0).catch((error: Error) => error)
    if (client instanceof DataFolderInUseError) return options.log(client.message)
    if (client instanceof Error) continue
    if (state.releasing) return client.end()
    options.log('the embedded PostgreSQL has recovered')
    state.client = client
    state.held = true
    return watch(state, options)
  }
  options.log('the embedded PostgreSQL is gone; look into postgres.log and start Tenantry again')
}

async function connectAndLock(
  options: HoldOptions,
  patience: number,
  prepare: (client: pg.Client) => Promise<void> = async () => undefined,
): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: options.url,
    application_name: `process ${process.pid}`,
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
  })
  // Without a listener the end of PostgreSQL would be the end of Node; what follows from it is done on `end`.
  client.on('error', () => undefined)
  await client.connect()
  try {
    await verify(client, options.pid)
    await takeLock(client, options.dataDir, patience)
    await prepare(client)
    return client
  } catch (error) {
    await client.end().catch(() => undefined)
    throw error
  }
}

// The process that stop() will signal is the one that answers here, on these files.
async function verify(client: pg.Client, pid: number): Promise<void> {
  const { rows } = await client.query("select split_part(pg_read_file('postmaster.pid'), E'\\n', 1) as pid")
  if (Number(rows[0]?.pid) !== pid) throw new Error(`not process ${pid} answers, but ${rows[0]?.pid}`)
}

async function takeLock(client: pg.Client, dataDir: string, patience: number): Promise<void> {
  const deadline = Date.now() + patience
  for (;;) {
    const { rows } = await client.query('select pg_try_advisory_lock($1) as taken', [lockKey])
    if (rows[0]?.taken) return
    if (Date.now() >= deadline) throw new DataFolderInUseError(dataDir, await nameHolder(client))
    await sleep(100)
  }
}

async function nameHolder(client: pg.Client): Promise<string> {
  const { rows } = await client.query(
    `select application_name from pg_locks join pg_stat_activity using (pid)
     where locktype = 'advisory' and objid = $1 and granted`,
    [lockKey],
  )
  return rows[0]?.application_name ?? 'which has just gone'
}
