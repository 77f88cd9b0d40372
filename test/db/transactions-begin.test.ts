import { sql } from 'kysely'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Tx } from '../../src/db/database.ts'
import { AppError } from '../../src/errors.ts'
import {
  acme,
  client,
  insertClient,
  insertSql,
  insertUser,
  modes,
  namesIn,
  openTransactions,
  type Transactions,
  userSql,
} from '../support/transactions.ts'
import { countWrites, simpleQuery, startWire, type Wire } from '../support/wire.ts'

let on: Transactions
let wire: Wire
beforeAll(async () => {
  on = await openTransactions()
})
beforeEach(async () => {
  wire = await startWire(on.tenantUrl)
})
afterEach(async () => {
  await wire.close()
  await on.clear()
})
afterAll(() => on.close())

function throughWire(options: object = {}) {
  return on.open({ ...options, tenantUrl: wire.url(on.tenantUrl), platformUrl: wire.url(on.platformUrl) })
}

/** Puts something else in the place of a statement: BEGIN, unless another is named. */
function spoil(replacement: string, spoiled = /^begin/i) {
  wire.onMessage = ({ type, sql: text, raw }) => {
    if (!spoiled.test(text)) return 'forward'
    if (type === 'Q') return simpleQuery(replacement)
    return type === 'P' ? parseOf(raw, replacement) : 'forward'
  }
}

/** BEGIN that fails, and settings that fail, are lost or are answered with nothing at all. */
const spoiled: [string, RegExp][] = [
  ['selec nothing', /^begin/i],
  ['selec nothing', /^set local statement_timeout/i],
  ['select 1', /^set local statement_timeout/i],
  ['', /^set local statement_timeout/i],
  ['select 1', /^set local app.tenant_id/i],
]

test('behind a failed BEGIN, pipelined inserts of raw pg commit on their own', async () => {
  spoil('selec nothing')
  const plain = new pg.Client({
    connectionString: wire.url(on.platformUrl),
    pipeline: true,
  } as pg.ClientConfig)
  plain.on('error', () => undefined)
  await plain.connect()
  const answers = await Promise.allSettled([
    plain.query('begin'),
    plain.query(userSql('raw@example.com')),
    plain.query('select 1/0'),
    plain.query('commit'),
  ])
  expect(answers[0].status).toBe('rejected')
  expect(await on.usersNamed('raw@example.com')).toBe(1)
  await plain.end()
})

describe.each(modes)('pipeline $pipeline, prepared $prepared', (mode) => {
  test.each(spoiled)(
    'when "%s" stands in the place of %s nothing counts and nothing stays',
    async (...how) => {
      const db = throughWire(mode)
      spoil(...how)
      const written = db.withTenant(acme, async (tx) => {
        await Promise.allSettled([insertClient(tx, 'one'), insertClient(tx, 'two')])
      })
      await expect(written).rejects.toThrow(/BEGIN was answered with|syntax error/)
      const platform = db.withPlatform(
        'signup',
        (tx) => insertUser(tx, 'ours@example.com').catch(() => undefined),
        { tenantId: acme },
      )
      await expect(platform).rejects.toThrow(/BEGIN was answered with|syntax error/)
      const read = db.readTenant(acme, (queries) => [queries.selectFrom('clients').select('name')])
      await expect(read).rejects.toThrow(/BEGIN was answered with|syntax error/)
      wire.onMessage = () => 'forward'
      expect(await db.withTenant(acme, namesIn)).toEqual([])
      expect(await on.usersNamed('ours@example.com')).toBe(0)
      await db.close()
    },
  )

  test.each(spoiled)(
    'nor is what leaves with COMMIT alone taken for saved, when "%s" stands in the place of %s',
    async (...how) => {
      const db = throughWire(mode)
      spoil(...how)
      const written = db.withTenant(acme, async (tx) => {
        tx.atCommit(tx.insertInto('clients').values(client('alone')))
      })
      const error = await written.then(
        () => undefined,
        (thrown) => thrown,
      )
      // It may be, in one piece: of a setting that did not take hold nothing but its answer tells.
      if (error?.code === 'outcome_unknown') expect(error.cause).toMatchObject({ name: 'NotBegunError' })
      else expect(error?.message).toMatch(/BEGIN was answered with|syntax error/)
      wire.onMessage = () => 'forward'
      await db.close()
    },
  )

  test('nobody is told "not found" because BEGIN failed and so no row was seen', async () => {
    await on.open(mode).withTenant(acme, (tx) => insertClient(tx, 'there'))
    const db = throughWire(mode)
    spoil('selec nothing')
    const looked = db.withTenant(acme, async (tx) => {
      const names = await namesIn(tx).catch(() => [])
      if (names.length === 0) throw new AppError('not_found')
    })
    await expect(looked).rejects.toMatchObject({ code: '42601' })
    await db.close()
  })

  test('a COMMIT that is answered with ROLLBACK is an error', async () => {
    const plain = await on.connectRaw(on.tenantUrl)
    await plain.query(`begin; set local app.tenant_id = 'acme'`)
    await plain.query(insertSql('raw'))
    await plain.query('select 1/0').catch(() => undefined)
    expect((await plain.query('commit')).command).toBe('ROLLBACK')

    const db = throughWire(mode)
    await db.withTenant(acme, async (tx) => void (await sql`select 1`.execute(tx)))
    // The statement fails on the server without our knowing of it, as a trigger of a pooler might make it.
    wire.onMessage = ({ type, sql: text, raw }) =>
      type === 'P' && text === 'commit' ? parseOf(raw, 'rollback') : 'forward'
    const saved = on.open({ ...mode, tenantUrl: wire.url(on.tenantUrl) }).withTenant(acme, async (tx) => {
      await insertClient(tx, 'lost')
    })
    await expect(saved).rejects.toThrow('COMMIT was answered with ROLLBACK: nothing was saved')
    expect(await on.clientsOf(acme)).toEqual([])
    await db.close()
  })
})

/** A Parse message with another text. */
function parseOf(raw: Buffer, text: string): Buffer {
  const name = raw.subarray(5, raw.indexOf(0, 5) + 1)
  const body = Buffer.concat([name, Buffer.from(`${text}\0`), Buffer.from([0, 0])])
  const head = Buffer.alloc(5)
  head.write('P')
  head.writeInt32BE(body.length + 4, 1)
  return Buffer.concat([head, body])
}

describe('writes to the socket', () => {
  async function warm(mode: { pipeline: boolean; prepared: boolean }) {
    const db = on.open({ ...mode, tenantPoolSize: 1, platformPoolSize: 1 })
    await db.withTenant(acme, namesIn)
    await db.withPlatform('catalogue', (tx) => tx.selectFrom('plans').select('plan').execute())
    return db
  }

  test.each([
    { pipeline: true, prepared: true },
    { pipeline: true, prepared: false },
  ])('BEGIN leaves with the first statement, a read in one write: %o', async (mode) => {
    const db = await warm(mode)
    const write = () => db.withTenant(acme, namesIn)
    expect(await countWrites(on.tenantUrl, write)).toBe(2)
    const writeInSavepoint = () => db.withTenant(acme, (tx) => tx.savepoint(namesIn))
    expect(await countWrites(on.tenantUrl, writeInSavepoint)).toBe(4)
    const read = () =>
      db.readTenant(acme, (queries) => [
        queries.selectFrom('clients').select('name'),
        queries.selectFrom('clients').select('id'),
      ])
    expect(await countWrites(on.tenantUrl, read)).toBe(1)
    // Its tables have no row security behind them, so BEGIN is answered before anything follows.
    const platform = () =>
      db.withPlatform('catalogue', (tx) => tx.selectFrom('plans').select('plan').execute())
    expect(await countWrites(on.platformUrl, platform)).toBe(3)
  })

  test('without pipelining what is one batch is still one write', async () => {
    const db = await warm({ pipeline: false, prepared: true })
    const two = (tx: Tx) => Promise.all([namesIn(tx), namesIn(tx)])
    expect(await countWrites(on.tenantUrl, () => db.withTenant(acme, two))).toBe(3)
    const read = () => db.readTenant(acme, (queries) => [queries.selectFrom('clients').select('name')])
    expect(await countWrites(on.tenantUrl, read)).toBe(1)
  })

  test('the textbook way takes four', async () => {
    const plain = await on.connectRaw(on.tenantUrl)
    const textbook = async () => {
      await plain.query('begin')
      await plain.query(`set local app.tenant_id = 'acme'`)
      await plain.query('select name from clients where name = $1', ['x'])
      await plain.query('commit')
    }
    expect(await countWrites(on.tenantUrl, textbook)).toBe(4)
  })

  test('readTenant cannot write', async () => {
    const db = await warm({ pipeline: true, prepared: true })
    const written = db.readTenant(acme, (queries) => [
      queries
        .with('made', () => sql`(delete from clients returning name)` as never)
        .selectFrom('clients')
        .select('name'),
    ])
    await expect(written).rejects.toMatchObject({ code: '25006' })
    expect(await db.withTenant(acme, namesIn)).toEqual([])
  })
})
