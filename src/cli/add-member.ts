import { Argument } from 'commander'
import { roles } from '../features/members/roles.ts'
import { addMember } from '../features/tenants/add-member.ts'
import { memberFieldsSchema } from '../features/tenants/provision-schemas.ts'
import { toAppError } from '../http/error-handler.ts'
import { parseEmail, parseReason } from './arguments.ts'
import type { AddCommand } from './command.ts'
import { withTools } from './database.ts'
import { exitCodes, print } from './output.ts'
import { getTenantOf } from './tenant-argument.ts'

/** `add-member`: they take a seat, and are told by mail. */
export const addAddMember: AddCommand = (program, done) => {
  program
    .command('add-member')
    .description('make somebody a member of a tenant; they are told by mail how to sign in')
    .argument('<id>', 'the id of the tenant')
    .argument('<email>', 'their e-mail address', parseEmail)
    .addArgument(new Argument('[role]', 'what they may do').choices(roles).default('member'))
    .option('--first-name <name>', 'their first name, if they have no account yet')
    .option('--last-name <name>', 'their last name, likewise')
    .option('--reason <text>', 'why, for both audit trails', parseReason)
    .option('--json', 'print the result as JSON')
    .addHelpText('after', '\nExample:\n  npm run cli -- add-member acme-corporation grace@acme.example admin')
    .action(async (id: string, email: string, role: string, { json, ...options }: Options) => {
      const { firstName: first_name, lastName: last_name, reason } = options
      const fields = memberFieldsSchema.parse({ email, role, first_name, last_name, reason })
      const added = await withTools(async (tools) => {
        const tenantId = await tools.db.withPlatform('tenants', (tx) => getTenantOf(tx, id))
        const origin = { ip: null, requestId: 'command line' }
        const act = { tenantId, admin: { kind: 'command_line' }, origin, now: tools.clock.now() } as const
        // What a full tenant answers is the database's own error.
        return addMember(tools, fields, act).catch((error) => {
          throw String(error.code).startsWith('TN') ? toAppError(error) : error
        })
      })
      print(json, added, () => `${added.email} is a member of ${added.tenant_id} now: ${added.role}`)
      done(exitCodes.ok)
    })
}

interface Options {
  firstName?: string
  lastName?: string
  reason?: string
  json?: boolean
}
