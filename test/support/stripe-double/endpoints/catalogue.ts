import type Stripe from 'stripe'
import { z } from 'zod'
import { makePrice, makeProduct, type PriceFields } from '../catalogue-shapes.ts'
import { endpoint, getPrice } from '../endpoint.ts'
import { emit, previousAttributes } from '../events.ts'
import { pageOf } from '../lists.ts'
import {
  expandable,
  flag,
  integer,
  mergeMetadata,
  metadata,
  pagingByTime,
  text,
  unsettable,
} from '../params.ts'
import { refuse, refuseMissing } from '../refusal.ts'
import { copyOf, type Store } from '../store.ts'

const product = z.strictObject({
  ...expandable,
  name: text,
  active: flag.optional(),
  description: unsettable.optional(),
  metadata: metadata.optional(),
} satisfies Partial<Record<keyof Stripe.ProductCreateParams, z.ZodType>>)

const priceChange = {
  ...expandable,
  active: flag.optional(),
  nickname: unsettable.optional(),
  lookup_key: unsettable.optional(),
  transfer_lookup_key: flag.optional(),
  metadata: metadata.optional(),
} satisfies Partial<Record<keyof Stripe.PriceUpdateParams, z.ZodType>>

const price = z.strictObject({
  ...priceChange,
  currency: text,
  product: text.optional(),
  product_data: z.strictObject({ name: text }).optional(),
  unit_amount: integer,
  recurring: z
    .strictObject({ interval: z.enum(['day', 'week', 'month', 'year']), interval_count: integer.optional() })
    .optional(),
} satisfies Partial<Record<keyof Stripe.PriceCreateParams, z.ZodType>>)

/** Makes a product and tells of it. */
export function addProduct(store: Store, name: string): Stripe.Product {
  const made = makeProduct({ id: store.newId('prod'), created: store.now(), name })
  store.products.set(made.id, made)
  emit(store, made.created, { type: 'product.created', data: { object: made } })
  return made
}

/** Makes a price and tells of it. */
export function addPrice(store: Store, given: PriceFields): Stripe.Price {
  const made = makePrice({ id: store.newId('price'), created: store.now(), ...given })
  store.prices.set(made.id, made)
  emit(store, made.created, { type: 'price.created', data: { object: made } })
  return made
}

/** A lookup key names one price; it can be taken from another only when asked to. */
function takeLookupKey(store: Store, key: string | null | undefined, mayTransfer = false, id?: string): void {
  const holder = [...store.prices.values()].find((each) => each.lookup_key === key)
  if (!key || !holder || holder.id === id) return
  if (!mayTransfer) {
    const message = `A price (\`${holder.id}\`) already uses that lookup key.`
    refuse(message, { code: 'resource_already_exists', param: 'lookup_key' })
  }
  holder.lookup_key = null
}

export const catalogueEndpoints = [
  endpoint('POST /v1/products', product, ({ store, params: { metadata, expand: _, ...given } }) =>
    Object.assign(addProduct(store, given.name), given, { metadata: mergeMetadata({}, metadata) }),
  ),
  endpoint(
    'GET /v1/products',
    z.strictObject({ ...pagingByTime, active: flag.optional(), ids: z.array(text).optional() }),
    ({ store, params: { active, ids, ...page } }) => {
      const found = [...store.products.values()].filter(
        (each) => (active ?? each.active) === each.active && (ids?.includes(each.id) ?? true),
      )
      return pageOf(found, '/v1/products', page)
    },
  ),
  endpoint(
    'GET /v1/products/{id}',
    z.strictObject(expandable),
    ({ store, id }) => store.products.get(id) ?? refuseMissing('product', id),
  ),
  endpoint('POST /v1/prices', price, ({ store, params }) => {
    const { product_data, lookup_key, recurring } = params
    takeLookupKey(store, lookup_key, params.transfer_lookup_key)
    if (params.product && !store.products.has(params.product)) {
      refuseMissing('product', params.product, 'product')
    }
    const product = params.product ?? (product_data && addProduct(store, product_data.name).id)
    if (!product) refuse('Missing required param: product.', { code: 'parameter_missing', param: 'product' })
    const made = addPrice(store, {
      product,
      currency: params.currency,
      unitAmount: params.unit_amount,
      interval: recurring?.interval,
      intervalCount: recurring?.interval_count,
      lookupKey: lookup_key,
      nickname: params.nickname,
    })
    made.active = params.active ?? true
    made.metadata = mergeMetadata({}, params.metadata)
    return made
  }),
  endpoint(
    'GET /v1/prices',
    z.strictObject({
      ...pagingByTime,
      active: flag.optional(),
      lookup_keys: z.array(text).max(10).optional(),
      product: text.optional(),
      type: z.enum(['one_time', 'recurring']).optional(),
      currency: text.optional(),
    } satisfies Partial<Record<keyof Stripe.PriceListParams, z.ZodType>>),
    ({ store, params: { active = true, lookup_keys, product, type, currency, ...page } }) => {
      const found = [...store.prices.values()].filter(
        (each) =>
          each.active === active &&
          (!lookup_keys || lookup_keys.includes(each.lookup_key ?? '')) &&
          (!product || each.product === product) &&
          (!type || each.type === type) &&
          (!currency || each.currency === currency),
      )
      return pageOf(found, '/v1/prices', page)
    },
  ),
  endpoint('GET /v1/prices/{id}', z.strictObject(expandable), ({ store, id }) => getPrice(store, id)),
  endpoint('POST /v1/prices/{id}', z.strictObject(priceChange), ({ store, id, params }) => {
    const { metadata, transfer_lookup_key, expand: _, ...given } = params
    const made = getPrice(store, id)
    takeLookupKey(store, given.lookup_key, transfer_lookup_key, id)
    const before = copyOf(made)
    Object.assign(made, given, { metadata: mergeMetadata(made.metadata, metadata) })
    const previous_attributes = previousAttributes(before, copyOf(made))
    const data = { object: made, ...(previous_attributes && { previous_attributes }) }
    if (previous_attributes) emit(store, store.now(), { type: 'price.updated', data })
    return made
  }),
]
