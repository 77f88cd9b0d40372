import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Tx } from '../../src/db/database.ts'
import {
  acme,
  client,
  globex,
  insertClient,
  modes,
  namesIn,
  openTransactions,
  type Transactions,
  user,
} from '../support/transactions.ts'
import { countWrites, startWire, type Wire } from '../support/wire.ts'

let on: Transactions
let wire: Wire
beforeAll(async () => {
  on = await openTransactions()
})
beforeEach(async () => {
  wire = await startWire(on.tenantUrl)
})
afterEach(async () => {
  await on.clear()
  await wire.close()
})
afterAll(() => on.close())

const swallow = () => undefined
const throughWire = (options: object) => on.open({ ...options, tenantUrl: wire.url(on.tenantUrl) })
const insert = (tx: Tx, name: string, row = client(name)) => tx.insertInto('clients').values(row)
const insertLast = (tx: Tx, name: string) => tx.runLast(insert(tx, name).returning('name'))
const failing = (tx: Tx) => tx.selectNoFrom(sql<number>`1 / 0`.as('none'))
const nap = (tx: Tx) => tx.selectNoFrom(sql<string>`pg_sleep(0.5)`.as('nap'))

describe.each(modes)('pipeline $pipeline, prepared $prepared', (mode) => {
  test('the last statement gives its rows, and is saved with all before it and what is kept for the commit', async () => {
    const db = on.open(mode)
    const rows = await db.withTenant(acme, async (tx) => {
      tx.atCommit(insert(tx, 'third'))
      await insertClient(tx, 'first')
      const inserted = await insertLast(tx, 'second')
      expect(await on.clientsOf(acme), 'saved when it is answered').toEqual(['first', 'second', 'third'])
      return inserted
    })
    expect(rows).toEqual([{ name: 'second' }])
  })

  test('of several tenants at once each has its own', async () => {
    const db = on.open({ ...mode, tenantPoolSize: 2 })
    const names = Array.from({ length: 40 }, (_, index) => String(index).padStart(2, '0'))
    const inserted = await Promise.all(
      names.map((name, index) =>
        db.withTenant(index % 2 === 0 ? acme : globex, (tx) => insertLast(tx, name)),
      ),
    )
    expect(inserted.flat()).toEqual(names.map((name) => ({ name })))
    expect(await on.clientsOf(acme)).toEqual(names.filter((_, index) => index % 2 === 0))
    expect(await on.clientsOf(globex)).toEqual(names.filter((_, index) => index % 2 === 1))
  })

  test.each([true, false])('when it is rejected nothing is saved, swallowed: %s', async (isSwallowed) => {
    const db = on.open({ ...mode, tenantPoolSize: 1 })
    for (const isFirst of [true, false]) {
      const saved = db.withTenant(acme, async (tx) => {
        if (!isFirst) await insertClient(tx, 'before')
        tx.atCommit(insert(tx, 'behind'))
        await tx.runLast(failing(tx)).catch((error) => {
          if (!isSwallowed) throw error
        })
      })
      await expect(saved).rejects.toMatchObject({ code: '22012' })
    }
    expect(await on.clientsOf(acme)).toEqual([])
    await db.withTenant(acme, (tx) => insertLast(tx, 'next'))
    expect(await on.clientsOf(acme)).toEqual(['next'])
  })

  test('when what leaves with it is rejected, nothing is saved, and its author is told', async () => {
    const db = on.open(mode)
    let told: unknown
    const saved = db.withTenant(acme, async (tx) => {
      tx.atCommit(failing(tx))
      await insertLast(tx, 'last').catch((error) => {
        told = error
      })
    })
    await expect(saved).rejects.toMatchObject({ code: '22012' })
    expect(told).toMatchObject({ code: '22012' })
    expect(await on.clientsOf(acme)).toEqual([])
  })

  test('behind it nothing is asked for, nor kept, and an error undoes nothing', async () => {
    const db = on.open({ ...mode, tenantPoolSize: 1 })
    const afterwards: ((tx: Tx) => unknown)[] = [
      (tx) => insertClient(tx, 'late'),
      (tx) => insertLast(tx, 'late'),
      (tx) => tx.savepoint((inner) => insertClient(inner, 'late')),
      (tx) => tx.atCommit(insert(tx, 'late')),
      (tx) => tx.atBegin(insert(tx, 'late')),
    ]
    for (const [index, afterward] of afterwards.entries()) {
      const saved = db.withTenant(acme, async (tx) => {
        await insertLast(tx, `last ${index}`)
        await afterward(tx)
      })
      await expect(saved).rejects.toThrow('this handle is not in use')
    }
    expect(await on.clientsOf(acme)).toEqual(afterwards.map((_, index) => `last ${index}`))
    const thrown = db.withTenant(acme, async (tx) => {
      await insertLast(tx, 'last of all')
      throw new RangeError('thrown')
    })
    await expect(thrown).rejects.toThrow(RangeError)
    expect(await on.clientsOf(acme)).toContain('last of all')
    expect(db.counts().tenant, 'and the connection serves others').toEqual({ total: 1, idle: 1, waiting: 0 })
  })

  test('nor is anything asked for while it is under way', async () => {
    const db = on.open(mode)
    const saved = db.withTenant(acme, (tx) =>
      Promise.all([insertLast(tx, 'last'), insertClient(tx, 'beside').catch(swallow)]),
    )
    await expect(saved).resolves.toEqual([[{ name: 'last' }], undefined])
    expect(await on.clientsOf(acme)).toEqual(['last'])
  })

  test('one that nobody waits for is waited for all the same', async () => {
    const db = on.open(mode)
    await db.withTenant(acme, async (tx) => void insertLast(tx, 'last'))
    expect(await on.clientsOf(acme)).toEqual(['last'])
    const forgotten = db.withTenant(acme, async (tx) => void tx.runLast(failing(tx)).catch(swallow))
    await expect(forgotten).rejects.toMatchObject({ code: '22012' })
  })

  test('one that nobody waits for is saved, or not, before the error of the callback comes out', async () => {
    const db = on.open({ ...mode, tenantPoolSize: 1 })
    const ended = db.withTenant(acme, async (tx) => {
      insertLast(tx, 'last').catch(swallow)
      throw new RangeError('thrown')
    })
    await expect(ended).rejects.toThrow(RangeError)
    expect(await on.clientsOf(acme)).toEqual(['last'])
    expect(db.counts().tenant).toEqual({ total: 1, idle: 1, waiting: 0 })
  })

  test.each(['40001', '40P01', '26000'])(
    'what is saved is not done again behind an error %s',
    async (code) => {
      const db = on.open(mode)
      let runs = 0
      const error = Object.assign(new Error('of the callback'), { code })
      const ended = db.withTenant(acme, async (tx) => {
        await insertLast(tx, `run ${++runs}`)
        throw error
      })
      await expect(ended).rejects.toBe(error)
      expect(await on.clientsOf(acme)).toEqual(['run 1'])
    },
  )

  test('the platform has a last statement, too, and more behind BEGIN', async () => {
    const db = on.open(mode)
    const save = () =>
      db.withPlatform('signup', async (tx) => {
        tx.atBegin(tx.insertInto('users').values(user('ahead@example.com')))
        return tx.runLast(tx.insertInto('users').values(user('last@example.com')).returning('email'))
      })
    expect(await save()).toEqual([{ email: 'last@example.com' }])
    await expect(save(), 'they are there').rejects.toMatchObject({ code: '23505' })
    expect([await on.usersNamed('ahead@example.com'), await on.usersNamed('last@example.com')]).toEqual([
      1, 1,
    ])
  })

  test.each<[string, (tx: Tx) => unknown, RegExp]>([
    ['behind one that was rejected', (tx) => tx.run(failing(tx)).catch(swallow), /division by zero/],
    [
      'inside a savepoint',
      (tx) => tx.savepoint((inner) => insertLast(inner, 'inside')).catch(swallow),
      /not in use/,
    ],
    ['with a savepoint open', (tx) => void tx.savepoint(async () => undefined).catch(swallow), /not in use/],
    [
      'with what cannot be encoded',
      (tx) => void tx.runLast(tx.selectNoFrom(sql`${{ amount: 1n }}::json`.as('bad'))).catch(swallow),
      /cannot be encoded/,
    ],
  ])('it is refused %s, and nothing is saved', async (_when, before, message) => {
    const db = on.open({ ...mode, tenantPoolSize: 1 })
    const saved = db.withTenant(acme, async (tx) => {
      await before(tx)
      await insertLast(tx, 'last').catch(swallow)
    })
    await expect(saved).rejects.toThrow(message)
    expect(await on.clientsOf(acme)).toEqual([])
    await db.withTenant(acme, (tx) => insertLast(tx, 'next'))
  })

  test('it is refused while others are under way, whatever the callback makes of that', async () => {
    const db = on.open({ ...mode, tenantPoolSize: 1 })
    const saved = db.withTenant(acme, async (tx) => {
      const beside = insertClient(tx, 'beside').catch(swallow)
      await insertLast(tx, 'last').catch(swallow)
      await beside
      throw new RangeError('of the callback')
    })
    await expect(saved).rejects.toThrow('still under way')
    expect(await on.clientsOf(acme)).toEqual([])
  })

  test('a lost answer to it is outcome_unknown, whatever the callback makes of that, and not tried again', async () => {
    const db = throughWire({ ...mode, tenantPoolSize: 1 })
    for (const isBehindOthers of [true, false]) {
      let tries = 0
      let isCommit = false
      wire.onMessage = ({ type, sql: text }) => {
        if (type === 'B') isCommit = text === 'commit'
        return isCommit && type === 'S' ? 'cut after' : 'forward'
      }
      const saved = db.withTenant(acme, async (tx) => {
        tries++
        if (isBehindOthers) await namesIn(tx)
        await insertLast(tx, `last ${isBehindOthers}`).catch(() => {
          throw new RangeError('of the callback')
        })
      })
      await expect(saved).rejects.toMatchObject({ code: 'outcome_unknown' })
      expect(tries).toBe(1)
    }
    // The server knows nothing of the cut.
    await vi.waitFor(async () => expect(await on.clientsOf(acme)).toEqual(['last false', 'last true']))
  })

  test('a connection that is lost before it has left is no doubt', async () => {
    const db = throughWire({ ...mode, tenantPoolSize: 1 })
    const saved = db.withTenant(acme, async (tx) => {
      await namesIn(tx)
      wire.drop()
      await new Promise((resolve) => setTimeout(resolve, 50))
      await insertLast(tx, 'last')
    })
    await expect(saved).rejects.toMatchObject({ code: 'database_unavailable' })
    expect(await on.clientsOf(acme)).toEqual([])
  })

  test('deadlock: the one that is undone is done again behind the other, whatever its callback made of it', async () => {
    const db = on.open(mode)
    await db.withTenant(acme, async (tx) => {
      await insertClient(tx, 'a')
      await insertClient(tx, 'b')
    })
    const { promise: bothHold, resolve } = Promise.withResolvers<void>()
    let holding = 0
    let runs = 0
    const take = (first: string, second: string) =>
      db.withTenant(acme, async (tx) => {
        runs++
        const touch = (name: string) =>
          tx.updateTable('clients').set({ notes: first }).where('name', '=', name)
        await touch(first).execute()
        if (++holding === 2) resolve()
        await bothHold
        await tx.runLast(touch(second)).catch(() => Promise.reject(new RangeError('hides it')))
      })
    await Promise.all([take('a', 'b'), take('b', 'a')])
    expect(runs).toBe(3)
    const notes = await db.withTenant(acme, (tx) => tx.selectFrom('clients').select('notes').execute())
    expect(new Set(notes.map((row) => row.notes)).size).toBe(1)
  })

  test('what stands behind BEGIN goes ahead of all, and without it nothing happens', async () => {
    const db = on.open({ ...mode, tenantPoolSize: 1 })
    const seen = await db.withTenant(acme, async (tx) => {
      tx.atBegin(insert(tx, 'ahead'))
      return namesIn(tx)
    })
    expect(seen).toEqual(['ahead'])
    const ends: ((tx: Tx) => unknown)[] = [
      (tx) => insertClient(tx, 'one'),
      (tx) => insertClient(tx, 'swallowed').catch(swallow),
      (tx) => insertLast(tx, 'last').catch(swallow),
      (tx) => tx.savepoint((inner) => insertClient(inner, 'inside')).catch(swallow),
      (tx) => tx.atCommit(insert(tx, 'at the commit')),
      () => undefined,
      () => Promise.reject(new RangeError('before anything has left')),
    ]
    for (const end of ends) {
      const saved = db.withTenant(acme, async (tx) => {
        tx.atBegin(failing(tx))
        await end(tx)
      })
      await expect(saved).rejects.toMatchObject({ code: '22012' })
    }
    expect(await on.clientsOf(acme)).toEqual(['ahead'])
  })

  test('what stands behind BEGIN is undone with the rest, and is heard of where it may decide access', async () => {
    const db = on.open({ ...mode, tenantPoolSize: 1 })
    const before = db.generationOf(acme)
    const thrown = db.withTenant(acme, async (tx) => {
      tx.atBegin(insert(tx, 'ahead'))
      throw new RangeError('thrown')
    })
    await expect(thrown).rejects.toThrow(RangeError)
    expect(await on.clientsOf(acme)).toEqual([])
    expect(db.generationOf(acme)).toBe(before)
    await db.withTenant(acme, async (tx) => tx.atBegin(tx.deleteFrom('memberships')))
    expect(db.generationOf(acme)).not.toBe(before)
    // Its text begins with another word than its answer.
    await db.withTenant(acme, (tx) => {
      tx.atBegin(tx.with('one', (cte) => cte.selectNoFrom(sql`1`.as('n'))).deleteFrom('clients'))
      return insertLast(tx, 'last')
    })
    expect(await on.clientsOf(acme)).toEqual(['last'])
    expect(db.counts().tenant).toEqual({ total: 1, idle: 1, waiting: 0 })
  })

  test('behind BEGIN nothing is put once it has left, nor from a savepoint', async () => {
    const db = on.open(mode)
    const late = db.withTenant(acme, async (tx) => {
      await namesIn(tx)
      try {
        tx.atBegin(insert(tx, 'late'))
      } catch {
        // The caller goes on as if nothing had happened.
      }
    })
    await expect(late).rejects.toThrow('BEGIN has left already')
    const inside = db.withTenant(acme, async (tx) => {
      await tx.savepoint(async (inner) => inner.atBegin(insert(inner, 'inside'))).catch(swallow)
    })
    await expect(inside).rejects.toThrow('this handle is not in use')
    expect(await on.clientsOf(acme)).toEqual([])
  })
})

test('a transaction of a last statement is one write, and behind others two', async () => {
  const db = on.open()
  const one = (isBehindOthers: boolean) =>
    db.withTenant(acme, async (tx) => {
      tx.atBegin(tx.selectNoFrom(sql`1`.as('one')))
      tx.atCommit(insert(tx, 'behind'))
      if (isBehindOthers) await namesIn(tx)
      await insertLast(tx, 'last')
    })
  await one(true)
  expect(await countWrites(on.tenantUrl, () => one(false))).toBe(1)
  expect(await countWrites(on.tenantUrl, () => one(true))).toBe(2)
})

test('each of what leaves together may take as long as a statement may', async () => {
  // A server is taken for lost when it has not answered for three seconds longer than a statement may take.
  const db = on.open({ statementTimeoutMs: 600 })
  const withNaps = (isLast: boolean) =>
    db.withTenant(acme, async (tx) => {
      for (let count = 0; count < 7; count++) tx.atBegin(nap(tx))
      return isLast ? tx.runLast(nap(tx)) : tx.run(nap(tx))
    })
  expect(await Promise.all([withNaps(true), withNaps(false)])).toHaveLength(2)
})
