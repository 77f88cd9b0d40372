import { setTimeout as sleep } from 'node:timers/promises'
import { createRandom, type Random } from '../random.ts'
import { found } from './companies.ts'
import { foundBilled } from './deliveries.ts'
import { checkFacts, checkInvariants, checkMails, checkStates } from './invariants.ts'
import { type OperationName, operations } from './operations.ts'
import type { Place, Victim } from './place.ts'
import { jobsMs, type Operation, type Scene } from './scene.ts'

/** When somebody is killed: at a message to PostgreSQL, before it arrives or behind it, or when somebody is answered. */
export type Moment =
  | { at: 'message'; number: number; isBefore: boolean; delayMs: number }
  | { at: 'answer'; number: number }

/** Who is killed, what is under way then, and when. */
export interface Point {
  index: number
  victim: Victim
  name: OperationName
  moment: Moment
  random: Random
}

/** What a point has shown. */
export interface Report {
  point: Point
  /** False when all was over before it came to the moment: then it was killed behind all. */
  isReached: boolean
  /** From when what was killed was back until no job was left. */
  settledMs: number
}

/** How long all that is under way at a point may take, with whoever is killed coming back. */
const flowsMs = 120_000
/** How long until somebody is killed who never comes to the moment. */
const patienceMs = 20_000

const names = Object.keys(operations) as OperationName[]
/** Some operations leave the worker nothing to do, and one the server. */
const namesOf: Record<Victim, OperationName[]> = {
  server: names.filter((name) => operations[name].messages.server > 0),
  worker: names.filter((name) => operations[name].messages.worker > 0),
  postgres: names,
}

/** The point of this number: the same each time for the same seed, whatever the others are. */
export function drawPoint(seed: number, index: number): Point {
  const random = createRandom(seed * 7919 + index)
  // In turn, so that few points, too, have some of each.
  const victim = (['server', 'worker', 'postgres'] as const)[index % 3] as Victim
  const list = namesOf[victim]
  const name = list[(Math.floor(index / 3) + seed) % list.length] as OperationName
  const { messages } = operations[name] as Operation
  const most = victim === 'postgres' ? messages.server + messages.worker : messages[victim]
  const moment: Moment =
    victim !== 'worker' && messages.server > 0 && random.below(5) === 0
      ? { at: 'answer', number: 1 + random.below(4) }
      : {
          at: 'message',
          number: 1 + random.below(most),
          isBefore: random.below(2) === 0,
          delayMs: random.below(6),
        }
  return { index, victim, name, moment, random }
}

/** How a point is called in a report. */
export function describePoint({ index, victim, name, moment }: Point): string {
  const when =
    moment.at === 'answer'
      ? `at answer ${moment.number}`
      : `${moment.isBefore ? 'before' : `${moment.delayMs} ms behind`} message ${moment.number}`
  return `point ${index} (${victim} killed in ${name}, ${when})`
}

/** Companies of a place, for all of its points. */
export async function foundCompanies(place: Place): Promise<Omit<Scene, 'random'>> {
  const companies = await Promise.all([found(place), found(place), found(place), found(place)])
  const billed = await Promise.all([foundBilled(place), foundBilled(place)])
  return { place, companies, billed }
}

/**
 * Kills somebody, starts them again, and looks whether all is as it should be; what is not, is told to the place.
 * @param whileDead what else is to be looked at before what was killed is started again, and behind that
 */
export async function runPoint(
  base: Omit<Scene, 'random'>,
  point: Point,
  during: { whileDead?(): Promise<void>; whenBack?(): Promise<void> } = {},
): Promise<Report> {
  const { place } = base
  const tell = (wrong: string[]) => {
    for (const each of wrong) place.violations.push(`${describePoint(point)}: ${each}`)
  }
  const known = place.violations.length
  const flows = await operations[point.name].prepare({ ...base, random: point.random })
  const { killed, isReached } = await armKill(place, point)
  const ended = Promise.allSettled(flows.map((flow) => flow()))
  const all = ended.then((outcomes) => ({ outcomes }))
  try {
    const over = Promise.race([all.then(() => noJobLeft(place)), sleep(patienceMs)])
    await Promise.race([killed, over])
    const wasReached = isReached()
    place.unwatch()
    if (!wasReached) place.kill(point.victim)
    await during.whileDead?.()
    await place.revive(point.victim)
    const back = performance.now()
    await during.whenBack?.()
    tell(await checkFacts(place))
    place.resume()
    const late = sleep(flowsMs, undefined, { ref: false }).then(() => {
      throw new Error(`${describePoint(point)}: who asked never came to an end`)
    })
    const { outcomes } = await Promise.race([all, late])
    tell(outcomes.flatMap((each) => (each.status === 'rejected' ? [String(each.reason)] : [])))
    tell(await noJobLeft(place, jobsMs - (performance.now() - back)))
    const settledMs = performance.now() - back
    tell(await checkFacts(place))
    tell(await checkInvariants(place))
    tell(checkMails(place))
    tell(await checkStates(place))
    tell(place.endedParts())
    // What was found by who asked names no point yet.
    for (let at = known; at < place.violations.length; at++) {
      const found = place.violations[at] as string
      if (!found.startsWith('point ')) place.violations[at] = `${describePoint(point)}: ${found}`
    }
    place.facts.clear()
    place.expectedMails.length = 0
    return { point, isReached: wasReached, settledMs }
  } finally {
    place.unwatch()
    place.resume()
  }
}

/** Has somebody killed at the moment. */
async function armKill(place: Place, { victim, moment }: Point) {
  const killed = Promise.withResolvers<void>()
  let isReached = false
  const kill = () => {
    place.kill(victim)
    killed.resolve()
  }
  let messages = 0
  let answers = 0
  place.watch(
    victim,
    () => {
      if (isReached || moment.at !== 'message' || ++messages < moment.number) return 'forward'
      isReached = true
      if (moment.isBefore) {
        kill()
        return 'cut'
      }
      setTimeout(kill, moment.delayMs)
      return 'forward'
    },
    () => {
      if (isReached || moment.at !== 'answer' || ++answers < moment.number) return
      isReached = true
      kill()
    },
  )
  return { killed: killed.promise, isReached: () => isReached }
}

/** Waits until every job is done that somebody has enqueued. @returns what is left when the time is over */
async function noJobLeft(place: Place, withinMs = jobsMs): Promise<string[]> {
  // A job that lost its key to a later one is not done any more, and for what the clock woke its next stroke makes up: of
  // these the attempts are used up.
  const left = `select task_identifier, attempts, locked_by, last_error
    from graphile_worker.jobs where locked_at is not null or attempts < max_attempts`
  let jobs: object[] = []
  const deadline = performance.now() + withinMs
  do {
    jobs = await place.sql(left).catch((error) => [{ error: String(error) }])
    if (jobs.length === 0) return []
    await sleep(30)
  } while (performance.now() < deadline)
  return [`jobs are left: ${JSON.stringify(jobs)}`]
}
