import { expect, test, vi } from 'vitest'
import { withDirectClient } from '../../src/db/direct-client.ts'
import { strikeAll } from '../support/clock-jobs.ts'
import { testSecret } from '../support/cluster.ts'
import { createTestDatabase } from '../support/database.ts'
import { startSmallServers } from '../support/server-process.ts'

const hourMs = 3_600_000
/** How long after its start a worker sees a full hour; one that is later sees the minute behind it. */
const untilHourMs = 6_000

test('when the clock strikes in a test, only that runs of which the test says that it has not', {
  timeout: 100_000,
}, async () => {
  const database = await createTestDatabase()
  const sql = (query: string) =>
    withDirectClient(database.adminUrl, async (admin) => (await admin.query(query)).rows)
  // At a full hour more would be due: seal-audit each minute, and others each five.
  await sql(`delete from graphile_worker._private_known_crontabs where identifier = 'seal-audit'`)
  const known = `select identifier, last_execution < '9999-12-31Z' as "hasRun" from graphile_worker._private_known_crontabs`
  const worker = await startSmallServers(
    {
      PART: 'worker',
      NODE_ENV: 'test',
      NODE_OPTIONS: `--import ${new URL('../support/shifted-clock.ts', import.meta.url)}`,
      CLOCK_SHIFT_MS: String(-(Date.now() % hourMs) - untilHourMs),
      DATABASE_URL: database.adminUrl,
      TENANT_DATABASE_URL: database.tenantUrl,
      PLATFORM_DATABASE_URL: database.platformUrl,
      JOBS_DATABASE_URL: database.jobsUrl,
      TOKEN_KEY_SECRET: testSecret,
      LOG_LEVEL: 'error',
    },
    [{}],
  )
  try {
    await vi.waitFor(
      async () => expect(await sql(known)).toContainEqual({ identifier: 'seal-audit', hasRun: true }),
      { timeout: 80_000, interval: 50 },
    )
    const rows = await sql(known)
    expect(rows.filter(({ hasRun }) => hasRun)).toHaveLength(1)
    expect(rows).toHaveLength(JSON.parse(strikeAll.values[0] as string).length)
  } finally {
    await worker.end('SIGKILL')
    await database.drop()
  }
})
