import { AppError } from '../errors.ts'

/** Lets a bounded number of holders through at a time; the rest wait in order, in a bounded queue. */
export interface Gate {
  /**
   * Takes a place, waiting for one if need be. Every taken place has to be given back with leave().
   * @throws AppError 503 `overloaded` when the queue is full too
   */
  enter(): Promise<void> | undefined
  leave(): void
  /** How many hold or wait for a place. */
  readonly size: number
}

/** A gate for `places` holders at a time and at most `waiting` more in line. */
export function createGate(places: number, waiting: number): Gate {
  let held = 0
  const line: (() => void)[] = []
  return {
    enter() {
      if (held < places) {
        held++
        return undefined
      }
      if (line.length >= waiting) throw new AppError('overloaded')
      return new Promise((resolve) => line.push(resolve))
    },
    leave() {
      const next = line.shift()
      if (next) next()
      else held--
    },
    get size() {
      return held + line.length
    },
  }
}
