import { join } from 'node:path'
import type pg from 'pg'
import { afterAll, describe, expect, test } from 'vitest'
import { ownDatabase } from '../../src/db/doctor-rules.ts'
import { applyPolicies } from '../../src/db/migrate/policies.ts'
import { describeRoles, userOf } from '../../src/db/roles.ts'
import { rolePrefix, testSecret } from '../support/cluster.ts'
import type { Attack } from './attack.ts'
import { attacksOn, byName } from './attacks.ts'
import { attempt, attemptAll, inside, openAttacker, writeOwn } from './attempt.ts'
import { findOtherRelations } from './catalogue.ts'
import { rowFactories } from './rows.ts'
import { insertInto, openWorld } from './world.ts'

// Found in the catalogue, so a table of tomorrow is attacked as soon as it exists.
const world = await openWorld()
const acme = await openAttacker(world)
const { client } = acme
/** Has never been inside a tenant, so there the setting is null. */
const fresh = await world.connect(world.database.tenantUrl)
const attacks = attacksOn(world.version)
const attacked = [...world.tables, ...world.partitions]
let attempts = 0
let fingerprints = await world.fingerprints()

afterAll(async () => {
  await world.close()
  process.stdout.write(
    `Attacked in SQL on PostgreSQL ${world.version}: ${world.tables.length} tables and ${world.partitions.length} ` +
      `partitions with ${attacks.length} attacks, ${attempts} attempts, ${acme.sent} statements\n`,
  )
})

test('every table with a tenant_id is attacked, and nothing else has one', async () => {
  const { rows } = await world.admin.query(
    `select distinct table_name::text as name from information_schema.columns
      where column_name = 'tenant_id' and table_schema not in ('pg_catalog', 'information_schema')`,
  )
  expect(rows.map(({ name }) => name).sort()).toEqual(attacked.map(({ name }) => name).sort())
  expect(world.tables.map(({ name }) => name)).toContain('test_order_lines')
  expect(world.partitions.map(({ name }) => name)).toContain('test_events_all')
})

test('a tenant-owned table without a row to attack is an error that says what to do', async () => {
  const { clients: _forgotten, ...others } = rowFactories
  await expect(openWorld({ factories: others })).rejects.toThrow(
    /^clients is tenant-owned, and .*rows\.ts has no row for it/,
  )
})

test.each(attacked)('$name: neither acme nor nobody gets anywhere with any attack', async (table) => {
  for (const tenantId of ['acme', undefined]) {
    const tried = attacks.filter(({ isGlobal, kind }) => {
      // One that names no table is tried once, and who may give commands is no question of the tenant.
      return (!isGlobal || table === attacked[0]) && (tenantId || kind !== 'command')
    })
    attempts += tried.length
    expect(await attemptAll(acme, tenantId, tried, table)).toEqual([])
  }
  await expectUnchanged()
})

describe.each(world.tables)('$name', (table) => {
  test('acme sees its own row and no other', async () => {
    const { rows } = await inside(client, 'acme', () => client.query(`select tenant_id from ${table.name}`))
    expect(rows).toEqual([{ tenant_id: 'acme' }])
  })

  test.each([undefined, ''])(
    'without a tenant (%o) there is no row at all, not even to insert',
    async (none) => {
      const { tenant_id: _left, ...row } = table.mine
      const by = none === undefined ? fresh : client
      const outside = (work: () => Promise<pg.QueryResult>) =>
        inside(by, undefined, async () => {
          if (none !== undefined) await by.query("set local app.tenant_id = ''")
          return work()
        })
      const { rows } = await outside(() => by.query(`select count(*)::int as found from ${table.name}`))
      expect(rows).toEqual([{ found: 0 }])
      for (const mine of [row, { ...row, tenant_id: '' }]) {
        await expect(outside(() => by.query(insertInto(table.name, mine)))).rejects.toMatchObject({
          code: '42501',
        })
      }
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

  test('what acme writes to its own rows changes nothing of anybody else, whatever triggers do', async () => {
    await writeOwn(acme, table)
    await expectUnchanged()
  })
})

test.each(world.partitions)(
  '$name is no door beside its table: acme has no right on it',
  async ({ name }) => {
    for (const text of [`select from ${name}`, `delete from ${name}`, `select count(*) from ${name}`]) {
      await expect(inside(client, 'acme', () => client.query(text))).rejects.toMatchObject({ code: '42501' })
    }
  },
)

test('a partition of later is no door either, and protected for itself from the next start on', async () => {
  const { adminUrl, ownerUrl } = world.database
  const owner = await world.connect(ownerUrl)
  const id = (last: number) => `'00000000-0000-0000-0000-00000000000${last}'`
  await owner.query(`
    create table test_events_next partition of test_events for values from (${id(1)}) to (${id(2)});
    create table test_events_taken (like test_events including all);
    alter table test_events attach partition test_events_taken for values from (${id(3)}) to (${id(4)})`)
  const names = ['test_events_next', 'test_events_taken']
  const events = world.table('test_events')
  const look = async () => {
    for (const name of names) {
      expect(await attempt(acme, 'acme', byName('by counting'), { ...events, name, root: events.name })).toBe(
        undefined,
      )
      await expect(inside(client, 'acme', () => client.query(`table ${name}`))).rejects.toMatchObject({
        code: '42501',
      })
    }
  }
  await look()
  const roles = describeRoles({ adminUrl, tokenKeySecret: testSecret, prefix: rolePrefix })
  roles.owner = { name: userOf(ownerUrl), url: ownerUrl }
  await applyPolicies(owner, join(import.meta.dirname, '../../db/policies'), roles, true)
  const { rows } = await owner.query(
    `select relrowsecurity and relforcerowsecurity as forced, polname,
        pg_get_expr(polqual, polrelid) as reads, pg_get_expr(polwithcheck, polrelid) as writes
      from pg_class c join pg_policy p on p.polrelid = c.oid where c.relname = any ($1)`,
    [names],
  )
  const { policy: reads, policy_for_writing: writes } = ownDatabase
  expect(rows).toEqual(names.map(() => ({ forced: true, polname: 'tenant_isolation', reads, writes })))
  await look()
  // Through its table each has what is its own there.
  for (const tenantId of ['acme', 'globex']) {
    const row = { ...(tenantId === 'acme' ? events.mine : events.theirs), id: id(1).slice(1, -1) }
    const seen = await inside(client, tenantId, async () => {
      await client.query(insertInto(events.name, row))
      return client.query(
        `select tenant_id, tableoid::regclass::text as part from test_events where id = ${id(1)}`,
      )
    })
    expect(seen.rows).toEqual([{ tenant_id: tenantId, part: 'test_events_next' }])
  }
  await look()
})

test('views and sequences, of which a policy says nothing, are closed', async () => {
  const others = await findOtherRelations(client)
  expect(others.filter(({ isReadable }) => isReadable)).toEqual([])
  expect(others.map(({ kind }) => kind)).toContain('S')
  for (const { name, kind } of others) {
    const text = kind === 'S' ? `select nextval('${name}')` : `select * from ${name}`
    await expect(inside(client, 'acme', () => client.query(text))).rejects.toMatchObject({ code: '42501' })
  }
})

describe('the attacks are real:', () => {
  // What others refer to cannot be deleted by anybody.
  const table = world.table('saved_queries')
  // One that fails on a row of one's own is not refused, but wins as well.
  const wins = (attack: Attack) =>
    attempt(acme, 'globex', attack, table).catch((error: Error) => error.message)
  const reading = attacks.filter(({ kind, isUndone }) => kind === 'read' && !isUndone)
  test.each(reading)('globex itself finds its row with $name', async (attack) => {
    expect(await wins(attack)).toBeDefined()
  })

  const harming = attacks.filter(
    ({ name, isUndone }) => /^(an update|a delete|a merge)/.test(name) && !isUndone,
  )
  test.each(harming.filter(({ name }) => !/own$/.test(name)))(
    'globex itself changes its row with $name',
    async (attack) => {
      expect(await wins(attack)).toBeDefined()
    },
  )
})

/** Whatever is not acme's is as it was when this was asked before. */
async function expectUnchanged(): Promise<void> {
  const before = fingerprints
  fingerprints = await world.fingerprints()
  expect(fingerprints).toEqual(before)
}
