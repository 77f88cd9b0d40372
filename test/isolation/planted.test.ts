import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { withDirectClient } from '../../src/db/direct-client.ts'
import { checkDatabase } from '../../src/db/doctor.ts'
import { isolating } from '../support/isolating.ts'
import type { Attack } from './attack.ts'
import { attacksOn, byName } from './attacks.ts'
import { attempt, inside, openAttacker, writeOwn } from './attempt.ts'
import { findOtherRelations, type OwnedTable } from './catalogue.ts'
import { callFunctions } from './functions.ts'
import { tryForeignKeys } from './keys.ts'
import { leakingFunctions, type Plant, plants } from './plants.ts'
import { makeTwin } from './twin.ts'
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
    expect(await failing()).toContain('policies-are-canonical')
    await alter(`create policy tenant_isolation on saved_queries ${isolating}`)
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
    expect(await failing()).toContain('row-security-is-forced')
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
    expect(await failing()).toContain('policies-are-canonical')
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
    const found = await tryForeignKeys(world, await openAttacker(world))
    expect(found.problems.join('\n')).toMatch(
      /^loose_reference tells: "1 rows"|^loose_reference tells: 1 rows/m,
    )
    expect(found.problems).toContain("loose_reference lets a row hang on the other's: it has no tenant_id")
    expect((await makeTwin(world)).problems.join()).toMatch(/^loose_key of test_orders tells/)
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
    expect((await makeTwin(world)).problems.join()).toMatch(/^loose_title of test_orders tells/)
    await alter('drop index loose_title')
    await ask()
  })

  test('row security, every attack wins', async () => {
    const attacks = attacksOn(world.version).filter(({ kind, isGlobal }) => kind !== 'command' && !isGlobal)
    const table = world.table('saved_queries')
    await alter('alter table saved_queries disable row level security')
    const attacker = await openAttacker(world)
    expect(await losing(attacks, table)).toEqual([])
    // With generic plans that globex had made, as well.
    const generic = await openAttacker(world, { prepares: true, plans: 'force_generic_plan' })
    expect(await attempt(generic, 'acme', byName('by its key'), table)).toBeDefined()
    await alter('alter table saved_queries enable row level security')
    expect(await attempt(attacker, 'acme', byName('by its key'), table)).toBeUndefined()
  })

  test('a role that owns nothing, every command is obeyed', async () => {
    const commands = attacksOn(world.version).filter(({ kind }) => kind === 'command')
    await alter('alter role ROLE superuser')
    const lost = await losing(commands, world.table('saved_queries'))
    await alter('alter role ROLE nosuperuser')
    expect(lost).toEqual([])
    expect(await losing(commands, world.table('saved_queries'))).toHaveLength(commands.length)
  })

  test('the policy with check, an insert on conflict tells that a row is there', async () => {
    const attack = byName('an insert on conflict do nothing')
    const table = world.table('saved_queries')
    const attacker = await openAttacker(world)
    expect(await attempt(attacker, 'acme', attack, table)).toBeUndefined()
    await alter('alter policy tenant_isolation on saved_queries using (true) with check (true)')
    expect(await attempt(attacker, 'acme', attack, table)).toBeDefined()
    await alter(`alter policy tenant_isolation on saved_queries ${isolating}`)
    expect(await attempt(attacker, 'acme', attack, table)).toBeUndefined()
  })

  test('a tenant that is looked up each time, a kept plan writes for whom it was made', async () => {
    const [insert, table] = [byName("an insert with the other's tenant_id"), world.table('saved_queries')]
    const look = async (plans: 'auto' | 'force_generic_plan') => {
      const attacker = await openAttacker(world, { prepares: true, plans })
      expect(await attempt(attacker, 'globex', insert, table)).toBeDefined()
      return attempt(attacker, 'acme', insert, table)
    }
    expect(await look('force_generic_plan')).toBeUndefined()
    await alter('alter function app.current_tenant() immutable')
    try {
      // A plan of the moment is made for the tenant of the moment, and hides the fault.
      expect(await look('auto')).toBeUndefined()
      expect(await look('force_generic_plan')).toBeDefined()
      expect(await failing()).toContain('the-tenant-is-told-by-one-function')
    } finally {
      await alter('alter function app.current_tenant() stable')
    }
    expect(await look('force_generic_plan')).toBeUndefined()
    expect(await failing()).toEqual([])
  })

  test('both locks of a partition, it is a door beside its table', async () => {
    const [partition] = world.partitions.filter(({ name }) => name === 'test_events_all')
    const attacker = await openAttacker(world)
    const look = () => attempt(attacker, 'acme', byName('by its key'), partition as OwnedTable)
    await alter('grant select on test_events_all to ROLE')
    expect(await look()).toBeUndefined()
    await alter('alter table test_events_all disable row level security')
    expect(await look()).toBeDefined()
    await alter('revoke select on test_events_all from ROLE')
    expect(await look()).toBeUndefined()
    await alter('alter table test_events_all enable row level security')
  })

  test.each(leakingFunctions)('the tenant in a function, it %s', async (_what, returns, body, problem) => {
    const call = async () => {
      return (await callFunctions(world, [await openAttacker(world)], [], /planted/)).problems.join('\n')
    }
    await alter(`create function app.planted(of_id uuid) returns ${returns} language sql security definer
      set search_path = public, pg_temp as $$ ${body} $$; grant execute on function app.planted(uuid) to ROLE`)
    expect(await call()).toMatch(problem)
    await alter('drop function app.planted(uuid)')
    expect(await call()).toBe('')
  })

  test('the tenant in a trigger, what acme writes changes rows of globex', async () => {
    const attacker = await openAttacker(world)
    const write = async () => {
      const before = await world.fingerprints()
      await writeOwn(attacker, world.table('saved_queries'))
      const after = await world.fingerprints()
      return Object.keys(after).filter((table) => after[table] !== before[table])
    }
    expect(await write()).toEqual([])
    await alter(`create function app.planted() returns trigger language plpgsql security definer
        as $$ begin update public.clients set notes = notes || '!'; return new; end $$;
      create trigger planted after update on saved_queries for each row execute function app.planted()`)
    expect(await write()).toEqual(['clients'])
    await alter('drop trigger planted on saved_queries; drop function app.planted()')
    expect(await write()).toEqual([])
  })

  test('the tenant in a cascade, what a twin deletes is gone for globex', async () => {
    await alter(`create function app.planted() returns trigger language plpgsql
        as $$ begin delete from public.test_order_lines where order_id = old.id; return old; end $$;
      create trigger planted before delete on test_orders for each row execute function app.planted()`)
    expect((await makeTwin(world)).problems.join('\n')).toMatch(
      /test_order_lines_.*fkey lets "delete from test_orders .*" change the other's test_order_lines/,
    )
    await alter('drop trigger planted on test_orders; drop function app.planted()')
    expect((await makeTwin(world)).problems).toEqual([])
  })

  test('a row to probe it with, a unique key is not said to be safe', async () => {
    await alter('create unique index unprobed on test_orders (tenant_id, title) where false')
    expect((await makeTwin(world)).problems.join()).toMatch(/^unprobed was not probed: .*rows\.ts/)
    await alter('drop index unprobed')
  })

  test('closed sequences and views, they are found', async () => {
    const { client } = await openAttacker(world)
    const open = async () => (await findOtherRelations(client)).filter(({ isReadable }) => isReadable)
    expect(await open()).toEqual([])
    await alter('create view all_queries as select 1; grant select on all_queries to ROLE')
    await alter('grant usage on sequence tenant_changes_id_seq to ROLE')
    expect((await open()).map(({ kind }) => kind).sort()).toEqual(['S', 'v'])
    await alter('drop view all_queries; revoke usage on sequence tenant_changes_id_seq from ROLE')
  })

  /** The attacks that win nothing. One that fails on a row which it should not see has seen it. */
  async function losing(attacks: Attack[], table: OwnedTable): Promise<string[]> {
    const attacker = await openAttacker(world)
    const lost: string[] = []
    for (const attack of attacks) {
      const how = await attempt(attacker, 'acme', attack, table).catch((error: Error) => error.message)
      if (how === undefined) lost.push(attack.name)
    }
    return lost
  }

  /** On a new connection of its own, since a role's settings apply when it logs in. */
  async function outcome({ attack, as }: Plant): Promise<string | undefined> {
    const { database } = world
    const attacker = await openAttacker({
      ...world,
      database: { ...database, tenantUrl: database.directTenantUrl },
    })
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
    return withDirectClient(world.database.directTenantUrl, (tenant) =>
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
