/** How long a tenant whose payment is due goes on, without new seats. */
export const graceMs = 7 * 86_400_000

/** When access ends for a tenant whose payment has been due since an instant. */
export function graceEnd(pastDueSince: Date): Date {
  return new Date(pastDueSince.getTime() + graceMs)
}
