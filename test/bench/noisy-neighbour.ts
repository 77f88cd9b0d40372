import { setTimeout as sleep } from 'node:timers/promises'
import { withDirectClient } from '../../src/db/direct-client.ts'
import { startTenantry } from './contests.ts'
import { type Load, openLoad } from './load.ts'
import { measureQuiet } from './quiet.ts'
import { type Contender, compare, type Measured, type Row } from './rounds.ts'
import { type Bearer, fillTenants, type Stage, signUp, startStage } from './stage.ts'
import type { Subject } from './subject.ts'

// How long a quiet tenant waits for its answers while another sends as many requests as it can: held to its plan, whose
// 1,000 a minute it uses up in the first moments of each, and not. One page of clients on either side.
const pace = { rounds: 5, roundMs: 1500, warmUpMs: 1500 }
const path = '/v1/clients?limit=20'
/** The noise begins that much before the measurement. */
const headStartMs = 500

/** What the noise was in each round of each contender. */
type Noise = Map<string, Measured[]>

async function measureAll(stage: Stage, stops: (() => Promise<void>)[]): Promise<[Row[], Noise, Load['by']]> {
  const open = async (rateLimits: 'on' | 'off') => {
    const server = await startTenantry(stage, 'silent', rateLimits)
    stops.push(() => server.stop())
    return { server, url: await server.ask<string>('url') }
  }
  const [held, free] = [await open('on'), await open('off')]
  const [quiet, noisy] = (await signUp(free.url, 2)) as [Bearer, Bearer]
  await fillTenants(stage.adminUrl, 2, 1000)
  await withDirectClient(stage.adminUrl, (admin) =>
    admin.query(
      `update tenants set limit_overrides = '{"requests_per_minute": 1000000}' where tenant_id = $1`,
      [quiet.tenantId],
    ),
  )
  const load = await openLoad(stage.folder, { method: 'GET', path, bearers: [noisy], mayFail: true })
  stops.push(() => load.stop())

  const noise: Noise = new Map()
  const contenders: Contender[] = []
  const add = (limits: string, { server, url }: { server: Subject; url: string }) => {
    const alone = (milliseconds: number) => measureQuiet(url + path, quiet, milliseconds)
    contenders.push({ name: `alone, ${limits}`, measure: alone })
    const name = `beside a noisy tenant, ${limits}`
    noise.set(name, [])
    const measure = async (milliseconds: number) => {
      const noisyOnes = load.measure(server, headStartMs + milliseconds)
      await sleep(headStartMs)
      const measured = await alone(milliseconds)
      noise.get(name)?.push(await noisyOnes)
      return measured
    }
    contenders.push({ name, measure })
  }
  add('RATE_LIMITS=on', held)
  add('RATE_LIMITS=off', free)
  return [await compare(contenders, pace), noise, load.by]
}

function toTable(rows: Row[], noise: Noise): string {
  const [alone] = rows as [Row]
  const lines = ['  p50 ms  p99 ms  times as long  noise per second (refused)']
  for (const { name, p50Ms = 0, p99Ms = 0 } of rows) {
    const ratios = [p50Ms / (alone.p50Ms ?? 0), p99Ms / (alone.p99Ms ?? 0)].map((ratio) => ratio.toFixed(1))
    const others = noise.get(name) ?? []
    const mean = (of: (each: Measured) => number) =>
      others.reduce((sum, each) => sum + of(each), 0) / others.length
    const perSecond = others.length ? mean((each) => each.perSecond).toFixed(0) : 'none'
    const refused = others.length ? `(${(100 * mean((each) => each.failed ?? 0)).toFixed(0)} %)` : ''
    const cells = [
      p50Ms.toFixed(2).padStart(8),
      p99Ms.toFixed(2).padStart(7),
      ratios.join(' / ').padStart(14),
    ]
    lines.push(`${cells.join(' ')} ${`${perSecond} ${refused}`.padStart(19)}  ${name}`)
  }
  return lines.join('\n')
}

const stops: (() => Promise<void>)[] = []
try {
  const stage = await startStage({ fsync: false })
  stops.push(() => stage.stop())
  const [rows, noise, by] = await measureAll(stage, stops)
  console.log(`Node ${process.versions.node}, PostgreSQL ${stage.postgres}; medians of ${pace.rounds} rounds`)
  console.log(`GET ${path}: a quiet tenant on one connection, a noisy one on 32 (load by ${by})`)
  console.log(toTable(rows, noise))
} finally {
  for (const stop of stops.reverse()) await stop()
}
