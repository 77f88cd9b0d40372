import { sql } from 'kysely'
import type { PlatformTx, TenantQueryBuilder, Tx } from '../../db/database.ts'
import { decodeCursor, encodeCursor } from '../../db/keyset.ts'
import { AppError } from '../../errors.ts'
import { enqueueJob } from '../../jobs/queue.ts'
import { newId } from '../../new-id.ts'
import { holdMembership, type MemberPrincipal } from '../members/access.ts'
import { isAtLeast, type Role } from '../members/roles.ts'
import { consume, release } from '../plans/limits.ts'
import { newTokenId, oneTimePurposes } from '../sessions/one-time-tokens.ts'

/** How an invitation can stand. */
export const invitationStatuses = ['pending', 'accepted', 'revoked', 'expired'] as const
export type InvitationStatus = (typeof invitationStatuses)[number]

/** Which invitations to list, and after which one. */
export interface InvitationList {
  limit: number
  cursor?: string
  status?: InvitationStatus
}

/** Time passes without anybody writing it down. */
function statusAt(now: Date) {
  return sql<InvitationStatus>`case when invitations.status = 'pending' and invitations.expires_at <= ${now}
    then 'expired' else invitations.status end`
}

/** Invitations as answers show them. `invited_by` is the person who invited, null when they are gone. */
function selectInvitations(queries: TenantQueryBuilder | Tx, now: Date) {
  return (queries as TenantQueryBuilder)
    .selectFrom('invitations')
    .leftJoin('memberships', 'memberships.id', 'invitations.invited_by')
    .select(['invitations.id', 'invitations.email', 'invitations.role', statusAt(now).as('status')])
    .select(['memberships.user_id as invited_by', 'invitations.created_at'])
    .select(['invitations.expires_at', 'invitations.accepted_at'])
}

const sort = '-created_at'

/** One page of invitations, newest first, and one row more, which tells of a next page. */
export function listInvitations(
  queries: TenantQueryBuilder,
  { limit, cursor, status }: InvitationList,
  now: Date,
) {
  let query = selectInvitations(queries, now)
  if (status !== undefined) query = query.where(statusAt(now), '=', status)
  if (cursor !== undefined) {
    const { value, id } = decodeCursor(cursor, sort, 'instant')
    query = query.where(
      sql<boolean>`(invitations.created_at, invitations.id) < (${value}::timestamptz, ${id}::uuid)`,
    )
  }
  return query
    .orderBy('invitations.created_at', 'desc')
    .orderBy('invitations.id', 'desc')
    .limit(sql.lit(limit + 1))
}

/** The cursor behind an invitation in the list. */
export function invitationCursor({ id, created_at }: { id: string; created_at: Date }): string {
  return encodeCursor(sort, { value: created_at.toISOString(), id })
}

/**
 * Invites an address and enqueues the mail. Of many who invite one address at once one gets through. Its seat is taken
 * by the route, which says so.
 * @throws AppError 403 `role_too_high`; 409 `already_member`, `already_invited`
 */
export async function createInvitation(
  tx: Tx,
  { email, role }: { email: string; role: Role },
  inviter: MemberPrincipal,
  now: Date,
) {
  refuseHigherRole(inviter, role)
  await holdMembership(tx, inviter)
  await makeRoom(tx, email, now)
  const id = newId(now)
  const fresh = freshToken(now)
  const inserted = await tx
    .insertInto('invitations')
    .values({
      id,
      email,
      role,
      status: 'pending',
      invited_by: inviter.membershipId,
      ...fresh,
      created_at: now,
      updated_at: now,
    })
    .onConflict((conflict) =>
      // As a literal: a parameter would not be known to be the index's.
      conflict.columns(['tenant_id', 'email']).where('status', '=', sql.lit('pending')).doNothing(),
    )
    .executeTakeFirst()
  // Asked afterwards: the insert has waited for whoever was accepting an earlier one.
  await refuseMember(tx, email)
  if (inserted.numInsertedOrUpdatedRows === 0n) throw new AppError('already_invited')
  await enqueueJob(tx, 'send-invitation', { invitation_id: id, token_id: fresh.token_id })
  return selectInvitations(tx, now).where('invitations.id', '=', id).executeTakeFirstOrThrow()
}

/**
 * Sends an invitation again, with a new link and a new time to accept it, in the name of who does so. Links that
 * were sent before open nothing any more.
 * @throws AppError 404 `not_found`; 403 `role_too_high`; 409 `conflict` when it was accepted or revoked,
 *   `already_member`, `already_invited` when there is a later one
 */
export async function resendInvitation(tx: Tx, id: string, sender: MemberPrincipal, now: Date) {
  await holdMembership(tx, sender)
  const { email, role, status, expires_at } = await lockInvitation(tx, id)
  refuseHigherRole(sender, role as Role)
  if (status !== 'pending' && status !== 'expired') throw new AppError('conflict')
  await makeRoom(tx, email, now)
  const holdsSeat = status === 'pending' && expires_at > now
  if (!holdsSeat) consume(tx, { users: 1 }, now)
  await refuseMember(tx, email)
  const fresh = freshToken(now)
  await tx
    .updateTable('invitations')
    .set({ status: 'pending', invited_by: sender.membershipId, ...fresh, updated_at: now })
    .where('id', '=', id)
    .execute()
    .catch((error) => {
      throw error.constraint === 'invitations_pending'
        ? new AppError('already_invited', { cause: error })
        : error
    })
  await enqueueJob(tx, 'send-invitation', { invitation_id: id, token_id: fresh.token_id })
  return selectInvitations(tx, now).where('invitations.id', '=', id).executeTakeFirstOrThrow()
}

/**
 * Revokes a pending invitation: its link opens nothing any more.
 * @throws AppError 404 `not_found`; 409 `conflict` when it is not pending any more
 */
export async function revokeInvitation(tx: Tx, id: string, now: Date): Promise<void> {
  const { status, expires_at } = await lockInvitation(tx, id)
  if (status !== 'pending' || expires_at <= now) throw new AppError('conflict')
  await tx
    .updateTable('invitations')
    .set({ status: 'revoked', updated_at: now })
    .where('id', '=', id)
    .execute()
  release(tx, { users: 1 }, { now })
}

async function lockInvitation(tx: Tx, id: string) {
  const invitation = await tx
    .selectFrom('invitations')
    .select(['email', 'role', 'status', 'expires_at'])
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst()
  if (!invitation) throw new AppError('not_found')
  return invitation
}

function refuseHigherRole(principal: MemberPrincipal, role: Role): void {
  if (!isAtLeast(principal.role, role)) throw new AppError('role_too_high')
}

async function refuseMember(tx: Tx, email: string): Promise<void> {
  const member = await tx
    .selectFrom(sql<{ email: string }>`app.tenant_members()`.as('member'))
    .select('member.email')
    .where('member.email', '=', email)
    .executeTakeFirst()
  if (member) throw new AppError('already_member')
}

/** Writes down what time has done to the invitations of an address, of which at most one is pending, and to all others. */
async function makeRoom(tx: Tx, email: string, now: Date): Promise<void> {
  const { numUpdatedRows } = await expire(tx, now).where('email', '=', email).executeTakeFirst()
  release(tx, { users: Number(numUpdatedRows) }, { now })
  await giveBackOverdueSeats(tx, now)
}

/** Expires the overdue invitations of the transaction's tenant, which thereby give their seats back. */
export async function giveBackOverdueSeats(tx: Tx, now: Date): Promise<void> {
  release(tx, { users: await expireOverdue(tx, now) }, { now })
}

/**
 * Expires the overdue invitations of the transaction's tenant; their seats stay taken. Those that somebody else is at
 * are theirs to write down, so nobody waits in a circle.
 * @returns how many
 */
export async function expireOverdue(tx: Tx | PlatformTx, now: Date): Promise<number> {
  const { numUpdatedRows } = await expire(tx as Tx, now)
    .where('id', 'in', (eb) =>
      eb
        .selectFrom('invitations')
        .select('id')
        .where('status', '=', 'pending')
        .where('expires_at', '<=', now)
        .forUpdate()
        .skipLocked(),
    )
    .executeTakeFirst()
  return Number(numUpdatedRows)
}

function expire(tx: Tx, now: Date) {
  return tx
    .updateTable('invitations')
    .set({ status: 'expired', updated_at: now })
    .where('status', '=', 'pending')
    .where('expires_at', '<=', now)
}

function freshToken(now: Date) {
  const expiresAt = new Date(now.getTime() + oneTimePurposes.accept_invitation.ms)
  return { token_id: newTokenId(now), expires_at: expiresAt }
}
