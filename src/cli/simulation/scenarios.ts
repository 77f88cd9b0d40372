import type { Life } from './life.ts'

/** A life to play. */
export interface Scenario {
  summary: string
  /** How its events reach the server: after each act in order; all at the end, shuffled; or each many times at once. */
  delivery: 'in order' | 'shuffled' | 'storm'
  /** Says what is done next and does it when asked for more. */
  play(life: Life): AsyncGenerator<string, void>
}

/** The lives there are, by the names that the command line knows. */
export const scenarios: Record<string, Scenario> = {
  dunning: {
    summary: 'a renewal fails, retries are used up (when is a setting of the account), then it is paid',
    delivery: 'in order',
    async *play(life) {
      yield 'the customer subscribes to PROFESSIONAL'
      const subscription = await life.subscribe('PROFESSIONAL')
      yield 'the card is replaced by one that will be declined'
      await life.useCard('failing')
      yield 'a month passes; the renewal cannot be charged'
      await life.passPeriod(subscription, 2)
      yield 'Stripe tries again on the days after, in vain'
      await life.passDays(4)
      yield 'the customer gives a good card and pays what is open'
      await life.useCard('good')
      await life.payOpenInvoices(subscription)
    },
  },
  'trial-conversion': {
    summary: 'a trial at Stripe turns into a paid subscription',
    delivery: 'in order',
    async *play(life) {
      yield 'the customer subscribes to STARTER, with 14 days of trial'
      const subscription = await life.subscribe('STARTER', { trialDays: 14 })
      yield 'the trial passes, and the first month is paid'
      await life.passPeriod(subscription, 2)
    },
  },
  cancellation: {
    summary: 'a subscription is cancelled at its period’s end; later the customer comes back',
    delivery: 'in order',
    async *play(life) {
      yield 'the customer subscribes to BUSINESS'
      const subscription = await life.subscribe('BUSINESS')
      yield 'the customer cancels; the month is paid, so access goes on'
      await life.stripe.subscriptions.update(subscription.id, { cancel_at_period_end: true })
      yield 'the month passes'
      await life.passPeriod(subscription, 2)
      yield 'the customer comes back, with STARTER'
      await life.subscribe('STARTER')
    },
  },
  'out-of-order': {
    summary: 'the events of a whole life arrive after it, shuffled',
    delivery: 'shuffled',
    async *play(life) {
      yield 'the customer subscribes to STARTER'
      const subscription = await life.subscribe('STARTER')
      yield 'the customer moves to BUSINESS'
      await life.changePlan(subscription, 'BUSINESS')
      yield 'the card is declined at the renewal'
      await life.useCard('failing')
      await life.passPeriod(subscription, 2)
      yield 'it is paid with another one'
      await life.useCard('good')
      await life.payOpenInvoices(subscription)
    },
  },
  'duplicate-storm': {
    summary: 'each event arrives twenty times at once',
    delivery: 'storm',
    async *play(life) {
      yield 'the customer subscribes to PROFESSIONAL'
      const subscription = await life.subscribe('PROFESSIONAL')
      yield 'the customer moves to BUSINESS'
      await life.changePlan(subscription, 'BUSINESS')
    },
  },
}
