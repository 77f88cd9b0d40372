import { setTimeout as sleep } from 'node:timers/promises'
import { ConfigError, loadEnvironment, readConfig } from './config.ts'
import { closeContext, createContext } from './context.ts'
import { startEmbeddedPostgres } from './db/embedded.ts'
import { migrate } from './db/migrate.ts'
import { startWorker } from './jobs/worker.ts'
import { createLog } from './log.ts'
import { loadTokenKeySecret } from './secrets.ts'
import { startServer } from './server.ts'

/** Starts everything and returns what stops it again, in the opposite order. */
async function start() {
  const config = readConfig(loadEnvironment())
  const log = createLog(config.logLevel)
  if (config.isProduction && new URL(config.appUrl).hostname === 'localhost') {
    log.warn('APP_URL is not set: the links in mails lead nowhere')
  }
  const stops: (() => Promise<void>)[] = []
  const stop = async () => {
    // Each is tried, whatever became of the one before it: PostgreSQL must not be left running.
    for (const each of stops.splice(0).reverse()) {
      await each().catch((err) => log.error({ err }, 'a part did not stop in order'))
    }
  }
  try {
    const { ownerUrl, tenantUrl, platformUrl, jobsUrl, jobsPoolSize, jobsPoolIdleMs } = config.database
    const info = (line: string) => log.info(line)
    let adminUrl = ownerUrl
    if (!adminUrl) {
      const embedded = await startEmbeddedPostgres({ dataDir: config.dataDir, log: info })
      stops.push(() => embedded.stop())
      adminUrl = embedded.url
    }
    const tokenKeySecret = await loadTokenKeySecret(config)
    const urls = await migrate({ adminUrl, tokenKeySecret, tenantUrl, platformUrl, jobsUrl, log: info })
    for (const warning of urls.warnings) log.warn(warning)

    const context = await createContext({ config, log, tokenKeySecret, ...urls })
    stops.push(() => closeContext(context))
    process.on('unhandledRejection', (err) => {
      context.metrics.unhandledRejections.inc()
      log.error({ err }, 'a promise failed and nobody waited for it')
    })
    const worker = await startWorker(context, {
      url: urls.jobsUrl,
      poolSize: jobsPoolSize,
      poolIdleMs: jobsPoolIdleMs,
      onFailure: (err) => {
        // A server without its worker would take signups and never send their mail: let another take over.
        log.fatal({ err }, 'the job worker gave up')
        process.exitCode = 1
        process.kill(process.pid, 'SIGTERM')
      },
    })
    stops.push(() => worker.stop())
    const checking = context.readiness.start()
    stops.push(async () => checking.stop())
    // Before the server, so that it stops after it, with the last requests counted.
    const merging = context.requestRates.start()
    stops.push(() => merging.stop())
    const server = await startServer(context, config)
    stops.push(() => server.close(config.shutdownMs, config.shutdownDelayMs))
    log.info({ url: server.url }, 'listening')
    // Requests, then jobs and pools: the rest is over soon or hangs.
    const stopMs = config.shutdownDelayMs + config.shutdownMs + 40_000
    return { stop, stopMs, url: server.url, isDevelopment: !config.isProduction }
  } catch (error) {
    await Promise.race([stop(), sleep(config.shutdownMs, undefined, { ref: false })])
    throw error
  }
}

/** What went wrong at the start, in words that say which setting to change. */
function explain(error: NodeJS.ErrnoException & { port?: number; address?: string }): string {
  if (error instanceof ConfigError) return `Tenantry cannot start with these settings:\n${error.message}`
  if (error.code === 'EADDRINUSE') {
    return `Port ${error.port} on ${error.address} is taken: set PORT to another, for example PORT=3001 npm start`
  }
  if (error.code === 'EACCES' && error.port) {
    return `Port ${error.port} needs more rights than this process has: set PORT to one above 1023`
  }
  if (error.code === 'EADDRNOTAVAIL')
    return `HOST ${error.address} is not an address of this machine: set HOST`
  if (['ECONNREFUSED', 'ENOTFOUND', 'ETIMEDOUT', '28P01', '28000', '3D000'].includes(error.code ?? '')) {
    return `PostgreSQL cannot be reached; look at DATABASE_URL: ${error.message || error.code}`
  }
  const isBug = error instanceof TypeError || error instanceof ReferenceError || error instanceof RangeError
  return `Tenantry cannot start: ${isBug ? error.stack : error.message}`
}

const firstSteps = (url: string) => `
Tenantry listens on ${url}. Sign a first company up:

curl -s ${url}/signup -H 'Content-Type: application/json' -d '{
  "company_name": "Acme Corporation", "company_email": "hello@acme.example",
  "admin_email": "ada@acme.example", "admin_password": "correct-horse-7",
  "admin_first_name": "Ada", "admin_last_name": "Lovelace",
  "plan": "professional", "accept_terms": true, "accept_privacy": true}'
`

const started = start()
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    // A second signal, or a stop that hangs, ends the process all the same: PostgreSQL recovers by itself.
    process.once(signal, () => process.exit(1))
    started
      .then(({ stop, stopMs }) => {
        setTimeout(() => process.exit(1), stopMs).unref()
        return stop()
      })
      .then(() => process.exit())
      .catch((error) => {
        console.error(explain(error))
        process.exit(1)
      })
  })
}
try {
  const { url, isDevelopment } = await started
  if (isDevelopment) console.log(firstSteps(url))
} catch (error) {
  console.error(explain(error as NodeJS.ErrnoException))
  process.exit(1)
}
