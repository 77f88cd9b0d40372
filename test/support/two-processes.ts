import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import { withDirectClient } from '../../src/db/direct-client.ts'
import { migrate } from '../../src/db/migrate.ts'
import { startBalancer } from './balancer.ts'
import { testSecret } from './cluster.ts'
import { behindPooler, createUnmigratedDatabase, protocolOfRun } from './database.ts'
import { type Answer, createCaller, createMember, type Member, signupBody } from './platform.ts'
import { type ServerProcess, startServerProcess } from './server-process.ts'
import { startSmtpSink } from './smtp-sink.ts'

export const operatorKey = 'a-key-of-machines-with-40-characters-or-so'
export const webhookSecret = 'whsec_of-two-processes'
/** For what takes seconds on a quiet machine, in milliseconds. */
export const patienceMs = 150_000

/** Whoever has signed in, with what goes on from there. */
export type Bearer = Member & { refreshToken: string }
export type TwoProcesses = Awaited<ReturnType<typeof startTwoProcesses>>
/** A database that was migrated just now, and the folder of who serves it. */
export interface Migrated {
  tenantUrl: string
  platformUrl: string
  dataDir: string
}

/** Starts both servers with this environment. */
const startBoth = (env: Record<string, string>) =>
  Promise.all([startServerProcess(env), startServerProcess(env)])

/**
 * Two servers as `npm start` runs them, on one database, behind a load balancer that sends each request to the other
 * one. With TEST_POOLER=pgbouncer both reach tenants and platform through PgBouncer.
 * @param before what happens before either runs
 * @param start how they are started, for who changes the environment they get
 */
export async function startTwoProcesses({
  before = async () => undefined,
  start = startBoth,
}: {
  before?: (migrated: Migrated) => Promise<void>
  start?: (env: Record<string, string>) => Promise<ServerProcess[]>
} = {}) {
  const sink = await startSmtpSink()
  const database = await createUnmigratedDatabase()
  const dataDir = await mkdtemp(join(tmpdir(), 'tenantry-data-'))
  const { adminUrl } = database
  const migrated = await migrate({ adminUrl, tokenKeySecret: testSecret, log: () => undefined })
  const urls = behindPooler(migrated)
  await before({ ...urls, dataDir })
  const { pipeline, prepared } = protocolOfRun()
  const env: Record<string, string> = {
    DATABASE_URL: adminUrl,
    TENANT_DATABASE_URL: urls.tenantUrl,
    PLATFORM_DATABASE_URL: urls.platformUrl,
    JOBS_DATABASE_URL: urls.jobsUrl,
    TOKEN_KEY_SECRET: testSecret,
    DATA_DIR: dataDir,
    SMTP_URL: sink.url,
    SUPER_ADMIN_KEY: operatorKey,
    STRIPE_SECRET_KEY: 'sk_test_12345678',
    STRIPE_WEBHOOK_SECRET: webhookSecret,
    // Nothing here asks Stripe anything.
    STRIPE_API_BASE: 'http://127.0.0.1:9',
    RATE_LIMITS: 'off',
    SHUTDOWN_DELAY_SECONDS: '2',
    PG_PIPELINE: pipeline ? 'on' : 'off',
    PG_PREPARED: prepared ? 'on' : 'off',
    // As slow as the machine may be, nobody is refused for want of a connection.
    POOL_WAIT_MS: '30000',
    STATEMENT_TIMEOUT_MS: '30000',
  }
  const servers = await start(env)
  const balancer = await startBalancer(servers.map(({ url }) => url))

  const bearer = (body: Answer['body']): Bearer => ({
    ...createMember(balancer.url, body),
    refreshToken: body.refresh_token as string,
  })
  /** The same bearer at each of the servers, past the balancer. */
  const atEach = ({ token, tenantId, userId: id, email }: Member) =>
    servers.map(({ url }) =>
      createMember(url, { access_token: token, tenant_id: tenantId, user: { id, email } }),
    )
  return {
    sink,
    env,
    servers,
    balancer,
    bearer,
    atEach,
    /** What each server answers. */
    toldByEach: (member: Member, path = '/v1/clients') =>
      Promise.all(atEach(member).map(async (here) => told(await here.get(path)))),
    /** An owner whose requests alternate. */
    async signUp(company: string): Promise<Bearer> {
      const plan = { plan: 'enterprise' }
      const answer = await createCaller(balancer.url).post('/signup', signupBody(company, plan))
      expect(told(answer)).toBe(201)
      return bearer(answer.body)
    },
    /** Asks the database past every guard. */
    sql: (query: string, values: unknown[] = []) =>
      withDirectClient(adminUrl, async (admin) => (await admin.query(query, values)).rows),
    async stop() {
      await balancer.stop()
      await Promise.all(servers.map((server) => server.end('SIGKILL')))
      await database.drop()
      await rm(dataDir, { recursive: true, force: true })
      await sink.close()
    },
  }
}

/** An answer in short: its status, and the code of a refusal. */
export function told({ status, body }: Answer): number | string {
  return body?.code ? `${status} ${body.code}` : status
}
