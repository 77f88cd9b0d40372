import { styleText } from 'node:util'
import { loadEnvironment, readConfig } from '../config.ts'
import { type Explanation, explainTenant } from '../features/tenants/explain.ts'
import { withDatabase } from './database.ts'
import { exitCodes, print } from './output.ts'
import { getTenantOf } from './tenant-argument.ts'

/**
 * Prints why a tenant has its status and plan.
 * @returns the exit code
 * @throws Error that names ids like it, when there is no such tenant
 */
export async function runExplainTenant(id: string, asJson?: boolean): Promise<number> {
  const explanation = await withDatabase(readConfig(loadEnvironment()), ({ db }) =>
    db.withPlatform('tenants', async (tx) => explainTenant(tx, await getTenantOf(tx, id), new Date())),
  )
  print(asJson, explanation, () => inWords(explanation))
  return exitCodes.ok
}

/** A heading, the summary, and a line for each step. */
function inWords({ tenant_id, status, plan, summary, older_steps, steps }: Explanation): string {
  // Colour only where a terminal shows it.
  const styled = (style: Parameters<typeof styleText>[0], text: string) =>
    styleText(style, text, { stream: process.stdout })
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
