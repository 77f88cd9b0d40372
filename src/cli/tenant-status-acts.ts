import { loadEnvironment, readConfig } from '../config.ts'
import { type ActOnTenant, actOnStatus, type StatusAct } from '../features/tenants/admin.ts'
import { getTenant } from '../features/tenants/tenant-detail.ts'
import { parseReason } from './arguments.ts'
import type { AddCommand } from './command.ts'
import { clock, withDatabase } from './database.ts'
import { exitCodes, log, print } from './output.ts'
import { getTenantOf } from './tenant-argument.ts'
import { confirm, isInteractive, styled } from './terminal.ts'

interface Options {
  reason: string
  yes?: boolean
  json?: boolean
}

/** `suspend-tenant`: asks first where there is somebody to ask. A script goes on: `reactivate-tenant` undoes it. */
export const addSuspendTenant: AddCommand = (program, done) =>
  addAct(program, done, {
    act: 'suspend',
    description: 'suspend a tenant: its members can do nothing until it is reactivated',
    example: 'suspend-tenant acme-corporation --reason "Invoice 2026-118 is not paid"',
    asks: ({ yes }) => !yes && isInteractive(),
  })

/** `reactivate-tenant`: takes nothing away, so it does not ask. */
export const addReactivateTenant: AddCommand = (program, done) =>
  addAct(program, done, {
    act: 'reactivate',
    description: 'let a suspended or cancelled tenant, or one whose trial is over, work again',
    example: 'reactivate-tenant acme-corporation --reason "Paid by bank transfer"',
  })

/** `cancel-tenant`: ends a subscription, too, which nothing brings back, so it needs a yes. */
export const addCancelTenant: AddCommand = (program, done) =>
  addAct(program, done, {
    act: 'cancel',
    description: 'cancel a tenant and its subscription',
    example: 'cancel-tenant acme-corporation --reason "Asked for by its owner" --yes',
    asks: ({ yes }) => !yes,
  })

/** Suspend, reactivate, cancel: the same in all but the act, and when it asks. */
function addAct(
  program: Parameters<AddCommand>[0],
  done: Parameters<AddCommand>[1],
  {
    act: what,
    description,
    example,
    asks,
  }: { act: StatusAct; description: string; example: string; asks?: (options: Options) => boolean },
): void {
  const command = program
    .command(`${what}-tenant`)
    .description(description)
    .argument('<id>', 'the id of the tenant')
    .requiredOption('--reason <text>', 'why, for both audit trails', parseReason)
    .option('--json', 'print the tenant as JSON')
    .addHelpText('after', `\nExample:\n  npm run cli -- ${example}`)
    .action(async (id: string, options: Options) => {
      const config = readConfig(loadEnvironment())
      done(
        await withDatabase(config, async ({ db }) => {
          const tenantId = await db.withPlatform('tenants', (tx) => getTenantOf(tx, id))
          if (asks?.(options) && !(await confirm(`Really ${what} ${tenantId}?`))) {
            log('Nothing was done.')
            return exitCodes.failed
          }
          const act: ActOnTenant = {
            tenantId,
            admin: { kind: 'command_line' },
            origin: { ip: null, requestId: 'command line' },
            now: clock.now(),
          }
          const tenant = await db.withPlatform(
            'tenants',
            async (tx) => {
              await actOnStatus(tx, what, options.reason, act)
              return getTenant(tx, { ...act, baseDomain: config.baseDomain })
            },
            { tenantId },
          )
          print(options.json, tenant, () => `${tenantId} is ${styled('bold', tenant.status)} now`)
          return exitCodes.ok
        }),
      )
    })
  if (asks) command.option('--yes', 'do not ask')
}
