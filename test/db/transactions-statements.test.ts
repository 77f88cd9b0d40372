import { type Compilable, sql } from 'kysely'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Tx } from '../../src/db/database.ts'
import {
  acme,
  globex,
  insertClient,
  insertSql,
  modes,
  namesIn,
  openTransactions,
  type Transactions,
} from '../support/transactions.ts'
import { startWire } from '../support/wire.ts'

let on: Transactions
beforeAll(async () => {
  on = await openTransactions()
})
afterEach(() => on.clear())
afterAll(() => on.close())

const raw = (text: string) => (tx: Tx) => sql.raw(text).execute(tx)

describe.each(modes)('pipeline $pipeline, prepared $prepared', (mode) => {
  test('a statement smuggled into another is refused', async () => {
    const smuggled = `select 1; commit; set app.tenant_id = 'globex'; ${insertSql('smuggled')}`
    const plain = await on.connectRaw(on.tenantUrl)
    await plain.query('begin')
    await plain.query(`set local app.tenant_id = 'acme'`)
    await plain.query(smuggled)
    await plain.query('rollback')
    expect(await on.clientsOf(globex)).toEqual(['smuggled'])
    await on.clear()

    const db = on.open(mode)
    await expect(db.withTenant(acme, raw(smuggled))).rejects.toMatchObject({ code: '42601' })
    expect(await on.clientsOf(globex)).toEqual([])
  })

  test('a whole statement of somebody else’s making neither ends the transaction nor becomes another tenant', async () => {
    const plain = await on.connectRaw(on.tenantUrl)
    await plain.query(`begin; set local app.tenant_id = 'acme'`)
    await plain.query({ text: `set local app.tenant_id = 'globex'`, values: [] })
    await plain.query(insertSql('as another'))
    await plain.query('commit')
    expect(await on.clientsOf(globex)).toEqual(['as another'])
    await on.clear()

    const db = on.open({ ...mode, tenantPoolSize: 1 })
    for (const text of [
      'commit',
      ' ; commit',
      '/**/ rollback',
      'end',
      'begin',
      'savepoint p1',
      "set local app.tenant_id = 'globex'",
      "set app.tenant_id = 'globex'",
      'reset all',
      'discard all',
      'prepare leftover as select 1',
      'deallocate all',
      'listen news',
      `do $$ begin execute 'set local app.tenant_id = ''globex'''; end $$`,
      'declare c cursor with hold for select name from clients',
      'copy clients to stdout',
      '',
    ]) {
      const caught = db.withTenant(acme, async (tx) => {
        await insertClient(tx, 'before')
        await raw(text)(tx).catch(() => undefined)
        return namesIn(tx)
      })
      await expect(caught, text).rejects.toThrow('a handle sends queries only')
      const read = db.readTenant(acme, (queries) => [
        { compile: () => sql.raw(text).compile(queries as never) } as Compilable,
      ])
      await expect(read, text).rejects.toThrow('a handle sends queries only')
    }
    expect(await on.clientsOf(acme)).toEqual([])
    expect(await on.clientsOf(globex)).toEqual([])
  })

  test('what a handle may send still works: cursors, time limits, locks, CTEs', async () => {
    const names = await on.open(mode).withTenant(acme, async (tx) => {
      await insertClient(tx, 'one')
      await raw(`set local lock_timeout = '1s'`)(tx)
      await raw('declare c cursor for select name from clients')(tx)
      const { rows } = await sql<{ name: string }>`fetch 10 from c`.execute(tx)
      await raw('close c')(tx)
      await raw('with x as (select 1) select * from x')(tx)
      return rows
    })
    expect(names).toEqual([{ name: 'one' }])
  })

  test('an injected SELECT cannot become another tenant', async () => {
    await on.open(mode).withTenant(globex, (tx) => insertClient(tx, 'secret'))
    const become = `select set_config('app.tenant_id', 'globex', false)`
    // The owner keeps set_config, and is under the same policies.
    const plain = await on.connectRaw(on.ownerUrl)
    await plain.query(`begin; set local app.tenant_id = 'acme'`)
    await plain.query(become)
    await plain.query('commit')
    expect((await plain.query('select name from clients')).rows).toEqual([{ name: 'secret' }])

    const db = on.open({ ...mode, tenantPoolSize: 1 })
    for (const text of [become, `select name from clients where '' <> (${become})`]) {
      await expect(db.withTenant(acme, raw(text))).rejects.toMatchObject({ code: '42501' })
    }
    const update = `update pg_settings set setting = 'globex' where name = 'app.tenant_id'`
    await expect(db.withTenant(acme, raw(update))).rejects.toMatchObject({ code: '42501' })
    expect(await db.withTenant(acme, namesIn)).toEqual([])
    expect(await db.withTenant(globex, namesIn)).toEqual(['secret'])
  })

  test('nothing travels by the simple protocol, which takes several statements in one', async () => {
    const wire = await startWire(on.tenantUrl)
    const db = on.open({ ...mode, tenantUrl: wire.url(on.tenantUrl), platformUrl: wire.url(on.platformUrl) })
    await db.withTenant(acme, async (tx) => {
      await raw('select 1')(tx)
      await tx.savepoint((inner) => insertClient(inner, 'one'))
      await tx.savepoint(() => Promise.reject(new Error('no'))).catch(() => undefined)
    })
    await db.readTenant(acme, (queries) => [queries.selectFrom('clients').select('name')])
    await db.withPlatform('catalogue', (tx) => tx.selectFrom('plans').select('plan').execute())
    await db.withTenant(acme, () => Promise.reject(new Error('no'))).catch(() => undefined)
    expect(wire.messages.filter(({ type }) => type === 'Q')).toEqual([])
    expect(wire.messages.filter(({ type, sql }) => type === 'B' && sql.startsWith('BEGIN'))).toHaveLength(3)
    await db.close()
    await wire.close()
  })

  test('a cursor of the same name may have other columns', async () => {
    const db = on.open({ ...mode, tenantPoolSize: 1 })
    const fetched = (query: string) =>
      db.withTenant(acme, async (tx) => {
        await sql.raw(`declare c cursor for ${query}`).execute(tx)
        return (await sql.raw('fetch 5 from c').execute(tx)).rows
      })
    expect(await fetched(`select 1 as one, 'x' as label`)).toEqual([{ one: 1, label: 'x' }])
    expect(await fetched(`select 'y' as other`)).toEqual([{ other: 'y' }])
  })

  test('a tenant id is checked at run time too', async () => {
    const db = on.open(mode)
    for (const id of ["acme'; reset all; --", '', 'Acme', undefined]) {
      await expect(db.withTenant(id as never, async () => 1)).rejects.toThrow('not a tenant id')
      await expect(db.readTenant(id as never, () => [])).rejects.toThrow('not a tenant id')
    }
    await expect(
      db.withPlatform('catalogue', async () => 1, { tenantId: "x'; --" as never }),
    ).rejects.toThrow('not a tenant id')
  })

  test('without a tenant nothing is seen or written', async () => {
    const db = on.open(mode)
    await db.withTenant(acme, (tx) => insertClient(tx, 'one'))
    const plain = await on.connectRaw(on.tenantUrl)
    expect((await plain.query('select name from clients')).rows).toEqual([])
    await expect(plain.query(insertSql('nobody'))).rejects.toMatchObject({ code: '42501' })
  })
})
