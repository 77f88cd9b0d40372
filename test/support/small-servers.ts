/*
 * Servers like that of src/main.ts, each with its own context, pools and worker, on a database that is migrated
 * already. What startSmallServers runs; and startPlace, with one half of it by PART: a server without a worker, or a
 * worker without a server, so that the other half goes on when this one is killed.
 */
import { flushCompileCache } from 'node:module'
import { readConfig } from '../../src/config.ts'
import { createContext } from '../../src/context.ts'
import { startWorker } from '../../src/jobs/worker.ts'
import { createLog } from '../../src/log.ts'
import { startServer } from '../../src/server.ts'
import { plant } from './killing/plants.ts'

const parent = process.ppid
// Nobody is left to end it when whoever started it was killed.
setInterval(() => process.ppid !== parent && process.exit(), 1000).unref()
process.on('unhandledRejection', (error) => process.stderr.write(`${error}\n`))

const { SMALL_SERVERS = '[{}]', PART = 'both', PLANT, ...common } = process.env

/** @returns where it listens, if it does */
async function startSmallServer(env: Record<string, string | undefined>): Promise<string> {
  const config = readConfig(env)
  const { tenantUrl = '', platformUrl = '', jobsUrl = '', ...database } = config.database
  const { tokenKeySecret = '' } = config
  const log = createLog(config.logLevel)
  const made = await createContext({ config, log, tenantUrl, platformUrl, tokenKeySecret })
  const context = { ...made, db: plant(made.db, PLANT) }
  if (PART !== 'server') {
    await startWorker(context, {
      url: jobsUrl,
      poolSize: database.jobsPoolSize,
      poolIdleMs: database.jobsPoolIdleMs,
      onFailure: (error) => {
        process.stderr.write(`the worker gave up: ${error}\n`)
        process.exit(1)
      },
    })
  }
  return PART === 'worker' ? 'nowhere' : (await startServer(context, config)).url
}

const each: Record<string, string>[] = JSON.parse(SMALL_SERVERS)
const urls = await Promise.all(each.map((env) => startSmallServer({ ...common, ...env })))
process.stdout.write(`listening at ${urls.join(' ')}\n`)
// A process that is killed writes no cache when it ends.
flushCompileCache()
