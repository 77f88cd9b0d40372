/** Numbers that look random, and are the same for the same seed: mulberry32, by Tommy Ettinger, in the public domain. */
export function createRandom(seed: number) {
  let state = seed
  function next(): number {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  const below = (count: number) => Math.floor(next() * count)
  return {
    /** A whole number from 0 on, below this. */
    below,
    oneOf: <T>(list: readonly T[]): T => list[below(list.length)] as T,
  }
}

export type Random = ReturnType<typeof createRandom>
