import { afterAll, describe, expect, test } from 'vitest'
import { attacksOn } from './attacks.ts'
import { attacking, attempt, attemptAll, openAttacker } from './attempt.ts'
import { openWorld } from './world.ts'

// A plan that is kept was made for somebody; it may serve nobody but the tenant of the moment.
const world = await openWorld()
// Commands have no plan, and COPY keeps none.
const attacks = attacksOn(world.version).filter(
  ({ name, kind, isGlobal }) => kind !== 'command' && !isGlobal && !/^(by )?copying/.test(name),
)
const attacked = [...world.tables, ...world.partitions]
const generic = await openAttacker(world, { prepares: true, plans: 'force_generic_plan' })
let attempts = 0
let fingerprints = await world.fingerprints()

afterAll(async () => {
  await world.close()
  process.stdout.write(
    `Attacked with generic plans that globex had made: ${attacked.length} tables, ${attempts} attempts, ` +
      `${generic.sent} statements\n`,
  )
})

test.each(attacked)('$name: acme gets nowhere with any statement that globex prepared', async (table) => {
  // Where globex changes a row of its own it wins, and is taken back.
  for (const attack of attacks) await attempt(generic, 'globex', attack, table).catch(() => undefined)
  attempts += attacks.length
  expect(await attemptAll(generic, 'acme', attacks, table)).toEqual([])
  const before = fingerprints
  fingerprints = await world.fingerprints()
  expect(fingerprints).toEqual(before)
})

describe.each(['auto', 'force_generic_plan'] as const)('with plan_cache_mode = %s', (plans) => {
  test('a statement that each runs in turn gives each only its own row', async () => {
    const attacker = await openAttacker(world, { prepares: true, plans })
    const shown = await attacking(attacker, 'acme', () => attacker.client.query('show plan_cache_mode'))
    expect(shown.rows).toEqual([{ plan_cache_mode: plans }])
    for (const { name } of world.tables) {
      // From the sixth execution on, `auto` may take a generic plan.
      for (const tenantId of ['globex', 'acme', 'globex', undefined, 'acme', 'globex', 'acme', undefined]) {
        const { rows } = await attacking(attacker, tenantId, () =>
          attacker.client.query({ name, text: `select tenant_id from ${name}` }),
        )
        expect(rows).toEqual(tenantId ? [{ tenant_id: tenantId }] : [])
      }
    }
  })
})

test('the statements were really kept, and kept plans really used', async () => {
  const { rows } = await generic.client.query(
    `select count(*)::int as statements, count(*) filter (where generic_plans > 0)::int as generic
      from pg_prepared_statements`,
  )
  const kept = attacks.filter(({ kind }) => kind === 'read').length * world.tables.length
  expect(rows[0].statements).toBeGreaterThan(kept)
  expect(rows[0].generic).toBeGreaterThan(kept / 2)
})
