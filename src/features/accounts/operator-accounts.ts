import { randomBytes } from 'node:crypto'
import type { Context } from '../../context.ts'
import type { PlatformTx } from '../../db/database.ts'
import { AppError } from '../../errors.ts'
import { enqueueJob } from '../../jobs/queue.ts'
import { newId } from '../../new-id.ts'
import type { Role } from '../members/roles.ts'
import { newFirstPasswordToken } from './account-mails.ts'

/** Whom an operator makes a member of a tenant, by their address. */
export interface WantedAccount {
  email: string
  first_name: string | undefined
  last_name: string | undefined
  /** The field that has the address, for errors, such as `body.admin_email`. */
  path: string
}

/** An account as it was looked at; its user is made, or held, in the transaction that makes them a member. */
export interface PreparedAccount {
  userId: string
  /** Of an account that is to be made. */
  passwordHash: string | undefined
}

/** An account has appeared or gone since it was looked at: look again. */
export class AccountChangedError extends Error {
  override name = 'AccountChangedError'
}

/** 144 random bits in 24 characters. */
const passwordBytes = 18

/** A password of nobody's choice, with its hash. Not inside a transaction: it takes long. */
export async function makePassword({
  passwords,
}: Pick<Context, 'passwords'>): Promise<{ password: string; passwordHash: string }> {
  const password = randomBytes(passwordBytes).toString('base64url')
  return { password, passwordHash: await passwords.hash(password) }
}

/**
 * Looks for the account of an address, and prepares one with a password that nobody learns where there is none. Not
 * inside a transaction.
 * @throws AppError 409 `account_not_verified` for an account whose address was never shown to be theirs who signed up
 *   with it: they would get into the tenant (Sudhodanan and Paverd, "Pre-hijacked accounts", USENIX Security 2022);
 *   503 `overloaded`
 */
export async function prepareAccount(
  tools: Pick<Context, 'db' | 'clock' | 'passwords'>,
  { email, path }: Pick<WantedAccount, 'email' | 'path'>,
): Promise<PreparedAccount> {
  const user = await tools.db.withPlatform('account', (tx) =>
    tx
      .selectFrom('users')
      .select(['id', 'email_verified_at', 'terms_accepted_at'])
      .where('email', '=', email)
      .executeTakeFirst(),
  )
  if (!user) {
    return { userId: newUserId(tools), passwordHash: (await makePassword(tools)).passwordHash }
  }
  // Whoever signs up accepts the terms: an account without that was made by an operator, for this address.
  if (!user.email_verified_at && user.terms_accepted_at) {
    const errors = [{ path, message: 'is of an account whose address nobody has confirmed' }]
    throw new AppError('account_not_verified', { errors })
  }
  return { userId: user.id, passwordHash: undefined }
}

/** The id of a user that is to be made. */
export function newUserId({ clock }: Pick<Context, 'clock'>): string {
  return newId(clock.now())
}

/** A user that is to be made, or to be there still. */
export interface HeldAccount extends PreparedAccount {
  email: string
  first_name: string
  last_name: string
  locale: string
  now: Date
}

/**
 * Makes the user of a prepared account, or holds the one that was found, until the end of the transaction.
 * @throws AccountChangedError
 */
export async function holdAccount(tx: PlatformTx, account: HeldAccount): Promise<void> {
  const { userId, passwordHash, email, first_name, last_name, locale, now } = account
  if (passwordHash === undefined) {
    const found = await tx.selectFrom('users').select('id').where('id', '=', userId).forShare().execute()
    if (found.length === 0) throw new AccountChangedError()
    return
  }
  const inserted = await tx
    .insertInto('users')
    .values({
      id: userId,
      email,
      first_name,
      last_name,
      locale,
      password_hash: passwordHash,
      password_changed_at: now,
      created_at: now,
      updated_at: now,
    })
    .onConflict((conflict) => conflict.column('email').doNothing())
    .executeTakeFirst()
  if (inserted.numInsertedOrUpdatedRows !== 1n) throw new AccountChangedError()
}

/** Has somebody told that they belong to the transaction's tenant; where they have no password yet, how to choose one. */
export async function mailMember(
  tx: PlatformTx,
  { email, company_name, role, now }: { email: string; company_name: string; role: Role; now: Date },
): Promise<void> {
  const token = newFirstPasswordToken(now)
  await enqueueJob(tx, 'send-account-mail', { template: 'member_added', email, company_name, role, ...token })
}
