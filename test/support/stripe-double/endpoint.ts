import type Stripe from 'stripe'
import type { z } from 'zod'
import type { Form } from './form.ts'
import { readParams } from './params.ts'
import { refuseMissing } from './refusal.ts'
import { idOf, type Store } from './store.ts'

interface Call<P> {
  store: Store
  /** Of the path. */
  id: string
  params: P
  /** Where the double is reached. */
  base: string
}

export interface Endpoint {
  method: 'GET' | 'POST' | 'DELETE'
  path: RegExp
  /** @throws Refusal */
  answer(call: Call<Form>): object
}

/** One of Stripe's endpoints, such as `POST /v1/customers/{id}`, with the parameters that it knows. */
export function endpoint<S extends z.ZodType>(
  line: `${Endpoint['method']} ${string}`,
  schema: S,
  handle: (call: Call<z.output<S>>) => object,
): Endpoint {
  const [method, path = ''] = line.split(' ')
  return {
    method: method as Endpoint['method'],
    path: new RegExp(`^${path.replace('{id}', '([^/]+)')}$`),
    answer: (call) => handle({ ...call, params: readParams(schema, call.params) }),
  }
}

/**
 * A customer who lives.
 * @param param the parameter that names it; without one it is named in the path
 * @throws Refusal `resource_missing`, also for one who was deleted
 */
export function getCustomer(store: Store, id: string, param?: string): Stripe.Customer {
  return store.customers.get(id) ?? refuseMissing('customer', id, param)
}

/** @throws Refusal `resource_missing`; 400 for a price that is not sold any more */
export function getPrice(store: Store, id: string, param?: string): Stripe.Price {
  return store.prices.get(id) ?? refuseMissing('price', id, param)
}

/**
 * What a list shows of objects that belong to customers: those of customers with a test clock only to who asks for
 * the customer or the clock (docs.stripe.com/api/test_clocks).
 * @throws Refusal 400 `resource_missing` for a customer who is unknown or deleted
 */
export function ofCustomer<
  T extends {
    customer: string | { id: string } | null
    test_clock?: string | { id: string } | null
  },
>(store: Store, all: Iterable<T>, customer: string | undefined, testClock?: string | undefined): T[] {
  if (customer) getCustomer(store, customer, 'customer')
  return [...all].filter((each) =>
    customer ? idOf(each.customer) === customer : (idOf(each.test_clock) ?? undefined) === testClock,
  )
}
