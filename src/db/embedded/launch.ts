import { type ChildProcess, spawn } from 'node:child_process'
import { type FileHandle, open } from 'node:fs/promises'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Account, commandFor } from './account.ts'
import type { Binaries } from './binaries.ts'
import { findRunning, type Postmaster, readyPort } from './postmaster.ts'

const longestLog = 5 * 1024 * 1024

export interface LaunchOptions {
  folder: string
  logFile: string
  binaries: Binaries
  account: Account
  ephemeral: boolean
  maxConnections: number
  log: (line: string) => void
}

/** The server, and whether it ran before we came. */
export type Launched = Postmaster & { adopted: boolean }

/**
 * Gives the server of this cluster: the one that a killed process left running, else a new one on a free port
 * of 127.0.0.1. Tries again for what passes by itself: the port was taken in between, or processes of a killed
 * server are still going. The caller holds the start lock.
 * Throws with the end of PostgreSQL's log when it does not start.
 */
export async function launch(options: LaunchOptions): Promise<Launched> {
  const deadline = Date.now() + 20_000
  for (;;) {
    const running = await findRunning(options.folder)
    if (running) {
      options.log(`found a PostgreSQL that runs on this data folder already (process ${running.pid})`)
      return { ...running, adopted: true }
    }
    const outcome = await tryToStart(options)
    if ('pid' in outcome) return { ...outcome, adopted: false }
    if (!passesByItself(outcome.said) || Date.now() > deadline) {
      throw new Error(
        `The embedded PostgreSQL did not start. The end of ${options.logFile}:\n${outcome.said}\n` +
          'Put right what it says, or set DATA_DIR to another folder, or DATABASE_URL to a PostgreSQL of your own.',
      )
    }
    await sleep(200)
  }
}

function passesByItself(said: string): boolean {
  return /Address already in use|lock file .* already exists|pre-existing shared memory block/.test(said)
}

async function tryToStart(options: LaunchOptions): Promise<Postmaster | { said: string }> {
  const logFile = await open(options.logFile, 'a+', 0o600)
  try {
    const { uid, gid } = options.account
    if (uid !== undefined && gid !== undefined) await logFile.chown(uid, gid)
    if ((await logFile.stat()).size > longestLog) await logFile.truncate()
    const { size: from } = await logFile.stat()
    const child = start(options, await findFreePort(), logFile)
    const port = await untilReady(child, options.folder)
    if (child.pid !== undefined && port !== undefined) return { pid: child.pid, port }
    return { said: await endOf(logFile, from) }
  } finally {
    await logFile.close()
  }
}

function start(options: LaunchOptions, port: number, logFile: FileHandle): ChildProcess {
  const command = commandFor(options.account, options.binaries.postgres, [
    '-D',
    options.folder,
    '-p',
    String(port),
    ...settings(options).flatMap((setting) => ['-c', setting]),
  ])
  // In a session of its own: Ctrl-C is for Node, which ends its requests before it stops PostgreSQL.
  const child = spawn(command.file, command.args, {
    ...command.options,
    detached: true,
    stdio: ['ignore', logFile.fd, logFile.fd],
  })
  child.unref()
  return child
}

function settings({ ephemeral, maxConnections }: LaunchOptions): string[] {
  return [
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    `max_connections=${maxConnections}`,
    'timezone=UTC',
    'log_timezone=UTC',
    'log_checkpoints=off',
    ...(ephemeral ? ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off'] : []),
  ]
}

// Recovery after a crash may take its time. Undefined when the server ended instead.
async function untilReady(child: ChildProcess, folder: string): Promise<number | undefined> {
  let ended = false
  child.once('exit', () => {
    ended = true
  })
  child.once('error', () => {
    ended = true
  })
  const deadline = Date.now() + 120_000
  while (!ended && child.pid !== undefined) {
    const port = await readyPort(folder, child.pid)
    if (port !== undefined) return port
    if (Date.now() > deadline) child.kill('SIGQUIT')
    await sleep(20)
  }
  return undefined
}

async function endOf(logFile: FileHandle, from: number): Promise<string> {
  const { size } = await logFile.stat()
  const { buffer, bytesRead } = await logFile.read({ buffer: Buffer.alloc(size - from), position: from })
  return (
    buffer.toString('utf8', 0, bytesRead).trimEnd().split('\n').slice(-15).join('\n') || '(it says nothing)'
  )
}

function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}
