import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { TenantId } from '../../src/db/tenant-id.ts'
import { debitCredits } from '../../src/features/credits/credits.ts'
import { expectBooksRight, giveCredits } from '../support/credits.ts'
import { type Answer, type Member, type Platform, startPlatform } from '../support/platform.ts'
import { at, startAnother } from '../support/sessions.ts'
import { addSignedInAdmin } from '../support/super-admins.ts'

let platform: Platform
let another: Awaited<ReturnType<typeof startAnother>>
beforeAll(async () => {
  platform = await startPlatform()
  another = await startAnother(platform)
})
afterAll(async () => {
  await another.stop()
  await platform.stop()
})

let companies = 0
async function companyWith(credits: number, expiresAt: Date | null = null): Promise<Member> {
  const member = await platform.signUp(`Racer ${++companies}`)
  await giveCredits(platform, member.tenantId, credits, { expiresAt })
  return member
}

const spend = (member: Member, amount: number, idempotency_key: string) =>
  member.post('/v1/credits/debits', { amount, reason: 'a race', idempotency_key })

/** How often each status came, or each code. */
function tally(answers: Answer[]): Record<string, number> {
  const outcomes = Map.groupBy(answers, ({ status, body }) => body.code ?? status)
  return Object.fromEntries([...outcomes].map(([outcome, { length }]) => [outcome, length]))
}

const inParallel = <T>(count: number, work: (index: number) => Promise<T>) =>
  Promise.all(Array.from({ length: count }, (_each, index) => work(index)))

describe('of 200 debits at once, through two servers,', () => {
  test('exactly as many win as the balance pays for', async () => {
    const member = await companyWith(370)
    const both = [member, at(another, member)] as const
    const answers = await inParallel(200, (index) =>
      spend(both[index % 2] as Member, 10, `parallel ${index}`),
    )
    expect(tally(answers)).toEqual({ 201: 37, insufficient_credits: 163 })
    const { balance, moved } = await expectBooksRight(platform, member.tenantId)
    expect([balance, moved.debit]).toEqual([0, { operations: 37, credits: 370 }])
    const balances = answers.filter(({ status }) => status === 201).map(({ body }) => body.balance)
    expect(balances.sort((one, other) => one - other)).toEqual(
      Array.from({ length: 37 }, (_each, index) => index * 10),
    )
  })

  test('that differ in size and find several lots, none takes what is not there', async () => {
    const member = await companyWith(50)
    for (let count = 0; count < 9; count++) await giveCredits(platform, member.tenantId, 50)
    const both = [member, at(another, member)] as const
    const answers = await inParallel(200, (index) =>
      spend(both[index % 2] as Member, 1 + (index % 13), `sizes ${index}`),
    )
    const won = answers.filter(({ status }) => status === 201)
    const spent = won.reduce((sum, { body }) => sum + body.amount, 0)
    expect(Object.keys(tally(answers)).sort()).toEqual(['201', 'insufficient_credits'])
    const { balance, moved } = await expectBooksRight(platform, member.tenantId)
    expect([balance, moved.debit]).toEqual([500 - spent, { operations: won.length, credits: spent }])
    // Whoever was refused was so for a reason: one that asks for less than is left comes through.
    const refused = answers.filter(({ status }) => status === 402)
    for (const { body } of refused) expect(body.needed).toBeGreaterThan(body.balance)
  })

  test('with one key one takes effect, and all get the same answer', async () => {
    const member = await companyWith(100)
    const both = [member, at(another, member)] as const
    const answers = await inParallel(200, (index) => spend(both[index % 2] as Member, 7, 'one key'))
    expect(tally(answers)).toEqual({ 201: 200 })
    expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1)
    const { balance, moved } = await expectBooksRight(platform, member.tenantId)
    expect([balance, moved.debit]).toEqual([93, { operations: 1, credits: 7 }])
  })

  test('with one key and two amounts, those of one amount win', async () => {
    const member = await companyWith(100)
    const answers = await inParallel(200, (index) => spend(member, 1 + (index % 2), 'two amounts'))
    expect(tally(answers)).toEqual({ 201: 100, idempotency_key_reused: 100 })
    expect((await expectBooksRight(platform, member.tenantId)).moved.debit?.operations).toBe(1)
  })
})

test('grants, debits, refunds and expiry at once leave the books right', async () => {
  const soon = new Date(platform.clock.now().getTime() + 1000)
  const member = await companyWith(100, soon)
  const admin = await addSignedInAdmin(platform)
  const path = `/v1/admin/tenants/${member.tenantId}/credits`
  const { body: debit } = await spend(member, 60, 'before')
  platform.clock.advance(1000)
  const act = (index: number): Promise<Answer> => {
    const common = { reason: 'a race', idempotency_key: `mixed ${index}` }
    if (index % 4 === 0) return admin.post(path, { kind: 'grant', amount: 5, ...common })
    if (index % 4 === 1)
      return admin.post(path, { kind: 'refund', amount: 3, debit_id: debit.operation_id, ...common })
    return spend(member, 2, `mixed ${index}`)
  }
  const answers = await inParallel(120, act)
  // 60 were taken and 3 come back at a time; all of it has expired, so it is gone again at once.
  const refunds = answers.filter((_answer, index) => index % 4 === 1)
  expect(tally(refunds)).toEqual({ 201: 20, invalid_request: 10 })
  const { balance, moved } = await expectBooksRight(platform, member.tenantId)
  expect(moved.expiry?.credits).toBe(40 + 60)
  expect(moved.grant).toEqual({ operations: 31, credits: 250 })
  expect(balance).toBe(150 - ((moved.debit?.credits ?? 0) - 60))
})

test('the first credits of a tenant may come from many sides at once', async () => {
  const member = await platform.signUp(`Racer ${++companies}`)
  await inParallel(20, () => giveCredits(platform, member.tenantId, 1))
  const { balance, moved } = await expectBooksRight(platform, member.tenantId)
  expect([balance, moved.grant]).toEqual([20, { operations: 20, credits: 20 }])
})

describe('a connection that is killed', () => {
  const change = (idempotencyKey: string) => ({
    amount: 4,
    reason: 'work',
    idempotencyKey,
    actor: { kind: 'user', id: 'test' } as const,
    now: platform.clock.now(),
  })
  const kill = (where: string) =>
    platform.sql(
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database()
        and pid <> pg_backend_pid() and ${where}`,
    )

  test('between a debit and its commit has spent nothing, and the same key can be sent again', async () => {
    const member = await companyWith(10)
    const tenantId = member.tenantId as TenantId
    const { db } = platform.context
    const killed = db.withTenant(tenantId, async (tx) => {
      expect((await debitCredits(tx, change('killed'))).balance).toBe(6)
      await kill(`state = 'idle in transaction' and query like '%debit_credits%'`)
    })
    await expect(killed).rejects.toMatchObject({ status: 503 })
    expect((await expectBooksRight(platform, member.tenantId)).moved.debit).toBeUndefined()
    const again = await db.withTenant(tenantId, (tx) => debitCredits(tx, change('killed')))
    expect(again).toMatchObject({ balance: 6, isRepeat: false })
    expect((await expectBooksRight(platform, member.tenantId)).balance).toBe(6)
  })

  test('while it waits for its turn has spent nothing, and whoever was before it has', async () => {
    const member = await companyWith(10)
    const tenantId = member.tenantId as TenantId
    const { db } = platform.context
    let letGo = () => {}
    const held = new Promise<void>((resolve) => {
      letGo = resolve
    })
    let isFirst = () => {}
    const firstIsThere = new Promise<void>((resolve) => {
      isFirst = resolve
    })
    const first = db.withTenant(tenantId, async (tx) => {
      await debitCredits(tx, change('first'))
      isFirst()
      await held
    })
    await firstIsThere
    const second = spend(member, 5, 'second')
    await vi.waitFor(async () => expect(await kill(`wait_event_type = 'Lock'`)).toHaveLength(1), {
      timeout: 10_000,
      interval: 20,
    })
    expect((await second).status).toBe(503)
    letGo()
    await first
    const { balance, moved } = await expectBooksRight(platform, member.tenantId)
    expect([balance, moved.debit]).toEqual([6, { operations: 1, credits: 4 }])
    expect((await spend(member, 5, 'second')).body.balance).toBe(1)
  })
})

describe('a statement of the tenant role', () => {
  const now = `'2026-03-02T10:00:00Z'`
  const operation = `(id, kind, amount, balance, reason, idempotency_key, actor_kind, actor_id, created_at, updated_at)
    values (gen_random_uuid(), 'grant', 1, 1, 'x', 'x', 'operator', 'x', ${now}, ${now})`
  test.each([
    ['adds to the balance', `update credit_accounts set balance = balance + 1`],
    ['fills a lot', `update credit_lots set remaining = amount`],
    ['makes a lot last', `update credit_lots set expires_at = null`],
    ['forgets a debit', `delete from credit_entries`],
    ['changes a debit', `update credit_entries set amount = -1`],
    ['changes an operation', `update credit_operations set amount = 1`],
    ['makes an operation', `insert into credit_operations ${operation}`],
    ['makes an entry', `insert into credit_entries select gen_random_uuid() as id from credit_entries`],
    ['grants', `select app.grant_credits(gen_random_uuid(), 1, 'x', 'x', 'operator', 'x', ${now}, null)`],
    [
      'refunds',
      `select app.refund_credits(gen_random_uuid(), 1, 'x', 'x', 'operator', 'x', ${now}, gen_random_uuid())`,
    ],
    ['lets credits expire', `select app.expire_credits(${now})`],
    [
      'calls what the functions share',
      `select app.change_credits('grant', gen_random_uuid(), 1, 'x', 'x', 'operator', 'x', ${now}, null, null)`,
    ],
    [
      'moves credits',
      `select app.move_credits(gen_random_uuid(), (select id from credit_lots limit 1), 1, ${now})`,
    ],
    ['expires lots', `select app.expire_lots(0, ${now})`],
    [
      'spends in the name of an operator, or with a key that one may need',
      `select app.debit_credits(gen_random_uuid(), 1, 'x', 'grant-2026-04', 'operator', 'x', ${now})`,
    ],
    ['holds the account', `select app.lock_credits(${now})`],
  ])('never %s', async (_what, statement) => {
    const { tenantId } = await companyWith(10)
    const trying = platform.context.db.withTenant(tenantId as TenantId, (tx) =>
      sql.raw(statement).execute(tx),
    )
    await expect(trying).rejects.toMatchObject({ code: '42501' })
    expect((await expectBooksRight(platform, tenantId)).balance).toBe(10)
  })

  test('spends a negative amount or none as little as HTTP does', async () => {
    const { tenantId } = await companyWith(10)
    for (const amount of [-5, 0, 1_000_000_001]) {
      const change = { amount, reason: 'x', idempotencyKey: 'x', actor: { kind: 'user', id: 'x' } as const }
      const trying = platform.context.db.withTenant(tenantId as TenantId, (tx) =>
        debitCredits(tx, { ...change, now: platform.clock.now() }),
      )
      await expect(trying).rejects.toMatchObject({ code: expect.stringMatching(/^(23514|TN003)$/) })
    }
    expect((await expectBooksRight(platform, tenantId)).balance).toBe(10)
  })
})
