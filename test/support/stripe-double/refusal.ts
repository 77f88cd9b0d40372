/** What Stripe says of a request that it refuses (docs.stripe.com/api/errors). */
interface ErrorFields {
  type: 'invalid_request_error' | 'card_error' | 'idempotency_error' | 'api_error'
  code?: string
  message: string
  param?: string
  decline_code?: string
}

/** A request that is refused. */
export class Refusal extends Error {
  override name = 'Refusal'
  status: number
  fields: ErrorFields

  constructor(status: number, fields: ErrorFields) {
    super(fields.message)
    this.status = status
    this.fields = fields
  }
}

/** @throws Refusal 400 */
export function refuse(message: string, about: { code?: string; param?: string } = {}): never {
  throw new Refusal(400, { type: 'invalid_request_error', message, ...about })
}

/**
 * Of what is named in the path and of what is named in a parameter, Stripe says it with different statuses.
 * @throws Refusal `resource_missing`: 404, or with `param` 400
 */
export function refuseMissing(kind: string, id: string, param?: string): never {
  throw new Refusal(param ? 400 : 404, {
    type: 'invalid_request_error',
    code: 'resource_missing',
    message: `No such ${kind}: '${id}'`,
    param: param ?? 'id',
  })
}

/** @throws Refusal 402 */
export function refuseCard(): never {
  throw new Refusal(402, {
    type: 'card_error',
    code: 'card_declined',
    decline_code: 'generic_decline',
    message: 'Your card was declined.',
  })
}
