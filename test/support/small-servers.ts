/*
 * Servers like that of src/main.ts, each with its own context, pools and worker, on a database that is migrated
 * already. What startSmallServers runs.
 */
import { flushCompileCache } from 'node:module'
import { readConfig } from '../../src/config.ts'
import { createContext } from '../../src/context.ts'
import { startWorker } from '../../src/jobs/worker.ts'
import { createLog } from '../../src/log.ts'
import { startServer } from '../../src/server.ts'

process.on('unhandledRejection', (error) => process.stderr.write(`${error}\n`))

async function startSmallServer(env: Record<string, string | undefined>): Promise<string> {
  const config = readConfig(env)
  const { tenantUrl = '', platformUrl = '', jobsUrl = '', ...database } = config.database
  const { tokenKeySecret = '' } = config
  const log = createLog(config.logLevel)
  const context = await createContext({ config, log, tenantUrl, platformUrl, tokenKeySecret })
  await startWorker(context, {
    url: jobsUrl,
    poolSize: database.jobsPoolSize,
    poolIdleMs: database.jobsPoolIdleMs,
    onFailure: () => process.exit(1),
  })
  return (await startServer(context, config)).url
}

const { SMALL_SERVERS = '[]', ...common } = process.env
const each: Record<string, string>[] = JSON.parse(SMALL_SERVERS)
const urls = await Promise.all(each.map((env) => startSmallServer({ ...common, ...env })))
process.stdout.write(`listening at ${urls.join(' ')}\n`)
// A process that is killed writes no cache when it ends.
flushCompileCache()
