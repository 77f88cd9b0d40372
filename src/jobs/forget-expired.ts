import type { Context } from '../context.ts'
import { forgetAnswers } from '../features/idempotency/forget-answers.ts'
import { forgetNotifications } from '../features/notifications/forget-notifications.ts'
import { forgetRequestCounts } from '../features/plans/request-rates.ts'
import { addressKnownMs } from '../features/sessions/known-address.ts'

/**
 * Deletes what is over and nobody can use any more: sessions, single-use tokens, counts of attempts and of requests,
 * old addresses, notifications, and answers that were kept for repeated requests.
 */
export async function forgetExpired(context: Context): Promise<void> {
  const { db, clock } = context
  const now = clock.now()
  await db.withPlatform('housekeeping', async (tx) => {
    await tx.deleteFrom('sessions').where('expires_at', '<', now).execute()
    await tx.deleteFrom('rate_limits').where('resets_at', '<', now).execute()
    await forgetRequestCounts(tx, now)
    const unseenSince = new Date(now.getTime() - addressKnownMs)
    await tx.deleteFrom('known_addresses').where('seen_at', '<', unseenSince).execute()
    await tx.deleteFrom('one_time_tokens').where('expires_at', '<', now).execute()
  })
  await forgetNotifications(context)
  await forgetAnswers(context)
}
