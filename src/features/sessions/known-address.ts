import { ipKeyGenerator } from 'express-rate-limit'
import type { Context } from '../../context.ts'
import { keepPlatformQueries, type PlatformTx } from '../../db/database.ts'

/** So long after somebody was last there an address still counts as theirs. */
export const addressKnownMs = 90 * 86_400_000

/** The id of a person that nobody has. */
export const nobody = '00000000-0000-0000-0000-000000000000'

/** Who was let in, and from where. */
interface Arrival {
  /** Of a user or a super admin. */
  personId: string
  ip: string | null
  now: Date
}

/**
 * Notes that a person has shown at an IP address who they are: it leaves with COMMIT. That outlives their session there:
 * who logs out in the evening gets in the next morning, however many have guessed at their account by night.
 */
export function rememberAddress(
  tx: PlatformTx,
  context: Pick<Context, 'keyedHash'>,
  { personId, ip, now }: Arrival,
): void {
  if (ip === null) return
  tx.atCommit(keptUpsert({ personId, addressHash: hashOf(context, personId, ip), now }))
}

const keptUpsert = keepPlatformQueries(
  (queries, { personId, addressHash, now }: { personId: string; addressHash: Buffer; now: Date }) =>
    queries
      .insertInto('known_addresses')
      .values({ person_id: personId, address_hash: addressHash, seen_at: now })
      .onConflict((conflict) =>
        conflict.columns(['person_id', 'address_hash']).doUpdateSet({ seen_at: now }),
      ),
)

/** Takes back where a person is known: who came in there may not have been they. */
export async function forgetAddresses(tx: PlatformTx, personId: string): Promise<void> {
  await tx.deleteFrom('known_addresses').where('person_id', '=', personId).execute()
}

/** Whether the user or super admin of this e-mail address is known at this IP address. */
export async function isKnownAddress(
  context: Context,
  { among, email, ip }: { among: 'users' | 'super_admins'; email: string; ip: string | null },
): Promise<boolean> {
  if (ip === null) return false
  return context.db.withPlatform('login', async (tx) => {
    const person = await tx.selectFrom(among).select('id').where('email', '=', email).executeTakeFirst()
    return wasLetIn(tx, context, { personId: person?.id ?? nobody, ip, now: context.clock.now() })
  })
}

/** Whether a person was let in at an IP address before. */
export async function wasLetIn(
  tx: PlatformTx,
  context: Pick<Context, 'keyedHash'>,
  { personId, ip, now }: Arrival,
): Promise<boolean> {
  if (ip === null) return false
  const known = await tx
    .selectFrom('known_addresses')
    .select('seen_at')
    .where('person_id', '=', personId)
    .where('address_hash', '=', hashOf(context, personId, ip))
    .where('seen_at', '>', new Date(now.getTime() - addressKnownMs))
    .executeTakeFirst()
  return known !== undefined
}

function hashOf({ keyedHash }: Pick<Context, 'keyedHash'>, personId: string, ip: string): Buffer {
  // A household or office holds a whole /64 of IPv6.
  return keyedHash('known address', `${personId} ${ipKeyGenerator(ip, 64)}`)
}
