import type Stripe from 'stripe'
import { z } from 'zod'
import { attachCard, canPay, findCard } from '../cards.ts'
import { endpoint, getCustomer, ofCustomer } from '../endpoint.ts'
import { emit } from '../events.ts'
import { anyCard, chargeInvoice, openInvoice, subscriptionOf } from '../invoicing.ts'
import { pageOf } from '../lists.ts'
import { expandable, flag, pagingByTime, text } from '../params.ts'
import { refuse, refuseCard, refuseMissing } from '../refusal.ts'
import { idOf, type Store } from '../store.ts'

function getInvoice(store: Store, id: string): Stripe.Invoice {
  return store.invoices.get(id) ?? refuseMissing('invoice', id)
}

export const invoiceEndpoints = [
  endpoint(
    'GET /v1/invoices',
    z.strictObject({
      ...pagingByTime,
      customer: text.optional(),
      subscription: text.optional(),
      status: z.enum(['draft', 'open', 'paid', 'uncollectible', 'void']).optional(),
    } satisfies Partial<Record<keyof Stripe.InvoiceListParams, z.ZodType>>),
    ({ store, params: { customer, subscription, status, ...page } }) => {
      if (subscription && !store.subscriptions.has(subscription)) {
        refuseMissing('subscription', subscription, 'subscription')
      }
      const all = [...store.invoices.values()]
      const found = subscription
        ? all.filter(
            (each) =>
              subscriptionOf(each) === subscription && (!customer || idOf(each.customer) === customer),
          )
        : ofCustomer(store, all, customer)
      const shown = found.filter((each) => !status || each.status === status)
      return pageOf(shown, '/v1/invoices', page)
    },
  ),
  endpoint('GET /v1/invoices/{id}', z.strictObject(expandable), ({ store, id }) => getInvoice(store, id)),
  endpoint(
    'POST /v1/invoices/{id}/pay',
    z.strictObject({
      ...expandable,
      payment_method: text.optional(),
      paid_out_of_band: flag.optional(),
    } satisfies Partial<Record<keyof Stripe.InvoicePayParams, z.ZodType>>),
    ({ store, id, params: { payment_method, paid_out_of_band } }) => {
      const invoice = getInvoice(store, id)
      if (invoice.status === 'paid') refuse('Invoice is already paid')
      if (invoice.status === 'void') refuse('This invoice can no longer be paid')
      const customer = getCustomer(store, idOf(invoice.customer) ?? '', 'customer')
      const at = store.nowOf(customer.id)
      const subscription =
        store.subscriptions.get(subscriptionOf(invoice) ?? '') ?? refuseMissing('subscription', id)
      if (invoice.status === 'draft') openInvoice(store, at, invoice)
      const card = payment_method
        ? attachCard(store, customer, payment_method, 'payment_method').id
        : findCard(store, subscription)
      if (!paid_out_of_band && !canPay(store, card)) {
        // The tries by hand change nothing about when it is tried by itself.
        invoice.attempted = true
        emit(store, at, { type: 'invoice.payment_failed', data: { object: invoice } })
        refuseCard()
      }
      chargeInvoice(store, at, subscription, invoice, paid_out_of_band ? anyCard : card)
      return invoice
    },
  ),
]
