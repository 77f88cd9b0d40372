import type Stripe from 'stripe'
import { makeCard } from './catalogue-shapes.ts'
import { emit } from './events.ts'
import { refuseMissing } from './refusal.ts'
import { idOf, type Store } from './store.ts'

/** Stripe's names for cards of the test mode (docs.stripe.com/testing). */
export const magicCards: Record<string, string> = { pm_card_visa: '4242', pm_card_chargeCustomerFail: '0341' }

/**
 * Gives a customer a card: one of the test mode by its name, or one that it has already.
 * @throws Refusal 400 `resource_missing`
 */
export function attachCard(
  store: Store,
  customer: Stripe.Customer,
  name: string,
  param: string,
): Stripe.PaymentMethod {
  const last4 = magicCards[name]
  const ofCustomer = [...store.paymentMethods.values()].filter((each) => each.customer === customer.id)
  const known = ofCustomer.find((each) => each.id === name || (last4 && each.card?.last4 === last4))
  if (known) return known
  if (!last4) refuseMissing('PaymentMethod', name, param)
  const at = store.nowOf(customer.id)
  const card = makeCard({ id: store.newId('pm'), created: at, customer: customer.id, last4 })
  store.paymentMethods.set(card.id, card)
  if (name === 'pm_card_chargeCustomerFail') store.badCards.add(card.id)
  emit(store, at, { type: 'payment_method.attached', data: { object: card } })
  return card
}

/** The card that pays for a subscription: its own, or else that of its customer. */
export function findCard(store: Store, subscription: Stripe.Subscription): string | null {
  const customer = store.customers.get(idOf(subscription.customer) ?? '')
  return idOf(subscription.default_payment_method) ?? idOf(customer?.invoice_settings.default_payment_method)
}

/** Whether a payment with this card goes through. */
export function canPay(store: Store, card: string | null): boolean {
  return card !== null && !store.badCards.has(card)
}
