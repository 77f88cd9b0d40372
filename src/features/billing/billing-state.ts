import type Stripe from 'stripe'
import type { PlanName } from '../plans/plans.ts'
import { graceEnd } from '../tenants/grace-period.ts'
import type { TenantStatus } from '../tenants/status.ts'
import { instantOf } from './stripe.ts'

/** Which price a plan is sold by: a price of Stripe, or without one the price whose lookup_key is the plan's name. */
export interface CataloguePrice {
  plan: PlanName
  stripe_price_id: string | null
  price_is_per_seat: boolean
}

/** The subscription a tenant lives by. */
export interface TenantSubscription {
  id: string
  status: string
  itemId: string
  priceId: string
  quantity: number | null
  /** Undefined for a price that the catalogue does not know. */
  isPerSeat: boolean | undefined
  currentPeriodEnd: Date
  cancelAt: Date | null
}

/** What Stripe's present state of a tenant's subscriptions means for the tenant. */
export interface BillingState {
  /** Undefined: it says nothing about the status. */
  status: Extract<TenantStatus, 'ACTIVE' | 'SUSPENDED' | 'CANCELLED'> | undefined
  /** What the status is read off: as long as it is the same, Stripe has said nothing new about it. */
  statusFacts: string
  /** Undefined: it says nothing about the plan. */
  plan: PlanName | undefined
  /** The same for the plan. */
  planFacts: string
  /** Since when a payment is due, for a tenant that is past due. */
  pastDueSince: Date | null
  subscription: TenantSubscription | undefined
  /** Subscriptions that an operator has cancelled with the tenant and that are not over at Stripe. */
  toCancel: string[]
  /** All of this in a sentence. */
  finding: string
  /** What an operator should look at. */
  alerts: string[]
}

/** The first payment was never made: says nothing. */
const neverPaid = ['incomplete', 'incomplete_expired']
/** What every other status says, and which of several subscriptions counts. */
const meanings: Record<string, { worth: number; status: BillingState['status'] }> = {
  active: { worth: 3, status: 'ACTIVE' },
  trialing: { worth: 3, status: 'ACTIVE' },
  past_due: { worth: 2, status: 'ACTIVE' },
  paused: { worth: 0, status: 'SUSPENDED' },
  unpaid: { worth: 0, status: 'SUSPENDED' },
  canceled: { worth: 0, status: 'CANCELLED' },
}
/** Of a status that Stripe adds one day: it takes access from nobody. */
const unknown = { worth: 1, status: undefined }
const meaningOf = ({ status }: Stripe.Subscription) => meanings[status] ?? unknown

/**
 * Reads a tenant's status and plan off its subscriptions. A pure function of what Stripe holds by now: in whatever
 * order its events came, and whichever of them, the same comes out. Of several live ones the best counts and of
 * equals the newest; of those that have ended, the one that ended last.
 * Source of the statuses: docs.stripe.com/billing/subscriptions/overview#subscription-statuses
 * @param given `dueSince`: since when the oldest open invoice of a subscription is due; `cancelBefore`: what began
 *   before has been cancelled by an operator, and counts as ended; `cancelledId`: so has this one, whatever the clocks say
 */
export function readBillingState(given: {
  subscriptions: readonly Stripe.Subscription[]
  dueSince: (subscriptionId: string) => Date | undefined
  catalogue: readonly CataloguePrice[]
  cancelBefore: Date | null
  cancelledId?: string | null
  now: Date
}): BillingState {
  const { subscriptions, catalogue, cancelBefore, cancelledId, now } = given
  const isOver = ({ status }: Stripe.Subscription) => status === 'canceled' || status === 'incomplete_expired'
  const isPaid = ({ status }: Stripe.Subscription) => !neverPaid.includes(status)
  const isCancelled = (each: Stripe.Subscription) =>
    !isOver(each) &&
    cancelBefore !== null &&
    (each.id === cancelledId || instantOf(each.created) <= cancelBefore)
  const hasEnded = (each: Stripe.Subscription) => isOver(each) || isCancelled(each)
  const paid = subscriptions.filter(isPaid)
  const alive = paid.filter((each) => !hasEnded(each)).toSorted(byWorth)
  const ended = paid.filter(hasEnded).toSorted(byEnd)
  const chosen = alive[0] ?? ended[0]
  // The one that counts ends last, so that it goes on counting.
  const toCancel = subscriptions.filter(isCancelled).toSorted(byEnd).toReversed()
  const common = { toCancel: toCancel.map(({ id }) => id), alerts: listAlerts(alive, catalogue) }
  if (!chosen) {
    const finding = subscriptions.length === 0 ? 'there is no subscription' : 'no subscription was ever paid'
    const nothing = { status: undefined, plan: undefined, pastDueSince: null, subscription: undefined }
    return { ...nothing, ...common, statusFacts: '', planFacts: '', finding }
  }

  const { item, sold } = findItem(chosen, catalogue)
  const status = hasEnded(chosen) ? 'canceled' : chosen.status
  const pastDueSince =
    status === 'past_due'
      ? (given.dueSince(chosen.id) ?? latestDue(chosen) ?? instantOf(chosen.created))
      : null
  const isOverdue = pastDueSince !== null && graceEnd(pastDueSince) <= now
  const due = pastDueSince
    ? ` since ${pastDueSince.toISOString()}${isOverdue ? ', its grace is over' : ''}`
    : ''
  const says = `subscription ${chosen.id} is ${status}${due}`
  const means = status === 'canceled' ? 'CANCELLED' : meaningOf(chosen).status
  return {
    ...common,
    status: isOverdue ? 'SUSPENDED' : means,
    // Of a debt that is overdue a part may be paid: that is nothing new.
    statusFacts: isOverdue ? `subscription ${chosen.id} is overdue` : says,
    plan: means && sold?.plan,
    planFacts: `${chosen.id} ${item?.price.id ?? ''}`,
    pastDueSince,
    subscription: item && {
      id: chosen.id,
      status,
      itemId: item.id,
      priceId: item.price.id,
      quantity: item.quantity ?? null,
      isPerSeat: sold?.price_is_per_seat,
      currentPeriodEnd: instantOf(item.current_period_end),
      cancelAt: chosen.cancel_at === null ? null : instantOf(chosen.cancel_at),
    },
    finding: `${says}${sold ? `, on the plan ${sold.plan}` : ''}`,
  }
}

/** Since when an invoice is due: one that is sent to be paid by a date is by then. */
export function dueSinceOf({ due_date, status_transitions, created }: Stripe.Invoice): Date {
  return instantOf(due_date ?? status_transitions.finalized_at ?? created)
}

/**
 * For what is past due without an open invoice: it was paid after the subscriptions had been read, or written off. So
 * that the first is not taken for a debt of long ago, this comes with the subscription, of the same moment.
 */
function latestDue({ latest_invoice: latest }: Stripe.Subscription): Date | undefined {
  return typeof latest === 'object' && latest && latest.status !== 'draft' ? dueSinceOf(latest) : undefined
}

function listAlerts(alive: Stripe.Subscription[], catalogue: readonly CataloguePrice[]): string[] {
  const ids = alive.map(({ id }) => id).join(', ')
  const alerts = alive.length > 1 ? [`${alive.length} subscriptions are alive: ${ids}`] : []
  for (const each of alive) {
    const { id, status } = each
    if (!meanings[status]) alerts.push(`subscription ${id} has the status ${status}, which is not known here`)
    if (!findItem(each, catalogue).sold)
      alerts.push(`subscription ${id} has no price that the catalogue knows`)
  }
  return alerts
}

/** The item that is a plan's; without one the first there is. */
function findItem({ items }: Stripe.Subscription, catalogue: readonly CataloguePrice[]) {
  for (const item of items.data) {
    const sold = findSold(item.price, catalogue)
    if (sold) return { item, sold }
  }
  return { item: items.data[0], sold: undefined }
}

/** The plan that is sold by a price. */
function findSold({ id, lookup_key }: Stripe.Price, catalogue: readonly CataloguePrice[]) {
  const plan = lookup_key?.toUpperCase()
  return (
    catalogue.find(({ stripe_price_id }) => stripe_price_id === id) ??
    catalogue.find((each) => each.stripe_price_id === null && each.plan === plan)
  )
}

function byWorth(one: Stripe.Subscription, other: Stripe.Subscription): number {
  return meaningOf(other).worth - meaningOf(one).worth || byAge(one, other)
}

/** What has not ended yet ends now. */
function byEnd(one: Stripe.Subscription, other: Stripe.Subscription): number {
  const end = ({ ended_at }: Stripe.Subscription) => ended_at ?? Number.MAX_SAFE_INTEGER
  return end(other) - end(one) || byAge(one, other)
}

/** The newest first. */
function byAge(one: Stripe.Subscription, other: Stripe.Subscription): number {
  return other.created - one.created || (one.id < other.id ? 1 : -1)
}
