import { randomBytes } from 'node:crypto'
import { type RawBuilder, sql } from 'kysely'
import type { Context } from '../../context.ts'
import type { PlatformTx } from '../../db/database.ts'
import { newId } from '../../new-id.ts'
import { writePlatformAuditEntry } from '../audit/audit.ts'
import { forgetAddresses } from '../sessions/known-address.ts'

/** What an operator at the command line hands to a super admin, once. */
export interface Credentials {
  id: string
  email: string
  password: string
}

type Tools = Pick<Context, 'db' | 'clock' | 'passwords'>

/** 144 random bits in 24 characters. */
const passwordBytes = 18

/**
 * Makes a super admin with a random password.
 * @returns undefined when there is one of this address already
 */
export async function createSuperAdmin(tools: Tools, email: string): Promise<Credentials | undefined> {
  const { password, password_hash, now } = await makePassword(tools)
  const id = newId(now)
  const times = { credentials_changed_at: now, created_at: now, updated_at: now }
  const made = await tools.db.withPlatform('super admin', async (tx) => {
    const inserted = await tx
      .insertInto('super_admins')
      .values({ id, email, password_hash, ...times })
      .onConflict((conflict) => conflict.column('email').doNothing())
      .returning('id')
      .executeTakeFirst()
    if (inserted) recordCommand(tx, 'super_admin.created', id, ['email', 'password'], now)
    return inserted
  })
  return made && { id, email, password }
}

/**
 * Gives a super admin a new random password and takes their one-time passwords away, as for a device that was lost.
 * All their tokens are void from then on. Who is disabled stays so.
 * @returns undefined when there is none of this address
 */
export async function resetSuperAdmin(
  tools: Tools,
  email: string,
): Promise<(Credentials & { isDisabled: boolean }) | undefined> {
  const { password, password_hash, now } = await makePassword(tools)
  const reset = await tools.db.withPlatform('super admin', async (tx) => {
    const updated = await tx
      .updateTable('super_admins')
      .set({ password_hash, totp_secret_jwe: null, totp_enrolled_at: null, totp_last_step: null })
      .set({ totp_failures: 0 })
      .set({ credentials_changed_at: changedAfterAll(now), updated_at: now })
      .where('email', '=', email)
      .returning(['id', 'disabled_at'])
      .executeTakeFirst()
    if (updated) await forgetAddresses(tx, updated.id)
    if (updated) recordCommand(tx, 'super_admin.reset', updated.id, ['password', 'totp_enrolled'], now)
    return updated
  })
  return reset && { id: reset.id, email, password, isDisabled: reset.disabled_at !== null }
}

/** A value for credentials_changed_at that it has never had: no token of before may fit, whatever a clock says. */
export function changedAfterAll(now: Date): RawBuilder<Date> {
  return sql<Date>`greatest(${now}, credentials_changed_at + interval '1 millisecond')`
}

async function makePassword({ passwords, clock }: Tools) {
  const password = randomBytes(passwordBytes).toString('base64url')
  return { password, password_hash: await passwords.hash(password), now: clock.now() }
}

function recordCommand(tx: PlatformTx, action: string, id: string, changedFields: string[], now: Date): void {
  writePlatformAuditEntry(tx, {
    actor: { kind: 'system', id: 'command line' },
    action,
    object: { type: 'super_admin', id },
    changedFields,
    ip: null,
    requestId: 'command line',
    now,
  })
}
