import { loadEnvironment, readConfig } from '../config.ts'
import { type Explanation, explainTenant } from '../features/tenants/explain.ts'
import type { AddCommand } from './command.ts'
import { clock, withDatabase } from './database.ts'
import { exitCodes, print } from './output.ts'
import { getTenantOf } from './tenant-argument.ts'
import { styled } from './terminal.ts'

/** `explain-tenant`: prints why a tenant has its status and plan. */
export const addExplainTenant: AddCommand = (program, done) => {
  program
    .command('explain-tenant')
    .description('say why a tenant has its status and plan, event by event')
    .argument('<id>', 'the id of the tenant')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', '\nExample:\n  npm run cli -- explain-tenant acme-corporation')
    .action(async (id: string, { json }: { json?: boolean }) => {
      const explanation = await withDatabase(readConfig(loadEnvironment()), ({ db }) =>
        db.withPlatform('tenants', async (tx) => explainTenant(tx, await getTenantOf(tx, id), clock.now())),
      )
      print(json, explanation, () => inWords(explanation))
      done(exitCodes.ok)
    })
}

/** A heading, the summary, and a line for each step. */
function inWords({ tenant_id, status, plan, summary, older_steps, steps }: Explanation): string {
  return [
    styled('bold', `${tenant_id}: ${status}, plan ${plan}`),
    summary,
    '',
    ...(older_steps > 0
      ? [styled('dim', `The newest ${steps.length} steps; ${older_steps} older ones are left out.`)]
      : []),
    ...steps.map(({ kind, sentence }) => (kind === 'event' ? styled('dim', sentence) : sentence)),
  ].join('\n')
}
