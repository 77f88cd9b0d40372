import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { withDirectClient } from '../../src/db/direct-client.ts'
import { type DisasterServer, startDisasterServer } from '../isolation/disaster-server.ts'
import { type Answer, type Member, type Platform, startPlatform } from '../support/platform.ts'
import { at } from '../support/sessions.ts'

// What the database refuses or takes too long for: each request is served again where that is safe, or told to come back.
let platform: Platform
let server: DisasterServer
let ids: string[]

const options = { tenantPoolSize: 12, platformPoolSize: 2, poolWaitMs: 500, statementTimeoutMs: 30_000 }

beforeAll(async () => {
  platform = await startPlatform()
  server = await startDisasterServer(platform, options)
  const made = await Promise.all(['a', 'b'].map((name) => platform.acme.post('/v1/clients', { name })))
  ids = made.map(({ body }) => body.id)
})
afterAll(async () => {
  await server.stop()
  await platform.stop()
})
afterEach(async () => {
  const { tenant } = server.opened.db.counts()
  expect(tenant).toEqual({ total: tenant.total, idle: tenant.total, waiting: 0 })
})

const told = ({ status, body, headers }: Answer) => [status, body?.code, headers.get('retry-after')]
const patiently = { timeout: 60_000, interval: 10 }

const touch = (id: string | undefined, notes: string) =>
  sql`update clients set notes = ${notes} where id = ${id}`

/** What a trigger on clients raises for a name, as often as it is told to. */
async function whileRaising(sqlstate: string, times: number, work: () => Promise<void>) {
  await platform.sql(`create sequence raised; grant usage on sequence raised to public`)
  await platform.sql(`create function app.planted() returns trigger language plpgsql as $$
    begin if nextval('raised') <= ${times} then raise exception 'planted' using errcode = '${sqlstate}'; end if; return new; end $$`)
  await platform.sql(
    'create trigger planted before insert on clients for each row execute function app.planted()',
  )
  try {
    await work()
  } finally {
    await platform.sql('drop trigger planted on clients; drop function app.planted(); drop sequence raised')
  }
}

test('of two requests that deadlock both are served, one of them again', async () => {
  let runs = 0
  let holding = 0
  const bothHold = Promise.withResolvers<void>()
  server.handleWith(async (tx) => {
    const [first, second] = runs++ % 2 === 0 ? ids : ids.toReversed()
    await touch(first, `of run ${runs}`).execute(tx)
    if (++holding === 2) bothHold.resolve()
    await bothHold.promise
    await touch(second, `of run ${runs}`).execute(tx)
  })
  const answers = await Promise.all([1, 2].map(() => server.acme.post('/disaster', {})))
  expect(answers.map(({ status }) => status)).toEqual([204, 204])
  expect(runs).toBe(3)
  const entries = await platform.sql(`select from audit_entries where action = 'disaster.happened'`)
  expect(entries).toHaveLength(2)
})

test.each(['40001', '40P01'])(
  '%s: served when it passes, and told to come back when it does not',
  async (code) => {
    const [name, other] = [`passes ${code}`, `stays ${code}`]
    const acme = at(server, platform.acme)
    let runs = 0
    let heard = 0
    server.handleWith(async (tx) => {
      runs++
      const now = new Date()
      const row = { id: crypto.randomUUID(), name: runs > 3 ? other : name, created_at: now, updated_at: now }
      // Whatever becomes of the error on its way, it is the database's.
      await tx
        .insertInto('clients')
        .values(row)
        .execute()
        .catch((cause) => {
          heard++
          throw new Error('hides it', { cause })
        })
    })
    await whileRaising(code, 2, async () => expect(told(await acme.post('/disaster', {}))[0]).toBe(204))
    expect([runs, heard]).toEqual([3, 2])
    await whileRaising(code, 1000, async () =>
      expect(told(await acme.post('/disaster', {}))).toEqual([503, 'overloaded', '1']),
    )
    expect([runs, heard]).toEqual([6, 5])
    const rows = await platform.sql('select name from clients where name = any($1)', [[name, other]])
    expect(rows).toEqual([{ name }])
  },
)

test.each([
  ['55P03', 'overloaded'],
  ['53100', 'database_unavailable'],
  ['53200', 'database_unavailable'],
  ['58030', 'database_unavailable'],
])('%s is not tried again, and told as %s with Retry-After', async (sqlstate, code) => {
  let runs = 0
  server.handleWith(async (tx) => {
    runs++
    const now = new Date()
    await tx
      .insertInto('clients')
      .values({ id: crypto.randomUUID(), name: 'never', created_at: now, updated_at: now })
      .execute()
  })
  await whileRaising(sqlstate, 1, async () =>
    expect(told(await server.acme.post('/disaster', {}))).toEqual([503, code, '1']),
  )
  expect(runs).toBe(1)
})

/** Lets many requests wait for the row of one client, until `work` is done. */
async function whileWaiting(members: Member[], work: (answers: Promise<Answer>[]) => Promise<void>) {
  server.handleWith((tx) => touch(ids[0], 'waits').execute(tx))
  let answers: Promise<Answer>[] = []
  await withDirectClient(platform.database.adminUrl, async (holder) => {
    await holder.query('begin')
    await holder.query('select from clients where id = $1 for update', [ids[0]])
    answers = members.map((member) => member.post('/disaster', {}))
    await work(answers)
    await holder.query('rollback')
  })
  return Promise.all(answers)
}

test('one tenant has ten connections at most: more of its requests are refused after a while, others are served', async () => {
  const { db } = server.opened
  const answers = await whileWaiting(Array(15).fill(server.acme), async (asked) => {
    await vi.waitFor(() => expect(db.counts().tenant.total).toBeGreaterThanOrEqual(10), patiently)
    const refused = await Promise.race(asked)
    expect(told(refused)).toEqual([503, 'overloaded', '1'])
    const { tenant } = db.counts()
    expect([tenant.total - tenant.idle, tenant.waiting]).toEqual([10, 0])
    server.handleWith(async () => undefined)
    for (let round = 0; round < 20; round++) {
      expect((await server.globex.post('/disaster', {})).status).toBe(204)
    }
  })
  expect(Object.groupBy(answers, ({ status }) => status)).toMatchObject({
    204: Array(10).fill({}),
    503: Array(5).fill({}),
  })
})

test('when all connections are held, whoever waits in vain is told so, and afterwards all is as before', async () => {
  const { db } = server.opened
  const holders = Array.from({ length: 12 }, (_, index) => (index < 8 ? server.acme : server.globex))
  const isOver = Promise.withResolvers<void>()
  server.handleWith(() => isOver.promise)
  const held = holders.map((member) => member.post('/disaster', {}))
  await vi.waitFor(() => expect(db.counts().tenant).toMatchObject({ total: 12, idle: 0 }), patiently)
  const late = await Promise.all([1, 2, 3].map(() => server.globex.post('/disaster', {})))
  expect(late.map(told)).toEqual(Array(3).fill([503, 'overloaded', '1']))
  isOver.resolve()
  expect((await Promise.all(held)).map(({ status }) => status)).toEqual(Array(12).fill(204))
  server.handleWith(async () => undefined)
  expect((await server.globex.post('/disaster', {})).status).toBe(204)
})

test('a statement that takes too long is ended and its connection kept; a transaction left alone loses it', async () => {
  const own = await startDisasterServer(platform, { tenantPoolSize: 1, statementTimeoutMs: 200 })
  try {
    const pids: unknown[] = []
    const look = async () => {
      own.handleWith(async (tx) => {
        pids.push((await sql`select pg_backend_pid() as pid`.execute(tx)).rows[0])
      })
      expect((await own.acme.post('/disaster', {})).status).toBe(204)
    }
    await look()
    own.handleWith((tx) => sql`select pg_sleep(5)`.execute(tx))
    expect(told(await own.acme.post('/disaster', {}))).toEqual([503, 'overloaded', '1'])
    await look()
    expect(pids[1]).toEqual(pids[0])
    own.handleWith(async (tx) => {
      await touch(ids[1], 'forgotten').execute(tx)
      await sleep(600)
    })
    expect(told(await own.acme.post('/disaster', {}))).toEqual([503, 'database_unavailable', '1'])
    await look()
    expect(pids[2]).not.toEqual(pids[0])
    expect(own.opened.db.counts().tenant).toEqual({ total: 1, idle: 1, waiting: 0 })
    expect(await platform.sql(`select from clients where notes = 'forgotten'`)).toEqual([])
  } finally {
    await own.stop()
  }
})
