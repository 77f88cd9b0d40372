import { type Credentials, createSuperAdmin, resetSuperAdmin } from '../features/super-admins/credentials.ts'
import { parseEmail } from './arguments.ts'
import type { AddCommand } from './command.ts'
import { withTools } from './database.ts'
import { exitCodes, log, print } from './output.ts'

/** `create-super-admin`: prints the password, this once. */
export const addCreateSuperAdmin: AddCommand = (program, done) => {
  program
    .command('create-super-admin')
    .description('make an operator of the platform, with a random password that is printed this once')
    .argument('<email>', 'the e-mail address they sign in with', parseEmail)
    .option('--reset', 'give an existing one a new password and take their authenticator app away')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', '\nExample:\n  npm run cli -- create-super-admin ops@example.com')
    .action(async (email: string, { reset, json }: { reset?: boolean; json?: boolean }) => {
      const { id, password } = await (reset ? resetOne(email) : createOne(email))
      print(
        json,
        { id, email, password },
        () => `${email} signs in at POST /auth/admin/login with\n${password}`,
      )
      done(exitCodes.ok)
    })
}

async function createOne(email: string): Promise<Credentials> {
  const made = await withTools((tools) => createSuperAdmin(tools, email))
  if (!made) throw new Error(`${email} is a super admin already; --reset gives them a new password.`)
  return made
}

/** Also ends their one-time passwords. */
async function resetOne(email: string): Promise<Credentials> {
  const reset = await withTools((tools) => resetSuperAdmin(tools, email))
  if (!reset) throw new Error(`${email} is no super admin; without --reset they become one.`)
  if (reset.isDisabled) log(`warning: ${email} is disabled and stays so`)
  return reset
}
