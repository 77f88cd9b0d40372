import type { Tx } from '../../db/database.ts'
import { AppError } from '../../errors.ts'

/** What can be done to an order: in which statuses, what becomes of it, and which column says when. */
export const orderActs = {
  start: { from: ['planned'], to: 'in_progress', at: 'started_at', past: 'started' },
  finish: { from: ['in_progress'], to: 'done', at: 'finished_at', past: 'finished' },
  cancel: { from: ['planned', 'in_progress'], to: 'cancelled', at: undefined, past: 'cancelled' },
} as const

/** The name of something that can be done to an order. */
export type OrderAct = keyof typeof orderActs

/**
 * Does to an order what its status allows: of several at once who do what excludes the rest, one.
 * @throws AppError 404 `not_found`, 409 `not_editable` in another status
 */
export async function changeOrder(tx: Tx, id: string, act: OrderAct, now: Date): Promise<void> {
  const { from, to, at } = orderActs[act]
  const changed = await tx
    .updateTable('production_orders')
    .set({ status: to, updated_at: now, ...(at && { [at]: now }) })
    .where('id', '=', id)
    .where('deleted_at', 'is', null)
    .where('status', 'in', from)
    .returning('id')
    .executeTakeFirst()
  if (changed) return
  const there = await tx
    .selectFrom('production_orders')
    .select('id')
    .where('id', '=', id)
    .where('deleted_at', 'is', null)
    .executeTakeFirst()
  throw new AppError(there ? 'not_editable' : 'not_found')
}
