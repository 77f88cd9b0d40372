import { afterAll, describe, expect, test } from 'vitest'
import { attacks } from './attacks.ts'
import { attempt, inside, openAttacker } from './attempt.ts'
import { openWorld } from './world.ts'

// A plan that is kept was made for somebody; it may serve nobody but the tenant of the moment.
const world = await openWorld()
const attacker = await openAttacker(world, true)
const { client } = attacker

afterAll(() => world.close())

describe.each(['force_generic_plan', 'auto', 'force_custom_plan'])('with plan_cache_mode = %s', (mode) => {
  test('the mode is really in force', async () => {
    await client.query(`set plan_cache_mode = ${mode}`)
    const { rows } = await client.query('show plan_cache_mode')
    expect(rows).toEqual([{ plan_cache_mode: mode }])
  })

  test.each(world.tables)(
    'a statement on $name that globex prepared gives acme only its own row',
    async (table) => {
      // From the sixth execution on, `auto` may take a generic plan.
      for (let round = 0; round < 8; round++) {
        for (const tenantId of ['globex', 'acme', 'globex', undefined]) {
          const { rows } = await inside(client, tenantId, () =>
            client.query({ name: `${mode}-${table.name}`, text: `select tenant_id from ${table.name}` }),
          )
          expect(rows).toEqual(tenantId ? [{ tenant_id: tenantId }] : [])
        }
      }
    },
  )

  test.each(world.tables)(
    'acme gets nowhere on $name with statements that globex prepared',
    async (table) => {
      const before = await world.fingerprint(table.name)
      for (const attack of attacks) {
        await attempt(attacker, 'globex', attack, table).catch(() => undefined)
        expect(await attempt(attacker, 'acme', attack, table)).toBeUndefined()
        expect(await attempt(attacker, undefined, attack, table)).toBeUndefined()
      }
      expect(await world.fingerprint(table.name)).toBe(before)
    },
  )
})

test('the statements were really kept, and kept plans really used', async () => {
  const { rows } = await client.query(
    'select count(*)::int as statements, sum(generic_plans)::int as generic from pg_prepared_statements',
  )
  expect(rows[0].statements).toBeGreaterThan(attacks.length)
  expect(rows[0].generic).toBeGreaterThan(attacks.length)
})
