import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { withDirectClient } from '../../src/db/direct-client.ts'
import type { Check } from '../../src/db/doctor.ts'
import { DataFolderInUseError, startEmbeddedPostgres } from '../../src/db/embedded.ts'
import { loadTokenKeySecret } from '../../src/secrets.ts'
import { type EmptyDatabase, folderOfClusters } from '../support/cluster.ts'
import { runCli } from '../support/command-line.ts'
import { createUnmigratedDatabase } from '../support/database.ts'

let database: EmptyDatabase
let folder: string

beforeEach(async () => {
  database = await createUnmigratedDatabase()
  folder = await mkdtemp(join(await folderOfClusters(), 'tenantry-cli-'))
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
  expect(sick.stdout).toMatch(
    /^FAILED {3}row-security-is-forced\n.*\n +- clients has row security not forced/m,
  )
})

test('doctor looks at any database, with the rules that hold everywhere, and changes nothing in it', async () => {
  const { hostname, port } = new URL(database.adminUrl)
  const role = `${database.name}_web`
  const asWeb = `postgres://${role}:secret@${hostname}:${port}/${database.name}`
  const alter = (sql: string) => withDirectClient(database.adminUrl, (admin) => admin.query(sql))
  try {
    await alter(`
      create role ${role} login password 'secret';
      create schema shop;
      create table shop.orders (org_id uuid not null, id uuid not null, primary key (org_id, id));
      alter table shop.orders enable row level security, force row level security;
      create policy mine on shop.orders using (org_id = current_setting('shop.org')::uuid)
        with check (org_id = current_setting('shop.org')::uuid);
      insert into shop.orders values (gen_random_uuid(), gen_random_uuid());
      grant usage on schema shop to ${role};
      grant select, insert on shop.orders to ${role}`)
    const about = ['--tenant-column', 'org_id', '--schema', 'shop', '--json']
    const failedFor = async (url: string, ...more: string[]) => {
      const { code, stdout } = await cli('doctor', '--url', url, ...about, ...more)
      const { tenantRole, checks } = JSON.parse(stdout)
      const failed = checks.filter((check: Check) => !check.ok && check.severity === 'fatal')
      return { code, tenantRole, failed: failed.map(({ name }: Check) => name) }
    }
    await alter(
      `revoke all on database ${database.name} from public; grant connect on database ${database.name} to ${role}`,
    )
    // A policy that fails where no tenant is set is as closed as one that finds nothing.
    expect(await failedFor(asWeb)).toEqual({ code: 0, tenantRole: role, failed: [] })
    await alter(`alter policy mine on shop.orders using (org_id = nullif(current_setting('shop.org', true), '')::uuid)
      with check (org_id = nullif(current_setting('shop.org', true), '')::uuid)`)
    expect(await failedFor(asWeb)).toEqual({ code: 0, tenantRole: role, failed: [] })
    expect(await failedFor(database.adminUrl, '--tenant-role', role)).toEqual({
      code: 0,
      tenantRole: role,
      failed: [],
    })
    await alter(`alter policy mine on shop.orders using (true)`)
    expect(await failedFor(asWeb)).toMatchObject({
      code: 1,
      failed: expect.arrayContaining(['policies-are-canonical', 'no-row-without-a-tenant']),
    })
    expect(await failedFor(database.adminUrl)).toMatchObject({
      failed: expect.arrayContaining(['has-no-powers']),
    })
  } finally {
    await alter(`drop owned by ${role}; drop role ${role}`)
  }
})

test('what tells the doctor of another database goes with its URL', async () => {
  expect(await cli('doctor', '--tenant-role', 'web')).toMatchObject({
    code: 2,
    stdout: '',
    stderr: expect.stringContaining('--tenant-role goes with --url'),
  })
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

test('create-super-admin and rotate-keys say to run migrate first where it has not been', {
  timeout: 60_000,
}, async () => {
  const commands = [['create-super-admin', 'ops@platform.example'], ['rotate-keys']]
  const expectRefused = async (reason: string, settings: Record<string, string> = {}) => {
    for (const command of commands) {
      const answer = await cli(...command, '--json', settings)
      expect(answer).toMatchObject({ code: 1, stdout: '' })
      expect(answer.stderr).toContain(reason)
    }
  }
  await expectRefused('lacks 0001_platform.sql')
  await cli('migrate', '1')
  await expectRefused('lacks 0002_tenants.sql')
  await cli('migrate')
  await expectRefused('run migrate first, with', {
    TOKEN_KEY_SECRET: 'another secret than that of the server',
  })
  for (const command of commands) expect((await cli(...command)).code).toBe(0)

  const emptyFolder = await mkdtemp(join(await folderOfClusters(), 'tenantry-cli-empty-'))
  await expectRefused('There is no database in', { DATABASE_URL: '', DATA_DIR: emptyFolder })
  expect(await readdir(emptyFolder)).toEqual([])
  await rm(emptyFolder, { recursive: true })
})

test('on a database of one’s own they do the same as on the embedded one', async () => {
  await cli('migrate')
  const made = await cli('create-super-admin', 'ops@platform.example', '--json')
  const { id, email } = JSON.parse(made.stdout)
  expect(email).toBe('ops@platform.example')
  expect((await cli('create-super-admin', email)).code).toBe(1)
  const reset = await cli('create-super-admin', email, '--reset', '--json')
  expect(JSON.parse(reset.stdout)).toMatchObject({ id, email })

  const first = JSON.parse((await cli('rotate-keys', '--json')).stdout)
  const second = JSON.parse((await cli('rotate-keys', '--remove-others', '--json')).stdout)
  expect(second.removed).toEqual([first.kid])
  const rows = await withDirectClient(database.adminUrl, async (admin) => {
    const { rows: keys } = await admin.query('select kid from signing_keys')
    const { rows: admins } = await admin.query('select id, email from super_admins')
    return { keys, admins }
  })
  expect(rows).toEqual({ keys: [{ kid: second.kid }], admins: [{ id, email }] })
})

test('several commands share the embedded PostgreSQL, the last one stops it, and no server starts meanwhile', {
  timeout: 60_000,
}, async () => {
  const embedded = { DATABASE_URL: '' }
  const isRunning = () => existsSync(join(folder, 'postgres/postmaster.pid'))
  expect((await cli('migrate', embedded)).code).toBe(0)
  expect(isRunning()).toBe(false)

  const options = { dataDir: folder, log: () => undefined }
  const another = await startEmbeddedPostgres({ ...options, join: true })
  const made = await Promise.all(
    ['a', 'b', 'c'].map((name) => cli('create-super-admin', `${name}@platform.example`, embedded)),
  )
  expect(made.map(({ code }) => code)).toEqual([0, 0, 0])
  const { rows } = await withDirectClient(another.url, (client) =>
    client.query('select email from super_admins order by email'),
  )
  expect(rows.map(({ email }) => email[0])).toEqual(['a', 'b', 'c'])
  await expect(startEmbeddedPostgres(options)).rejects.toThrow(DataFolderInUseError)
  expect(isRunning()).toBe(true)
  await another.stop()
  expect(isRunning()).toBe(false)

  const together = await Promise.all([
    cli('rotate-keys', embedded),
    cli('doctor', embedded),
    cli('create-super-admin', 'd@platform.example', embedded),
  ])
  expect(together.map(({ code }) => code)).toEqual([0, 0, 0])
  expect(isRunning()).toBe(false)
})

test('a command that joined a server does not stop its PostgreSQL', async () => {
  const options = { dataDir: folder, log: () => undefined }
  const server = await startEmbeddedPostgres(options)
  const joined = await startEmbeddedPostgres({ ...options, join: true })
  expect(joined.url).toBe(server.url)
  await joined.stop()
  await withDirectClient(server.url, (client) => client.query('select 1'))
  await server.stop()
  expect(existsSync(join(folder, 'postgres/postmaster.pid'))).toBe(false)
})

/** Runs the program on this test's database and folder, with these settings beside or instead. */
function cli(...args: (string | Record<string, string>)[]) {
  const words = args.filter((arg) => typeof arg === 'string')
  const settings = Object.assign({}, ...args.filter((arg) => typeof arg === 'object'))
  return runCli(words, { DATABASE_URL: database.adminUrl, DATA_DIR: folder, ...settings }, folder)
}
