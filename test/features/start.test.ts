import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { withDirectClient } from '../../src/db/direct-client.ts'
import { folderOfClusters } from '../support/cluster.ts'
import { createUnmigratedDatabase } from '../support/database.ts'
import { signupBody } from '../support/platform.ts'

const cleanups: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

/** A data folder that a server has run on. */
let used: string
beforeAll(async () => {
  used = await makeFolder()
  const server = launch({ DATA_DIR: used, PORT: '0' })
  await server.listening
  server.process.kill('SIGTERM')
  await server.exit
})
afterAll(() => rm(used, { recursive: true, force: true, maxRetries: 10 }))

test('one command brings everything up, stops on SIGTERM and comes up again with what it knew', async () => {
  const dataDir = await temporaryFolder()
  const first = launch({ DATA_DIR: dataDir, PORT: '0' })
  const url = await first.listening
  await first.outputHas(`curl -s ${url}/signup`)
  expect((await post(`${url}/signup`, signupBody('Acme'))).status).toBe(201)
  first.process.kill('SIGTERM')
  expect(await first.exit).toBe(0)

  const second = launch({ DATA_DIR: dataDir, PORT: '0' })
  const login = { email: 'owner@acme.example', password: signupBody('Acme').admin_password }
  expect((await post(`${await second.listening}/auth/login`, login)).status).toBe(200)
  second.process.kill('SIGINT')
  expect(await second.exit).toBe(0)
})

test('after a kill -9 it comes up again, with every signup it had answered', async () => {
  const dataDir = await usedFolder()
  const first = launch({ DATA_DIR: dataDir, PORT: '0' })
  expect((await post(`${await first.listening}/signup`, signupBody('Acme'))).status).toBe(201)
  first.process.kill('SIGKILL')
  await first.exit

  const second = launch({ DATA_DIR: dataDir, PORT: '0' })
  const login = { email: 'owner@acme.example', password: signupBody('Acme').admin_password }
  expect((await post(`${await second.listening}/auth/login`, login)).status).toBe(200)
})

test('a second server on one data folder says so and leaves the first alone', async () => {
  const dataDir = await usedFolder()
  const first = launch({ DATA_DIR: dataDir, PORT: '0' })
  const url = await first.listening
  const second = launch({ DATA_DIR: dataDir, PORT: '0' })
  expect(await second.exit).toBe(1)
  expect(second.output()).toContain(dataDir)
  expect(second.output()).toContain('DATA_DIR')
  expect(second.output()).not.toContain('    at ')
  expect((await fetch(`${url}/health/ready`)).status).toBe(200)
})

test('a taken port names the setting to change', async () => {
  const blocker = createServer()
  await new Promise<void>((resolve) => blocker.listen(0, '127.0.0.1', resolve))
  cleanups.push(() => new Promise((resolve) => blocker.close(resolve)))
  const { port } = blocker.address() as { port: number }
  const server = launch({ DATA_DIR: await usedFolder(), PORT: String(port) })
  expect(await server.exit).toBe(1)
  expect(server.output()).toContain(`Port ${port} on 127.0.0.1 is taken: set PORT`)
})

test('a bad setting names itself and what it should be, not its value', async () => {
  const server = launch({ PORT: 'eighty', DATABASE_URL: 'mysql://root:hunter2@localhost/x' })
  expect(await server.exit).toBe(1)
  expect(server.output()).toMatch(/^PORT: /m)
  expect(server.output()).toMatch(/^DATABASE_URL: should be a PostgreSQL URL/m)
  expect(server.output()).not.toContain('hunter2')
})

test('an early SIGTERM, while it still starts, stops it in order', async () => {
  const server = launch({ DATA_DIR: await temporaryFolder(), PORT: '0' })
  await server.outputHas('making a PostgreSQL cluster')
  server.process.kill('SIGTERM')
  expect(await server.exit).toBe(0)
})

test('two servers side by side on a database of one’s own', async () => {
  const database = await createUnmigratedDatabase()
  cleanups.push(() => database.drop())
  const env = {
    DATABASE_URL: database.adminUrl,
    TOKEN_KEY_SECRET: 'a secret of at least 32 characters',
    PORT: '0',
  }
  const servers = [launch(env), launch(env)]
  const [one, two] = (await Promise.all(servers.map((server) => server.listening))) as [string, string]
  const signup = await post(`${one}/signup`, signupBody('Acme'))
  const { access_token, tenant_id } = (await signup.json()) as Record<string, string>
  const headers = { Authorization: `Bearer ${access_token}`, 'X-Tenant-ID': String(tenant_id) }
  expect((await fetch(`${two}/v1/me`, { headers })).status).toBe(200)
  for (const server of servers) server.process.kill('SIGTERM')
  expect(await Promise.all(servers.map((server) => server.exit))).toEqual([0, 0])
})

test('a migration that fails leaves the server stopped', async () => {
  const database = await createUnmigratedDatabase()
  cleanups.push(() => database.drop())
  await withDirectClient(database.adminUrl, (admin) =>
    admin.query('create type public.plans as (in_the_way int)'),
  )
  const server = launch({ DATABASE_URL: database.adminUrl, TOKEN_KEY_SECRET: 'x'.repeat(40), PORT: '0' })
  expect(await server.exit).toBe(1)
  expect(server.output()).toContain('0001_platform.sql')
  expect(server.output()).not.toContain('listening')
})

/** In a folder of its own, where no .env of a developer lies. */
function launch(env: Record<string, string>) {
  const { PATH, HOME, NODE_COMPILE_CACHE } = process.env
  const main = join(import.meta.dirname, '../../src/main.ts')
  const child: ChildProcess = spawn(process.execPath, [main], {
    cwd: tmpdir(),
    env: { PATH, HOME, NODE_COMPILE_CACHE, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  const watchers = new Set<() => void>()
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk) => {
      output += chunk
      for (const look of watchers) look()
    })
  }
  const exit = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)))
  cleanups.push(async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM')
    await exit
  })
  const outputHas = (pattern: string | RegExp) =>
    new Promise<string>((resolve, reject) => {
      const look = () => {
        const match = output.match(pattern)
        if (match) resolve(match[1] ?? match[0])
      }
      watchers.add(look)
      look()
      void exit.then(() => reject(new Error(`it stopped before it printed ${pattern}:\n${output}`)))
    })
  const listening = outputHas(/"url":"(http:[^"]+)","msg":"listening"/)
  listening.catch(() => undefined)
  return { process: child, exit, listening, outputHas, output: () => output }
}

async function makeFolder(): Promise<string> {
  return mkdtemp(join(await folderOfClusters(), 'tenantry-start-'))
}

async function temporaryFolder(): Promise<string> {
  const folder = await makeFolder()
  cleanups.push(() => rm(folder, { recursive: true, force: true, maxRetries: 10 }))
  return folder
}

/** A copy costs a fraction of what a first start does. */
async function usedFolder(): Promise<string> {
  const folder = await temporaryFolder()
  await promisify(execFile)('cp', ['-a', `${used}/.`, folder])
  return folder
}

function post(url: string, body: unknown): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  })
}
