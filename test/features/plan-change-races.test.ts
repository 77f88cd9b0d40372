import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { countedLimits } from '../../src/features/plans/plans.ts'
import { auditOf, setUsage, signInOperator } from '../support/operators.ts'
import { type Answer, type Member, type Platform, startPlatform } from '../support/platform.ts'
import { whileLocked } from '../support/sessions.ts'

let platform: Platform
let operator: Awaited<ReturnType<typeof signInOperator>>
let acme: Member
beforeAll(async () => {
  platform = await startPlatform()
  operator = await signInOperator(platform)
  acme = platform.acme
})
afterAll(() => platform.stop())
beforeEach(async () => {
  await platform.forceTenant(
    'acme',
    `plan = 'PROFESSIONAL', limit_overrides = '{}', module_overrides = '{}', status = 'ACTIVE', trial_ends_at = null`,
  )
})

const path = '/v1/admin/tenants/acme'
const change = (body: object) => operator.patch(path, body)
const usedSeats = async () => (await operator.get(path)).body.limits.users

describe('a downgrade and whoever takes the sixth seat', () => {
  let guests = 0
  const invite = () => acme.post('/v1/invitations', { email: `guest-${++guests}@x.example`, role: 'member' })
  const downgrade = () => change({ plan: 'starter' })
  const undo = async (invited: Answer) => {
    expect((await change({ plan: 'professional' })).status).toBe(200)
    if (invited.status === 201) await acme.delete(`/v1/invitations/${invited.body.id}`)
  }
  beforeEach(async () => {
    // The owner is one of the five.
    while ((await usedSeats()).used < 5) expect((await invite()).status).toBe(201)
  })

  test('are never both done, in 50 races', { timeout: 60_000 }, async () => {
    const winners = { downgrade: 0, invitation: 0 }
    for (let round = 0; round < 50; round++) {
      const requests = round % 2 === 0 ? [downgrade, invite] : [invite, downgrade]
      const answers = await Promise.all(requests.map((request) => request()))
      const [changed, invited] = (round % 2 === 0 ? answers : answers.toReversed()) as [Answer, Answer]
      const { used, limit } = await usedSeats()
      expect(used).toBeLessThanOrEqual(limit)
      if (changed.status === 200) {
        winners.downgrade++
        expect([invited.status, invited.body.code]).toEqual([403, 'limit_reached'])
        expect([used, limit]).toEqual([5, 5])
      } else {
        winners.invitation++
        expect([changed.status, invited.status]).toEqual([409, 201])
        expect(changed.body.over).toEqual([{ limit: 'users', used: 6, allowed: 5 }])
        expect([used, limit]).toEqual([6, 25])
      }
      await undo(invited)
    }
    expect(winners.downgrade + winners.invitation).toBe(50)
  })

  // Who waits for it is served in turn.
  const lockSeats = `set local app.tenant_id = 'acme';
    select from limit_counters where tenant_id = 'acme' and limit_name = 'users' for update`

  test('who comes first wins: the downgrade', async () => {
    const [changed, invited] = (await whileLocked(platform, lockSeats, [downgrade, invite])) as [
      Answer,
      Answer,
    ]
    expect([changed.status, invited.status, invited.body.code]).toEqual([200, 403, 'limit_reached'])
    await undo(invited)
  })

  test('who comes first wins: the invitation', async () => {
    const [invited, changed] = (await whileLocked(platform, lockSeats, [invite, downgrade])) as [
      Answer,
      Answer,
    ]
    expect([invited.status, changed.status, changed.body.code]).toEqual([201, 409, 'usage_over_limits'])
    await undo(invited)
  })
})

test('two changes at once are both kept, and neither over the other', { timeout: 60_000 }, async () => {
  for (let round = 0; round < 25; round++) {
    await platform.forceTenant('acme', `limit_overrides = '{}', module_overrides = '{}'`)
    const answers = await Promise.all([
      change({ limits: { users: 10 } }),
      change({ limits: { sites: null } }),
      change({ modules: { ai: true } }),
      change({ modules: { crm: false }, limits: { workflows: 30 } }),
    ])
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200])
    expect((await operator.get(path)).body).toMatchObject({
      limit_overrides: { users: 10, sites: null, workflows: 30 },
      module_overrides: { ai: true, crm: false },
    })
  }
})

test('a change of plan and one of status at once are both done', { timeout: 60_000 }, async () => {
  const before = (await auditOf(platform, 'acme')).length
  for (let round = 0; round < 25; round++) {
    const plan = round % 2 === 0 ? 'business' : 'professional'
    const isSuspended = round % 2 === 1
    const answers = await Promise.all([
      change({ plan }),
      operator.post(`${path}/${isSuspended ? 'reactivate' : 'suspend'}`, { reason: 'a race' }),
    ])
    expect(answers.map(({ status }) => status)).toEqual([200, 200])
    const { body } = await operator.get(path)
    expect([body.plan, body.status]).toEqual([plan.toUpperCase(), isSuspended ? 'ACTIVE' : 'SUSPENDED'])
  }
  expect((await auditOf(platform, 'acme')).length - before).toBe(50)
})

test('a plan that is changed while tenants move to it takes none in that it has no room for', async () => {
  await setUsage(platform, 'acme', { users: 5 })
  // Who moves waits for the plan; and the plan's change, behind it, for who moves.
  const lockPlan = `select from plans where plan = 'STARTER' for update`
  const toStarter = () => change({ plan: 'starter' })
  const makeSmaller = () => operator.patch('/v1/admin/plans/starter', { limits: { users: 4 } })
  const [moved, changed] = (await whileLocked(platform, lockPlan, [toStarter, makeSmaller])) as [
    Answer,
    Answer,
  ]
  expect([moved.status, changed.status]).toEqual([200, 409])
  expect(changed.body.over).toEqual([{ tenant_id: 'acme', over: [{ limit: 'users', used: 5, allowed: 4 }] }])
  await change({ plan: 'professional' })
  const [smaller, refused] = (await whileLocked(platform, lockPlan, [makeSmaller, toStarter])) as [
    Answer,
    Answer,
  ]
  expect([smaller.status, refused.status]).toEqual([200, 409])
  expect(refused.body.over).toEqual([{ limit: 'users', used: 5, allowed: 4 }])
})

const amount = fc.oneof(fc.nat(12), fc.constant(null))
const amounts = fc.record(Object.fromEntries(countedLimits.map((name) => [name, amount])))
const usage = fc.record(Object.fromEntries(countedLimits.map((name) => [name, fc.nat(12)])))
const few = { requiredKeys: [] as string[] }
const someAmounts = fc.record(Object.fromEntries(countedLimits.map((name) => [name, amount])), few)

test('whatever is used and whatever is changed, the list of what is over is exact', {
  timeout: 60_000,
}, async () => {
  let refused = 0
  await fc.assert(
    fc.asyncProperty(usage, amounts, someAmounts, async (used, before, after) => {
      await platform.forceTenant('acme', `limit_overrides = '${JSON.stringify(before)}'`)
      await setUsage(platform, 'acme', used as Record<string, number>)
      const number = (allowed: unknown) => (allowed === null ? Number.POSITIVE_INFINITY : Number(allowed))
      const over = Object.entries(after)
        .map(([limit, allowed]) => ({ limit, used: number(used[limit]), allowed }))
        .filter(({ limit, used, allowed }) => {
          return number(allowed) < number(before[limit]) && used > number(allowed)
        })
        .sort((one, other) => (one.limit < other.limit ? -1 : 1))
      const answer = await change({ limits: after })
      if (over.length > 0) {
        refused++
        expect([answer.status, answer.body.over]).toEqual([409, over])
      } else {
        expect(answer.status, JSON.stringify(answer.body)).toBe(200)
        expect(answer.body.limit_overrides).toEqual({ ...before, ...after })
      }
    }),
    { numRuns: 100 },
  )
  expect(refused).toBeGreaterThan(10)
  expect(refused).toBeLessThan(95)
})
