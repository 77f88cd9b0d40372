import { connect } from 'node:net'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { withDirectClient } from '../../src/db/direct-client.ts'
import { startServer } from '../../src/server.ts'
import { type Platform, startPlatform } from '../support/platform.ts'
import { sendRaw } from '../support/raw-request.ts'

let platform: Platform
let server: Awaited<ReturnType<typeof startServer>>
beforeEach(async () => {
  platform = await startPlatform()
  // A second one, to be closed without the platform.
  server = await startServer(platform.context, { host: '127.0.0.1', port: 0 })
})
afterEach(async () => {
  platform.context.readiness.isDraining = false
  await platform.stop()
})

const makeClient = () =>
  fetch(`${server.url}/v1/clients`, {
    method: 'POST',
    headers: {
      Authorization: `Bearer ${platform.acme.token}`,
      'X-Tenant-ID': 'acme',
      'Content-Type': 'application/json',
    },
    body: '{"name":"Under way"}',
  })

/** Makes every write to clients wait for as long as `work` takes. */
const whileClientsAreLocked = (work: () => Promise<void>) =>
  withDirectClient(platform.database.adminUrl, async (client) => {
    await client.query('begin; lock table clients in access exclusive mode')
    await work()
    await client.query('commit')
  })

/** Until a request has come as far as the lock. */
const untilOneWaits = () =>
  vi.waitFor(
    async () => {
      const waiting = await platform.sql(
        `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
      )
      expect(waiting).toHaveLength(1)
    },
    { timeout: 10_000, interval: 10 },
  )

/** A connection that has not asked for anything yet. */
function openConnection(url: string) {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  let answer = ''
  socket.on('data', (chunk) => {
    answer += chunk.toString()
  })
  const closed = new Promise<string>((resolve) => socket.on('close', () => resolve(answer)))
  const ready = new Promise<void>((resolve) => socket.on('connect', () => resolve()))
  return { socket, closed, ready }
}

describe('draining', () => {
  test('finishes the request under way, is not ready meanwhile, and takes no new connection', async () => {
    const other = openConnection(server.url)
    await other.ready
    let pending: Promise<Response> | undefined
    let closing: Promise<void> | undefined
    await whileClientsAreLocked(async () => {
      pending = makeClient()
      await untilOneWaits()
      closing = server.close(20_000)
      other.socket.write('GET /health/ready HTTP/1.1\r\nHost: x\r\n\r\n')
      const answer = await other.closed
      expect(answer).toMatch(/^HTTP\/1.1 503 /)
      expect(answer).toContain('{"name":"accepting_requests","ok":false}')
      await expect(fetch(`${server.url}/health`)).rejects.toThrow()
    })
    const response = await pending
    expect(response?.status).toBe(201)
    expect(await response?.json()).toMatchObject({ name: 'Under way' })
    const answered = performance.now()
    await closing
    expect(performance.now() - answered, 'a connection kept alive does not hold it up').toBeLessThan(1000)
  })

  test('with a delay, new probes are told first', async () => {
    const closing = server.close(20_000, 400)
    const probe = await fetch(`${server.url}/health/ready`)
    expect(probe.status).toBe(503)
    await closing
    await expect(fetch(`${server.url}/health`)).rejects.toThrow()
  })

  test('cuts what has not ended by the time allowed', async () => {
    await whileClientsAreLocked(async () => {
      const pending = makeClient()
      const cut = expect(pending).rejects.toThrow()
      await untilOneWaits()
      const start = performance.now()
      await server.close(300)
      expect(performance.now() - start).toBeGreaterThanOrEqual(290)
      expect(performance.now() - start).toBeLessThan(2000)
      await cut
    })
  })

  test('ends at once when nothing is under way, whoever keeps a connection', async () => {
    await (await fetch(`${server.url}/health`)).json()
    const start = performance.now()
    await server.close(20_000)
    expect(performance.now() - start).toBeLessThan(1000)
  })
})

test('a client that hangs up leaves nothing behind: no failure, and its connection serves the next', async () => {
  const aborted = () =>
    platform.logLines.map((line) => JSON.parse(line)).filter(({ msg }) => msg === 'request aborted')
  platform.logLines.length = 0
  await whileClientsAreLocked(async () => {
    const hangsUp = new AbortController()
    const pending = fetch(`${server.url}/v1/clients`, {
      headers: { Authorization: `Bearer ${platform.acme.token}`, 'X-Tenant-ID': 'acme' },
      signal: hangsUp.signal,
    })
    await untilOneWaits()
    hangsUp.abort()
    await expect(pending).rejects.toThrow()
    await vi.waitFor(() => expect(aborted()).toHaveLength(1))
  })
  expect((await platform.acme.get('/v1/clients')).status).toBe(200)
  expect(platform.context.db.counts().tenant.waiting).toBe(0)
  expect(platform.logLines.filter((line) => line.includes('"level":"error"'))).toEqual([])
  expect(aborted()).toEqual([expect.objectContaining({ path: '/v1/clients', status: 499 })])
  await server.close(1000)
})

describe('what Node’s parser refuses', () => {
  const bodyOf = (answer: string) => JSON.parse(answer.slice(answer.indexOf('\r\n\r\n')))

  test('gets a problem document with a request id that the log has, too', async () => {
    const answer = await sendRaw(server.url, 'nonsense\r\n\r\n')
    expect(answer).toMatch(/^HTTP\/1.1 400 Bad Request\r\n/)
    expect(answer).toContain('Content-Type: application/problem+json')
    expect(answer).toContain('Connection: close')
    const body = bodyOf(answer)
    expect(body).toMatchObject({
      type: 'urn:tenantry:problem:malformed_request',
      status: 400,
      code: 'malformed_request',
    })
    expect(answer).toContain(`X-Request-Id: ${body.request_id}`)
    expect(platform.logLines.some((line) => line.includes(body.request_id))).toBe(true)
    await server.close(1000)
  })

  test('huge headers are 431', async () => {
    const answer = await sendRaw(
      server.url,
      `GET / HTTP/1.1\r\nHost: x\r\nX-Huge: ${'x'.repeat(20_000)}\r\n\r\n`,
    )
    expect(answer).toMatch(/^HTTP\/1.1 431 Request Header Fields Too Large\r\n/)
    expect(bodyOf(answer)).toMatchObject({ status: 431, code: 'headers_too_large' })
    await server.close(1000)
  })

  test('an answer that has begun is not cut in two', async () => {
    const answer = await sendRaw(server.url, 'GET /health HTTP/1.1\r\nHost: x\r\n\r\nnonsense\r\n\r\n')
    expect(answer.match(/HTTP\/1.1 \d+/g)?.length).toBeLessThanOrEqual(2)
    for (const part of answer.split(/(?=HTTP\/1.1 )/)) {
      expect(part).toMatch(/^HTTP\/1.1 \d+ /)
      expect(bodyOf(part)).toBeTypeOf('object')
    }
    await server.close(1000)
  })
})

test('a port that is taken says so', async () => {
  const { port } = new URL(server.url)
  const second = startServer(platform.context, { host: '127.0.0.1', port: Number(port) })
  await expect(second).rejects.toMatchObject({ code: 'EADDRINUSE' })
  await server.close(1000)
})
