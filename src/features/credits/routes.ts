import { z } from 'zod'
import { toPage } from '../../db/keyset.ts'
import { created, ok, route } from '../../http/route.ts'
import { pageOf, pageQuery, timestampSchema } from '../../http/schemas.ts'
import { actorOf } from '../audit/audit.ts'
import { creditEntryCursor, creditKinds, debitCredits, listCreditEntries, openLotsQuery } from './credits.ts'
import { changeFields } from './schemas.ts'

const entryAnswer = z.strictObject({
  id: z.uuid(),
  /** Entries of one operation have this in common: a debit may take from several lots. */
  operation_id: z.uuid(),
  kind: z.enum(creditKinds),
  /** Below zero where credits went. */
  amount: z.int(),
  lot_id: z.uuid(),
  /** Null where credits expired. */
  reason: z.string().nullable(),
  /** Of a refund: the debit that it gives back. */
  debit_id: z.uuid().nullable(),
  actor_kind: z.enum(['user', 'api_key', 'operator', 'system']),
  created_at: timestampSchema,
})

export const creditRoutes = [
  route({
    scope: 'read',
    method: 'GET',
    path: '/v1/credits',
    summary: 'The balance, and up to 100 lots that it is made of, in the order in which they are spent',
    permission: 'records:read',
    response: {
      status: 200,
      body: z.strictObject({
        balance: z.int(),
        lots: z.array(
          z.strictObject({ id: z.uuid(), remaining: z.int(), expires_at: timestampSchema.nullable() }),
        ),
      }),
    },
    handler: async ({ context, read }) => {
      const { rows } = await read((queries) => openLotsQuery(queries, context.clock.now()))
      const lots = rows.map(({ balance, ...lot }) => lot)
      return ok({ balance: rows[0]?.balance ?? 0, lots })
    },
  }),

  route({
    scope: 'read',
    method: 'GET',
    path: '/v1/credits/entries',
    summary: 'The ledger of credits, newest first',
    permission: 'records:read',
    query: z.strictObject(pageQuery),
    response: { status: 200, body: pageOf(entryAnswer) },
    handler: async ({ input, read }) => {
      const { rows } = await read((queries) => listCreditEntries(queries, input.query))
      return ok(toPage(rows, input.query.limit, creditEntryCursor))
    },
  }),

  route({
    scope: 'write',
    method: 'POST',
    path: '/v1/credits/debits',
    summary: 'Spend credits, those first that expire first; the same key has no second effect',
    permission: 'records:write',
    // The ledger keeps members' keys apart from operators', who have a route of their own.
    caller: 'member',
    audit: { action: 'credits.debited', objectType: 'credit_operation' },
    body: z.strictObject(changeFields),
    response: {
      status: 201,
      body: z.strictObject({ operation_id: z.uuid(), amount: z.int(), balance: z.int() }),
    },
    errors: ['insufficient_credits', 'idempotency_key_reused'],
    handler: async ({ context, input, tx, principal }) => {
      const { amount, reason, idempotency_key: idempotencyKey } = input.body
      const actor = actorOf(principal)
      const now = context.clock.now()
      const done = await debitCredits(tx, { amount, reason, idempotencyKey, actor, now })
      const answer = { operation_id: done.operationId, amount, balance: done.balance }
      return created(answer, {
        objectId: done.operationId,
        changedFields: done.isRepeat ? [] : ['balance'],
      })
    },
  }),
]
