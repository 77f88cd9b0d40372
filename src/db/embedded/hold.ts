import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { DataFolderInUseError, takeStartLock } from './lock.ts'

const lockKey = 1_952_804_449

/** The hold of this process on a data folder. */
export interface Hold {
  /** Runs `farewell` if the folder is still held, and lets go after it. */
  release(farewell: () => Promise<void>): Promise<void>
}

interface HoldOptions {
  dataDir: string
  /** beside others who share it, but never beside one who does not */
  shared: boolean
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
 * taken again as soon as PostgreSQL has recovered. Of those who share it the last to let go says farewell.
 * Throws DataFolderInUseError when another process has it and does not go within 2 seconds (the connection of
 * one killed just now needs a moment to fall) or, where it is to be shared, at once; and what connecting throws.
 */
export async function holdDataFolder(
  options: HoldOptions,
  prepare: (client: pg.Client) => Promise<void>,
): Promise<Hold> {
  const client = await connectAndLock(options, options.shared ? 0 : 2_000, prepare)
  const state = { client, held: true, releasing: false }
  watch(state, options)
  return {
    async release(farewell) {
      state.releasing = true
      withRef(state.client).ref()
      try {
        if (!state.held) return
        if (options.shared) await leave(state.client, options.dataDir, farewell)
        else await farewell()
      } finally {
        await state.client.end().catch(() => undefined)
      }
    },
  }
}

function watch(state: State, options: HoldOptions): void {
  withRef(state.client).unref()
  state.client.once('end', () => {
    state.held = false
    if (!state.releasing) void takeAgain(state, options)
  })
}

// @types/pg does not know these.
function withRef(client: pg.Client) {
  return client as pg.Client & { ref(): void; unref(): void }
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
    await takeLock(client, options, patience)
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

async function takeLock(client: pg.Client, options: HoldOptions, patience: number): Promise<void> {
  const take = options.shared ? 'pg_try_advisory_lock_shared' : 'pg_try_advisory_lock'
  const deadline = Date.now() + patience
  for (;;) {
    const { rows } = await client.query(`select ${take}($1) as taken`, [lockKey])
    if (rows[0]?.taken) return
    if (Date.now() >= deadline) throw new DataFolderInUseError(options.dataDir, await nameHolder(client))
    await sleep(100)
  }
}

// Who comes meanwhile has the lock by the time we ask for it alone, and keeps the server; who comes later waits
// until it has gone. Of two who leave at once, the second finds it stopped.
async function leave(client: pg.Client, dataDir: string, farewell: () => Promise<void>): Promise<void> {
  const succeeds = (sql: string) =>
    client.query(sql, [lockKey]).then(
      ({ rows }) => rows[0]?.done === true,
      () => false,
    )
  if (!(await succeeds('select pg_advisory_unlock_shared($1) as done'))) return
  const releaseStartLock = await takeStartLock(dataDir)
  try {
    if (await succeeds('select pg_try_advisory_lock($1) as done')) await farewell()
  } finally {
    releaseStartLock()
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
