import type { Request } from 'express'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { createContext } from '../../src/context.ts'
import { withDirectClient } from '../../src/db/direct-client.ts'
import { isMetricsReader } from '../../src/features/health/metrics-access.ts'
import { createMetrics } from '../../src/metrics.ts'
import { createReadiness, UnsafeDatabaseError } from '../../src/readiness.ts'
import { testSecret } from '../support/cluster.ts'
import { type Platform, startPlatform } from '../support/platform.ts'

let platform: Platform
beforeAll(async () => {
  platform = await startPlatform()
})
afterAll(() => platform.stop())
afterEach(() => vi.restoreAllMocks())

test('health says that the process lives', async () => {
  const { status, body } = await platform.get('/health')
  expect(status).toBe(200)
  expect(body).toEqual({
    status: 'healthy',
    service: 'tenantry',
    timestamp: platform.clock.now().toISOString(),
  })
})

describe('readiness', () => {
  let elapsed = 0
  const start = performance.now()
  /** Lets the checks grow old without waiting for it. */
  const letPass = (ms: number) => {
    elapsed += ms
    vi.spyOn(performance, 'now').mockImplementation(() => start + elapsed)
  }
  const failing = (body: { checks: { name: string; ok: boolean }[] }) =>
    body.checks.filter(({ ok }) => !ok).map(({ name }) => name)

  test('names its checks and shows no details', async () => {
    letPass(60_000)
    const { status, body } = await platform.get('/health/ready')
    expect(status).toBe(200)
    expect(body.status).toBe('ready')
    expect(body.checks.length).toBeGreaterThan(3)
    for (const check of body.checks) expect(check).toEqual({ name: expect.any(String), ok: true })
  })

  test.each<[violation: string, plant: string, undo: string]>([
    [
      'row security not forced',
      'alter table clients no force row level security',
      'alter table clients force row level security',
    ],
    [
      'row security off',
      'alter table clients disable row level security',
      'alter table clients enable row level security',
    ],
    ['a second policy', 'create policy planted on clients using (true)', 'drop policy planted on clients'],
  ])('%s turns it red, at most 10 seconds later, and no server starts', async (_violation, plant, undo) => {
    letPass(60_000)
    expect((await platform.get('/health/ready')).status).toBe(200)
    await platform.sql(plant)
    try {
      letPass(9_999)
      expect((await platform.get('/health/ready')).status, 'kept for 10 seconds').toBe(200)
      letPass(2)
      const { status, body } = await platform.get('/health/ready')
      expect(status).toBe(503)
      expect(body.status).toBe('not_ready')
      expect(failing(body).length).toBeGreaterThan(0)
      expect(JSON.stringify(body)).not.toMatch(/planted|problems|reason/)

      const another = createContext({ ...platform.context, ...platform.database, tokenKeySecret: testSecret })
      await expect(another).rejects.toThrow(UnsafeDatabaseError)
      await expect(another).rejects.toThrow(/clients/)
    } finally {
      await platform.sql(undo)
    }
    letPass(10_001)
    expect((await platform.get('/health/ready')).status, 'and green again').toBe(200)
  })

  test('a failed check is logged once each time it is made, not at each question', async () => {
    await platform.sql('alter table clients no force row level security')
    try {
      letPass(60_000)
      platform.logLines.length = 0
      for (let question = 0; question < 5; question++) await platform.get('/health/ready')
      const told = platform.logLines.filter((line) => line.includes('"row-security-is-forced"'))
      expect(told).toHaveLength(1)
      expect(JSON.parse(told[0] ?? '')).toMatchObject({
        level: 'error',
        problems: ['clients has row security not forced'],
      })
    } finally {
      await platform.sql('alter table clients force row level security')
    }
  })

  test('what only a list of this version does not have stops the next start and no running server', async () => {
    // As a newer version would, whose processes take over one by one.
    const migrate = (sql: string) => withDirectClient(platform.database.ownerUrl, (owner) => owner.query(sql))
    await platform.sql('create table novelties (id int)')
    await migrate(`create function app.novelty() returns int language sql security definer
      set search_path = pg_catalog, pg_temp as 'select 1'`)
    try {
      letPass(60_000)
      expect((await platform.get('/health/ready')).status).toBe(200)
      const another = createContext({ ...platform.context, ...platform.database, tokenKeySecret: testSecret })
      await expect(another).rejects.toThrow(
        /every-table-is-tenant-owned-or-listed[\s\S]*functions-of-others-are-listed/,
      )
    } finally {
      await platform.sql('drop table novelties; drop function app.novelty()')
    }
  })

  test('a database that does not answer is told as that, once, and not as one without protection', async () => {
    const metrics = createMetrics()
    let isAway = false
    const ask = async () => {
      if (isAway) throw new Error('connection lost')
      return [{ problem: 'planted' }]
    }
    const readiness = createReadiness({ tenant: ask, platform: ask }, platform.context.log, metrics)
    letPass(60_000)
    await readiness.check()
    const known = await metrics.databaseProblems.get()
    expect(known.values.length).toBeGreaterThan(10)

    isAway = true
    letPass(60_000)
    platform.logLines.length = 0
    const checks = await readiness.check()
    expect(checks.every(({ ok }) => !ok)).toBe(true)
    expect(platform.logLines.map((line) => JSON.parse(line))).toEqual([
      expect.objectContaining({
        level: 'error',
        msg: 'the database could not be checked',
        problems: ['could not be checked: connection lost'],
      }),
    ])
    expect(await metrics.databaseProblems.get()).toEqual(known)
    await expect(readiness.refuseUnsafe()).rejects.toThrow(UnsafeDatabaseError)
    await expect(readiness.refuseUnsafe()).rejects.toThrow('the database could not be checked')
  })

  test('what isolation does not hang on is a warning: the process goes on serving, and is looked at once an hour', async () => {
    const drop = 'drop index clients_created_at'
    const create = 'create index clients_created_at on clients (tenant_id, created_at desc, id desc)'
    const gauge = async () =>
      /^database_problems\{check="tenant-owned-tables-have-their-shape",severity="warning"\} (\d+)/m.exec(
        (await platform.get('/metrics')).body,
      )?.[1]
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    const checking = platform.context.readiness.start()
    try {
      await platform.sql(drop)
      platform.logLines.length = 0
      letPass(60_000)
      expect((await platform.get('/health/ready')).status).toBe(200)
      expect(await gauge()).toBe('0')
      vi.advanceTimersByTime(60 * 60 * 1000)
      await vi.waitFor(async () => expect(await gauge()).toBe('1'))
      const told = platform.logLines.map((line) => JSON.parse(line)).filter(({ level }) => level === 'warn')
      expect(told).toMatchObject([
        {
          check: 'tenant-owned-tables-have-their-shape',
          problems: [expect.stringMatching(/^clients has no/)],
        },
      ])
      await platform.sql(create)
      vi.advanceTimersByTime(60 * 60 * 1000)
      await vi.waitFor(async () => expect(await gauge()).toBe('0'))
    } finally {
      await platform.sql(create.replace('index', 'index if not exists'))
      checking.stop()
      vi.useRealTimers()
    }
  })
})

describe('metrics', () => {
  const linesOf = async () => ((await platform.get('/metrics')).body as string).split('\n')

  test('are Prometheus text, with requests by declared path and the pools', async () => {
    await platform.acme.get('/v1/clients')
    const { status, headers, body } = await platform.get('/metrics')
    expect(status).toBe(200)
    expect(headers.get('content-type')).toMatch(/^text\/plain; version=0.0.4/)
    expect(body).toMatch(
      /^http_request_duration_seconds_count\{method="GET",path="\/v1\/clients",status="200"\} [1-9]/m,
    )
    expect(body).toMatch(/^database_connections\{pool="tenant",state="total"\} [1-9]/m)
    expect(body).toMatch(/^process_cpu_seconds_total/m)
  })

  test('have labels of a bounded number, whatever is asked for', async () => {
    const count = async () =>
      (await linesOf()).filter((line) => line.startsWith('http_request_duration')).length
    await platform.acme.get('/v1/clients/none')
    await platform.get('/unknown')
    await platform.request('LOCK', '/v1/clients')
    const before = await count()
    for (let index = 0; index < 20; index++) {
      await platform.acme.get(`/v1/clients/none-${index}`)
      await platform.get(`/unknown-${index}`)
      await platform.request('LOCK', `/unknown-${index}`)
      await platform.request('PROPFIND', '/v1/clients')
    }
    expect(await count()).toBe(before)
    const text = (await linesOf()).join('\n')
    expect(text).not.toMatch(/unknown-|none-|acme|globex/)
  })

  test.each([
    ['x-forwarded-for', '127.0.0.1'],
    ['forwarded', 'for=127.0.0.1'],
    ['x-real-ip', '127.0.0.1'],
    ['via', '1.1 proxy'],
    ['x-forwarded-host', 'example.com'],
  ])('are refused through a proxy on this machine, told by %s', async (name, value) => {
    const { status, body } = await platform.get('/metrics', { [name]: value })
    expect([status, body.code]).toEqual([403, 'forbidden'])
  })

  test.each([
    ['127.0.0.1', true],
    ['127.8.8.8', true],
    ['::1', true],
    ['::ffff:127.0.0.1', true],
    ['10.0.0.1', false],
    ['::ffff:10.0.0.1', false],
    ['::127.0.0.1', false],
    ['2001:db8::1', false],
    [undefined, false],
  ])('are for this machine: from %s %s', (remoteAddress, isReader) => {
    const request = { headers: {}, socket: { remoteAddress } } as unknown as Request
    expect(isMetricsReader(platform.context.config, request)).toBe(isReader)
  })

  test('with METRICS_TOKEN need that token, wherever the request comes from', async () => {
    const token = 'a-token-for-metrics'
    const guarded = await startPlatform({ METRICS_TOKEN: token })
    try {
      const ask = async (authorization?: string) =>
        (
          await guarded.get(
            '/metrics',
            authorization ? { Authorization: authorization, 'X-Forwarded-For': '1.2.3.4' } : {},
          )
        ).status
      expect(await ask()).toBe(403)
      expect(await ask('Bearer another-token')).toBe(403)
      expect(await ask(`Bearer ${token}x`)).toBe(403)
      expect(await ask(`Bearer ${guarded.acme.token}`)).toBe(403)
      expect(await ask(`Bearer ${token}`)).toBe(200)
    } finally {
      await guarded.stop()
    }
  })
})
