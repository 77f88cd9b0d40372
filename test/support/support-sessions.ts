import { v7 as uuidv7 } from 'uuid'
import { type Answer, createMember, type Platform } from './platform.ts'

interface Opener {
  id: string
  post(path: string, body: unknown): Promise<Answer>
}

/** Opens a support session through the API; its bearer, as a client of the API. `id` is the session's. */
export async function openSupport(
  platform: Platform,
  operator: Opener,
  {
    tenantId = 'acme',
    ...more
  }: { tenantId?: string; minutes?: number; write?: boolean; reason?: string } = {},
) {
  const body = { reason: 'Cannot see their clients', ...more }
  const answer = await operator.post(`/v1/admin/tenants/${tenantId}/support-sessions`, body)
  if (answer.status !== 201) throw new Error(`no support: ${answer.status} ${JSON.stringify(answer.body)}`)
  const { access_token, support_session } = answer.body
  const user = { id: operator.id, email: '' }
  const bearer = createMember(platform.url, { access_token, tenant_id: tenantId, user })
  return { ...bearer, id: support_session.id as string }
}

/** A support session of a super admin who never signs in, whose token nobody has. */
export async function addSupportSession(platform: Platform, tenantId: string, reason: string) {
  const id = uuidv7()
  const now = platform.clock.now()
  const email = 'silent-operator@platform.example'
  await platform.sql(
    `insert into super_admins (id, email, password_hash, credentials_changed_at, created_at, updated_at)
      values ($1, $2, 'none', $3, $3, $3) on conflict (email) do nothing`,
    [uuidv7(), email, now],
  )
  await platform.sql(
    `insert into support_sessions (tenant_id, id, super_admin_id, super_admin_email, credentials_changed_at, reason,
        is_read_only, expires_at, created_at, updated_at)
      select $1, $2, id, email, credentials_changed_at, $3, true, $4::timestamptz + interval '1 hour', $4, $4
      from super_admins where email = $5`,
    [tenantId, id, reason, now, email],
    tenantId,
  )
  return id
}
