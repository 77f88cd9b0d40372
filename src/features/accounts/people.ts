import type { PlatformTx } from '../../db/database.ts'
import { parseTenantId, type TenantId } from '../../db/tenant-id.ts'
import { AppError } from '../../errors.ts'
import { findToken, type OneTimePurpose } from '../sessions/one-time-tokens.ts'

/** A person with what their mails and passwords depend on. */
export interface Person {
  id: string
  email: string
  first_name: string
  last_name: string
  locale: string
  isVerified: boolean
  /** The company of theirs that waits for their address to be confirmed: there is at most one. */
  pendingTenantId: TenantId | undefined
  /** The companies they are in. */
  companyNames: string[]
}

/** The person of an e-mail address or id. */
export async function findPerson(
  tx: PlatformTx,
  by: { email: string } | { id: string },
): Promise<Person | undefined> {
  const query = tx
    .selectFrom('users')
    .select(['id', 'email', 'first_name', 'last_name', 'locale', 'email_verified_at'])
  const user = await ('id' in by
    ? query.where('id', '=', by.id)
    : query.where('email', '=', by.email)
  ).executeTakeFirst()
  if (!user) return undefined
  const { email_verified_at, ...person } = user
  const tenants = await tx
    .selectFrom('memberships')
    .innerJoin('tenants', 'tenants.tenant_id', 'memberships.tenant_id')
    .select(['tenants.tenant_id', 'tenants.name', 'tenants.status', 'memberships.role'])
    .where('memberships.user_id', '=', user.id)
    .where('memberships.status', '=', 'active')
    .execute()
  const pending = tenants.find(({ status, role }) => status === 'PENDING' && role === 'owner')
  return {
    ...person,
    isVerified: email_verified_at !== null,
    pendingTenantId: parseTenantId(pending?.tenant_id),
    companyNames: tenants.map(({ name }) => name),
  }
}

/**
 * The person whom a token that is good now is for. It is not used up by that.
 * @throws AppError 400 `token_invalid`
 */
export async function getTokenHolder(
  tx: PlatformTx,
  purpose: OneTimePurpose,
  token: string,
  now: Date,
): Promise<Person> {
  const found = await findToken(tx, purpose, token, now)
  const person = found?.user_id ? await findPerson(tx, { id: found.user_id }) : undefined
  if (!person) throw new AppError('token_invalid')
  return person
}
