import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { withDirectClient } from '../../src/db/direct-client.ts'
import { type EmptyDatabase, testSecret } from '../support/cluster.ts'
import { createUnmigratedDatabase } from '../support/database.ts'
import { createCaller } from '../support/platform.ts'
import { type ServerProcess, startServerProcess } from '../support/server-process.ts'

let database: EmptyDatabase
const servers: ServerProcess[] = []

beforeAll(async () => {
  database = await createUnmigratedDatabase()
})
afterAll(async () => {
  for (const server of servers) await server.end('SIGKILL')
  await database.drop()
})

async function start(): Promise<ServerProcess> {
  const server = await startServerProcess({
    DATABASE_URL: database.adminUrl,
    TOKEN_KEY_SECRET: testSecret,
    STATEMENT_TIMEOUT_MS: '60000',
  })
  servers.push(server)
  return server
}

const ask = (text: string, values: unknown[] = []) =>
  withDirectClient(database.adminUrl, async (admin) => (await admin.query(text, values)).rows)

const untilAnswer = (text: string, answer: unknown[], timeout = 10_000) =>
  vi.waitFor(async () => expect(await ask(text)).toEqual(answer), { timeout, interval: 100 })

/** The workers that show that they live. */
const workers = () => ask('select worker, pid from graphile_worker.worker_sessions')

/** By its id: the clock of the workers may strike meanwhile, which enqueues another one of this name. */
const jobOf = (jobId: string) => `select locked_by, attempts from graphile_worker.jobs where id = ${jobId}`

async function jobsDone({ url }: ServerProcess, task: string): Promise<number> {
  const { body } = await createCaller(url).get('/metrics')
  const line = new RegExp(`^jobs_total\\{task="${task}",outcome="done"\\} (\\d+)$`, 'm').exec(body)
  return Number(line?.[1] ?? 0)
}

/** Jobs that do nothing, as they look when whoever took them is gone or has never heard of it. */
const plantLockedJobs = (count: number, lockedBy: string) =>
  ask(
    `insert into graphile_worker._private_jobs (task_id, payload, locked_by, locked_at, attempts)
      select t.id, '{"tenant_id":"acme"}', $2, now(), 1
      from graphile_worker._private_tasks t, generate_series(1, $1) where t.identifier = 'sync-billing'`,
    [count, lockedBy],
  )

test('what a worker does for long is its own until it dies, and then somebody else’s within seconds', async () => {
  const first = await start()
  await withDirectClient(database.adminUrl, async (holder) => {
    await holder.query('begin; lock table known_addresses in share mode')
    const [{ id }] = await ask(`select id from graphile_worker.add_job('forget-expired')`)
    const longJob = jobOf(id)
    const patiently = { timeout: 20_000 }
    await vi.waitFor(async () => expect(await workers()).toHaveLength(1), patiently)
    const [begun] = await workers()
    await untilAnswer(longJob, [{ locked_by: begun.worker, attempts: 1 }])
    const second = await start()
    await vi.waitFor(async () => expect(await workers()).toHaveLength(2), patiently)

    // The first loses the session that shows that it lives, and opens another.
    await ask('select pg_terminate_backend($1)', [begun.pid])
    const isBegun = ({ worker }: { worker: string }) => worker === begun.worker
    await vi.waitFor(async () => expect((await workers()).find(isBegun)?.pid).not.toBe(begun.pid), patiently)
    const other = (await workers()).find((each) => !isBegun(each))

    // What nobody works at is given back meanwhile, and done once, however many look for it.
    await plantLockedJobs(20, 'pool-gone')
    await plantLockedJobs(5, begun.worker)
    const looked = `select from pg_stat_activity where pid = ${other.pid} and query_start > $1::timestamptz + interval '7 s'`
    const [{ now }] = await ask('select now()::text')
    await vi.waitFor(async () => expect(await ask(looked, [now])).toHaveLength(1), { timeout: 15_000 })
    await untilAnswer(`select from graphile_worker.jobs where task_identifier = 'sync-billing'`, [])
    expect((await jobsDone(first, 'sync-billing')) + (await jobsDone(second, 'sync-billing'))).toBe(25)
    expect(await ask(longJob)).toEqual([{ locked_by: begun.worker, attempts: 1 }])

    await first.end('SIGKILL')
    await untilAnswer(longJob, [{ locked_by: other.worker, attempts: 2 }])
    expect(await workers()).toEqual([other])
    await holder.query('commit')
    await untilAnswer(longJob, [])
  })
}, 60_000)
