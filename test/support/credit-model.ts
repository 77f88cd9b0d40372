interface Lot {
  id: string
  remaining: number
  expiresAt: number
  createdAt: number
}

/** The rules of credits, on arrays. What never expires does so at infinity. */
export function createCreditModel() {
  const lots: Lot[] = []
  /** What is left of each debit in each lot, in the order in which it was taken. */
  const debits = new Map<string, { lot: Lot; left: number }[]>()
  let expired = 0
  let expiredByRefunds = 0

  const balance = () => lots.reduce((sum, { remaining }) => sum + remaining, 0)
  /** What has expired left out, also before somebody writes that down. */
  const spendable = (now: number) =>
    lots.reduce((sum, { expiresAt, remaining }) => sum + (expiresAt > now ? remaining : 0), 0)
  const leftOf = (debitId: string) => (debits.get(debitId) ?? []).reduce((sum, { left }) => sum + left, 0)
  const inOrder = () =>
    lots.toSorted(
      (one, other) =>
        (one.expiresAt === other.expiresAt ? 0 : one.expiresAt - other.expiresAt) ||
        one.createdAt - other.createdAt ||
        (one.id < other.id ? -1 : 1),
    )
  function expire(now: number) {
    for (const lot of lots) {
      if (lot.expiresAt > now) continue
      expired += lot.remaining
      lot.remaining = 0
    }
  }

  return {
    balance,
    spendable,
    expire,
    expired: () => expired,
    expiredByRefunds: () => expiredByRefunds,
    remaining: () => inOrder().map(({ id, remaining }) => [id, remaining]),
    grant(id: string, amount: number, expiresAt: number, now: number) {
      expire(now)
      lots.push({ id, remaining: amount, expiresAt, createdAt: now })
    },
    /** Whether there is enough. */
    debit(id: string, amount: number, now: number): boolean {
      if (amount > spendable(now)) return false
      expire(now)
      let missing = amount
      const parts = []
      for (const lot of inOrder()) {
        const left = Math.min(lot.remaining, missing)
        if (left === 0) continue
        lot.remaining -= left
        missing -= left
        parts.push({ lot, left })
      }
      debits.set(id, parts)
      return true
    },
    leftOf,
    /** Whether so much is left of the debit. */
    refund(debitId: string, amount: number, now: number): boolean {
      const parts = debits.get(debitId) ?? []
      if (amount > leftOf(debitId)) return false
      expire(now)
      let missing = amount
      for (const part of parts.toReversed()) {
        const back = Math.min(part.left, missing)
        part.left -= back
        part.lot.remaining += back
        missing -= back
      }
      const before = expired
      expire(now)
      expiredByRefunds += expired - before
      return true
    },
  }
}
