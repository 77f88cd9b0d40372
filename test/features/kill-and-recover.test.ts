/*
 * Server, worker and PostgreSQL are killed wherever they stand, and started again: nothing that was acknowledged is lost,
 * nothing is half made, and what was begun is done.
 * KILL_POINTS=200 kills more often, KILL_SEED=7 elsewhere, and KILL_ONLY=17 at one point of a run alone.
 */
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { withDirectClient } from '../../src/db/direct-client.ts'
import { createTemplate } from '../support/cluster.ts'
import { type MortalPostgres, startMortalPostgres } from '../support/killing/mortal-postgres.ts'
import { type Place, startPlace, type Victim } from '../support/killing/place.ts'
import type { Plant } from '../support/killing/plants.ts'
import {
  describePoint,
  drawPoint,
  foundCompanies,
  type Moment,
  type Point,
  type Report,
  runPoint,
} from '../support/killing/points.ts'
import { createCaller } from '../support/platform.ts'
import { createRandom } from '../support/random.ts'

const points = Number(process.env.KILL_POINTS ?? 21)
const seed = Number(process.env.KILL_SEED ?? 20_260_302)
const only = process.env.KILL_ONLY
/** What a point may take on a slow machine. */
const pointMs = 30_000

let mortal: MortalPostgres
let mortalTemplate: string
const places = new Set<Place>()
const reports: Report[] = []
const counts = { acknowledged: 0, refused: 0, unknown: 0, mails: 0, copies: 0 }

beforeAll(async () => {
  mortal = await startMortalPostgres()
  mortalTemplate = (await createTemplate({ adminUrl: mortal.adminUrl() })).name
})
afterAll(async () => {
  for (const place of places) await place.stop()
  await mortal?.stop()
  process.stdout.write(`${summary()}\n`)
})

/** Where databases die with nobody: that of the run, unless rows of tenants could not be looked at there. */
const clusterOf = (victim: Victim) =>
  victim === 'postgres' || !inject('testCluster').isSuperuser
    ? { adminUrl: mortal.adminUrl(), isSuperuser: true, template: mortalTemplate }
    : inject('testCluster')

/** Does something at a place of its own, which is gone behind it whatever happens. */
async function atPlace<T>(victim: Victim, work: (place: Place) => Promise<T>): Promise<T> {
  const place = await startPlace(clusterOf(victim), victim === 'postgres' ? { mortal } : {})
  places.add(place)
  try {
    return await work(place)
  } finally {
    await place.stop()
    places.delete(place)
  }
}

const drawn = Array.from({ length: points }, (_, index) => drawPoint(seed, index)).filter(
  ({ index }) => only === undefined || index === Number(only),
)
/** What waits until a dead worker is missed does so beside the others. */
const lanes: Point[][] = [
  drawn.filter(({ victim, index }) => victim !== 'postgres' && index % 2 === 0),
  drawn.filter(({ victim, index }) => victim !== 'postgres' && index % 2 === 1),
  drawn.filter(({ victim }) => victim === 'postgres'),
].filter((lane) => lane.length > 0)

async function walk(lane: Point[]): Promise<string[]> {
  const [{ victim }] = lane as [Point]
  return atPlace(victim, async (place) => {
    const scene = await foundCompanies(place)
    for (const point of lane) {
      const isLast = point === lane.at(-1)
      const during = victim === 'postgres' && isLast ? readinessOf(place) : {}
      await runPoint(scene, point, during).then(
        (report) => reports.push(report),
        (error) => place.violations.push(`${describePoint(point)}: ${error}`),
      )
      if (place.violations.length > 0) break
    }
    for (const name of ['acknowledged', 'refused', 'unknown'] as const) counts[name] += place.counts[name]
    counts.mails += place.sink.mails.length
    counts.copies += place.sink.mails.length - new Set(place.sink.mails.map((mail) => mail.messageId)).size
    return place.violations
  })
}

/** While PostgreSQL is dead, the server says that it is not ready; and that it is, when PostgreSQL is back. */
function readinessOf(place: Place) {
  const until = (status: number) =>
    // What it said is kept for ten seconds.
    place.until(`readiness ${status}`, 60_000, async () => {
      const answer = await createCaller(place.serverUrl()).get('/health/ready')
      return answer.status === status
    })
  return {
    whileDead: () => until(503).then(() => undefined),
    whenBack: () => until(200).then(() => undefined),
  }
}

test(`whoever is killed at ${drawn.length} points, nothing is lost or half done (KILL_SEED=${seed})`, {
  timeout: 120_000 + drawn.length * pointMs,
}, async () => {
  const violations = await Promise.all(lanes.map(walk))
  expect(violations.flat()).toEqual([])
  expect(reports).toHaveLength(drawn.length)
})

test('the PostgreSQL of npm start keeps what it has committed', async () => {
  const settings = await withDirectClient(mortal.adminUrl(), async (admin) => {
    const query = `select name, setting from pg_settings
      where name in ('fsync', 'full_page_writes', 'synchronous_commit') order by name`
    return (await admin.query(query)).rows
  })
  expect(settings).toEqual([
    { name: 'fsync', setting: 'on' },
    { name: 'full_page_writes', setting: 'on' },
    { name: 'synchronous_commit', setting: 'on' },
  ])
})

const planted: [Plant, RegExp][] = [
  ['answers before the commit', /lost: invoice \d+ is there once/],
  ['audits in a second transaction', /not so: an entry in the audit trail for each change/],
]

test('servers with faults are found out', { timeout: 240_000 }, async () => {
  await atPlace('server', async (place) => {
    const scene = await foundCompanies(place)
    for (const [fault, finding] of planted) {
      place.plant(fault)
      await place.revive('server')
      place.plant(undefined)
      place.violations.length = 0
      const moment: Moment = { at: 'answer', number: 1 }
      await runPoint(scene, { index: 0, victim: 'server', name: 'invoice', moment, random: createRandom(1) })
      expect(place.violations.join('\n'), fault).toMatch(finding)
    }
  })
})

function summary(): string {
  const groups = new Map<string, number>()
  for (const { point } of reports) {
    const group = `${point.victim}/${point.name}`
    groups.set(group, (groups.get(group) ?? 0) + 1)
  }
  const slowest = reports.toSorted((one, other) => other.settledMs - one.settledMs)[0]
  const average = reports.reduce((sum, { settledMs }) => sum + settledMs, 0) / reports.length / 1000
  return [
    `Killed: ${reports.length} times, ${reports.filter(({ isReached }) => isReached).length} of them in the midst of it:`,
    [...groups]
      .toSorted()
      .map(([group, times]) => `${group} ${times}`)
      .join(', '),
    `Requests: ${counts.acknowledged} acknowledged, ${counts.refused} refused, ${counts.unknown} without an answer.`,
    `Mails: ${counts.mails}, ${counts.copies} of them a second time.`,
    slowest &&
      `All was done ${average.toFixed(1)} s behind a restart, and at most ${(slowest.settledMs / 1000).toFixed(1)} s: ${describePoint(slowest.point)}.`,
  ].join(' ')
}
