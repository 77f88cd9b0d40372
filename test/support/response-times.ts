import { Agent, request } from 'node:http'

/** A request that is sent again and again; `next` gives each a body of its own. */
export interface Probe {
  path: string
  next(index: number): object
  /** What it has to answer, or the measurement means nothing. */
  status: number
}

/**
 * Times answers in milliseconds, one request at a time on one connection that is kept, the probes by turns in random
 * order, so that whatever else the machine does meets them all alike. The first few of each warm it up.
 */
export async function timeAnswers<Name extends string>(
  url: string,
  probes: Record<Name, Probe>,
  { samples, warmUp }: { samples: number; warmUp: number },
): Promise<Record<Name, number[]>> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const names = Object.keys(probes) as Name[]
  const times = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>
  try {
    for (let index = 0; index < warmUp + samples; index++) {
      for (const name of shuffle(names)) {
        const { path, next, status } = probes[name]
        const answer = await timeOne(agent, url + path, JSON.stringify(next(index)))
        if (answer.status !== status) throw new Error(`${name} answered ${answer.status}`)
        if (index >= warmUp) times[name].push(answer.ms)
      }
    }
  } finally {
    agent.destroy()
  }
  return times
}

function timeOne(agent: Agent, url: string, body: string): Promise<{ status: number; ms: number }> {
  const headers = { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) }
  return new Promise((resolve, reject) => {
    const sent = request(url, { agent, method: 'POST', headers }, (response) => {
      response.resume()
      response.once('end', () => resolve({ status: response.statusCode ?? 0, ms: performance.now() - start }))
    })
    sent.once('error', reject)
    const start = performance.now()
    sent.end(body)
  })
}

function shuffle<T>(items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, rank: Math.random() }))
    .sort((one, other) => one.rank - other.rank)
    .map(({ item }) => item)
}

/**
 * How well the best threshold tells two kinds of answers apart by their time: the area under the ROC curve, which is
 * the chance that one of the first kind takes longer than one of the second. 0.5 is not at all, 1 is always.
 */
export function areaUnderCurve(one: number[], other: number[]): number {
  let longer = 0
  for (const x of one) for (const y of other) longer += x > y ? 1 : x === y ? 0.5 : 0
  const area = longer / (one.length * other.length)
  return Math.max(area, 1 - area)
}

/** Every pair of kinds with its area. */
export function comparePairs(times: Record<string, number[]>): { pair: string; area: number }[] {
  const kinds = Object.entries(times)
  return kinds.flatMap(([one, first], index) =>
    kinds.slice(index + 1).map(([other, second]) => ({
      pair: `${one} / ${other}`,
      area: areaUnderCurve(first, second),
    })),
  )
}

/** The figures in one line. */
export function describeTimes(title: string, times: Record<string, number[]>): string {
  const medians = Object.entries(times).map(([kind, all]) => `${kind} ${median(all).toFixed(2)} ms`)
  const areas = comparePairs(times).map(({ pair, area }) => `${pair} ${area.toFixed(3)}`)
  return `${title}, medians: ${medians.join(', ')}; AUC: ${areas.join(', ')}`
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}
