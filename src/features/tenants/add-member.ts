import type { Context } from '../../context.ts'
import type { PlatformTx } from '../../db/database.ts'
import type { TenantId } from '../../db/tenant-id.ts'
import { AppError } from '../../errors.ts'
import { newId } from '../../new-id.ts'
import {
  AccountChangedError,
  holdAccount,
  mailMember,
  type PreparedAccount,
  prepareAccount,
} from '../accounts/operator-accounts.ts'
import { auditOperatorAct } from '../audit/operator-audit.ts'
import { enqueueSyncOfCustomer } from '../billing/billing-account.ts'
import { type Keep, keepNothing } from '../idempotency/kept-answers.ts'
import { expireOverdue } from '../invitations/invitations.ts'
import type { Role } from '../members/roles.ts'
import { consume, release } from '../plans/limits.ts'
import type { ActOnTenant } from './admin.ts'
import { fullName } from './describe-tenant.ts'
import type { MemberFields } from './provision-schemas.ts'
import { lockTenant } from './status.ts'

/** Somebody who was made a member. */
export interface AddedMember {
  tenant_id: string
  user_id: string
  email: string
  role: Role
}

/** Nobody joins a company that has left. */
const closed = ['CANCELLED', 'DELETING', 'DELETED']

/**
 * Makes somebody a member of a tenant by an operator's hand, with entries in both audit trails. They take a seat, are
 * told by mail, and where they have no account yet get one with a link to choose a password.
 * @throws AppError 404 `not_found`; 409 `status_not_allowed` for a tenant that has left, `already_member`,
 *   `account_not_verified`, `conflict`; 503 `overloaded`. At the commit SQLSTATE TN001, which is answered as 403
 *   `limit_reached`, or TN002, 402 `payment_required`
 */
export async function addMember(
  tools: Pick<Context, 'db' | 'clock' | 'passwords'>,
  fields: MemberFields,
  act: ActOnTenant,
  keep: Keep = keepNothing,
): Promise<AddedMember> {
  const account = await prepareAccount(tools, { email: fields.email, path: 'body.email' })
  const { tenantId } = act
  const added = { tenant_id: tenantId, user_id: account.userId, email: fields.email, role: fields.role }
  const add = async (tx: PlatformTx) => {
    await join(tx, fields, account, act)
    return added
  }
  try {
    return await tools.db.withPlatform('tenants', (tx) => keep(tx, () => add(tx)), { tenantId })
  } catch (error) {
    throw error instanceof AccountChangedError ? new AppError('conflict', { cause: error }) : error
  }
}

async function join(
  tx: PlatformTx,
  { email, role, reason, ...names }: MemberFields,
  account: PreparedAccount,
  act: ActOnTenant,
): Promise<void> {
  const { tenantId, now } = act
  const { name: company_name, language: locale } = await getNameAndLanguage(tx, tenantId)
  // Before the tenant, as whoever confirms their address takes these locks.
  await holdAccount(tx, { ...account, email, locale, now, ...fullName(email, { company_name }, names) })
  const { status } = await lockTenant(tx, tenantId)
  if (closed.includes(status)) throw new AppError('status_not_allowed', { members: { from: status } })
  const inserted = await tx
    .insertInto('memberships')
    .values({
      tenant_id: tenantId,
      id: newId(now),
      user_id: account.userId,
      role,
      status: 'active',
      created_at: now,
      updated_at: now,
    })
    .onConflict((conflict) => conflict.columns(['tenant_id', 'user_id']).doNothing())
    .executeTakeFirst()
  if (inserted.numInsertedOrUpdatedRows !== 1n) throw new AppError('already_member')
  release(tx, { users: await expireOverdue(tx, now) }, { now })
  await revokeInvitation(tx, { email, reason }, act)
  consume(tx, { users: 1 }, now)
  const object = { type: 'user', id: account.userId }
  auditOperatorAct(tx, { ...act, action: 'user.added', object, changedFields: ['role'], reason })
  await mailMember(tx, { email, company_name, role, now })
  await enqueueSyncOfCustomer(tx)
}

async function getNameAndLanguage(tx: PlatformTx, tenantId: TenantId) {
  const tenant = await tx
    .selectFrom('tenants')
    .innerJoin('tenant_settings', 'tenant_settings.tenant_id', 'tenants.tenant_id')
    .select(['tenants.name', 'tenant_settings.language'])
    .where('tenants.tenant_id', '=', tenantId)
    .executeTakeFirst()
  if (!tenant) throw new AppError('not_found')
  return tenant
}

/** Who is a member by now needs no invitation any more; its seat is the member's. */
async function revokeInvitation(
  tx: PlatformTx,
  { email, reason }: Pick<MemberFields, 'email' | 'reason'>,
  act: ActOnTenant,
): Promise<void> {
  const { tenantId, now } = act
  const revoked = await tx
    .updateTable('invitations')
    .set({ status: 'revoked', updated_at: now })
    .where('tenant_id', '=', tenantId)
    .where('email', '=', email)
    .where('status', '=', 'pending')
    .returning('id')
    .execute()
  release(tx, { users: revoked.length }, { now })
  for (const { id } of revoked) {
    const object = { type: 'invitation', id }
    auditOperatorAct(tx, { ...act, action: 'invitation.revoked', object, changedFields: ['status'], reason })
  }
}
