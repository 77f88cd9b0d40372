import { Logger, run, type TaskList } from 'graphile-worker'
import type { Context } from '../context.ts'
import { openJobsPool } from '../db/jobs-pool.ts'
import { startLifeline } from './abandoned-jobs.ts'
import type { JobInfo } from './job-info.ts'
import { crontab, tasks } from './tasks.ts'

/** The worker while it runs. */
export interface Worker {
  /** Takes no more jobs, waits for those under way and gives back what is not finished. */
  stop(): Promise<void>
}

/**
 * Runs jobs until stopped, on connections of the role jobs; tasks reach data through the context like everybody.
 * The connections have to be direct: one listens for new jobs, and one shows that the worker lives.
 * What a killed worker had begun another takes up within seconds.
 * @param options `onFailure`: the worker has given up and takes no more jobs
 */
export async function startWorker(
  context: Context,
  options: {
    url: string
    poolSize: number
    poolIdleMs: number
    onFailure: (error: unknown) => void
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
  const lifeline = startLifeline({ pgPool, log })
  const runner = await run({
    pgPool,
    events: lifeline.events,
    // Asked before each job is taken: no flag is forbidden, but jobs are for those who can show that they live.
    forbiddenFlags: () => lifeline.untilShown().then(() => null),
    // So many that a Stripe which hangs keeps mail waiting for seconds at most: its jobs come last, and give up soon.
    concurrency: 4,
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
      await lifeline.stop()
      await pgPool.end()
    },
  }
}
