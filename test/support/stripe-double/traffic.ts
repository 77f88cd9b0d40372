/** A request as it came in. */
export interface AskedRequest {
  method: string
  path: string
  idempotencyKey?: string
  query: Record<string, unknown>
  body: Record<string, unknown>
}

export type Failure = 429 | 500 | 'timeout' | 'cut'

/** An answer that waits. */
export interface HeldAnswer {
  /** The request is there and carried out. */
  arrived: Promise<void>
  release(): void
}

/** What tests know of the requests, and what they do to them. */
export function createTraffic() {
  const requests: AskedRequest[] = []
  const failures: { what: Failure; left: number; path: RegExp }[] = []
  const holds: { path: RegExp; arrive: () => void; released: Promise<void> }[] = []
  return {
    requests,
    fail(what: Failure, times = 1, path = /^/) {
      failures.push({ what, left: times, path })
    },
    takeFailure(path: string): Failure | undefined {
      const failure = failures.find((each) => each.left > 0 && each.path.test(path))
      if (failure) failure.left--
      return failure?.what
    },
    hold(path = /^/): HeldAnswer {
      const arrived = Promise.withResolvers<void>()
      const released = Promise.withResolvers<void>()
      holds.push({ path, arrive: arrived.resolve, released: released.promise })
      return { arrived: arrived.promise, release: released.resolve }
    },
    /** Waits while a test holds this answer. */
    async pass(path: string): Promise<void> {
      const index = holds.findIndex((each) => each.path.test(path))
      const [held] = index < 0 ? [] : holds.splice(index, 1)
      held?.arrive()
      await held?.released
    },
  }
}

export type Traffic = ReturnType<typeof createTraffic>
