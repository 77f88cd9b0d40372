import { sql } from 'kysely'
import { loadEnvironment, readConfig } from '../config.ts'
import type { TenantId } from '../db/tenant-id.ts'
import { type AuditVerdict, verifyAudit } from '../features/audit/verify-audit.ts'
import { countTenants } from '../features/tenants/tenant-list.ts'
import { eachTenantId } from '../jobs/each-tenant.ts'
import type { Tools } from '../tools.ts'
import { parseHash } from './arguments.ts'
import type { AddCommand } from './command.ts'
import { withDatabase } from './database.ts'
import { exitCodes, print } from './output.ts'
import { getTenantOf } from './tenant-argument.ts'
import { startProgress, styled } from './terminal.ts'

interface Options {
  expect?: string
  json?: boolean
}

/** `verify-audit`: fails when an audit trail is not what was sealed. */
export const addVerifyAudit: AddCommand = (program, done) => {
  program
    .command('verify-audit')
    .description('check audit trails against their seals, and name the first entry that was tampered with')
    .argument('[id]', 'the id of the tenant; without it all tenants are checked')
    .option(
      '--expect <hash>',
      'a seal that the trail of the tenant has to hold, from the server’s log',
      parseHash,
    )
    .option('--json', 'print the verdicts as JSON, one line for each tenant')
    .addHelpText(
      'after',
      '\nEntries are sealed within a minute or two; younger ones are counted and not checked. That the newest seals' +
        '\nwere cut off together with their entries does not show in the database: the server logs each seal' +
        '\n(“audit sealed”) with its hash, which --expect takes.' +
        '\nExit code 1 when anything is wrong.',
    )
    .addHelpText('after', '\nExample:\n  npm run cli -- verify-audit acme-corporation')
    .action(async (id: string | undefined, options: Options) => {
      if (options.expect && !id) throw new Error('--expect is about one tenant: give its id.')
      const work = (tools: Tools) => (id ? checkOne(tools, id, options) : checkAll(tools, options))
      done(await withDatabase(readConfig(loadEnvironment()), work))
    })
}

async function checkOne(tools: Tools, id: string, { expect, json }: Options): Promise<number> {
  const tenantId = await tools.db.withPlatform('audit', (tx) => getTenantOf(tx, id))
  const verdict = await verifyAudit(tools, tenantId, { expect })
  print(json, verdict, () => inWords(verdict))
  return verdict.fault ? exitCodes.failed : exitCodes.ok
}

async function checkAll(tools: Tools, { json }: Options): Promise<number> {
  const { total } = await tools.db.withPlatform('audit', countTenants)
  const progress = startProgress('checking', total)
  let code = exitCodes.ok
  // Of one that is being deleted, entries and seals go batch by batch.
  const isThere = sql<boolean>`status not in ('DELETING', 'DELETED') and tenant_id <> 'system-default'`
  for await (const tenantId of eachTenantId(tools, 'audit', isThere)) {
    const verdict = await verifyAudit(tools, tenantId as TenantId)
    if (verdict.fault) code = exitCodes.failed
    if (verdict.fault || json) print(json, verdict, () => inWords(verdict))
    progress.advance()
  }
  progress.stop()
  if (!json && code === exitCodes.ok) print(false, {}, () => 'Every audit trail is what was sealed.')
  return code
}

const faults = {
  entry_changed: 'was changed',
  entry_removed: 'was removed',
  entry_slipped_in: 'was slipped in',
  seal_changed: 'is not what it was',
  seal_missing: 'is missing',
}

function inWords({
  tenant_id,
  seals,
  sealed_entries,
  unsealed_entries,
  last_hash,
  fault,
}: AuditVerdict): string {
  const counts = `${sealed_entries} entries under ${seals} seals, ${unsealed_entries} not sealed yet`
  if (!fault) {
    return [`${tenant_id}: the audit trail is whole: ${counts}`, last_hash && `last seal ${last_hash}`]
      .filter(Boolean)
      .join('\n')
  }
  const what = fault.entry ? `the entry ${fault.entry} (seal ${fault.seal})` : `seal ${fault.seal}`
  return styled(
    'red',
    `${tenant_id}: ${what} ${faults[fault.kind]}; before it ${counts.split(',')[0]} are whole`,
  )
}
