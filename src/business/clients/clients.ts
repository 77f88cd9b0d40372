import { sql, type Updateable } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import type { TenantQueryBuilder, Tx } from '../../db/database.ts'
import { decodeCursor, encodeCursor } from '../../db/keyset.ts'
import type { Clients } from '../../db/schema.ts'
import { AppError } from '../../errors.ts'

const columns = ['id', 'name', 'email', 'phone', 'address', 'notes', 'created_at', 'updated_at'] as const

/** The orders a list can have; `-` is descending. */
export const clientSorts = ['-created_at', 'created_at', '-name', 'name'] as const

/** Which clients to list, in which order, and after which one. */
export interface ClientList {
  limit: number
  sort: (typeof clientSorts)[number]
  cursor?: string
  name?: string
  email?: string
  /** Part of a name or address, in any case. */
  q?: string
}

/** What can be said of a client. */
export interface ClientInput {
  name: string
  email?: string | null
  phone?: string | null
  address?: string | null
  notes?: string | null
}

/** One page of clients and one row more, which tells whether there is a next page. */
export function listClients(
  queries: TenantQueryBuilder,
  { limit, sort, cursor, name, email, q }: ClientList,
) {
  const direction = sort.startsWith('-') ? 'desc' : 'asc'
  const isByName = sort.endsWith('name')
  const sorted = isByName ? sql`name collate "C"` : sql.ref('created_at')
  let query = queries.selectFrom('clients').select(columns)
  if (name !== undefined) query = query.where('name', '=', name)
  if (email !== undefined) query = query.where('email', '=', email)
  if (q !== undefined) {
    const pattern = `%${q.replace(/[\\%_]/g, '\\$&')}%`
    query = query.where((eb) => eb.or([eb('name', 'ilike', pattern), eb('email', 'ilike', pattern)]))
  }
  if (cursor !== undefined) {
    const after = decodeCursor(cursor, sort, !isByName)
    const value = isByName ? sql`${after.value}::text` : sql`${after.value}::timestamptz`
    const than = sql.raw(direction === 'desc' ? '<' : '>')
    query = query.where(sql<boolean>`(${sorted}, id) ${than} (${value}, ${after.id}::uuid)`)
  }
  return (
    query
      .orderBy(sorted, direction)
      .orderBy('id', direction)
      // As a literal: for a limit that is a parameter PostgreSQL plans anew each time.
      .limit(sql.lit(limit + 1))
  )
}

/** The cursor behind a client in a list of this sort. */
export function clientCursor(
  sort: ClientList['sort'],
  client: { id: string; name: string; created_at: Date },
): string {
  const value = sort.endsWith('name') ? client.name : client.created_at.toISOString()
  return encodeCursor(sort, { value, id: client.id })
}

/** One client by id: one row, or none when this tenant has no such client. */
export function findClient(queries: TenantQueryBuilder, id: string) {
  return queries.selectFrom('clients').select(columns).where('id', '=', id)
}

/** Makes a client and returns it. */
export function createClient(tx: Tx, input: ClientInput, now: Date) {
  return tx
    .insertInto('clients')
    .values({ ...input, id: uuidv7({ msecs: now.getTime() }), created_at: now, updated_at: now })
    .returning(columns)
    .executeTakeFirstOrThrow()
}

/**
 * Changes the given fields of a client and returns it.
 * @throws AppError 404 `not_found`
 */
export async function updateClient(tx: Tx, id: string, changes: Updateable<Clients>, now: Date) {
  const client = await tx
    .updateTable('clients')
    .set({ ...changes, updated_at: now })
    .where('id', '=', id)
    .returning(columns)
    .executeTakeFirst()
  if (!client) throw new AppError('not_found')
  return client
}

/**
 * Deletes a client.
 * @throws AppError 404 `not_found`
 */
export async function deleteClient(tx: Tx, id: string): Promise<void> {
  const { numDeletedRows } = await tx.deleteFrom('clients').where('id', '=', id).executeTakeFirst()
  if (numDeletedRows === 0n) throw new AppError('not_found')
}
