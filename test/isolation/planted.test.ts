import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { withDirectClient } from '../../src/db/direct-client.ts'
import { checkDatabase } from '../../src/db/doctor.ts'
import type { Attack } from './attacks.ts'
import { attempt, inside, openAttacker } from './attempt.ts'
import { byName, canonical, type Plant, plants } from './plants.ts'
import { canary, findLooseKeys, insertInto, openWorld, type World } from './world.ts'

// Each guard taken away in turn: the attack that it stops has to win then, or the attack proves nothing.
const { isSuperuser } = inject('testCluster')

describe.skipIf(!isSuperuser)(`without${isSuperuser ? '' : ' (skipped: needs a superuser to plant)'}`, () => {
  let world: World

  beforeAll(async () => {
    world = await openWorld({ roles: 'own' })
  })

  afterAll(() => world.close())

  test.each(plants)('$guard, $attack.name wins and the doctor says so', async (planted) => {
    expect(await outcome(planted)).toBeUndefined()
    expect(await failing()).toEqual([])
    await alter(planted.plant)
    try {
      expect(await outcome(planted)).toBeDefined()
      expect(await failing()).toContain(planted.doctor)
    } finally {
      await alter(planted.mend)
    }
    expect(await outcome(planted)).toBeUndefined()
    expect(await failing()).toEqual([])
  })

  test('any policy at all, nobody sees even their own', async () => {
    const own = byName("by the other's tenant_id")
    const look = async () => attempt(await openAttacker(world), 'globex', own, world.table('saved_queries'))
    expect(await look()).toBeDefined()
    await alter('drop policy tenant_isolation on saved_queries')
    expect(await look()).toBeUndefined()
    expect(await failing()).toContain('policies are canonical')
    await alter(`create policy tenant_isolation on saved_queries using ${canonical} with check ${canonical}`)
    expect(await look()).toBeDefined()
  })

  test('FORCE, the owner sees everything', async () => {
    const count = () =>
      withDirectClient(world.database.ownerUrl, async (owner) => {
        const { rows } = await owner.query('select count(*)::int as seen from saved_queries')
        return rows[0].seen
      })
    expect(await count()).toBe(0)
    await alter('alter table saved_queries no force row level security')
    expect(await count()).toBe(2)
    expect(await failing()).toContain('row security is forced')
    await alter('alter table saved_queries force row level security')
    expect(await count()).toBe(0)
  })

  test('its narrow grants, the platform role reads business tables', async () => {
    const platform = await world.connect(world.database.platformUrl)
    const look = async () => (await platform.query('select name from saved_queries')).rows
    await expect(look()).rejects.toMatchObject({ code: '42501' })
    await alter('grant select on saved_queries to PLATFORM')
    expect(await look()).toEqual([])
    await alter('create policy platform_access on saved_queries for select to PLATFORM using (true)')
    expect(JSON.stringify(await look())).toContain(canary)
    expect(await failing()).toContain('policies are canonical')
    await alter('drop policy platform_access on saved_queries; revoke select on saved_queries from PLATFORM')
    await expect(look()).rejects.toMatchObject({ code: '42501' })
  })

  test("tenant_id in a foreign key, a row can hang on the other's", async () => {
    const line = () => ({ ...world.table('test_order_lines').mine, id: randomUUID() })
    const hang = async () => {
      const { client } = await openAttacker(world)
      const order = world.table('test_orders').theirs.id
      await inside(
        client,
        'acme',
        () => client.query(insertInto('test_order_lines', { ...line(), order_id: order })),
        'rollback',
      )
    }
    await expect(hang()).rejects.toMatchObject({ code: '23503' })
    await alter(`alter table test_orders add constraint loose_key unique (id);
      alter table test_order_lines drop constraint test_order_lines_tenant_id_order_id_fkey,
        add constraint loose_reference foreign key (order_id) references test_orders (id)`)
    await hang()
    expect((await findLooseKeys(world.admin)).sort()).toEqual(['loose_key', 'loose_reference'])
    await alter(`alter table test_order_lines drop constraint loose_reference,
        add constraint test_order_lines_tenant_id_order_id_fkey
          foreign key (tenant_id, order_id) references test_orders (tenant_id, id) on delete cascade;
      alter table test_orders drop constraint loose_key`)
    await expect(hang()).rejects.toMatchObject({ code: '23503' })
  })

  test('tenant_id in a unique key, an insert tells what the other has', async () => {
    const ask = async () => {
      const { client } = await openAttacker(world)
      const guess = { ...world.table('test_orders').mine, id: randomUUID(), title: canary }
      await inside(client, 'acme', () => client.query(insertInto('test_orders', guess)), 'rollback')
    }
    await ask()
    await alter('create unique index loose_title on test_orders (title)')
    await expect(ask()).rejects.toMatchObject({ code: '23505' })
    expect(await findLooseKeys(world.admin)).toEqual(['loose_title'])
    await alter('drop index loose_title')
    await ask()
  })

  /** On a new connection, since a role's settings apply when it logs in. */
  async function outcome({ attack, as }: Plant): Promise<string | undefined> {
    const attacker = await openAttacker(world)
    const filled: Attack = {
      ...attack,
      statements: (table) =>
        attack.statements(table).map(({ text, values }) => ({ text: fillIn(text), values })),
    }
    const result = await attempt(
      attacker,
      as === 'none' ? undefined : 'acme',
      filled,
      world.table('saved_queries'),
    )
    await attacker.client.end()
    return result
  }

  function failing(): Promise<string[]> {
    const asks = (client: pg.Client) => async (sql: string, values: unknown[]) =>
      (await client.query(sql, values)).rows
    return withDirectClient(world.database.tenantUrl, (tenant) =>
      withDirectClient(world.database.platformUrl, async (platform) => {
        const checks = await checkDatabase({ tenant: asks(tenant), platform: asks(platform) })
        return checks.filter(({ ok }) => !ok).map(({ name }) => name)
      }),
    )
  }

  async function alter(sql: string): Promise<void> {
    await world.admin.query(fillIn(sql))
  }

  function fillIn(sql: string): string {
    const { tenantUrl, platformUrl, ownerUrl } = world.database
    const names: Record<string, string> = { ROLE: tenantUrl, PLATFORM: platformUrl, OWNER: ownerUrl }
    return sql.replaceAll(/\b(ROLE|PLATFORM|OWNER)\b/g, (word) => new pg.Client(names[word]).user ?? '')
  }
})
