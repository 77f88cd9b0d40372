import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises'
import fc from 'fast-check'
import { type Compilable, sql } from 'kysely'
import pg from 'pg'
import { serialize } from 'pg-protocol'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { type Database, keepQueries, type TenantQueryBuilder } from '../../src/db/database.ts'
import type { TenantId } from '../../src/db/tenant-id.ts'
import {
  acme,
  globex,
  insertClient,
  modes,
  namesIn,
  openTransactions,
  type Transactions,
} from '../support/transactions.ts'
import { countWrites, isBegin, simpleQuery, startWire, type Verdict, type Wire } from '../support/wire.ts'

let on: Transactions
let wire: Wire
/** The clients below the data layer, to make the server forget what they prepared. */
const below: pg.Client[] = []
/** The type tid, which nothing else here reads. */
const tid = pg.types.builtins.TID
const readTid = pg.types.getTypeParser(tid, 'text')
beforeAll(async () => {
  on = await openTransactions()
  const { connect } = pg.Client.prototype
  vi.spyOn(pg.Client.prototype, 'connect').mockImplementation(function (this: pg.Client, ...args) {
    if (this.user?.endsWith('_tenant')) below.push(this)
    return connect.apply(this, args)
  })
  pg.types.setTypeParser(tid, () => {
    throw new RangeError('unreadable')
  })
})
beforeEach(async () => {
  wire = await startWire(on.tenantUrl)
  const db = on.open()
  for (const tenant of tenants) await db.withTenant(tenant, (tx) => insertClient(tx, tenant))
})
afterEach(async () => {
  await on.clear()
  await wire.close()
  below.length = 0
})
afterAll(async () => {
  pg.types.setTypeParser(tid, readTid)
  vi.restoreAllMocks()
  await on.close()
})

const tenants = [acme, globex] as const
let migrations = 0
type Build = (queries: TenantQueryBuilder, values: { number: number }) => Compilable
/** With the number itself, which is a division by zero where it is 0. */
const star: Build = (queries, { number: n }) =>
  queries.selectFrom('clients').selectAll().select(sql`${n}::int / ${n}::int * ${n}::int`.as('number'))
const keepShort = (build: Build) => keepQueries(build, { isShort: () => true })
const short = keepShort(star)
const long = keepQueries(star)
const tidOf = keepShort((queries) => queries.selectNoFrom(sql`'(0,0)'::tid`.as('tid')))
const nap = keepShort((queries) => queries.selectNoFrom(sql`pg_sleep(20)`.as('nap')))

/** What can be asked for: the client of the tenant, with a number that tells whose answer it is. */
const reads = {
  short: (n) => [short({ number: n })],
  'two short': (n) => [short({ number: n }), short({ number: n })],
  long: (n) => [long({ number: n })],
  ordinary: (n, queries) => [star(queries, { number: n })],
  'short and long': (n) => [short({ number: n }), long({ number: n })],
  nap: (n) => [nap({ number: n })],
  'by zero': () => [short({ number: 0 })],
  'by zero, second': (n) => [short({ number: n }), short({ number: 0 })],
  'by zero, long': () => [long({ number: 0 })],
  unreadable: (n) => [tidOf({ number: n })],
  'no number': () => [short({ number: 'x' as never })],
  'no value': () => [short({ number: Symbol('x') as never })],
} satisfies Record<string, (n: number, queries: TenantQueryBuilder) => Compilable[]>
type Kind = keyof typeof reads
const kinds = Object.keys(reads).filter((kind) => kind !== 'nap') as Kind[]
const failures: Partial<Record<Kind, object>> = {
  'by zero': { code: '22012' },
  'by zero, second': { code: '22012' },
  'by zero, long': { code: '22012' },
  unreadable: { message: 'unreadable' },
  'no number': { code: '22P02' },
  'no value': { message: 'a symbol cannot be a parameter' },
}
const unavailable = { code: 'database_unavailable', status: 503 }

type Read = { tenant: TenantId; kind: Kind; number: number }
const ask = (db: Database, { tenant, kind, number }: Read) =>
  db.readTenant<Compilable[]>(tenant, (queries) => reads[kind](number, queries))
const askAll = (db: Database, list: Read[]) => Promise.allSettled(list.map((each) => ask(db, each)))

/** Reads of the two tenants in turn, short ones except for those at some places. */
function alternate(count: number, kindAt: Record<number, Kind> = {}): Read[] {
  return Array.from({ length: count }, (_, place) => ({
    tenant: place % 2 === 0 ? acme : globex,
    kind: kindAt[place] ?? 'short',
    number: 100 + place,
  }))
}

/** What has to become of a read: its own failure, or the rows of its own tenant for its own number. */
function outcomeOf({ tenant, kind, number }: Read, failure = failures[kind]) {
  if (failure) return { status: 'rejected', reason: failure }
  const rows = [{ tenant_id: tenant, number }]
  return { status: 'fulfilled', value: /two|and/.test(kind) ? [rows, rows] : [rows] }
}
const outcomesOf = (list: Read[]) => list.map((each) => outcomeOf(each))
const expectOwn = async (db: Database, list: Read[]) =>
  expect(await askAll(db, list)).toMatchObject(outcomesOf(list))

async function expectClean(db: Database) {
  const { total, idle, waiting } = db.counts().tenant
  expect({ leaked: total - idle, waiting }).toEqual({ leaked: 0, waiting: 0 })
  for (const tenant of tenants) expect(await db.withTenant(tenant, namesIn)).toEqual([tenant])
}

const throughWire = (options: object = {}) => on.open({ ...options, tenantUrl: wire.url(on.tenantUrl) })

/** The statements of each write since the wire was last emptied. */
function writes(): string[][] {
  const open = new Map<number, string[]>()
  return wire.messages.flatMap(({ type, sql: text, connection }) => {
    const statements = open.get(connection) ?? []
    open.set(connection, type === 'S' ? [] : type === 'B' ? [...statements, text] : statements)
    return type === 'S' ? [statements] : []
  })
}
const begins = (statements: string[]) => statements.filter((text) => text === 'BEGIN READ ONLY').length
const statementsOf = ({ tenant, kind, number }: Read) => [
  'BEGIN READ ONLY',
  `SET LOCAL app.tenant_id = '${tenant}'`,
  'SET LOCAL statement_timeout = 20000',
  ...reads[kind](number, undefined as never).map((query) => query.compile().sql),
  'commit',
]

/** What becomes of the message that binds a statement for the n-th time from now on. */
function atBind(statement: RegExp, nth: number, verdict: Verdict) {
  let seen = 0
  wire.onMessage = ({ type, sql: text }) =>
    type === 'B' && statement.test(text) && ++seen === nth ? verdict : 'forward'
}

describe.each(modes)('pipeline $pipeline, prepared $prepared', (mode) => {
  test('twenty at once leave in three writes, each a transaction of its own in its own tenant', async () => {
    const db = throughWire(mode)
    const list = alternate(20, { 3: 'two short', 12: 'two short' })
    await expectOwn(db, list)
    wire.messages.length = 0
    expect(await countWrites(wire.url(on.tenantUrl), () => expectOwn(db, list))).toBe(3)
    const shares = [list.slice(0, 7), list.slice(7, 14), list.slice(14)]
    expect(writes()).toHaveLength(3)
    expect(writes()).toEqual(expect.arrayContaining(shares.map((share) => share.flatMap(statementsOf))))
  })

  test.each([
    [1, [1]],
    [2, [1, 1]],
    [3, [3]],
    [8, [8]],
    [9, [4, 5]],
  ])('of %i at once, with connections idle, so many share a write: %o', async (count, shares) => {
    const db = throughWire(mode)
    await expectOwn(db, alternate(20))
    wire.messages.length = 0
    await expectOwn(db, alternate(count))
    expect(writes().map(begins).toSorted()).toEqual(shares)
  })

  test('two share a write where fewer connections are idle, and open no other', async () => {
    const db = throughWire({ ...mode, tenantPoolSize: 2 })
    for (let time = 0; time < 3; time++) await expectOwn(db, alternate(2, { 1: 'by zero' }))
    expect(db.counts().tenant).toMatchObject({ total: 1 })
    await expectOwn(db, alternate(9))
    expect(db.counts().tenant).toMatchObject({ total: 2, idle: 2 })
    wire.messages.length = 0
    const { promise, resolve } = Promise.withResolvers<void>()
    const held = db.withTenant(acme, () => promise)
    await expectOwn(db, alternate(2))
    expect(writes().map(begins).filter(Boolean)).toEqual([2])
    resolve()
    await held
    await expectClean(db)
  })

  test('where one of two that go apart is cut off, the other has its rows', async () => {
    const db = throughWire({ ...mode, tenantPoolSize: 2 })
    const list = alternate(2)
    await expectOwn(db, alternate(9))
    atBind(/^select/, 1, 'cut')
    const outcomes = await askAll(db, list)
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
    const [lost] = outcomes.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []))
    expect(lost).toMatchObject(unavailable)
    await expectOwn(db, list)
    await expectClean(db)
  })

  test('only what is asked for in the same turn shares a write, and nothing that is not short', async () => {
    const db = throughWire(mode)
    const list = alternate(8, { 0: 'no value', 1: 'long', 2: 'ordinary', 4: 'short and long' })
    await expectOwn(db, list)
    wire.messages.length = 0
    await expectOwn(db, list)
    expect(writes().map(begins).toSorted()).toEqual([1, 1, 1, 4])
    wire.messages.length = 0
    const [first, ...others] = alternate(4) as [Read, Read, Read, Read]
    const inSteps = [ask(db, first), Promise.resolve().then(() => ask(db, others[0])), ask(db, others[1])]
    await turn()
    await Promise.all([...inSteps, ask(db, others[2])])
    expect(writes().map(begins).toSorted()).toEqual([1, 3])
  })

  test.each<[Kind, number[]]>([
    ['by zero', [0]],
    ['by zero', [7]],
    ['by zero', [2, 3, 6]],
    ['by zero', [0, 1, 2, 3, 4, 5, 6, 7]],
    ['by zero, second', [3]],
    ['no number', [3]],
    ['unreadable', [3]],
  ])('%s at the places %o of eight: only those behind are asked again', async (kind, places) => {
    const db = throughWire({ ...mode, tenantPoolSize: 1 })
    const list = alternate(8, Object.fromEntries(places.map((place) => [place, kind])))
    await expectOwn(db, list)
    expect(writes().map(begins).filter(Boolean)).toEqual([8, ...Array(7 - Math.min(...places)).fill(1)])
    await expectClean(db)
    // The server's error leaves nothing behind for which the connection would have to be closed.
    expect(new Set(wire.messages.map(({ connection }) => connection))).toEqual(new Set([1]))
  })

  test.each([
    ['a migration (0A000)', () => on.owner.query(`alter table clients add extra_${++migrations} text`)],
    ['forgotten names (26000)', () => Promise.all(below.map((each) => each.query('deallocate all')))],
  ])('after %s all have their rows', async (_what, spoil) => {
    const db = on.open({ ...mode, tenantPoolSize: 3 })
    await expectOwn(db, alternate(20))
    await spoil()
    await expectOwn(db, alternate(8, { 5: 'by zero' }))
    await expectClean(db)
  })

  test.each<[string, RegExp, number, Verdict]>([
    ['before the first query', /^select/, 1, 'cut'],
    ['before the fifth', /^select/, 5, 'cut'],
    ['behind a COMMIT', /^commit/, 15, 'cut after'],
  ])('cut %s: those of that write are unavailable, the others have their rows', async (_when, ...how) => {
    const db = throughWire({ ...mode, tenantPoolSize: 2 })
    const list = alternate(16)
    await expectOwn(db, list)
    atBind(...how)
    const outcomes = await askAll(db, list)
    const isFirst = outcomes[0]?.status === 'rejected'
    expect(outcomes).toMatchObject(
      list.map((each, place) => outcomeOf(each, place < 8 === isFirst ? unavailable : undefined)),
    )
    await expectOwn(db, list)
    await expectClean(db)
  })

  test.each([
    ['terminate', unavailable, unavailable],
    ['cancel', { code: '57014' }, undefined],
  ])('%s during the fourth: those in front have their rows', async (how, failure, ofThoseBehind) => {
    const db = on.open({ ...mode, tenantPoolSize: 1 })
    const list = alternate(8, { 3: 'nap' })
    const killer = await on.connectRaw(on.adminUrl)
    const expected = [...Array(3), failure, ...Array(4).fill(ofThoseBehind)]
    const outcomes = askAll(db, list)
    const strike = `select pg_${how}_backend(pid) from pg_stat_activity
      where datname = current_database() and wait_event = 'PgSleep'`
    while ((await killer.query(strike)).rowCount === 0) await sleep(5)
    expect(await outcomes).toMatchObject(list.map((each, place) => outcomeOf(each, expected[place])))
    await expectClean(db)
  })

  test.each([
    [/^begin/i, 'selec nothing'],
    [/^begin/i, 'select 1'],
    [/^begin/i, ''],
    [/^set local app.tenant_id/i, 'select 1'],
    [/^set local app.tenant_id/i, 'rollback'],
    [/^set local statement_timeout/i, ''],
    [/^commit/i, 'select 1'],
    [/^commit/i, 'rollback'],
  ])('where %s of one is "%s" nobody sees rows of another tenant', async (statement, text) => {
    const db = throughWire(mode)
    const list = alternate(8)
    const instead = Buffer.concat([serialize.parse({ text }), serialize.bind()])
    const failure = statement.test('commit')
      ? undefined
      : { message: expect.stringMatching(/BEGIN was answered with|syntax error/) }
    for (const nth of [1, 4, 8]) {
      atBind(statement, nth, instead)
      wire.messages.length = 0
      expect(await askAll(db, list)).toMatchObject(
        list.map((each, place) => outcomeOf(each, place === nth - 1 ? failure : undefined)),
      )
      // On a connection that has shown to be something else nobody is served again.
      const served = wire.messages.filter(isBegin).map(({ connection }) => connection)
      if (failure && text !== 'selec nothing') expect(served.lastIndexOf(served[0] as number)).toBe(7)
    }
    await expectClean(db)
  })

  test.each([/^begin/i, /^set local app.tenant_id/i, /^select/])(
    'where the answers end early, at %s of one, only it is refused',
    async (statement) => {
      const db = throughWire(mode)
      const list = alternate(8)
      await expectOwn(db, list)
      for (const nth of [1, 4, 8]) {
        atBind(statement, nth, simpleQuery('select 1'))
        expect(await askAll(db, list)).toMatchObject(
          list.map((each, place) =>
            outcomeOf(each, place === nth - 1 ? { name: 'NotBegunError' } : undefined),
          ),
        )
      }
      await expectClean(db)
    },
  )

  test('closing waits for what was asked for just before', async () => {
    const db = on.open(mode)
    const list = alternate(8, { 2: 'long' })
    const outcomes = askAll(db, list)
    await Promise.resolve()
    await db.close()
    expect(await outcomes).toMatchObject(outcomesOf(list))
  })

  test('all of a write are told when no connection comes free in time', async () => {
    const db = on.open({ ...mode, tenantPoolSize: 1, poolWaitMs: 100 })
    const list = alternate(12)
    const { promise, resolve } = Promise.withResolvers<void>()
    const held = db.withTenant(acme, () => promise)
    const overloaded = list.map((each) => outcomeOf(each, { code: 'overloaded', status: 503 }))
    expect(await askAll(db, list)).toMatchObject(overloaded)
    resolve()
    await held
    await expectOwn(db, list)
    await expectClean(db)
  })

  test('whatever comes together: to each its own', { timeout: 60_000 }, async () => {
    const db = on.open({ ...mode, tenantPoolSize: 3, poolWaitMs: 60_000 })
    const read = fc.record({
      tenant: fc.constantFrom(...tenants),
      kind: fc.constantFrom(...kinds),
      number: fc.integer({ min: 1, max: 1_000_000 }),
    })
    const bursts = fc.array(fc.array(read, { minLength: 1, maxLength: 24 }), { minLength: 1, maxLength: 4 })
    const run = fc.asyncProperty(bursts, async (lists) => {
      // Each in a turn of its own, while those before it are under way.
      const outcomes = lists.map((list, after) => sleep(after).then(() => askAll(db, list)))
      expect(await Promise.all(outcomes)).toMatchObject(lists.map(outcomesOf))
    })
    await fc.assert(run, { numRuns: 60, seed: 20_260_302, endOnFailure: true })
    await expectClean(db)
  })
})
