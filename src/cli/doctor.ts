import { loadEnvironment, readConfig } from '../config.ts'
import { type Check, checkDatabaseAt } from '../db/doctor.ts'
import { describeRoles } from '../db/roles.ts'
import { roleSettings } from '../tools.ts'
import type { AddCommand } from './command.ts'
import { withAdminUrl } from './database.ts'
import { exitCodes, print } from './output.ts'

/** `doctor`: fails when something fatal does not hold. */
export const addDoctor: AddCommand = (program, done) => {
  program
    .command('doctor')
    .description('check what the isolation of tenants relies on')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', '\nExample:\n  npm run cli -- doctor')
    .action(async ({ json }: { json?: boolean }) => {
      const config = readConfig(loadEnvironment())
      const given = await roleSettings(config)
      const checks = await withAdminUrl(config, (adminUrl) => {
        const { tenant, platform } = describeRoles({ ...given, adminUrl })
        return checkDatabaseAt({ tenantUrl: tenant.url, platformUrl: platform.url })
      })
      print(json, { checks }, () => checks.map(describeCheck).join('\n'))
      done(checks.some(({ ok, severity }) => !ok && severity === 'fatal') ? exitCodes.failed : exitCodes.ok)
    })
}

/** One check as a line. */
export function describeCheck({ name, ok, severity, detail }: Check): string {
  if (ok) return `ok       ${name}`
  return `${severity === 'fatal' ? 'FAILED ' : 'warning'}  ${name}: ${detail}`
}
