import { z } from 'zod'
import { AppError } from '../../errors.ts'
import { originOf } from '../../http/address.ts'
import { ok, route } from '../../http/route.ts'
import { timestampSchema } from '../../http/schemas.ts'
import { userOf } from '../members/access.ts'
import { planNames } from '../plans/plans.ts'
import { planNameSchema } from '../plans/schemas.ts'
import { tenantStatuses } from '../tenants/status.ts'
import { startCheckout } from './checkout.ts'
import { openPortal } from './portal.ts'
import { getBilling } from './stripe.ts'
import { billingQuery, describeBilling } from './subscription.ts'

const subscriptionAnswer = z.strictObject({
  plan: z.enum(planNames),
  status: z.enum(tenantStatuses),
  trial_ends_at: timestampSchema.nullable(),
  /** Null before the first one. The status is Stripe's word for it. */
  subscription: z
    .strictObject({
      id: z.string(),
      status: z.string(),
      quantity: z.int().nullable(),
      current_period_end: timestampSchema.nullable(),
      cancel_at: timestampSchema.nullable(),
    })
    .nullable(),
  past_due_since: timestampSchema.nullable(),
  /** When access ends unless what is due is paid. */
  grace_ends_at: timestampSchema.nullable(),
  /** Whether POST /v1/billing/portal has something to show. */
  has_portal: z.boolean(),
})

/** Who is blocked for want of payment pays here. The caller is only checked: what Stripe says the platform writes. */
const group = { scope: 'read', permission: 'billing:manage', whenBlocked: 'allowed' } as const

export const billingRoutes = [
  route({
    ...group,
    method: 'GET',
    path: '/v1/billing/subscription',
    summary: 'What the tenant pays for, until when, and what is due',
    response: { status: 200, body: subscriptionAnswer },
    errors: ['not_found', 'billing_not_configured'],
    handler: async ({ context, read }) => {
      const { rows } = await read(billingQuery)
      getBilling(context)
      if (!rows[0]) throw new AppError('not_found')
      return ok(describeBilling(rows[0]))
    },
  }),

  route({
    ...group,
    method: 'POST',
    path: '/v1/billing/checkout',
    summary: 'Open a page where a plan is bought; pages that were open before are closed',
    caller: 'user',
    body: z.strictObject({ plan: planNameSchema }),
    response: {
      status: 200,
      body: z.strictObject({ url: z.url(), expires_at: timestampSchema.nullable() }),
    },
    errors: [
      'tenant_pending',
      'tenant_suspended',
      'plan_not_for_sale',
      'already_subscribed',
      'conflict',
      'billing_not_configured',
      'billing_unavailable',
    ],
    handler: async ({ context, input, request, check, keep, repeatId }) => {
      const principal = userOf(await check())
      const order = { principal, plan: input.body.plan, origin: originOf(request), keep, repeatId }
      return ok(await startCheckout(context, order))
    },
  }),

  route({
    ...group,
    method: 'POST',
    path: '/v1/billing/portal',
    summary:
      'Open a page where the subscription is changed or cancelled, and invoices are; its address is null when answered again',
    caller: 'user',
    response: { status: 200, body: z.strictObject({ url: z.url().nullable() }) },
    errors: ['not_subscribed', 'billing_not_configured', 'billing_unavailable'],
    // Whoever has it is signed in at Stripe as the customer. That of a checkout lets nobody do more than pay, and without
    // it a repeated answer would be worth nothing.
    secrets: ['url'],
    handler: async ({ context, request, read, keep }) => {
      const { rows, principal } = await read((queries) =>
        queries.selectFrom('billing_accounts').select('billing_accounts.customer_id'),
      )
      const customerId = rows[0]?.customer_id
      return ok(await openPortal(context, { principal, customerId, origin: originOf(request), keep }))
    },
  }),
]
