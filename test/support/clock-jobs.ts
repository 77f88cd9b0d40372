import { parseCrontab } from 'graphile-worker'
import { expect, vi } from 'vitest'
import type { Context } from '../../src/context.ts'
import { crontab, type TaskName, tasks } from '../../src/jobs/tasks.ts'
import type { Platform } from './platform.ts'

export const hourMs = 3_600_000
export const dayMs = 24 * hourMs

const clockItems = parseCrontab(crontab)
/** The tasks that run by themselves. */
export const clockTasks = clockItems.map(({ task }) => task as TaskName)
/** Enqueues all that runs by itself, as the queue does when the clock strikes for it; a row with the id of each job. */
export const strikeAll = {
  query: `select (graphile_worker.add_job(task, job_key := "jobKey", queue_name := "queueName", max_attempts := "maxAttempts")).id
    from jsonb_to_recordset($1::jsonb) as item (task text, "jobKey" text, "queueName" text, "maxAttempts" int)`,
  values: [JSON.stringify(clockItems.map(({ task, options }) => ({ task, ...options })))],
}

/** Runs a task here and now, as a process would that has taken its job. */
export function runTask(
  context: Context,
  name: 'trial-notices' | 'payment-notices' | 'grace-over' | 'recount-seats',
) {
  return tasks[name](context, {}, { tenantId: null, messageId: '' })
}

/** Has the worker run tasks, by default all that run by themselves, and whatever they enqueue. */
export async function runJobs(platform: Platform, names: TaskName[] = clockTasks) {
  await platform.sql('select graphile_worker.add_job(name) from unnest($1::text[]) name', [names])
  await untilNoJobs(platform)
}

/** Waits until the queue is empty. */
export async function untilNoJobs(platform: Platform) {
  await vi.waitFor(
    async () => {
      const left = await platform.sql('select task_identifier as task, last_error from graphile_worker.jobs')
      expect(left).toEqual([])
    },
    { timeout: 20_000, interval: 10 },
  )
}
