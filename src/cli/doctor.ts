import { loadEnvironment, readConfig } from '../config.ts'
import { type Check, checkDatabaseAt } from '../db/doctor.ts'
import { checkForeignDatabase } from '../db/foreign-doctor.ts'
import { describeRoles } from '../db/roles.ts'
import { roleSettings } from '../tools.ts'
import type { AddCommand } from './command.ts'
import { withAdminUrl } from './database.ts'
import { exitCodes, print } from './output.ts'

interface Options {
  json?: boolean
  url?: string
  tenantRole?: string
  tenantColumn?: string
  tenantSetting?: string
  schema?: string[]
  policy?: string
  globalTables?: string[]
  definerFunctions?: string[]
}

/** `doctor`: fails when something fatal does not hold. */
export const addDoctor: AddCommand = (program, done) => {
  const command = program
    .command('doctor')
    .description('check what the isolation of tenants relies on, of this database or of any other')
    .option('--json', 'print the result as JSON')
    .option(
      '--url <url>',
      'check the PostgreSQL database at this URL, which is not Tenantry’s; nothing in it is changed',
    )
    .option('--tenant-role <name>', 'with --url: the role that serves requests (default: that of the URL)')
    .option('--tenant-column <name>', 'with --url: the column that says whose a row is (default: tenant_id)')
    .option(
      '--tenant-setting <name>',
      'with --url: the setting that policies compare it with, such as app.tenant_id',
    )
    .option('--schema <names...>', 'with --url: where the tables are (default: in every schema)')
    .option(
      '--policy <expression>',
      'with --url: what every policy should say (default: what most of them say)',
    )
    .option('--global-tables <names...>', 'with --url: tables that belong to no tenant, and may be read')
    .option(
      '--definer-functions <names...>',
      'with --url: reviewed functions with the rights of their owner, such as "public.name(integer,text)"',
    )
    .addHelpText(
      'after',
      '\nExamples:\n  npm run cli -- doctor\n  npm run cli -- doctor --url postgres://me@db.example/shop --tenant-role web --tenant-column org_id',
    )
  command.action(async ({ json, url, ...about }: Options) => {
    const [given] = Object.keys(about)
    if (url === undefined && given !== undefined) {
      command.error(
        `error: --${given.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)} goes with --url`,
      )
    }
    const { schema: schemas, ...others } = about
    const result =
      url === undefined
        ? { checks: await checkOwn() }
        : await checkForeignDatabase(url, { schemas, ...others })
    print(json, result, () => describeChecks(result.checks))
    done(result.checks.some(isFatal) ? exitCodes.failed : exitCodes.ok)
  })
}

async function checkOwn(): Promise<Check[]> {
  const config = readConfig(loadEnvironment())
  const given = await roleSettings(config)
  return withAdminUrl(config, (adminUrl) => {
    const { tenant, platform } = describeRoles({ ...given, adminUrl })
    return checkDatabaseAt({ tenantUrl: tenant.url, platformUrl: platform.url })
  })
}

function isFatal({ ok, severity }: Check): boolean {
  return !ok && severity === 'fatal'
}

/** What holds first, what is worst last: where somebody looks who has just run it. */
function describeChecks(checks: Check[]): string {
  const order = (check: Check) => Number(!check.ok) + Number(isFatal(check))
  const failed = checks.filter(isFatal).length
  const warnings = checks.filter(({ ok }) => !ok).length - failed
  const summary = `${checks.length} checks: ${failed} failed, ${warnings} ${warnings === 1 ? 'warning' : 'warnings'}`
  return [...checks.toSorted((a, b) => order(a) - order(b)).map(describeCheck), summary].join('\n')
}

/** One check as text: a line where it holds, else why it matters and where it does not. */
export function describeCheck({ name, ok, severity, reason, problems }: Check): string {
  if (ok) return `ok       ${name}`
  const first = problems.slice(0, shownProblems).map((problem) => `         - ${problem}`)
  const more = problems.length - first.length
  const rest = more > 0 ? [`         - and ${more} more: --json shows all`] : []
  const head = `${severity === 'fatal' ? 'FAILED ' : 'warning'}  ${name}`
  return [head, `         ${reason}`, ...first, ...rest].join('\n')
}

const shownProblems = 10
