import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chown, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type Account, commandFor } from './account.ts'
import type { Binaries } from './binaries.ts'

const run = promisify(execFile)
const passwordFile = 'tenantry-superuser-password'
const unfinished = 'postgres.new-'

/** The files of a database cluster, and the password of its superuser `postgres`. */
export interface Cluster {
  folder: string
  password: string
}

interface ClusterOptions {
  dataDir: string
  folder: string
  binaries: Binaries
  account: Account
  ephemeral: boolean
  log: (line: string) => void
}

/**
 * Gives the cluster in `folder`, making it first if there is none. The caller holds the start lock.
 * Throws when initdb fails, and when the folder is not one that this function made.
 */
export async function openCluster(options: ClusterOptions): Promise<Cluster> {
  const { folder } = options
  await removeUnfinished(options.dataDir)
  const present = await stat(folder).catch(() => undefined)
  if (!present) await makeCluster(options)
  const password = await readFile(join(folder, passwordFile), 'utf8').catch((cause) => {
    throw new Error(
      `${folder} is not a database cluster that Tenantry made: ${cause.message}. ` +
        'Move it away, or set DATA_DIR to another folder.',
      { cause },
    )
  })
  return { folder, password: password.trim() }
}

// Cluster and password come into being with one rename, so no crash leaves half a cluster, or one that
// nobody can open.
async function makeCluster(options: ClusterOptions): Promise<void> {
  const { dataDir, folder, account, log } = options
  log(`making a PostgreSQL cluster in ${folder}`)
  const workshop = await mkdtemp(join(dataDir, unfinished))
  try {
    const made = join(workshop, 'cluster')
    const pwfile = join(workshop, 'password')
    await writeFile(pwfile, randomBytes(24).toString('base64url'), { mode: 0o600, flush: true })
    if (account.uid !== undefined && account.gid !== undefined) {
      await chown(workshop, account.uid, account.gid)
      await chown(pwfile, account.uid, account.gid)
    }
    await initialise(options, made, pwfile)
    await rename(pwfile, join(made, passwordFile))
    await rename(made, folder)
  } finally {
    await rm(workshop, { recursive: true, force: true })
  }
}

async function initialise(options: ClusterOptions, folder: string, pwfile: string): Promise<void> {
  const args = [
    `--pgdata=${folder}`,
    '--username=postgres',
    `--pwfile=${pwfile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    ...(options.ephemeral ? ['--no-sync'] : []),
  ]
  const command = commandFor(options.account, options.binaries.initdb, args)
  await run(command.file, command.args, command.options).catch((cause) => {
    const said = `${cause.stderr ?? ''}`.trim() || cause.message
    throw new Error(
      `initdb could not make a cluster in ${options.dataDir}:\n${said}\n` +
        'Set DATA_DIR to another folder, or DATABASE_URL to a PostgreSQL of your own.',
      { cause },
    )
  })
}

// What a killed start left. Its initdb may still be writing, hence the retries; what they don't get, the next
// start will.
async function removeUnfinished(dataDir: string): Promise<void> {
  for (const name of await readdir(dataDir)) {
    if (!name.startsWith(unfinished)) continue
    await rm(join(dataDir, name), { recursive: true, force: true, maxRetries: 5 }).catch(() => undefined)
  }
}
