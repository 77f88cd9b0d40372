import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import pg from 'pg'
import { readConfig } from '../../src/config.ts'
import { closeContext, createContext } from '../../src/context.ts'
import { inTransaction } from '../../src/db/direct-client.ts'
import { createRememberedAccess } from '../../src/features/members/remembered-access.ts'
import { startWorker } from '../../src/jobs/worker.ts'
import { createLog } from '../../src/log.ts'
import { startServer } from '../../src/server.ts'
import { type TestDatabase, testSecret } from './cluster.ts'
import { createTestDatabase, protocolOfRun } from './database.ts'

/** An answer with its body read, whatever its status. */
export interface Answer {
  status: number
  headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: a test says what it expects of the body
  body: any
}

export const goodPassword = 'correct-horse-7'

/** Somebody signed in to one tenant, as a client of the API. */
export interface Member {
  tenantId: string
  token: string
  email: string
  userId: string
  request(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>
  get(path: string, headers?: Record<string, string>): Promise<Answer>
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Answer>
  patch(path: string, body: unknown): Promise<Answer>
  delete(path: string): Promise<Answer>
}

/**
 * A whole platform on a database of its own, listening on a free port, with two companies that have signed up.
 * Its clock stands still until a test moves it.
 */
export async function startPlatform(
  env: Record<string, string> = {},
  overrides: { worker?: boolean; database?: TestDatabase } = {},
) {
  const database = overrides.database ?? (await createTestDatabase())
  const dataDir = await mkdtemp(join(tmpdir(), 'tenantry-data-'))
  const { pipeline, prepared } = protocolOfRun()
  const config = readConfig({
    NODE_ENV: 'test',
    PG_PIPELINE: pipeline ? 'on' : 'off',
    PG_PREPARED: prepared ? 'on' : 'off',
    DATA_DIR: dataDir,
    RATE_LIMITS: 'off',
    LOG_LEVEL: 'info',
    ...env,
  })
  const logLines: string[] = []
  const log = createLog(
    config.logLevel,
    new Writable({
      write(chunk, _encoding, done) {
        logLines.push(String(chunk))
        done()
      },
    }),
  )
  const clock = createClock(new Date('2026-03-02T10:00:00.000Z'))
  const context = await createContext({
    config,
    log,
    tenantUrl: database.tenantUrl,
    platformUrl: database.platformUrl,
    tokenKeySecret: testSecret,
    clock,
    checkAnswers: true,
  })
  const worker = overrides.worker
    ? await startWorker(context, {
        url: database.jobsUrl,
        poolSize: 4,
        poolIdleMs: 10_000,
        onFailure: (err) => log.error({ err }, 'the job worker gave up'),
      })
    : undefined
  // Kept open: most of what a test asks would take less time than a new connection.
  const admins = new pg.Pool({ connectionString: database.adminUrl, max: 5 })
  admins.on('error', () => undefined)
  // The pool hears nothing of a connection that is lost while somebody uses it.
  admins.on('connect', (client) => client.on('error', () => undefined))
  async function askAsAdmin<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    const client = await admins.connect()
    try {
      return await work(client)
    } finally {
      client.release()
    }
  }
  // What a test writes past the server counts as written by it: otherwise it would be known within a second only.
  const forgetAccess = () => {
    context.rememberedAccess = createRememberedAccess(context.db)
  }
  const server = await startServer(context, { host: '127.0.0.1', port: 0 })
  const anonymous = createCaller(server.url)
  const signUp = (company: string, fields: Record<string, unknown> = {}) =>
    signUpAs(server.url, company, fields)

  return {
    url: server.url,
    database,
    dataDir,
    context,
    clock,
    /** Everything that was logged so far, one JSON line each. */
    logLines,
    /** Asks this platform's database past every guard, as the one who made it; inside a tenant where one is named. */
    sql: async (query: string, parameters: unknown[] = [], tenantId?: string) => {
      const rows = await askAsAdmin(async (client) => {
        const ask = async () => (await client.query(query, parameters)).rows
        // Row security holds for an owner who is no superuser, too.
        return tenantId ? inTenant(client, tenantId, ask) : ask()
      })
      if (!/^\s*select\b/i.test(query)) forgetAccess()
      return rows
    },
    /** Calls without a token. */
    ...anonymous,
    /** Puts a tenant into any state, also one that no change of status leads to; `by` whom decides who hears of it. */
    forceTenant: async (tenantId: string, assignments: string, { by = 'this process' } = {}) => {
      await askAsAdmin((client) =>
        inTenant(client, tenantId, () =>
          client.query(`alter table tenants disable trigger tenants_status;
            update tenants set ${assignments} where tenant_id = '${tenantId}';
            alter table tenants enable trigger tenants_status`),
        ),
      )
      if (by === 'this process') forgetAccess()
    },
    signUp,
    acme: await signUp('Acme'),
    globex: await signUp('Globex'),
    async stop() {
      await server.close(2000)
      await worker?.stop()
      await closeContext(context)
      await admins.end()
      await database.drop()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

function inTenant<T>(client: pg.PoolClient, tenantId: string, work: () => Promise<T>): Promise<T> {
  return inTransaction(client as unknown as pg.Client, async () => {
    await client.query(`set local app.tenant_id = '${tenantId}'`)
    return work()
  })
}

export type Platform = Awaited<ReturnType<typeof startPlatform>>

/** A valid signup of a company of this name. */
export function signupBody(company: string, fields: Record<string, unknown> = {}) {
  const slug = company.toLowerCase().replace(/[^a-z0-9]+/g, '-')
  return {
    company_name: company,
    company_email: `hello@${slug}.example`,
    admin_email: `owner@${slug}.example`,
    admin_password: goodPassword,
    admin_first_name: 'Ada',
    admin_last_name: 'Lovelace',
    plan: 'professional',
    accept_terms: true,
    accept_privacy: true,
    ...fields,
  }
}

/** A client of the API as the bearer of an access token. */
export function createMember(
  url: string,
  login: { access_token: string; tenant_id: string; user: UserOfLogin },
): Member {
  const { access_token: token, tenant_id: tenantId, user } = login
  const authorized = { Authorization: `Bearer ${token}`, 'X-Tenant-ID': tenantId }
  return { tenantId, token, email: user.email, userId: user.id, ...createCaller(url, authorized) }
}

interface UserOfLogin {
  id: string
  email: string
}

async function signUpAs(url: string, company: string, fields: Record<string, unknown>): Promise<Member> {
  const { status, body } = await createCaller(url).post('/signup', signupBody(company, fields))
  if (status !== 201) throw new Error(`signup of ${company} answered ${status}: ${JSON.stringify(body)}`)
  if (body.access_token) return createMember(url, body)
  // The tenant waits for the address of its owner to be confirmed, who can sign in all the same.
  const { admin_email: email, admin_password: password } = signupBody(company, fields)
  return createMember(url, (await createCaller(url).post('/auth/login', { email, password })).body)
}

/** A client of the API, with headers that all its requests have. */
export function createCaller(url: string, common: Record<string, string> = {}) {
  async function request(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
    const isText = typeof body === 'string' || body instanceof Uint8Array || body instanceof Blob
    const response = await fetch(url + path, {
      method,
      headers: {
        ...common,
        // A Blob has a type of its own.
        ...(body === undefined || body instanceof Blob ? {} : { 'Content-Type': 'application/json' }),
        ...headers,
      },
      body: body === undefined ? undefined : isText ? (body as string) : JSON.stringify(body),
    })
    const text = await response.text()
    const isJson = /\bjson/.test(response.headers.get('content-type') ?? '')
    return {
      status: response.status,
      headers: response.headers,
      body: isJson && text !== '' ? JSON.parse(text) : text,
    } as Answer
  }
  return {
    request,
    get: (path: string, headers?: Record<string, string>) => request('GET', path, undefined, headers),
    post: (path: string, body: unknown, headers?: Record<string, string>) =>
      request('POST', path, body, headers),
    patch: (path: string, body: unknown) => request('PATCH', path, body),
    delete: (path: string) => request('DELETE', path),
  }
}

function createClock(start: Date) {
  let now = start.getTime()
  return {
    now: () => new Date(now),
    advance(ms: number) {
      now += ms
    },
  }
}
