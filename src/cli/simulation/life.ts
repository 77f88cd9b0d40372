import { setTimeout as sleep } from 'node:timers/promises'
import type Stripe from 'stripe'
import type { PlatformTx } from '../../db/database.ts'
import { listCataloguePrices } from '../../features/billing/billing-account.ts'
import type { PlanName } from '../../features/plans/plans.ts'

const daySeconds = 86_400
/** How far back a life begins: Stripe lists events for 30 days (docs.stripe.com/api/events/list). */
const daysBack = 28

/** A customer of Stripe's test mode whose time is that of a test clock (docs.stripe.com/billing/testing/test-clocks). */
export interface Life {
  stripe: Stripe
  customerId: string
  /** Subscribes to a plan. */
  subscribe(plan: PlanName, options?: { trialDays: number }): Promise<Stripe.Subscription>
  /** Moves to another plan. */
  changePlan(subscription: Stripe.Subscription, plan: PlanName): Promise<void>
  /** Has payments from now on succeed, or fail. */
  useCard(card: 'good' | 'failing'): Promise<void>
  /** Pays what is open. */
  payOpenInvoices(subscription: Stripe.Subscription): Promise<void>
  /** Lets time pass until the subscription's trial or period is over, and so many hours more. */
  passPeriod(subscription: Stripe.Subscription, andHours: number): Promise<void>
  passDays(days: number): Promise<void>
}

/**
 * The life of a tenant's customer: of the one it has, if that lives by a test clock, else of a new one.
 * @throws Error for a customer who lives by the real time, or is gone
 */
export async function startLife(
  stripe: Stripe,
  given: { tenantId: string; customerId: string | null; priceOf: Map<PlanName, string | null> },
): Promise<Life> {
  const { customerId, clockId } = given.customerId
    ? await goOn(stripe, given.customerId)
    : await begin(stripe, given.tenantId)

  async function priceOf(plan: PlanName): Promise<string> {
    const known = given.priceOf.get(plan)
    if (known) return known
    const { data } = await stripe.prices.list({ lookup_keys: [plan.toLowerCase()], active: true })
    if (!data[0]) throw new Error(`Stripe has no price with the lookup_key ${plan.toLowerCase()}.`)
    return data[0].id
  }
  async function advanceTo(seconds: number): Promise<void> {
    await stripe.testHelpers.testClocks.advance(clockId, { frozen_time: seconds })
    for (;;) {
      const { status } = await stripe.testHelpers.testClocks.retrieve(clockId)
      if (status === 'ready') return
      if (status === 'internal_failure') throw new Error('Stripe’s test clock has failed.')
      await sleep(500)
    }
  }
  const now = async () => (await stripe.testHelpers.testClocks.retrieve(clockId)).frozen_time
  return {
    stripe,
    customerId,
    async subscribe(plan, options) {
      return stripe.subscriptions.create({
        customer: customerId,
        items: [{ price: await priceOf(plan) }],
        metadata: { tenant_id: given.tenantId },
        ...(options && { trial_period_days: options.trialDays }),
      })
    },
    async changePlan({ id, items }, plan) {
      const item = items.data[0] as Stripe.SubscriptionItem
      await stripe.subscriptions.update(id, { items: [{ id: item.id, price: await priceOf(plan) }] })
    },
    async useCard(card) {
      const name = card === 'good' ? 'pm_card_visa' : 'pm_card_chargeCustomerFail'
      const { id } = await stripe.paymentMethods.attach(name, { customer: customerId })
      await stripe.customers.update(customerId, { invoice_settings: { default_payment_method: id } })
    },
    async payOpenInvoices({ id }) {
      const { data } = await stripe.invoices.list({ subscription: id, status: 'open' })
      for (const invoice of data) await stripe.invoices.pay(invoice.id)
    },
    async passPeriod({ id }, andHours) {
      const { items } = await stripe.subscriptions.retrieve(id)
      const item = items.data[0] as Stripe.SubscriptionItem
      await advanceTo(item.current_period_end + andHours * 3_600)
    },
    async passDays(days) {
      await advanceTo((await now()) + days * daySeconds)
    },
  }
}

/** The plans' prices of the catalogue, for startLife. */
export async function readPrices(tx: PlatformTx): Promise<Map<PlanName, string | null>> {
  const rows = await listCataloguePrices(tx)
  return new Map(rows.map(({ plan, stripe_price_id }) => [plan, stripe_price_id]))
}

async function begin(stripe: Stripe, tenantId: string) {
  const frozen_time = Math.floor(Date.now() / 1000) - daysBack * daySeconds
  const clock = await stripe.testHelpers.testClocks.create({ frozen_time, name: `simulation of ${tenantId}` })
  const customer = await stripe.customers.create({
    test_clock: clock.id,
    name: `Simulation of ${tenantId}`,
    metadata: { tenant_id: tenantId },
    payment_method: 'pm_card_visa',
    invoice_settings: { default_payment_method: 'pm_card_visa' },
  })
  return { customerId: customer.id, clockId: clock.id }
}

async function goOn(stripe: Stripe, id: string) {
  const customer = await stripe.customers.retrieve(id)
  const clockId = 'test_clock' in customer && customer.test_clock
  if (typeof clockId !== 'string') {
    throw new Error(
      `This tenant's customer ${id} does not live by a test clock: take a tenant that never went to a checkout.`,
    )
  }
  const { data } = await stripe.subscriptions.list({ customer: id })
  for (const subscription of data) await stripe.subscriptions.cancel(subscription.id)
  return { customerId: id, clockId }
}
