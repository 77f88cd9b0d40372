import { InvalidArgumentError, Option } from 'commander'
import { loadEnvironment, readConfig } from '../config.ts'
import { parsePlanName, planNames } from '../features/plans/plans.ts'
import { regions } from '../features/tenants/provision.ts'
import { tenantStatuses } from '../features/tenants/status.ts'
import {
  type ListedTenant,
  listTenants,
  type TenantFilters,
  type TenantList,
  tenantSorts,
} from '../features/tenants/tenant-list.ts'
import type { Tools } from '../tools.ts'
import { parseOneOf, parseWhole } from './arguments.ts'
import type { AddCommand } from './command.ts'
import { withDatabase } from './database.ts'
import { exitCodes, log } from './output.ts'
import { type Column, formatTable } from './terminal.ts'

interface Options extends TenantFilters {
  sort: TenantList['sort']
  limit?: number
  json?: boolean
}

/** How many tenants a query asks for. */
const pageSize = 500

/** `list-tenants`: all that the filters let through, as a table, or as lines of JSON while they are read. */
export const addListTenants: AddCommand = (program, done) => {
  program
    .command('list-tenants')
    .description('list the tenants')
    .option('--status <status>', tenantStatuses.join(', '), parseOneOf(tenantStatuses))
    .option('--plan <plan>', planNames.join(', '), parseOneOf(planNames, parsePlanName))
    .option('--region <region>', regions.join(', '), parseOneOf(regions))
    .option('--q <text>', 'part of a name, an id or an e-mail address')
    .option('--metadata <key=value>', 'a member of the metadata; may be given several times', parseMember)
    .addOption(
      new Option('--sort <order>', 'the order; - is descending')
        .choices(tenantSorts)
        .default('-created_at' satisfies TenantList['sort']),
    )
    .option('--limit <number>', 'so many at most', parseWhole('It is a number such as 20.', { min: 1 }))
    .option('--json', 'print each tenant as one line of JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  npm run cli -- list-tenants --status TRIAL --sort name\n' +
        '  npm run --silent cli -- list-tenants --plan pro --metadata crm_id=4711 --json | jq -r .tenant_id',
    )
    .action(async ({ json, ...list }: Options) => {
      const shown: ListedTenant[] = []
      await withDatabase(readConfig(loadEnvironment()), async (tools) => {
        for await (const page of pagesOf(tools, list)) {
          if (json) process.stdout.write(page.map((tenant) => `${JSON.stringify(tenant)}\n`).join(''))
          else shown.push(...page)
        }
      })
      if (!json) {
        process.stdout.write(`${formatTable(columns, shown)}\n`)
        log(`${shown.length} ${shown.length === 1 ? 'tenant' : 'tenants'}`)
      }
      done(exitCodes.ok)
    })
}

async function* pagesOf({ db }: Tools, { limit = Number.POSITIVE_INFINITY, ...list }: Options) {
  let cursor: string | undefined
  for (let left = limit; left > 0; ) {
    const wanted = { ...list, limit: Math.min(left, pageSize), ...(cursor !== undefined && { cursor }) }
    const { tenants, next_cursor } = await db.withPlatform('tenants', (tx) => listTenants(tx, wanted))
    yield tenants
    if (next_cursor === null) return
    cursor = next_cursor
    left -= tenants.length
  }
}

const columns: Column<ListedTenant>[] = [
  { title: 'id', of: ({ tenant_id }) => tenant_id },
  { title: 'name', of: ({ name }) => name },
  { title: 'status', of: ({ status }) => status },
  { title: 'plan', of: ({ plan }) => plan },
  { title: 'region', of: ({ region }) => region },
  { title: 'users', of: ({ users }) => users, align: 'right' },
  { title: 'created', of: ({ created_at }) => dayOf(created_at) },
  { title: 'trial ends', of: ({ trial_ends_at }) => trial_ends_at && dayOf(trial_ends_at) },
]

function dayOf(at: Date): string {
  return at.toISOString().slice(0, 10)
}

function parseMember(text: string, members: Record<string, string> = {}): Record<string, string> {
  const [, key, value] = /^([^=]+)=(.*)$/s.exec(text) ?? []
  if (key === undefined || value === undefined) throw new InvalidArgumentError('It is such as crm_id=4711.')
  return { ...members, [key]: value }
}
