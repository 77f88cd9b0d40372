import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { TransactionError, type Tx } from '../../src/db/database.ts'
import {
  acme,
  globex,
  insertClient,
  insertSql,
  insertUser,
  modes,
  namesIn,
  openTransactions,
  type Transactions,
} from '../support/transactions.ts'

let on: Transactions
const stray: unknown[] = []
const keepStray = (reason: unknown) => stray.push(reason)
beforeAll(async () => {
  on = await openTransactions()
})
afterEach(() => on.clear())
afterAll(() => on.close())

const fail = (tx: Tx) => sql`select 1/0`.execute(tx)
const swallow = () => undefined

test('raw: what runs beside a savepoint is undone with it, and nobody is told', async () => {
  const plain = await on.connectRaw(on.tenantUrl)
  await plain.query(`begin; set local app.tenant_id = 'acme'`)
  await plain.query('savepoint one')
  const [, beside] = await Promise.all([sleep(5), plain.query(insertSql('beside'))])
  await plain.query('rollback to savepoint one')
  await plain.query('commit')
  expect(beside.rowCount).toBe(1)
  expect(await on.clientsOf(acme)).toEqual([])
})

describe.each(modes)('pipeline $pipeline, prepared $prepared', (mode) => {
  test('a savepoint takes the rejections inside it; the rest commits', async () => {
    const db = on.open(mode)
    await db.withTenant(acme, async (tx) => {
      await insertClient(tx, 'before')
      await tx.savepoint((inner) => insertClient(inner, 'inside'))
      const lost = tx.savepoint(async (inner) => {
        await insertClient(inner, 'undone')
        await fail(inner)
      })
      await expect(lost).rejects.toMatchObject({ code: '22012' })
      const unencodable = tx.savepoint(async (inner) => {
        await insertClient(inner, 'undone')
        await sql`select ${{ amount: 1n }}::json`.execute(inner)
      })
      await expect(unencodable).rejects.toThrow(TypeError)
      const thrown = tx.savepoint(() => {
        throw new RangeError('at once')
      })
      await expect(thrown).rejects.toThrow('at once')
      await insertClient(tx, 'after')
    })
    expect(await on.clientsOf(acme)).toEqual(['after', 'before', 'inside'])
    await db.withPlatform('signup', async (tx) => {
      await insertUser(tx, 'one@example.com')
      await tx.savepoint((inner) => insertUser(inner, 'one@example.com')).catch(swallow)
    })
    expect(await on.usersNamed('one@example.com')).toBe(1)
  })

  test('a rejection swallowed inside a savepoint undoes the savepoint', async () => {
    await on.open(mode).withTenant(acme, async (tx) => {
      const lost = tx.savepoint(async (inner) => {
        await insertClient(inner, 'undone')
        await fail(inner).catch(swallow)
        return 'fine'
      })
      await expect(lost).rejects.toMatchObject({ code: '22012' })
      await insertClient(tx, 'kept')
    })
    expect(await on.clientsOf(acme)).toEqual(['kept'])
  })

  test('savepoints nest', async () => {
    await on.open(mode).withTenant(acme, async (tx) => {
      await tx.savepoint(async (outer) => {
        await insertClient(outer, 'outer')
        await outer
          .savepoint(async (inner) => {
            await insertClient(inner, 'inner')
            await inner.savepoint((deep) => insertClient(deep, 'deep'))
            throw new Error('undo both')
          })
          .catch(swallow)
        await outer.savepoint((inner) => insertClient(inner, 'second'))
      })
    })
    expect(await on.clientsOf(acme)).toEqual(['outer', 'second'])
  })

  test('one failure inside, others under way: all of it is undone and forgiven', async () => {
    await on.open(mode).withTenant(acme, async (tx) => {
      const together = tx.savepoint((inner) =>
        Promise.all([
          fail(inner),
          insertClient(inner, 'undone'),
          fail(inner),
          sql`select pg_sleep(0.02)`.execute(inner),
        ]),
      )
      await expect(together).rejects.toMatchObject({ code: '22012' })
      await insertClient(tx, 'kept')
    })
    expect(await on.clientsOf(acme)).toEqual(['kept'])
  })

  test('thrown in the turn in which a statement was asked for that fails: what was thrown is told, all is forgiven', async () => {
    await on.open(mode).withTenant(acme, async (tx) => {
      await insertClient(tx, 'before')
      const together = tx.savepoint((inner) =>
        Promise.all([insertClient(inner, 'undone'), fail(inner), Promise.reject(new RangeError('own'))]),
      )
      await expect(together).rejects.toThrow('own')
      await insertClient(tx, 'after')
    })
    expect(await on.clientsOf(acme)).toEqual(['after', 'before'])
  })

  test('of statements that leave together each is told its own outcome', async () => {
    const db = on.open(mode)
    const [good, bad] = await db.withTenant(acme, async (tx) => {
      const pair = tx.savepoint((inner) => Promise.allSettled([insertClient(inner, 'undone'), fail(inner)]))
      await pair.catch(swallow)
      return tx.savepoint((inner) =>
        Promise.all([insertClient(inner, 'one'), insertClient(inner, 'two'), namesIn(inner)]).then((all) => [
          all.length,
          all[2],
        ]),
      )
    })
    expect([good, bad]).toEqual([3, ['one', 'two']])
    expect(await on.clientsOf(acme)).toEqual(['one', 'two'])
  })

  test.each<[string, (tx: Tx) => Promise<unknown>]>([
    ['inside it', (tx) => tx.savepoint(() => insertClient(tx, 'outer handle')).catch(swallow)],
    [
      'beside it',
      (tx) => Promise.all([tx.savepoint(fail).catch(swallow), insertClient(tx, 'beside').catch(swallow)]),
    ],
    [
      'by a second one',
      (tx) => Promise.allSettled([tx.savepoint(() => sleep(5)), tx.savepoint(() => sleep(5))]),
    ],
    [
      'by an inner one',
      (tx) => tx.savepoint((inner) => inner.savepoint(() => insertClient(inner, 'x'))).catch(swallow),
    ],
  ])('the outer handle while a savepoint is open, used %s: nothing is half saved', async (_what, work) => {
    const saved = on.open(mode).withTenant(acme, async (tx) => {
      await insertClient(tx, 'before')
      await work(tx)
    })
    await expect(saved).rejects.toThrow(TransactionError)
    expect(await on.clientsOf(acme)).toEqual([])
  })

  test('a forgotten await inside a savepoint fails the transaction', async () => {
    const saved = on.open(mode).withTenant(acme, async (tx) => {
      await insertClient(tx, 'before')
      await tx
        .savepoint(async (inner) => {
          insertClient(inner, 'forgotten').catch(swallow)
        })
        .catch(swallow)
    })
    await expect(saved).rejects.toThrow('await each of them')
    expect(await on.clientsOf(acme)).toEqual([])
  })

  test('an inner handle used after its savepoint forbids the commit', async () => {
    const saved = on.open(mode).withTenant(acme, async (tx) => {
      let kept = tx
      await tx.savepoint(async (inner) => {
        kept = inner
      })
      await insertClient(kept, 'too late').catch(swallow)
    })
    await expect(saved).rejects.toThrow(TransactionError)
  })

  test('a savepoint that nobody awaits neither commits by halves nor reaches the next borrower', async () => {
    process.on('unhandledRejection', keepStray)
    const db = on.open({ ...mode, tenantPoolSize: 1 })
    const saved = db.withTenant(acme, async (tx) => {
      const forgotten = tx.savepoint(async (inner) => {
        await insertClient(inner, 'half')
        await sleep(30)
        await insertClient(inner, 'other half')
      })
      forgotten.catch(swallow)
      await sleep(15)
    })
    await expect(saved).rejects.toThrow('await each of them')
    await db.withTenant(globex, async (tx) => {
      await tx.savepoint(async (inner) => {
        await insertClient(inner, 'of globex')
        await sleep(40)
      })
      expect(await namesIn(tx)).toEqual(['of globex'])
    })
    expect(await on.clientsOf(acme)).toEqual([])
    expect(await on.clientsOf(globex)).toEqual(['of globex'])
    process.off('unhandledRejection', keepStray)
    expect(stray).toEqual([])
  })
})
