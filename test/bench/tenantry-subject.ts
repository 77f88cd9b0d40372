import { readConfig } from '../../src/config.ts'
import { createContext } from '../../src/context.ts'
import { startWorker } from '../../src/jobs/worker.ts'
import { createLog } from '../../src/log.ts'
import { startServer } from '../../src/server.ts'
import { answerQuestions, readOptions } from './subject.ts'

export interface TenantryOptions {
  dataDir: string
  tenantUrl: string
  platformUrl: string
  tokenKeySecret: string
  logLevel: 'silent' | 'info'
  rateLimits: 'on' | 'off'
  /** With it jobs run, too. */
  jobsUrl?: string
  /** Further settings, by the names of their variables. */
  settings?: Record<string, string>
}

/** Tenantry as src/main.ts serves it, except that its database is ready. */
const { dataDir, logLevel, rateLimits, jobsUrl, settings, ...urls } = readOptions<TenantryOptions>()
const config = readConfig({ DATA_DIR: dataDir, LOG_LEVEL: logLevel, RATE_LIMITS: rateLimits, ...settings })
const context = await createContext({ config, log: createLog(config.logLevel), ...urls })
context.requestRates.start()
if (jobsUrl) {
  const onFailure = (error: unknown) => {
    throw error
  }
  await startWorker(context, { url: jobsUrl, poolSize: 4, poolIdleMs: 10_000, onFailure })
}
const { url } = await startServer(context, { host: '127.0.0.1', port: 0 })

answerQuestions(async (question: 'url' | 'cpu') => (question === 'url' ? url : process.cpuUsage()))
