import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { TenantId } from '../../src/db/tenant-id.ts'
import { sealAudit } from '../../src/features/audit/seal-audit.ts'
import { verifyAudit } from '../../src/features/audit/verify-audit.ts'
import { tasks } from '../../src/jobs/tasks.ts'
import { plants } from '../support/model/plants.ts'
import { play, sequences, type Theatre } from '../support/model/run.ts'
import { type Platform, startPlatform } from '../support/platform.ts'
import { startAnother } from '../support/sessions.ts'

// Two tenants, the people and programs in them, and an operator do whatever comes to their minds, on two servers of one
// database. What the platform answers is what a small model of it says (test/support/model), step by step; at the end of
// each sequence all that both tenants see is compared. What differs is shrunk to the shortest sequence that shows it.
// MODEL_STEPS is about how many steps there are, and MODEL_SEED asks for others; 50,000 steps take some minutes.
const steps = Number(process.env.MODEL_STEPS ?? 2000)
const seed = Number(process.env.MODEL_SEED ?? 20_260_302)
const longest = 320
const key = 'the-key-of-a-machine-that-operates'

let platform: Platform
let another: Awaited<ReturnType<typeof startAnother>>
let theatre: Theatre

beforeAll(async () => {
  platform = await startPlatform({ SUPER_ADMIN_KEY: key })
  another = await startAnother(platform)
  theatre = {
    platform,
    urls: [platform.url, another.url],
    operator: { kind: 'operator', id: 'SUPER_ADMIN_KEY', key },
    onStep: countIn(taken),
    onAnswer: countIn(answered),
  }
})
afterAll(async () => {
  await another.stop()
  await platform.stop()
})

const taken = new Map<string, number>()
const answered = new Map<string, number>()
const countIn = (counts: Map<string, number>) => (name: string) =>
  void counts.set(name, (counts.get(name) ?? 0) + 1)
const sumOf = (counts: Map<string, number>) => [...counts.values()].reduce((sum, count) => sum + count, 0)

let isTold = false
/** What is shown in the end is the shortest of many: what there was at first may have been something else. */
function tellFirst(error: Error): never {
  if (!isTold) process.stdout.write(`At first ${error.message}\n`)
  isTold = true
  throw error
}

test(`two tenants and an operator see what the model says (MODEL_SEED=${seed})`, {
  timeout: 3_600_000,
}, async () => {
  const numRuns = Math.ceil(steps / (longest / 2))
  await fc.assert(
    fc.asyncProperty(sequences(longest), (sequence) => play(theatre, sequence).catch(tellFirst)),
    { seed, numRuns, interruptAfterTimeLimit: 240_000 + steps * 30, markInterruptAsFailure: true },
  )
  const codes = [...answered].sort().map(([answer, count]) => `${answer} ${count}`)
  process.stdout.write(
    `Model: ${sumOf(taken)} steps in ${numRuns} sequences, ${sumOf(answered)} requests: ${codes.join(', ')}\n`,
  )
  expect(taken.size).toBeGreaterThan(20)
})

test('afterwards no counter of seats is off, and every audit trail stands as it was sealed', async () => {
  const { context, sql } = platform
  await tasks['recount-seats'](context, {}, { tenantId: null, messageId: '' })
  expect((await context.metrics.seatCountersOff.get()).values[0]?.value).toBe(0)
  await sealAudit(context)
  const tenants = await sql("select tenant_id from tenants where tenant_id ~ '^(heron|otter)-' limit 6")
  for (const { tenant_id } of tenants) {
    const { fault, seals } = await verifyAudit(context, tenant_id as TenantId)
    expect({ fault, isSealed: seals > 0 }).toEqual({ fault: null, isSealed: true })
  }
})

test.each(plants)('it would be noticed if $mistake', { timeout: 300_000 }, async ({ plant, mend }) => {
  await platform.sql(plant)
  try {
    const property = fc.asyncProperty(sequences(longest), (sequence) => play(theatre, sequence))
    const { failed, errorInstance, numRuns } = await fc.check(property, {
      seed,
      numRuns: 20,
      endOnFailure: true,
    })
    expect(failed).toBe(true)
    const { message } = errorInstance as Error
    process.stdout.write(`Planted: ${message.split('\n')[0]?.slice(0, 120)} (sequence ${numRuns})\n`)
  } finally {
    await platform.sql(mend)
  }
})
