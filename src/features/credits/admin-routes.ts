import { z } from 'zod'
import type { PlatformTx } from '../../db/database.ts'
import type { TenantId } from '../../db/tenant-id.ts'
import { AppError } from '../../errors.ts'
import { originOf } from '../../http/address.ts'
import { created, route } from '../../http/route.ts'
import { instantSchema } from '../../http/schemas.ts'
import { auditOperatorAct, operatorOf } from '../audit/operator-audit.ts'
import { getTenantId } from '../tenants/admin.ts'
import { lockTenant } from '../tenants/status.ts'
import { type CreditChange, debitCredits, grantCredits, refundCredits } from './credits.ts'
import { changeFields } from './schemas.ts'

const grantSchema = z.strictObject({
  kind: z.literal('grant'),
  ...changeFields,
  /** Left out or null, the credits never expire. */
  expires_at: instantSchema.nullish(),
})
const debitSchema = z.strictObject({ kind: z.literal('debit'), ...changeFields })
const refundSchema = z.strictObject({
  kind: z.literal('refund'),
  ...changeFields,
  /** The operation_id of the debit. */
  debit_id: z.uuid().toLowerCase(),
})
const changeSchema = z.discriminatedUnion('kind', [grantSchema, debitSchema, refundSchema])

const actions = { grant: 'credits.granted', debit: 'credits.debited', refund: 'credits.refunded' } as const

export const creditAdminRoutes = [
  route({
    scope: 'admin',
    method: 'POST',
    path: '/v1/admin/tenants/:id/credits',
    summary: 'Grant a tenant credits, debit them, or refund a debit; the same key has no second effect',
    params: z.strictObject({ id: z.string() }),
    body: changeSchema,
    response: {
      status: 201,
      body: z.strictObject({
        operation_id: z.uuid(),
        kind: z.enum(['grant', 'debit', 'refund']),
        amount: z.int(),
        balance: z.int(),
      }),
    },
    errors: ['not_found', 'insufficient_credits', 'idempotency_key_reused'],
    handler: async ({ context, input: { params, body }, request, admin, keep }) => {
      const tenantId = getTenantId(params.id)
      const { kind, amount, reason } = body
      const now = context.clock.now()
      const change = async (tx: PlatformTx) => {
        await refuseDeleted(tx, tenantId)
        const asked = { amount, reason, idempotencyKey: body.idempotency_key, actor: operatorOf(admin), now }
        const done = await apply(tx, body, asked)
        const answer = { operation_id: done.operationId, kind, amount, balance: done.balance }
        if (done.isRepeat) return answer
        auditOperatorAct(tx, {
          admin,
          tenantId,
          action: actions[kind],
          object: { type: 'credit_operation', id: done.operationId },
          changedFields: ['balance'],
          reason,
          origin: originOf(request),
          now,
        })
        return answer
      }
      return created(
        await context.db.withPlatform('super admin', (tx) => keep(tx, () => change(tx)), { tenantId }),
      )
    },
  }),
]

function apply(tx: PlatformTx, body: z.output<typeof changeSchema>, change: CreditChange) {
  switch (body.kind) {
    case 'grant':
      return grantCredits(tx, { ...change, expiresAt: body.expires_at ?? null })
    case 'debit':
      return debitCredits(tx, change)
    case 'refund':
      return refundCredits(tx, { ...change, debitId: body.debit_id })
  }
}

/**
 * Nothing is added any more to a tenant that is being deleted or is gone.
 * @throws AppError 404 `not_found`
 */
async function refuseDeleted(tx: PlatformTx, tenantId: TenantId): Promise<void> {
  const { status } = await lockTenant(tx, tenantId)
  if (status === 'DELETING' || status === 'DELETED') throw new AppError('not_found')
}
