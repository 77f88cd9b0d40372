import type { PlatformTx, Tx } from '../../db/database.ts'
import { AppError } from '../../errors.ts'
import { newId } from '../../new-id.ts'
import type { AuditEntry } from '../audit/audit.ts'

/** For so long a key stands for its answer; then it is a new one. */
export const keptMs = 24 * 3_600_000

/** A request that may come again: the key that it names, and a hash of what it asks for. */
export interface Repeatable {
  key: string
  hash: Buffer
}

/** What is answered again. */
export interface KeptAnswer {
  status: number
  /** JSON without its secrets; null where nothing was sent. */
  body: string | null
  headers: Record<string, string>
}

/** Who calls inside a tenant, as its audit trail names them. */
type Actor = AuditEntry['actor']

/** Who calls what the platform does, by a name that nobody else has. */
interface PlatformRequest extends Repeatable {
  caller: string
}

/**
 * Surrounds what a transaction of the platform does for a request, so that a repeat does not do it again: with an
 * Idempotency-Key it takes the key before anything else and keeps the answer, in that transaction. Without one it runs
 * the work.
 * @param answerOf the body that is answered to what was made, but for secrets; left out, it is what was made
 * @throws KeyTakenError when another request had the key first: then nothing may stay, and its answer is given
 */
export type Keep = <Made>(
  tx: PlatformTx,
  work: () => Promise<Made>,
  answerOf?: (made: Made) => unknown,
) => Promise<Made>

/** Where nobody repeats a request. */
export const keepNothing: Keep = (_, work) => work()

/** Another request did under this key what this one was about to do. */
export class KeyTakenError extends AppError {
  override name = 'KeyTakenError'

  constructor() {
    super('conflict')
  }
}

/**
 * Takes a key inside the transaction's tenant. Whoever comes with it at the same time waits here until the transaction
 * ends: it then has the answer, or, where nothing was committed, the key.
 * @returns the answer when the key has one
 * @throws AppError 422 `idempotency_key_reused` when that is the answer to another request
 */
export async function takeKey(
  tx: Tx,
  { key, hash }: Repeatable,
  { kind, id }: Actor,
  now: Date,
): Promise<KeptAnswer | undefined> {
  const taken = await tx
    .insertInto('idempotency_keys')
    .values({
      id: newId(now),
      principal_kind: kind,
      principal_id: id,
      key,
      request_hash: hash,
      created_at: now,
      updated_at: now,
    })
    .onConflict((conflict) =>
      conflict
        .columns(['tenant_id', 'principal_kind', 'principal_id', 'key'])
        .doUpdateSet((eb) => ({
          request_hash: eb.ref('excluded.request_hash'),
          status: null,
          body: null,
          headers: null,
          created_at: eb.ref('excluded.created_at'),
          updated_at: eb.ref('excluded.updated_at'),
        }))
        .where('idempotency_keys.created_at', '<=', endOf(now)),
    )
    .returning('id')
    .executeTakeFirst()
  if (taken) return undefined
  // The statement has locked it, so it is there.
  const found = await tx
    .selectFrom('idempotency_keys')
    .select(['request_hash', 'status', 'body', 'headers'])
    .where('principal_kind', '=', kind)
    .where('principal_id', '=', id)
    .where('key', '=', key)
    .executeTakeFirstOrThrow()
  return answerTo(hash, found)
}

/** Keeps the answer under a key that the transaction has taken; it leaves with COMMIT. */
export function keepAnswer(tx: Tx, key: string, { kind, id }: Actor, answer: KeptAnswer): void {
  const { status, body, headers } = answer
  tx.atCommit(
    tx
      .updateTable('idempotency_keys')
      .set({ status, body, headers: JSON.stringify(headers) })
      .where('principal_kind', '=', kind)
      .where('principal_id', '=', id)
      .where('key', '=', key),
  )
}

/**
 * As takeKey, for what the platform does.
 * @throws KeyTakenError when the key has an answer, or has been used for another request
 */
export async function takePlatformKey(
  tx: PlatformTx,
  { caller, key, hash }: PlatformRequest,
  now: Date,
): Promise<void> {
  const taken = await tx
    .insertInto('platform_idempotency_keys')
    .values({ id: newId(now), caller, key, request_hash: hash, created_at: now })
    .onConflict((conflict) =>
      conflict
        .columns(['caller', 'key'])
        .doUpdateSet((eb) => ({
          subject_tenant_id: eb.ref('excluded.subject_tenant_id'),
          request_hash: eb.ref('excluded.request_hash'),
          status: null,
          body: null,
          created_at: eb.ref('excluded.created_at'),
        }))
        .where('platform_idempotency_keys.created_at', '<=', endOf(now)),
    )
    .returning('id')
    .executeTakeFirst()
  if (!taken) throw new KeyTakenError()
}

/** As keepAnswer, for what the platform does, whose answers have no headers of their own. */
export function keepPlatformAnswer(
  tx: PlatformTx,
  { caller, key }: PlatformRequest,
  { status, body }: Omit<KeptAnswer, 'headers'>,
): void {
  tx.atCommit(
    tx
      .updateTable('platform_idempotency_keys')
      .set({ status, body })
      .where('caller', '=', caller)
      .where('key', '=', key),
  )
}

/**
 * What was answered to a caller under a key, if anything was.
 * @throws AppError 422 `idempotency_key_reused` when that is the answer to another request
 */
export async function findPlatformAnswer(
  tx: PlatformTx,
  { caller, key, hash }: PlatformRequest,
  now: Date,
): Promise<KeptAnswer | undefined> {
  const found = await tx
    .selectFrom('platform_idempotency_keys')
    .select(['request_hash', 'status', 'body'])
    .where('caller', '=', caller)
    .where('key', '=', key)
    .where('created_at', '>', endOf(now))
    .executeTakeFirst()
  return found && answerTo(hash, { ...found, headers: null })
}

/** Forgets what the platform answered and keeps no longer. */
export async function forgetPlatformAnswers(tx: PlatformTx, now: Date): Promise<void> {
  await tx.deleteFrom('platform_idempotency_keys').where('created_at', '<=', endOf(now)).execute()
}

/** What was kept at this instant or before is kept no longer. */
export function endOf(now: Date): Date {
  return new Date(now.getTime() - keptMs)
}

interface Row {
  request_hash: Buffer
  status: number | null
  body: string | null
  headers: unknown
}

function answerTo(hash: Buffer, { request_hash, status, body, headers }: Row): KeptAnswer {
  if (!request_hash.equals(hash)) throw new AppError('idempotency_key_reused')
  if (status === null) throw new Error('a key was committed without its answer')
  return { status, body, headers: (headers ?? {}) as Record<string, string> }
}
