import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { withDirectClient } from '../../src/db/direct-client.ts'
import { loadTokenKeySecret } from '../../src/secrets.ts'
import type { EmptyDatabase } from '../support/cluster.ts'
import { createUnmigratedDatabase } from '../support/database.ts'

const program = join(import.meta.dirname, '../../src/cli.ts')

let database: EmptyDatabase
let folder: string

beforeEach(async () => {
  database = await createUnmigratedDatabase()
  folder = await mkdtemp(join(tmpdir(), 'tenantry-cli-'))
})

afterEach(async () => {
  await database.drop()
  await rm(folder, { recursive: true })
})

test('migrate and doctor answer scripts by exit code, with results on stdout and progress on stderr', async () => {
  const before = await cli('migrate', '--check', '--json')
  expect(before.code).toBe(3)
  expect(JSON.parse(before.stdout).pending[0]).toBe('0001_platform.sql')
  expect(await readdir(folder)).toEqual([])

  const early = await cli('doctor')
  expect(early).toMatchObject({ code: 1, stdout: '' })
  expect(early.stderr).toContain('run migrate first')

  const done = await cli('migrate', '--json')
  expect(done.code).toBe(0)
  expect(JSON.parse(done.stdout).applied).toContain('0001_platform.sql')
  expect(done.stderr).toContain('applied 0001_platform.sql')

  expect(await cli('migrate', '--check')).toMatchObject({ code: 0, stdout: 'up to date\n' })
  expect(await cli('doctor')).toMatchObject({ code: 0, stdout: expect.stringContaining('ok ') })

  await withDirectClient(database.adminUrl, (admin) =>
    admin.query('alter table clients no force row level security'),
  )
  const sick = await cli('doctor')
  expect(sick.code).toBe(1)
  expect(sick.stdout).toContain('FAILED   row security is forced: clients has row security not forced')
})

test('wrong usage and a bad configuration have codes of their own and say what is wrong', async () => {
  expect(await cli('migrate', 'soon')).toMatchObject({ code: 2, stderr: expect.stringContaining("'soon'") })
  expect((await cli('nonsense')).code).toBe(2)
  const bad = await cli('migrate', { DATABASE_URL: 'mysql://x' })
  expect(bad.code).toBe(1)
  expect(bad.stderr).toMatch(/^DATABASE_URL: should be a PostgreSQL URL/)
})

test('processes that make the development secret at once end with the same one, readable by its owner only', async () => {
  const config = { tokenKeySecret: undefined, dataDir: join(folder, 'data'), isProduction: false }
  const secrets = await Promise.all(Array.from({ length: 20 }, () => loadTokenKeySecret(config)))
  expect(new Set(secrets).size).toBe(1)
  expect(secrets[0]).toMatch(/^[\w-]{43}$/)
  expect(await readdir(config.dataDir)).toEqual(['secrets.json'])
  const path = join(config.dataDir, 'secrets.json')
  expect((await stat(path)).mode & 0o777).toBe(0o600)
  expect(await loadTokenKeySecret(config)).toBe(secrets[0])

  await writeFile(path, 'spoilt')
  await expect(loadTokenKeySecret(config)).rejects.toThrow('holds no tokenKeySecret')
  expect(await readFile(path, 'utf8')).toBe('spoilt')
})

test('a given secret is used as it is, and production never makes one up', async () => {
  const config = { tokenKeySecret: undefined, dataDir: folder, isProduction: true }
  await expect(loadTokenKeySecret(config)).rejects.toThrow('TOKEN_KEY_SECRET: required in production')
  expect(await loadTokenKeySecret({ ...config, tokenKeySecret: 'given' })).toBe('given')
  expect(await readdir(folder)).toEqual([])
})

/** Runs the program as a shell would, with only these settings. */
function cli(...args: (string | Record<string, string>)[]) {
  const words = args.filter((arg) => typeof arg === 'string')
  const settings = Object.assign({}, ...args.filter((arg) => typeof arg === 'object'))
  const env = { PATH: process.env.PATH, DATABASE_URL: database.adminUrl, DATA_DIR: folder, ...settings }
  return new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    const child = execFile(process.execPath, [program, ...words], { env, cwd: folder }, (_, stdout, stderr) =>
      resolve({ code: child.exitCode ?? -1, stdout, stderr }),
    )
  })
}
