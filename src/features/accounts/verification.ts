import type { Context } from '../../context.ts'
import type { PlatformTx } from '../../db/database.ts'
import { enqueueJob } from '../../jobs/queue.ts'
import type { Origin } from '../audit/audit.ts'
import { useToken } from '../sessions/one-time-tokens.ts'
import { startPendingTenant } from '../tenants/provision.ts'
import { newMailedToken } from './account-mails.ts'
import { getTokenHolder, type Person } from './people.ts'

/**
 * Uses a verification token up: the address is its person's, and their company that waited for that starts.
 * @throws AppError 400 `token_invalid`
 */
export async function verifyEmail(context: Context, token: string, origin: Origin): Promise<void> {
  const { db, clock } = context
  const now = clock.now()
  const person = await db.withPlatform('account', (tx) => getTokenHolder(tx, 'verify_email', token, now))
  await db.withPlatform(
    'account',
    async (tx) => {
      await useToken(tx, 'verify_email', token, now)
      await confirmAddress(tx, person, origin, now)
    },
    inPendingTenant(person),
  )
}

/** For the transaction of confirmAddress: only inside a tenant can the platform start it. */
export function inPendingTenant({ pendingTenantId: tenantId }: Person) {
  return tenantId ? { tenantId } : {}
}

/**
 * Notes that somebody has shown to read a person's mail. A company of theirs that waited for it starts, and they are
 * welcomed.
 */
export async function confirmAddress(
  tx: PlatformTx,
  person: Person,
  origin: Origin,
  now: Date,
): Promise<void> {
  await tx
    .updateTable('users')
    .set({ email_verified_at: now, updated_at: now })
    .where('id', '=', person.id)
    .where('email_verified_at', 'is', null)
    .execute()
  const { pendingTenantId: tenantId, email } = person
  if (!tenantId) return
  const started = await startPendingTenant(tx, { tenantId, confirmedBy: person.id, ...origin, now })
  if (!started) return
  await enqueueJob(tx, 'send-account-mail', {
    template: 'welcome',
    email,
    company_name: started.name,
    ...newMailedToken('verify_email', now),
  })
}
