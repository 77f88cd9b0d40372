import { connect } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import type { Tx } from '../../src/db/database.ts'
import type { TenantId } from '../../src/db/tenant-id.ts'
import { type Platform, startPlatform } from '../support/platform.ts'
import { type DisasterServer, startDisasterServer } from './disaster-server.ts'
import { disasters, leaveRow } from './disasters.ts'

// One connection serves everybody in turn. Whatever acme's request does to it, the next borrower sees no trace.
let platform: Platform
let server: DisasterServer

beforeAll(async () => {
  platform = await startPlatform()
  server = await startDisasterServer(platform)
  await platform.acme.post('/v1/clients', { name: 'of acme' })
  await platform.globex.post('/v1/clients', { name: 'of globex' })
})

afterAll(async () => {
  await server.stop()
  await platform.stop()
})

// What holds after each test, whatever happened in it.
afterEach(async () => {
  const { db, ask } = server.opened
  const namesOf = (tenantId: string) =>
    db.withTenant(tenantId as TenantId, (tx) => tx.selectFrom('clients').select('name').execute())
  expect(await namesOf('globex')).toEqual([{ name: 'of globex' }])
  expect(await ask.tenant('select app.current_tenant() as tenant', [])).toEqual([{ tenant: null }])
  expect(await ask.tenant('select name from clients', [])).toEqual([])
  expect(await namesOf('acme')).toEqual([{ name: 'of acme' }])
  expect(await leftovers()).toBe(0)
  expect(db.counts().tenant).toEqual({ total: 1, idle: 1, waiting: 0 })
})

test.each(disasters)(
  'a request that %s is answered with %d and leaves nothing',
  async (_what, status, handler) => {
    server.handleWith(handler)
    const disaster = server.acme.post('/disaster', {})
    // The next borrower stands in line already while it happens.
    await wait(20)
    const next = server.opened.db.withTenant('globex' as TenantId, async (tx) => {
      const clients = await tx.selectFrom('clients').select('name').execute()
      const tenants = await tx.selectFrom('tenants').select('tenant_id').execute()
      return [clients, tenants]
    })
    const answer = await disaster
    expect(answer.status).toBe(status)
    expect(JSON.stringify(answer.body)).not.toMatch(/globex|leftover|pg_sleep/)
    expect(await next).toEqual([[{ name: 'of globex' }], [{ tenant_id: 'globex' }]])
  },
)

test.each([
  ['a write', (tx: Tx) => leaveRow(tx)],
  ['a slow statement', (tx: Tx) => sql`select pg_sleep(0.1)`.execute(tx)],
])('a scope that forgets to await %s fails as a whole', async (_what, forgotten) => {
  const work = server.opened.db.withTenant('acme' as TenantId, async (tx) => {
    await leaveRow(tx)
    forgotten(tx).catch(() => undefined)
  })
  await expect(work).rejects.toThrow('still under way')
})

test('a client that hangs up in mid-request disturbs nobody, and its request ends by itself', async () => {
  const ended = Promise.withResolvers<void>()
  server.handleWith(async (tx) => {
    await sql`select pg_sleep(0.3)`.execute(tx)
    ended.resolve()
    await wait(50)
    throw new Error('nobody is there to hear it')
  })
  await hangUp(2, '{}', 100)
  const answers = await Promise.all([1, 2, 3].map(() => ask(server.globex.tenantId)))
  expect(answers).toEqual(Array(3).fill([{ name: 'of globex' }]))
  await ended.promise
})

test('a client that hangs up in mid-body leaves no transaction open', async () => {
  server.handleWith((tx) => leaveRow(tx))
  await hangUp(1000, '{"note":"le', 50)
  expect(await ask('globex')).toEqual([{ name: 'of globex' }])
  // What is between two statements for a moment looks the same; what was left would stay so for seconds.
  await vi.waitFor(async () => {
    const [row] = await platform.sql(
      `select count(*)::int as open from pg_stat_activity
        where datname = current_database() and state like 'idle in transaction%'`,
    )
    expect(row.open).toBe(0)
  })
})

test('a handle that somebody kept is dead, also while another tenant uses the connection', async () => {
  let kept: Tx | undefined
  server.handleWith(async (tx) => {
    kept = tx
  })
  expect((await server.acme.post('/disaster', {})).status).toBe(204)
  const look = () => kept?.selectFrom('clients').select('name').execute()
  await expect(look()).rejects.toThrow('this handle')
  await server.opened.db.withTenant('globex' as TenantId, async (tx) => {
    await expect(look()).rejects.toThrow('this handle')
    await expect(leaveRow(kept as Tx)).rejects.toThrow('this handle')
    expect(await tx.selectFrom('clients').select('name').execute()).toEqual([{ name: 'of globex' }])
  })
})

test('many requests of both tenants through one connection never mix', async () => {
  server.handleWith(async (tx) => {
    if (Math.random() < 0.3) throw new Error('planted')
    const { rows } = await sql<{ tenant: string }>`select app.current_tenant() as tenant`.execute(tx)
    const names = await tx.selectFrom('clients').select('name').execute()
    expect(names).toEqual([{ name: `of ${rows[0]?.tenant}` }])
  })
  const members = [server.acme, server.globex]
  const requests = Array.from({ length: 60 }, (_, index) => members[index % 2]?.post('/disaster', {}))
  const statuses = (await Promise.all(requests)).map((answer) => answer?.status)
  expect(new Set(statuses)).toEqual(new Set([204, 500]))
  const entries = await platform.sql(
    "select tenant_id, actor_id from audit_entries where action = 'disaster.happened' group by 1, 2",
  )
  for (const { tenant_id, actor_id } of entries) {
    expect(actor_id).toBe(members.find(({ tenantId }) => tenantId === tenant_id)?.userId)
  }
})

async function leftovers(): Promise<number> {
  let count = 0
  for (const tenantId of ['acme', 'globex']) {
    count += (await platform.sql("select from clients where name = 'leftover'", [], tenantId)).length
  }
  return count
}

function ask(tenantId: string) {
  return server.opened.db.withTenant(tenantId as TenantId, (tx) =>
    tx.selectFrom('clients').select('name').execute(),
  )
}

/** Sends the head and this much of a body, and closes the socket after a while. */
async function hangUp(length: number, body: string, afterMs: number): Promise<void> {
  const { hostname, port } = new URL(server.url)
  const socket = connect(Number(port), hostname)
  const head = ['POST /disaster HTTP/1.1', 'Host: x', `Authorization: Bearer ${server.acme.token}`]
  head.push('X-Tenant-ID: acme', 'Content-Type: application/json', `Content-Length: ${length}`)
  socket.write(`${head.join('\r\n')}\r\n\r\n${body}`)
  await wait(afterMs)
  socket.destroy()
}
