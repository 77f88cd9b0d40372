import type Stripe from 'stripe'
import { describe, expect, test } from 'vitest'
import {
  type CataloguePrice,
  dueSinceOf,
  readBillingState,
} from '../../src/features/billing/billing-state.ts'

const dayMs = 86_400_000
const now = new Date('2026-03-20T10:00:00.000Z')
const ago = (ms: number) => new Date(now.getTime() - ms)
const seconds = (date: Date) => Math.floor(date.getTime() / 1000)
const periodStart = ago(10 * dayMs)
const periodEnd = new Date('2026-04-10T10:00:00.000Z')

interface Given {
  id?: string
  status: string
  lookupKey?: string | null
  priceId?: string
  /** In days before now. */
  created?: number
  ended?: number
  quantity?: number
  cancelAt?: Date
  /** When its latest invoice was finalized; it is expanded then. */
  invoiced?: Date
}

/** A subscription with as much of Stripe's shape as is read. */
function subscription(given: Given): Stripe.Subscription {
  const { id = 'sub_1', status, lookupKey = 'starter', priceId = 'price_1', created = 30, ended } = given
  const item = {
    id: `si_of_${id}`,
    price: { id: priceId, lookup_key: lookupKey },
    quantity: given.quantity ?? 1,
    current_period_start: seconds(periodStart),
    current_period_end: seconds(periodEnd),
  }
  return {
    id,
    status,
    created: seconds(ago(created * dayMs)),
    ended_at: ended === undefined ? null : seconds(ago(ended * dayMs)),
    cancel_at: given.cancelAt ? seconds(given.cancelAt) : null,
    latest_invoice: given.invoiced
      ? { due_date: null, created: 0, status_transitions: { finalized_at: seconds(given.invoiced) } }
      : 'in_1',
    items: { data: [item] },
  } as unknown as Stripe.Subscription
}

const catalogue: CataloguePrice[] = (
  ['FREE', 'STARTER', 'PROFESSIONAL', 'BUSINESS', 'ENTERPRISE'] as const
).map((plan) => ({
  plan,
  stripe_price_id: plan === 'BUSINESS' ? 'price_business' : null,
  price_is_per_seat: plan === 'ENTERPRISE',
}))

function read(
  given: Given[],
  more: { dueSince?: Date; cancelBefore?: Date | null; now?: Date; catalogue?: CataloguePrice[] } = {},
) {
  const { dueSince, ...rest } = { catalogue, cancelBefore: null, now, ...more }
  return readBillingState({ subscriptions: given.map(subscription), dueSince: () => dueSince, ...rest })
}

describe('of one subscription', () => {
  test.each([
    ['trialing', 'ACTIVE'],
    ['active', 'ACTIVE'],
    ['past_due', 'ACTIVE'],
    ['unpaid', 'SUSPENDED'],
    ['paused', 'SUSPENDED'],
    ['incomplete', undefined],
    ['incomplete_expired', undefined],
    ['canceled', 'CANCELLED'],
  ])('%s means %s', (status, expected) => {
    const state = read([{ status, ended: 1 }], { dueSince: ago(dayMs) })
    expect(state.status).toBe(expected)
    expect(state.plan).toBe(expected && 'STARTER')
    expect(state.subscription?.status).toBe(expected && status)
    expect([state.alerts, state.toCancel]).toEqual([[], []])
  })

  test('a status that is not known changes nothing and is told', () => {
    const state = read([{ status: 'on_the_moon' }])
    expect([state.status, state.plan]).toEqual([undefined, undefined])
    expect(state.subscription).toMatchObject({ id: 'sub_1', status: 'on_the_moon' })
    expect(state.alerts).toEqual(['subscription sub_1 has the status on_the_moon, which is not known here'])
  })

  test('what is known of it comes along', () => {
    const cancelAt = new Date('2026-05-01T00:00:00Z')
    expect(read([{ status: 'active', lookupKey: 'enterprise', quantity: 7, cancelAt }])).toMatchObject({
      plan: 'ENTERPRISE',
      subscription: {
        id: 'sub_1',
        status: 'active',
        itemId: 'si_of_sub_1',
        priceId: 'price_1',
        quantity: 7,
        isPerSeat: true,
        currentPeriodEnd: periodEnd,
        cancelAt,
      },
      finding: 'subscription sub_1 is active, on the plan ENTERPRISE',
    })
  })

  test('without any nothing is said', () => {
    const state = read([])
    expect([state.status, state.plan, state.subscription]).toEqual([undefined, undefined, undefined])
    expect(state.finding).toBe('there is no subscription')
    expect(read([{ status: 'incomplete' }]).finding).toBe('no subscription was ever paid')
  })
})

describe('of several', () => {
  test.each<[why: string, given: Given[], counts: string, status: string | undefined]>([
    [
      'an old one that was cancelled stands behind a living one',
      [
        { id: 'sub_old', status: 'canceled', created: 90, ended: 1 },
        { id: 'sub_new', status: 'active', created: 20 },
      ],
      'sub_new',
      'ACTIVE',
    ],
    [
      'even if that is the older one',
      [
        { id: 'sub_old', status: 'active', created: 90 },
        { id: 'sub_new', status: 'canceled', created: 20, ended: 1 },
      ],
      'sub_old',
      'ACTIVE',
    ],
    [
      'and even if it is not paid',
      [
        { id: 'sub_old', status: 'canceled', created: 90, ended: 1 },
        { id: 'sub_new', status: 'unpaid', created: 20 },
      ],
      'sub_new',
      'SUSPENDED',
    ],
    [
      'a new one whose first payment was not made stands behind all others',
      [
        { id: 'sub_old', status: 'canceled', created: 90, ended: 10 },
        { id: 'sub_new', status: 'incomplete', created: 1 },
      ],
      'sub_old',
      'CANCELLED',
    ],
    [
      'of two that are paid the newer one counts',
      [
        { id: 'sub_new', status: 'trialing', created: 20 },
        { id: 'sub_old', status: 'active', created: 90 },
      ],
      'sub_new',
      'ACTIVE',
    ],
    [
      'one that is paid goes before a newer one that is not',
      [
        { id: 'sub_new', status: 'past_due', created: 20 },
        { id: 'sub_old', status: 'active', created: 90 },
      ],
      'sub_old',
      'ACTIVE',
    ],
    [
      'one that is waited for goes before one that is not any more',
      [
        { id: 'sub_new', status: 'unpaid', created: 20 },
        { id: 'sub_old', status: 'past_due', created: 90 },
      ],
      'sub_old',
      'ACTIVE',
    ],
    [
      'one of a status that is not known keeps access from being taken',
      [
        { id: 'sub_new', status: 'paused', created: 20 },
        { id: 'sub_old', status: 'on_the_moon', created: 90 },
        { id: 'sub_gone', status: 'canceled', ended: 1 },
      ],
      'sub_old',
      undefined,
    ],
    [
      'of those that have ended the one that ended last counts, whichever began last',
      [
        { id: 'sub_new', status: 'canceled', created: 20, ended: 15 },
        { id: 'sub_old', status: 'canceled', created: 90, ended: 2 },
      ],
      'sub_old',
      'CANCELLED',
    ],
    [
      'of two of one second the ids decide, so that it is the same one each time',
      [
        { id: 'sub_a', status: 'active' },
        { id: 'sub_b', status: 'active' },
      ],
      'sub_b',
      'ACTIVE',
    ],
  ])('%s', (_why, given, counts, status) => {
    for (const order of [given, given.toReversed()]) {
      const state = read(order, { dueSince: ago(dayMs) })
      expect([state.subscription?.id, state.status]).toEqual([counts, status])
    }
  })

  test('that live at once an operator is told', () => {
    const two = [
      { id: 'sub_1', status: 'active' },
      { id: 'sub_2', status: 'unpaid' },
    ]
    expect(read(two).alerts).toEqual(['2 subscriptions are alive: sub_1, sub_2'])
    expect(read([...two.slice(1), { id: 'sub_3', status: 'canceled', ended: 1 }]).alerts).toEqual([])
    expect(read([...two.slice(1), { id: 'sub_3', status: 'incomplete' }]).alerts).toEqual([])
  })
})

describe('the plan', () => {
  test.each<[lookupKey: string | null, priceId: string, plan: string | undefined]>([
    ['starter', 'price_x', 'STARTER'],
    ['PROFESSIONAL', 'price_x', 'PROFESSIONAL'],
    [null, 'price_business', 'BUSINESS'],
    ['starter', 'price_business', 'BUSINESS'],
    ['business', 'price_x', undefined],
    ['gold', 'price_x', undefined],
    [null, 'price_x', undefined],
  ])('of the lookup_key %s and the price %s is %s', (lookupKey, priceId, plan) => {
    const state = read([{ status: 'active', lookupKey, priceId }])
    expect(state.plan).toBe(plan)
    const alert = 'subscription sub_1 has no price that the catalogue knows'
    expect(state.alerts).toEqual(plan ? [] : [alert])
    expect(state).toMatchObject({ status: 'ACTIVE', subscription: { priceId, quantity: 1 } })
  })

  test('is that of the item which the catalogue knows, wherever it stands', () => {
    const [extra, sold] = [
      subscription({ status: 'active', lookupKey: 'support' }),
      subscription({ status: 'active' }),
    ]
    extra.items.data.push(...sold.items.data)
    const common = { catalogue, cancelBefore: null, now, dueSince: () => undefined }
    const { plan, alerts } = readBillingState({ subscriptions: [extra], ...common })
    expect([plan, alerts]).toEqual(['STARTER', []])
  })

  test('nobody is told of the price of what is over', () => {
    expect(read([{ status: 'canceled', ended: 1, lookupKey: 'gold' }]).alerts).toEqual([])
  })
})

describe('while a payment is due', () => {
  test('seven days go by to the millisecond', () => {
    const dueSince = ago(7 * dayMs)
    const at = (ms: number) => read([{ status: 'past_due' }], { dueSince, now: new Date(+now + ms) })
    expect(at(-1)).toMatchObject({ status: 'ACTIVE', pastDueSince: dueSince })
    expect(at(0)).toMatchObject({ status: 'SUSPENDED', pastDueSince: dueSince })
    expect(at(0).finding).toBe(
      'subscription sub_1 is past_due since 2026-03-13T10:00:00.000Z, its grace is over, on the plan STARTER',
    )
  })

  test('they are counted from the oldest open invoice, and without one from the latest', () => {
    const [dueSince, invoiced] = [ago(2 * dayMs), ago(dayMs)]
    const given: Given = { status: 'past_due', invoiced }
    expect(read([given], { dueSince }).pastDueSince).toEqual(dueSince)
    expect(read([given])).toMatchObject({ status: 'ACTIVE', pastDueSince: invoiced })
    expect(read([{ status: 'past_due', created: 3 }]).pastDueSince).toEqual(ago(3 * dayMs))
  })

  test('what is sent to be paid by a date is due from then on', () => {
    const invoice = { created: 1, due_date: null, status_transitions: { finalized_at: 2 } } as Stripe.Invoice
    const open = { finalized_at: null } as Stripe.Invoice.StatusTransitions
    expect(dueSinceOf({ ...invoice, due_date: 3 })).toEqual(new Date(3000))
    expect(dueSinceOf(invoice)).toEqual(new Date(2000))
    expect(dueSinceOf({ ...invoice, status_transitions: open })).toEqual(new Date(1000))
  })

  test.each(['active', 'trialing', 'unpaid', 'paused', 'canceled'])('of %s none is', (status) => {
    expect(read([{ status, ended: 1 }], { dueSince: ago(dayMs) }).pastDueSince).toBeNull()
  })
})

describe('what an operator has cancelled', () => {
  test('counts as ended and is to be cancelled, if it began by then', () => {
    const cancelBefore = ago(10 * dayMs)
    const old = { id: 'sub_old', status: 'active', created: 10 }
    const young = { id: 'sub_new', status: 'active', created: 10 - 1 / 86_400 }
    expect(read([old], { cancelBefore })).toMatchObject({
      status: 'CANCELLED',
      subscription: { id: 'sub_old', status: 'canceled' },
      toCancel: ['sub_old'],
      alerts: [],
    })
    expect(read([old, young], { cancelBefore })).toMatchObject({
      status: 'ACTIVE',
      subscription: { id: 'sub_new', status: 'active' },
      toCancel: ['sub_old'],
      alerts: [],
    })
  })

  test.each(['active', 'trialing', 'past_due', 'unpaid', 'paused', 'incomplete', 'on_the_moon'])(
    'is to be cancelled while it is %s',
    (status) => {
      expect(read([{ status }], { cancelBefore: now }).toCancel).toEqual(['sub_1'])
    },
  )

  test.each(['canceled', 'incomplete_expired'])('is over when it is %s', (status) => {
    expect(read([{ status, ended: 1 }], { cancelBefore: now }).toCancel).toEqual([])
  })

  test('says the same before and after it has ended at Stripe', () => {
    const others = [{ id: 'sub_0', status: 'canceled', created: 50, ended: 0 }]
    const two: Given[] = [
      { id: 'sub_2', status: 'active', created: 20 },
      { id: 'sub_1', status: 'paused', created: 40 },
    ]
    const before = read([...two, ...others], { cancelBefore: now })
    expect(before.toCancel, 'the one that counts goes last').toEqual(['sub_1', 'sub_2'])
    const ended = two.map((each, index) => ({
      ...each,
      status: 'canceled',
      ended: -1 - (1 - index) / 86_400,
    }))
    const after = read([...ended, ...others], { cancelBefore: now })
    for (const name of ['status', 'statusFacts', 'plan', 'planFacts', 'finding'] as const) {
      expect(after[name], name).toBe(before[name])
    }
  })
})

describe('something new is said', () => {
  const said = (given: Given[], more?: Parameters<typeof read>[1]) => {
    const { statusFacts, planFacts } = read(given, more)
    return { statusFacts, planFacts }
  }
  const before = said([{ status: 'past_due' }], { dueSince: ago(8 * dayMs) })
  const differs = (after: typeof before) => [
    after.statusFacts !== before.statusFacts,
    after.planFacts !== before.planFacts,
  ]

  test.each<[what: string, after: typeof before, differs: [status: boolean, plan: boolean]]>([
    ['by another status', said([{ status: 'active' }]), [true, false]],
    [
      'by another price',
      said([{ status: 'past_due', priceId: 'price_2' }], { dueSince: ago(8 * dayMs) }),
      [false, true],
    ],
    [
      'by another subscription',
      said([{ id: 'sub_2', status: 'past_due' }], { dueSince: ago(8 * dayMs) }),
      [true, true],
    ],
    [
      'not by a part of an overdue debt that is paid',
      said([{ status: 'past_due' }], { dueSince: ago(9 * dayMs) }),
      [false, false],
    ],
    [
      'not by time that goes by',
      said([{ status: 'past_due' }], { dueSince: ago(8 * dayMs), now: new Date(+now + dayMs) }),
      [false, false],
    ],
    [
      'not by seats',
      said([{ status: 'past_due', quantity: 9 }], { dueSince: ago(8 * dayMs) }),
      [false, false],
    ],
    [
      'by grace that is over',
      said([{ status: 'past_due' }], { dueSince: ago(8 * dayMs), now: ago(2 * dayMs) }),
      [true, false],
    ],
  ])('%s', (_what, after, expected) => {
    expect(differs(after)).toEqual(expected)
  })
})
