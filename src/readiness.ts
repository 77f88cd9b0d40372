import type { Logger } from 'pino'
import type { OpenedDatabase } from './db/database.ts'
import { type Check, checkDatabase } from './db/doctor.ts'

/** Whether this process should get requests. */
export interface Readiness {
  /** From the moment of a SIGTERM on. */
  isDraining: boolean
  /** The checks that the server relies on, kept for 10 seconds; names and results, no details. */
  check(): Promise<{ name: string; ok: boolean }[]>
  /** @throws UnsafeDatabaseError when one of them fails that isolation hangs on */
  refuseUnsafe(): Promise<void>
}

/** The database does not keep tenants apart: the server must not serve. */
export class UnsafeDatabaseError extends Error {
  override name = 'UnsafeDatabaseError'
}

const keptMs = 10_000

/** Checks of the database's protections through the runtime roles' own connections. */
export function createReadiness(ask: OpenedDatabase['ask'], log: Logger): Readiness {
  let kept: { checks: Promise<Check[]>; at: number } | undefined

  async function look(): Promise<Check[]> {
    const results = await checkDatabase(ask)
    const failed = results.filter(({ ok, severity }) => !ok && severity === 'fatal')
    if (failed.length > 0) log.error({ failed }, 'the database is not as the server needs it')
    return results
  }

  function checks(): Promise<Check[]> {
    if (!kept || performance.now() - kept.at > keptMs) kept = { checks: look(), at: performance.now() }
    return kept.checks
  }

  return {
    isDraining: false,
    async check() {
      const results = await checks()
      return results.filter(({ severity }) => severity === 'fatal').map(({ name, ok }) => ({ name, ok }))
    },
    async refuseUnsafe() {
      const results = await checks()
      const lines = results
        .filter(({ ok }) => !ok)
        .map(({ name, severity, detail }) => ({ name, severity, detail }))
      for (const line of lines) log.warn(line, 'database check failed')
      const fatal = lines.filter(({ severity }) => severity === 'fatal')
      if (fatal.length === 0) return
      const reasons = fatal.map(({ name, detail }) => `  ${name}: ${detail}`)
      throw new UnsafeDatabaseError(`the database does not keep tenants apart:\n${reasons.join('\n')}`)
    },
  }
}
