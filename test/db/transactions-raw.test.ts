import pg from 'pg'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { openTransactions, type Transactions } from '../support/transactions.ts'

// What goes wrong with pg as people write it; how our layer prevents each is tested beside its other rules.
let on: Transactions
beforeAll(async () => {
  on = await openTransactions()
})
afterEach(() => on.clear())
afterAll(() => on.close())

test('raw: a transaction inside a transaction waits for a connection that its outer one holds', async () => {
  const pool = new pg.Pool({ connectionString: on.tenantUrl, max: 1, connectionTimeoutMillis: 200 })
  const outer = await pool.connect()
  await outer.query('begin')
  await expect(pool.connect()).rejects.toThrow('timeout exceeded when trying to connect')
  await outer.query('rollback')
  outer.release()
  await pool.end()
})

test('raw: and where there is a connection, it outlives the rollback around it', async () => {
  const plain = [await on.connectRaw(on.platformUrl), await on.connectRaw(on.platformUrl)] as const
  await plain[0].query('begin')
  await plain[1].query(`begin; insert into users (id, email, password_hash, first_name, last_name, locale,
    password_changed_at, created_at, updated_at)
    values (gen_random_uuid(), 'inner@example.com', '', '', '', 'en', now(), now(), now()); commit`)
  await plain[0].query('rollback')
  expect(await on.usersNamed('inner@example.com')).toBe(1)
})

test('raw: a connection keeps every named statement there ever was', async () => {
  const plain = await on.connectRaw(on.tenantUrl)
  for (let index = 0; index < 500; index++) {
    await plain.query({ name: `statement ${index}`, text: `select ${index}` })
  }
  const { rows } = await plain.query('select count(*)::int as n from pg_prepared_statements')
  expect(rows[0].n).toBe(500)
})

test('raw: a pipelined connection refuses to read a portal in parts', async () => {
  const plain = new pg.Client({ connectionString: on.tenantUrl, pipeline: true } as pg.ClientConfig)
  plain.on('error', () => undefined)
  await plain.connect()
  const inParts = { text: 'select * from generate_series(1, 10)', rows: 2 } as pg.QueryConfig
  await expect(plain.query(inParts)).rejects.toThrow('not supported in pipeline mode')
  await plain.end()
})

test('raw: a cursor made from JavaScript’s milliseconds skips or repeats rows of microseconds', async () => {
  const plain = await on.connectRaw(on.tenantUrl)
  const series = (type: string) => `with instants as (
    select (timestamptz '2026-01-01T00:00:00.000Z' + i * interval '100 microseconds')::${type} as at
    from generate_series(0, 9) i)`
  const cursor = async (type: string) => {
    const { rows } = await plain.query(`${series(type)} select at from instants order by at offset 4 limit 1`)
    return rows[0].at as Date
  }
  const equalTo = async (type: string, at: Date) => {
    const { rows } = await plain.query(
      `${series(type)} select count(*)::int as n from instants where at = $1`,
      [at],
    )
    return rows[0].n as number
  }
  const { rows } = await plain.query(
    `${series('timestamptz')} select count(*)::int as n from instants where at > $1`,
    [await cursor('timestamptz')],
  )
  expect(rows[0].n, 'five rows come after the fifth').not.toBe(5)
  expect(await equalTo('timestamptz(3)', await cursor('timestamptz(3)'))).toBeGreaterThan(1)
})
