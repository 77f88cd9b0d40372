import { expect, test, vi } from 'vitest'
import { withDirectClient } from '../../src/db/direct-client.ts'
import { startBeforeCron } from '../support/before-cron.ts'
import { clockTasks } from '../support/clock-jobs.ts'
import { testSecret } from '../support/cluster.ts'
import { createTestDatabase } from '../support/database.ts'
import { startSmallServers } from '../support/server-process.ts'

/** How long after its start the worker's clock strikes. */
const untilCronMs = 5_000

test('on a clone of the template the clock wakes nothing but what a test has taken out of the known crontabs', {
  timeout: 120_000,
}, async () => {
  const database = await createTestDatabase()
  const { adminUrl, tenantUrl, platformUrl, jobsUrl } = database
  const sql = (query: string) => withDirectClient(jobsUrl, async (jobs) => (await jobs.query(query)).rows)
  const env: Record<string, string> = {
    PART: 'worker',
    NODE_ENV: 'test',
    DATABASE_URL: adminUrl,
    TENANT_DATABASE_URL: tenantUrl,
    PLATFORM_DATABASE_URL: platformUrl,
    JOBS_DATABASE_URL: jobsUrl,
    TOKEN_KEY_SECRET: testSecret,
    LOG_LEVEL: 'error',
  }
  const running: { end(signal: 'SIGKILL'): Promise<void> }[] = []
  try {
    await sql(`delete from graphile_worker._private_known_crontabs where identifier = 'seal-audit'`)
    running.push(
      ...(await startBeforeCron(env, async () => [await startSmallServers(env, [{}])], untilCronMs)),
    )
    const known = `select identifier, last_execution < '9999-12-31Z' as "hasRun",
        date_part('minute', last_execution)::int % 5 as minute from graphile_worker._private_known_crontabs`
    // In the fifth minute others are due, too.
    await vi.waitFor(
      async () =>
        expect(await sql(known)).toContainEqual({ identifier: 'seal-audit', hasRun: true, minute: 0 }),
      { timeout: 60_000, interval: 250 },
    )
    const rows = await sql(known)
    expect(rows.filter(({ hasRun }) => hasRun)).toHaveLength(1)
    expect(rows).toHaveLength(clockTasks.length)
  } finally {
    for (const worker of running) await worker.end('SIGKILL')
    await database.drop()
  }
})
