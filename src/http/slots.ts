import type { Request } from 'express'
import type { Context } from '../context.ts'
import type { Tx } from '../db/database.ts'
import { actorOf, writeAuditEntries, writeAuditEntry } from '../features/audit/audit.ts'
import type { Principal } from '../features/members/access.ts'
import { consume } from '../features/plans/limits.ts'
import { addressOf } from './address.ts'
import { idempotency } from './idempotency.ts'
import type { Finish, Reply, TenantRoute } from './route.ts'

/** Everything a slot may look at. */
export interface SlotCall {
  context: Context
  route: Extract<TenantRoute, { scope: 'write' }>
  request: Request
  input: { params: unknown; query: unknown; body: unknown }
  tx: Tx
  principal: Principal
  idempotencyKey: string | undefined
}

/** What happens around every writing handler, inside its transaction, as the route declares it. */
export interface TransactionSlot {
  /** Before the handler; a reply ends the request with it. */
  before?(call: SlotCall): Promise<Reply | undefined>
  /** After the handler, with its reply; or ahead of its last query, with what a reply says of its object. */
  after?(call: SlotCall, reply: Reply): Promise<void>
}

const audit: TransactionSlot = {
  async after({ context, route, request, tx, principal }, reply) {
    const { audited } = reply
    if (!audited) throw new Error(`${route.method} ${route.path} does not say which object it changed`)
    const { action, objectType: type } = route.audit
    const act = {
      actor: actorOf(principal),
      action,
      ip: addressOf(request),
      requestId: request.id,
      now: context.clock.now(),
    }
    if (Array.isArray(audited)) writeAuditEntries(tx, { ...act, type, objects: audited })
    else {
      const { objectId: id, changedFields } = audited
      writeAuditEntry(tx, { ...act, object: { type, id }, changedFields })
    }
  },
}

const limits: TransactionSlot = {
  async after({ context, route, tx }) {
    if (route.limits) consume(tx, route.limits, context.clock.now())
  },
}

/**
 * In the order in which they surround the handler. The key of a request comes first, since nothing is done for one that is
 * repeated; limits that a route declares come last: they make others wait.
 */
const transactionSlots: readonly TransactionSlot[] = [idempotency, audit, limits]

/**
 * Runs a writing handler with what its route declares around it.
 * @throws what the handler throws; what a slot refuses
 */
export async function withSlots(call: SlotCall, handle: (finish: Finish) => Promise<Reply>): Promise<Reply> {
  for (const slot of transactionSlots) {
    const repeated = await slot.before?.(call)
    if (repeated) return repeated
  }
  const after = async (reply: Reply) => {
    for (const slot of transactionSlots) await slot.after?.(call, reply)
  }
  const sendLast: Finish = async (audited, query) => {
    await after({ status: call.route.response.status, audited })
    return call.tx.runLast(query)
  }
  let finished: Promise<unknown> | undefined
  const finish: Finish = (audited, query) => {
    // What is kept under a key is the answer, which has to be there before the commit.
    if (call.idempotencyKey !== undefined) return call.tx.run(query)
    const rows = sendLast(audited, query)
    finished = rows
    return rows
  }
  const reply = await handle(finish)
  // Whatever the handler made of its failure.
  await (finished ?? after(reply))
  return reply
}
