import { randomFillSync } from 'node:crypto'
import { v7 } from 'uuid'

/** Asking the system for random bytes costs more than an id, so they are asked for 256 at a time. */
const pool = new Uint8Array(16 * 256)
let used = pool.length

/**
 * An id of its own for what is made now: a UUID of version 7 (RFC 9562, 5.7), which sorts by the context's instant.
 * @param seq the place among what is made in the same instant, where that counts; otherwise chance decides
 */
export function newId(now: Date, seq?: number): string {
  if (used === pool.length) {
    randomFillSync(pool)
    used = 0
  }
  const random = pool.subarray(used, used + 16)
  used += 16
  return v7({ msecs: now.getTime(), random, ...(seq !== undefined && { seq }) })
}
