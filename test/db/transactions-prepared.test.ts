import { sql } from 'kysely'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import type { Database, Tx } from '../../src/db/database.ts'
import {
  acme,
  insertClient,
  modes,
  namesIn,
  openTransactions,
  type Transactions,
} from '../support/transactions.ts'

let on: Transactions
/** The clients below the data layer, to make the server forget what they prepared. */
const below: pg.Client[] = []
beforeAll(async () => {
  on = await openTransactions()
  const { connect } = pg.Client.prototype
  vi.spyOn(pg.Client.prototype, 'connect').mockImplementation(function (this: pg.Client, ...args) {
    if (this.user?.endsWith('_tenant')) below.push(this)
    return connect.apply(this, args)
  })
})
afterEach(async () => {
  await on.clear()
  below.length = 0
})
afterAll(async () => {
  vi.restoreAllMocks()
  await on.close()
})

const all = sql<{ name: string }>`select * from clients order by name`
const star = (tx: Tx) => all.execute(tx)
const starLast = (tx: Tx) => tx.runLast({ compile: () => all.compile(tx) })
const pidOf = async (tx: Tx) =>
  (await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(tx)).rows[0]?.pid
let columns = 0
const migrate = () => on.owner.query(`alter table clients add column extra_${++columns} text`)
const forget = () => Promise.allSettled(below.map((each) => each.query('deallocate all')))

/** Opens every connection of a pool and lets each of them prepare the statements. */
async function warm(db: Database, connections: number) {
  const { promise, resolve } = Promise.withResolvers<void>()
  let arrived = 0
  const each = () =>
    db.withTenant(acme, async (tx) => {
      if (++arrived === connections) resolve()
      await promise
      await star(tx)
      await namesIn(tx)
      await tx.savepoint(star)
      return pidOf(tx)
    })
  return Promise.all(Array.from({ length: connections }, each))
}

test('raw: a prepared "select *" fails for good after a migration, and a forgotten name too', async () => {
  const plain = await on.connectRaw(on.tenantUrl)
  const query = () => plain.query({ name: 'star', text: 'select * from clients' })
  await query()
  await migrate()
  await expect(query()).rejects.toMatchObject({ code: '0A000', routine: 'RevalidateCachedQuery' })
  await expect(query()).rejects.toMatchObject({ code: '0A000' })
  await plain.query('deallocate all')
  await expect(query()).rejects.toMatchObject({ code: '26000' })
})

test.each([true, false])(
  'a thousand different statements leave 200 names on the server: pipeline %s',
  async (pipeline) => {
    const db = on.open({ pipeline, tenantPoolSize: 1 })
    const names = () =>
      db.withTenant(acme, (tx) =>
        sql<{ count: number }>`select count(*)::int as count from pg_prepared_statements`.execute(tx),
      )
    for (let round = 0; round < 10; round++) {
      await db.withTenant(acme, (tx) =>
        Promise.all(
          Array.from({ length: 100 }, (_, index) =>
            sql.raw(`select ${round * 100 + index} as n`).execute(tx),
          ),
        ),
      )
    }
    expect((await names()).rows[0]?.count).toBeLessThanOrEqual(200)
    // More than 200 in one go: names are closed while their statements are under way.
    const texts = Array.from({ length: 450 }, (_, index) => `select ${index}::int as n`)
    for (let round = 0; round < 2; round++) {
      const answers = await db.withTenant(acme, (tx) =>
        Promise.all(texts.map((text) => sql.raw<{ n: number }>(text).execute(tx))),
      )
      expect(answers.map(({ rows }) => rows[0]?.n)).toEqual(texts.map((_, index) => index))
    }
    expect((await names()).rows[0]?.count).toBeLessThanOrEqual(200)
  },
)

test('names of two connections never meet, so a pooler can mix up none', async () => {
  const db = on.open({ tenantPoolSize: 2 })
  await warm(db, 2)
  const [first, second] = await Promise.all(
    below.map(async (client) => {
      const { rows } = await client.query<{ name: string }>('select name from pg_prepared_statements')
      return rows.map(({ name }) => name)
    }),
  )
  expect(first?.length).toBeGreaterThan(2)
  expect(first?.filter((name) => second?.includes(name))).toEqual([])
})

test('with PG_PREPARED=off the server keeps no statement', async () => {
  const db = on.open({ prepared: false, tenantPoolSize: 1 })
  await warm(db, 1)
  const { rows } = await db.withTenant(acme, (tx) => sql`select name from pg_prepared_statements`.execute(tx))
  expect(rows).toEqual([])
})

describe.each(modes)('pipeline $pipeline, prepared $prepared', (mode) => {
  test.each([
    ['a migration (0A000)', migrate],
    ['forgotten names (26000)', forget],
  ])(
    'after %s transactions are tried once more and succeed, whatever the pool remembers',
    async (_what, spoil) => {
      const db = on.open({ ...mode, tenantPoolSize: 3 })
      const pids = await warm(db, 3)
      expect(new Set(pids).size).toBe(3)
      await spoil()
      let runs = 0
      for (let round = 0; round < 4; round++) {
        runs = 0
        await db.withTenant(acme, async (tx) => {
          runs++
          await insertClient(tx, `client ${round}`)
          await star(tx)
        })
        expect(runs).toBeLessThanOrEqual(2)
      }
      expect(await on.clientsOf(acme)).toEqual(['client 0', 'client 1', 'client 2', 'client 3'])
      const read = () =>
        db.readTenant(acme, (queries) => [queries.selectFrom('clients').selectAll().orderBy('name')])
      await Promise.all([read(), read(), read()])
      await spoil()
      expect((await read())[0]).toHaveLength(4)
      const { total, idle } = db.counts().tenant
      expect(idle).toBe(total)
    },
  )

  test.each([
    ['caught', (tx: Tx) => star(tx).catch(() => undefined)],
    ['made into something else', (tx: Tx) => star(tx).catch(() => Promise.reject(new RangeError('other')))],
    ['caught in a savepoint', (tx: Tx) => tx.savepoint(star).catch(() => undefined)],
    ['the last one', starLast],
    ['the last one, and caught', (tx: Tx) => starLast(tx).catch(() => undefined)],
  ])('a stale statement that is %s is tried again all the same', async (_how, work) => {
    const db = on.open({ ...mode, tenantPoolSize: 1 })
    await warm(db, 1)
    await migrate()
    let runs = 0
    await db.withTenant(acme, async (tx) => {
      runs++
      await insertClient(tx, 'once')
      await work(tx)
    })
    expect(runs).toBe(mode.prepared ? 2 : 1)
    expect(await on.clientsOf(acme)).toEqual(['once'])
  })

  test('when only COMMIT itself was forgotten', async () => {
    const db = on.open({ ...mode, tenantPoolSize: 1 })
    await warm(db, 1)
    await db.withTenant(acme, () => Promise.reject(new RangeError('rolled back'))).catch(() => undefined)
    await forget()
    let runs = 0
    await db.withTenant(acme, async (tx) => {
      await sql
        .raw(`insert into clients (id, name, created_at, updated_at)
        values (gen_random_uuid(), 'run ${++runs}', now(), now())`)
        .execute(tx)
    })
    expect(await on.clientsOf(acme)).toEqual([`run ${runs}`])
    expect(runs).toBe(mode.prepared ? 2 : 1)
  })

  test('never more than twice', async () => {
    const db = on.open(mode)
    let runs = 0
    const stale = Object.assign(new Error('stale'), { code: '26000' })
    const failing = db.withTenant(acme, async () => {
      runs++
      throw stale
    })
    await expect(failing).rejects.toBe(stale)
    expect(runs).toBe(2)
    expect(db.counts().tenant.total).toBe(0)
  })

  test('what an earlier rejection made of a statement behind it is not stale', async () => {
    const db = on.open({ ...mode, tenantPoolSize: 1 })
    let runs = 0
    const failing = db.withTenant(acme, async (tx) => {
      runs++
      const never = () => sql`select 'never parsed'`.execute(tx)
      await Promise.allSettled([sql`select 1/0`.execute(tx), never(), never()])
      throw new RangeError('mine')
    })
    await expect(failing).rejects.toThrow('mine')
    expect(runs).toBe(1)
    await db.withTenant(acme, (tx) => sql`select 'never parsed'`.execute(tx))
  })
})
