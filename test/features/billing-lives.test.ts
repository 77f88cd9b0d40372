import fc from 'fast-check'
import type Stripe from 'stripe'
import { expect, test } from 'vitest'
import type { AppError } from '../../src/errors.ts'
import { isRelevant } from '../../src/features/billing/inbox.ts'
import { refuseBlocked } from '../../src/features/tenants/status.ts'
import {
  accountState,
  addCustomer,
  applyEvents,
  reconcile,
  startBilledPlatform,
  tenantState,
} from '../support/billed-tenants.ts'
import { dayMs, hourMs, runTask } from '../support/clock-jobs.ts'
import { join } from '../support/sessions.ts'

/** How many lives are led; LIVES=1000 for a night. */
const lives = Number(process.env.LIVES ?? 40)
/** How many of them on one platform: what they leave makes it slower. */
const livesPerPlatform = 50

const plans = ['starter', 'professional', 'business', 'enterprise'] as const
const births = ['active', 'trialing', 'incomplete', 'past_due'] as const
const fates = [
  'active',
  'past_due',
  'unpaid',
  'paused',
  'canceled',
  'trialing',
  'incomplete_expired',
] as const

const subscribe = fc.record({
  kind: fc.constant('subscribe' as const),
  plan: fc.constantFrom(...plans),
  status: fc.constantFrom(...births),
})
const become = fc.record({
  kind: fc.constant('become' as const),
  which: fc.nat(2),
  status: fc.constantFrom(...fates),
})
const pay = fc.record({ kind: fc.constant('pay' as const), which: fc.nat(2) })
const change = fc.record({
  kind: fc.constant('change' as const),
  which: fc.nat(2),
  plan: fc.constantFrom(...plans),
})
const hire = fc.constant({ kind: 'hire' as const })
const wait = fc.record({ kind: fc.constant('wait' as const), hours: fc.integer({ min: 1, max: 200 }) })
/** What happens to a company's subscriptions, or that time goes by. */
const happening = fc.oneof(
  { weight: 2, arbitrary: subscribe },
  { weight: 6, arbitrary: become },
  { weight: 2, arbitrary: pay },
  { weight: 1, arbitrary: change },
  { weight: 1, arbitrary: hire },
  { weight: 3, arbitrary: wait },
)
type Happening = typeof happening extends fc.Arbitrary<infer Each> ? Each : never

/** How a company hears of it: which of its events by then come in, in this order, and what jobs do. */
const hearing = fc.record({
  events: fc.array(fc.nat(), { maxLength: 3 }),
  job: fc.constantFrom('none', 'none', 'apply', 'begin', 'end'),
})
const life = fc.record({
  birth: fc.tuple(subscribe, hearing),
  steps: fc.array(fc.tuple(happening, hearing), { minLength: 1, maxLength: 8, size: 'max' }),
  late: fc.array(hearing, { maxLength: 2 }),
})

type Billed = Awaited<ReturnType<typeof startBilledPlatform>>

/** A company with a customer at Stripe. */
async function found({ platform, double }: Billed, name: string) {
  const { tenantId } = await platform.signUp(name)
  const customer = await addCustomer(platform, double, tenantId)
  const subscriptions: string[] = []
  const candidates = [platform.acme, platform.globex]

  return {
    tenantId,
    subscriptions,
    /** What is the same for two companies that live alike. */
    async look() {
      // How they came there, and what they were told on the way, may differ.
      const { status_reason, plan_set_by, past_due_notice, ...tenant } = await tenantState(platform, tenantId)
      const { customer_id, subscription_id, ...account } = await accountState(platform, tenantId)
      // What is charged for nobody adjusts any more.
      const isCharged = ['active', 'trialing', 'past_due'].includes(account.subscription_status)
      return {
        ...tenant,
        ...account,
        quantity: isCharged ? account.quantity : null,
        access: accessOf(tenant, platform.clock.now()),
        subscription: subscriptions.indexOf(subscription_id),
      }
    },
    /** Its events, oldest first. */
    events: () =>
      double.events.filter(({ data }) => (data.object as { customer?: string }).customer === customer),
    deliver: async (event: Stripe.Event) => {
      const { status, body } = await double.deliver(event, platform.url)
      expect(status, JSON.stringify(body)).toBe(200)
    },
    apply: () => applyEvents(platform, tenantId),
    /** Begins to apply, and comes back when Stripe's answer is under way, which only `end` lets in. */
    async begin() {
      const held = double.hold(/^\/v1\/subscriptions/)
      const done = applyEvents(platform, tenantId)
      await held.arrived
      return async () => {
        held.release()
        await done
      }
    },
    async happen(what: Happening) {
      if (what.kind === 'wait') return
      if (what.kind === 'hire') {
        const person = candidates.pop()
        // Past the limits, which hold who owes.
        return person && join(platform, tenantId, person)
      }
      if (what.kind === 'subscribe') {
        if (subscriptions.length === 3) return
        const { id } = await double.subscribe(customer, double.prices[what.plan].id, { status: what.status })
        return void subscriptions.push(id)
      }
      const id = subscriptions[what.which % (subscriptions.length || 1)]
      if (!id) return
      const { status, ended_at, items } = await double.stripe.subscriptions.retrieve(id)
      if (ended_at !== null) return
      if (what.kind === 'pay') return void double.pay(id)
      if (what.kind === 'change') {
        if (status === 'incomplete') return
        const items_ = [{ id: items.data[0]?.id ?? '', price: double.prices[what.plan].id }]
        return void (await double.stripe.subscriptions.update(id, { items: items_ }))
      }
      // A first payment is made or not; afterwards there was one.
      const isFirst = status === 'incomplete'
      if (isFirst !== (what.status === 'incomplete_expired') && !(isFirst && what.status === 'active')) return
      double.setStatus(id, what.status)
    },
    /** Nothing happens to it any more. */
    async rest() {
      for (const id of subscriptions) {
        const { ended_at } = await double.stripe.subscriptions.retrieve(id)
        if (ended_at === null) double.setStatus(id, 'canceled')
      }
      await platform.sql(
        'update tenants set past_due_since = null where tenant_id = $1',
        [tenantId],
        tenantId,
      )
    },
  }
}
type Company = Awaited<ReturnType<typeof found>>
type Seen = Awaited<ReturnType<Company['look']>>

/** What the map of statuses says, in the plainest words: the status, and the plan where one is paid. */
async function expectedOf({ platform, double }: Billed, { subscriptions }: Company) {
  const all = await Promise.all(subscriptions.map((id) => double.stripe.subscriptions.retrieve(id)))
  const newest = (...statuses: string[]) => all.findLast(({ status }) => statuses.includes(status))
  const paid = newest('active', 'trialing')
  const due = newest('past_due')
  const plan = (paid ?? due)?.items.data[0]?.price.lookup_key?.toUpperCase()
  if (paid) return { status: 'ACTIVE', access: 'open', plan }
  if (due) {
    const { data } = await double.stripe.invoices.list({ subscription: due.id, status: 'open' })
    const opened = Math.min(...data.map(({ status_transitions }) => status_transitions.finalized_at ?? 0))
    const isWaitedFor = platform.clock.now().getTime() - opened * 1000 < 7 * dayMs
    return isWaitedFor
      ? { status: 'ACTIVE', access: 'open', plan, past_due_since: new Date(opened * 1000) }
      : { status: 'SUSPENDED', access: 'payment_required', plan }
  }
  if (newest('unpaid', 'paused')) return { status: 'SUSPENDED', access: 'payment_required' }
  return newest('canceled') ? { status: 'CANCELLED', access: 'tenant_cancelled' } : { status: 'TRIAL' }
}

function accessOf(tenant: Parameters<typeof refuseBlocked>[0], now: Date): string {
  try {
    refuseBlocked(tenant, now)
    return 'open'
  } catch (error) {
    return (error as AppError).code
  }
}

/** What runs by itself every few minutes, and the comparisons it asks for. */
async function runClockJobs({ platform }: Billed, companies: Company[]) {
  await runTask(platform.context, 'payment-notices')
  await runTask(platform.context, 'grace-over')
  for (const { tenantId, apply } of companies) {
    const asked = await platform.sql(
      `delete from graphile_worker._private_jobs
        where payload ->> 'tenant_id' = $1 and payload ->> 'template' is null returning id`,
      [tenantId],
    )
    if (asked.length > 0) await apply()
  }
}

test('in whatever order events come, how often, and whichever get lost, a company ends as one that heard of all in order', {
  timeout: 1000 * 60 * 60,
}, async () => {
  const seen = new Map<string, number>()
  const count = (what: string) => seen.set(what, (seen.get(what) ?? 0) + 1)
  let billed: Billed | undefined
  let led = 0

  async function lead(
    billed: Billed,
    { birth, steps, late }: typeof life extends fc.Arbitrary<infer L> ? L : never,
  ) {
    const { platform, double } = billed
    const [orderly, other] = [await found(billed, `Orderly ${led}`), await found(billed, `Other ${led}`)]
    let heard = 0
    /** Each event as it comes. */
    const keepUp = async () => {
      for (let events = orderly.events(); heard < events.length; events = orderly.events()) {
        const event = events[heard++]
        if (!event) return
        await orderly.deliver(event)
        if (isRelevant(event.type)) await orderly.apply()
      }
    }
    /** A job of the other one that waits for Stripe's answer; what it may write if nobody writes before; who did. */
    let slow: { end(): Promise<void>; state: Seen; isOvertaken: boolean } | undefined
    const apply = async () => {
      await other.apply()
      if (slow) slow.isOvertaken = true
      expect(await other.look(), 'who applies is up to date').toEqual(await orderly.look())
    }
    const endSlow = async () => {
      if (!slow) return
      const { end, state, isOvertaken } = slow
      slow = undefined
      await end()
      count(isOvertaken ? 'overtaken' : 'slow')
      const now = await other.look()
      if (isOvertaken) {
        expect(now, 'nothing older is written').toEqual(await orderly.look())
        return
      }
      // Open invoices are asked for after the subscriptions: what was paid between is waited for no more, and what
      // came to be due is counted from then, until its own events are applied.
      const isOtherDebt =
        now.past_due_since && state.past_due_since && now.past_due_since > state.past_due_since
      if (isOtherDebt) return
      // Who has Stripe charge for more seats looks again.
      const then = { ...state, access: accessOf(state, platform.clock.now()) }
      expect([then, await orderly.look()], 'as of when Stripe was asked').toContainEqual(now)
    }
    const hear = async ({ events: picks, job }: typeof hearing extends fc.Arbitrary<infer H> ? H : never) => {
      const events = other.events()
      for (const pick of picks) {
        const event = events[pick % (events.length || 1)]
        if (event) await other.deliver(event)
      }
      if (job === 'apply') await apply()
      if (job === 'begin' && !slow) {
        slow = { end: await other.begin(), state: await orderly.look(), isOvertaken: false }
      }
      if (job === 'end') await endSlow()
    }

    for (const [what, heard] of [birth, ...steps]) {
      platform.clock.advance(what.kind === 'wait' ? what.hours * hourMs : 1000)
      double.tick()
      for (const company of [orderly, other]) await company.happen(what)
      await keepUp()
      // Stripe has no event for somebody new: the invitation's acceptance asks for this.
      if (what.kind === 'hire') await orderly.apply()
      await runClockJobs(billed, [orderly])
      await keepUp()
      const present = await orderly.look()
      const { status, access, past_due_since } = present
      expect(present, 'as the map says').toMatchObject(await expectedOf(billed, orderly))
      count(`${status} ${access}${past_due_since ? ', due' : ''}`)
      await hear(heard)
    }
    for (const heard of late) await hear(heard)
    await endSlow()
    await runClockJobs(billed, [other])
    await reconcile(platform, other.tenantId)
    const end = await orderly.look()
    expect(await other.look(), 'in the end').toEqual(end)
    for (const { tenantId } of [orderly, other]) {
      expect(await reconcile(platform, tenantId), 'nothing is left to repair').toMatchObject({ changed: [] })
    }
    expect([await orderly.look(), await other.look()]).toEqual([end, end])
    for (const company of [orderly, other]) await company.rest()
  }

  try {
    await fc.assert(
      fc.asyncProperty(life, async (given) => {
        if (led++ % livesPerPlatform === 0) {
          await billed?.stop()
          billed = await startBilledPlatform()
          await billed.platform.sql(`update plans set price_is_per_seat = true where plan = 'BUSINESS'`)
        }
        await lead(billed as Billed, given)
      }),
      { numRuns: lives, endOnFailure: lives > 100 },
    )
  } finally {
    await billed?.stop()
  }
  const common = ['ACTIVE open', 'ACTIVE open, due']
  const rare = [
    'SUSPENDED payment_required',
    'SUSPENDED payment_required, due',
    'CANCELLED tenant_cancelled',
    'overtaken',
  ]
  const wanted = lives < 200 ? common : [...common, ...rare]
  expect([...seen.keys()], 'such lives were led').toEqual(expect.arrayContaining(wanted))
})
