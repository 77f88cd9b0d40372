import { loadEnvironment, readConfig } from '../config.ts'
import type { LimitName } from '../features/plans/plans.ts'
import { getTenantReport, type RecentUsage, type TenantReport } from '../features/tenants/tenant-report.ts'
import type { AddCommand } from './command.ts'
import { clock, withDatabase } from './database.ts'
import { describeCheck } from './doctor.ts'
import { exitCodes, print } from './output.ts'
import { getTenantOf } from './tenant-argument.ts'
import { type Column, formatFacts, formatTable, styled } from './terminal.ts'

/** `status-tenant`: fails when the tenant is not kept apart from others. */
export const addStatusTenant: AddCommand = (program, done) => {
  program
    .command('status-tenant')
    .description('say how a tenant does, what it stores and uses, and whether it is kept apart from others')
    .argument('<id>', 'the id of the tenant')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', '\nExit code 1 when it is not kept apart.')
    .addHelpText('after', '\nExample:\n  npm run cli -- status-tenant acme-corporation')
    .action(async (id: string, { json }: { json?: boolean }) => {
      const report = await withDatabase(readConfig(loadEnvironment()), async (tools) => {
        const tenantId = await tools.db.withPlatform('tenants', (tx) => getTenantOf(tx, id))
        const { baseDomain } = tools.config
        return getTenantReport(tools, { tenantId, baseDomain, now: clock.now() })
      })
      print(json, report, () => inWords(report))
      done(report.isolation.holds ? exitCodes.ok : exitCodes.failed)
    })
}

function inWords(report: TenantReport): string {
  const { limits, usage, isolation } = report
  const heading = (text: string) => `\n${styled('bold', text)}`
  return [
    styled('bold', report.tenant_id),
    formatFacts(factsOf(report)),
    // Of a tenant that was deleted there are none.
    ...(usage ? ['', formatTable(limitColumns, Object.entries(limits))] : []),
    ...(usage ? [heading(`used from ${usage.from} to ${usage.to}`), formatUsage(usage)] : []),
    '',
    formatTable(
      tableColumns,
      report.tables.filter(({ rows }) => rows > 0),
    ),
    heading(isolation.holds ? `kept apart: ${isolation.checks.length} checks hold` : 'NOT KEPT APART'),
    ...isolation.checks.filter(({ ok }) => !ok).map(describeCheck),
  ].join('\n')
}

function factsOf(report: TenantReport): [string, string | number | null][] {
  const { subscription, users, users_by_role } = report
  return [
    ['name', report.name],
    ['status', [report.status, report.status_reason].filter(Boolean).join(': ')],
    ['plan', report.plan],
    ['trial ends', timeOf(report.trial_ends_at)],
    ['payment due since', timeOf(report.past_due_since)],
    ['subscription', subscription && describeSubscription(subscription)],
    ['region', report.region],
    ['host', report.host],
    ['e-mail', report.company_email],
    ['created', timeOf(report.created_at)],
    ['last activity', timeOf(report.last_activity_at) ?? 'none known'],
    ['users', users > 0 ? `${users} (${listOf(users_by_role)})` : '0'],
    ['modules', report.modules.join(', ')],
  ]
}

const limitColumns: Column<[string, NonNullable<TenantReport['limits'][LimitName]>]>[] = [
  { title: 'limit', of: ([name]) => name },
  { title: 'used', of: ([, { used }]) => used, align: 'right' },
  { title: 'allowed', of: ([, { limit }]) => limit ?? 'unlimited', align: 'right' },
  { title: 'counts anew', of: ([, { resets_at }]) => timeOf(resets_at) },
]

const tableColumns: Column<TenantReport['tables'][number]>[] = [
  { title: 'table', of: ({ table }) => table },
  { title: 'rows', of: ({ rows }) => rows, align: 'right' },
  { title: 'bytes', of: ({ bytes }) => bytes, align: 'right' },
]

function describeSubscription({
  id,
  status,
  quantity,
  current_period_end,
}: NonNullable<TenantReport['subscription']>) {
  if (!id) return null
  const until = current_period_end ? `, paid until ${timeOf(current_period_end)}` : ''
  return `${id}, ${status}, ${quantity ?? 1} ×${until}`
}

function formatUsage({ limits, metrics }: RecentUsage): string {
  return formatFacts(Object.entries({ ...limits, ...metrics }))
}

/** To the minute, in UTC. */
function timeOf(at: Date | null): string | null {
  return at && `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`
}

function listOf(counts: Record<string, number>): string {
  const some = Object.entries(counts).filter(([, count]) => count > 0)
  return some.map(([name, count]) => `${count} ${name}`).join(', ')
}
