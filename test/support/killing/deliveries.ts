import Stripe from 'stripe'
import { done, found, next } from './companies.ts'
import type { Place } from './place.ts'
import type { BilledCompany, Flow, Scene } from './scene.ts'

const plans = ['starter', 'professional', 'business', 'enterprise'] as const
/** What a subscription's status makes of a tenant. */
const statuses = { active: 'ACTIVE', past_due: 'ACTIVE', unpaid: 'SUSPENDED' } as const

/** A company with a subscription, of which Stripe has told. */
export async function foundBilled(place: Place): Promise<BilledCompany> {
  const company = await found(place)
  const { double } = place
  const metadata = { tenant_id: company.tenantId }
  const { id } = await double.stripe.customers.create({ name: `Customer ${next()}`, metadata })
  const subscription = await double.subscribe(id, double.prices.starter.id, { metadata })
  return { ...company, subscriptionId: subscription.id }
}

/** Changes what Stripe knows of each company, and tells of it as Stripe does: each event until it is taken, in any order. */
export async function deliverEvents(scene: Scene): Promise<Flow[]> {
  const { place } = scene
  await changeAtStripe(scene)
  const untold = place.double.events.filter(({ pending_webhooks }) => pending_webhooks > 0)
  return untold.map((event) => () => tell(place, event))
}

/** Changes what Stripe knows of each company, of which it tells nobody yet. */
export async function changeAtStripe({ place, billed, random }: Scene): Promise<void> {
  const { double } = place
  const wanted = await Promise.all(
    billed.map(async ({ subscriptionId, tenantId }) => {
      const { items } = await double.stripe.subscriptions.retrieve(subscriptionId)
      const others = plans.filter((each) => double.prices[each].id !== items.data[0]?.price.id)
      const plan = random.oneOf(others)
      const changed = [{ id: items.data[0]?.id as string, price: double.prices[plan].id }]
      await double.stripe.subscriptions.update(subscriptionId, { items: changed })
      const status = random.oneOf(Object.keys(statuses) as (keyof typeof statuses)[])
      double.setStatus(subscriptionId, status)
      return { tenantId, plan: plan.toUpperCase(), status: statuses[status] }
    }),
  )
  for (const { tenantId, ...state } of wanted) place.expectedStates.set(tenantId, state)
}

async function tell(place: Place, event: Stripe.Event): Promise<void> {
  const payload = JSON.stringify(event)
  const secret = place.double.env.STRIPE_WEBHOOK_SECRET
  const signature = Stripe.webhooks.generateTestHeaderString({ payload, secret })
  await done(place, { path: '/webhooks/stripe', body: event, headers: { 'Stripe-Signature': signature } })
  event.pending_webhooks = 0
  const isKept = 'select count(*) = 1 from billing_events where id = $1'
  place.know(event.id, `the event ${event.id} is kept`, isKept, [event.id])
}
