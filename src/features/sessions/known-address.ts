import { createHash } from 'node:crypto'
import { ipKeyGenerator } from 'express-rate-limit'
import type { Context } from '../../context.ts'
import type { PlatformTx } from '../../db/database.ts'

/** So long after somebody was last there an address still counts as theirs. */
const knownMs = 90 * 86_400_000

/** Nobody has it. */
const nobody = '00000000-0000-0000-0000-000000000000'

/**
 * Notes that a person has shown at an IP address who they are. That outlives their session there: who logs out in
 * the evening gets in the next morning, however many have guessed at their account by night.
 */
export async function rememberAddress(
  tx: PlatformTx,
  { userId, ip, now }: { userId: string; ip: string | null; now: Date },
): Promise<void> {
  if (ip === null) return
  await tx
    .insertInto('rate_limits')
    .values({ key: keyOf(userId, ip), hits: 1, resets_at: new Date(now.getTime() + knownMs) })
    .onConflict((conflict) =>
      conflict.column('key').doUpdateSet(({ ref }) => ({ resets_at: ref('excluded.resets_at') })),
    )
    .execute()
}

/** Whether the user or super admin of this e-mail address is known at this IP address. */
export async function isKnownAddress(
  context: Context,
  { among, email, ip }: { among: 'users' | 'super_admins'; email: string; ip: string | null },
): Promise<boolean> {
  if (ip === null) return false
  return context.db.withPlatform('login', async (tx) => {
    const user = await tx.selectFrom(among).select('id').where('email', '=', email).executeTakeFirst()
    const known = await tx
      .selectFrom('rate_limits')
      .select('key')
      .where('key', '=', keyOf(user?.id ?? nobody, ip))
      .where('resets_at', '>', context.clock.now())
      .executeTakeFirst()
    return known !== undefined
  })
}

/** A household or office holds a whole /64 of IPv6. */
function keyOf(userId: string, ip: string): string {
  const place = `known address\n${userId}\n${ipKeyGenerator(ip, 64)}`
  return createHash('sha256').update(place).digest('base64url')
}
