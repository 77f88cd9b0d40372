import type Stripe from 'stripe'

/** An instant n intervals of a price later; the 31st becomes the last day of a shorter month. */
export function addPeriods(anchor: number, price: Stripe.Price | undefined, n: number): number {
  const { interval = 'month', interval_count = 1 } = price?.recurring ?? {}
  const count = n * interval_count
  const date = new Date(anchor * 1000)
  if (interval === 'day') date.setUTCDate(date.getUTCDate() + count)
  else if (interval === 'week') date.setUTCDate(date.getUTCDate() + 7 * count)
  else {
    const day = date.getUTCDate()
    date.setUTCDate(1)
    date.setUTCMonth(date.getUTCMonth() + (interval === 'year' ? 12 * count : count))
    const lastDay = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate()
    date.setUTCDate(Math.min(day, lastDay))
  }
  return date.getTime() / 1000
}

/** The first end of a period after an instant, where they are counted from the anchor. */
export function periodEndAfter(instant: number, anchor: number, price: Stripe.Price | undefined): number {
  let n = 1
  while (addPeriods(anchor, price, n) <= instant) n++
  return addPeriods(anchor, price, n)
}
