import { randomUUID } from 'node:crypto'
import Stripe from 'stripe'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Billing } from '../../src/features/billing/stripe.ts'
import { syncBilling } from '../../src/features/billing/sync-billing.ts'
import { sendInvitation } from '../../src/features/invitations/send-invitation.ts'
import { deriveToken } from '../../src/features/sessions/one-time-tokens.ts'
import { tasks } from '../../src/jobs/tasks.ts'
import { addMember } from '../support/members.ts'
import { signInOperator } from '../support/operators.ts'
import { goodPassword, type Member, type Platform, startPlatform } from '../support/platform.ts'
import { type StripeDouble, startStripeDouble } from '../support/stripe-double/index.ts'

let double: StripeDouble
let platform: Platform
beforeAll(async () => {
  double = await startStripeDouble()
  platform = await startPlatform(double.env)
  double.useClock(platform.clock)
  const operator = await signInOperator(platform)
  const { body } = await operator.patch('/v1/admin/plans/business', { price_is_per_seat: true })
  expect(body.price_is_per_seat).toBe(true)
})
afterAll(async () => {
  await platform.stop()
  await double.stop()
})

let companies = 0
/** A company that has bought a plan. */
async function subscribed(plan: 'starter' | 'business') {
  const owner = await platform.signUp(`Company ${++companies}`)
  const { tenantId } = owner
  const { status, body } = await owner.post('/v1/billing/checkout', { plan })
  if (status !== 200) throw new Error(`no checkout: ${JSON.stringify(body)}`)
  const [account] = await platform.sql('select customer_id from billing_accounts where tenant_id = $1', [
    tenantId,
  ])
  const { data } = await double.stripe.checkout.sessions.list({ customer: account.customer_id })
  const { id } = double.completeCheckout(data[0]?.id ?? '')
  await sync(tenantId)
  await isAskedFor(tenantId)
  double.requests.length = 0
  return { tenantId, owner, id }
}

const sync = (tenantId: string) => tasks['sync-billing'](platform.context, {}, { tenantId, messageId: '' })

/** Whether a tenant is to be compared with Stripe; from now on it is not. */
async function isAskedFor(tenantId: string): Promise<boolean> {
  const key = `${tenantId}:sync-billing`
  const found = await platform.sql('select 1 from graphile_worker.jobs where key = $1', [key])
  await platform.sql('select graphile_worker.remove_job($1)', [key])
  return found.length > 0
}

/** What Stripe charges for after the job that an act has asked for. */
async function quantityAfter(
  { tenantId, id }: { tenantId: string; id: string },
  act: () => Promise<unknown>,
) {
  await act()
  expect(await isAskedFor(tenantId)).toBe(true)
  await sync(tenantId)
  return quantityOf(id)
}

async function quantityOf(id: string): Promise<number | undefined> {
  return (await double.stripe.subscriptions.retrieve(id)).items.data[0]?.quantity
}

const updates = () =>
  double.requests.filter(({ method, path }) => method === 'POST' && /subscriptions/.test(path))

let people = 0
/** Somebody who was invited and has come. */
async function join(owner: Member): Promise<Member> {
  const { tenantId } = owner
  const email = `somebody-${++people}@people.example`
  const { body: invitation } = await owner.post('/v1/invitations', { email, role: 'member' })
  const query = 'select token_id from invitations where id = $1'
  const [{ token_id }] = await platform.sql(query, [invitation.id], tenantId)
  const mail = { invitation_id: invitation.id, token_id }
  await sendInvitation(platform.context, mail, { tenantId, messageId: `<${randomUUID()}@tenantry>` })
  const token = deriveToken(platform.context, 'accept_invitation', { tokenId: token_id, email })
  const names = { first_name: 'Grace', last_name: 'Hopper' }
  const { status, body } = await platform.post('/auth/accept-invitation', {
    token,
    ...names,
    password: goodPassword,
  })
  if (status !== 200) throw new Error(`could not join: ${JSON.stringify(body)}`)
  return { ...owner, userId: body.user.id, email, token: body.access_token }
}

test('a checkout asks for as many seats as there are active members', async () => {
  const owner = await platform.signUp('Three')
  await addMember(platform, owner.tenantId, 'member')
  const { userId } = await addMember(platform, owner.tenantId, 'viewer')
  await addMember(platform, owner.tenantId, 'viewer')
  await owner.patch(`/v1/users/${userId}`, { status: 'disabled' })
  double.requests.length = 0
  await owner.post('/v1/billing/checkout', { plan: 'business' })
  await owner.post('/v1/billing/checkout', { plan: 'starter' })
  const opened = double.requests.filter(({ method, path }) => method === 'POST' && /sessions$/.test(path))
  expect(opened.map(({ body }) => body.line_items)).toEqual([
    [{ price: double.prices.business.id, quantity: '3' }],
    [{ price: double.prices.starter.id, quantity: '1' }],
  ])
})

test('what is charged follows who comes and goes', async () => {
  const company = await subscribed('business')
  const { owner } = company
  expect(await quantityOf(company.id)).toBe(1)
  let userId = ''
  const after = (act: () => Promise<unknown>) => quantityAfter(company, act)
  expect(
    await after(async () => {
      userId = (await join(owner)).userId
    }),
  ).toBe(2)
  const path = `/v1/users/${userId}`
  expect(await after(() => owner.patch(path, { status: 'disabled' }))).toBe(1)
  expect(await after(() => owner.patch(path, { status: 'active' }))).toBe(2)
  expect(await after(() => owner.delete(path))).toBe(1)
  const guest = await addMember(platform, company.tenantId, 'member')
  await sync(company.tenantId)
  expect(await quantityOf(company.id)).toBe(2)
  expect(await after(() => guest.post('/v1/me/leave', undefined))).toBe(1)
})

test('who only changes, or held no seat, is nothing to tell Stripe', async () => {
  const { tenantId, owner } = await subscribed('business')
  const { userId } = await addMember(platform, tenantId, 'member')
  const path = `/v1/users/${userId}`
  await owner.patch(path, { role: 'viewer' })
  await owner.patch(path, { status: 'active' })
  await owner.post('/v1/invitations', { email: 'somebody-who-waits@people.example', role: 'viewer' })
  expect(await isAskedFor(tenantId)).toBe(false)
  await owner.patch(path, { status: 'disabled' })
  expect(await isAskedFor(tenantId)).toBe(true)
  await owner.delete(path)
  expect(await isAskedFor(tenantId)).toBe(false)
})

test('a tenant that has never been to a checkout is not compared with anything', async () => {
  const owner = await platform.signUp('Never')
  const { userId } = await addMember(platform, owner.tenantId, 'member')
  await owner.delete(`/v1/users/${userId}`)
  expect(await isAskedFor(owner.tenantId)).toBe(false)
})

test('a price that is not for each member is left alone', async () => {
  const company = await subscribed('starter')
  expect(await quantityAfter(company, () => join(company.owner))).toBe(1)
  expect(updates()).toEqual([])
})

describe('a change of seats', () => {
  test('that fails is tried again with the job', async () => {
    const { tenantId, id } = await subscribed('business')
    await addMember(platform, tenantId, 'member')
    double.fail(500, 2, /subscriptions\/sub_/)
    await expect(sync(tenantId)).rejects.toThrow()
    expect(await quantityOf(id)).toBe(1)
    await sync(tenantId)
    expect(await quantityOf(id)).toBe(2)
  })

  test('that comes late is put right: Stripe tells of it', async () => {
    const { tenantId, id } = await subscribed('business')
    await double.deliverAll(platform.url)
    await sync(tenantId)
    const [asks, goes] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    await addMember(platform, tenantId, 'member')
    const slow = syncBilling(
      platform.context,
      lateBy(async () => {
        asks.resolve()
        await goes.promise
      }),
      tenantId as Parameters<typeof syncBilling>[2],
      'event',
    )
    await asks.promise
    await addMember(platform, tenantId, 'member')
    await sync(tenantId)
    expect(await quantityOf(id)).toBe(3)
    await isAskedFor(tenantId)
    goes.resolve()
    await slow
    await double.deliverAll(platform.url)
    expect(await isAskedFor(tenantId)).toBe(true)
    await sync(tenantId)
    expect(await quantityOf(id)).toBe(3)
  })

  test('is none where the subscription has ended since it was read', async () => {
    const { tenantId, id } = await subscribed('business')
    await addMember(platform, tenantId, 'member')
    const late = lateBy(async () => void double.setStatus(id, 'canceled'))
    const compared = await syncBilling(
      platform.context,
      late,
      tenantId as Parameters<typeof syncBilling>[2],
      'event',
    )
    expect(compared?.changed).toContain('status')
    expect(updates()).toHaveLength(1)
    expect(await quantityOf(id)).toBe(1)
    const [tenant] = await platform.sql(
      'select status from tenants where tenant_id = $1',
      [tenantId],
      tenantId,
    )
    expect(tenant.status).toBe('CANCELLED')
  })

  test('that Stripe refuses for anything else fails', async () => {
    const { tenantId, id } = await subscribed('business')
    await addMember(platform, tenantId, 'member')
    const late = lateBy(async () => {
      throw new Stripe.errors.StripeInvalidRequestError({ message: 'no', type: 'invalid_request_error' })
    })
    const comparing = syncBilling(
      platform.context,
      late,
      tenantId as Parameters<typeof syncBilling>[2],
      'event',
    )
    await expect(comparing).rejects.toThrow('no')
    expect(await quantityOf(id)).toBe(1)
  })

  /** The platform's client of Stripe, which waits before it changes a subscription. */
  function lateBy(wait: () => Promise<void>): Billing {
    const billing = platform.context.billing as Billing
    const { subscriptions } = billing.stripe
    const update = async (...given: Parameters<typeof subscriptions.update>) => {
      await wait()
      return subscriptions.update(...given)
    }
    const late = Object.create(subscriptions, { update: { value: update } })
    return { ...billing, stripe: Object.create(billing.stripe, { subscriptions: { value: late } }) }
  }
})
