import { afterAll, describe, expect, test } from 'vitest'
import { attacks } from './attacks.ts'
import { attempt, inside, openAttacker } from './attempt.ts'
import { rowFactories } from './rows.ts'
import { openWorld } from './world.ts'

// Found in the catalogue, so a table of tomorrow is attacked as soon as it exists.
const world = await openWorld()
const acme = await openAttacker(world)
const { client } = acme

afterAll(() => world.close())

test('every table with a tenant_id is attacked, and nothing else has one', async () => {
  const { rows } = await world.admin.query(
    `select distinct table_name::text as name from information_schema.columns
      where column_name = 'tenant_id' and table_schema not in ('pg_catalog', 'information_schema')`,
  )
  expect(rows.map(({ name }) => name).sort()).toEqual(world.tables.map(({ name }) => name).sort())
  expect(world.tables.map(({ name }) => name)).toContain('test_order_lines')
})

test('a tenant-owned table without a row to attack is an error that says what to do', async () => {
  const { clients: _forgotten, ...others } = rowFactories
  await expect(openWorld({ factories: others })).rejects.toThrow(
    /^clients is tenant-owned, and .*rows\.ts has no row for it/,
  )
})

describe.each(world.tables)('$name', (table) => {
  test.each(attacks)('acme gets nowhere with $name', async (attack) => {
    const before = await world.fingerprint(table.name)
    expect(await attempt(acme, 'acme', attack, table)).toBeUndefined()
    expect(await world.fingerprint(table.name)).toBe(before)
  })

  test.each(attacks)('without a tenant nobody gets anywhere with $name', async (attack) => {
    const before = await world.fingerprint(table.name)
    expect(await attempt(acme, undefined, attack, table)).toBeUndefined()
    expect(await world.fingerprint(table.name)).toBe(before)
  })

  test('acme sees its own row and no other', async () => {
    const { rows } = await inside(client, 'acme', () => client.query(`select tenant_id from ${table.name}`))
    expect(rows).toEqual([{ tenant_id: 'acme' }])
  })

  test.each([undefined, ''])(
    'without a tenant (%o) there is no row at all, not even to insert',
    async (none) => {
      await client.query(none === undefined ? 'reset app.tenant_id' : "set app.tenant_id = ''")
      const { rows } = await client.query(`select count(*)::int as found from ${table.name}`)
      expect(rows).toEqual([{ found: 0 }])
      const { tenant_id: _left, ...row } = table.mine
      const columns = Object.keys(row)
      const places = columns.map((_column, index) => `$${index + 1}`)
      await expect(
        client.query(`insert into ${table.name} (${columns}) values (${places})`, Object.values(row)),
      ).rejects.toMatchObject({ code: '42501' })
    },
  )

  test('row security cannot be switched off: then nothing is answered', async () => {
    await expect(
      inside(client, 'acme', async () => {
        await client.query('set local row_security = off')
        await client.query(`select from ${table.name}`)
      }),
    ).rejects.toMatchObject({ code: '42501', message: expect.stringContaining('row-level security policy') })
  })

  test('a reset tenant is no tenant', async () => {
    const counts = await inside(client, 'acme', async () => {
      await client.query('reset app.tenant_id')
      return (await client.query(`select count(*)::int as found from ${table.name}`)).rows
    })
    expect(counts).toEqual([{ found: 0 }])
  })
})

describe('the attacks are real:', () => {
  // What others refer to cannot be deleted by anybody.
  const unreferenced = 'saved_queries'
  const reading = attacks.filter(({ kind }) => kind === 'read')
  test.each(reading)('globex itself finds its row with $name', async (attack) => {
    const table = world.table(unreferenced)
    // A cast that fails on a row of one's own is not refused, but wins as well.
    const seen = await attempt(acme, 'globex', attack, table).catch((error: Error) => error.message)
    expect(seen).toBeDefined()
  })

  const harming = attacks.filter(({ name }) => /^(an update (by|in|through)|a delete|a merge)/.test(name))
  test.each(harming)('globex itself changes its row with $name', async (attack) => {
    expect(await attempt(acme, 'globex', attack, world.table(unreferenced))).toBeDefined()
  })
})
