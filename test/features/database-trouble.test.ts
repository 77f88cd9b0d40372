import { cp, readdir, rm, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { type Platform, startPlatform } from '../support/platform.ts'
import { startTroubledPostgres, type TroubledPostgres } from '../support/trouble/postgres.ts'
import { giveTo, mountSmallDisk, type SmallDisk } from '../support/trouble/small-disk.ts'
import {
  describeOutcomes,
  faultsOf,
  type Outcome,
  prepareTraffic,
  trafficEnv,
} from '../support/trouble/traffic.ts'

// A PostgreSQL of this file's own, which goes away and comes back while a server and its worker are at work.
let postgres: TroubledPostgres
let platform: Platform
let traffic: Awaited<ReturnType<typeof prepareTraffic>>
const rejections: unknown[] = []
const onRejection = (error: unknown) => void rejections.push(error)

beforeAll(async () => {
  postgres = await startTroubledPostgres()
  const database = await postgres.createDatabase()
  platform = await startPlatform(trafficEnv, { worker: true, database })
  traffic = await prepareTraffic(platform)
  process.on('unhandledRejection', onRejection)
})
afterAll(async () => {
  await platform.stop()
  process.off('unhandledRejection', onRejection)
  await postgres.remove()
})
afterEach(() => {
  expect(rejections).toEqual([])
  expect(platform.logLines.filter((line) => line.includes('gave up'))).toEqual([])
})

let elapsed = 0
/** Asks anew what is remembered for 10 seconds. */
async function readiness(): Promise<number> {
  elapsed += 11_000
  const began = performance.now()
  const spy = vi.spyOn(performance, 'now').mockImplementation(() => began + elapsed)
  try {
    return (await platform.get('/health/ready')).status
  } finally {
    spy.mockRestore()
  }
}

const patiently = { timeout: 60_000, interval: 20 }
/** Waits until each kind of request was answered so again. */
const untilEach = (since: Outcome[], wanted: (outcome: Outcome) => boolean) => {
  const from = since.length
  return vi.waitFor(() => {
    const kinds = new Set(
      since
        .slice(from)
        .filter(wanted)
        .map(({ kind }) => kind),
    )
    expect(traffic.kinds.filter((kind) => !kinds.has(kind))).toEqual([])
  }, patiently)
}
const isServed = ({ status }: Outcome) => status < 300
const isRefused = ({ status }: Outcome) => status === 503

const mails = async () =>
  (await readdir(join(platform.dataDir, 'mail')).catch(() => [])).filter((name) => name.endsWith('.eml'))
    .length

/** The sessions of each role of ours. */
const sessions = async () => {
  const rows = await platform.sql(
    `select split_part(usename, '_', 3) as role, count(*)::int as n, count(*) filter (where query ~ '^LISTEN')::int as listening
      from pg_stat_activity where usename like 'tenantry_test_%' and datname = current_database() group by 1`,
  )
  return Object.fromEntries(rows.map(({ role, n, listening }) => [role, { n, listening }]))
}

/** What holds when all is over: nothing is lost, nobody waits, and each pool has the sessions that it knows of. */
async function expectAllWell() {
  expect(await readiness()).toBe(200)
  await vi.waitFor(async () => {
    const counts = platform.context.db.counts()
    for (const pool of Object.values(counts)) expect(pool).toMatchObject({ waiting: 0, idle: pool.total })
    const { tenant, platform: own, jobs } = await sessions()
    expect([tenant?.n ?? 0, own?.n ?? 0]).toEqual([counts.tenant.total, counts.platform.total])
    expect(jobs?.n).toBeLessThanOrEqual(4)
    expect(jobs?.listening).toBe(1)
  }, patiently)
  const stored = await platform.sql('select name from clients where name = any($1)', [traffic.created])
  expect(stored).toHaveLength(traffic.created.length)
}

const promote = async () => {
  await postgres.stop()
  await postgres.start()
}

describe('PostgreSQL', () => {
  const totals: Outcome[] = []
  afterAll(() => void process.stdout.write(`Through restarts: ${describeOutcomes(totals)}\n`))

  test.each(['fast', 'immediate', 'a crash of one session'] as const)(
    'is gone (%s) and comes back: 503 with Retry-After meanwhile, and then all by itself as before',
    async (how) => {
      const under = traffic.start()
      onTestFinished(under.stop)
      await untilEach(traffic.outcomes, isServed)
      if (how === 'a crash of one session') {
        const [{ pid }] = await platform.sql(
          `select pid from pg_stat_activity where usename like '%_tenant' and datname = current_database() limit 1`,
        )
        process.kill(pid, 'SIGKILL')
        await vi.waitFor(() => expect(traffic.outcomes.some(isRefused)).toBe(true), patiently)
      } else {
        await postgres.stop(how)
        await untilEach(traffic.outcomes, isRefused)
        expect(await readiness()).toBe(503)
        expect((await platform.get('/health')).status).toBe(200)
        await postgres.start()
      }
      await untilEach(traffic.outcomes, isServed)
      await under.stop()
      expect(faultsOf(traffic.outcomes)).toEqual({})
      totals.push(...traffic.outcomes.splice(0))

      const mailed = await mails()
      await traffic.ask('forgotten password')
      await vi.waitFor(async () => expect(await mails()).toBeGreaterThan(mailed), patiently)
      await expectAllWell()
    },
    180_000,
  )

  test('refuses everybody for a time: 503, and as before when it does not any more', async () => {
    await postgres.stop()
    await postgres.start('closed')
    const asked = await Promise.all(traffic.kinds.map((kind) => traffic.ask(kind)))
    expect(new Set(asked.map(({ code }) => code))).toEqual(new Set(['database_unavailable']))
    await promote()
    const [{ rolpassword }] = await platform.sql(
      `select rolpassword from pg_authid where rolname = 'tenantry_test_tenant'`,
    )
    const setPassword = (password: string) =>
      platform.sql(`alter role tenantry_test_tenant password '${password}'`)
    await setPassword('another')
    expect(await traffic.ask('read')).toMatchObject({ code: 'database_unavailable', retryAfter: '1' })
    expect((await traffic.ask('list of plans')).status).toBe(200)
    await setPassword(rolpassword)
    expect((await traffic.ask('read')).status).toBe(200)
    expect(faultsOf(traffic.outcomes.splice(0))).toEqual({})
    await expectAllWell()
  }, 180_000)

  test('is a replica that nobody has promoted yet: reads inside a tenant are served, the rest is told to come back', async () => {
    await postgres.stop()
    await postgres.start('hot')
    expect(await traffic.ask('read')).toMatchObject({ status: 200 })
    for (const kind of ['create', 'create with a key', 'change', 'login', 'signup', 'webhook']) {
      expect(await traffic.ask(kind), kind).toMatchObject({ code: 'database_unavailable', retryAfter: '1' })
    }
    await promote()
    traffic.outcomes.length = 0
    await Promise.all(traffic.kinds.map((kind) => traffic.ask(kind)))
    expect(traffic.outcomes.splice(0).filter((outcome) => !isServed(outcome))).toEqual([])
    await expectAllWell()
  }, 180_000)
})

describe('a disk that is full', () => {
  const disks: SmallDisk[] = []
  afterAll(async () => {
    await postgres.stop('immediate')
    for (const disk of disks) await disk.remove()
  })

  async function mountOrSkip(megabytes: number, skip: (why: string) => never): Promise<SmallDisk> {
    const disk = await mountSmallDisk(megabytes, postgres)
    if (typeof disk === 'string') {
      process.stdout.write(`SKIPPED, ${disk}\n`)
      return skip(disk)
    }
    disks.push(disk)
    return disk
  }

  test('under a table: writes are told to come back, reads are served, and with room all is as before', async ({
    skip,
  }) => {
    const disk = await mountOrSkip(8, skip)
    await platform.sql(`create tablespace small location '${disk.path}'`)
    await platform.sql('alter table clients set tablespace small')
    await disk.fill()
    onTestFinished(disk.makeRoom)
    traffic.outcomes.length = 0
    const notes = 'x'.repeat(1000)
    const answers = []
    do {
      answers.push(await platform.acme.post('/v1/clients', { name: 'Fills it', notes }))
    } while (answers.at(-1)?.status === 201 && answers.length < 100)
    const last = answers.at(-1)
    expect([last?.status, last?.body.code, last?.headers.get('retry-after')]).toEqual([
      503,
      'database_unavailable',
      '1',
    ])
    expect(platform.logLines.slice(-5).join('')).toContain('53100')
    for (const kind of ['read', 'me', 'key of a program', 'list of plans', 'operator', 'login']) {
      expect(await traffic.ask(kind)).toMatchObject({ status: 200 })
    }
    await disk.makeRoom()
    expect((await platform.acme.post('/v1/clients', { name: 'Fits', notes })).status).toBe(201)
    await expectAllWell()
  }, 180_000)

  test('under the write-ahead log: PostgreSQL gives up, and is served from again when it has room', async ({
    skip,
  }) => {
    await platform.sql('checkpoint')
    const wal = join(postgres.folder, 'pg_wal')
    const [{ megabytes }] = await platform.sql(
      'select ceil(sum(size) / 1048576)::int as megabytes from pg_ls_waldir()',
    )
    // No room for another file of 16 MB.
    const disk = await mountOrSkip(megabytes + 8, skip)
    await postgres.stop()
    await cp(wal, join(disk.path, 'pg_wal'), { recursive: true })
    await giveTo(postgres, join(disk.path, 'pg_wal'))
    await rm(wal, { recursive: true })
    await symlink(join(disk.path, 'pg_wal'), wal)
    await postgres.start()

    traffic.outcomes.length = 0
    const under = traffic.start(1)
    onTestFinished(under.stop)
    await untilEach(traffic.outcomes, isServed)
    await vi.waitFor(async () => {
      await platform.sql('select pg_switch_wal()').catch(() => undefined)
      expect(postgres.isRunning()).toBe(false)
    }, patiently)
    await vi.waitFor(() => expect(traffic.outcomes.some(isRefused)).toBe(true), patiently)
    await disk.makeRoom()
    await postgres.start()
    await untilEach(traffic.outcomes, isServed)
    await under.stop()
    process.stdout.write(`Through a full disk: ${describeOutcomes(traffic.outcomes)}\n`)
    expect(faultsOf(traffic.outcomes.splice(0))).toEqual({})
    await expectAllWell()
  }, 180_000)
})
