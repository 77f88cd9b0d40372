import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { expectBooksRight, giveCredits } from '../support/credits.ts'
import { addMember } from '../support/members.ts'
import { type Member, type Platform, startPlatform } from '../support/platform.ts'
import { addSignedInAdmin } from '../support/super-admins.ts'

const machineKey = 'a-key-of-machines-with-40-characters-or-so'

let platform: Platform
let admin: Awaited<ReturnType<typeof addSignedInAdmin>>
let member: Member
let companies = 0
beforeAll(async () => {
  platform = await startPlatform({ SUPER_ADMIN_KEY: machineKey })
})
afterAll(() => platform.stop())
beforeEach(async () => {
  member = await platform.signUp(`Customer ${++companies}`)
  admin = await addSignedInAdmin(platform)
})

const day = 86_400_000
const inDays = (days: number) => new Date(platform.clock.now().getTime() + days * day)

let keys = 0
const change = (kind: string, amount: unknown, more: object = {}) =>
  admin.post(`/v1/admin/tenants/${member.tenantId}/credits`, {
    kind,
    amount,
    reason: 'goodwill',
    idempotency_key: `operator’s key ${++keys}`,
    ...more,
  })
const spend = (amount: number, caller = member) =>
  caller.post('/v1/credits/debits', { amount, reason: 'work', idempotency_key: `key ${++keys}` })
const books = () => expectBooksRight(platform, member.tenantId)

/** Tokens last a quarter of an hour. */
async function letDaysPass(days: number): Promise<Member> {
  platform.clock.advance(days * day)
  admin = await addSignedInAdmin(platform)
  return addMember(platform, member.tenantId, 'member')
}

describe('a grant', () => {
  test('adds to the balance, for good or until an instant', async () => {
    const forGood = await change('grant', 100)
    expect([forGood.status, forGood.body]).toEqual([
      201,
      { operation_id: expect.any(String), kind: 'grant', amount: 100, balance: 100 },
    ])
    const { body } = await change('grant', 50, { expires_at: '2036-01-01T01:00:00+01:00' })
    expect(body.balance).toBe(150)
    expect((await member.get('/v1/credits')).body.lots).toEqual([
      { id: body.operation_id, remaining: 50, expires_at: '2036-01-01T00:00:00.000Z' },
      { id: forGood.body.operation_id, remaining: 100, expires_at: null },
    ])
    expect((await books()).balance).toBe(150)
  })

  test('that expires at once or before is refused, in French too', async () => {
    const path = `/v1/admin/tenants/${member.tenantId}/credits`
    const body = {
      kind: 'grant',
      amount: 1,
      reason: 'late',
      idempotency_key: 'late',
      expires_at: inDays(0).toISOString(),
    }
    const answer = await platform.post(path, body, {
      'X-Admin-Key': machineKey,
      'Accept-Language': 'fr',
    })
    expect(answer.status).toBe(400)
    expect(answer.body.errors).toEqual([{ path: 'body.expires_at', message: 'devrait être dans le futur' }])
    expect((await books()).moved).toEqual({})
  })

  test('sent again gives the first answer, also when it has expired since', async () => {
    const grant = { idempotency_key: 'spring', expires_at: inDays(1).toISOString() }
    const first = await change('grant', 10, grant)
    await letDaysPass(2)
    const second = await change('grant', 10, grant)
    expect([second.status, second.body]).toEqual([201, first.body])
    expect((await books()).moved.grant).toEqual({ operations: 1, credits: 10 })
    expect(await trails()).toHaveLength(1)
  })

  test.each([
    ['amount', { amount: 11 }],
    ['reason', { reason: 'other' }],
    ['expiry', { expires_at: '2036-01-01T00:00:00Z' }],
    ['kind', { kind: 'debit' }],
  ])('sent again with another %s is refused', async (_what, other) => {
    await change('grant', 10, { idempotency_key: 'once' })
    const { status, body } = await change('grant', 10, { idempotency_key: 'once', ...other })
    expect([status, body.code]).toEqual([422, 'idempotency_key_reused'])
    expect((await books()).balance).toBe(10)
  })

  test('goes through whatever keys the tenant’s members have used', async () => {
    await giveCredits(platform, member.tenantId, 1)
    await member.post('/v1/credits/debits', { amount: 1, reason: 'x', idempotency_key: 'monthly-2026-04' })
    const { status, body } = await change('grant', 5, { idempotency_key: 'monthly-2026-04' })
    expect([status, body.balance]).toEqual([201, 5])
  })

  test('past what a balance can hold is refused and leaves the books as they are', async () => {
    await change('grant', 1)
    // A balance that a million grants would make.
    const most = 9_007_199_254_740_991
    const set = (table: string, column: string) =>
      platform.sql(
        `update ${table} set ${column} = $2 where tenant_id = $1`,
        [member.tenantId, most],
        member.tenantId,
      )
    await set('credit_accounts', 'balance')
    const { status, body } = await change('grant', 1)
    expect([status, body.code]).toEqual([400, 'invalid_request'])
  })
})

describe('a debit', () => {
  test('takes credits back, and never more than there are', async () => {
    await change('grant', 10)
    expect((await change('debit', 4)).body).toMatchObject({ kind: 'debit', amount: 4, balance: 6 })
    const { status, body } = await change('debit', 7)
    expect([status, body.code, body.balance, body.needed]).toEqual([402, 'insufficient_credits', 6, 7])
    expect((await books()).balance).toBe(6)
  })
})

describe('a refund', () => {
  test('gives a debit back, in parts and never more than it took', async () => {
    await change('grant', 10)
    const { operation_id: debit_id } = (await spend(6)).body
    expect((await change('refund', 2, { debit_id })).body).toMatchObject({ kind: 'refund', balance: 6 })
    expect((await change('refund', 4, { debit_id })).body.balance).toBe(10)
    const { status, body } = await change('refund', 1, { debit_id })
    expect([status, body.errors]).toEqual([
      400,
      [{ path: 'body.amount', message: 'is more than is left to give back' }],
    ])
    expect((await books()).moved.refund).toEqual({ operations: 2, credits: 6 })
  })

  test('gives back last what was taken first', async () => {
    const forGood = (await change('grant', 10)).body.operation_id
    const soon = (await change('grant', 10, { expires_at: inDays(1).toISOString() })).body.operation_id
    const later = (await change('grant', 10, { expires_at: inDays(9).toISOString() })).body.operation_id
    const { operation_id: debit_id } = (await spend(25)).body
    const remaining = async () => {
      const { lots } = await books()
      return Object.fromEntries(lots.map((lot) => [lot.id, lot.remaining]))
    }
    expect(await remaining()).toEqual({ [soon]: 0, [later]: 0, [forGood]: 5 })
    await change('refund', 7, { debit_id })
    expect(await remaining()).toEqual({ [soon]: 0, [later]: 2, [forGood]: 10 })
    await change('refund', 10, { debit_id })
    expect(await remaining()).toEqual({ [soon]: 2, [later]: 10, [forGood]: 10 })
    await change('refund', 8, { debit_id })
    expect(await remaining()).toEqual({ [soon]: 10, [later]: 10, [forGood]: 10 })
  })

  test('to credits that have expired since expires at once', async () => {
    await change('grant', 10)
    await change('grant', 10, { expires_at: inDays(1).toISOString() })
    const { operation_id: debit_id } = (await spend(15)).body
    await letDaysPass(1)
    const { body } = await change('refund', 12, { debit_id })
    expect(body.balance).toBe(10)
    const { balance, moved } = await books()
    expect(balance).toBe(10)
    expect(moved.refund).toEqual({ operations: 1, credits: 12 })
    expect(moved.expiry).toEqual({ operations: 1, credits: 7 })
  })

  test('sent again gives the first answer, though nothing is left to give back', async () => {
    await change('grant', 5)
    const { operation_id: debit_id } = (await spend(5)).body
    const first = await change('refund', 5, { debit_id, idempotency_key: 'sorry' })
    const second = await change('refund', 5, { debit_id, idempotency_key: 'sorry' })
    expect([second.status, second.body]).toEqual([201, first.body])
    expect((await books()).balance).toBe(5)
  })

  test('is of a debit of this tenant and of nothing else', async () => {
    const grant = (await change('grant', 10)).body.operation_id
    const debit = (await spend(3)).body.operation_id
    const refund = (await change('refund', 1, { debit_id: debit })).body.operation_id
    const other = await platform.signUp(`Customer ${++companies}`)
    await giveCredits(platform, other.tenantId, 10)
    const theirs = (await spend(5, other)).body.operation_id
    for (const debit_id of [grant, refund, theirs, '00000000-0000-0000-0000-000000000000']) {
      const { status, body } = await change('refund', 1, { debit_id })
      expect([status, body.errors]).toEqual([
        400,
        [{ path: 'body.debit_id', message: 'is no debit of this tenant' }],
      ])
    }
    expect((await books()).balance).toBe(8)
    expect((await expectBooksRight(platform, other.tenantId)).balance).toBe(5)
  })
})

/** Both audit trails, entry beside entry. */
async function trails() {
  const { tenantId } = member
  const columns = 'action, actor_kind, actor_id, object_type, object_id, changed_fields, reason, request_id'
  const inTenant = await platform.sql(
    `select ${columns} from audit_entries where tenant_id = $1 and actor_kind = 'operator' order by created_at, id`,
    [tenantId],
    tenantId,
  )
  const inPlatform = await platform.sql(
    `select ${columns} from platform_audit_entries where subject_tenant_id = $1 and action like 'credits.%'
      order by created_at, id`,
    [tenantId],
  )
  expect(inPlatform.map(({ request_id }) => request_id)).toEqual(inTenant.map(({ request_id }) => request_id))
  return inTenant.map((entry, index) => ({ entry, platform: inPlatform[index] }))
}

describe('each act', () => {
  test('of a super admin is in the tenant’s and the platform’s audit trail, with its reason', async () => {
    const { headers, body } = await change('grant', 5, { reason: 'a bad week' })
    const same = {
      action: 'credits.granted',
      actor_id: admin.id,
      object_type: 'credit_operation',
      object_id: body.operation_id,
      changed_fields: ['balance'],
      reason: 'a bad week',
      request_id: headers.get('x-request-id'),
    }
    expect(await trails()).toEqual([
      { entry: { ...same, actor_kind: 'operator' }, platform: { ...same, actor_kind: 'super_admin' } },
    ])
  })

  test('of each kind has a name of its own', async () => {
    await change('grant', 5)
    platform.clock.advance(1)
    const { operation_id: debit_id } = (await change('debit', 2)).body
    platform.clock.advance(1)
    await change('refund', 1, { debit_id })
    expect((await trails()).map(({ entry }) => entry.action)).toEqual([
      'credits.granted',
      'credits.debited',
      'credits.refunded',
    ])
  })

  test('that is refused is in neither', async () => {
    await change('debit', 1)
    expect(await trails()).toEqual([])
  })

  test('can be of a machine with X-Admin-Key', async () => {
    const body = { kind: 'grant', amount: 5, reason: 'monthly', idempotency_key: 'april' }
    const path = `/v1/admin/tenants/${member.tenantId}/credits`
    const { status } = await platform.post(path, body, { 'X-Admin-Key': machineKey })
    expect(status).toBe(201)
    expect((await trails())[0]?.platform).toMatchObject({ actor_kind: 'admin_key', reason: 'monthly' })
  })
})

describe('credits are given', () => {
  test.each(['no-such-tenant', 'system-default', 'ACME', 'a'.repeat(41), 'acme%27', '..%2facme', 'acme%20'])(
    'to no tenant %s, which there is not',
    async (id) => {
      const body = { kind: 'grant', amount: 1, reason: 'x', idempotency_key: 'x' }
      const answer = await admin.post(`/v1/admin/tenants/${id}/credits`, body)
      expect([answer.status, answer.body.code]).toEqual([404, 'not_found'])
    },
  )

  test.each(['DELETING', 'DELETED'])('to no tenant that is %s', async (status) => {
    await platform.forceTenant(member.tenantId, `status = '${status}'`)
    const answer = await change('grant', 1)
    expect([answer.status, answer.body.code]).toEqual([404, 'not_found'])
    expect((await books()).moved).toEqual({})
  })

  test('to a tenant that is suspended, for when it is back', async () => {
    await platform.forceTenant(member.tenantId, `status = 'SUSPENDED'`)
    expect((await change('grant', 1)).status).toBe(201)
    expect((await spend(1)).body.code).toBe('payment_required')
  })

  test('by no member of the tenant, not even its owner', async () => {
    const path = `/v1/admin/tenants/${member.tenantId}/credits`
    const body = { kind: 'grant', amount: 1, reason: 'x', idempotency_key: 'x' }
    expect((await member.post(path, body)).status).toBe(401)
    expect((await platform.post(path, body)).status).toBe(401)
  })

  test.each([
    ['an expiry of a debit', 'debit', { expires_at: '2036-01-01T00:00:00Z' }],
    ['a debit behind a grant', 'grant', { debit_id: '00000000-0000-0000-0000-000000000000' }],
    ['a refund of nothing', 'refund', {}],
    ['a kind that there is not', 'gift', {}],
    ['an expiry', 'expiry', {}],
    ['another tenant', 'grant', { tenant_id: 'globex' }],
    ['half a credit', 'grant', { amount: 0.5 }],
    ['a date without a time', 'grant', { expires_at: '2036-01-01' }],
  ])('not with %s', async (_what, kind, more) => {
    const { status, body } = await change(kind, 1, more)
    expect([status, body.code]).toEqual([400, 'invalid_request'])
  })
})
