import { realpathSync } from 'node:fs'
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { runExplainTenant } from './cli/explain-tenant.ts'
import { runCheck, runDoctor, runMigrate } from './cli/migrations.ts'
import { runCreateSuperAdmin, runResetSuperAdmin, runRotateKeys } from './cli/operators.ts'
import { exitCodes, log, messageOf } from './cli/output.ts'
import { runSimulateBilling, type SimulationOptions } from './cli/simulate-billing.ts'
import { scenarios } from './cli/simulation/scenarios.ts'
import { emailSchema } from './http/schemas.ts'

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
  program
    .command('create-super-admin')
    .description('make an operator of the platform, with a random password that is printed this once')
    .argument('<email>', 'the e-mail address they sign in with', parseEmail)
    .option('--reset', 'give an existing one a new password and take their authenticator app away')
    .option('--json', 'print the result as JSON')
    .action(async (email: string, options: { reset?: boolean; json?: boolean }) => {
      const run = options.reset ? runResetSuperAdmin : runCreateSuperAdmin
      code = await run(email, options.json)
    })
  program
    .command('rotate-keys')
    .description('add a key to sign tokens with; those before it stay good for as long as their tokens are')
    .option('--in <seconds>', 'how long it is published before it signs (60)', parseSeconds)
    .addOption(
      new Option(
        '--remove-others',
        'after a theft: remove all other keys, and sign with it at once; for a second some processes refuse its tokens',
      ).conflicts('in'),
    )
    .option('--json', 'print the result as JSON')
    .action(async (options: { removeOthers?: boolean; in?: number; json?: boolean }) => {
      code = await runRotateKeys(options)
    })
  program
    .command('explain-tenant')
    .description('say why a tenant has its status and plan, event by event')
    .argument('<id>', 'the id of the tenant')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', '\nExample:\n  npm run cli -- explain-tenant acme-corporation')
    .action(async (id: string, options: { json?: boolean }) => {
      code = await runExplainTenant(id, options.json)
    })
  program
    .command('simulate-billing')
    .description('play a life of a subscription, in Stripe’s test mode, against a development server')
    .requiredOption('--tenant <id>', 'whose life')
    .requiredOption('--scenario <name>', Object.keys(scenarios).join(', '))
    .option('--url <url>', 'where the server listens (this machine, at PORT)')
    .option('--json', 'print all events at the end, as JSON')
    .addHelpText(
      'after',
      `\nScenarios:\n${Object.entries(scenarios)
        .map(([name, { summary }]) => `  ${name}: ${summary}`)
        .join(
          '\n',
        )}\n\nExample:\n  npm run cli -- simulate-billing --tenant acme-corporation --scenario dunning`,
    )
    .action(async (options: SimulationOptions) => {
      code = await runSimulateBilling(options)
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

function parseNumber(text: string): number {
  if (!/^\d{1,4}$/.test(text)) throw new InvalidArgumentError('It is a number such as 12.')
  return Number(text)
}

function parseSeconds(text: string): number {
  if (!/^\d{1,6}$/.test(text)) throw new InvalidArgumentError('It is a number of seconds such as 60.')
  return Number(text)
}

function parseEmail(text: string): string {
  const parsed = emailSchema.safeParse(text)
  if (!parsed.success) throw new InvalidArgumentError('It is an e-mail address such as ops@example.com.')
  return parsed.data
}

// A test imports this file; only as the program itself does it run.
if (process.argv[1] && realpathSync(process.argv[1]) === import.meta.filename) {
  process.exitCode = await runCommandLine(process.argv.slice(2))
}
