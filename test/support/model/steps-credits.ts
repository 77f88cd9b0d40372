import type { Draw } from './draw.ts'
import {
  hour,
  iso,
  type Model,
  type Operation,
  type Outcome,
  refuse,
  type Tenant,
  tenantOf,
} from './model.ts'
import type { OperatorStep, Step } from './steps.ts'

const asking: Step = {
  name: 'ask for the balance',
  weight: 2,
  plan: (model, _draw, caller) => balanceOf(model, tenantOf(caller)),
}

/** What has expired cannot be spent, also before somebody writes that down. */
export const balanceOf = (model: Model, tenant: Tenant): Operation => ({
  method: 'GET',
  path: '/v1/credits',
  needs: { role: 'viewer' },
  rule: () => ({ status: 200, body: { balance: tenant.credits.spendable(model.now()) } }),
})

const debiting: Step = {
  name: 'spend credits',
  weight: 3,
  role: 'member',
  plan(model, draw, caller) {
    const tenant = tenantOf(caller)
    const body = { amount: 1 + draw.below(40), reason: 'Work', idempotency_key: drawKey(draw) }
    return {
      method: 'POST',
      path: '/v1/credits/debits',
      body,
      needs: { role: 'member' },
      rule: () => debit(model, tenant, body),
    }
  },
}

/** The keys of credits are apart from those of requests: few, so that they come again. */
const drawKey = (draw: Draw) => `credit-${draw.below(12)}`

interface Spent {
  amount: number
  idempotency_key: string
}

/** The same key and amount is answered as before and takes nothing; what is no repeat takes those first that expire first. */
function debit(model: Model, tenant: Tenant, { amount, idempotency_key: key }: Spent): Outcome {
  const now = model.now()
  const done = tenant.debitsOfMembers
  const before = done.get(key)
  if (before && before.amount !== amount) return refuse('idempotency_key_reused')
  if (before) return { status: 201, body: before, audit: ['', 'credits.debited', before.operation_id] }
  const balance = tenant.credits.spendable(now)
  if (amount > balance) return refuse('insufficient_credits', { balance, needed: amount })
  return {
    status: 201,
    body: { amount, balance: balance - amount },
    audit: ['', 'credits.debited', ''],
    apply({ operation_id, balance: left }) {
      tenant.credits.debit(operation_id, amount, now)
      done.set(key, { operation_id, amount, balance: left })
      tenant.debits.push(operation_id)
    },
  }
}

interface Change {
  kind: 'grant' | 'refund'
  amount: number
  reason: string
  idempotency_key: string
}

/** What the operator does under a key is done once, and answered as before. */
function change(model: Model, tenant: Tenant, body: Change & object, rule: () => Outcome): Operation {
  const request = JSON.stringify(body)
  return {
    method: 'POST',
    path: `/v1/admin/tenants/${tenant.id}/credits`,
    body,
    rule() {
      const before = tenant.doneByOperator.get(body.idempotency_key)
      if (before)
        return before.request === request
          ? { status: 201, body: before.answer }
          : refuse('idempotency_key_reused')
      const outcome = rule()
      if ('code' in outcome) return outcome
      return {
        ...outcome,
        audit: ['', `credits.${body.kind}ed`, ''],
        apply(answer, headers) {
          outcome.apply?.(answer, headers)
          tenant.doneByOperator.set(body.idempotency_key, { request, answer })
          const left = tenant.credits.spendable(model.now())
          if (answer.balance !== left)
            throw new Error(`the balance should be ${left} and is ${answer.balance}`)
        },
      }
    },
  }
}

const granting: OperatorStep = {
  name: 'grant credits',
  weight: 3,
  planOfOperator(model, draw) {
    const tenant = draw.oneOf(model.tenants)
    const amount = 1 + draw.below(60)
    const expiresAt = draw.once(2) ? model.now() + hour * (1 + draw.below(48)) : Number.POSITIVE_INFINITY
    const expires_at = Number.isFinite(expiresAt) ? iso(expiresAt) : null
    const body = {
      kind: 'grant' as const,
      amount,
      reason: 'A gift',
      idempotency_key: drawKey(draw),
      expires_at,
    }
    return change(model, tenant, body, () => {
      const now = model.now()
      // A request that is repeated much later.
      if (expiresAt <= now) return refuse('invalid_request', { errors: [{ path: 'body.expires_at' }] })
      return {
        status: 201,
        apply: ({ operation_id }) => tenant.credits.grant(operation_id, amount, expiresAt, now),
      }
    })
  },
}

const refunding: OperatorStep = {
  name: 'refund credits',
  weight: 2,
  planOfOperator(model, draw) {
    const tenant = draw.oneOf(model.tenants)
    // Also a debit of the other tenant, which is none of this one.
    const debits = draw.oneOf(draw.once(4) ? model.tenants : [tenant]).debits
    if (debits.length === 0) return undefined
    const debit_id = draw.oneOf(debits)
    const amount = 1 + draw.below(30)
    const body = {
      kind: 'refund' as const,
      amount,
      reason: 'Sorry',
      idempotency_key: drawKey(draw),
      debit_id,
    }
    return change(model, tenant, body, () => {
      if (!tenant.debits.includes(debit_id))
        return refuse('invalid_request', { errors: [{ path: 'body.debit_id' }] })
      if (amount > tenant.credits.leftOf(debit_id))
        return refuse('invalid_request', { errors: [{ path: 'body.amount' }] })
      return { status: 201, apply: () => void tenant.credits.refund(debit_id, amount, model.now()) }
    })
  },
}

/** Each key counts once for the tenant, whoever sends it. */
const recording: Step = {
  name: 'record usage',
  weight: 3,
  role: 'member',
  plan(model, draw, caller) {
    const { usageEvents } = tenantOf(caller)
    const idempotency_key = `event-${draw.below(10)}`
    const event = { metric: draw.oneOf(['calls', 'pages']), quantity: 1 + draw.below(2) }
    return {
      method: 'POST',
      path: '/v1/usage-events',
      body: { ...event, idempotency_key },
      needs: { role: 'member' },
      rule() {
        const before = usageEvents.get(idempotency_key)
        if (before && (before.metric !== event.metric || before.quantity !== event.quantity)) {
          return refuse('idempotency_key_reused', { idempotency_key })
        }
        return {
          status: 200,
          body: before ? { accepted: 0, duplicates: 1 } : { accepted: 1, duplicates: 0 },
          audit: ['', 'usage.recorded', idempotency_key],
          apply: () => void usageEvents.set(idempotency_key, { ...event, at: model.now() }),
        }
      },
    }
  },
}

export const creditSteps = [asking, debiting, granting, refunding, recording]
