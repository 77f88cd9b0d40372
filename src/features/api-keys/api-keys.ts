import { sql } from 'kysely'
import type { TenantQueryBuilder, Tx } from '../../db/database.ts'
import { decodeCursor, encodeCursor } from '../../db/keyset.ts'
import { AppError } from '../../errors.ts'
import { newId } from '../../new-id.ts'
import { holdMembership, type MemberPrincipal } from '../members/access.ts'
import { isAtLeast, type Role } from '../members/roles.ts'
import { administrators, notify } from '../notifications/notify.ts'
import { makeApiKey } from './key-format.ts'

/** What can be said of a new key. */
export interface ApiKeyInput {
  name: string
  role: Role
  expires_at?: Date | null
}

/** An API key as answers show it: without its secret. `created_by` is the person who made it, null when gone. */
function selectApiKeys(queries: TenantQueryBuilder | Tx) {
  return (queries as TenantQueryBuilder)
    .selectFrom('api_keys')
    .leftJoin('memberships', 'memberships.id', 'api_keys.created_by')
    .select(['api_keys.id', 'api_keys.name', 'api_keys.role', 'memberships.user_id as created_by'])
    .select(['api_keys.created_at', 'api_keys.expires_at', 'api_keys.last_used_at', 'api_keys.revoked_at'])
}

const sort = '-created_at'

/** One page of keys, newest first and revoked ones too, and one row more, which tells of a next page. */
export function listApiKeys(
  queries: TenantQueryBuilder,
  { limit, cursor }: { limit: number; cursor?: string },
) {
  let query = selectApiKeys(queries)
  if (cursor !== undefined) {
    const { value, id } = decodeCursor(cursor, sort, 'instant')
    query = query.where(
      sql<boolean>`(api_keys.created_at, api_keys.id) < (${value}::timestamptz, ${id}::uuid)`,
    )
  }
  return query
    .orderBy('api_keys.created_at', 'desc')
    .orderBy('api_keys.id', 'desc')
    .limit(sql.lit(limit + 1))
}

/** The cursor behind a key in the list. */
export function apiKeyCursor({ id, created_at }: { id: string; created_at: Date }): string {
  return encodeCursor(sort, { value: created_at.toISOString(), id })
}

/**
 * Makes a key and returns it with its text, which stands nowhere else and cannot be shown again.
 * @throws AppError 403 `role_too_high`; 400 `invalid_request` for an expiry that is over
 */
export async function createApiKey(tx: Tx, input: ApiKeyInput, maker: MemberPrincipal, now: Date) {
  if (!isAtLeast(maker.role, input.role)) throw new AppError('role_too_high')
  if (input.expires_at && input.expires_at <= now) {
    throw new AppError('invalid_request', {
      errors: [{ path: 'body.expires_at', message: 'should be in the future' }],
    })
  }
  const id = newId(now)
  const { key, secretHash } = makeApiKey(maker.tenantId, id)
  await holdMembership(tx, maker)
  await tx
    .insertInto('api_keys')
    .values({
      ...input,
      id,
      secret_hash: secretHash,
      created_by: maker.membershipId,
      created_at: now,
      updated_at: now,
    })
    .execute()
  notify(tx, {
    template: 'api_key_created',
    to: { roles: administrators },
    except: maker.membershipId,
    values: { key_name: input.name, role: input.role },
    now,
  })
  const made = await selectApiKeys(tx).where('api_keys.id', '=', id).executeTakeFirstOrThrow()
  return { ...made, key }
}

/**
 * Revokes a key: it opens nothing from the next request on, and stays in the list.
 * @throws AppError 404 `not_found`, also when it has been revoked before
 */
export async function revokeApiKey(tx: Tx, id: string, now: Date): Promise<void> {
  const { numUpdatedRows } = await tx
    .updateTable('api_keys')
    .set({ revoked_at: now, updated_at: now })
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .executeTakeFirst()
  if (numUpdatedRows === 0n) throw new AppError('not_found')
}
