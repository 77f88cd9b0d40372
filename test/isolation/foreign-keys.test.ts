import { randomUUID } from 'node:crypto'
import type pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { checkDatabase } from '../../src/db/doctor.ts'
import { ownDatabase } from '../../src/db/doctor-rules.ts'
import { inside, openAttacker } from './attempt.ts'
import type { OwnedTable } from './catalogue.ts'
import { tryForeignKeys } from './keys.ts'
import { makeTwin } from './twin.ts'
import { canary, findLooseKeys, insertInto, openWorld, type World } from './world.ts'

// The tables test_orders and test_order_lines come from a migration that only these tests have.
let world: World
let client: pg.Client
let orders: OwnedTable
let lines: OwnedTable

beforeAll(async () => {
  world = await openWorld()
  client = await world.connect(world.database.tenantUrl)
  orders = world.table('test_orders')
  lines = world.table('test_order_lines')
})

afterAll(() => world.close())

test('a new table that nothing names has the forced policy and the grants of all others', async () => {
  const { rows } = await world.admin.query(
    `select relname, relrowsecurity and relforcerowsecurity as forced,
      array(select polname || ' ' || pg_get_expr(polqual, polrelid) || pg_get_expr(polwithcheck, polrelid)
        from pg_policy where polrelid = c.oid) as policies
      from pg_class c where relname in ('clients', 'test_orders', 'test_order_lines') order by 1`,
  )
  const policy = `tenant_isolation ${ownDatabase.policy}${ownDatabase.policy_for_writing}`
  expect(rows).toEqual(
    ['clients', 'test_order_lines', 'test_orders'].map((relname) => ({
      relname,
      forced: true,
      policies: [policy],
    })),
  )
  const platform = await world.connect(world.database.platformUrl)
  const ask = (by: pg.Client) => async (sql: string, values: unknown[]) => (await by.query(sql, values)).rows
  const checks = await checkDatabase({ tenant: ask(client), platform: ask(platform) })
  expect(checks.filter(({ ok }) => !ok)).toEqual([])
})

test("a reference to the other's row is the same error as one to a row that never was", async () => {
  const toTheirs = await failure(() => client.query(newLine({ order_id: orders.theirs.id })))
  const never = randomUUID()
  const toNothing = await failure(() => client.query(newLine({ order_id: never })))
  expect(toTheirs.code).toBe('23503')
  expect(JSON.stringify(toTheirs).replaceAll(String(orders.theirs.id), never)).toBe(JSON.stringify(toNothing))
})

test("a line cannot be put into the other's tenant beside its order", async () => {
  const { code } = await failure(() =>
    client.query(newLine({ tenant_id: 'globex', order_id: orders.theirs.id })),
  )
  expect(code).toBe('42501')
})

test("a line cannot be moved to the other's order by update", async () => {
  const move = (id: unknown) =>
    failure(() =>
      client.query(`update test_order_lines set order_id = '${id}' where id = '${lines.mine.id}'`),
    )
  expect((await move(orders.theirs.id)).code).toBe('23503')
  expect((await move(randomUUID())).code).toBe('23503')
})

test("an order with the other's id is a row of one's own, and its deletion cascades to nobody else", async () => {
  const before = await world.fingerprints()
  await inside(client, 'acme', async () => {
    const twin = { ...orders.mine, id: orders.theirs.id, title: 'twin' }
    await client.query(insertInto('test_orders', twin))
    await client.query(newLine({ order_id: twin.id }))
    const { rowCount } = await client.query(`delete from test_orders where id = '${twin.id}'`)
    expect(rowCount).toBe(1)
    const { rows } = await client.query('select title from test_order_lines')
    expect(rows).toEqual([{ title: 'canary-of-acme' }])
  })
  expect(await world.fingerprints()).toEqual(before)
})

test('a value that is unique in the other tenant is free in this one', async () => {
  const { rowCount } = await inside(
    client,
    'acme',
    () => client.query(insertInto('test_orders', { ...orders.mine, id: randomUUID(), title: canary })),
    'rollback',
  )
  expect(rowCount).toBe(1)
})

test('a violated key quotes no value at all', async () => {
  const error = await failure(() =>
    client.query(insertInto('test_orders', { ...orders.mine, id: randomUUID() })),
  )
  // PostgreSQL leaves out the values of a key where row security is in force.
  expect(error).toMatchObject({ code: '23505', detail: undefined })
})

test.each(['auto', 'force_generic_plan'] as const)(
  'no foreign key tells of a row of globex, nor lets one of acme hang on it (plan_cache_mode = %s)',
  async (plans) => {
    const { keys, tried, problems } = await tryForeignKeys(world, await openAttacker(world, { plans }))
    expect(problems).toEqual([])
    process.stdout.write(
      `Tried with plan_cache_mode = ${plans}: ${keys} foreign keys, ${tried} statements that refer to globex\n`,
    )
  },
)

test('a tenant can have the very values of globex, tear them down, and globex has its own', async () => {
  const before = await world.fingerprints()
  const { keys, foreignKeys, tried, asTenant, problems } = await makeTwin(world)
  expect(problems).toEqual([])
  expect(await world.fingerprints()).toEqual(before)
  process.stdout.write(
    `Probed: ${keys} unique keys with the other's values, ${asTenant} of ${world.tables.length} rows written by the ` +
      `tenant role itself; ${foreignKeys} foreign keys cascaded to nobody; ${tried} statements\n`,
  )
})

test('every key and reference between tenant-owned tables carries tenant_id', async () => {
  expect(await findLooseKeys(world.admin)).toEqual([])
})

function newLine(fields: Record<string, unknown>) {
  return insertInto('test_order_lines', { ...lines.mine, id: randomUUID(), title: 'new', ...fields })
}

async function failure(work: () => Promise<unknown>): Promise<Record<string, unknown>> {
  try {
    await inside(client, 'acme', work, 'rollback')
  } catch (error) {
    const { code, message, detail, hint, constraint } = error as Record<string, unknown>
    expect(JSON.stringify([message, detail, hint])).not.toContain(canary)
    return { code, message, detail, hint, constraint }
  }
  throw new Error('it was not refused')
}
