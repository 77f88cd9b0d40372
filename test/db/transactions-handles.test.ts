import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
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
let stray: unknown[] = []
const keepStray = (reason: unknown) => void stray.push(reason)
beforeAll(async () => {
  on = await openTransactions()
})
beforeEach(() => {
  stray = []
})
afterEach(() => on.clear())
afterAll(() => on.close())

const fail = (tx: Tx) => sql`select 1/0`.execute(tx)
const slow = (tx: Tx) => sql`select pg_sleep(0.03)`.execute(tx)
const whoAmI = async (tx: Tx) => {
  const { rows } = await sql<{ pid: number; tenant: string }>`
    select pg_backend_pid() as pid, app.current_tenant() as tenant`.execute(tx)
  return rows[0]
}

test('raw: a query that nobody awaited runs in the next borrower’s transaction', async () => {
  const pool = new pg.Pool({ connectionString: on.tenantUrl, max: 1 })
  async function textbook(tenant: string, work: (tx: pg.PoolClient) => Promise<unknown>) {
    const tx = await pool.connect()
    try {
      await tx.query(`begin; set local app.tenant_id = '${tenant}'`)
      await work(tx)
      await tx.query('commit')
    } finally {
      tx.release()
    }
  }
  let kept: pg.PoolClient | undefined
  await textbook(acme, async (tx) => {
    kept = tx
  })
  await textbook(globex, async () => kept?.query(insertSql('of acme')))
  expect(await on.clientsOf(globex)).toEqual(['of acme'])
  await pool.end()
})

describe.each(modes)('pipeline $pipeline, prepared $prepared', (mode) => {
  test('a forgotten await: rolled back, told so, and the next borrower sees nothing of it', async () => {
    const db = on.open({ ...mode, tenantPoolSize: 1 })
    const before = await db.withTenant(globex, whoAmI)
    const forgotten = db.withTenant(acme, async (tx) => {
      await insertClient(tx, 'awaited')
      insertClient(tx, 'forgotten').catch(keepStray)
      slow(tx).catch(keepStray)
      insertClient(tx, 'queued').catch(keepStray)
    })
    await expect(forgotten).rejects.toThrow(TransactionError)
    // None of them had left yet: refused, and not only undone.
    expect(stray.map((error) => error instanceof TransactionError)).toEqual([true, true, true])
    const after = await db.withTenant(globex, async (tx) => {
      await sleep(50)
      return { ...(await whoAmI(tx)), names: await namesIn(tx) }
    })
    expect(after).toEqual({ ...before, tenant: globex, names: [] })
    expect([await on.clientsOf(acme), await on.clientsOf(globex)]).toEqual([[], []])
    const platform = db.withPlatform('signup', async (tx) => {
      insertUser(tx, 'forgotten@example.com').catch(keepStray)
    })
    await expect(platform).rejects.toThrow('await each of them')
    expect(await on.usersNamed('forgotten@example.com')).toBe(0)
  })

  test('Promise.all with one failure while others are under way or come later', async () => {
    const db = on.open({ ...mode, tenantPoolSize: 1 })
    const before = await db.withTenant(globex, whoAmI)
    const chained = { error: undefined as unknown }
    const failed = db.withTenant(acme, (tx) =>
      Promise.all([
        fail(tx),
        insertClient(tx, 'under way'),
        slow(tx),
        sleep(60)
          .then(() => insertClient(tx, 'later'))
          .catch((error) => {
            chained.error = error
          }),
      ]),
    )
    // The cause, and not that others were under way.
    await expect(failed).rejects.toMatchObject({ code: '22012' })
    const after = await db.withTenant(globex, async (tx) => {
      await sleep(100)
      return { ...(await whoAmI(tx)), names: await namesIn(tx) }
    })
    expect(after).toEqual({ ...before, tenant: globex, names: [] })
    expect(chained.error).toBeInstanceOf(TransactionError)
    expect([await on.clientsOf(acme), await on.clientsOf(globex)]).toEqual([[], []])
  })

  test('a handle is dead after its callback, and so is what was built with it', async () => {
    const db = on.open({ ...mode, tenantPoolSize: 1 })
    let dead: Tx | undefined
    await db.withTenant(acme, async (tx) => {
      dead = tx
    })
    const handle = dead as Tx
    const attempts = () => [
      insertClient(handle, 'dead'),
      handle.selectFrom('clients').select('name').execute(),
      sql`select 1`.execute(handle),
      handle.savepoint((inner) => insertClient(inner, 'dead')),
    ]
    for (const outcome of await Promise.allSettled(attempts())) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { name: 'TransactionError' } })
    }
    await db.withTenant(globex, async (tx) => {
      await Promise.allSettled(attempts())
      expect(await namesIn(tx)).toEqual([])
    })
    await db.withTenant(acme, () => Promise.reject(new RangeError('no'))).catch(() => undefined)
    expect([await on.clientsOf(acme), await on.clientsOf(globex)]).toEqual([[], []])
  })

  test('a handle has no connection, transaction or schema of its own at run time either', async () => {
    const db = on.open(mode)
    // biome-ignore lint/suspicious/noExplicitAny: what the type hides
    const ways: ((tx: any) => Promise<unknown>)[] = [
      (tx) => tx.transaction().execute(async (inner: Tx) => insertClient(inner, 'nested')),
      (tx) => tx.startTransaction().execute(),
      (tx) => tx.connection().execute(async (inner: Tx) => insertClient(inner, 'own')),
      (tx) => tx.destroy(),
      (tx) => tx[Symbol.asyncDispose](),
      (tx) => tx.schema.createTable('x').addColumn('y', 'text').execute(),
      (tx) => tx.selectFrom('clients').select('name').stream().next(),
      (tx) => tx.selectFrom('clients').select('name').execute({ signal: new AbortController().signal }),
      (tx) => tx.withSchema('pg_catalog').selectFrom('pg_class').selectAll().execute(),
      (tx) => tx.executeQuery(sql`commit`.compile(tx)),
    ]
    for (const way of ways) {
      await db
        .withTenant(acme, async (tx) => {
          await tx.selectFrom('clients').select('id').execute()
          await expect(way(tx), String(way)).rejects.toThrow(TransactionError)
          throw new RangeError('rolled back')
        })
        .catch(() => undefined)
    }
    await db.withTenant(acme, async (tx) => expect(await namesIn(tx)).toEqual([]))
    expect(db.counts().tenant).toMatchObject({ total: 1, idle: 1 })
  })

  test('a statement that was refused for its options forbids the commit, caught or not', async () => {
    const saved = on.open(mode).withTenant(acme, async (tx) => {
      await insertClient(tx, 'before')
      const query = tx.selectFrom('clients').select('name')
      await query.execute({ signal: AbortSignal.timeout(1000) }).catch(() => undefined)
    })
    await expect(saved).rejects.toThrow('cannot be aborted')
    expect(await on.clientsOf(acme)).toEqual([])
  })

  test('the builder of readTenant cannot execute', async () => {
    const db = on.open(mode)
    let thrown: unknown
    await db.readTenant(acme, (queries) => {
      const query = queries.selectFrom('clients').select('name')
      query.execute().catch((error) => {
        thrown = error
      })
      return [query]
    })
    expect(thrown).toBeInstanceOf(TransactionError)
  })

  test('a transaction inside a transaction is refused; after it, and beside it, they are not', async () => {
    const db = on.open({ ...mode, tenantPoolSize: 2, platformPoolSize: 2 })
    const nested: ((tx: unknown) => Promise<unknown>)[] = [
      () => db.withTenant(acme, (tx) => insertClient(tx, 'nested')),
      () => db.withPlatform('signup', (tx) => insertUser(tx, 'nested@example.com')),
      () => db.readTenant(acme, (queries) => [queries.selectFrom('clients').select('name')]),
    ]
    for (const inner of nested) {
      await expect(db.withTenant(acme, inner)).rejects.toThrow('a transaction is open here already')
      await expect(db.withPlatform('signup', inner)).rejects.toThrow('a transaction is open here already')
    }
    let later: Promise<unknown> | undefined
    const { promise: ended, resolve } = Promise.withResolvers<void>()
    await db.withTenant(acme, async () => {
      later = ended.then(() => db.withTenant(acme, (tx) => insertClient(tx, 'later')))
    })
    resolve()
    await later
    await Promise.all([db.withTenant(acme, slow), db.withTenant(acme, slow)])
    expect(await on.clientsOf(acme)).toEqual(['later'])
    expect(await on.usersNamed('nested@example.com')).toBe(0)
  })
})
