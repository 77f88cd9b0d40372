import type { Context } from '../../context.ts'
import type { PlatformTx } from '../../db/database.ts'
import { AppError } from '../../errors.ts'
import { newId } from '../../new-id.ts'
import { hashToken } from './sessions.ts'

/** What a mailed token is good for, and for how long, in milliseconds. Reset: OWASP Forgot Password Cheat Sheet. */
export const oneTimePurposes = {
  verify_email: { ms: 24 * 3_600_000 },
  reset_password: { ms: 30 * 60_000 },
  accept_invitation: { ms: 7 * 86_400_000 },
} as const
export type OneTimePurpose = keyof typeof oneTimePurposes

/** Whom a token is for: a person, or who was invited. */
export type OneTimeSubject = { userId: string } | { tenantId: string; invitationId: string }

interface NewToken {
  purpose: OneTimePurpose
  /** Made once by who asks for the mail: a job that runs again sends the same token. */
  tokenId: string
  /** The address that it is mailed to. */
  email: string
  subject: OneTimeSubject
  expiresAt: Date
  now: Date
}

/** The id of a token that is to be made. */
export function newTokenId(now: Date): string {
  return newId(now)
}

/**
 * The token of an id, for one mailbox: for another address it is another token, whoever chose the id. Who has only the
 * database cannot compute it.
 */
export function deriveToken(
  { keyedHash }: Pick<Context, 'keyedHash'>,
  purpose: OneTimePurpose,
  { tokenId, email }: { tokenId: string; email: string },
): string {
  return keyedHash('one-time token', `${purpose} ${tokenId} ${email}`).toString('base64url')
}

/**
 * Stores the hash of a single-use token and gives the token, for the mail. It is derived from its id by keyed hash,
 * so that it stands nowhere, not even in the job that sends it. One that was stored before is left as it is.
 */
export async function storeToken(tx: PlatformTx, context: Pick<Context, 'keyedHash'>, token: NewToken) {
  const { purpose, subject, expiresAt, now } = token
  const text = deriveToken(context, purpose, token)
  await tx
    .insertInto('one_time_tokens')
    .values({
      token_hash: hashToken(text),
      purpose,
      ...('userId' in subject
        ? { user_id: subject.userId }
        : { subject_tenant_id: subject.tenantId, invitation_id: subject.invitationId }),
      created_at: now,
      expires_at: expiresAt,
    })
    .onConflict((conflict) => conflict.column('token_hash').doNothing())
    .execute()
  return text
}

/** Whom a token is for that could be used now, without using it up. */
export function findToken(tx: PlatformTx, purpose: OneTimePurpose, token: string, now: Date) {
  return tx
    .selectFrom('one_time_tokens')
    .select(['user_id', 'subject_tenant_id', 'invitation_id'])
    .where('token_hash', '=', hashToken(token))
    .where('purpose', '=', purpose)
    .where('used_at', 'is', null)
    .where('expires_at', '>', now)
    .executeTakeFirst()
}

/**
 * Uses a token up. Of two who present it at once one gets through.
 * @throws AppError 400 `token_invalid` when it is unknown, used, over, or for something else
 */
export async function useToken(tx: PlatformTx, purpose: OneTimePurpose, token: string, now: Date) {
  const used = await tx
    .updateTable('one_time_tokens')
    .set({ used_at: now })
    .where('token_hash', '=', hashToken(token))
    .where('purpose', '=', purpose)
    .where('used_at', 'is', null)
    .where('expires_at', '>', now)
    .returning(['user_id', 'subject_tenant_id', 'invitation_id'])
    .executeTakeFirst()
  if (!used) throw new AppError('token_invalid')
  return used
}

/** Makes every token of that purpose which a person has void. */
export async function voidTokens(
  tx: PlatformTx,
  purpose: OneTimePurpose,
  userId: string,
  now: Date,
): Promise<void> {
  await tx
    .updateTable('one_time_tokens')
    .set({ used_at: now })
    .where('user_id', '=', userId)
    .where('purpose', '=', purpose)
    .where('used_at', 'is', null)
    .execute()
}
