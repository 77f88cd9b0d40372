import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { cloneDatabase, testSecret } from '../cluster.ts'
import { startProcess } from '../server-process.ts'
import { startSmtpSink } from '../smtp-sink.ts'
import { startStripeDouble } from '../stripe-double/index.ts'
import { type Message, startWire, type Verdict } from '../wire.ts'
import type { MortalPostgres } from './mortal-postgres.ts'
import type { Plant } from './plants.ts'

/** Who is killed. */
export const victims = ['server', 'worker', 'postgres'] as const
export type Victim = (typeof victims)[number]

const adminKey = 'an operator key for tests, good for nothing else'
/** How long a request is waited for. */
const answerMs = 20_000
/** For how long a request without an answer is asked again, and how long until then. */
const askingMs = 90_000
const retryMs = 100

/** What has to be true of the database from now on, since somebody was told so. */
export interface Fact {
  text: string
  /** One row with one boolean. */
  query: string
  values: unknown[]
}

export interface Request {
  method?: 'GET' | 'POST' | 'DELETE'
  path: string
  body?: unknown
  headers?: Record<string, string>
}

/** What came of a request in the end. */
export interface Outcome {
  status: number
  headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: who asks knows what is answered
  body: any
  /** The first time that nobody knows what became of it; undefined when the first answer counts. */
  unknownSince?: number
}

/** Where one thing after the other is killed: a database, a server and a worker, each in a process of its own. */
export type Place = Awaited<ReturnType<typeof startPlace>>

/**
 * Starts a place on a database of its own.
 * @param mortal the PostgreSQL of `cluster`, where that is to be killed
 */
export async function startPlace(
  cluster: { adminUrl: string; isSuperuser: boolean; template: string },
  { mortal }: { mortal?: MortalPostgres } = {},
) {
  let fault: Plant | undefined
  const database = await cloneDatabase(cluster, cluster.template)
  const [serverWire, workerWire] = await Promise.all([
    startWire(cluster.adminUrl),
    startWire(cluster.adminUrl),
  ])
  const wires = { server: serverWire, worker: workerWire }
  const [sink, double] = await Promise.all([startSmtpSink(), startStripeDouble()])
  double.useClock({ now: () => new Date() })

  /** The address of the database where its PostgreSQL is now. */
  const here = (of: string) => {
    const url = new URL(of)
    if (mortal) url.port = new URL(mortal.adminUrl()).port
    return url.href
  }
  let admins = openAdmins(here(database.adminUrl))

  const start = (part: 'server' | 'worker') =>
    startProcess(
      new URL('../small-servers.ts', import.meta.url),
      {
        PART: part,
        PLANT: fault ?? '',
        NODE_ENV: 'test',
        DATABASE_URL: here(database.adminUrl),
        TENANT_DATABASE_URL: wires[part].url(database.directTenantUrl),
        PLATFORM_DATABASE_URL: wires[part].url(database.platformUrl),
        JOBS_DATABASE_URL: wires[part].url(database.jobsUrl),
        TOKEN_KEY_SECRET: testSecret,
        SUPER_ADMIN_KEY: adminKey,
        SMTP_URL: sink.url,
        LOG_LEVEL: 'error',
        RATE_LIMITS: 'off',
        TENANT_POOL_SIZE: '4',
        PLATFORM_POOL_SIZE: '4',
        ...double.env,
      },
      /^listening at (.+)$/m,
    )
  const parts = Object.fromEntries(
    await Promise.all((['server', 'worker'] as const).map(async (part) => [part, await start(part)])),
  ) as Record<'server' | 'worker', Awaited<ReturnType<typeof start>>>

  const counts = { acknowledged: 0, refused: 0, unknown: 0 }
  const violations: string[] = []
  const facts = new Map<string, Fact>()
  const expectedMails: { to: string; holds: string }[] = []
  const expectedStates = new Map<string, { plan: string; status: string }>()
  let onAnswer: () => void = () => undefined
  let resumed = Promise.resolve()
  let resume: () => void = () => undefined

  async function attempt({ method = 'POST', path, body, headers = {} }: Request): Promise<Outcome> {
    const response = await fetch(parts.server.found + path, {
      method,
      headers: { ...(body !== undefined && { 'Content-Type': 'application/json' }), ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(answerMs),
    })
    const text = await response.text()
    const { status, headers: answered } = response
    return { status, headers: answered, body: text === '' ? undefined : JSON.parse(text) }
  }

  const place = {
    counts,
    /** What was found wrong. */
    violations,
    sink,
    double,
    facts,
    expectedMails,
    /** What Stripe makes of tenants in the end. */
    expectedStates,
    adminHeaders: { 'X-Admin-Key': adminKey },
    serverUrl: () => parts.server.found,

    /** Asks the database past every guard. @throws while PostgreSQL is dead */
    // biome-ignore lint/suspicious/noExplicitAny: who asks knows what is answered
    sql: async (query: string, values: unknown[] = []): Promise<any[]> =>
      (await admins.query(query, values)).rows,

    /**
     * Asks the server until it has said what became of the request: again, and the very same, when there was no answer, or
     * one that leaves it open; but not before what was killed is there again.
     */
    async ask(request: Request): Promise<Outcome> {
      let unknownSince: number | undefined
      const deadline = performance.now() + askingMs
      while (performance.now() < deadline) {
        const beganAt = performance.now()
        const outcome = await attempt(request).catch(() => undefined)
        if (outcome && outcome.status < 500) {
          const isDone = outcome.status < 300
          counts[isDone ? 'acknowledged' : 'refused']++
          if (isDone && request.method !== 'GET') onAnswer()
          return unknownSince === undefined ? outcome : { ...outcome, unknownSince }
        }
        if (outcome && outcome.status !== 503) {
          violations.push(`${request.path} answered ${outcome.status}: ${JSON.stringify(outcome.body)}`)
        }
        counts.unknown++
        if (unknownSince !== undefined) await sleep(retryMs)
        unknownSince ??= beganAt
        await resumed
      }
      throw new Error(`${request.path} got no answer`)
    },

    /** From now on this has to be so; it takes the place of what was known under the same key. */
    know(key: string, text: string, query: string, values: unknown[]) {
      facts.set(key, { text, query, values })
    },

    /** A mail to this address with this in its text has to be there in the end. */
    expectMail(to: string, holds: string) {
      expectedMails.push({ to, holds })
    },

    /** Waits until the work gives something, through whatever happens meanwhile. @throws Error when it takes long */
    async until<T>(what: string, timeoutMs: number, work: () => Promise<T | undefined | false>): Promise<T> {
      const deadline = performance.now() + timeoutMs
      while (performance.now() < deadline) {
        const found = await work().catch(() => undefined)
        if (found) return found
        await sleep(20)
      }
      throw new Error(`${what}: not within ${timeoutMs / 1000} s`)
    },

    /** Has each message of the victim to PostgreSQL pass by, and each answer that says that something is done. */
    watch(victim: Victim, onMessage: (message: Message) => Verdict, onDone: () => void) {
      const held = Promise.withResolvers<void>()
      resumed = held.promise
      resume = held.resolve
      onAnswer = onDone
      for (const name of ['server', 'worker'] as const) {
        if (victim !== name && victim !== 'postgres') continue
        wires[name].onMessage = (message) => {
          wires[name].messages.length = 0
          return onMessage(message)
        }
      }
    },
    unwatch() {
      onAnswer = () => undefined
      for (const wire of Object.values(wires)) {
        wire.onMessage = () => {
          wire.messages.length = 0
          return 'forward'
        }
      }
    },
    /** Whoever got no answer asks again from now on. */
    resume: () => resume(),

    /** What is wrong with a server that is started from now on. */
    plant(planted: Plant | undefined) {
      fault = planted
    },
    kill(victim: Victim): void {
      if (victim !== 'postgres') void parts[victim].end('SIGKILL')
      else mortal?.kill()
    },
    /** Starts again what was killed, and only that. */
    async revive(victim: Victim): Promise<void> {
      if (victim !== 'postgres') {
        await parts[victim].end('SIGKILL')
        parts[victim] = await start(victim)
        return
      }
      await mortal?.revive()
      await admins.end()
      admins = openAdmins(here(database.adminUrl))
      for (const wire of Object.values(wires)) wire.moveTo(here(database.adminUrl))
    },
    /** The parts that have ended, though nobody killed them. */
    endedParts: () =>
      Object.entries(parts).flatMap(([name, { pid, output }]) =>
        isAlive(pid) ? [] : [`the ${name} has ended:\n${output()}`],
      ),

    async stop() {
      resume()
      await Promise.allSettled(Object.values(parts).map((part) => part.end('SIGKILL')))
      await Promise.allSettled([serverWire.close(), workerWire.close(), sink.close(), double.stop()])
      await admins.end()
      // A PostgreSQL that goes as a whole takes its databases along.
      if (!mortal) await database.drop()
    },
  }
  place.unwatch()
  return place
}

function openAdmins(connectionString: string): pg.Pool {
  const pool = new pg.Pool({ connectionString, max: 3 })
  pool.on('error', () => undefined)
  pool.on('connect', (client) => client.on('error', () => undefined))
  return pool
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
