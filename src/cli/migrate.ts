import { loadEnvironment, readConfig } from '../config.ts'
import { checkMigrations, migrate } from '../db/migrate.ts'
import { hasDatabase, roleSettings } from '../tools.ts'
import { parseWhole } from './arguments.ts'
import type { AddCommand } from './command.ts'
import { withAdminUrl } from './database.ts'
import { exitCodes, log, print } from './output.ts'

/** `migrate`: with --check it only looks, and its exit code says whether there is anything to do. */
export const addMigrate: AddCommand = (program, done) => {
  program
    .command('migrate')
    .description('bring the database to the newest migration, or to NUMBER')
    .argument(
      '[number]',
      'the last migration to apply',
      parseWhole('It is a number such as 12.', { digits: 4 }),
    )
    .option('--check', 'only say what is to be done; exit code 3 if anything is')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', '\nExample:\n  npm run cli -- migrate --check')
    .action(async (to: number | undefined, options: { check?: boolean; json?: boolean }) => {
      done(options.check ? await runCheck(to, options.json) : await runMigrate(to, options.json))
    })
}

/** Migrates, and says what was applied. @returns the exit code */
async function runMigrate(to: number | undefined, asJson?: boolean): Promise<number> {
  const config = readConfig(loadEnvironment())
  const given = await roleSettings(config)
  const { applied, warnings } = await withAdminUrl(config, (adminUrl) =>
    migrate({ ...given, adminUrl, to, log }),
  )
  for (const warning of warnings) log(`warning: ${warning}`)
  print(asJson, { applied, warnings }, () =>
    applied.length > 0 ? `${applied.length} applied, newest ${applied.at(-1)}` : 'nothing to do',
  )
  return exitCodes.ok
}

/** Says what migrate would do, and makes nothing. @returns the exit code */
async function runCheck(to: number | undefined, asJson?: boolean): Promise<number> {
  const config = readConfig(loadEnvironment())
  const found = hasDatabase(config)
    ? await withAdminUrl(config, (adminUrl) => checkMigrations({ adminUrl, to }))
    : await checkMigrations({ adminUrl: undefined, to })
  const lines = Object.entries(found).flatMap(([state, names]) => names.map((name) => `${state} ${name}`))
  print(asJson, found, () => (lines.length > 0 ? lines.join('\n') : 'up to date'))
  return lines.length > 0 ? exitCodes.outOfDate : exitCodes.ok
}
