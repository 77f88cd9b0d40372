import type Stripe from 'stripe'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { TenantId } from '../../src/db/tenant-id.ts'
import {
  accountState,
  addCustomer,
  applyEvents,
  changesOf,
  deliverAndApply,
  outcomesOf,
  reconcile,
  startBilledPlatform,
  tenantState,
} from '../support/billed-tenants.ts'
import { dayMs } from '../support/clock-jobs.ts'
import { addPerson } from '../support/members.ts'
import { auditOf, setUsage } from '../support/operators.ts'
import type { Member, Platform } from '../support/platform.ts'
import type { StripeDouble } from '../support/stripe-double/index.ts'

let billed: Awaited<ReturnType<typeof startBilledPlatform>>
let platform: Platform
let double: StripeDouble
beforeAll(async () => {
  billed = await startBilledPlatform()
  platform = billed.platform
  double = billed.double
})
afterAll(() => billed.stop())
beforeEach(() => {
  platform.clock.advance(1000)
})

let companies = 0
/** A company in its trial, on PROFESSIONAL, that has gone to a checkout. */
async function found(fields = {}): Promise<Member & { customer: string }> {
  const member = await platform.signUp(`Company ${++companies}`, fields)
  const customer = await addCustomer(platform, double, member.tenantId)
  return { ...member, customer }
}
const settle = (...tenantIds: string[]) => deliverAndApply(platform, double, ...tenantIds)
const stateOf = (tenantId: string) => tenantState(platform, tenantId)
const priceOf = (plan: keyof StripeDouble['prices']) => double.prices[plan].id
/** A company that pays for a plan. */
async function foundPaying(plan: keyof StripeDouble['prices'] = 'business') {
  const company = await found()
  const subscription = await double.subscribe(company.customer, priceOf(plan))
  await settle(company.tenantId)
  return { ...company, subscription }
}
const access = async (member: Member) => {
  const { status, body } = await member.get('/v1/clients')
  return status === 200 ? 'open' : `${status} ${body.code}`
}
const complaints = (since: number) =>
  platform.logLines
    .slice(since)
    .map((line) => JSON.parse(line))
    .filter(({ level }) => level !== 'info')
    .map(({ tenant_id, msg }) => `${tenant_id}: ${msg}`)
/** The newest event of a type about a subscription. */
function eventOf(type: string, { id }: Stripe.Subscription) {
  const isAbout = (event: Stripe.Event) => (event.data.object as { id?: string }).id === id
  const found = double.events.findLast((event) => event.type === type && isAbout(event))
  if (!found) throw new Error(`there was no ${type} of ${id}`)
  return found
}

describe('a subscription', () => {
  test('makes a company on trial active on the plan paid for, and each change names the event', async () => {
    const { tenantId, customer, ...owner } = await found()
    const subscription = await double.subscribe(customer, priceOf('business'))
    await settle(tenantId)

    expect(await stateOf(tenantId)).toMatchObject({
      status: 'ACTIVE',
      status_set_by: 'billing',
      plan: 'BUSINESS',
      trial_ends_at: null,
      past_due_since: null,
    })
    const [item] = subscription.items.data
    expect(await accountState(platform, tenantId)).toMatchObject({
      customer_id: customer,
      subscription_id: subscription.id,
      subscription_status: 'active',
      price_id: priceOf('business'),
      quantity: 1,
      current_period_end: new Date((item?.current_period_end ?? 0) * 1000),
      cancel_at: null,
    })
    const shown = await owner.get('/v1/billing/subscription')
    expect(shown.body).toMatchObject({
      status: 'ACTIVE',
      plan: 'BUSINESS',
      subscription: { status: 'active' },
    })

    const changes = (await changesOf(platform, tenantId)).slice(2)
    const event = changes[0].billing_event_id
    expect(double.events.map(({ id }) => id)).toContain(event)
    const cause = expect.stringMatching(
      `^Stripe's event ${event} \\([a-z_.]+\\): subscription ${subscription.id} is active, on the plan BUSINESS$`,
    )
    const common = { agent: 'billing', billing_event_id: event, cause }
    expect(changes).toEqual([
      { ...common, field: 'plan', from_value: 'PROFESSIONAL', to_value: 'BUSINESS' },
      { ...common, field: 'status', from_value: 'TRIAL', to_value: 'ACTIVE' },
    ])
    const entries = (await auditOf(platform, tenantId)).slice(-2)
    expect(entries.map(({ action }) => action)).toEqual(['tenant.plan_changed', 'tenant.activated'])
    for (const entry of entries) {
      expect(entry).toMatchObject({
        actor_kind: 'system',
        actor_id: 'stripe',
        request_id: event,
        reason: cause,
      })
    }
    const outcomes = await outcomesOf(platform, double, tenantId)
    expect(outcomes.filter(([, outcome]) => outcome === 'changed')).toHaveLength(1)
    expect(outcomes.filter(([, outcome]) => outcome === null)).toEqual([])
  })

  test('that was not paid for yet changes nothing', async () => {
    const { tenantId, customer } = await found()
    const before = await stateOf(tenantId)
    const subscription = await double.subscribe(customer, priceOf('business'), { status: 'incomplete' })
    await settle(tenantId)
    expect(await stateOf(tenantId)).toEqual(before)
    double.pay(subscription.id)
    await settle(tenantId)
    expect(await stateOf(tenantId)).toMatchObject({ status: 'ACTIVE', plan: 'BUSINESS' })
  })

  test('that ends cancels its tenant, and a stale event revives nobody', async () => {
    const { tenantId, customer, ...owner } = await found()
    const subscription = await double.subscribe(customer, priceOf('business'))
    double.setStatus(subscription.id, 'canceled')
    await double.deliver(eventOf('customer.subscription.deleted', subscription), platform.url)
    await applyEvents(platform, tenantId)
    expect(await stateOf(tenantId)).toMatchObject({ status: 'CANCELLED', plan: 'BUSINESS' })

    const stale = eventOf('customer.subscription.created', subscription)
    expect((await double.deliver(stale, platform.url)).status).toBe(200)
    await applyEvents(platform, tenantId)
    expect(await stateOf(tenantId)).toMatchObject({ status: 'CANCELLED' })
    expect(await access({ ...owner, tenantId })).toBe('403 tenant_cancelled')
    const [row] = await platform.sql('select outcome, finding from billing_events where id = $1', [stale.id])
    expect(row).toEqual({
      outcome: 'unchanged',
      finding: `subscription ${subscription.id} is canceled, on the plan BUSINESS`,
    })

    platform.clock.advance(1000)
    await double.subscribe(customer, priceOf('starter'))
    await settle(tenantId)
    expect(await stateOf(tenantId)).toMatchObject({ status: 'ACTIVE', plan: 'STARTER' })
  })

  test('that begins and is not paid after another one ended suspends, whatever of it was seen', async () => {
    const { tenantId, customer, subscription } = await foundPaying()
    double.setStatus(subscription.id, 'canceled')
    await settle(tenantId)
    platform.clock.advance(1000)
    await double.subscribe(customer, priceOf('starter'), { status: 'unpaid' })
    await settle(tenantId)
    expect(await stateOf(tenantId)).toMatchObject({ status: 'SUSPENDED', status_set_by: 'billing' })
    const changes = (await changesOf(platform, tenantId)).filter(({ field }) => field === 'status')
    expect(changes.map(({ to_value }) => to_value).slice(-3)).toEqual(['CANCELLED', 'ACTIVE', 'SUSPENDED'])
  })

  test('that ends while another one lives cancels nobody; that two live is told', async () => {
    const { tenantId, customer, subscription } = await foundPaying('starter')
    platform.clock.advance(1000)
    const since = platform.logLines.length
    const another = await double.subscribe(customer, priceOf('business'))
    await settle(tenantId)
    expect(await stateOf(tenantId)).toMatchObject({ status: 'ACTIVE', plan: 'BUSINESS' })
    expect(complaints(since)).toEqual([
      `${tenantId}: billing: 2 subscriptions are alive: ${another.id}, ${subscription.id}`,
    ])
    double.setStatus(subscription.id, 'canceled')
    await settle(tenantId)
    expect(await stateOf(tenantId)).toMatchObject({ status: 'ACTIVE', plan: 'BUSINESS' })
    expect(await accountState(platform, tenantId)).toMatchObject({ subscription_id: another.id })
    expect(complaints(since)).toHaveLength(1)
  })

  test.each(['unpaid', 'paused'] as const)(
    'that is %s suspends, and payment lifts it at once',
    async (status) => {
      const { subscription, ...owner } = await foundPaying()
      double.setStatus(subscription.id, status)
      await settle(owner.tenantId)
      expect(await stateOf(owner.tenantId)).toMatchObject({ status: 'SUSPENDED', status_set_by: 'billing' })
      expect(await access(owner)).toBe('402 payment_required')
      if (status === 'paused') double.setStatus(subscription.id, 'active')
      else double.pay(subscription.id)
      await settle(owner.tenantId)
      expect(await access(owner)).toBe('open')
    },
  )

  test('for less than is used by now is accepted, and nothing is deleted', async () => {
    const { tenantId, subscription, ...owner } = await foundPaying('business')
    await setUsage(platform, tenantId, { users: 20 })
    await double.stripe.subscriptions.update(subscription.id, {
      items: [{ id: subscription.items.data[0]?.id ?? '', price: priceOf('starter') }],
    })
    await settle(tenantId)
    expect(await stateOf(tenantId)).toMatchObject({ status: 'ACTIVE', plan: 'STARTER' })
    const invited = await owner.post('/v1/invitations', { email: 'new@new.example', role: 'viewer' })
    expect([invited.status, invited.body]).toMatchObject([
      403,
      { code: 'limit_reached', used: 20, allowed: 5 },
    ])
  })

  test('of a price that nobody knows leaves the plan, and is told', async () => {
    const { tenantId, customer } = await found()
    const product = await double.stripe.products.create({ name: 'Gold' })
    const price = await double.stripe.prices.create({
      product: product.id,
      currency: 'eur',
      unit_amount: 99_900,
      recurring: { interval: 'month' },
    })
    const since = platform.logLines.length
    const { id } = await double.subscribe(customer, price.id)
    await settle(tenantId)
    expect(await stateOf(tenantId)).toMatchObject({ status: 'ACTIVE', plan: 'PROFESSIONAL' })
    expect(complaints(since)).toEqual([
      `${tenantId}: billing: subscription ${id} has no price that the catalogue knows`,
    ])
    await platform.sql(`update plans set stripe_price_id = $1 where plan = 'ENTERPRISE'`, [price.id])
    try {
      await reconcile(platform, tenantId)
    } finally {
      await platform.sql(`update plans set stripe_price_id = null where plan = 'ENTERPRISE'`)
    }
    expect(await stateOf(tenantId)).toMatchObject({ status: 'ACTIVE', plan: 'ENTERPRISE' })
  })

  test('by seats is for as many as are members, and any other for one', async () => {
    await platform.sql(`update plans set price_is_per_seat = true where plan = 'BUSINESS'`)
    try {
      const { tenantId, subscription } = await foundPaying()
      for (let n = 0; n < 3; n++) await addPerson(platform, tenantId, 'member')
      await reconcile(platform, tenantId)
      const { items } = await double.stripe.subscriptions.retrieve(subscription.id)
      expect(items.data.map(({ quantity }) => quantity)).toEqual([4])
      await settle(tenantId)
      expect(await accountState(platform, tenantId)).toMatchObject({ quantity: 4 })
      double.requests.length = 0
      await reconcile(platform, tenantId)
      expect(double.requests.filter(({ method }) => method !== 'GET')).toEqual([])
      await double.stripe.subscriptions.update(subscription.id, {
        items: [{ id: items.data[0]?.id ?? '', price: priceOf('starter') }],
      })
      await settle(tenantId)
      expect(await accountState(platform, tenantId), 'this price is for all').toMatchObject({ quantity: 1 })
    } finally {
      await platform.sql(`update plans set price_is_per_seat = false where plan = 'BUSINESS'`)
    }
  })
})

describe('a customer', () => {
  test('that only events tell of becomes the tenant’s', async () => {
    const { tenantId } = await platform.signUp(`Company ${++companies}`)
    const { id } = await double.stripe.customers.create({ name: 'By hand' })
    await double.subscribe(id, priceOf('business'), { metadata: { tenant_id: tenantId } })
    await settle(tenantId)
    expect(await stateOf(tenantId)).toMatchObject({ status: 'ACTIVE', plan: 'BUSINESS' })
    expect(await accountState(platform, tenantId)).toMatchObject({ customer_id: id })
  })

  test('takes over nobody who has another, whatever its metadata say', async () => {
    const mine = await foundPaying('starter')
    const before = [await stateOf(mine.tenantId), await accountState(platform, mine.tenantId)]
    const metadata = { tenant_id: mine.tenantId }
    const stranger = await double.stripe.customers.create({ name: 'Stranger', metadata })
    const subscription = await double.subscribe(stranger.id, priceOf('enterprise'), { metadata })
    await settle(mine.tenantId)
    expect([await stateOf(mine.tenantId), await accountState(platform, mine.tenantId)]).toEqual(before)
    const { id } = eventOf('customer.subscription.created', subscription)
    const [event] = await platform.sql(
      'select subject_tenant_id, outcome from billing_events where id = $1',
      [id],
    )
    expect(event).toEqual({ subject_tenant_id: mine.tenantId, outcome: 'unmatched' })
  })

  test('of one tenant is not another’s, whatever a subscription’s metadata say', async () => {
    const mine = await found()
    const other = await platform.signUp(`Company ${++companies}`)
    await double.subscribe(mine.customer, priceOf('enterprise'), { metadata: { tenant_id: other.tenantId } })
    await settle(mine.tenantId, other.tenantId)
    expect(await stateOf(mine.tenantId)).toMatchObject({ status: 'ACTIVE', plan: 'ENTERPRISE' })
    expect(await stateOf(other.tenantId)).toMatchObject({ status: 'TRIAL', plan: 'PROFESSIONAL' })
    // Even if such an event got that far.
    await platform.sql(
      `insert into billing_events (id, type, subject_tenant_id, customer_id, payload, source, occurred_at, received_at)
        values ('evt_planted', 'customer.subscription.updated', $1, $2, '{}', 'webhook', now(), now())`,
      [other.tenantId, mine.customer],
    )
    await applyEvents(platform, other.tenantId)
    expect(await stateOf(other.tenantId)).toMatchObject({ status: 'TRIAL', plan: 'PROFESSIONAL' })
    expect(await accountState(platform, other.tenantId)).toBeUndefined()
    const [event] = await platform.sql(`select outcome from billing_events where id = 'evt_planted'`)
    expect(event).toEqual({ outcome: 'unmatched' })
  })

  test.each([
    ['and its events come in', (tenantId: string) => settle(tenantId)],
    ['and nobody was told', (tenantId: string) => reconcile(platform, tenantId)],
  ])('that was deleted at Stripe has no subscription any more, %s', async (_how, apply) => {
    const { tenantId, customer, subscription } = await foundPaying()
    const since = platform.logLines.length
    await double.stripe.customers.del(customer)
    await apply(tenantId)
    expect(complaints(since)).toEqual([])
    expect(await stateOf(tenantId)).toMatchObject({ status: 'CANCELLED' })
    expect(await accountState(platform, tenantId)).toMatchObject({
      subscription_id: subscription.id,
      subscription_status: 'canceled',
    })
    await settle(tenantId)
  })

  test('that Stripe does not know, as with the key of another account, changes nothing and is told', async () => {
    const { tenantId } = await foundPaying()
    const elsewhere = `customer_id = 'cus_elsewhere', subscription_id = 'sub_elsewhere'`
    await platform.sql(`update billing_accounts set ${elsewhere} where tenant_id = $1`, [tenantId], tenantId)
    const known = () => accountState(platform, tenantId)
    const before = await known()
    await expect(reconcile(platform, tenantId)).rejects.toThrow(
      'Stripe does not know the customer cus_elsewhere: is the key of the right account and mode?',
    )
    expect(await stateOf(tenantId)).toMatchObject({ status: 'ACTIVE', plan: 'BUSINESS' })
    expect(await known()).toEqual(before)
  })
})

describe('while Stripe is asked', () => {
  test('no transaction is open', async () => {
    const { tenantId, subscription } = await foundPaying()
    double.setStatus(subscription.id, 'past_due')
    const open = () =>
      platform.sql(
        `select state, query from pg_stat_activity
          where datname = current_database() and pid <> pg_backend_pid() and xact_start is not null
            and backend_type = 'client backend'`,
      )
    const seen: unknown[] = []
    for (const path of [/^\/v1\/subscriptions/, /^\/v1\/invoices/]) {
      const held = double.hold(path)
      const applied = applyEvents(platform, tenantId)
      await held.arrived
      seen.push(...(await open()))
      held.release()
      await applied
    }
    expect(seen).toEqual([])
    // That an open one would have been seen:
    await platform.context.db.withPlatform('billing', async (tx) => {
      await tx.selectFrom('plans').select('plan').execute()
      expect(await open()).toHaveLength(1)
    })
  })

  test('two at once end with the newest, in whichever order they read and write', async () => {
    for (const first of ['the older', 'the newer'] as const) {
      const { tenantId, subscription } = await foundPaying()
      const [older, newer] = [double.hold(/^\/v1\/subscriptions/), double.hold(/^\/v1\/subscriptions/)]
      const one = applyEvents(platform, tenantId)
      await older.arrived
      double.setStatus(subscription.id, 'unpaid')
      const other = applyEvents(platform, tenantId)
      await newer.arrived
      if (first === 'the older') {
        older.release()
        await one
        expect(await stateOf(tenantId), 'as it was read').toMatchObject({ status: 'ACTIVE' })
        newer.release()
        await other
      } else {
        newer.release()
        await other
        expect(await stateOf(tenantId)).toMatchObject({ status: 'SUSPENDED' })
        older.release()
        await one
      }
      expect(await stateOf(tenantId), first).toMatchObject({ status: 'SUSPENDED' })
    }
  })

  test('and it is down, nothing is written; later all is right', async () => {
    const { tenantId, subscription } = await foundPaying()
    double.setStatus(subscription.id, 'unpaid')
    await double.deliverAll(platform.url)
    const look = async () => [
      await stateOf(tenantId),
      await accountState(platform, tenantId),
      await outcomesOf(platform, double, tenantId),
      await auditOf(platform, tenantId),
    ]
    const before = await look()
    double.fail(500, 2)
    await expect(applyEvents(platform, tenantId)).rejects.toMatchObject({ type: 'StripeAPIError' })
    expect(await look()).toEqual(before)
    await applyEvents(platform, tenantId)
    expect(await stateOf(tenantId)).toMatchObject({ status: 'SUSPENDED' })
    expect((await outcomesOf(platform, double, tenantId)).filter(([, outcome]) => outcome === null)).toEqual(
      [],
    )
  })
})

test('what was paid while a company waits for its address to be confirmed counts from then on', async () => {
  const { tenantId, customer } = await found()
  await platform.forceTenant(tenantId, `status = 'PENDING', status_set_by = 'system', trial_ends_at = null`)
  await double.subscribe(customer, priceOf('business'))
  await settle(tenantId)
  expect(await stateOf(tenantId)).toMatchObject({ status: 'PENDING', plan: 'BUSINESS' })
  await platform.sql('delete from graphile_worker._private_jobs')

  const { startPendingTenant } = await import('../../src/features/tenants/provision.ts')
  const of = { tenantId: tenantId as TenantId }
  await platform.context.db.withPlatform(
    'account',
    (tx) =>
      startPendingTenant(tx, {
        ...of,
        confirmedBy: 'somebody',
        ip: null,
        requestId: 'a test',
        now: platform.clock.now(),
      }),
    of,
  )
  expect(await stateOf(tenantId)).toMatchObject({ status: 'TRIAL' })
  const jobs = await platform.sql(
    `select task_identifier as task, payload ->> 'tenant_id' as tenant from graphile_worker.jobs
      join graphile_worker._private_jobs using (id)`,
  )
  expect(jobs).toContainEqual({ task: 'sync-billing', tenant: tenantId })
  await applyEvents(platform, tenantId)
  expect(await stateOf(tenantId)).toMatchObject({ status: 'ACTIVE', plan: 'BUSINESS', trial_ends_at: null })
})

test('what an operator was told of a tenant is told once for all events that waited', async () => {
  const { tenantId, subscription } = await foundPaying()
  const before = (await changesOf(platform, tenantId)).length
  for (let n = 0; n < 5; n++) {
    double.setStatus(subscription.id, 'unpaid')
    double.pay(subscription.id)
    platform.clock.advance(1000)
  }
  double.setStatus(subscription.id, 'unpaid')
  await settle(tenantId)
  expect(await changesOf(platform, tenantId)).toHaveLength(before + 1)
  platform.clock.advance(dayMs)
  await settle(tenantId)
  expect(await changesOf(platform, tenantId)).toHaveLength(before + 1)
})
