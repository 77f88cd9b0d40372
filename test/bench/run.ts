import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { dataPart } from './data-part.ts'
import { httpParts } from './http-parts.ts'
import { sideParts } from './parts/side-parts.ts'
import type { Part, PartResult } from './parts.ts'
import { describeLoad, describeMachine, putIntoReadme, type Report, toText } from './report.ts'
import { startHandwritten, startTenantry } from './servers.ts'
import { fillTenants, type Stage, signIn, signUp, startStage } from './stage.ts'
import type { Subject } from './subject.ts'

/** In the order in which they run: creating comes after all that reads the rows. */
const allParts: Part[] = [dataPart, ...httpParts, ...sideParts]

const { values: flags } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    fsync: { type: 'boolean', default: false },
    json: { type: 'string', default: join(import.meta.dirname, 'results.json') },
    readme: { type: 'boolean', default: false },
    only: { type: 'string' },
  },
})
const { quick } = flags
const size = quick
  ? { tenants: 100, clients: 200, companies: 20 }
  : { tenants: 1000, clients: 1000, companies: 200 }
const pace = quick
  ? { rounds: 2, roundMs: 1000, warmUpMs: 1500 }
  : { rounds: 9, roundMs: 2000, warmUpMs: 4000 }
const limitMs = quick ? 10 * 60_000 : 60 * 60_000
/** So long is waited, when it is interrupted, for what a part is still doing. */
const patienceMs = 10_000

function chooseParts(): Part[] {
  const wanted = flags.only?.split(',') ?? allParts.map(({ name }) => name)
  return wanted.map((name) => {
    const part = allParts.find((each) => each.name === name)
    if (!part) throw new Error(`no part ${name}; there are ${allParts.map((each) => each.name).join(', ')}`)
    return part
  })
}

type Stops = (() => Promise<void>)[]

/** Also those behind one that cannot be stopped. @throws AggregateError of what failed */
async function stopAll(stops: Stops): Promise<void> {
  const failures: unknown[] = []
  for (const stop of stops.splice(0).reverse()) await stop().catch((error) => failures.push(error))
  if (failures.length > 0) throw new AggregateError(failures, 'not all could be stopped')
}

/** Runs it with bearers of its own, since tokens do not last for the whole run. */
async function runPart(part: Part, stage: Stage, tenantIds: string[], stops: Stops): Promise<PartResult[]> {
  const open = async (starting: Promise<Subject>) => {
    // Before it is ready, so that an interrupted run ends it, too.
    stops.push(async () => (await starting.catch(() => undefined))?.stop())
    return starting
  }
  const signInAll = async () => {
    const server = await open(startTenantry(stage))
    const bearers = await signIn(await server.ask<string>('url'), size.companies)
    await server.stop()
    return bearers
  }
  return part.run({
    stage,
    bearers: await signInAll(),
    signIn: signInAll,
    tenantIds,
    quick,
    pace,
    openTenantry: (choices) => open(startTenantry(stage, choices)),
    openHandwritten: (way) => open(startHandwritten(stage, way)),
    stopAfter: (stop) => stops.push(stop),
  })
}

async function fill(stage: Stage, stops: Stops): Promise<string[]> {
  const server = await startTenantry(stage)
  stops.push(() => server.stop())
  await signUp(await server.ask<string>('url'), size.companies)
  await stopAll(stops)
  return fillTenants(stage.adminUrl, size.tenants, size.clients)
}

function tellFailure(title: string, error: unknown): PartResult {
  console.error(error)
  return { title, notes: [`FAILED: ${error instanceof Error ? error.message : error}`] }
}

/** A part that fails, or cannot be stopped, is told of with the others' results. */
async function measureAll(
  parts: Part[],
  stage: Stage,
  stops: Stops,
  { results, isOver }: { results: PartResult[]; isOver: AbortSignal },
): Promise<void> {
  const tenantIds = await fill(stage, stops)
  for (const part of parts) {
    isOver.throwIfAborted()
    console.error(`${new Date().toISOString().slice(11, 19)} ${part.name}`)
    try {
      results.push(...(await runPart(part, stage, tenantIds, stops)))
    } catch (error) {
      isOver.throwIfAborted()
      results.push(tellFailure(part.name, error))
    }
    await stopAll(stops).catch((error) => results.push(tellFailure(`end of ${part.name}`, error)))
  }
}

function describeRun(stage: Stage, busy: string, results: PartResult[]): Report {
  const date = new Date().toISOString()
  const machine = `${describeMachine(stage.postgres)} (${busy} before)`
  const sizes = `${size.tenants} tenants × ${size.clients} clients, medians of ${pace.rounds} rounds unless it says otherwise`
  return { date, machine, size: sizes, isQuick: quick, results }
}

/**
 * Prints and writes what was measured, also where it takes too long or is interrupted; everything is stopped and removed
 * then, too.
 * @returns whether all of it was
 * @throws Error when nothing could begin
 */
async function run(): Promise<boolean> {
  if (flags.readme && (flags.only || quick))
    throw new Error('README shows a whole run: --readme stands alone')
  const parts = chooseParts()
  const stops: Stops = []
  const busy = describeLoad()
  const results: PartResult[] = []
  const over = new AbortController()
  const starting = startStage({ fsync: flags.fsync })
  const working = starting.then((stage) => measureAll(parts, stage, stops, { results, isOver: over.signal }))
  const givenUp = new Promise<never>((_resolve, reject) => {
    over.signal.addEventListener('abort', () => reject(over.signal.reason))
    const giveUp = (why: string) => () => over.abort(new Error(why))
    setTimeout(giveUp(`not done in ${limitMs / 60_000} minutes`), limitMs).unref()
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, giveUp(signal))
  })
  const isWhole = await Promise.race([working, givenUp]).then(
    () => results.every(({ notes = [] }) => !notes.some((note) => note.startsWith('FAILED'))),
    async (error) => {
      results.push(tellFailure('the rest', error))
      // Without its subjects a part ends by itself.
      await stopAll(stops).catch(console.error)
      await Promise.race([working.catch(() => undefined), sleep(patienceMs)])
      await stopAll(stops).catch(console.error)
      return false
    },
  )
  const stage = await starting
  try {
    const report = describeRun(stage, busy, results)
    console.log(toText(report))
    await writeFile(flags.json, `${JSON.stringify(report, null, 2)}\n`)
    console.error(`as JSON: ${flags.json}`)
    if (flags.readme && isWhole) {
      const readme = join(import.meta.dirname, '../../README.md')
      await writeFile(readme, putIntoReadme(await readFile(readme, 'utf8'), report))
    }
  } finally {
    await stage.stop()
  }
  return isWhole
}

await run().then(
  (isSound) => process.exit(isSound ? 0 : 1),
  (error) => {
    console.error(error)
    process.exit(1)
  },
)
