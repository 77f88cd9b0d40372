import { existsSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { Command, CommanderError, InvalidArgumentError } from 'commander'
import { type Config, loadEnvironment, readConfig } from './config.ts'
import { type Check, checkDatabaseAt } from './db/doctor.ts'
import { startEmbeddedPostgres } from './db/embedded.ts'
import { checkMigrations, migrate } from './db/migrate.ts'
import { describeRoles } from './db/roles.ts'
import { loadTokenKeySecret } from './secrets.ts'

/** What scripts can rely on. */
const exitCodes = { ok: 0, failed: 1, usage: 2, outOfDate: 3 }

const log = (line: string) => console.error(line)

/**
 * Runs one command of the command line: results to stdout, progress and problems to stderr.
 * @returns the exit code: 0 done, 1 failed, 2 wrong usage, 3 `migrate --check` found something to do
 */
export async function runCommandLine(args: string[]): Promise<number> {
  let code = exitCodes.ok
  const program = new Command('tenantry').description('Steers a Tenantry server’s database').exitOverride()
  program
    .command('migrate')
    .description('bring the database to the newest migration, or to NUMBER')
    .argument('[number]', 'the last migration to apply', parseNumber)
    .option('--check', 'only say what is to be done; exit code 3 if anything is')
    .option('--json', 'print the result as JSON')
    .action(async (to: number | undefined, options: { check?: boolean; json?: boolean }) => {
      code = options.check ? await runCheck(to, options.json) : await runMigrate(to, options.json)
    })
  program
    .command('doctor')
    .description('check what the isolation of tenants relies on')
    .option('--json', 'print the result as JSON')
    .action(async (options: { json?: boolean }) => {
      code = await runDoctor(options.json)
    })
  try {
    await program.parseAsync(args, { from: 'user' })
    return code
  } catch (error) {
    // Commander has printed the usage or its complaint already.
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage
    log(messageOf(error))
    return exitCodes.failed
  }
}

/**
 * Gives the URL of the configured database; without DATABASE_URL the embedded one, for as long as `work` takes.
 */
async function withDatabase<T>(config: Config, work: (adminUrl: string) => Promise<T>): Promise<T> {
  if (config.database.ownerUrl) return work(config.database.ownerUrl)
  const server = await startEmbeddedPostgres({ dataDir: config.dataDir, log })
  try {
    return await work(server.url)
  } finally {
    await server.stop()
  }
}

async function migrateSettings(config: Config) {
  const { tenantUrl, platformUrl, jobsUrl } = config.database
  return { tokenKeySecret: await loadTokenKeySecret(config), tenantUrl, platformUrl, jobsUrl }
}

async function runMigrate(to: number | undefined, asJson?: boolean): Promise<number> {
  const config = readConfig(loadEnvironment())
  const given = await migrateSettings(config)
  const { applied, warnings } = await withDatabase(config, (adminUrl) =>
    migrate({ ...given, adminUrl, to, log }),
  )
  for (const warning of warnings) log(`warning: ${warning}`)
  print(asJson, { applied, warnings }, () =>
    applied.length > 0 ? `${applied.length} applied, newest ${applied.at(-1)}` : 'nothing to do',
  )
  return exitCodes.ok
}

async function runCheck(to: number | undefined, asJson?: boolean): Promise<number> {
  const config = readConfig(loadEnvironment())
  // Starting the embedded PostgreSQL for the first time would make a cluster, and a check makes nothing.
  const exists = config.database.ownerUrl !== undefined || existsSync(join(config.dataDir, 'postgres'))
  const found = exists
    ? await withDatabase(config, (adminUrl) => checkMigrations({ adminUrl, to }))
    : await checkMigrations({ adminUrl: undefined, to })
  const lines = Object.entries(found).flatMap(([state, names]) => names.map((name) => `${state} ${name}`))
  print(asJson, found, () => (lines.length > 0 ? lines.join('\n') : 'up to date'))
  return lines.length > 0 ? exitCodes.outOfDate : exitCodes.ok
}

async function runDoctor(asJson?: boolean): Promise<number> {
  const config = readConfig(loadEnvironment())
  const given = await migrateSettings(config)
  const checks = await withDatabase(config, (adminUrl) => {
    const { tenant, platform } = describeRoles({ ...given, adminUrl })
    return checkDatabaseAt({ tenantUrl: tenant.url, platformUrl: platform.url })
  })
  print(asJson, { checks }, () => checks.map(describe).join('\n'))
  return checks.some(({ ok, severity }) => !ok && severity === 'fatal') ? exitCodes.failed : exitCodes.ok
}

function describe({ name, ok, severity, detail }: Check): string {
  if (ok) return `ok       ${name}`
  return `${severity === 'fatal' ? 'FAILED ' : 'warning'}  ${name}: ${detail}`
}

function messageOf(error: unknown): string {
  // A host with several addresses that all refuse: Node's message is empty then.
  if (error instanceof AggregateError) return error.errors.map(messageOf).join('; ')
  return error instanceof Error ? error.message : String(error)
}

function print(asJson: boolean | undefined, result: object, inWords: () => string): void {
  console.log(asJson ? JSON.stringify(result) : inWords())
}

function parseNumber(text: string): number {
  if (!/^\d{1,4}$/.test(text)) throw new InvalidArgumentError('It is a number such as 12.')
  return Number(text)
}

// A test imports this file; only as the program itself does it run.
if (process.argv[1] && realpathSync(process.argv[1]) === import.meta.filename) {
  process.exitCode = await runCommandLine(process.argv.slice(2))
}
