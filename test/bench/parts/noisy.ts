import { setTimeout as sleep } from 'node:timers/promises'
import { openLoad } from '../load.ts'
import { aim, type Figure, type Part } from '../parts.ts'
import { measureQuiet } from '../quiet.ts'
import { type Contender, compare, type Measured, type Row, ratioBetween } from '../rounds.ts'
import { type Bearer, setLimits } from '../stage.ts'

const path = '/v1/clients?limit=20'
/** The noise begins that much before the measurement. */
const headStartMs = 500

/**
 * How long a quiet tenant waits for its answers while another sends as many requests as it can: held to its plan, whose
 * 1,000 a minute it uses up in the first moments of each, and not. One page of clients on either side.
 */
export const noisy: Part = {
  name: 'noisy',
  async run(bench) {
    const [quiet, loud] = bench.bearers as [Bearer, Bearer]
    // It asks 150 times a second, since so few a minute as its plan gives would tell little.
    await setLimits(bench.stage, [quiet], { requests_per_minute: 1_000_000 })
    const load = await openLoad(bench.stage.folder, { method: 'GET', path, bearers: [loud], mayFail: true })
    bench.stopAfter(() => load.stop())
    const contenders: Contender[] = []
    const noise = new Map<string, Measured[]>()
    for (const rateLimits of ['on', 'off'] as const) {
      const server = await bench.openTenantry({ rateLimits })
      const url = await server.ask<string>('url')
      const alone = (milliseconds: number) => measureQuiet(url + path, quiet, milliseconds)
      const name = `beside a noisy one, RATE_LIMITS=${rateLimits}`
      const heard: Measured[] = []
      noise.set(name, heard)
      const beside = async (milliseconds: number) => {
        const [noisyOnes, measured] = await Promise.all([
          load.measure(server, headStartMs + milliseconds),
          sleep(headStartMs).then(() => alone(milliseconds)),
        ])
        heard.push(noisyOnes)
        return measured
      }
      contenders.push({ name: `alone, RATE_LIMITS=${rateLimits}`, measure: alone }, { name, measure: beside })
    }
    // Of some 300 to 400 answers a round the fourth slowest or so is looked at, which one stall of the machine decides:
    // so the median of many rounds is taken, in which a few stalls weigh little.
    const pace = bench.quick ? bench.pace : { ...bench.pace, rounds: 30, roundMs: 2500 }
    const rows = await compare(contenders, pace, ({ p99Ms = Number.NaN }) => p99Ms)
    const [aloneHeld, besideHeld, aloneFree, besideFree] = rows as [Row, Row, Row, Row]
    const free = ratioBetween(besideFree, aloneFree).toFixed(2)
    return [
      {
        title: `GET ${path} of a quiet tenant on one connection beside a noisy one on 32, load by ${load.by}: times its p99`,
        rows,
        // The first is the warm-up.
        figures: [...noise].flatMap(([name, heard]) => describeNoise(name, heard.slice(1))),
        targets: [aim(ratioBetween(besideHeld, aloneHeld), 'the p99 alone, rate limits on', '≤', 1.5)],
        notes: [
          `Without rate limits ${free} × the p99 alone. Medians of ${pace.rounds} rounds of ${pace.roundMs / 1000} seconds; the quiet one is asked by a client in Node. The range is that of single rounds, one of which may hold the first moments of a minute, in which the noisy one is still answered.`,
        ],
      },
    ]
  },
}

function describeNoise(name: string, heard: Measured[]): Figure[] {
  const mean = (of: (each: Measured) => number) =>
    heard.reduce((sum, each) => sum + of(each), 0) / heard.length
  const refused = (100 * mean(({ failed = 0 }) => failed)).toFixed(0)
  const value = mean(({ perSecond }) => perSecond)
  return [{ name: `noise, ${name}`, value, unit: 'per second', note: `${refused} % of it refused` }]
}
