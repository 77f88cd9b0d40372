import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { debitCredits, mostCredits } from '../../src/features/credits/credits.ts'
import { expectBooksRight, giveCredits } from '../support/credits.ts'
import { addMember } from '../support/members.ts'
import { type Member, type Platform, startPlatform } from '../support/platform.ts'

let platform: Platform
beforeAll(async () => {
  platform = await startPlatform()
})
afterAll(() => platform.stop())

const day = 86_400_000
const inDays = (days: number) => new Date(platform.clock.now().getTime() + days * day)

let companies = 0
/** A company of its own, with credits that never expire. */
async function companyWith(credits: number): Promise<Member> {
  const member = await platform.signUp(`Spender ${++companies}`)
  if (credits > 0) await giveCredits(platform, member.tenantId, credits)
  return member
}

let keys = 0
const spend = (member: Member, amount: unknown, more: object = {}) =>
  member.post('/v1/credits/debits', {
    amount,
    reason: 'a translation',
    idempotency_key: `key ${++keys}`,
    ...more,
  })
const balanceOf = async (member: Member) => (await member.get('/v1/credits')).body.balance

describe('what a tenant has', () => {
  test('is nothing at first, and nothing can be spent', async () => {
    const member = await companyWith(0)
    const { status, body } = await member.get('/v1/credits')
    expect([status, body]).toEqual([200, { balance: 0, lots: [] }])
    const { body: refusal } = await spend(member, 1)
    expect(refusal).toMatchObject({ code: 'insufficient_credits', balance: 0, needed: 1 })
    expect((await member.get('/v1/credits/entries')).body).toEqual({ data: [], next_cursor: null })
  })

  test('is shown with its lots in the order in which they are spent', async () => {
    const member = await companyWith(0)
    const give = (amount: number, expiresAt: Date | null) =>
      giveCredits(platform, member.tenantId, amount, { expiresAt })
    const forGood = await give(1, null)
    const later = await give(20, inDays(30))
    const sooner = await give(300, inDays(3))
    const { body } = await member.get('/v1/credits')
    expect(body).toEqual({
      balance: 321,
      lots: [
        { id: sooner, remaining: 300, expires_at: inDays(3).toISOString() },
        { id: later, remaining: 20, expires_at: inDays(30).toISOString() },
        { id: forGood, remaining: 1, expires_at: null },
      ],
    })
  })

  test('counts in full where it is made of more lots than are shown', async () => {
    const member = await companyWith(0)
    for (let count = 0; count < 102; count++) await giveCredits(platform, member.tenantId, 2)
    const { body } = await member.get('/v1/credits')
    expect([body.balance, body.lots.length]).toEqual([204, 100])
  })

  test('is no longer what has expired, whether the job has seen it yet or not', async () => {
    const member = await companyWith(5)
    await giveCredits(platform, member.tenantId, 10, { expiresAt: inDays(1) })
    expect(await balanceOf(member)).toBe(15)
    platform.clock.advance(day - 1)
    const here = await signedInAgain(member)
    expect(await balanceOf(here)).toBe(15)
    platform.clock.advance(1)
    expect(await balanceOf(here)).toBe(5)
    expect((await expectBooksRight(platform, member.tenantId)).balance).toBe(15)
    const { status, body } = await spend(here, 6)
    expect([status, body.balance, body.needed]).toEqual([402, 5, 6])
  })
})

/** Tokens last a quarter of an hour. */
const signedInAgain = ({ tenantId }: Member) => addMember(platform, tenantId, 'member')

describe('a debit', () => {
  test('takes from what expires first, and says what is left', async () => {
    const member = await companyWith(100)
    const later = await giveCredits(platform, member.tenantId, 10, { expiresAt: inDays(9) })
    const sooner = await giveCredits(platform, member.tenantId, 10, { expiresAt: inDays(8) })
    const { status, body } = await spend(member, 12)
    expect([status, body]).toEqual([201, { operation_id: expect.any(String), amount: 12, balance: 108 }])
    const { lots, moved } = await expectBooksRight(platform, member.tenantId)
    expect(lots.map(({ id, remaining }) => [id, remaining])).toEqual([
      [sooner, 0],
      [later, 8],
      [expect.any(String), 100],
    ])
    expect(moved.debit).toEqual({ operations: 1, credits: 12 })
  })

  test('can take everything, and not one more', async () => {
    const member = await companyWith(7)
    expect((await spend(member, 8)).status).toBe(402)
    expect((await spend(member, 7)).body.balance).toBe(0)
    expect((await spend(member, 1)).body).toMatchObject({ balance: 0, needed: 1 })
    expect((await expectBooksRight(platform, member.tenantId)).balance).toBe(0)
  })

  test('that is too large is refused in English and in French, with the numbers', async () => {
    const member = await companyWith(3)
    const body = { amount: 4, reason: 'x', idempotency_key: 'too large' }
    const english = await member.post('/v1/credits/debits', body)
    const french = await member.post('/v1/credits/debits', body, { 'Accept-Language': 'fr' })
    for (const { status, headers, body } of [english, french]) {
      expect([status, body.code, body.balance, body.needed]).toEqual([402, 'insufficient_credits', 3, 4])
      expect(headers.get('content-type')).toContain('application/problem+json')
    }
    expect(english.body.detail).toBe('Not enough credits: see balance.')
    expect(french.body.detail).toBe('Crédits insuffisants : voyez balance.')
  })

  test.each([0, -1, 1.5, '1', null, mostCredits + 1, 2 ** 53, 1e308])('cannot be of %j', async (amount) => {
    const { status, body } = await spend(await companyWith(0), amount)
    expect([status, body.code, body.errors[0].path]).toEqual([400, 'invalid_request', 'body.amount'])
  })

  test.each([
    ['no reason', { reason: '' }, 'reason'],
    ['a reason that says nothing', { reason: '  ' }, 'reason'],
    ['an endless reason', { reason: 'x'.repeat(1001) }, 'reason'],
    ['no key', { idempotency_key: undefined }, 'idempotency_key'],
    ['an endless key', { idempotency_key: 'x'.repeat(201) }, 'idempotency_key'],
  ])('with %s is a bad request', async (_what, more, field) => {
    const { status, body } = await spend(await companyWith(0), 1, more)
    expect([status, body.errors[0].path]).toEqual([400, `body.${field}`])
  })

  test('leaves an entry in the audit trail, with who and what', async () => {
    const member = await companyWith(5)
    const { body, headers } = await spend(member, 2)
    expect(await auditOf(member)).toEqual([
      {
        actor_kind: 'user',
        actor_id: member.userId,
        object_type: 'credit_operation',
        object_id: body.operation_id,
        changed_fields: ['balance'],
        request_id: headers.get('x-request-id'),
      },
    ])
  })

  test('that was refused leaves nothing, not even what expired before it', async () => {
    const member = await companyWith(0)
    await giveCredits(platform, member.tenantId, 10, { expiresAt: inDays(1) })
    platform.clock.advance(day)
    const here = await signedInAgain(member)
    expect((await spend(here, 1)).status).toBe(402)
    expect((await expectBooksRight(platform, member.tenantId)).moved).toEqual({
      grant: { operations: 1, credits: 10 },
    })
    expect(await auditOf(here)).toEqual([])
  })

  test('of a transaction that rolls back has not been', async () => {
    const member = await companyWith(5)
    const tenantId = member.tenantId as never
    const change = {
      amount: 3,
      reason: 'work that fails',
      idempotencyKey: 'rolled back',
      actor: { kind: 'user', id: member.userId } as const,
      now: platform.clock.now(),
    }
    const failing = platform.context.db.withTenant(tenantId, async (tx) => {
      expect((await debitCredits(tx, change)).balance).toBe(2)
      throw new Error('the work failed')
    })
    await expect(failing).rejects.toThrow('the work failed')
    expect((await expectBooksRight(platform, member.tenantId)).moved.debit).toBeUndefined()
    // Its key is as good as new.
    const again = await platform.context.db.withTenant(tenantId, (tx) => debitCredits(tx, change))
    expect(again).toMatchObject({ balance: 2, isRepeat: false })
    expect((await expectBooksRight(platform, member.tenantId)).balance).toBe(2)
  })

  test('spends what expires later once what expires sooner is gone', async () => {
    const member = await companyWith(4)
    const soon = await giveCredits(platform, member.tenantId, 10, { expiresAt: inDays(1) })
    await spend(member, 3)
    platform.clock.advance(day)
    const here = await signedInAgain(member)
    expect((await spend(here, 3)).body.balance).toBe(1)
    const { moved, lots } = await expectBooksRight(platform, member.tenantId)
    expect(moved.expiry).toEqual({ operations: 1, credits: 7 })
    expect(lots[0]).toMatchObject({ id: soon, remaining: 0 })
  })
})

const auditOf = ({ tenantId }: Member) =>
  platform.sql(
    `select actor_kind, actor_id, object_type, object_id, changed_fields, request_id from audit_entries
      where tenant_id = $1 and action like 'credits.%' order by created_at, id`,
    [tenantId],
    tenantId,
  )

describe('an idempotency key', () => {
  test('gives the first answer again and has no second effect', async () => {
    const member = await companyWith(10)
    const same = { idempotency_key: 'once' }
    const first = await spend(member, 4, same)
    await spend(member, 1)
    const second = await spend(member, 4, same)
    expect([second.status, second.body]).toEqual([201, first.body])
    expect(first.body.balance).toBe(6)
    const { balance, moved } = await expectBooksRight(platform, member.tenantId)
    expect([balance, moved.debit]).toEqual([5, { operations: 2, credits: 5 }])
  })

  test('is answered by what it did even when nothing is left now', async () => {
    const member = await companyWith(4)
    const first = await spend(member, 4, { idempotency_key: 'all' })
    const second = await spend(member, 4, { idempotency_key: 'all' })
    expect([second.status, second.body]).toEqual([201, first.body])
  })

  test('repeated changes nothing, and the audit trail says so', async () => {
    const member = await companyWith(4)
    for (let count = 0; count < 2; count++) await spend(member, 4, { idempotency_key: 'twice' })
    const entries = await auditOf(member)
    expect(entries.map(({ changed_fields }) => changed_fields).sort()).toEqual([[], ['balance']])
    expect(new Set(entries.map(({ object_id }) => object_id)).size).toBe(1)
  })

  test.each([
    ['amount', { amount: 2 }],
    ['reason', { reason: 'something else' }],
  ])('with another %s is refused', async (_what, other) => {
    const member = await companyWith(10)
    await spend(member, 1, { idempotency_key: 'taken' })
    const { status, body } = await spend(member, 1, { idempotency_key: 'taken', ...other })
    expect([status, body.code]).toEqual([422, 'idempotency_key_reused'])
    expect((await expectBooksRight(platform, member.tenantId)).balance).toBe(9)
  })

  test('of a debit that was refused can be used when there is enough', async () => {
    const member = await companyWith(1)
    expect((await spend(member, 2, { idempotency_key: 'patient' })).status).toBe(402)
    await giveCredits(platform, member.tenantId, 1)
    expect((await spend(member, 2, { idempotency_key: 'patient' })).body.balance).toBe(0)
  })

  test('is one’s own: another tenant uses the same', async () => {
    const [one, other] = [await companyWith(5), await companyWith(5)]
    await spend(one, 1, { idempotency_key: 'shared' })
    expect((await spend(other, 5, { idempotency_key: 'shared' })).body.balance).toBe(0)
    expect(await balanceOf(one)).toBe(4)
  })
})

describe('the ledger', () => {
  test('tells every movement, newest first, page by page', async () => {
    const member = await companyWith(10)
    const amounts = [1, 2, 3]
    for (const amount of amounts) {
      platform.clock.advance(1000)
      await spend(member, amount)
    }
    const { body: first } = await member.get('/v1/credits/entries?limit=2')
    expect(first.data.map(({ amount }: { amount: number }) => amount)).toEqual([-3, -2])
    const { body: second } = await member.get(`/v1/credits/entries?limit=2&cursor=${first.next_cursor}`)
    expect(second.data.map(({ amount }: { amount: number }) => amount)).toEqual([-1, 10])
    expect(second.next_cursor).toBeNull()
    expect(first.data[0]).toEqual({
      id: expect.any(String),
      operation_id: expect.any(String),
      kind: 'debit',
      amount: -3,
      lot_id: second.data[1].lot_id,
      reason: 'a translation',
      debit_id: null,
      actor_kind: 'user',
      created_at: platform.clock.now().toISOString(),
    })
    expect(second.data[1]).toMatchObject({ kind: 'grant', reason: 'a gift', actor_kind: 'operator' })
  })

  test('loses and repeats nothing of what happened in one instant', async () => {
    const member = await companyWith(100)
    for (let count = 0; count < 11; count++) await spend(member, 1)
    const seen: string[] = []
    let cursor: string | null = ''
    while (cursor !== null) {
      const query: string = cursor === '' ? '' : `&cursor=${cursor}`
      const { body } = await member.get(`/v1/credits/entries?limit=5${query}`)
      seen.push(...body.data.map(({ id }: { id: string }) => id))
      cursor = body.next_cursor
    }
    expect([seen.length, new Set(seen).size]).toEqual([12, 12])
  })

  test('shows a debit from two lots as two entries of one operation', async () => {
    const member = await companyWith(5)
    await giveCredits(platform, member.tenantId, 5, { expiresAt: inDays(1) })
    const { body: debit } = await spend(member, 7)
    const { body } = await member.get('/v1/credits/entries')
    const parts = body.data.filter((entry: { kind: string }) => entry.kind === 'debit')
    expect(parts.map(({ amount }: { amount: number }) => amount).sort()).toEqual([-2, -5])
    for (const part of parts) expect(part.operation_id).toBe(debit.operation_id)
  })

  test('and the balance of one tenant are not another’s', async () => {
    const member = await companyWith(50)
    const other = await companyWith(0)
    const { body } = await spend(member, 7, { reason: 'a secret of ours' })
    for (const path of ['/v1/credits', '/v1/credits/entries']) {
      const answer = JSON.stringify((await other.get(path)).body)
      expect(answer).not.toContain('a secret of ours')
      expect(answer).not.toContain(body.operation_id)
    }
    expect(await balanceOf(other)).toBe(0)
    expect((await spend(other, 1)).status).toBe(402)
  })
})

test('a viewer sees the credits and cannot spend them', async () => {
  const { tenantId } = await companyWith(5)
  const viewer = await addMember(platform, tenantId, 'viewer')
  expect(await balanceOf(viewer)).toBe(5)
  const { status, body } = await spend(viewer, 1)
  expect([status, body.code]).toEqual([403, 'insufficient_role'])
})
