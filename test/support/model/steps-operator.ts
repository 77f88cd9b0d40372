import type { Draw } from './draw.ts'
import {
  allowedOf,
  day,
  iso,
  isTrialOver,
  type Limit,
  limits,
  type Model,
  type Operation,
  type Outcome,
  type Plan,
  plans,
  refuse,
  type Tenant,
  usedOf,
} from './model.ts'
import type { OperatorStep } from './steps.ts'

type Act = 'suspend' | 'reactivate' | 'cancel'

/**
 * What an act makes of a tenant. One that was suspended in its trial goes back to it, unless it costs nothing by now; who
 * becomes ACTIVE has no trial any more.
 */
function statusAfter(act: Act, tenant: Tenant, now: number): { to: Tenant['status']; action?: string } {
  const { status, plan, trialEndsAt } = tenant
  if (act === 'suspend') {
    return { to: 'SUSPENDED', ...(['TRIAL', 'ACTIVE'].includes(status) && { action: 'tenant.suspended' }) }
  }
  if (act === 'cancel')
    return { to: 'CANCELLED', ...(status !== 'CANCELLED' && { action: 'tenant.cancelled' }) }
  if (status === 'SUSPENDED' && trialEndsAt !== null && plan !== 'FREE') {
    return { to: 'TRIAL', action: 'tenant.trial_resumed' }
  }
  return { to: 'ACTIVE', ...(isBlocked(tenant, now) && { action: 'tenant.activated' }) }
}

function setStatus(tenant: Tenant, status: Tenant['status']): void {
  tenant.status = status
  if (status !== 'ACTIVE') return
  tenant.trialEndsAt = null
  tenant.isToldOfTrialEnd = false
}

const shown = ({ id, plan, status, trialEndsAt }: Tenant) => ({
  tenant_id: id,
  plan,
  status,
  trial_ends_at: trialEndsAt === null ? null : iso(trialEndsAt),
})

/** Suspends, reactivates or cancels a tenant. */
export function actOn(model: Model, tenant: Tenant, act: Act): Operation {
  return {
    method: 'POST',
    path: `/v1/admin/tenants/${tenant.id}/${act}`,
    body: { reason: 'So it is' },
    rule() {
      const { to, action } = statusAfter(act, tenant, model.now())
      if (!action) return refuse('status_not_allowed', { from: tenant.status, to })
      const after = { ...tenant }
      setStatus(after, to)
      return {
        status: 200,
        body: shown(after),
        audit: ['', action, tenant.id],
        apply: () => setStatus(tenant, to),
      }
    },
  }
}

export const isBlocked = (tenant: Tenant, now: number) =>
  tenant.status === 'SUSPENDED' || tenant.status === 'CANCELLED' || isTrialOver(tenant, now)

const acting: OperatorStep = {
  name: 'suspend, reactivate, cancel',
  weight: 5,
  planOfOperator(model, draw) {
    // Mostly one that is blocked is let work again, else there would be little to see.
    const blocked = model.tenants.filter((tenant) => isBlocked(tenant, model.now()))
    if (blocked.length > 0 && !draw.once(6)) return actOn(model, draw.oneOf(blocked), 'reactivate')
    return actOn(model, draw.oneOf(model.tenants), draw.oneOf(['suspend', 'suspend', 'reactivate', 'cancel']))
  },
}

interface Changes {
  plan?: Plan
  limits?: Partial<Record<Limit, number | null | 'plan'>>
  modules?: Record<string, boolean | null>
  trial_ends_at?: string
  force?: boolean
}

const withoutBack = (own: object, changes: object = {}, back: unknown) =>
  Object.fromEntries(Object.entries({ ...own, ...changes }).filter(([, value]) => value !== back))

/** Changes what a tenant may use. Who would be over a limit by it stays as they are, unless it is forced. */
export function changeTenant(model: { now(): number }, tenant: Tenant, body: Changes): Operation {
  return {
    method: 'PATCH',
    path: `/v1/admin/tenants/${tenant.id}`,
    body,
    rule(): Outcome {
      const after = {
        ...tenant,
        plan: body.plan ?? tenant.plan,
        limitOverrides: withoutBack(tenant.limitOverrides, body.limits, 'plan') as Tenant['limitOverrides'],
        moduleOverrides: withoutBack(tenant.moduleOverrides, body.modules, null) as Tenant['moduleOverrides'],
      }
      const over = limits.filter((limit) => {
        const [before, allowed] = [allowedOf(tenant, limit), allowedOf(after, limit)]
        return allowed !== null && allowed < usedOf(tenant, limit) && (before === null || allowed < before)
      })
      if (over.length > 0 && !body.force) {
        const named = over.map((limit) => ({
          limit,
          used: usedOf(tenant, limit),
          allowed: allowedOf(after, limit),
        }))
        return refuse('usage_over_limits', { over: named })
      }
      const audit: [string, string, string][] = []
      const isAnother = JSON.stringify(overridesOf(tenant)) !== JSON.stringify(overridesOf(after))
      if (after.plan !== tenant.plan) audit.push(['', 'tenant.plan_changed', tenant.id])
      else if (isAnother) audit.push(['', 'tenant.updated', tenant.id])
      // What costs nothing is not tried out.
      if (body.plan === 'FREE' && tenant.status === 'TRIAL') {
        setStatus(after, 'ACTIVE')
        audit.push(['', 'tenant.activated', tenant.id])
      }
      if (body.trial_ends_at !== undefined) {
        const end = Date.parse(body.trial_ends_at)
        if (after.status !== 'TRIAL') return refuse('status_not_allowed', { from: after.status })
        if (end <= model.now()) return refuse('invalid_request', { errors: [{ path: 'body.trial_ends_at' }] })
        if (end !== after.trialEndsAt) {
          Object.assign(after, { trialEndsAt: end, isToldOfTrialEnd: false })
          audit.push(['', 'tenant.updated', tenant.id])
        }
      }
      return {
        status: 200,
        body: {
          ...shown(after),
          limit_overrides: after.limitOverrides,
          module_overrides: after.moduleOverrides,
        },
        ...(audit.length > 0 && { audit }),
        apply: () => void Object.assign(tenant, after),
      }
    },
  }
}

const overridesOf = ({
  limitOverrides,
  moduleOverrides,
}: Pick<Tenant, 'limitOverrides' | 'moduleOverrides'>) =>
  [limitOverrides, moduleOverrides].map((own) => Object.entries(own).sort())

function drawChanges(draw: Draw, now: number): Changes {
  const force = draw.once(2) ? { force: true } : {}
  switch (draw.below(4)) {
    case 0:
      return { limits: { [draw.oneOf(limits)]: draw.oneOf(['plan', 2, 1, 3, 6, null] as const) }, ...force }
    case 1:
      return { plan: draw.oneOf(Object.keys(plans) as Plan[]), ...force }
    case 2:
      return {
        modules: {
          [draw.oneOf(['production', 'accounting', 'automation'])]: draw.oneOf([true, null, false]),
        },
      }
    default:
      return { trial_ends_at: iso(now + day * (draw.below(12) - 1)) }
  }
}

const changing: OperatorStep = {
  name: 'change a tenant',
  weight: 5,
  planOfOperator: (model, draw) =>
    changeTenant(model, draw.oneOf(model.tenants), drawChanges(draw, model.now())),
}

const reading: OperatorStep = {
  name: 'read a tenant',
  weight: 1,
  planOfOperator(model, draw) {
    const tenant = draw.oneOf(model.tenants)
    return {
      method: 'GET',
      path: `/v1/admin/tenants/${tenant.id}`,
      rule: () => ({
        status: 200,
        body: { ...shown(tenant), users: tenant.members.filter(({ status }) => status === 'active').length },
      }),
    }
  },
}

export const operatorSteps = [acting, changing, reading]
