import type { Request } from 'express'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { createContext } from '../../src/context.ts'
import { isMetricsReader } from '../../src/features/health/metrics-access.ts'
import { UnsafeDatabaseError } from '../../src/readiness.ts'
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
      expect(JSON.stringify(body)).not.toMatch(/planted|detail/)

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
      expect(platform.logLines.filter((line) => line.includes('"failed"'))).toHaveLength(1)
    } finally {
      await platform.sql('alter table clients force row level security')
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
