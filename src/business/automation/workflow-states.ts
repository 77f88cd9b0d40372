import { sql } from 'kysely'
import { z } from 'zod'
import type { TenantQueryBuilder, Tx } from '../../db/database.ts'
import { AppError } from '../../errors.ts'
import { requireMatch } from '../../http/preconditions.ts'
import { newId } from '../../new-id.ts'
import { defineResource } from '../define-resource.ts'
import { jsonValue } from '../json-object.ts'

/** What a value is kept under. */
export const stateKey = z
  .string()
  .regex(
    /^[A-Za-z0-9_:-][A-Za-z0-9_.:-]{0,99}$/,
    'should be 1 to 100 letters, digits, underscores, colons, hyphens and dots, with no dot in front',
  )

/** The definition, of which only what lists has routes: one is made, shown and forgotten by its key. */
export const workflowStates = defineResource({
  table: 'workflow_states',
  noun: 'workflow_state',
  label: { en: 'States', fr: 'États' },
  module: 'automation',
  fields: { workflow_id: z.uuid().toLowerCase(), key: stateKey, value: jsonValue(64) },
  computed: { version: z.int() },
  filterable: ['workflow_id', 'key'],
  references: { workflow_id: 'workflows' },
  deletion: 'hard',
  example: {
    workflow_id: '01956fd5-0000-7000-8000-000000000000',
    key: 'last_order',
    value: { number: 'PO-2026-001' },
  },
})

/** Which value of which workflow. */
interface Place {
  workflowId: string
  key: string
}

const columns = ['id', 'workflow_id', 'key', 'value', 'version', 'created_at', 'updated_at'] as const

/** What a workflow keeps under a key, as a query: none when it keeps nothing there. */
export function stateQuery(queries: TenantQueryBuilder | Tx, { workflowId, key }: Place) {
  return (queries as TenantQueryBuilder)
    .selectFrom('workflow_states')
    .select(columns)
    .where('workflow_id', '=', workflowId)
    .where('key', '=', key)
}

/** Held until the transaction ends, so that it stays what the caller knows. */
async function checkMatch(tx: Tx, place: Place, ifMatch: string | undefined): Promise<void> {
  if (ifMatch === undefined) return
  const present = await stateQuery(tx, place).forUpdate().executeTakeFirst()
  if (!present) throw new AppError('precondition_failed')
  requireMatch(ifMatch, present)
}

/**
 * Keeps a value under a key of a workflow, over what was there.
 * @param ifMatch entity tags, of which the value that is there has to have one (RFC 9110, 13.1.1)
 * @throws AppError 404 `not_found` for the workflow, 412 `precondition_failed`
 */
export async function putState(
  tx: Tx,
  place: Place,
  { value, ifMatch, now }: { value: unknown; ifMatch: string | undefined; now: Date },
) {
  const workflow = await tx
    .selectFrom('workflows')
    .select('id')
    .where('id', '=', place.workflowId)
    .where('deleted_at', 'is', null)
    .executeTakeFirst()
  if (!workflow) throw new AppError('not_found')
  await checkMatch(tx, place, ifMatch)
  return tx
    .insertInto('workflow_states')
    .values({
      id: newId(now),
      workflow_id: place.workflowId,
      key: place.key,
      value: JSON.stringify(value),
      created_at: now,
      updated_at: now,
    })
    .onConflict((conflict) =>
      conflict.columns(['tenant_id', 'workflow_id', 'key']).doUpdateSet({
        value: (eb) => eb.ref('excluded.value'),
        version: sql`workflow_states.version + 1`,
        updated_at: now,
      }),
    )
    .returning(columns)
    .executeTakeFirstOrThrow()
}

/**
 * Forgets what a workflow keeps under a key, and gives its id.
 * @throws AppError 404 `not_found`, 412 `precondition_failed`
 */
export async function removeState(tx: Tx, place: Place, ifMatch: string | undefined): Promise<string> {
  await checkMatch(tx, place, ifMatch)
  const removed = await tx
    .deleteFrom('workflow_states')
    .where('workflow_id', '=', place.workflowId)
    .where('key', '=', place.key)
    .returning('id')
    .executeTakeFirst()
  if (!removed) throw new AppError('not_found')
  return removed.id
}
