import type Stripe from 'stripe'
import { z } from 'zod'
import { attachCard, magicCards } from '../cards.ts'
import { type CustomerFields, makeCustomer } from '../catalogue-shapes.ts'
import { endpoint, getCustomer } from '../endpoint.ts'
import { emit, previousAttributes } from '../events.ts'
import { endSubscription } from '../invoicing.ts'
import { pageOf } from '../lists.ts'
import { expandable, mergeMetadata, metadata, pagingByTime, text, unsettable } from '../params.ts'
import { refuse, refuseMissing } from '../refusal.ts'
import { copyOf, idOf, type Store } from '../store.ts'

const details = {
  ...expandable,
  description: unsettable.optional(),
  email: unsettable.optional(),
  name: unsettable.optional(),
  phone: unsettable.optional(),
  preferred_locales: z.array(text).optional(),
  metadata: metadata.optional(),
  invoice_settings: z.strictObject({ default_payment_method: text.optional() }).optional(),
} satisfies Partial<Record<keyof Stripe.CustomerUpdateParams, z.ZodType>>

/** Who is new has no other. */
const magicCard = z.enum(Object.keys(magicCards))

const creation = z.strictObject({
  ...details,
  payment_method: magicCard.optional(),
  invoice_settings: z.strictObject({ default_payment_method: magicCard.optional() }).optional(),
  test_clock: text.optional(),
} satisfies Partial<Record<keyof Stripe.CustomerCreateParams, z.ZodType>>)

/** Makes a customer and tells of it. */
export function addCustomer(store: Store, given: CustomerFields): Stripe.Customer {
  const id = store.newId('cus')
  const created = store.testClocks.get(given.testClock ?? '')?.frozen_time ?? store.now()
  const customer = makeCustomer({ id, created, ...given })
  store.customers.set(id, customer)
  return customer
}

function change(store: Store, customer: Stripe.Customer, params: z.output<z.ZodObject<typeof details>>) {
  const { invoice_settings, metadata, expand: _, ...fields } = params
  const card = invoice_settings?.default_payment_method
  Object.assign(customer, fields, { metadata: mergeMetadata(customer.metadata, metadata) })
  if (card) {
    const param = 'invoice_settings[default_payment_method]'
    customer.invoice_settings.default_payment_method = attachCard(store, customer, card, param).id
  }
}

/** Whether a customer is what a query asks for, such as `metadata['tenant_id']:'acme' AND email:'a@b.example'`. */
function parseQuery(query: string): (customer: Stripe.Customer) => boolean {
  const clauses = query.split(/\s+AND\s+/).map((clause) => {
    const [, field = '', key, value = ''] =
      /^(metadata|email|name)(?:\[['"](.+)['"]\])?:['"](.*)['"]$/.exec(clause.trim()) ??
      refuse(`We were unable to parse your search query: ${clause}`, { param: 'query' })
    return { field, key, value: value.replaceAll(/\\(.)/g, '$1') }
  })
  return ({ metadata, email, name }) =>
    clauses.every(({ field, key, value }) =>
      field === 'metadata' ? metadata[key ?? ''] === value : (field === 'email' ? email : name) === value,
    )
}

export const customerEndpoints = [
  endpoint('POST /v1/customers', creation, ({ store, params }) => {
    const { payment_method, test_clock = null, ...given } = params
    if (test_clock && !store.testClocks.has(test_clock)) refuseMissing('test clock', test_clock, 'test_clock')
    const customer = addCustomer(store, { email: null, name: null, testClock: test_clock })
    if (payment_method) attachCard(store, customer, payment_method, 'payment_method')
    change(store, customer, given)
    emit(store, customer.created, { type: 'customer.created', data: { object: customer } })
    return customer
  }),
  endpoint(
    'GET /v1/customers/search',
    z.strictObject({ ...expandable, query: text, limit: pagingByTime.limit, page: text.optional() }),
    ({ store, params: { query, limit, page } }) => {
      const isMeant = parseQuery(query)
      const isSeen = ({ id, created }: Stripe.Customer) =>
        created + store.rules.searchDelaySeconds <= store.nowOf(id)
      const found = [...store.customers.values()].filter((each) => isMeant(each) && isSeen(each))
      const url = '/v1/customers/search'
      const { data, has_more } = pageOf(found, url, { limit, starting_after: page })
      return { object: 'search_result', data, has_more, next_page: has_more ? data.at(-1)?.id : null, url }
    },
  ),
  endpoint(
    'GET /v1/customers',
    z.strictObject({ ...pagingByTime, email: text.optional(), test_clock: text.optional() }),
    ({ store, params: { email, test_clock = null, ...page } }) => {
      const found = [...store.customers.values()].filter(
        (each) => (!email || each.email === email) && idOf(each.test_clock) === test_clock,
      )
      return pageOf(found, '/v1/customers', page)
    },
  ),
  endpoint('GET /v1/customers/{id}', z.strictObject(expandable), ({ store, id }) =>
    store.deletedCustomers.has(id)
      ? ({ id, object: 'customer', deleted: true } satisfies Stripe.DeletedCustomer)
      : getCustomer(store, id),
  ),
  endpoint('POST /v1/customers/{id}', z.strictObject(details), ({ store, id, params }) => {
    const customer = getCustomer(store, id)
    const before = copyOf(customer)
    change(store, customer, params)
    const previous_attributes = previousAttributes(before, copyOf(customer))
    if (previous_attributes) {
      const data = { object: customer, previous_attributes }
      emit(store, store.nowOf(id), { type: 'customer.updated', data })
    }
    return customer
  }),
  endpoint('DELETE /v1/customers/{id}', z.strictObject({}), ({ store, id }) => {
    const customer = getCustomer(store, id)
    const at = store.nowOf(id)
    for (const subscription of store.subscriptions.values()) {
      if (idOf(subscription.customer) === id && subscription.ended_at === null) {
        endSubscription(store, at, subscription, 'cancellation_requested')
      }
    }
    store.customers.delete(id)
    store.deletedCustomers.add(id)
    emit(store, at, { type: 'customer.deleted', data: { object: customer } })
    return { id, object: 'customer', deleted: true } satisfies Stripe.DeletedCustomer
  }),
  endpoint(
    'POST /v1/payment_methods/{id}/attach',
    z.strictObject({ ...expandable, customer: text }),
    ({ store, id, params: { customer } }) =>
      attachCard(store, getCustomer(store, customer, 'customer'), id, 'id'),
  ),
]
