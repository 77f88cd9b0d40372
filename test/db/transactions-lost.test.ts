import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openPool } from '../../src/db/connections.ts'
import type { Tx } from '../../src/db/database.ts'
import {
  acme,
  insertClient,
  insertSql,
  insertUser,
  modes,
  namesIn,
  openTransactions,
  strike,
  type Transactions,
} from '../support/transactions.ts'
import { type Message, startWire, type Wire } from '../support/wire.ts'

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

function throughWire(options: object = {}) {
  return on.open({ ...options, tenantUrl: wire.url(on.tenantUrl), platformUrl: wire.url(on.platformUrl) })
}

/** Cuts the connection before a statement is passed on, or after the last message of it is. */
function cutAt(statement: RegExp, verdict: 'cut' | 'cut after') {
  let isIt = false
  wire.onMessage = ({ type, sql: text }: Message) => {
    if (type === 'B') isIt = statement.test(text)
    return isIt && type === (verdict === 'cut' ? 'B' : 'S') ? verdict : 'forward'
  }
}

const until = async (isSo: () => Promise<boolean> | boolean) => {
  for (let tries = 0; tries < 200 && !(await isSo()); tries++) await sleep(5)
}
const pidOf = async (tx: Pick<Tx, 'selectNoFrom'>) => {
  const [row] = await tx.selectNoFrom(sql<number>`pg_backend_pid()`.as('pid')).execute()
  return row?.pid
}

test('statements that leave together may take as long as they may one by one', async () => {
  // A server is taken for lost when it has not answered for three seconds longer than a statement may take.
  const db = on.open({ statementTimeoutMs: 600 })
  const naps = await db.withTenant(acme, (tx) =>
    Promise.all(Array.from({ length: 8 }, () => sql`select pg_sleep(0.5)`.execute(tx))),
  )
  expect(naps).toHaveLength(8)
})

test('raw: query_timeout rejects what is saved all the same', async () => {
  const plain = new pg.Client({ connectionString: on.tenantUrl, query_timeout: 50 })
  plain.on('error', () => undefined)
  await plain.connect()
  await plain.query(`set app.tenant_id = 'acme'`)
  await expect(plain.query(`${insertSql('late')} returning pg_sleep(0.2)`)).rejects.toThrow(
    'Query read timeout',
  )
  await until(async () => (await on.clientsOf(acme)).length > 0)
  expect(await on.clientsOf(acme)).toEqual(['late'])
  await plain.end()
})

test('raw: a backend that is killed while its connection is checked out is an error nobody listens to', async () => {
  const pool = new pg.Pool({ connectionString: on.tenantUrl, max: 1 })
  const plain = await pool.connect()
  const { rows } = await plain.query('select pg_backend_pid() as pid')
  expect(plain.listenerCount('error')).toBe(0)
  // It stays, since a second error may follow the first.
  const uncaught = new Promise((resolve) => plain.on('error', resolve))
  await on.owner.query('select 1')
  const killer = await on.connectRaw(on.adminUrl)
  await killer.query('select pg_terminate_backend($1)', [rows[0].pid])
  expect(await uncaught).toMatchObject({ code: '57P01' })
  plain.release(true)
  await pool.end()
})

describe.each(modes)('pipeline $pipeline, prepared $prepared', (mode) => {
  test.each(['withTenant', 'withPlatform'] as const)(
    '%s: a lost answer to COMMIT is outcome_unknown and not tried again',
    async (way) => {
      const db = throughWire(mode)
      let runs = 0
      cutAt(/^commit/, 'cut after')
      const saved =
        way === 'withTenant'
          ? db.withTenant(acme, async (tx) => {
              runs++
              await insertClient(tx, 'saved')
            })
          : db.withPlatform('signup', async (tx) => {
              runs++
              await insertUser(tx, 'saved@example.com')
            })
      await expect(saved).rejects.toMatchObject({
        code: 'outcome_unknown',
        status: 503,
        headers: {},
      })
      expect(runs).toBe(1)
      const isSaved = async () =>
        way === 'withTenant'
          ? (await on.clientsOf(acme)).includes('saved')
          : (await on.usersNamed('saved@example.com')) === 1
      await until(isSaved)
      // This is why: it was saved, though nobody was told.
      expect(await isSaved()).toBe(true)
      expect(on.errors.length).toBeGreaterThan(0)
    },
  )

  test.each([/^commit/, /^insert/])('cut before %s: nothing saved', async (statement) => {
    const db = throughWire(mode)
    let runs = 0
    cutAt(statement, 'cut')
    const saved = db.withTenant(acme, async (tx) => {
      runs++
      await insertClient(tx, 'lost').catch((error) => {
        throw new RangeError('what work makes of it is not what happened', { cause: error })
      })
    })
    const code = statement.test('commit') ? 'outcome_unknown' : 'database_unavailable'
    await expect(saved).rejects.toMatchObject({ code, status: 503 })
    expect(runs).toBe(1)
    expect(await on.clientsOf(acme)).toEqual([])
    wire.onMessage = () => 'forward'
    expect(await db.withTenant(acme, namesIn)).toEqual([])
    expect(db.counts().tenant).toEqual({ total: 1, idle: 1, waiting: 0 })
  })

  test('a read whose connection is cut', async () => {
    const db = throughWire(mode)
    cutAt(/^select/, 'cut')
    const read = db.readTenant(acme, (queries) => [queries.selectFrom('clients').select('name')])
    await expect(read).rejects.toMatchObject({ code: 'database_unavailable', status: 503 })
  })

  test('a backend killed while work thinks: known before COMMIT, so nothing is unknown', async () => {
    const db = on.open({ ...mode, tenantPoolSize: 1 })
    const killer = await on.connectRaw(on.adminUrl)
    on.errors.length = 0
    const saved = db.withTenant(acme, async (tx) => {
      await insertClient(tx, 'lost')
      const pid = await pidOf(tx)
      await killer.query('select pg_terminate_backend($1)', [pid])
      await until(() => on.errors.length > 0)
      await sleep(20)
    })
    await expect(saved).rejects.toMatchObject({ code: 'database_unavailable' })
    expect(on.errors).toMatchObject([{ code: '57P01' }])
    expect(await db.withTenant(acme, namesIn)).toEqual([])
    expect(db.counts().tenant).toEqual({ total: 1, idle: 1, waiting: 0 })
  })

  test.each([
    { end: 'terminate' as const, expected: { code: 'database_unavailable', status: 503 } },
    { end: 'cancel' as const, expected: { code: '57014' } },
  ])(
    '$end during a statement: an error, nothing saved, the next borrower clean',
    async ({ end, expected }) => {
      const db = on.open({ ...mode, tenantPoolSize: 1, platformPoolSize: 1 })
      const killer = await on.connectRaw(on.adminUrl)
      for (const way of ['withTenant', 'withPlatform'] as const) {
        const ended: Promise<unknown> =
          way === 'withTenant'
            ? db.withTenant(acme, async (tx) => {
                await insertClient(tx, 'lost')
                const pid = await pidOf(tx)
                await strike(killer, pid, end, sql`select pg_sleep(5)`.execute(tx))
              })
            : db.withPlatform('signup', async (tx) => {
                await insertUser(tx, 'lost@example.com')
                const pid = await pidOf(tx)
                await strike(killer, pid, end, sql`select pg_sleep(5)`.execute(tx))
              })
        await expect(ended).rejects.toMatchObject(expected)
      }
      expect(await db.withTenant(acme, namesIn)).toEqual([])
      expect(await on.usersNamed('lost@example.com')).toBe(0)
      expect(db.counts().tenant).toEqual({ total: 1, idle: 1, waiting: 0 })
      expect(db.counts().platform.idle).toBe(db.counts().platform.total)
    },
  )

  test('a statement that takes too long and a transaction that is left alone are ended by the server', async () => {
    const db = on.open({ ...mode, statementTimeoutMs: 100 })
    const slow = db.withTenant(acme, (tx) => sql`select pg_sleep(5)`.execute(tx))
    await expect(slow).rejects.toMatchObject({ code: '57014' })
    const abandoned = db.withTenant(acme, async (tx) => {
      await insertClient(tx, 'lost')
      await sleep(250)
    })
    await expect(abandoned).rejects.toMatchObject({ code: 'database_unavailable' })
    expect(await on.clientsOf(acme)).toEqual([])
  })

  test('a connection whose rollback failed serves nobody again', async () => {
    const db = throughWire({ ...mode, tenantPoolSize: 1 })
    const pid = await db.withTenant(acme, pidOf)
    cutAt(/^rollback/, 'cut')
    const failed = db.withTenant(acme, async (tx) => {
      await namesIn(tx)
      throw new RangeError('no')
    })
    await expect(failed).rejects.toThrow('no')
    wire.onMessage = () => 'forward'
    expect(await db.withTenant(acme, pidOf)).not.toBe(pid)
    expect(db.counts().tenant).toEqual({ total: 1, idle: 1, waiting: 0 })
  })

  test('a server that is not there is 503 with Retry-After', async () => {
    const db = on.open({ ...mode, tenantUrl: 'postgres://nobody@127.0.0.1:1/none' })
    await expect(db.withTenant(acme, namesIn)).rejects.toMatchObject({
      code: 'database_unavailable',
      status: 503,
      headers: { 'Retry-After': '1' },
    })
  })
})

test('a server that answers nothing for longer than any statement may take is lost', async () => {
  const pool = openPool({
    url: on.tenantUrl,
    size: 1,
    idleMs: 10_000,
    waitMs: 1000,
    pipeline: true,
    prepared: true,
    answerMs: 300,
    onError: () => undefined,
  })
  const connection = await pool.acquire()
  // Several that follow each other may take longer together: each answer is a sign of life.
  const naps = [1, 2, 3].map(() => connection.send([{ sql: 'select pg_sleep(0.2)', values: [] }]))
  for (const nap of naps) expect(await nap).toMatchObject({ answers: [{ command: 'SELECT' }] })
  const frozen = await connection.send([{ sql: 'select pg_sleep(10)', values: [] }])
  expect(frozen).toMatchObject({ answers: [], error: { name: 'ConnectionLostError', wasSent: true } })
  connection.release()
  expect(pool.counts().total).toBe(0)
  await pool.close()
})
