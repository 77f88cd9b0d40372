import { sql } from 'kysely'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { TransactionError, type Tx } from '../../src/db/database.ts'
import {
  acme,
  insertClient,
  insertSql,
  insertUser,
  modes,
  openTransactions,
  type Transactions,
} from '../support/transactions.ts'

let on: Transactions
beforeAll(async () => {
  on = await openTransactions()
})
afterEach(() => on.clear())
afterAll(() => on.close())

const circular: Record<string, unknown> = {}
circular.self = circular
const fail = (tx: Tx) => sql`select 1/0`.execute(tx)

/** Parameters without an encoding. */
const unencodable: [string, unknown][] = [
  ['a circular object', circular],
  ['a BigInt inside JSON', { amount: 1n }],
  ['an object whose toJSON throws', { toJSON: boom }],
  ['a function', () => 1],
  ['a symbol', Symbol('x')],
  ['an invalid date', new Date(Number.NaN)],
]

function boom(): never {
  throw new Error('no JSON')
}

test.each([false, true])(
  'a parameter that raw pg cannot encode does not stop its COMMIT: pipeline %s',
  async (pipeline) => {
    const plain = new pg.Client({ connectionString: on.tenantUrl, pipeline } as pg.ClientConfig)
    plain.on('error', () => undefined)
    await plain.connect()
    await plain.query(`begin; set local app.tenant_id = 'acme'`)
    await plain.query(insertSql('half'))
    await plain.query('select $1::json', [{ amount: 1n }]).catch(() => undefined)
    await plain.query('commit')
    expect(await on.clientsOf(acme)).toEqual(['half'])
    await plain.end()
  },
)

describe.each(modes)('pipeline $pipeline, prepared $prepared', (mode) => {
  test.each(unencodable)(
    '%s as a parameter undoes the whole transaction, caught or not',
    async (_what, value) => {
      const db = on.open(mode)
      const saved = db.withTenant(acme, async (tx) => {
        await insertClient(tx, 'before')
        await sql`select ${value}::text`.execute(tx).catch(() => undefined)
        await insertClient(tx, 'after')
      })
      await expect(saved).rejects.toThrow(TypeError)
      expect(await on.clientsOf(acme)).toEqual([])
      const read = db.readTenant(acme, (queries) => [
        queries
          .selectFrom('clients')
          .select('id')
          .where('name', '=', value as never),
      ])
      await expect(read).rejects.toThrow(TypeError)
      expect(db.counts().tenant).toEqual({ total: 1, idle: 1, waiting: 0 })
    },
  )

  test('more parameters than 16 bits count are refused, not wrapped around', async () => {
    const db = on.open(mode)
    const ids = Array.from({ length: 65_537 }, (_, index) => sql`${index}::int`)
    await expect(db.withTenant(acme, (tx) => sql`select ${sql.join(ids)}`.execute(tx))).rejects.toThrow(
      'too many parameters',
    )
  })

  test('a NUL in a statement is refused; in a parameter the server refuses it', async () => {
    const db = on.open(mode)
    await expect(db.withTenant(acme, (tx) => sql.raw('select 1\0; commit').execute(tx))).rejects.toThrow(
      'NUL',
    )
    await expect(db.withTenant(acme, (tx) => insertClient(tx, 'a\0b'))).rejects.toMatchObject({
      code: '22021',
    })
  })

  test('a rejected statement that the caller swallowed forbids the commit', async () => {
    const db = on.open(mode)
    const saved = db.withTenant(acme, async (tx) => {
      await insertClient(tx, 'before')
      await fail(tx).catch(() => undefined)
      return 'fine'
    })
    await expect(saved).rejects.toMatchObject({ code: '22012' })
    const platform = db.withPlatform('signup', async (tx) => {
      await insertUser(tx, 'one@example.com')
      await insertUser(tx, 'one@example.com').catch(() => undefined)
    })
    await expect(platform).rejects.toMatchObject({ code: '23505' })
    expect(await on.clientsOf(acme)).toEqual([])
    expect(await on.usersNamed('one@example.com')).toBe(0)
  })

  test('what the caller made of a rejection is what comes out', async () => {
    const saved = on.open(mode).withTenant(acme, async (tx) => {
      await fail(tx).catch(() => {
        throw new RangeError('said better')
      })
    })
    await expect(saved).rejects.toThrow('said better')
  })

  test('an error leads to the statement that was rejected', async () => {
    async function guilty(tx: Tx) {
      await fail(tx)
    }
    const error = await on
      .open(mode)
      .withTenant(acme, guilty)
      .catch((caught) => caught)
    expect(error.stack).toContain('guilty')
    expect(error.message).toBe('division by zero')
  })

  test('errors with the server’s answer leave the connection as it was', async () => {
    const db = on.open({ ...mode, tenantPoolSize: 1 })
    const pid = (tx: Tx) => sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(tx)
    const before = (await db.withTenant(acme, pid)).rows
    for (let round = 0; round < 5; round++) {
      await expect(db.withTenant(acme, fail)).rejects.toThrow()
      const read = db.readTenant(acme, (queries) => [
        queries.selectFrom('clients').select('name'),
        queries.selectFrom('clients').select(sql<number>`1/0`.as('x')).where(sql<boolean>`1/0 = 1`),
        queries.selectNoFrom(sql<number>`1/(select 0)`.as('x')),
      ])
      await expect(read).rejects.toMatchObject({ code: '22012' })
    }
    expect((await db.withTenant(acme, pid)).rows).toEqual(before)
  })

  test('work that throws before it asks for anything, at once or later', async () => {
    const db = on.open(mode)
    const thrown = db.withTenant(acme, () => {
      throw new RangeError('at once')
    })
    await expect(thrown).rejects.toThrow('at once')
    await expect(db.withTenant(acme, () => Promise.reject(new RangeError('later')))).rejects.toThrow('later')
    expect(await db.withTenant(acme, async () => 'nothing asked')).toBe('nothing asked')
    await expect(db.readTenant(acme, () => boom())).rejects.toThrow('no JSON')
    expect(db.counts().tenant).toEqual({ total: 1, idle: 1, waiting: 0 })
  })

  test('deadlock: one of two is undone and done again behind the other, and both connections go on', async () => {
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
        const touch = (name: string, notes: string) =>
          tx.updateTable('clients').set({ notes }).where('name', '=', name).execute()
        await touch(first, first)
        if (++holding === 2) resolve()
        await bothHold
        await touch(second, first)
      })
    const outcomes = await Promise.allSettled([take('a', 'b'), take('b', 'a')])
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled'])
    expect(runs).toBe(3)
    const notes = await db.withTenant(acme, (tx) => tx.selectFrom('clients').select('notes').execute())
    expect(new Set(notes.map((row) => row.notes)).size).toBe(1)
    expect(db.counts().tenant).toMatchObject({ total: 2, idle: 2 })
  })

  test('a rule broken outranks what the callback made of it', async () => {
    const saved = on.open(mode).withTenant(acme, async (tx) => {
      await sql
        .raw('commit')
        .execute(tx)
        .catch(() => undefined)
      throw new RangeError('hides the bug')
    })
    await expect(saved).rejects.toThrow(TransactionError)
  })
})
