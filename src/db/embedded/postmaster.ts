import { execFile } from 'node:child_process'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** A PostgreSQL that accepts connections on 127.0.0.1. */
export interface Postmaster {
  pid: number
  port: number
}

/**
 * Gives the server that runs on this cluster, waiting while it is still starting, or until it has gone when it
 * is stopping; undefined when none runs. Removes the `postmaster.pid` of a dead one, because PostgreSQL would
 * take a newer process with the same id for the old server. The caller holds the start lock.
 * Throws when the server is neither ready nor gone within a minute.
 */
export async function findRunning(folder: string): Promise<Postmaster | undefined> {
  const deadline = Date.now() + 60_000
  while (Date.now() < deadline) {
    const file = await readPostmasterFile(folder)
    if (!file) return undefined
    if (!(await isPostmasterOf(folder, file.pid))) {
      await rm(join(folder, 'postmaster.pid'), { force: true })
      return undefined
    }
    if (file.ready) return { pid: file.pid, port: file.port }
    await sleep(50)
  }
  throw new Error(
    `The PostgreSQL that runs on ${folder} has neither become ready nor gone within a minute. ` +
      'Look into postgres.log beside that folder, and stop the process named in its postmaster.pid.',
  )
}

/** Says whether the process `pid` is ready to serve this cluster, and where. */
export async function readyPort(folder: string, pid: number): Promise<number | undefined> {
  const file = await readPostmasterFile(folder)
  return file?.pid === pid && file.ready ? file.port : undefined
}

/**
 * Stops the server in an orderly way (clients are cut off, data is written), within 20 seconds, else at once.
 * Does nothing when it is no longer the one that runs on this cluster. Throws when it does not go.
 */
export async function shutDown(folder: string, pid: number): Promise<void> {
  const file = await readPostmasterFile(folder)
  if (file?.pid !== pid) return
  if (await endsAfter('SIGINT', folder, pid, 20_000)) return
  if (await endsAfter('SIGQUIT', folder, pid, 5_000)) return
  throw new Error(`The PostgreSQL with process id ${pid} on ${folder} does not stop. Stop it by hand.`)
}

async function endsAfter(
  signal: NodeJS.Signals,
  folder: string,
  pid: number,
  patience: number,
): Promise<boolean> {
  const deadline = Date.now() + patience
  if (!(await isPostmasterOf(folder, pid))) return true
  process.kill(pid, signal)
  while ((await isPostmasterOf(folder, pid)) || (await isEnding(pid))) {
    if (Date.now() > deadline) return false
    await sleep(20)
  }
  return true
}

// Lines: process id, data folder, start time, port, socket folder, address, shared memory, state.
async function readPostmasterFile(folder: string) {
  const text = await readFile(join(folder, 'postmaster.pid'), 'utf8').catch((error) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  if (text === undefined) return undefined
  const lines = text.split('\n')
  return { pid: Number(lines[0]), port: Number(lines[3]), ready: lines[7]?.trim() === 'ready' }
}

// A process id alone proves nothing, it may have been given to another program. A zombie has no command line.
async function isPostmasterOf(folder: string, pid: number): Promise<boolean> {
  if (!(pid > 0)) return false
  const command = await commandLineOf(pid)
  return /(^|\/)postgres -D /.test(command) && command.includes(`-D ${folder} `)
}

// On its way out a process has lost its command line, but not yet its files and ports.
async function isEnding(pid: number): Promise<boolean> {
  if (process.platform !== 'linux' || (await commandLineOf(pid)) !== '') return false
  const state = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  return state !== '' && !/\) [ZX] /.test(state)
}

async function commandLineOf(pid: number): Promise<string> {
  if (process.platform === 'linux') {
    const args = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
    return args.replaceAll('\0', ' ')
  }
  const ps = await run('ps', ['-ww', '-o', 'command=', '-p', String(pid)]).catch(() => ({ stdout: '' }))
  return ps.stdout
}
