import type { Request } from 'express'
import type { Context } from '../context.ts'
import type { Tx } from '../db/database.ts'
import { actorOf, writeAuditEntry } from '../features/audit/audit.ts'
import type { Principal } from '../features/members/access.ts'
import { consume } from '../features/plans/limits.ts'
import { addressOf } from './address.ts'
import type { Reply, TenantRoute } from './route.ts'

/** Everything a slot may look at. */
export interface SlotCall {
  context: Context
  route: Extract<TenantRoute, { scope: 'write' }>
  request: Request
  input: { params: unknown; query: unknown; body: unknown }
  tx: Tx
  principal: Principal
}

/** What happens around every writing handler, inside its transaction, as the route declares it. */
export interface TransactionSlot {
  /** Before the handler; a reply ends the request with it. */
  before?(call: SlotCall): Promise<Reply | undefined>
  /** After the handler, with its reply. */
  after?(call: SlotCall, reply: Reply): Promise<void>
}

const audit: TransactionSlot = {
  async after({ context, route, request, tx, principal }, reply) {
    if (!reply.audited) throw new Error(`${route.method} ${route.path} does not say which object it changed`)
    writeAuditEntry(tx, {
      actor: actorOf(principal),
      action: route.audit.action,
      object: { type: route.audit.objectType, id: reply.audited.objectId },
      changedFields: reply.audited.changedFields,
      ip: addressOf(request),
      requestId: request.id,
      now: context.clock.now(),
    })
  },
}

const limits: TransactionSlot = {
  async after({ context, route, tx }) {
    if (route.limits) consume(tx, route.limits, context.clock.now())
  },
}

/** In the order in which they surround the handler. Limits that a route declares come last: they make others wait. */
export const transactionSlots: readonly TransactionSlot[] = [audit, limits]
