import { parseCrontab } from 'graphile-worker'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { expireOverdueCredits } from '../../src/features/credits/expire-credits.ts'
import { crontab, tasks } from '../../src/jobs/tasks.ts'
import { expectBooksRight, giveCredits } from '../support/credits.ts'
import { addMember } from '../support/members.ts'
import { type Member, type Platform, startPlatform } from '../support/platform.ts'

let platform: Platform
let member: Member
let companies = 0
beforeAll(async () => {
  platform = await startPlatform()
})
afterAll(() => platform.stop())
beforeEach(async () => {
  member = await platform.signUp(`Hoarder ${++companies}`)
})

const hour = 3_600_000
const inHours = (hours: number) => new Date(platform.clock.now().getTime() + hours * hour)
const give = (amount: number, hours: number | null, tenantId = member.tenantId) =>
  giveCredits(platform, tenantId, amount, { expiresAt: hours === null ? null : inHours(hours) })
const runJob = () => expireOverdueCredits(platform.context)
const books = () => expectBooksRight(platform, member.tenantId)

describe('the job', () => {
  test('is woken every five minutes', () => {
    expect(tasks['expire-credits']).toBe(expireOverdueCredits)
    const item = parseCrontab(crontab).find(({ task }) => task === 'expire-credits')
    const isWoken = (min: number) => item?.match({ min, hour: 3, date: 29, month: 2, dow: 4 })
    const minutes = Array.from({ length: 60 }, (_each, min) => min).filter(isWoken)
    expect(minutes).toEqual([0, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55])
  })

  test('writes off what is overdue and leaves the rest', async () => {
    await give(1, null)
    const overdue = await give(10, 1)
    await give(100, 2)
    platform.clock.advance(hour)
    await runJob()
    const { balance, lots, moved } = await books()
    expect([balance, moved.expiry]).toEqual([101, { operations: 1, credits: 10 }])
    expect(lots.map(({ remaining }) => remaining)).toEqual([0, 100, 1])
    const [entry] = await platform.sql(
      `select o.kind, o.reason, o.actor_kind, e.lot_id, e.amount::int, e.created_at
        from credit_entries e join credit_operations o on o.tenant_id = e.tenant_id and o.id = e.operation_id
        where e.tenant_id = $1 and o.kind = 'expiry'`,
      [member.tenantId],
      member.tenantId,
    )
    expect(entry).toEqual({
      kind: 'expiry',
      reason: null,
      actor_kind: 'system',
      lot_id: overdue,
      amount: -10,
      created_at: platform.clock.now(),
    })
  })

  test('does nothing a millisecond too early', async () => {
    await give(10, 1)
    platform.clock.advance(hour - 1)
    await runJob()
    expect((await books()).moved.expiry).toBeUndefined()
    platform.clock.advance(1)
    await runJob()
    expect((await books()).balance).toBe(0)
  })

  test('writes off the oldest first, as one operation', async () => {
    const expected = [await give(1, 3), await give(2, 1), await give(4, 2)]
    platform.clock.advance(3 * hour)
    await runJob()
    const rows = await platform.sql(
      `select e.lot_id from credit_entries e join credit_operations o on o.tenant_id = e.tenant_id
        and o.id = e.operation_id where e.tenant_id = $1 and o.kind = 'expiry' order by e.ctid`,
      [member.tenantId],
      member.tenantId,
    )
    const [third, first, second] = expected
    expect(rows.map(({ lot_id }) => lot_id)).toEqual([first, second, third])
    expect((await books()).moved.expiry).toEqual({ operations: 1, credits: 7 })
  })

  test('writes off only what has not been spent', async () => {
    await give(10, 1)
    await member.post('/v1/credits/debits', { amount: 10, reason: 'in time', idempotency_key: 'in time' })
    platform.clock.advance(hour)
    await runJob()
    expect((await books()).moved.expiry).toBeUndefined()
  })

  test('run again, or many times at once, writes off nothing twice', async () => {
    await give(10, 1)
    platform.clock.advance(hour)
    await Promise.all(Array.from({ length: 8 }, runJob))
    await runJob()
    expect((await books()).moved.expiry).toEqual({ operations: 1, credits: 10 })
  })

  test('makes up for the days on which it did not run, in every tenant', async () => {
    const others = [
      member,
      await platform.signUp(`Hoarder ${++companies}`),
      await platform.signUp(`Hoarder ${++companies}`),
    ]
    for (const { tenantId } of others) {
      await give(5, 1, tenantId)
      await give(6, 48, tenantId)
      await give(7, 2400, tenantId)
    }
    platform.clock.advance(100 * hour)
    await runJob()
    for (const { tenantId } of others) {
      const { balance, moved } = await expectBooksRight(platform, tenantId)
      expect([balance, moved.expiry]).toEqual([7, { operations: 1, credits: 11 }])
    }
  })

  test('that fails for one tenant goes on with the others, and says so', async () => {
    const other = await platform.signUp(`Hoarder ${++companies}`)
    await give(5, 1)
    await give(5, 1, other.tenantId)
    await platform.sql(
      `alter table credit_entries add constraint planted check (amount > 0 or tenant_id <> '${member.tenantId}') not valid`,
    )
    platform.clock.advance(hour)
    try {
      await expect(runJob()).rejects.toThrow('failed for 1 tenants')
    } finally {
      await platform.sql('alter table credit_entries drop constraint planted')
    }
    expect((await books()).balance).toBe(5)
    expect((await expectBooksRight(platform, other.tenantId)).balance).toBe(0)
    await runJob()
    expect((await books()).balance).toBe(0)
  })

  test('and debits at once leave the books right', async () => {
    await give(40, 1)
    await give(30, null)
    platform.clock.advance(hour)
    const here = await addMember(platform, member.tenantId, 'member')
    const debits = Array.from({ length: 40 }, (_each, index) =>
      here.post('/v1/credits/debits', { amount: 1, reason: 'x', idempotency_key: `at once ${index}` }),
    )
    const [answers] = await Promise.all([Promise.all(debits), runJob(), runJob()])
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(30)
    const { balance, moved } = await books()
    expect([balance, moved.expiry]).toEqual([0, { operations: 1, credits: 40 }])
  })
})
