import { AppError } from '../../errors.ts'

/** Options of one request to Stripe, for a caller who has waited so long already. */
export type Patience = () => { timeout: number }

/**
 * How long a caller waits for Stripe, over all requests together: 10 seconds. Each may take half of what is left, since
 * the client tries one that did not come through a second time.
 */
export function startPatience(ms = 10_000): Patience {
  const end = performance.now() + ms
  return () => ({ timeout: Math.max(1, Math.ceil((end - performance.now()) / 2)) })
}

/**
 * An answer that is what was asked for. Something else that listens at STRIPE_API_BASE may answer 200, too, and the
 * client takes any JSON without `error` for success.
 * @throws AppError 503 `billing_unavailable`
 */
export function confirm<Answer extends { object: string }>(answer: Answer, object: Answer['object']): Answer {
  if (answer.object === object) return answer
  throw new AppError('billing_unavailable', { cause: new Error(`this is no ${object} of Stripe`) })
}
