import { sql } from 'kysely'
import type { TenantQueryBuilder, Tx } from '../../db/database.ts'
import { decodeCursor, encodeCursor } from '../../db/keyset.ts'
import { containing } from '../../db/patterns.ts'
import { AppError } from '../../errors.ts'
import { enqueueSyncOfCustomer } from '../billing/billing-account.ts'
import { giveBackOverdueSeats } from '../invitations/invitations.ts'
import { notify } from '../notifications/notify.ts'
import { consume, release } from '../plans/limits.ts'
import type { MemberPrincipal } from './access.ts'
import { isAllowed, isAtLeast, lowerOf, type Permission, type Role } from './roles.ts'

/** Whether a member may come in. */
export const memberStatuses = ['active', 'disabled'] as const
export type MemberStatus = (typeof memberStatuses)[number]

/** Which users to list, newest member first, and after which one. */
export interface UserList {
  limit: number
  cursor?: string
  role?: Role
  status?: MemberStatus
  /** Part of a name or address, in any case. */
  q?: string
}

/** What can be changed of a user. */
export interface UserChanges {
  role?: Role
  status?: MemberStatus
}

interface Person {
  user_id: string
  email: string
  first_name: string
  last_name: string
}

/** One page of the tenant's users and one row more, which tells whether there is a next page. */
export function listUsers(queries: TenantQueryBuilder, { limit, cursor, role, status, q }: UserList) {
  let query = selectUsers(queries, null)
  if (role !== undefined) query = query.where('memberships.role', '=', role)
  if (status !== undefined) query = query.where('memberships.status', '=', status)
  if (q !== undefined) {
    const pattern = containing(q)
    const name = sql<string>`person.first_name || ' ' || person.last_name`
    query = query.where((eb) => eb.or([eb(name, 'ilike', pattern), eb('person.email', 'ilike', pattern)]))
  }
  if (cursor !== undefined) {
    const { value, id } = decodeCursor(cursor, 'users', 'instant')
    const place = sql`(memberships.created_at, memberships.user_id)`
    query = query.where(sql<boolean>`${place} < (${value}::timestamptz, ${id}::uuid)`)
  }
  return query
    .orderBy('memberships.created_at', 'desc')
    .orderBy('memberships.user_id', 'desc')
    .limit(sql.lit(limit + 1))
}

/** The cursor behind a user in the list. */
export function userCursor({ id, created_at }: { id: string; created_at: Date }): string {
  return encodeCursor('users', { value: created_at.toISOString(), id })
}

/** One user by id: one row, or none when they are no member of this tenant. */
export function findUser(queries: TenantQueryBuilder, userId: string) {
  return selectUsers(queries, userId)
}

/** Names and addresses are told of members only, by the function that asks for them. */
function selectUsers(queries: TenantQueryBuilder, userId: string | null) {
  return queries
    .selectFrom('memberships')
    .innerJoin(
      sql<Person>`app.tenant_members(${userId})`.as('person'),
      'person.user_id',
      'memberships.user_id',
    )
    .select(['memberships.user_id as id', 'person.email', 'person.first_name', 'person.last_name'])
    .select([sql<Role>`memberships.role`.as('role'), sql<MemberStatus>`memberships.status`.as('status')])
    .select('memberships.created_at')
}

/**
 * Gives a user another role, or disables or enables them.
 * @returns the user as in the list
 * @throws AppError 404 `not_found`; 403 `role_too_high` when their role, or the one to give, is above the caller's;
 *   409 `last_owner`; 401 or 403 when the caller may not do this any more; `limit_reached` or `payment_required` when
 *   there is no seat for who is enabled again
 */
export async function changeUser(
  tx: Tx,
  principal: MemberPrincipal,
  userId: string,
  changes: UserChanges,
  now: Date,
) {
  const { callerRole, target, members } = await lockMembers(tx, principal, 'users:manage', userId)
  refuseAbove(callerRole, target.role)
  if (changes.role) refuseAbove(callerRole, changes.role)
  if (!isActiveOwner({ ...target, ...changes })) refuseLastOwner(target, members)
  await updateMembership(tx, target.id, changes, now)
  if (changes.role && changes.role !== target.role && target.id !== principal.membershipId) {
    tellOfRole(tx, target.id, changes.role, now)
  }
  // Who is disabled holds no seat.
  if (changes.status === 'disabled' && target.status === 'active') release(tx, { users: 1 }, { now })
  if (changes.status === 'active' && target.status === 'disabled') {
    await giveBackOverdueSeats(tx, now)
    consume(tx, { users: 1 }, now)
  }
  if (changes.status && changes.status !== target.status) await enqueueSyncOfCustomer(tx)
  // Who is enabled again signs in again: the sessions may have been the reason.
  if (changes.status === 'disabled') await sql`select app.end_sessions(${target.id})`.execute(tx)
  return findUser(tx, userId).executeTakeFirstOrThrow()
}

/**
 * Removes a user from the tenant, be it the caller; their sessions and the power of their API keys go with them.
 * @param permission what the caller needs for it
 * @throws AppError as changeUser
 */
export async function removeUser(
  tx: Tx,
  principal: MemberPrincipal,
  permission: Permission,
  userId: string,
  now: Date,
): Promise<void> {
  const { callerRole, target, members } = await lockMembers(tx, principal, permission, userId)
  refuseAbove(callerRole, target.role)
  refuseLastOwner(target, members)
  await tx.deleteFrom('memberships').where('id', '=', target.id).execute()
  if (target.status === 'active') {
    release(tx, { users: 1 }, { now })
    await enqueueSyncOfCustomer(tx)
  }
}

/**
 * Makes another active user an owner, and the caller an admin.
 * @returns the new owner as in the list
 * @throws AppError 404 `not_found`; 409 `conflict` when it is the caller, or disabled; 401 or 403 when the caller is no
 *   owner any more
 */
export async function transferOwnership(tx: Tx, principal: MemberPrincipal, userId: string, now: Date) {
  const { target } = await lockMembers(tx, principal, 'ownership:transfer', userId)
  if (target.id === principal.membershipId || target.status !== 'active') throw new AppError('conflict')
  await updateMembership(tx, target.id, { role: 'owner' }, now)
  tellOfRole(tx, target.id, 'owner', now)
  await updateMembership(tx, principal.membershipId, { role: 'admin' }, now)
  return findUser(tx, userId).executeTakeFirstOrThrow()
}

function tellOfRole(tx: Tx, membershipId: string, role: Role, now: Date): void {
  notify(tx, { template: 'role_changed', to: { membershipId }, values: { role }, now })
}

interface Member {
  id: string
  user_id: string
  role: Role
  status: MemberStatus
}

/**
 * Locks the memberships of the caller, of the target and of every owner in one statement and in one order, so that of
 * two changes the later one waits, never both for each other, and then decides by what the earlier one has left. What
 * the request knew of the caller may be out of date by then, so it is checked again. The lock is the one of an update,
 * which lets the same people sign in, invite and make API keys meanwhile: their rows refer to memberships.
 */
async function lockMembers(tx: Tx, principal: MemberPrincipal, permission: Permission, userId: string) {
  const members = (await tx
    .selectFrom('memberships')
    .select(['id', 'user_id', 'role', 'status'])
    .where((eb) =>
      eb.or([eb('role', '=', 'owner'), eb('user_id', '=', userId), eb('id', '=', principal.membershipId)]),
    )
    .orderBy('id')
    .forNoKeyUpdate()
    .execute()) as Member[]
  const caller = members.find(({ id }) => id === principal.membershipId)
  if (caller?.status !== 'active') throw new AppError('unauthenticated')
  const callerRole = lowerOf(principal.role, caller.role)
  if (!isAllowed(callerRole, permission)) throw new AppError('insufficient_role')
  const target = members.find(({ user_id }) => user_id === userId)
  if (!target) throw new AppError('not_found')
  return { callerRole, target, members }
}

function refuseAbove(callerRole: Role, role: Role): void {
  if (!isAtLeast(callerRole, role)) throw new AppError('role_too_high')
}

function refuseLastOwner(target: Member, members: Member[]): void {
  const others = members.filter((member) => member !== target && isActiveOwner(member))
  if (isActiveOwner(target) && others.length === 0) throw new AppError('last_owner')
}

function isActiveOwner({ role, status }: Pick<Member, 'role' | 'status'>): boolean {
  return role === 'owner' && status === 'active'
}

async function updateMembership(tx: Tx, id: string, changes: UserChanges, now: Date): Promise<void> {
  await tx
    .updateTable('memberships')
    .set({ ...changes, updated_at: now })
    .where('id', '=', id)
    .execute()
}
