import { spawn } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { tasks } from '../../src/jobs/tasks.ts'
import { startWorker } from '../../src/jobs/worker.ts'
import { testSecret } from '../support/cluster.ts'
import { addClients, keptTables, rowsOf } from '../support/deletion.ts'
import { addMember } from '../support/members.ts'
import { type Platform, startPlatform } from '../support/platform.ts'
import { join as joinTenant } from '../support/sessions.ts'
import { isBegin, type Message, startWire, type Verdict } from '../support/wire.ts'

// A process that deletes a tenant is killed wherever it stands; the next one goes on, and in the end a worker does.
let platform: Platform
let wire: Awaited<ReturnType<typeof startWire>>
beforeAll(async () => {
  platform = await startPlatform()
  wire = await startWire(platform.database.adminUrl)
})
afterAll(async () => {
  await wire.close()
  await platform.stop()
})

/** Where it stands when it is killed: at so many messages of a kind. */
const points: {
  name: string
  isIt(message: Message, text: string): boolean
  skip: number
  verdict: Verdict
}[] = [
  {
    name: 'before the commit of the request',
    isIt: isCommitBehind(/deletion_certificates/),
    skip: 0,
    verdict: 'freeze',
  },
  { name: 'before a batch', isIt: isStatement(/purge_batch/), skip: 1, verdict: 'freeze' },
  {
    name: 'behind a batch, before its commit',
    isIt: isCommitBehind(/rows_deleted \+/),
    skip: 1,
    verdict: 'freeze',
  },
  {
    name: 'while a batch commits',
    isIt: isCommitBehind(/rows_deleted \+/),
    skip: 1,
    verdict: 'freeze after',
  },
  { name: 'before people go', isIt: isStatement(/purge_users/), skip: 0, verdict: 'freeze' },
  { name: 'before the tombstone', isIt: isStatement(/^update "tenants"/), skip: 0, verdict: 'freeze' },
]

function isStatement(sql: RegExp) {
  return (message: Message) => message.type === 'B' && sql.test(message.sql)
}
/** The text is that of all statements since the transaction began. */
function isCommitBehind(sql: RegExp) {
  return ({ type, sql: statement }: Message, text: string) =>
    type === 'B' && /^commit/i.test(statement) && sql.test(text)
}

test('however often it is killed, not one row is left in the end, and others have theirs', {
  timeout: 60_000,
}, async () => {
  const other = await addMember(platform, 'acme', 'member')
  await joinTenant(platform, 'globex', other)
  await addClients(platform, 'acme', 4_000)
  await addClients(platform, 'globex', 50)
  // So that both have a seal of their audit trail, too.
  await tasks['seal-audit'](platform.context, {}, { tenantId: null, messageId: '' })
  const globex = await rowsOf(platform, 'globex')
  for (const { name, isIt, skip, verdict } of points) {
    expect(await dieAt(isIt, skip, verdict), name).toBe('killed there')
  }
  const [before] = await platform.sql('select status, rows_deleted from deletion_certificates')
  expect(before.status).toBe('running')
  expect(Number(before.rows_deleted)).toBeGreaterThan(2_000)

  const { jobsUrl: url } = platform.database
  const onFailure = () => undefined
  const worker = await startWorker(platform.context, { url, poolSize: 4, poolIdleMs: 1000, onFailure })
  await vi.waitFor(
    async () => {
      const [{ status }] = await platform.sql('select status from deletion_certificates')
      expect(status).toBe('done')
    },
    { timeout: 20_000, interval: 20 },
  )
  await worker.stop()
  expect(Object.keys(await rowsOf(platform, 'acme')).sort()).toEqual(keptTables)
  const [certificate] = await platform.sql(
    'select rows_deleted, users_deleted, counts_before, counts_after, kept from deletion_certificates',
  )
  const going = Object.entries<number>(certificate.counts_before).filter(
    ([table]) => !(table in certificate.kept),
  )
  expect(Number(certificate.rows_deleted)).toBe(going.reduce((sum, [, rows]) => sum + rows, 0))
  expect(certificate).toMatchObject({
    users_deleted: '1',
    counts_after: { clients: 0, audit_entries: 0, tenants: 1 },
  })
  expect(await rowsOf(platform, 'globex')).toEqual(globex)
})

/** Starts `delete-tenant acme` and kills it where it stands. */
async function dieAt(isIt: (typeof points)[number]['isIt'], skip: number, verdict: Verdict) {
  let left = skip
  const reached = Promise.withResolvers<'killed there'>()
  const texts = new Map<number, string>()
  wire.onMessage = (message) => {
    const { connection, sql } = message
    if (isBegin(message)) texts.set(connection, '')
    const text = texts.get(connection) ?? ''
    texts.set(connection, text + sql)
    if (!isIt(message, text) || left-- > 0) return 'forward'
    reached.resolve('killed there')
    wire.onMessage = () => 'forward'
    return verdict
  }
  const { PATH, HOME, NODE_COMPILE_CACHE } = process.env
  const { adminUrl, tenantUrl, platformUrl, jobsUrl } = platform.database
  const program = join(import.meta.dirname, '../../src/cli.ts')
  const child = spawn(process.execPath, [program, 'delete-tenant', 'acme', '--yes'], {
    cwd: tmpdir(),
    env: {
      PATH,
      HOME,
      NODE_COMPILE_CACHE,
      DATABASE_URL: adminUrl,
      TENANT_DATABASE_URL: tenantUrl,
      PLATFORM_DATABASE_URL: wire.url(platformUrl),
      JOBS_DATABASE_URL: jobsUrl,
      TOKEN_KEY_SECRET: testSecret,
      DATA_DIR: platform.dataDir,
    },
    stdio: 'ignore',
  })
  const gone = new Promise<string>((resolve) => child.once('exit', (code) => resolve(`ended with ${code}`)))
  const outcome = await Promise.race([reached.promise, gone])
  child.kill('SIGKILL')
  await gone
  return outcome
}
