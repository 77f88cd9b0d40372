import { execFile } from 'node:child_process'
import { readFile, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
import type { Binaries } from './binaries.ts'

const run = promisify(execFile)

/** Under which account PostgreSQL runs. Without uid it is our own. */
export interface Account {
  uid?: number
  gid?: number
  /** command that takes the uid on and then becomes the program; empty when plain setuid will do */
  prefix: string[]
}

/** A program under another account, in the shape that child_process takes. */
export interface Command {
  file: string
  args: string[]
  options: { cwd: string; env: NodeJS.ProcessEnv; uid?: number; gid?: number }
}

/**
 * Chooses the account for PostgreSQL, which refuses to run as root. An ordinary user is taken as is. For root
 * it is whoever owns the cluster already, else the user `postgres`, else `nobody`; it must reach the binaries
 * and `dataDir`, if need be with a capability that opens folders closed to others.
 * Throws with what to do when no account can do that, or when the cluster belongs to somebody else.
 */
export async function chooseAccount(binaries: Binaries, dataDir: string, cluster: string): Promise<Account> {
  const owner = await stat(cluster).catch(() => undefined)
  const self = process.getuid?.()
  if (self !== 0) {
    if (owner && owner.uid !== self) throw new Error(belongsToAnother(cluster, owner.uid))
    return { prefix: [] }
  }
  if (owner?.uid === 0) throw new Error(belongsToRoot(cluster))
  const { uid, gid } = owner ?? (await findUnprivilegedUser())
  for (const prefix of waysToBecome(uid, gid)) {
    const account = { uid, gid, prefix }
    if (await reaches(account, binaries, dataDir)) return account
  }
  throw new Error(
    `PostgreSQL refuses to run as root, and the user with id ${uid} may not enter ${dataDir} or ` +
      `${dirname(binaries.postgres)}. Set DATA_DIR to a folder that other users may enter and keep the project ` +
      'in such a folder, or start as an ordinary user, or set DATABASE_URL to a PostgreSQL of your own.',
  )
}

/** Gives what child_process needs to run `file` under `account`. */
export function commandFor(account: Account, file: string, args: string[]): Command {
  // The environment is a fresh one: a PGDATA, a locale or a library path of the user's must not leak in.
  // The working folder is one that every account may enter.
  const options = { cwd: '/', env: { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' } }
  const [wrapper, ...rest] = account.prefix
  if (wrapper) return { file: wrapper, args: [...rest, file, ...args], options }
  if (account.uid === undefined) return { file, args, options }
  return { file, args, options: { ...options, uid: account.uid, gid: account.gid } }
}

// initdb wants an account that is known by name.
async function findUnprivilegedUser(): Promise<{ uid: number; gid: number }> {
  const lines = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'))
  for (const name of ['postgres', '_postgres', 'nobody']) {
    const entry = lines.find((fields) => fields[0] === name)
    if (entry) return { uid: Number(entry[2]), gid: Number(entry[3]) }
  }
  throw new Error(
    'PostgreSQL refuses to run as root, and this machine has neither a user `postgres` nor `nobody`. ' +
      'Start as an ordinary user, or set DATABASE_URL to a PostgreSQL of your own.',
  )
}

// A clone in /root lies behind a folder that others may not enter. There PostgreSQL keeps a single capability
// of root's: to read past such folders, or where that one was taken from root (containers), to override them.
// no_setuid_fixup, because PostgreSQL looks for itself with access(2), which drops capabilities otherwise.
function waysToBecome(uid: number, gid: number): string[][] {
  const ids = [`--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', '--securebits=+no_setuid_fixup']
  const keeping = (capability: string) => [
    'setpriv',
    ...ids,
    `--inh-caps=+${capability}`,
    `--ambient-caps=+${capability}`,
    '--',
  ]
  return [[], keeping('dac_read_search'), keeping('dac_override')]
}

// Asked of the account itself, since modes alone don't tell (access lists, missing libraries).
async function reaches(account: Account, binaries: Binaries, dataDir: string): Promise<boolean> {
  const script = '"$1" --version && "$2" --version && test -x "$3"'
  const args = ['-c', script, 'sh', binaries.postgres, binaries.initdb, dataDir]
  const command = commandFor(account, '/bin/sh', args)
  return run(command.file, command.args, command.options).then(
    () => true,
    () => false,
  )
}

function belongsToAnother(cluster: string, uid: number): string {
  return (
    `${cluster} belongs to the user with id ${uid}. Start as that user or as root, ` +
    'or set DATA_DIR to a folder of your own.'
  )
}

function belongsToRoot(cluster: string): string {
  return (
    `${cluster} belongs to root, under whom PostgreSQL refuses to run. Give it back to its user ` +
    `(chown -R postgres ${cluster}), or set DATA_DIR to another folder.`
  )
}
