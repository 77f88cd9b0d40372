import { InvalidParams } from './params.ts'
import { Refusal } from './refusal.ts'
import { daySeconds, type Store } from './store.ts'

export interface Answer {
  status: number
  body: object
  headers: Record<string, string>
}

/** Turns what is thrown into what Stripe answers. Anything but a refusal is a mistake of the double. */
export function answerToError(error: unknown): Answer {
  if (!(error instanceof Refusal)) throw error
  return { status: error.status, body: { error: error.fields }, headers: {} }
}

/**
 * Remembers answers under the keys of their requests (docs.stripe.com/api/idempotent_requests): the same request gets
 * the same answer for a day, also when it was a refusal; another request with the same key is refused, and so is
 * the same one while the first is under way. What was refused for its parameters is not remembered.
 */
export function createIdempotency(store: Store) {
  const kept = new Map<string, { request: string; at: number; answer?: Answer }>()

  /** @param request what has to be the same: method, path and parameters */
  return function answerOnce(
    key: string,
    request: string,
    act: () => Answer,
  ): { answer: Answer; done: () => void } {
    const done = () => undefined
    const known = kept.get(key)
    if (known && known.at + daySeconds > store.now()) {
      if (known.request !== request) {
        const message = `Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '${key}' if you meant to execute a different request.`
        return { answer: answerToError(new Refusal(400, { type: 'idempotency_error', message })), done }
      }
      if (!known.answer) {
        const message = `There is currently another in-progress request using this Stripe-Idempotency-Key: ${key}`
        const code = 'idempotency_key_in_use'
        return { answer: answerToError(new Refusal(409, { type: 'idempotency_error', code, message })), done }
      }
      const headers = { ...known.answer.headers, 'Idempotent-Replayed': 'true' }
      return { answer: { ...known.answer, headers }, done }
    }
    const entry: { request: string; at: number; answer?: Answer } = { request, at: store.now() }
    kept.set(key, entry)
    try {
      const answer = act()
      return {
        answer,
        done: () => {
          entry.answer = answer
        },
      }
    } catch (error) {
      kept.delete(key)
      if (!(error instanceof InvalidParams)) throw error
      return { answer: answerToError(error), done }
    }
  }
}
