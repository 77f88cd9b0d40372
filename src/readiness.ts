import type { Logger } from 'pino'
import type { OpenedDatabase } from './db/database.ts'
import { type Check, checkDatabase } from './db/doctor.ts'
import type { Metrics } from './metrics.ts'

/** Whether this process should get requests. */
export interface Readiness {
  /** From the moment of a SIGTERM on. */
  isDraining: boolean
  /** The checks that isolation hangs on, kept for 10 seconds; names and results, no details. */
  check(): Promise<{ name: string; ok: boolean }[]>
  /** @throws UnsafeDatabaseError when one of them fails; warns of whatever else is not as it should be */
  refuseUnsafe(): Promise<void>
  /** Checks everything once an hour: what fails is logged and counted, and stands in the metrics until it is mended. */
  start(): { stop(): void }
}

/** The database does not keep tenants apart: the server must not serve. */
export class UnsafeDatabaseError extends Error {
  override name = 'UnsafeDatabaseError'
}

const keptMs = 10_000
const hourMs = 60 * 60 * 1000
/** Enough to act on, and short enough for a log line: `doctor` shows all. */
const loggedProblems = 5

/** Checks of the database's protections through the runtime roles' own connections. */
export function createReadiness(ask: OpenedDatabase['ask'], log: Logger, metrics: Metrics): Readiness {
  let kept: { checks: Promise<Check[]>; at: number } | undefined

  async function look(wanted: 'all' | 'running'): Promise<Check[]> {
    const checks = await checkDatabase(ask, wanted)
    const unknown = checks.find(({ isUnknown }) => isUnknown)
    if (unknown) {
      log.error({ check: unknown.name, problems: unknown.problems }, 'the database could not be checked')
    }
    for (const { name, ok, severity, reason, problems, isUnknown } of checks) {
      // What was known of it before is still the best that is known.
      if (isUnknown) continue
      metrics.databaseProblems.set({ check: name, severity }, problems.length)
      if (ok) continue
      const line = { check: name, severity, reason, problems: problems.slice(0, loggedProblems) }
      if (severity === 'fatal') log.error(line, 'the database does not keep tenants apart')
      else log.warn(line, 'the database is not as it should be')
    }
    return checks
  }

  return {
    isDraining: false,
    async check() {
      if (!kept || performance.now() - kept.at > keptMs) {
        kept = { checks: look('running'), at: performance.now() }
      }
      return (await kept.checks).map(({ name, ok }) => ({ name, ok }))
    },
    async refuseUnsafe() {
      const failed = (await look('all')).filter(({ ok, severity }) => !ok && severity === 'fatal')
      if (failed.length === 0) return
      const isUnknown = failed.every((check) => check.isUnknown)
      const told = isUnknown ? failed.slice(0, 1) : failed
      const reasons = told.map(({ name, problems }) => `  ${name}: ${problems.join('; ')}`)
      const what = isUnknown ? 'could not be checked' : 'does not keep tenants apart'
      throw new UnsafeDatabaseError(`the database ${what}:\n${reasons.join('\n')}`)
    },
    start() {
      const timer = setInterval(() => void look('all'), hourMs).unref()
      return { stop: () => clearInterval(timer) }
    },
  }
}
