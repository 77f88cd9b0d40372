import { loadEnvironment, readConfig } from '../config.ts'
import { createPasswords } from '../features/sessions/passwords.ts'
import { rotateKeys } from '../features/sessions/signing-keys.ts'
import { type Credentials, createSuperAdmin, resetSuperAdmin } from '../features/super-admins/credentials.ts'
import { withDatabase } from './database.ts'
import { exitCodes, log, print } from './output.ts'

const clock = { now: () => new Date() }

/** Makes a super admin and shows the password, this once. @returns the exit code */
export async function runCreateSuperAdmin(email: string, asJson?: boolean): Promise<number> {
  const passwords = await createPasswords(1, 0)
  const made = await withDatabase(readConfig(loadEnvironment()), ({ db }) =>
    createSuperAdmin({ db, clock, passwords }, email),
  )
  if (!made) throw new Error(`${email} is a super admin already; --reset gives them a new password.`)
  printCredentials(made, asJson)
  return exitCodes.ok
}

/** Gives a super admin a new password, shown this once, and no one-time passwords. @returns the exit code */
export async function runResetSuperAdmin(email: string, asJson?: boolean): Promise<number> {
  const passwords = await createPasswords(1, 0)
  const reset = await withDatabase(readConfig(loadEnvironment()), ({ db }) =>
    resetSuperAdmin({ db, clock, passwords }, email),
  )
  if (!reset) throw new Error(`${email} is no super admin; without --reset they become one.`)
  if (reset.isDisabled) log(`warning: ${email} is disabled and stays so`)
  printCredentials(reset, asJson)
  return exitCodes.ok
}

function printCredentials({ id, email, password }: Credentials, asJson?: boolean): void {
  print(
    asJson,
    { id, email, password },
    () => `${email} signs in at POST /auth/admin/login with\n${password}`,
  )
}

/** Adds a signing key. @returns the exit code */
export async function runRotateKeys(options: {
  removeOthers?: boolean
  in?: number
  json?: boolean
}): Promise<number> {
  const { removeOthers = false, in: aheadSeconds } = options
  const rotation = await withDatabase(readConfig(loadEnvironment()), ({ db, secret }) =>
    rotateKeys({ db, clock, secret }, { removeOthers, ...(aheadSeconds !== undefined && { aheadSeconds }) }),
  )
  const { kid, active_from, removed } = rotation
  print(options.json, rotation, () =>
    [
      `${kid} signs from ${active_from.toISOString()} on`,
      ...removed.map((each) => `${each} is removed`),
    ].join('\n'),
  )
  return exitCodes.ok
}
