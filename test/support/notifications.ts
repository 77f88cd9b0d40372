import { v7 as uuidv7 } from 'uuid'
import { membershipOf } from './members.ts'
import type { Member, Platform } from './platform.ts'

/** One more notification of somebody's, that a person of a name has joined in a role; gives its id. */
export async function addNotification(
  platform: Platform,
  member: Member,
  values: { name: string; role: string },
): Promise<string> {
  const id = uuidv7()
  await platform.sql(
    `insert into notifications (tenant_id, id, membership_id, template, category, priority, values, created_at, updated_at)
      values ($1, $2, $3, 'member_joined', 'system', 'normal', $4, $5, $5)`,
    [member.tenantId, id, await membershipOf(platform, member), values, platform.clock.now()],
    member.tenantId,
  )
  return id
}
