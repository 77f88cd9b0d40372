import { type Config, loadEnvironment, readConfig } from '../config.ts'
import { createPasswords, type Passwords } from '../features/sessions/passwords.ts'
import { createLog } from '../log.ts'
import { holdPostgres, openTools, type Tools } from '../tools.ts'
import { untilInterrupted, wasInterrupted } from './interrupt.ts'
import { log } from './output.ts'

/** The clock of whatever is done on the command line. */
export const clock = { now: () => new Date() }

/**
 * Gives the URL of the configured database. Without DATABASE_URL it is the embedded one: that of the running server,
 * else started for as long as `work` takes.
 * @throws what work throws; InterruptedError
 */
export async function withAdminUrl<T>(config: Config, work: (adminUrl: string) => Promise<T>): Promise<T> {
  const { adminUrl, stop } = await holdPostgres(config, log)
  try {
    return await untilInterrupted(() => work(adminUrl))
  } finally {
    await stop()
  }
}

/**
 * Opens the migrated database as the server does, for as long as `work` takes. Warnings go to standard error.
 * @throws Error that says to run migrate first, when there is no database, an older one, or one of another secret; what
 *   work throws; InterruptedError
 */
export async function withDatabase<T>(config: Config, work: (tools: Tools) => Promise<T>): Promise<T> {
  const tools = await openTools(config, { log: createLog('warn', warnings), tell: log })
  try {
    return await untilInterrupted(() => work(tools))
  } finally {
    await tools.close(wasInterrupted() ? lastWordsMs : undefined)
  }
}

/** How long an interrupted command waits for its transactions. */
const lastWordsMs = 1000

/** The same on the configuration of the environment, with what hashes passwords. */
export function withTools<T>(work: (tools: Tools & { passwords: Passwords }) => Promise<T>): Promise<T> {
  const config = readConfig(loadEnvironment())
  return withDatabase(config, async (tools) => {
    const passwords = await createPasswords(config.passwordHashes, tools.log)
    try {
      return await work({ ...tools, passwords })
    } finally {
      await passwords.close()
    }
  })
}

/** Where the log goes: what a server writes as JSON for machines is a line for people here. */
const warnings = {
  write(line: string) {
    const { msg, err } = JSON.parse(line)
    log(`warning: ${[msg, err?.message].filter(Boolean).join(': ')}`)
  },
}
