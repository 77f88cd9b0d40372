/** What one round measured of one subject. */
export interface Measured {
  perSecond: number
  /** Processor time of the Node process, in microseconds for each operation. */
  cpuMicros: number
  p50Ms?: number
  p99Ms?: number
  /** The share that was answered otherwise than with 2xx. */
  failed?: number
}

/** One line of the result. */
export interface Row extends Measured {
  name: string
  /** Median over the rounds of what this subject has over what the first one has in the same round: rates, mostly. */
  ratio: number
  /** The worst and the best of those. */
  ratioRange: [number, number]
  /** What the ratio is of, round by round. */
  rounds: number[]
}

/** How long it takes to compare: every contender is warmed up and then measured so many times. */
export interface Pace {
  rounds: number
  roundMs: number
  warmUpMs: number
}

export interface Contender {
  name: string
  measure(milliseconds: number): Promise<Measured>
}

/**
 * Measures all in turn, round after round, each round beginning with another one, after a warm-up of each.
 * A machine that slows down does so for all, which is why ratios are taken inside a round.
 * @param of what the ratios are of
 */
export async function compare(
  contenders: Contender[],
  { rounds, roundMs, warmUpMs }: Pace,
  of: (measured: Measured) => number = ({ perSecond }) => perSecond,
): Promise<Row[]> {
  for (const contender of contenders) await contender.measure(warmUpMs)
  const measured = contenders.map((): Measured[] => [])
  for (let round = 0; round < rounds; round++) {
    const order = contenders.map((_, turn) => (round + turn) % contenders.length)
    // So that nobody always comes after the same one.
    if (Math.floor(round / contenders.length) % 2) order.reverse()
    for (const index of order) {
      measured[index]?.push(await (contenders[index] as Contender).measure(roundMs))
    }
  }
  const first = measured[0]?.map(of) ?? []
  return contenders.map(({ name }, index) => {
    const own = measured[index] as Measured[]
    const ratios = divide(own.map(of), first)
    return {
      name,
      ratio: median(ratios),
      ratioRange: [Math.min(...ratios), Math.max(...ratios)],
      rounds: own.map(of),
      perSecond: median(own.map((each) => each.perSecond)),
      cpuMicros: median(own.map((each) => each.cpuMicros)),
      ...(own[0]?.p50Ms !== undefined && {
        p50Ms: median(own.map((each) => each.p50Ms as number)),
        p99Ms: median(own.map((each) => each.p99Ms as number)),
      }),
    }
  })
}

/** @returns the median over the rounds of what the one has over what the other has in the same round */
export function ratioBetween(one: Row, other: Row): number {
  return median(divide(one.rounds, other.rounds))
}

function divide(values: number[], others: number[]): number[] {
  return values.map((value, index) => value / (others[index] as number))
}

/** @returns the middle value, or the mean of the two in the middle */
export function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2
    ? (sorted[middle] as number)
    : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2
}
