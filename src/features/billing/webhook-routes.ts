import type { Request } from 'express'
import { z } from 'zod'
import { AppError } from '../../errors.ts'
import { toAppError } from '../../http/error-handler.ts'
import { ok, route } from '../../http/route.ts'
import { parseEvent, storeEvent, verifyPayload } from './inbox.ts'
import { getBilling } from './stripe.ts'

export const webhookRoutes = [
  route({
    scope: 'open',
    method: 'POST',
    path: '/webhooks/stripe',
    summary:
      'For Stripe: tells of an event, signed. It is stored when this is answered, and applied soon after',
    rawBody: true,
    headers: { 'Stripe-Signature': 'Of the bytes of the body, by the secret of the endpoint.' },
    response: { status: 200, body: z.strictObject({ received: z.literal(true) }) },
    errors: ['invalid_signature', 'unsupported_media_type', 'billing_not_configured', 'overloaded'],
    handler: async ({ context, request, readBody }) => {
      // No limit per address: Stripe has few, and sends whatever is waiting at once. Who is not Stripe has a body read
      // and hashed at most, about as much work as the parsing of one anywhere else.
      const billing = getBilling(context)
      try {
        const signature = signatureOf(request)
        const payload = verifyPayload(billing, await readBody(), signature, context.clock.now())
        await storeEvent(context, parseEvent(payload), payload, 'webhook')
      } catch (error) {
        if (toAppError(error).status < 500) context.metrics.billingEvents.inc({ outcome: 'refused' })
        throw error
      }
      return ok({ received: true as const })
    },
  }),
]

/** @throws AppError 400 `invalid_signature` without the header, or with two: Node joins those to one text */
function signatureOf(request: Request): string {
  const [signature, ...more] = request.headersDistinct['stripe-signature'] ?? []
  if (!signature || more.length > 0) throw new AppError('invalid_signature')
  return signature
}
