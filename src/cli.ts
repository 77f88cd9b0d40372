import { realpathSync } from 'node:fs'
import { enableCompileCache } from 'node:module'
import { join } from 'node:path'
import { Command, CommanderError } from 'commander'
import type { AddCommand } from './cli/command.ts'
import { InterruptedError, listenForInterrupts, wasInterrupted } from './cli/interrupt.ts'
import { exitCodes, log, messageOf } from './cli/output.ts'

/** Each command and its file, which is read when it is needed: all of them take most of a second. */
export const commands: Record<string, () => Promise<AddCommand>> = {
  'create-tenant': async () => (await import('./cli/create-tenant.ts')).addCreateTenant,
  'add-member': async () => (await import('./cli/add-member.ts')).addAddMember,
  'list-tenants': async () => (await import('./cli/list-tenants.ts')).addListTenants,
  'status-tenant': async () => (await import('./cli/status-tenant.ts')).addStatusTenant,
  'suspend-tenant': async () => (await import('./cli/tenant-status-acts.ts')).addSuspendTenant,
  'reactivate-tenant': async () => (await import('./cli/tenant-status-acts.ts')).addReactivateTenant,
  'cancel-tenant': async () => (await import('./cli/tenant-status-acts.ts')).addCancelTenant,
  'delete-tenant': async () => (await import('./cli/delete-tenant.ts')).addDeleteTenant,
  'explain-tenant': async () => (await import('./cli/explain-tenant.ts')).addExplainTenant,
  'verify-audit': async () => (await import('./cli/verify-audit.ts')).addVerifyAudit,
  'create-super-admin': async () => (await import('./cli/create-super-admin.ts')).addCreateSuperAdmin,
  'rotate-keys': async () => (await import('./cli/rotate-keys.ts')).addRotateKeys,
  'new-resource': async () => (await import('./cli/new-resource.ts')).addNewResource,
  migrate: async () => (await import('./cli/migrate.ts')).addMigrate,
  doctor: async () => (await import('./cli/doctor.ts')).addDoctor,
  'simulate-billing': async () => (await import('./cli/simulate-billing.ts')).addSimulateBilling,
}

const conventions = `
Results go to standard output, everything else to standard error; with --json the result is JSON. What there can be
many of (list-tenants, verify-audit without an id, create-tenant --from) is one line of JSON each.
Exit codes: 0 done, 1 failed, 2 wrong usage, 3 \`migrate --check\` found something to do,
130 or 143 interrupted.
The settings are those of the server, from the environment and .env.

Example:
  npm run cli -- list-tenants --status TRIAL --json`

/**
 * Runs one command of the command line: results to stdout, progress and problems to stderr.
 * @returns the exit code: 0 done, 1 failed, 2 wrong usage, 3 `migrate --check` found something to do; 130 after Ctrl-C
 *   and 143 after SIGTERM
 */
export async function runCommandLine(args: string[]): Promise<number> {
  let code = exitCodes.ok
  const program = new Command('tenantry')
    .description('Steers a Tenantry server’s tenants and its database')
    .addHelpText('after', conventions)
    .exitOverride()
  const [name = ''] = args
  const needed = Object.hasOwn(commands, name) ? [commands[name]] : Object.values(commands)
  for (const add of await Promise.all(needed.map((load) => load?.()))) add?.(program, (said) => (code = said))
  try {
    await program.parseAsync(args, { from: 'user' })
    return code
  } catch (error) {
    // Commander has printed the usage or its complaint already.
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage
    if (error instanceof InterruptedError) return error.exitCode
    log(messageOf(error))
    return exitCodes.failed
  }
}

// A test imports this file; only as the program itself does it run.
if (process.argv[1] && realpathSync(process.argv[1]) === import.meta.filename) {
  // Saves a third of the time to start; where it cannot write it does nothing.
  enableCompileCache(join(import.meta.dirname, '../node_modules/.cache/compiled'))
  listenForInterrupts()
  process.exitCode = await runCommandLine(process.argv.slice(2))
  if (wasInterrupted()) process.exit()
}
