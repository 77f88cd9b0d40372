import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import type { TenantId } from '../../src/db/tenant-id.ts'
import { changeStatus, type TenantStatus } from '../../src/features/tenants/status.ts'
import {
  accountState,
  addCustomer,
  applyEvents,
  deliverAndApply,
  reconcile,
  startBilledPlatform,
  tenantState,
} from '../support/billed-tenants.ts'
import { dayMs } from '../support/clock-jobs.ts'
import { createCaller, type Platform } from '../support/platform.ts'
import type { StripeDouble } from '../support/stripe-double/index.ts'

let billed: Awaited<ReturnType<typeof startBilledPlatform>>
let platform: Platform
let double: StripeDouble
let operator: ReturnType<typeof createCaller>
beforeAll(async () => {
  // A key, since weeks go by in which a session would end.
  const key = 'a-key-of-machines-with-40-characters-or-so'
  billed = await startBilledPlatform({ SUPER_ADMIN_KEY: key })
  platform = billed.platform
  double = billed.double
  operator = createCaller(platform.url, { 'X-Admin-Key': key })
})
afterAll(() => billed.stop())
beforeEach(async () => {
  platform.clock.advance(1000)
  await platform.sql('delete from graphile_worker._private_jobs')
})

let companies = 0
/** A company that pays for BUSINESS. */
async function foundPaying() {
  const { tenantId } = await platform.signUp(`Company ${++companies}`)
  const customer = await addCustomer(platform, double, tenantId)
  const { id } = await double.subscribe(customer, double.prices.business.id)
  await deliverAndApply(platform, double, tenantId)
  await platform.sql('delete from graphile_worker._private_jobs')
  platform.clock.advance(1000)
  return { tenantId, customer, subscription: id }
}
type Company = Awaited<ReturnType<typeof foundPaying>>

const act = async (what: 'suspend' | 'reactivate' | 'cancel', { tenantId }: Company) => {
  const { status } = await operator.post(`/v1/admin/tenants/${tenantId}/${what}`, { reason: what })
  expect(status, what).toBe(200)
}
const statusOf = async ({ tenantId }: Company) => {
  const { status, status_set_by } = await tenantState(platform, tenantId)
  return `${status} by ${status_set_by}`
}
/** Everything that can make a tenant be compared with Stripe again, without Stripe having said anything new. */
async function goOverItAgain({ tenantId }: Company) {
  await deliverAndApply(platform, double, tenantId)
  await platform.sql(
    `update billing_events set applied_at = null, outcome = null, replays = replays + 1
      where subject_tenant_id = $1`,
    [tenantId],
  )
  await applyEvents(platform, tenantId)
  await reconcile(platform, tenantId)
}
const settle = ({ tenantId }: Company) => deliverAndApply(platform, double, tenantId)
/** The jobs that wait for a tenant. */
const jobsOf = async ({ tenantId }: Company) => {
  const rows = await platform.sql(
    `select task_identifier as task from graphile_worker.jobs join graphile_worker._private_jobs using (id)
      where payload ->> 'tenant_id' = $1`,
    [tenantId],
  )
  return rows.map(({ task }) => task)
}
const statusAtStripe = async (subscription: string) =>
  (await double.stripe.subscriptions.retrieve(subscription)).status

/** What happens to a subscription at Stripe. */
const happenings = {
  nothing: () => undefined,
  'a payment': (id: string) => double.pay(id),
  'a failed payment': (id: string) => double.setStatus(id, 'past_due'),
  'no payment for long': (id: string) => {
    double.setStatus(id, 'past_due')
    platform.clock.advance(8 * dayMs)
  },
  'the last failed payment': (id: string) => double.setStatus(id, 'unpaid'),
  'a cancellation': (id: string) => double.setStatus(id, 'canceled'),
}
type Happening = keyof typeof happenings

describe('an operator’s suspension', () => {
  test.each<[Happening, Happening, string]>([
    ['nothing', 'nothing', 'ACTIVE by operator'],
    ['nothing', 'a failed payment', 'ACTIVE by operator'],
    ['nothing', 'no payment for long', 'SUSPENDED by billing'],
    ['nothing', 'the last failed payment', 'SUSPENDED by billing'],
    ['nothing', 'a cancellation', 'CANCELLED by billing'],
    ['the last failed payment', 'nothing', 'ACTIVE by operator'],
    ['the last failed payment', 'a payment', 'ACTIVE by operator'],
    ['the last failed payment', 'a cancellation', 'CANCELLED by billing'],
    ['a failed payment', 'a payment', 'ACTIVE by operator'],
    ['a failed payment', 'the last failed payment', 'SUSPENDED by billing'],
  ])(
    'after %s is lifted by no event; after %s meanwhile its end leads to %s, %s',
    async (earlier, meanwhile, end) => {
      const company = await foundPaying()
      happenings[earlier](company.subscription)
      await settle(company)
      await act('suspend', company)
      happenings[meanwhile](company.subscription)
      await goOverItAgain(company)
      expect(await statusOf(company)).toBe('SUSPENDED by operator')
      await act('reactivate', company)
      expect(await statusOf(company)).toBe('ACTIVE by operator')
      expect(await jobsOf(company)).toContain('sync-billing')
      await goOverItAgain(company)
      expect(await statusOf(company)).toBe(end)
    },
  )

  test('that ends while grace runs lets it run on', async () => {
    const company = await foundPaying()
    double.setStatus(company.subscription, 'past_due')
    await settle(company)
    const { past_due_since } = await tenantState(platform, company.tenantId)
    expect(past_due_since).not.toBeNull()
    await act('suspend', company)
    platform.clock.advance(3 * dayMs)
    await act('reactivate', company)
    await goOverItAgain(company)
    expect(await tenantState(platform, company.tenantId)).toMatchObject({ status: 'ACTIVE', past_due_since })
    platform.clock.advance(5 * dayMs)
    await goOverItAgain(company)
    expect(await statusOf(company)).toBe('SUSPENDED by billing')
  })
})

describe('an operator’s reactivation', () => {
  test.each<[Happening, string]>([
    ['no payment for long', 'SUSPENDED by billing'],
    ['the last failed payment', 'SUSPENDED by billing'],
    ['a cancellation', 'CANCELLED by billing'],
  ])('after %s stands until Stripe says something new', async (happening, before) => {
    const company = await foundPaying()
    happenings[happening](company.subscription)
    await settle(company)
    expect(await statusOf(company)).toBe(before)
    await act('reactivate', company)
    for (let week = 0; week < 3; week++) {
      await goOverItAgain(company)
      expect(await tenantState(platform, company.tenantId)).toMatchObject({
        status: 'ACTIVE',
        status_set_by: 'operator',
        past_due_since: null,
      })
      platform.clock.advance(7 * dayMs)
    }
    // Something new:
    if (happening === 'a cancellation') {
      const { id } = await double.subscribe(company.customer, double.prices.starter.id, { status: 'unpaid' })
      await settle(company)
      expect(await statusOf(company)).toBe('SUSPENDED by billing')
      double.pay(id)
    } else {
      double.setStatus(company.subscription, 'canceled')
      await settle(company)
      expect(await statusOf(company)).toBe('CANCELLED by billing')
      await double.subscribe(company.customer, double.prices.starter.id)
    }
    await settle(company)
    expect(await statusOf(company)).toBe('ACTIVE by billing')
  })

  test('is over with the next failed payment, which is waited for as long as any other', async () => {
    const company = await foundPaying()
    happenings['the last failed payment'](company.subscription)
    await settle(company)
    await act('reactivate', company)
    double.pay(company.subscription)
    await settle(company)
    platform.clock.advance(dayMs)
    double.setStatus(company.subscription, 'past_due')
    await settle(company)
    expect(await tenantState(platform, company.tenantId)).toMatchObject({
      status: 'ACTIVE',
      past_due_since: platform.clock.now(),
    })
    platform.clock.advance(7 * dayMs)
    await applyEvents(platform, company.tenantId)
    expect(await statusOf(company)).toBe('SUSPENDED by billing')
  })
})

describe('an operator’s plan', () => {
  const planOf = async ({ tenantId }: Company) => (await tenantState(platform, tenantId)).plan
  const give = async ({ tenantId }: Company, plan: string) => {
    const { status } = await operator.patch(`/v1/admin/tenants/${tenantId}`, { plan, reason: 'A gift' })
    expect(status).toBe(200)
  }
  const buy = async ({ subscription }: Company, price: string) => {
    const { items } = await double.stripe.subscriptions.retrieve(subscription)
    await double.stripe.subscriptions.update(subscription, {
      items: [{ id: items.data[0]?.id ?? '', price }],
    })
  }

  test('stands until another one is paid for, whatever becomes of the payments', async () => {
    const company = await foundPaying()
    await give(company, 'ENTERPRISE')
    for (const happening of ['a failed payment', 'a payment', 'the last failed payment'] as const) {
      happenings[happening](company.subscription)
      await goOverItAgain(company)
      expect(await planOf(company), happening).toBe('ENTERPRISE')
    }
    await buy(company, double.prices.starter.id)
    await settle(company)
    expect(await planOf(company)).toBe('STARTER')
  })

  test('stands during a suspension by an operator, too', async () => {
    const company = await foundPaying()
    await act('suspend', company)
    await buy(company, double.prices.starter.id)
    await settle(company)
    expect(await planOf(company)).toBe('STARTER')
    await give(company, 'ENTERPRISE')
    await goOverItAgain(company)
    await act('reactivate', company)
    await goOverItAgain(company)
    expect(await planOf(company)).toBe('ENTERPRISE')
  })
})

describe('a tenant that an operator cancels', () => {
  test('is charged no more, and no event in between revives it', async () => {
    const company = await foundPaying()
    await act('cancel', company)
    const now = platform.clock.now()
    expect(await accountState(platform, company.tenantId)).toMatchObject({ cancel_before: now })
    expect(await jobsOf(company)).toContain('sync-billing')
    double.fail(500, 1, /^\/v1\/subscriptions\/sub/)
    double.setStatus(company.subscription, 'past_due')
    double.pay(company.subscription)
    await double.deliverAll(platform.url)
    await expect(applyEvents(platform, company.tenantId)).rejects.toThrow()
    expect(await statusOf(company)).toBe('CANCELLED by operator')
    expect(await statusAtStripe(company.subscription)).toBe('active')

    await applyEvents(platform, company.tenantId)
    expect(await statusAtStripe(company.subscription)).toBe('canceled')
    await goOverItAgain(company)
    expect(await statusOf(company)).toBe('CANCELLED by operator')

    platform.clock.advance(1000)
    await double.subscribe(company.customer, double.prices.starter.id)
    await goOverItAgain(company)
    expect(await statusOf(company)).toBe('ACTIVE by billing')
    expect(await tenantState(platform, company.tenantId)).toMatchObject({ plan: 'STARTER' })
  })

  test('and reactivates while Stripe is too busy to hear of it goes on paying', async () => {
    const company = await foundPaying()
    await act('cancel', company)
    double.fail(429, 1, new RegExp(`subscriptions/${company.subscription}`))
    double.requests.length = 0
    const cancelling = applyEvents(platform, company.tenantId)
    const refused = () => double.requests.some(({ method }) => method === 'DELETE')
    await vi.waitFor(() => expect(refused()).toBe(true), { timeout: 10_000 })
    await act('reactivate', company)
    await cancelling
    expect(await statusAtStripe(company.subscription)).toBe('active')
    await goOverItAgain(company)
    expect(await statusOf(company)).toBe('ACTIVE by operator')
  })

  test('is charged no more, however far our clock is behind', async () => {
    const company = await foundPaying()
    await act('cancel', company)
    await platform.sql(
      `update billing_accounts set cancel_before = cancel_before - interval '1 hour' where tenant_id = $1`,
      [company.tenantId],
      company.tenantId,
    )
    await applyEvents(platform, company.tenantId)
    expect(await statusAtStripe(company.subscription)).toBe('canceled')
  })

  test('finds its Checkout pages closed, and comes back by a new one', async () => {
    const company = await foundPaying()
    const open = () =>
      double.stripe.checkout.sessions.create({
        mode: 'subscription',
        customer: company.customer,
        line_items: [{ price: double.prices.business.id, quantity: 1 }],
        success_url: 'https://app.example',
      })
    const before = await open()
    await act('cancel', company)
    platform.clock.advance(1000)
    const { id } = await open()
    await applyEvents(platform, company.tenantId)
    expect((await double.stripe.checkout.sessions.retrieve(before.id)).status).toBe('expired')
    double.completeCheckout(id)
    await goOverItAgain(company)
    expect(await statusOf(company)).toBe('ACTIVE by billing')
  })

  test('has a first payment that was not made cancelled, too', async () => {
    const company = await foundPaying()
    const { id } = await double.subscribe(company.customer, double.prices.starter.id, {
      status: 'incomplete',
    })
    await act('cancel', company)
    await applyEvents(platform, company.tenantId)
    expect(['canceled', 'incomplete_expired']).toContain(await statusAtStripe(id))
    await goOverItAgain(company)
    expect(await statusOf(company)).toBe('CANCELLED by operator')
  })

  test('or suspends finds its Checkout pages closed: nobody pays for what stays closed', async () => {
    const company = await foundPaying()
    const { id } = await double.stripe.checkout.sessions.create({
      mode: 'subscription',
      customer: company.customer,
      line_items: [{ price: double.prices.business.id, quantity: 1 }],
      success_url: 'https://app.example',
    })
    await act('suspend', company)
    expect(await jobsOf(company)).toContain('sync-billing')
    await applyEvents(platform, company.tenantId)
    expect((await double.stripe.checkout.sessions.retrieve(id)).status).toBe('expired')
    expect(await statusAtStripe(company.subscription)).toBe('active')
  })

  test('and reactivates before Stripe was told goes on paying', async () => {
    const company = await foundPaying()
    await act('cancel', company)
    await act('reactivate', company)
    expect(await accountState(platform, company.tenantId)).toMatchObject({ cancel_before: null })
    await goOverItAgain(company)
    expect(await statusAtStripe(company.subscription)).toBe('active')
    expect(await statusOf(company)).toBe('ACTIVE by operator')
  })

  test('and reactivates afterwards works without paying, until it subscribes again', async () => {
    const company = await foundPaying()
    await act('cancel', company)
    await applyEvents(platform, company.tenantId)
    await act('reactivate', company)
    await goOverItAgain(company)
    expect(await statusAtStripe(company.subscription)).toBe('canceled')
    expect(await statusOf(company)).toBe('ACTIVE by operator')
    const { id } = await double.subscribe(company.customer, double.prices.starter.id)
    await settle(company)
    expect(await statusAtStripe(id)).toBe('active')
    expect(await tenantState(platform, company.tenantId)).toMatchObject({ status: 'ACTIVE', plan: 'STARTER' })
  })
})

describe('in the very moment in which Stripe is asked', () => {
  /** Acts while Stripe's answer to a comparison is under way. */
  async function meanwhile({ tenantId }: Company, work: () => Promise<void>) {
    const held = double.hold(/^\/v1\/subscriptions/)
    const applied = applyEvents(platform, tenantId)
    await held.arrived
    await work()
    held.release()
    await applied
  }

  test('an operator suspends', async () => {
    const company = await foundPaying()
    happenings['the last failed payment'](company.subscription)
    await settle(company)
    double.pay(company.subscription)
    await meanwhile(company, () => act('suspend', company))
    expect(await statusOf(company)).toBe('SUSPENDED by operator')
    await act('reactivate', company)
    await applyEvents(platform, company.tenantId)
    expect(await statusOf(company)).toBe('ACTIVE by operator')
  })

  test('an operator cancels', async () => {
    const company = await foundPaying()
    await meanwhile(company, () => act('cancel', company))
    expect(await statusOf(company)).toBe('CANCELLED by operator')
    expect(await statusAtStripe(company.subscription)).toBe('canceled')
  })

  test('an operator reactivates who was cancelled', async () => {
    const company = await foundPaying()
    await act('cancel', company)
    await meanwhile(company, () => act('reactivate', company))
    await applyEvents(platform, company.tenantId)
    expect(await statusOf(company)).toBe('ACTIVE by operator')
    expect(await statusAtStripe(company.subscription)).toBe('active')
  })

  test('an operator reactivates who Stripe suspended', async () => {
    const company = await foundPaying()
    happenings['the last failed payment'](company.subscription)
    await settle(company)
    await meanwhile(company, () => act('reactivate', company))
    expect(await statusOf(company)).toBe('ACTIVE by operator')
  })

  test('both write at once: the operator has the last word', async () => {
    for (let round = 0; round < 5; round++) {
      const company = await foundPaying()
      double.setStatus(company.subscription, round % 2 ? 'unpaid' : 'canceled')
      const what = round % 2 ? 'suspend' : 'cancel'
      await Promise.all([
        applyEvents(platform, company.tenantId),
        operator.post(`/v1/admin/tenants/${company.tenantId}/${what}`, { reason: 'at once' }),
      ])
      await goOverItAgain(company)
      const ends = round % 2 ? ['SUSPENDED by operator'] : ['CANCELLED by operator', 'CANCELLED by billing']
      expect(ends).toContain(await statusOf(company))
    }
  })
})

describe('a tenant that is deleted', () => {
  const set = ({ tenantId }: Company, to: TenantStatus) =>
    platform.context.db.withPlatform(
      'tenants',
      (tx) =>
        changeStatus(tx, {
          tenantId: tenantId as TenantId,
          to,
          agent: 'operator',
          cause: 'They want to leave',
          actor: { kind: 'operator', id: 'ops' },
          ip: null,
          requestId: 'a test',
          now: platform.clock.now(),
        }),
      { tenantId: tenantId as TenantId },
    )

  test('is charged no more, not even for what is bought meanwhile', async () => {
    const company = await foundPaying()
    await set(company, 'DELETING')
    expect(await jobsOf(company)).toContain('sync-billing')
    platform.clock.advance(1000)
    const { id } = await double.subscribe(company.customer, double.prices.starter.id)
    await settle(company)
    for (const each of [company.subscription, id]) expect(await statusAtStripe(each)).toBe('canceled')
    expect(await tenantState(platform, company.tenantId)).toMatchObject({
      status: 'DELETING',
      plan: 'BUSINESS',
    })
  })

  test('and whose rows are gone gets none again', async () => {
    const company = await foundPaying()
    await set(company, 'DELETING')
    await set(company, 'DELETED')
    await platform.sql(
      'delete from billing_accounts where tenant_id = $1',
      [company.tenantId],
      company.tenantId,
    )
    await platform.sql(
      `update billing_events set applied_at = null, outcome = null where subject_tenant_id = $1`,
      [company.tenantId],
    )
    await applyEvents(platform, company.tenantId)
    expect(await accountState(platform, company.tenantId)).toBeUndefined()
    expect(await statusAtStripe(company.subscription)).toBe('canceled')
    expect(await tenantState(platform, company.tenantId)).toMatchObject({ status: 'DELETED' })
    const waiting = await platform.sql(
      'select id from billing_events where subject_tenant_id = $1 and applied_at is null',
      [company.tenantId],
    )
    expect(waiting).toEqual([])
  })
})
