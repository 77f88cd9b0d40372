import { cpus, loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import {
  compareData,
  compareReads,
  compareWrites,
  type Named,
  startHandwritten,
  startTenantry,
} from './contests.ts'
import type { Row } from './rounds.ts'
import { fillTenants, type Stage, signUp, startStage } from './stage.ts'

const { values: flags } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    fsync: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    only: { type: 'string' },
  },
})
const size = flags.quick
  ? { tenants: 100, clients: 200, companies: 20 }
  : { tenants: 1000, clients: 1000, companies: 200 }
const pace = flags.quick
  ? { rounds: 2, roundMs: 500, warmUpMs: 300 }
  : { rounds: 5, roundMs: 2000, warmUpMs: 1000 }
const limitMs = flags.quick ? 60_000 : 240_000

async function measureAll(stage: Stage, stops: (() => Promise<void>)[]): Promise<Record<string, Row[]>> {
  const isWanted = (part: string) => flags.only === undefined || flags.only === part
  const open = async (name: string, start: ReturnType<typeof startTenantry>): Promise<Named> => {
    const subject = await start
    stops.push(() => subject.stop())
    return { name, subject }
  }
  const tenantry = await open('Tenantry', startTenantry(stage, 'silent'))
  const bearers = await signUp(await tenantry.subject.ask<string>('url'), size.companies)
  const tenantIds = await fillTenants(stage.adminUrl, size.tenants, size.clients)

  const results: Record<string, Row[]> = {}
  if (isWanted('data'))
    Object.assign(results, await compareData(stage, tenantIds, { ...pace, roundMs: pace.roundMs * 0.75 }))
  const plain = await open('Express + pg by hand, no row security', startHandwritten(stage, 'plain'))
  if (isWanted('reads')) {
    const servers = [
      plain,
      tenantry,
      await open('Tenantry with its log', startTenantry(stage, 'info')),
      await open('textbook: Kysely transaction, every token verified', startHandwritten(stage, 'textbook')),
    ]
    Object.assign(results, await compareReads(stage, servers, bearers, pace))
  }
  if (isWanted('writes')) Object.assign(results, await compareWrites(stage, [plain, tenantry], bearers, pace))
  return results
}

async function run(): Promise<void> {
  const stops: (() => Promise<void>)[] = []
  const stopAll = async () => {
    for (const stop of stops.splice(0).reverse()) await stop()
  }
  const giveUp = new Promise<never>((_resolve, reject) => {
    const fail = (why: string) => () => reject(new Error(why))
    setTimeout(fail(`not done in ${limitMs / 1000} seconds`), limitMs).unref()
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, fail(signal))
  })
  const work = async () => {
    const staged = startStage({ fsync: flags.fsync })
    // Also when it is told to give up before the stage stands.
    stops.push(async () => (await staged.catch(() => undefined))?.stop())
    const busy = loadavg()[0]?.toFixed(1)
    const stage = await staged
    const results = await measureAll(stage, stops)
    const processors = `${cpus().length} × ${cpus()[0]?.model.trim()} (load ${busy} before)`
    const machine = `${processors}, Node ${process.versions.node}, PostgreSQL ${stage.postgres}`
    const about = { machine, ...size, ...pace }
    console.log(flags.json ? JSON.stringify({ ...about, results }, null, 2) : toTable(about, results))
  }
  try {
    await Promise.race([work(), giveUp])
  } finally {
    await stopAll()
  }
}

function toTable(
  about: typeof size & typeof pace & { machine: string },
  results: Record<string, Row[]>,
): string {
  const { machine, tenants, clients, rounds, roundMs } = about
  const lines = [
    machine,
    `${tenants} tenants × ${clients} clients, medians of ${rounds} rounds of up to ${roundMs / 1000} s; ratios are taken within a round`,
  ]
  for (const [title, rows] of Object.entries(results)) {
    lines.push('', title, ' ratio      (range)  per second  CPU µs  p50 ms  p99 ms')
    for (const { name, ratio, ratioRange, perSecond, cpuMicros, p50Ms, p99Ms } of rows) {
      const range = `(${ratioRange.map((each) => each.toFixed(2)).join('–')})`
      const cells = [
        ratio.toFixed(2).padStart(6),
        range.padStart(12),
        perSecond.toFixed(0).padStart(11),
        cpuMicros.toFixed(0).padStart(7),
        (p50Ms?.toFixed(1) ?? '').padStart(7),
        (p99Ms?.toFixed(1) ?? '').padStart(7),
      ]
      lines.push(`${cells.join(' ')}  ${name}`)
    }
  }
  return lines.join('\n')
}

await run().then(
  () => process.exit(0),
  (error) => {
    console.error(error)
    process.exit(1)
  },
)
