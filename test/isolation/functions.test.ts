import { afterAll, expect, test } from 'vitest'
import { openAttacker } from './attempt.ts'
import { addSessions, callFunctions } from './functions.ts'
import { openWorld } from './world.ts'

// Found in the catalogue, so a function of tomorrow is called as soon as the tenant role may.
const world = await openWorld()

afterAll(() => world.close())

test('no function tells of globex or changes its rows, with plans of the moment or generic ones', async () => {
  const attackers = [await openAttacker(world), await openAttacker(world, { plans: 'force_generic_plan' })]
  const { functions, calls, problems } = await callFunctions(world, attackers, [await addSessions(world)])
  expect(problems).toEqual([])
  expect(functions).toBeGreaterThan(10)
  process.stdout.write(`Called: ${functions} functions, ${calls} calls with what is the other's\n`)
}, 120_000)
