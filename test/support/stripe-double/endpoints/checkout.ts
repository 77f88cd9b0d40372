import type Stripe from 'stripe'
import { z } from 'zod'
import { endpoint, getCustomer, getPrice, ofCustomer } from '../endpoint.ts'
import { expireSession } from '../life.ts'
import { pageOf } from '../lists.ts'
import { expandable, flag, integer, mergeMetadata, metadata, pagingByTime, text } from '../params.ts'
import { refuse, refuseMissing } from '../refusal.ts'
import { makeLineItem, makePortalSession, makeSession } from '../session-shapes.ts'
import { idOf, type Store } from '../store.ts'

const creation = z.strictObject({
  ...expandable,
  mode: z.enum(['subscription']),
  customer: text.optional(),
  customer_email: text.optional(),
  client_reference_id: text.max(200).optional(),
  metadata: metadata.optional(),
  line_items: z
    .array(
      z.strictObject({
        price: text,
        quantity: integer.optional(),
        adjustable_quantity: z
          .strictObject({ enabled: flag, minimum: integer.optional(), maximum: integer.optional() })
          .optional(),
      }),
    )
    .min(1),
  subscription_data: z
    .strictObject({
      metadata: metadata.optional(),
      trial_period_days: integer.optional(),
      trial_end: integer.optional(),
      description: text.optional(),
    } satisfies Partial<Record<keyof Stripe.Checkout.SessionCreateParams.SubscriptionData, z.ZodType>>)
    .optional(),
  success_url: z.url(),
  cancel_url: z.url().optional(),
  locale: text.optional(),
  expires_at: integer.optional(),
  allow_promotion_codes: flag.optional(),
  automatic_tax: z.strictObject({ enabled: flag }).optional(),
  billing_address_collection: z.enum(['auto', 'required']).optional(),
  customer_update: z
    .strictObject({ address: text.optional(), name: text.optional(), shipping: text.optional() })
    .optional(),
  payment_method_collection: z.enum(['always', 'if_required']).optional(),
  tax_id_collection: z.strictObject({ enabled: flag }).optional(),
  ui_mode: z.enum(['hosted_page']).optional(),
} satisfies Partial<Record<keyof Stripe.Checkout.SessionCreateParams, z.ZodType>>)

function create(store: Store, base: string, params: z.output<typeof creation>): Stripe.Checkout.Session {
  const { customer, customer_email, subscription_data } = params
  if (customer) getCustomer(store, customer, 'customer')
  if (customer && customer_email) {
    refuse('You may only specify one of these parameters: customer, customer_email.', { param: 'customer' })
  }
  const id = store.newId('cs_test')
  const at = store.nowOf(customer ?? null)
  const lineItems = params.line_items.map((item, index) => {
    const price = getPrice(store, item.price, `line_items[${index}][price]`)
    if (!price.active) refuse('The price specified is inactive. This field only accepts active prices.')
    if (!price.recurring) {
      refuse('You must provide at least one recurring price in `subscription` mode.')
    }
    return makeLineItem(store.newId('li'), price, item.quantity ?? 1)
  })
  const age = (params.expires_at ?? at + 86_400) - at
  if (age < 1800 || age > 86_400) {
    refuse('The `expires_at` timestamp must be between 30 minutes and 24 hours from creation.', {
      param: 'expires_at',
    })
  }
  const session = makeSession({
    id,
    created: at,
    base,
    customer: customer ?? null,
    customerEmail: customer_email ?? null,
    clientReferenceId: params.client_reference_id ?? null,
    metadata: mergeMetadata({}, params.metadata),
    lineItems,
    successUrl: params.success_url,
    cancelUrl: params.cancel_url ?? null,
    locale: params.locale ?? null,
    expiresAt: params.expires_at,
  })
  store.sessions.set(id, session)
  store.orders.set(id, {
    lineItems,
    subscriptionMetadata: mergeMetadata({}, subscription_data?.metadata),
    trialEnd: subscription_data?.trial_end,
    trialDays: subscription_data?.trial_period_days,
  })
  return session
}

/** What is sold is only shown where it is asked for. */
function show(store: Store, session: Stripe.Checkout.Session, expand: string[] = []) {
  if (!expand.some((path) => path.startsWith('line_items'))) return session
  const data = store.orders.get(session.id)?.lineItems ?? []
  const url = `/v1/checkout/sessions/${session.id}/line_items`
  return { ...session, line_items: { object: 'list' as const, data, has_more: false, url } }
}

function getSession(store: Store, id: string): Stripe.Checkout.Session {
  return store.sessions.get(id) ?? refuseMissing('checkout.session', id)
}

export const checkoutEndpoints = [
  endpoint('POST /v1/checkout/sessions', creation, ({ store, base, params }) =>
    show(store, create(store, base, params), params.expand),
  ),
  endpoint(
    'GET /v1/checkout/sessions',
    z.strictObject({
      ...pagingByTime,
      customer: text.optional(),
      status: z.enum(['complete', 'expired', 'open']).optional(),
      subscription: text.optional(),
    } satisfies Partial<Record<keyof Stripe.Checkout.SessionListParams, z.ZodType>>),
    ({ store, params: { customer, status, subscription, ...page } }) => {
      const found = ofCustomer(store, store.sessions.values(), customer).filter(
        (each) =>
          (!status || each.status === status) && (!subscription || idOf(each.subscription) === subscription),
      )
      return pageOf(found, '/v1/checkout/sessions', page)
    },
  ),
  endpoint('GET /v1/checkout/sessions/{id}', z.strictObject(expandable), ({ store, id, params }) =>
    show(store, getSession(store, id), params.expand),
  ),
  endpoint('POST /v1/checkout/sessions/{id}/expire', z.strictObject(expandable), ({ store, id }) => {
    const session = getSession(store, id)
    if (session.status !== 'open') {
      refuse(
        `Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of \`${session.status}\`.`,
      )
    }
    expireSession(store, store.nowOf(idOf(session.customer)), session)
    return session
  }),
  endpoint(
    'POST /v1/billing_portal/sessions',
    z.strictObject({
      ...expandable,
      customer: text,
      return_url: z.url().optional(),
      locale: text.optional(),
      configuration: text.optional(),
    } satisfies Partial<Record<keyof Stripe.BillingPortal.SessionCreateParams, z.ZodType>>),
    ({ store, base, params }) =>
      makePortalSession({
        id: store.newId('bps'),
        created: store.nowOf(getCustomer(store, params.customer, 'customer').id),
        base,
        customer: params.customer,
        returnUrl: params.return_url ?? null,
        locale: params.locale ?? null,
      }),
  ),
]
