import { z } from 'zod'

/** Any JSON object, as large as that in UTF-8. */
export function jsonObject(mostKibibytes: 64 | 512) {
  return z.record(z.string(), z.json()).refine(...ofAtMost(mostKibibytes))
}

/** Any JSON value, as large as that in UTF-8. */
export function jsonValue(mostKibibytes: 64) {
  return z.json().refine(...ofAtMost(mostKibibytes))
}

function ofAtMost(kibibytes: number): [(value: unknown) => boolean, string] {
  return [
    (value) => Buffer.byteLength(JSON.stringify(value)) <= kibibytes * 1024,
    `should be at most ${kibibytes} KiB of JSON`,
  ]
}
