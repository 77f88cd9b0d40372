import { loadEnvironment, readConfig } from '../config.ts'
import type { TenantId } from '../db/tenant-id.ts'
import { createBilling } from '../features/billing/stripe.ts'
import type { CountedTable, FullCertificate } from '../features/deletion/certificates.ts'
import { deleteTenant, previewDeletion } from '../features/deletion/delete-tenant.ts'
import type { TenantRows } from '../features/deletion/tenant-rows.ts'
import type { Tools } from '../tools.ts'
import { parseReason } from './arguments.ts'
import type { AddCommand } from './command.ts'
import { clock, withDatabase } from './database.ts'
import { exitCodes, log, print } from './output.ts'
import { getTenantOf } from './tenant-argument.ts'
import { type Column, formatFacts, formatTable, isInteractive, startProgress, styled } from './terminal.ts'

interface Options {
  reason: string
  dryRun?: boolean
  yes?: boolean
  json?: boolean
}

type Preview = Awaited<ReturnType<typeof previewDeletion>>

/** `delete-tenant`: deletes every row of a tenant here and now, and prints the certificate. */
export const addDeleteTenant: AddCommand = (program, done) => {
  program
    .command('delete-tenant')
    .description(
      'delete a tenant for good, with its people who belong to no other, and print the certificate',
    )
    .argument('<id>', 'the id of the tenant')
    .option(
      '--reason <text>',
      'why, for the certificate and the audit trail',
      parseReason,
      'No reason was given',
    )
    .option('--dry-run', 'only count what would go')
    .option('--yes', 'do not ask')
    .option('--json', 'print the counts or the certificate as JSON')
    .addHelpText(
      'after',
      '\nInterrupted, it goes on when it is run again, and in a running server by itself.',
    )
    .addHelpText(
      'after',
      '\nExamples:\n  npm run cli -- delete-tenant acme-corporation --dry-run' +
        '\n  npm run cli -- delete-tenant acme-corporation --reason "Asked for by its owner" --yes',
    )
    .action(async (id: string, options: Options) => {
      done(await withDatabase(readConfig(loadEnvironment()), (tools) => run(tools, id, options)))
    })
}

async function run(tools: Tools, id: string, { reason, dryRun, yes, json }: Options): Promise<number> {
  const tenantId = await tools.db.withPlatform('deletion', (tx) => getTenantOf(tx, id))
  const preview = await previewDeletion(tools, tenantId)
  if (dryRun) {
    print(json, preview, () => describePreview(preview))
    return exitCodes.ok
  }
  if (!yes && !(await isTyped(preview))) {
    log('Nothing was done.')
    return exitCodes.failed
  }
  const progress = startProgress(`deleting ${tenantId}`, rowsToGo(preview.tables))
  try {
    const certificate = await deleteTenant(
      { ...tools, billing: createBilling(tools.config.stripe) },
      {
        tenantId,
        reason,
        admin: { kind: 'command_line' },
        origin: { ip: null, requestId: 'command line' },
        now: clock.now(),
      },
      (rows) => progress.advance(rows),
    )
    progress.stop()
    print(json, certificate, () => describeCertificate(certificate))
    return exitCodes.ok
  } catch (error) {
    progress.stop(`${tenantId} is not deleted yet: run this again, or let a running server go on`)
    throw error
  }
}

/**
 * Asks for the id of the tenant: what is typed in is meant.
 * @throws Error that says to give --yes, when there is no terminal to ask on
 */
async function isTyped({ tenant_id, status, tables, users }: Preview): Promise<boolean> {
  const question = `${rowsToGo(tables)} rows and ${users} people of ${tenant_id} (${status}) go for good.`
  if (!isInteractive()) throw new Error(`${question} There is no terminal to confirm it on: give --yes.`)
  const prompts = await import('@clack/prompts')
  const typed = await prompts.text({
    message: `${question} Type ${tenant_id} to delete it:`,
    output: process.stderr,
  })
  return typed === (tenant_id satisfies TenantId)
}

function rowsToGo(tables: TenantRows[]): number {
  return tables.reduce((sum, { rows, kept }) => (kept === null ? sum + rows : sum), 0)
}

const previewColumns: Column<TenantRows>[] = [
  { title: 'table', of: ({ table }) => table },
  { title: 'rows', of: ({ rows }) => rows, align: 'right' },
  { title: 'bytes', of: ({ bytes }) => bytes, align: 'right' },
  { title: 'kept', of: ({ kept }) => kept },
]

function describePreview({ tenant_id, status, tables, users }: Preview): string {
  return [
    styled('bold', `${tenant_id}: ${status}`),
    `${rowsToGo(tables)} rows would go, and ${users} people who belong to no other tenant`,
    '',
    formatTable(
      previewColumns,
      tables.filter(({ rows }) => rows > 0),
    ),
  ].join('\n')
}

const certificateColumns: Column<CountedTable>[] = [
  { title: 'table', of: ({ table }) => table },
  { title: 'before', of: ({ before }) => before, align: 'right' },
  { title: 'after', of: ({ after }) => after, align: 'right' },
  { title: 'kept', of: ({ kept, after }) => (after ? kept : null) },
]

function describeCertificate(certificate: FullCertificate): string {
  const { requested_by: by, completed_at } = certificate
  return [
    styled('bold', `${certificate.tenant_id} is deleted`),
    formatFacts([
      ['certificate', certificate.id],
      ['asked for by', `${by.kind.replace('_', ' ')} ${by.id}`],
      ['reason', certificate.reason],
      ['asked for', certificate.requested_at.toISOString()],
      ['completed', completed_at?.toISOString() ?? null],
      ['rows deleted', certificate.rows_deleted],
      ['people deleted', certificate.users_deleted],
      ['jobs deleted', certificate.jobs_deleted],
      ['end of its audit trail', certificate.last_seal_hash],
    ]),
    '',
    formatTable(certificateColumns, certificate.tables),
  ].join('\n')
}
