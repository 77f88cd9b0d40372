import { type ChildProcess, spawn } from 'node:child_process'
import { chown, mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { withDirectClient } from '../../../src/db/direct-client.ts'
import { type Account, chooseAccount, commandFor } from '../../../src/db/embedded/account.ts'
import { type Binaries, locateBinaries } from '../../../src/db/embedded/binaries.ts'
import { openCluster } from '../../../src/db/embedded/cluster.ts'
import { cloneDatabase, createTemplate, folderOfClusters, type TestDatabase } from '../cluster.ts'
import { findFreePort } from '../free-port.ts'

/** How PostgreSQL is stopped. Source: postgresql.org/docs/current/server-shutdown.html */
const signals = { fast: 'SIGINT', immediate: 'SIGQUIT' } as const

/** A PostgreSQL of a test file's own, to be stopped and started on the same port. */
export interface TroubledPostgres {
  /** Of a superuser. */
  adminUrl: string
  /** Where its files lie. */
  folder: string
  /** Under whom it runs; undefined: as we do. */
  account: Account
  isRunning(): boolean
  stop(how?: keyof typeof signals): Promise<void>
  /** @param standby as a replica that reads what nobody sends it, and lets others read, or nobody in */
  start(standby?: 'hot' | 'closed'): Promise<void>
  /** A migrated database, which goes with the cluster. */
  createDatabase(): Promise<TestDatabase>
  /** Stops it and removes its files. */
  remove(): Promise<void>
}

/** Makes a cluster and starts it. Each of its processes ends with `remove`. */
export async function startTroubledPostgres(
  settings: Record<string, string> = {},
): Promise<TroubledPostgres> {
  const dataDir = await mkdtemp(join(await folderOfClusters(), 'tenantry-trouble-'))
  const folder = join(dataDir, 'postgres')
  const binaries = await locateBinaries()
  const account = await chooseAccount(binaries, dataDir, folder)
  if (account.uid !== undefined && account.gid !== undefined) await chown(dataDir, account.uid, account.gid)
  const log = () => undefined
  const { password } = await openCluster({ dataDir, folder, binaries, account, ephemeral: true, log })
  const port = await findFreePort()
  const logFile = join(dataDir, 'postgres.log')
  const adminUrl = `postgres://postgres:${password}@127.0.0.1:${port}/postgres`
  const all = { ...common, ...settings, port: String(port) }
  let running: ChildProcess | undefined

  const postgres: TroubledPostgres = {
    adminUrl,
    folder,
    account,
    isRunning: () => running !== undefined && running.exitCode === null && running.signalCode === null,
    async stop(how = 'fast') {
      const stopped = running
      if (!stopped || !postgres.isRunning()) return
      const gone = new Promise((resolve) => stopped.once('exit', resolve))
      stopped.kill(signals[how])
      await gone
    },
    async start(standby) {
      const signal = join(folder, 'standby.signal')
      await (standby ? writeFile(signal, '') : rm(signal, { force: true }))
      const hot_standby = standby === 'closed' ? 'off' : 'on'
      running = await launch({ folder, logFile, binaries, account, settings: { ...all, hot_standby } })
      for (const from = Date.now(); !(await answers(adminUrl, standby === 'closed')); ) {
        if (!postgres.isRunning() || Date.now() - from > 20_000) {
          throw new Error(`PostgreSQL did not start:\n${await readFile(logFile, 'utf8')}`)
        }
        await sleep(20)
      }
    },
    async createDatabase() {
      const cluster = { adminUrl, isSuperuser: true }
      const template = await createTemplate(cluster)
      return { ...(await cloneDatabase(cluster, template.name)), drop: async () => undefined }
    },
    async remove() {
      await postgres.stop('immediate')
      await rm(dataDir, { recursive: true, force: true, maxRetries: 10 })
    },
  }
  await postgres.start()
  return postgres
}

/** Whether it serves, or says that it does not yet. */
async function answers(url: string, isClosed: boolean): Promise<boolean> {
  const refusal = await withDirectClient(url, (client) => client.query('select')).then(
    () => undefined,
    (error) => error.code,
  )
  return refusal === (isClosed ? '57P03' : undefined)
}

const common = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  timezone: 'UTC',
  log_timezone: 'UTC',
  fsync: 'off',
  deadlock_timeout: '100ms',
}

interface LaunchOptions {
  folder: string
  logFile: string
  binaries: Binaries
  account: Account
  settings: Record<string, string>
}

async function launch({
  folder,
  logFile,
  binaries,
  account,
  settings,
}: LaunchOptions): Promise<ChildProcess> {
  const options = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const command = commandFor(account, binaries.postgres, ['-D', folder, ...options])
  const file = await open(logFile, 'a')
  try {
    return spawn(command.file, command.args, { ...command.options, stdio: ['ignore', file.fd, file.fd] })
  } finally {
    await file.close()
  }
}
