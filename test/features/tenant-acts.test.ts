import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { addApiKey, membershipOf } from '../support/members.ts'
import { auditOf, platformAudit, signInOperator } from '../support/operators.ts'
import { createCaller, type Member, type Platform, startPlatform } from '../support/platform.ts'
import { setStatus } from '../support/sessions.ts'

const key = 'a-key-of-machines-with-40-characters-or-so'

let platform: Platform
let operator: Awaited<ReturnType<typeof signInOperator>>
let acme: Member
beforeAll(async () => {
  platform = await startPlatform({ SUPER_ADMIN_KEY: key })
  operator = await signInOperator(platform)
  acme = platform.acme
})
afterAll(() => platform.stop())

const trialEnd = '2026-03-16T10:00:00.000Z'
beforeEach(() =>
  platform.forceTenant('acme', `status = 'TRIAL', status_set_by = 'system', trial_ends_at = '${trialEnd}'`),
)

const path = '/v1/admin/tenants/acme'
const reason = 'Bills of three months are open'
const act = (what: string, body: object = { reason }) => operator.post(`${path}/${what}`, body)
const clients = async () => {
  const { status, body } = await acme.get('/v1/clients')
  return status === 200 ? 200 : `${status} ${body.code}`
}

test('a suspended tenant is out from the next request on, and back in its trial when it is reactivated', async () => {
  const suspended = await act('suspend')
  expect(suspended.status).toBe(200)
  expect(suspended.body).toMatchObject({
    tenant_id: 'acme',
    status: 'SUSPENDED',
    status_reason: reason,
    status_set_by: 'operator',
    trial_ends_at: trialEnd,
  })
  expect(suspended.body).toEqual((await operator.get(path)).body)
  expect(await clients()).toBe('403 tenant_suspended')
  const back = await act('reactivate', { reason: 'Paid' })
  expect(back.body).toMatchObject({ status: 'TRIAL', status_reason: 'Paid', trial_ends_at: trialEnd })
  expect(await clients()).toBe(200)
})

test('who was suspended without a trial is active again', async () => {
  await platform.forceTenant('acme', `status = 'ACTIVE', trial_ends_at = null`)
  await act('suspend')
  expect((await act('reactivate')).body.status).toBe('ACTIVE')
})

test('a cancelled tenant is out, and active when it is reactivated', async () => {
  const { status, body } = await act('cancel')
  expect([status, body.status, body.status_reason]).toEqual([200, 'CANCELLED', reason])
  expect(await clients()).toBe('403 tenant_cancelled')
  expect((await act('reactivate')).body).toMatchObject({ status: 'ACTIVE', trial_ends_at: null })
  expect(await clients()).toBe(200)
})

test('a trial that was over by the time of its suspension is still over', async () => {
  await act('suspend')
  await platform.forceTenant('acme', `trial_ends_at = '2026-03-01T10:00:00Z'`)
  await act('reactivate')
  expect(await clients()).toBe('402 trial_expired')
  await operator.patch(path, { trial_ends_at: trialEnd })
  expect(await clients()).toBe(200)
})

test('a tenant whose trial is over works again without one, such as one that pays by invoice', async () => {
  await platform.forceTenant('acme', `trial_ends_at = '2026-03-01T10:00:00Z'`)
  expect(await clients()).toBe('402 trial_expired')
  const { status, body } = await act('reactivate', { reason: 'Pays by invoice' })
  expect([status, body.status, body.trial_ends_at]).toEqual([200, 'ACTIVE', null])
  expect(await clients()).toBe(200)
})

test('who was moved to FREE while suspended has no trial to go back to', async () => {
  await act('suspend')
  await operator.patch(path, { plan: 'free' })
  const { status, body } = await act('reactivate', { reason: 'Wants less' })
  expect([status, body.status, body.trial_ends_at]).toEqual([200, 'ACTIVE', null])
  await operator.patch(path, { plan: 'professional' })
})

test('a suspension for want of payment becomes the operator’s', async () => {
  await setStatus(platform, 'acme', 'SUSPENDED', 'billing')
  expect(await clients()).toBe('402 payment_required')
  expect((await act('suspend')).body.status_set_by).toBe('operator')
  expect(await clients()).toBe('403 tenant_suspended')
})

describe('from a status that does not lead there', () => {
  test.each([
    ['SUSPENDED', 'suspend', 'SUSPENDED'],
    ['CANCELLED', 'suspend', 'SUSPENDED'],
    ['PENDING', 'suspend', 'SUSPENDED'],
    ['DELETING', 'suspend', 'SUSPENDED'],
    ['PENDING', 'reactivate', 'ACTIVE'],
    ['TRIAL', 'reactivate', 'ACTIVE'],
    ['ACTIVE', 'reactivate', 'ACTIVE'],
    ['DELETING', 'reactivate', 'ACTIVE'],
    ['DELETED', 'reactivate', 'ACTIVE'],
    ['CANCELLED', 'cancel', 'CANCELLED'],
    ['DELETING', 'cancel', 'CANCELLED'],
    ['DELETED', 'cancel', 'CANCELLED'],
  ])('%s: %s is refused', async (from, what, to) => {
    await setStatus(platform, 'acme', from, 'operator')
    const look = async () => [
      (await operator.get(path)).body,
      await auditOf(platform, 'acme'),
      await platformAudit(platform),
    ]
    const before = await look()
    const { status, body } = await act(what)
    expect([status, body]).toEqual([409, expect.objectContaining({ code: 'status_not_allowed', from, to })])
    expect(await look()).toEqual(before)
  })
})

test.each(['suspend', 'reactivate', 'cancel'])('%s asks for a reason', async (what) => {
  for (const body of [{}, { reason: '' }, { reason: ' ' }, { reason: 'x'.repeat(1001) }, { reason: 7 }]) {
    const answer = await act(what, body)
    expect([answer.status, answer.body.errors[0].path]).toEqual([400, 'body.reason'])
  }
  expect((await act(what, { reason, force: true })).status).toBe(400)
})

test('each act is in both audit trails, with who and why', async () => {
  const [ours, theirs] = [await platformAudit(platform), await auditOf(platform, 'acme')]
  const answers = [
    await act('suspend'),
    await act('reactivate', { reason: 'Paid' }),
    await act('cancel', { reason: 'Moved away' }),
  ]
  const common = (index: number) => ({
    actor_id: operator.id,
    object_type: 'tenant',
    object_id: 'acme',
    changed_fields: ['status'],
    reason: [reason, 'Paid', 'Moved away'][index],
    ip: '127.0.0.1',
    request_id: answers[index]?.headers.get('x-request-id'),
  })
  expect((await auditOf(platform, 'acme')).slice(theirs.length)).toEqual(
    ['tenant.suspended', 'tenant.trial_resumed', 'tenant.cancelled'].map((action, index) => ({
      ...common(index),
      actor_kind: 'operator',
      action,
    })),
  )
  expect((await platformAudit(platform)).slice(ours.length)).toEqual(
    ['tenant.suspended', 'tenant.trial_resumed', 'tenant.cancelled'].map((action, index) => ({
      ...common(index),
      actor_kind: 'super_admin',
      subject_tenant_id: 'acme',
      action,
    })),
  )
})

test('of two operators who suspend at once one is told that it is done', async () => {
  for (let round = 0; round < 20; round++) {
    const answers = await Promise.all([act('suspend'), act('suspend')])
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409])
    await act('reactivate')
  }
})

describe('operators’ routes', () => {
  test.each([
    ['GET', '/v1/admin/plans', undefined],
    ['PATCH', '/v1/admin/plans/free', { price_cents: 1 }],
    ['GET', '/v1/admin/plans/free/impact?users=1', undefined],
    ['GET', path, undefined],
    ['PATCH', path, { plan: 'enterprise' }],
    ['POST', `${path}/suspend`, { reason }],
    ['POST', `${path}/reactivate`, { reason }],
    ['POST', `${path}/cancel`, { reason }],
  ])('%s %s is closed to everybody else', async (method, path, body) => {
    const createdBy = await membershipOf(platform, acme)
    const apiKey = await addApiKey(platform, { tenantId: 'acme', role: 'owner', createdBy })
    const look = async () => [
      (await operator.get('/v1/admin/tenants/acme')).body,
      (await operator.get('/v1/admin/plans')).body,
    ]
    const before = await look()
    for (const caller of [acme, apiKey, platform]) {
      const answer = await caller.request(method, path, body)
      expect([answer.status, answer.body.code]).toEqual([401, 'unauthenticated'])
    }
    expect(await look()).toEqual(before)
  })

  test('open to machines with X-Admin-Key, which both audit trails name', async () => {
    const machine = createCaller(platform.url, { 'X-Admin-Key': key })
    expect((await machine.get('/v1/admin/plans')).status).toBe(200)
    expect((await machine.get('/v1/admin/plans/free/impact?users=1')).status).toBe(200)
    expect((await machine.patch(path, { limits: { users: 24 } })).body.limits.users.limit).toBe(24)
    expect((await machine.post(`${path}/suspend`, { reason })).body.status).toBe('SUSPENDED')
    expect((await auditOf(platform, 'acme')).slice(-2)).toMatchObject([
      { actor_kind: 'operator', actor_id: 'SUPER_ADMIN_KEY', action: 'tenant.updated' },
      { actor_kind: 'operator', actor_id: 'SUPER_ADMIN_KEY', action: 'tenant.suspended' },
    ])
    expect((await platformAudit(platform)).slice(-2)).toMatchObject([
      { actor_kind: 'admin_key', actor_id: 'SUPER_ADMIN_KEY', action: 'tenant.updated' },
      { actor_kind: 'admin_key', actor_id: 'SUPER_ADMIN_KEY', action: 'tenant.suspended' },
    ])
  })
})
