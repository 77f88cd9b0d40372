import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Tx } from '../../src/db/database.ts'
import {
  acme,
  client,
  insertClient,
  modes,
  openTransactions,
  type Transactions,
} from '../support/transactions.ts'
import { countWrites } from '../support/wire.ts'

let on: Transactions
beforeAll(async () => {
  on = await openTransactions()
})
afterEach(() => on.clear())
afterAll(() => on.close())

const insertAtCommit = (tx: Tx, name: string) => tx.atCommit(tx.insertInto('clients').values(client(name)))

describe.each(modes)('pipeline $pipeline, prepared $prepared', (mode) => {
  test('what is kept for the commit is saved with the rest', async () => {
    const db = on.open(mode)
    await db.withTenant(acme, async (tx) => {
      insertAtCommit(tx, 'last')
      await insertClient(tx, 'first')
    })
    expect(await on.clientsOf(acme)).toEqual(['first', 'last'])
  })

  test('when it is rejected, nothing is saved, and the next transaction is none the worse', async () => {
    const db = on.open({ ...mode, tenantPoolSize: 1 })
    const twice = client('twice')
    const failing = db.withTenant(acme, async (tx) => {
      await tx.insertInto('clients').values(twice).execute()
      tx.atCommit(tx.insertInto('clients').values(twice))
      insertAtCommit(tx, 'behind it')
    })
    await expect(failing).rejects.toMatchObject({ code: '23505' })
    expect(await on.clientsOf(acme)).toEqual([])
    await db.withTenant(acme, (tx) => insertClient(tx, 'next'))
    expect(await on.clientsOf(acme)).toEqual(['next'])
  })

  test('it is not sent when the callback throws, forgot an await or swallowed an error', async () => {
    const db = on.open(mode)
    const ends: ((tx: Tx) => Promise<unknown>)[] = [
      () => Promise.reject(new Error('thrown')),
      async (tx) => void insertClient(tx, 'forgotten').catch(() => undefined),
      (tx) => sql`select 1/0`.execute(tx).catch(() => undefined),
    ]
    for (const end of ends) {
      const failing = db.withTenant(acme, async (tx) => {
        insertAtCommit(tx, 'last')
        await end(tx)
      })
      await expect(failing).rejects.toThrow()
    }
    expect(await on.clientsOf(acme)).toEqual([])
  })

  test('a savepoint, which may be undone, cannot keep something for the commit', async () => {
    const db = on.open(mode)
    const failing = db.withTenant(acme, async (tx) => {
      await tx.savepoint(async (inner) => insertAtCommit(inner, 'kept')).catch(() => undefined)
    })
    await expect(failing).rejects.toThrow('this handle is not in use')
    expect(await on.clientsOf(acme)).toEqual([])
  })

  test('a parameter that cannot be encoded forbids the commit, also when the caller swallows it', async () => {
    const db = on.open(mode)
    const failing = db.withTenant(acme, async (tx) => {
      await insertClient(tx, 'first')
      try {
        tx.atCommit(tx.selectNoFrom(sql`${{ amount: 1n }}::json`.as('bad')))
      } catch {
        // The caller goes on as if nothing had happened.
      }
    })
    await expect(failing).rejects.toThrow(TypeError)
    expect(await on.clientsOf(acme)).toEqual([])
  })

  test('a query that is made at the end knows all that has happened, and there may be none', async () => {
    const db = on.open(mode)
    await db.withTenant(acme, async (tx) => {
      let inserted = 0
      tx.atCommit(() => tx.insertInto('clients').values(client(`${inserted} before`)))
      tx.atCommit(() => undefined)
      for (const name of ['a', 'b']) {
        await insertClient(tx, name)
        inserted++
      }
    })
    expect(await on.clientsOf(acme)).toEqual(['2 before', 'a', 'b'])
  })

  test.each([
    [
      'cannot be made',
      () => {
        throw new Error('no query')
      },
    ],
    ['cannot be encoded', (tx: Tx) => tx.selectNoFrom(sql`${{ amount: 1n }}::json`.as('bad'))],
    [
      'is none that a handle sends',
      () => ({ compile: () => ({ sql: 'rollback', parameters: [] }) }) as never,
    ],
  ])('when a query at the end %s, nothing is saved', async (_what, make) => {
    const db = on.open({ ...mode, tenantPoolSize: 1 })
    const failing = db.withTenant(acme, async (tx) => {
      await insertClient(tx, 'first')
      tx.atCommit(() => make(tx))
    })
    await expect(failing).rejects.toThrow()
    expect(await on.clientsOf(acme)).toEqual([])
    await db.withTenant(acme, (tx) => insertClient(tx, 'next'))
    expect(await on.clientsOf(acme)).toEqual(['next'])
  })

  test('after the callback has ended, it is refused', async () => {
    const db = on.open(mode)
    let kept: Tx | undefined
    await db.withTenant(acme, async (tx) => {
      kept = tx
    })
    expect(() => insertAtCommit(kept as Tx, 'late')).toThrow('this handle is not in use')
  })
})

test('it leaves in one write with COMMIT', async () => {
  const db = on.open()
  const insertTwo = (isLast: boolean) =>
    db.withTenant(acme, async (tx) => {
      await insertClient(tx, 'first')
      if (isLast) insertAtCommit(tx, 'second')
      else await insertClient(tx, 'second')
    })
  await insertTwo(true)
  expect(await countWrites(on.tenantUrl, () => insertTwo(false))).toBe(3)
  expect(await countWrites(on.tenantUrl, () => insertTwo(true))).toBe(2)
})
