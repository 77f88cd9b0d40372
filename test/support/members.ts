import { v7 as uuidv7 } from 'uuid'
import type { TenantId } from '../../src/db/tenant-id.ts'
import { makeApiKey } from '../../src/features/api-keys/key-format.ts'
import type { Role } from '../../src/features/members/roles.ts'
import { consume } from '../../src/features/plans/limits.ts'
import { createMember, goodPassword, type Member, type Platform } from './platform.ts'

let people = 0

/** A further person in a tenant, with the password that everybody has in tests. They have not signed in. */
export async function addPerson(
  { context, clock }: Platform,
  tenantId: string,
  role: Role,
  person: { email?: string; first_name?: string; last_name?: string } = {},
) {
  const now = clock.now()
  const tenant = tenantId as TenantId
  const [userId, membershipId] = [uuidv7(), uuidv7()]
  const email = person.email ?? `${role}-${++people}@people.example`
  await context.db.withPlatform(
    'signup',
    async (tx) => {
      const { password_hash } = await tx
        .selectFrom('users')
        .select('password_hash')
        .where('email', '=', 'owner@acme.example')
        .executeTakeFirstOrThrow()
      await tx
        .insertInto('users')
        .values({
          id: userId,
          email,
          first_name: person.first_name ?? 'Grace',
          last_name: person.last_name ?? 'Hopper',
          locale: 'en',
          password_hash,
          password_changed_at: now,
          email_verified_at: now,
          created_at: now,
          updated_at: now,
        })
        .execute()
      await tx
        .insertInto('memberships')
        .values({
          tenant_id: tenant,
          id: membershipId,
          user_id: userId,
          role,
          status: 'active',
          created_at: now,
          updated_at: now,
        })
        .execute()
      consume(tx, { users: 1 }, now)
    },
    { tenantId: tenant },
  )
  return { userId, membershipId, email, passwordChangedAt: now }
}

/** Signs in through the API. */
export async function signIn(
  platform: Platform,
  tenantId: string,
  email: string,
): Promise<Member & { refreshToken: string }> {
  const credentials = { email, password: goodPassword }
  const { status, body } = await platform.post('/auth/login', credentials, { 'X-Tenant-ID': tenantId })
  if (status !== 200) throw new Error(`login of ${email} answered ${status}: ${JSON.stringify(body)}`)
  return { ...createMember(platform.url, body), refreshToken: body.refresh_token }
}

/** Makes somebody who has an account a member of a further tenant. */
export async function addMembership(platform: Platform, tenantId: string, userId: string, role: Role) {
  await platform.sql(
    `insert into memberships (tenant_id, id, user_id, role, status, created_at, updated_at)
      values ($1, $2, $3, $4, 'active', $5, $5)`,
    [tenantId, uuidv7(), userId, role, platform.clock.now()],
    tenantId,
  )
}

/** A further person in a tenant who has signed in: as if with their password, whose check would take most of the time. */
export async function addMember(...[platform, tenantId, ...more]: Parameters<typeof addPerson>) {
  return enter(platform, tenantId, await addPerson(platform, tenantId, ...more))
}

/** A session of a person in a tenant, as if they had signed in with their password. */
export async function enter(
  platform: Platform,
  tenantId: string,
  {
    email,
    userId,
    passwordChangedAt,
  }: Pick<Awaited<ReturnType<typeof addPerson>>, 'email' | 'userId' | 'passwordChangedAt'>,
) {
  const token = await platform.context.tokens.issueSelection({ userId, passwordChangedAt })
  const authorized = { Authorization: `Bearer ${token}` }
  const { status, body } = await platform.post('/auth/select-tenant', { tenant_id: tenantId }, authorized)
  if (status !== 200) throw new Error(`login of ${email} answered ${status}: ${JSON.stringify(body)}`)
  return { ...createMember(platform.url, body), refreshToken: body.refresh_token as string }
}

/** An API key of a tenant, as a client of the API. `id` and `userId` are the key's own. */
export async function addApiKey(
  platform: Platform,
  { tenantId, role, createdBy }: { tenantId: string; role: Role; createdBy: string },
) {
  const id = uuidv7()
  const { key, secretHash } = makeApiKey(tenantId as TenantId, id)
  await platform.sql(
    `insert into api_keys (tenant_id, id, name, role, secret_hash, created_by, created_at, updated_at)
      values ($1, $2, 'test', $3, $4, $5, $6, $6)`,
    [tenantId, id, role, secretHash, createdBy, platform.clock.now()],
    tenantId,
  )
  return createMember(platform.url, { access_token: key, tenant_id: tenantId, user: { id, email: '' } })
}

/** The id of somebody's membership. */
export async function membershipOf(platform: Platform, { tenantId, userId }: Member): Promise<string> {
  const query = 'select id from memberships where tenant_id = $1 and user_id = $2'
  const [row] = await platform.sql(query, [tenantId, userId], tenantId)
  return row.id
}
