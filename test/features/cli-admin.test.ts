import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { TOTP } from 'otpauth'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { withDirectClient } from '../../src/db/direct-client.ts'
import { runCli } from '../support/command-line.ts'
import { type ServerProcess, startServerProcess } from '../support/server-process.ts'

// The development server and the command line as two processes on one data folder, with the embedded PostgreSQL.
let dataDir: string
let server: ServerProcess
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'tenantry-cli-admin-'))
  server = await startServerProcess({ DATA_DIR: dataDir, RATE_LIMITS: 'off' })
})
afterAll(async () => {
  await server.end()
  await rm(dataDir, { recursive: true, force: true, maxRetries: 10 })
})

const cli = (...args: string[]) => runCli(args, { DATA_DIR: dataDir })

async function call(method: string, path: string, { token, body }: { token?: string; body?: object } = {}) {
  const response = await fetch(server.url + path, {
    method,
    headers: {
      ...(token && { Authorization: `Bearer ${token}` }),
      ...(body && { 'Content-Type': 'application/json' }),
    },
    ...(body && { body: JSON.stringify(body) }),
  })
  return { status: response.status, body: JSON.parse(await response.text()) }
}
const logIn = (credentials: object) => call('POST', '/auth/admin/login', { body: credentials })
const me = (token: string) => call('GET', '/v1/admin/me', { token })
const publishedKeys = async (): Promise<string[]> =>
  (await call('GET', '/.well-known/jwks.json')).body.keys.map(({ kid }: { kid: string }) => kid)
const signerOf = (token: string) =>
  JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()).kid

/** Asks the server's PostgreSQL, past every guard. */
async function ask(query: string) {
  const [password, postmaster] = await Promise.all([
    readFile(join(dataDir, 'postgres/tenantry-superuser-password'), 'utf8'),
    readFile(join(dataDir, 'postgres/postmaster.pid'), 'utf8'),
  ])
  const url = `postgres://postgres:${password.trim()}@127.0.0.1:${postmaster.split('\n')[3]}/tenantry`
  return withDirectClient(url, async (client) => (await client.query(query)).rows)
}

describe('create-super-admin, beside a running server,', () => {
  test('makes somebody who can sign in with the password that it prints', async () => {
    const { code, stdout } = await cli('create-super-admin', ' Ada@Platform.Example ', '--json')
    expect(code).toBe(0)
    const { id, email, password } = JSON.parse(stdout)
    expect([email, password]).toEqual(['ada@platform.example', expect.stringMatching(/^[\w-]{24}$/)])
    const { status, body } = await logIn({ email, password })
    expect([status, body.admin]).toEqual([200, { id, email, totp_enrolled: false }])
    const entries = await ask(
      `select actor_kind, actor_id, action, object_id from platform_audit_entries where object_id = '${id}'
        and actor_kind = 'system'`,
    )
    expect(entries).toEqual([
      { actor_kind: 'system', actor_id: 'command line', action: 'super_admin.created', object_id: id },
    ])
  })

  test('prints it in words, alone on the last line of stdout', async () => {
    const { stdout } = await cli('create-super-admin', 'words@platform.example')
    const lines = stdout.trimEnd().split('\n')
    expect(lines[0]).toContain('words@platform.example signs in at POST /auth/admin/login')
    const credentials = { email: 'words@platform.example', password: lines.at(-1) }
    expect((await logIn(credentials)).status).toBe(200)
  })

  test('leaves one who exists as they are', async () => {
    const made = JSON.parse((await cli('create-super-admin', 'twice@platform.example', '--json')).stdout)
    const again = await cli('create-super-admin', 'TWICE@platform.example', '--json')
    expect(again).toMatchObject({ code: 1, stdout: '' })
    expect(again.stderr).toContain('twice@platform.example is a super admin already; --reset gives them')
    expect((await logIn({ email: made.email, password: made.password })).status).toBe(200)
  })

  test('--reset ends their tokens and takes the authenticator app away', async () => {
    const { email, password, id } = JSON.parse(
      (await cli('create-super-admin', 'lost@platform.example', '--json')).stdout,
    )
    const { access_token: token } = (await logIn({ email, password })).body
    const { secret } = (await call('POST', '/auth/admin/totp', { token })).body
    const totp = new TOTP({ secret }).generate()
    const enrolled = await call('POST', '/auth/admin/totp/confirm', { token, body: { totp } })
    expect((await me(enrolled.body.access_token)).body.totp_enrolled).toBe(true)
    expect((await logIn({ email, password })).body.code).toBe('totp_required')

    const { code, stdout } = await cli('create-super-admin', email, '--reset', '--json')
    expect(code).toBe(0)
    const fresh = JSON.parse(stdout)
    expect(fresh).toEqual({ id, email, password: expect.any(String) })
    expect(fresh.password).not.toBe(password)
    expect((await me(enrolled.body.access_token)).status).toBe(401)
    expect((await logIn({ email, password })).body.code).toBe('invalid_credentials')
    const { status, body } = await logIn({ email, password: fresh.password })
    expect([status, body.admin.totp_enrolled]).toEqual([200, false])
    const [row] = await ask(`select totp_secret_jwe, totp_last_step from super_admins where id = '${id}'`)
    expect(row).toEqual({ totp_secret_jwe: null, totp_last_step: null })
  })

  test('--reset says that somebody disabled stays so', async () => {
    await cli('create-super-admin', 'gone@platform.example')
    await ask(`update super_admins set disabled_at = now() where email = 'gone@platform.example'`)
    const { code, stdout, stderr } = await cli(
      'create-super-admin',
      'gone@platform.example',
      '--reset',
      '--json',
    )
    expect(code).toBe(0)
    expect(stderr).toContain('is disabled and stays so')
    const { email, password } = JSON.parse(stdout)
    expect((await logIn({ email, password })).status).toBe(401)
  })

  test('--reset of nobody makes nobody', async () => {
    const { code, stderr } = await cli('create-super-admin', 'nobody@platform.example', '--reset')
    expect(code).toBe(1)
    expect(stderr).toContain('nobody@platform.example is no super admin')
    expect(await ask(`select from super_admins where email = 'nobody@platform.example'`)).toEqual([])
  })

  test.each([[['ops']], [['']], [['a@b.example', 'more']], [[]]])('%j is wrong usage', async (args) => {
    expect((await cli('create-super-admin', ...args)).code).toBe(2)
  })
})

describe('rotate-keys, beside a running server,', () => {
  const credentials = { email: 'keys@platform.example', password: '' }
  const signIn = async (): Promise<string> => (await logIn(credentials)).body.access_token
  beforeAll(async () => {
    const { stdout } = await cli('create-super-admin', credentials.email, '--json')
    credentials.password = JSON.parse(stdout).password
  })

  test('publishes a key that signs a minute later', async () => {
    const [before] = await publishedKeys()
    const { code, stdout } = await cli('rotate-keys', '--json')
    expect(code).toBe(0)
    const { kid, active_from, removed } = JSON.parse(stdout)
    expect(removed).toEqual([])
    const ahead = new Date(active_from).getTime() - Date.now()
    expect(ahead).toBeGreaterThan(45_000)
    expect(ahead).toBeLessThanOrEqual(60_000)
    await vi.waitFor(async () => expect(await publishedKeys()).toContain(kid), { timeout: 5000 })
    expect(signerOf(await signIn())).toBe(before)
    const entries = await ask(
      `select actor_id, action from platform_audit_entries where object_id = '${kid}'`,
    )
    expect(entries).toEqual([{ actor_id: 'command line', action: 'signing_keys.rotated' }])
  })

  test('--in says when; tokens of the key before stay good', async () => {
    const old = await signIn()
    const { kid } = JSON.parse((await cli('rotate-keys', '--in', '0', '--json')).stdout)
    await vi.waitFor(async () => expect(signerOf(await signIn())).toBe(kid), { timeout: 10_000 })
    expect((await me(old)).status).toBe(200)
  })

  test('--remove-others leaves one key, and tokens of the others die', async () => {
    const old = await signIn()
    const before = await publishedKeys()
    const { code, stdout } = await cli('rotate-keys', '--remove-others')
    expect(code).toBe(0)
    const [kid] = stdout.split(' ')
    for (const removed of before) expect(stdout).toContain(`${removed} is removed`)
    await vi.waitFor(async () => expect(await publishedKeys()).toEqual([kid]), { timeout: 10_000 })
    await vi.waitFor(async () => expect((await me(old)).status).toBe(401), { timeout: 10_000 })
    expect((await me(await signIn())).status).toBe(200)
  })

  test.each([[['--in', 'soon']], [['--in', '-1']], [['--in', '5', '--remove-others']]])(
    '%j is wrong usage',
    async (args) => {
      const before = await publishedKeys()
      expect((await cli('rotate-keys', ...args)).code).toBe(2)
      expect(await publishedKeys()).toEqual(before)
    },
  )
})

test('every command works beside the server, at once with others, and leaves its PostgreSQL running', async () => {
  const answers = await Promise.all([
    cli('doctor'),
    cli('migrate', '--check'),
    cli('migrate'),
    cli('create-super-admin', 'busy@platform.example'),
  ])
  expect(answers.map(({ code }) => code)).toEqual([0, 0, 0, 0])
  expect(answers[0]?.stderr).toContain('joined the server')
  expect((await call('GET', '/health/ready')).status).toBe(200)
  expect(existsSync(join(dataDir, 'postgres/postmaster.pid'))).toBe(true)
})
