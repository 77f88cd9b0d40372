import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { withDirectClient } from '../../src/db/direct-client.ts'
import { createSharedStore } from '../../src/http/rate-limit-store.ts'
import { createUnmigratedDatabase } from '../support/database.ts'
import { goodPassword, type Platform, signupBody, startPlatform } from '../support/platform.ts'
import { type ServerProcess, startServerProcess } from '../support/server-process.ts'

const quarterHour = 900_000
const limit = 8
const wrong = { email: 'owner@acme.example', password: 'not the password' }
const right = { email: 'owner@acme.example', password: goodPassword }

describe('two servers on one database', () => {
  let database: Awaited<ReturnType<typeof createUnmigratedDatabase>>
  let servers: ServerProcess[]
  const launch = () =>
    startServerProcess({
      DATABASE_URL: database.adminUrl,
      TOKEN_KEY_SECRET: 'a secret of at least 32 characters',
      FAILED_LOGINS_PER_QUARTER_HOUR: String(limit),
      FAILED_LOGINS_PER_ACCOUNT_PER_QUARTER_HOUR: String(2 * limit),
      TRUST_PROXY: '1',
    })
  beforeAll(async () => {
    database = await createUnmigratedDatabase()
    servers = await Promise.all([launch(), launch()])
    expect((await post(servers[0]?.url, '/signup', signupBody('Acme'))).status).toBe(201)
  })
  afterAll(async () => {
    await Promise.all(servers.map((server) => server.end()))
    await database.drop()
  })

  const logIn = async (index: number, body: object, address: string) =>
    (await post(servers[index]?.url, '/auth/login', body, { 'X-Forwarded-For': address })).status

  test('count the guesses of one address together, parallel ones too, and so does one that starts anew', async () => {
    const thief = '203.0.113.1'
    const guesses = await Promise.all(
      Array.from({ length: 50 }, (_, index) => logIn(index % 2, wrong, thief)),
    )
    expect(tally(guesses)).toEqual({ 401: limit, 429: 50 - limit })
    expect(await logIn(0, right, thief)).toBe(429)
    expect(await logIn(1, right, thief)).toBe(429)

    await servers[1]?.end('SIGKILL')
    servers[1] = await launch()
    expect(await logIn(1, right, thief), 'nothing is forgotten').toBe(429)
    expect(await logIn(1, right, '198.51.100.1'), 'the owner gets in from elsewhere').toBe(200)
  })

  test('count the guesses at one account together', async () => {
    const unknown = { ...wrong, email: 'nobody@acme.example' }
    const statuses: number[] = []
    for (let index = 0; index < 2 * limit + 2; index++) {
      statuses.push(await logIn(index % 2, unknown, `203.0.113.${10 + index}`))
    }
    expect(statuses).toEqual([...Array(2 * limit).fill(401), 429, 429])
  })
})

describe('the shared count', () => {
  let platform: Platform
  beforeAll(async () => {
    platform = await startPlatform({
      RATE_LIMITS: 'on',
      FAILED_LOGINS_PER_QUARTER_HOUR: String(limit),
      STATEMENT_TIMEOUT_MS: '500',
    })
  })
  afterAll(() => platform.stop())
  beforeEach(() => platform.sql('delete from rate_limits'))
  afterEach(() => vi.restoreAllMocks())

  /** Of the limits: addresses that are known are in the table, too, for much longer. */
  const hits = async () => {
    const inAnHour = new Date(platform.clock.now().getTime() + 4 * quarterHour)
    const rows = await platform.sql('select hits from rate_limits where resets_at <= $1 order by 1', [
      inAnHour,
    ])
    return rows.map((row) => row.hits)
  }
  const logIn = async (body: object) => platform.post('/auth/login', body)

  test('holds the guess of who hangs up before the answer', async () => {
    const verify = vi.spyOn(platform.context.passwords, 'verify')
    for (let index = 0; index < 3 * limit; index++) {
      const isChecked = () => verify.mock.calls.length > Math.min(index, limit - 1)
      await guessAndHangUp(platform.url, index % 2 === 0, () =>
        vi.waitFor(() => expect(isChecked()).toBe(true), { interval: 1 }),
      )
    }
    expect((await logIn(right)).status).toBe(429)
    expect(verify, 'so many passwords were tried, and no more').toHaveBeenCalledTimes(limit)
    const [ofAccount, ofAddress, ...others] = await hits()
    expect([ofAccount, others], 'all under the one address, though it has gone').toEqual([limit, []])
    expect(ofAddress).toBeGreaterThanOrEqual(limit)
  })

  test('holds it whenever they hang up', async () => {
    const verify = vi.spyOn(platform.context.passwords, 'verify')
    for (let index = 0; index < 40; index++) {
      await guessAndHangUp(platform.url, index % 2 === 0, () => sleep(index))
    }
    await vi.waitFor(async () => expect((await hits()).at(-1)).toBeGreaterThanOrEqual(limit), {
      timeout: 10_000,
    })
    expect((await logIn(right)).status).toBe(429)
    expect(verify.mock.calls.length).toBeLessThanOrEqual(limit)
  })

  test('forgets what was not wrong', async () => {
    for (let index = 0; index < 2 * limit; index++) expect((await logIn(right)).status).toBe(200)
    await vi.waitFor(async () => expect(await hits()).toEqual([0, 0]), { timeout: 10_000 })
    for (const body of [{}, 'no json', { ...right, more: true }]) await logIn(body as object)
    await vi.waitFor(async () => expect(await hits()).toEqual([0, 0]), { timeout: 10_000 })
  })

  test('names nobody in its table', async () => {
    for (const body of [wrong, right]) await logIn(body)
    const rows = await platform.sql('select key from rate_limits')
    expect(rows, 'the address and the account').toHaveLength(2)
    for (const { key } of rows) expect(key).toMatch(/^[A-Za-z0-9_-]{43}$/)
  })

  test('begins anew with each window, into which nothing of the one before is taken back', async () => {
    const store = createSharedStore(platform.context, 'some limit', quarterHour)
    const other = createSharedStore(platform.context, 'another limit', quarterHour)
    const increment = async () => (await store.increment('somebody')).totalHits
    expect([await increment(), await increment(), await increment()]).toEqual([1, 2, 3])
    expect((await other.increment('somebody')).totalHits).toBe(1)
    await store.decrement('somebody')
    expect(await increment()).toBe(3)

    platform.clock.advance(quarterHour - 1)
    expect(await increment()).toBe(4)
    platform.clock.advance(1)
    await store.decrement('somebody')
    expect(await increment()).toBe(1)
    await store.decrement('somebody')
    await store.decrement('somebody')
    expect(await increment(), 'never below none').toBe(1)
    await store.resetKey('somebody')
    expect(await hits()).toEqual([1])
  })

  test('is exact under concurrency', async () => {
    const store = createSharedStore(platform.context, 'some limit', quarterHour)
    const counts = await Promise.all(Array.from({ length: 100 }, () => store.increment('somebody')))
    const totals = counts.map(({ totalHits }) => totalHits).sort((a, b) => a - b)
    expect(totals).toEqual(Array.from({ length: 100 }, (_, index) => index + 1))
  })

  test('that cannot be taken back is logged, and stays', async () => {
    await platform.sql(`create function refuse() returns trigger language plpgsql
      as $$ begin raise exception 'not now'; end $$`)
    await platform.sql(`create trigger refuse before update on rate_limits
      for each row when (new.hits < old.hits) execute function refuse()`)
    try {
      expect((await logIn(right)).status).toBe(200)
      await vi.waitFor(() =>
        expect(platform.logLines.filter((line) => line.includes('during decrement'))).toHaveLength(2),
      )
      expect(await hits()).toEqual([1, 1])
    } finally {
      await platform.sql('drop trigger refuse on rate_limits')
    }
  })

  test('that cannot be taken at all lets nobody guess', async () => {
    await withDirectClient(platform.database.adminUrl, async (client) => {
      await client.query('begin; lock table rate_limits in access exclusive mode')
      const { status, headers, body } = await logIn(wrong)
      expect([status, body.code, headers.get('retry-after')]).toEqual([503, 'overloaded', '1'])
      await client.query('commit')
    })
    expect((await logIn(right)).status).toBe(200)
  })
})

function tally(statuses: number[]): Record<number, number> {
  return Object.fromEntries(
    [...Map.groupBy(statuses, (status) => status)].map(([status, all]) => [status, all.length]),
  )
}

/** Sends a whole request, waits, and breaks the connection, politely or not. */
async function guessAndHangUp(url: string, isPolite: boolean, wait: () => Promise<unknown>): Promise<void> {
  const { hostname, port } = new URL(url)
  const body = JSON.stringify(wrong)
  const head = ['POST /auth/login HTTP/1.1', 'Host: x', 'Content-Type: application/json']
  const socket = connect(Number(port), hostname)
  socket.on('error', () => undefined)
  const closed = new Promise<void>((resolve) => socket.on('close', () => resolve()))
  socket.write([...head, `Content-Length: ${body.length}`, '', body].join('\r\n'))
  await wait()
  if (isPolite) socket.destroy()
  else socket.resetAndDestroy()
  await closed
}

function post(url: string | undefined, path: string, body: unknown, headers: Record<string, string> = {}) {
  return fetch(`${url}${path}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
}
