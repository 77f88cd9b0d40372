import { AppError } from './errors.ts'

/** Lets a bounded number of holders through at a time; the rest wait in order, in a bounded queue. */
export interface Gate {
  /**
   * Takes a place, waiting for one if need be. Every taken place has to be given back with leave().
   * @throws AppError 503 `overloaded` when the queue is full too, or the wait took too long
   */
  enter(): Promise<void> | undefined
  leave(): void
  /** How many hold or wait for a place. */
  readonly size: number
}

/** A gate for `places` holders at a time and at most `waiting` more in line, each for at most `waitMs`. */
export function createGate(places: number, waiting: number, waitMs?: number): Gate {
  let held = 0
  const line: (() => void)[] = []
  return {
    enter() {
      if (held < places) {
        held++
        return undefined
      }
      if (line.length >= waiting) throw new AppError('overloaded')
      return new Promise((resolve, reject) => {
        if (waitMs === undefined) return line.push(resolve)
        const giveUp = () => {
          line.splice(line.indexOf(enter), 1)
          reject(new AppError('overloaded'))
        }
        const timer = setTimeout(giveUp, waitMs)
        const enter = () => {
          clearTimeout(timer)
          resolve()
        }
        line.push(enter)
      })
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

/**
 * With so many gates, those at which nobody is are dropped, all at once. A Map in which keys come and go one by one is made
 * anew again and again, and what it was made of before is found by full garbage collections only.
 */
const mostKept = 10_000

/**
 * One gate for each key: runs work when the key has a place.
 * @throws AppError 503 `overloaded` as Gate.enter; what work throws
 */
export function createGates<Key>(places: number, waiting: number, waitMs?: number) {
  const gates = new Map<Key, Gate>()
  return async <T>(key: Key, work: () => Promise<T>): Promise<T> => {
    let gate = gates.get(key)
    if (!gate) {
      if (gates.size >= mostKept) for (const [other, { size }] of gates) if (size === 0) gates.delete(other)
      gate = createGate(places, waiting, waitMs)
      gates.set(key, gate)
    }
    const turn = gate.enter()
    if (turn !== undefined) await turn
    try {
      return await work()
    } finally {
      gate.leave()
    }
  }
}
