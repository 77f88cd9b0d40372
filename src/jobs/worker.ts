import { Logger, makeWorkerUtils, run, type TaskList } from 'graphile-worker'
import type { Context } from '../context.ts'
import { openJobsPool } from '../db/jobs-pool.ts'
import type { JobInfo } from './job-info.ts'
import { crontab, tasks } from './tasks.ts'

/** The worker while it runs. */
export interface Worker {
  /** Takes no more jobs, waits for those under way and gives back what is not finished. */
  stop(): Promise<void>
}

/**
 * Runs jobs until stopped, on connections of the role jobs; tasks reach data through the context like everybody.
 * The connection has to be direct: it listens for new jobs.
 * @param options `onFailure`: the worker has given up and takes no more jobs; `isAlone`: no other server can be at
 *   this database, so jobs that are still locked belong to one that was killed
 */
export async function startWorker(
  context: Context,
  options: {
    url: string
    poolSize: number
    poolIdleMs: number
    onFailure: (error: unknown) => void
    isAlone?: boolean
  },
): Promise<Worker> {
  const { log } = context
  const taskList: TaskList = {}
  const mailDomain = /@([^>\s]+)/.exec(context.config.mailFrom)?.[1] ?? 'tenantry'
  for (const [name, task] of Object.entries(tasks)) {
    taskList[name] = async (payload, { job }) => {
      const run = task as (context: Context, payload: unknown, job: JobInfo) => Promise<void>
      const { tenant_id: tenantId = null } = (payload ?? {}) as { tenant_id?: string | null }
      await run(context, payload, {
        tenantId,
        messageId: `<${job.id}.${job.created_at.getTime()}@${mailDomain}>`,
      })
      context.metrics.jobs.inc({ task: name, outcome: 'done' })
    }
  }
  const pgPool = openJobsPool({
    url: options.url,
    size: options.poolSize,
    idleMs: options.poolIdleMs,
    onError: (err) => log.warn({ err }, 'connection of the job worker lost'),
  })
  if (options.isAlone) await giveBackJobs(pgPool)
  const runner = await run({
    pgPool,
    concurrency: 2,
    pollInterval: 2000,
    noHandleSignals: true,
    taskList,
    crontab,
    logger: new Logger((scope) => (level, message, meta) => {
      const worker = scope.workerId
      const error = meta?.error ?? meta?.fatalError
      // The worker writes errors into its messages, and an error may quote what was sent: job:error reports those.
      if (meta?.failure) return
      if (error !== undefined) log.error({ worker, err: error }, 'the worker met an error')
      else if (level === 'error') log.error({ worker }, message)
      else log.debug({ worker }, message)
    }),
  })
  runner.events.on('job:error', ({ job, error }) => {
    context.metrics.jobs.inc({ task: job.task_identifier, outcome: 'failed' })
    const { tenant_id } = job.payload as { tenant_id?: string | null }
    log.error({ err: error, job: job.id, task: job.task_identifier, tenant_id }, 'job failed')
  })
  let isStopping = false
  const ended = runner.promise.then(
    () => new Error('the job worker has ended'),
    (error) => error,
  )
  void ended.then((error) => {
    if (!isStopping) options.onFailure(error)
  })
  return {
    async stop() {
      isStopping = true
      // It rejects when the worker has ended by itself, which onFailure has told.
      await runner.stop().catch(() => undefined)
      await pgPool.end()
    },
  }
}

/** graphile-worker itself takes a job from a worker that vanished after four hours only. */
async function giveBackJobs(pgPool: ReturnType<typeof openJobsPool>): Promise<void> {
  const { rows } = await pgPool.query<{ worker: string }>(
    'select distinct locked_by as worker from graphile_worker._private_jobs where locked_by is not null',
  )
  if (rows.length === 0) return
  const utils = await makeWorkerUtils({ pgPool, logger: new Logger(() => () => undefined) })
  await utils.forceUnlockWorkers(rows.map(({ worker }) => worker))
  await utils.release()
}
