import { type Command, InvalidArgumentError } from 'commander'
import { stringify } from 'csv-stringify/sync'
import type { AppError } from '../errors.ts'
import { limitNames, planNames } from '../features/plans/plans.ts'
import { checkTemplates } from '../features/tenants/check-templates.ts'
import { type CreatedTenant, createTenantOf } from '../features/tenants/create-tenant.ts'
import { importTenants } from '../features/tenants/import-tenants.ts'
import { regions } from '../features/tenants/provision.ts'
import { listTemplates } from '../features/tenants/templates.ts'
import {
  type ColumnProblem,
  isTenantColumn,
  readTenantTexts,
  tenantColumns,
} from '../features/tenants/tenant-texts.ts'
import { findNearWord } from '../near-words.ts'
import type { AddCommand } from './command.ts'
import { withTools } from './database.ts'
import { wasInterrupted } from './interrupt.ts'
import { exitCodes, log, print } from './output.ts'
import { formatFacts, type Progress, startProgress, styled } from './terminal.ts'

interface Options {
  from?: string
  json?: boolean
  /** All others are columns. */
  [column: string]: unknown
}

const by = { admin: { kind: 'command_line' }, origin: { ip: null, requestId: 'command line' } } as const

const aboutFiles = () => `
The columns of a file are named in its first line: company_name, and any of
${wrap(tenantColumns.slice(1).join(', '))}, and metadata.<key>.
A limit may be "unlimited", what is switched is "true" or "false", and an empty field is as if it were not there.
Each line becomes a tenant once, by what it says: after an interruption run the same command again. Four are made at a
time. Standard output has one line for each tenant that was made, as soon as it is there: CSV, or JSON lines with --json.
A line without admin_email gets an owner whose password only this output shows: keep it, each run's in a file of its own.
Should one get lost all the same, \`add-member ID EMAIL owner\` lets another owner in.

Templates:
${[...listTemplates()].map(([name, { description }]) => `  ${name.padEnd(12)}${description.en}`).join('\n')}

Examples:
  npm run cli -- create-tenant "Acme Corporation" professional --admin-email ada@acme.example --limit users=10
  npm run cli -- create-tenant --from tenants.csv > made.csv`

/** `create-tenant`: one tenant, or one for each line of a file. Fails when one could not be made. */
export const addCreateTenant: AddCommand = (program, done) => {
  const command = program
    .command('create-tenant')
    .description('make a tenant with its owner, or one for each line of a CSV file')
    .argument('[name]', 'the name of the company')
    .argument('[plan]', `${planNames.join(', ')}; STARTER unless it is named`)
    .option('--from <file>', 'make a tenant of each line of a CSV file')
    .option('--code <id>', 'its id, instead of one that the name gives')
    .option('--company-email <email>', 'the address of the company')
    .option(
      '--admin-email <email>',
      'the address of the owner, who gets a mail; without it a password is printed',
    )
    .option('--admin-first-name <name>', 'the first name of the owner')
    .option('--admin-last-name <name>', 'the last name of the owner')
    .option('--standard-user <email>', 'a further member, of the role member, who gets a mail')
    .option('--region <region>', regions.join(', '))
    .option('--phone <number>', 'the telephone number of the company')
    .option('--template <name>', 'what it begins with; see below')
    .option('--trial', 'begin with a trial')
    .option(
      '--limit <name=number>',
      `a limit of its own, or unlimited: ${limitNames.join(', ')}`,
      addTo('limit_'),
    )
    .option('--setting <name=value>', 'a setting, such as language=en', addTo('setting_'))
    .option('--metadata <key=value>', 'anything that operators keep of it', addTo('metadata.'))
    .option('--json', 'print the tenant as JSON; of a file, one line for each')
    .addHelpText('after', aboutFiles)
    .action(
      async (name: string | undefined, plan: string | undefined, { from, json, ...options }: Options) => {
        if (from === undefined) {
          done(
            await createOne(
              command,
              { company_name: name ?? '', plan: plan ?? '', ...textsOf(options) },
              json,
            ),
          )
        } else if (name === undefined && Object.keys(options).length === 0) {
          done(await createFromFile(from, json))
        } else command.error('error: with --from the file says everything but --json')
      },
    )
}

/** Collects the values of an option that may be given several times, as columns. */
function addTo(prefix: string) {
  return (text: string, before: Record<string, string> = {}) => {
    const [, name, value] = /^([^=]+)=(.*)$/s.exec(text) ?? []
    if (name === undefined || value === undefined) throw new InvalidArgumentError('It is name=value.')
    const column = prefix + name
    if (!isTenantColumn(column)) {
      const near = findNearWord(column, tenantColumns)
      throw new InvalidArgumentError(
        `There is no ${name}.${near?.startsWith(prefix) ? ` Did you mean ${near.slice(prefix.length)}?` : ''}`,
      )
    }
    return { ...before, [column]: value }
  }
}

/** The options as columns of a line. */
function textsOf({ standardUser, trial, limit, setting, metadata, ...others }: Record<string, unknown>) {
  const columns = Object.entries({
    ...others,
    standardUserEmail: standardUser ?? '',
    trial: trial ? 'true' : '',
  })
  const snakeCase = (name: string) => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
  const texts = Object.fromEntries(columns.map(([name, value]) => [snakeCase(name), String(value)]))
  return Object.assign(texts, limit, setting, metadata) as Record<string, string>
}

async function createOne(command: Command, texts: Record<string, string>, json: boolean | undefined) {
  const read = readTenantTexts(texts)
  if (read.problems) {
    const lines = read.problems.map((problem) => describeProblem(problem, optionOf(problem.column)))
    return command.error(lines.map((line) => `error: ${line}`).join('\n'))
  }
  const { fields } = read
  const tenant = await withTools(async (tools) => {
    await checkTemplates(tools.ask.platform)
    return createTenantOf(tools, fields, by)
  })
  print(json, tenant, () => describeTenant(tenant))
  return exitCodes.ok
}

function describeTenant({
  tenant_id,
  status,
  plan,
  region,
  trial_ends_at,
  host,
  ...people
}: CreatedTenant): string {
  const { owner, standard_user } = people
  return [
    styled('bold', `${tenant_id} is there`),
    formatFacts([
      ['status', status],
      ['plan', plan],
      ['region', region],
      ['trial ends', trial_ends_at?.toISOString() ?? null],
      ['host', host],
      ['owner', owner.password ? owner.email : `${owner.email}, who is told by mail`],
      ['password', owner.password ? `${owner.password} (shown this once)` : null],
      ['standard user', standard_user ? `${standard_user.email}, who is told by mail` : null],
    ]),
  ].join('\n')
}

async function createFromFile(path: string, json: boolean | undefined): Promise<number> {
  return withTools(async (tools) => {
    await checkTemplates(tools.ask.platform)
    let progress: Progress | undefined
    const result = await importTenants(tools, path, by, {
      started(total) {
        progress = startProgress('tenants', total)
        if (!json) process.stdout.write(stringify([['line', 'tenant_id', 'owner_email', 'password']]))
      },
      made(line, tenant) {
        progress?.clear()
        process.stdout.write(describeMade(line, tenant, json))
      },
      failed(line, why) {
        if (wasInterrupted()) return
        const problems = Array.isArray(why) ? why.map((each) => describeProblem(each)) : describeFailure(why)
        progress?.clear()
        log(`line ${line}: ${problems.join('; ')}`)
      },
      done: () => progress?.advance(),
    })
    const { made, alreadyThere, failed } = result
    progress?.stop(`${made} made, ${alreadyThere} there already, ${failed} failed`)
    return failed > 0 ? exitCodes.failed : exitCodes.ok
  })
}

function describeMade(line: number, tenant: CreatedTenant, json: boolean | undefined): string {
  if (json) return `${JSON.stringify({ line, ...tenant })}\n`
  const { tenant_id, owner } = tenant
  return stringify([[line, tenant_id, owner.email, owner.password ?? '']])
}

/** What can be named wrongly by a slip, and all it can be. */
const namesOf: Record<string, () => readonly string[]> = {
  plan: () => planNames,
  region: () => regions,
  template: () => [...listTemplates().keys()],
}

/** What refused a line that had seemed right, by column where that is known. */
function describeFailure({ code, message, members, errors }: AppError): string[] {
  if (errors) return errors.map(({ path, message }) => `${path.replace('body.', '')} ${message}`)
  if (code === 'usage_over_limits') {
    const over = members.over as { limit: string; used: number; allowed: number }[]
    return over.map((each) => `limit_${each.limit} is ${each.allowed}, and it begins with ${each.used}`)
  }
  return [message, ...Object.entries(members).map(([name, value]) => `${name}: ${JSON.stringify(value)}`)]
}

/** Where on the command line a column is said. */
function optionOf(column: string): string {
  const [, group, name] = /^(limit|setting|metadata)[_.](.+)$/s.exec(column) ?? []
  if (group) return `--${group} ${name}`
  const others: Record<string, string> = {
    company_name: 'name',
    plan: 'plan',
    standard_user_email: '--standard-user',
  }
  return others[column] ?? `--${column.replaceAll('_', '-')}`
}

function describeProblem({ column, value, message }: ColumnProblem, where = column): string {
  const near = value === undefined ? undefined : findNearWord(value, namesOf[column]?.() ?? [])
  return `${where} ${message}${near ? `; did you mean ${near}?` : ''}`.trim()
}

function wrap(text: string): string {
  return text.replaceAll(/(.{1,110})(?: |$)/g, '$1\n').trimEnd()
}
