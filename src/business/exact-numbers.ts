import { z } from 'zod'

/** A whole number of any size: what a reader of JSON would round, above 2^53 − 1 (RFC 8259, 6), comes as text. */
export const exactNumberSchema = z.union([z.int(), z.string().regex(/^-?\d{16,}$/)])

/** Digits from the database as a number while that is exact, and otherwise as they are. */
export function toExactNumber(digits: string): number | string {
  const value = Number(digits)
  return Number.isSafeInteger(value) ? value : digits
}
