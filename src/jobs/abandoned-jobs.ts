import { EventEmitter } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import type { WorkerEvents } from 'graphile-worker'
import type { Logger } from 'pino'
import type { openJobsPool } from '../db/jobs-pool.ts'

/** How often each process looks for jobs that nobody works at any more. */
const lookMs = 3_000
/** How long the database may take for an answer before the connection counts as lost. */
const answerMs = 10_000
/** How long until a lost connection is made again. */
const retryMs = 250
/** How long the worker waits for the connection before it lets taking a job be, for the time being. */
const patienceMs = 2_000

/**
 * PostgreSQL ends the session of a machine that is gone without a word within half a minute.
 * Source: postgresql.org/docs/current/runtime-config-connection.html#GUC-TCP-KEEPALIVES-IDLE
 */
const keepAlive =
  'set tcp_keepalives_idle = 10; set tcp_keepalives_interval = 5; set tcp_keepalives_count = 3'
/** The sessions there are: a process id comes again, but not with the same beginning. */
const sessions = `(select pg_stat_get_backend_pid(backend) as pid, pg_stat_get_backend_start(backend) as started_at
  from pg_stat_get_backend_idset() backend)`

type Ask = (text: string, values?: unknown[]) => Promise<{ rows: unknown[] }>

/** What shows that a worker lives, and gives back the jobs of those that do not. */
export interface Lifeline {
  /** For the worker, which tells by them who it is and what it works at. */
  events: WorkerEvents
  /** Resolves when it shows: the worker takes no job before. @throws Error when that takes long */
  untilShown(): Promise<void>
  /** Ends it, when the worker has stopped. */
  stop(): Promise<void>
}

/**
 * Shows that a worker lives by a session that is open for as long: PostgreSQL ends it with the process, however that
 * dies, and leaves it to a process that is merely slow. And looks for locked jobs whose worker has no such session, or
 * that its own worker knows nothing of (an answer of the database was lost). Seen twice in a row, they are given back:
 * in between, a living worker that lost its session has opened another. Where it cannot for seconds, a job of it may
 * run twice at once, which every task has to bear anyhow. The connection has to be direct: a session of PgBouncer's
 * says nothing about a process.
 */
export function startLifeline({
  pgPool,
  log,
}: {
  pgPool: ReturnType<typeof openJobsPool>
  log: Logger
}): Lifeline {
  const events: WorkerEvents = new EventEmitter()
  const running = new Set<string>()
  const end = new AbortController()
  let isShown = false
  let shown = Promise.withResolvers<void>()
  let life = Promise.resolve()
  events.once('pool:create', ({ workerPool }) => {
    life = live(workerPool.id)
  })
  events.on('job:start', ({ job }) => running.add(job.id))
  events.on('job:complete', ({ job }) => running.delete(job.id))

  async function live(worker: string): Promise<void> {
    while (!end.signal.aborted) {
      await showAndLook(worker).catch((err) => {
        if (!end.signal.aborted) log.warn({ err, worker }, 'the job worker cannot show that it lives for now')
      })
      await sleep(retryMs, undefined, { signal: end.signal }).catch(() => undefined)
    }
  }

  /** Ends by throwing: when the connection is lost, or when all ends. */
  async function showAndLook(worker: string): Promise<never> {
    const client = await pgPool.connect()
    const lost = new AbortController()
    const signal = AbortSignal.any([lost.signal, end.signal])
    client.once('end', () => lost.abort())
    const ask: Ask = (text, values) => {
      const late = sleep(answerMs, undefined, { ref: false }).then(() => {
        throw new Error('the database does not answer')
      })
      return Promise.race([client.query(text, values), late])
    }
    try {
      await ask(keepAlive)
      await ask(
        `insert into graphile_worker.worker_sessions (worker, pid, started_at)
          select $1, pid, started_at from ${sessions} mine where pid = pg_backend_pid()
          on conflict (worker) do update set pid = excluded.pid, started_at = excluded.started_at`,
        [worker],
      )
      isShown = true
      shown.resolve()
      let seen = new Set<string>()
      for (;;) {
        seen = await giveBackAbandoned(ask, worker, seen)
        await sleep(lookMs, undefined, { signal })
      }
    } finally {
      isShown = false
      shown = Promise.withResolvers()
      client.release(true)
    }
  }

  /** @returns what looked abandoned this time; what did so before, too, is given back */
  async function giveBackAbandoned(ask: Ask, worker: string, seen: Set<string>): Promise<Set<string>> {
    await ask(`delete from graphile_worker.worker_sessions gone where not exists (
      select from ${sessions} living where (living.pid, living.started_at) = (gone.pid, gone.started_at))`)
    const { rows } = await ask(
      `select id, locked_by as owner, attempts from graphile_worker._private_jobs
        where locked_by = $1
          or locked_by not in (select worker from graphile_worker.worker_sessions)`,
      [worker],
    )
    const locked = rows as { id: string; owner: string; attempts: number }[]
    const abandoned = locked.filter(({ id, owner }) => owner !== worker || !running.has(id))
    const nameOf = ({ id, owner, attempts }: (typeof locked)[number]) => `${id} ${owner} ${attempts}`
    const given = abandoned.filter((job) => seen.has(nameOf(job)))
    if (given.length > 0) {
      // Whoever has been faster may have taken it already: then it has another owner.
      await ask(
        `with given as (
          update graphile_worker._private_jobs jobs set locked_by = null, locked_at = null
          from unnest($1::bigint[], $2::text[]) as given (id, owner)
          where jobs.id = given.id and jobs.locked_by = given.owner
          returning jobs.job_queue_id, given.owner
        )
        update graphile_worker._private_job_queues queues set locked_by = null, locked_at = null
        from given where queues.id = given.job_queue_id and queues.locked_by = given.owner`,
        [given.map(({ id }) => id), given.map(({ owner }) => owner)],
      )
    }
    for (const { id: job, owner } of given) log.warn({ job, worker: owner }, 'an abandoned job is given back')
    return new Set(abandoned.map(nameOf))
  }

  return {
    events,
    async untilShown() {
      if (isShown) return
      await Promise.race([shown.promise, sleep(patienceMs, undefined, { ref: false })])
      if (!isShown) throw new Error('the job worker cannot show that it lives')
    },
    async stop() {
      end.abort()
      await life
    },
  }
}
