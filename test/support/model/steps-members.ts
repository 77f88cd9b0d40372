import { type Draw, nobodysId, otherOf } from './draw.ts'
import {
  type ApiKey,
  allowedOf,
  isAtLeast,
  limits,
  type Membership,
  type Model,
  membershipOf,
  type Operation,
  type Outcome,
  type Refusal,
  refuse,
  refuseOver,
  roleOf,
  roles,
  type Session,
  type Tenant,
  tenantOf,
  usedOf,
} from './model.ts'
import type { Step } from './steps.ts'
import { expireInvitations, overdueOf } from './steps-invitations.ts'

function drawPerson(draw: Draw, model: Model, tenant: Tenant): string {
  const members = (draw.once(6) ? otherOf(model, tenant) : tenant).members
  return draw.once(10) ? nobodysId : (draw.oneOf(members).person.id ?? nobodysId)
}

const findMember = ({ members }: Tenant, userId: string) => members.find(({ person }) => person.id === userId)

/** There is an owner at all times. */
function refuseLastOwner(target: Membership): Refusal | undefined {
  const owners = target.tenant.members.filter(({ role, status }) => role === 'owner' && status === 'active')
  return owners.length === 1 && owners[0] === target ? refuse('last_owner') : undefined
}

/** Nobody changes who is above them. */
const refuseAbove = (caller: Session | ApiKey, role: Membership['role']) =>
  isAtLeast(roleOf(caller), role) ? undefined : refuse('role_too_high')

function endSessions(model: Model, membership: Membership): void {
  for (const session of model.sessions) if (session.membership === membership) session.isEnded = true
}

const changing: Step = {
  name: 'change a member',
  weight: 4,
  role: 'admin',
  plan(model, draw, caller) {
    const tenant = tenantOf(caller)
    const userId = drawPerson(draw, model, tenant)
    const what = draw.below(3)
    const body = {
      ...(what !== 1 && { role: draw.oneOf(roles) }),
      ...(what !== 0 && { status: draw.oneOf(['active', 'disabled'] as const) }),
    }
    return {
      method: 'PATCH',
      path: `/v1/users/${userId}`,
      body,
      needs: { role: 'admin' },
      rule(): Outcome {
        const target = findMember(tenant, userId)
        if (!target) return refuse('not_found')
        const { role = target.role, status = target.status } = body
        const isOwner = role === 'owner' && status === 'active'
        const refusal =
          refuseAbove(caller, target.role) ??
          refuseAbove(caller, role) ??
          (isOwner ? undefined : refuseLastOwner(target))
        if (refusal) return refusal
        const isEnabled = status === 'active' && target.status === 'disabled'
        const now = model.now()
        const full = isEnabled && refuseOver(tenant, 'users', overdueOf(tenant, now).length)
        if (full) return full
        return {
          status: 200,
          body: { id: userId, role, status },
          audit: ['', 'user.updated', userId],
          apply() {
            if (isEnabled) expireInvitations(tenant, now)
            Object.assign(target, { role, status })
            if (body.status === 'disabled') endSessions(model, target)
          },
        }
      },
    }
  },
}

/** Sessions go with a member, and the power of keys. */
function removed(model: Model, target: Membership, action: string): Outcome {
  return {
    status: 204,
    audit: ['', action, target.person.id ?? ''],
    apply() {
      target.isGone = true
      target.tenant.members = target.tenant.members.filter((member) => member !== target)
      endSessions(model, target)
    },
  }
}

const removing: Step = {
  name: 'remove a member',
  weight: 1,
  role: 'admin',
  plan(model, draw, caller) {
    const tenant = tenantOf(caller)
    const userId = drawPerson(draw, model, tenant)
    return {
      method: 'DELETE',
      path: `/v1/users/${userId}`,
      needs: { role: 'admin' },
      rule() {
        const target = findMember(tenant, userId)
        if (!target) return refuse('not_found')
        return (
          refuseAbove(caller, target.role) ??
          refuseLastOwner(target) ??
          removed(model, target, 'user.removed')
        )
      },
    }
  },
}

const leaving: Step = {
  name: 'leave',
  weight: 1,
  plan: (model, _draw, caller) => ({
    method: 'POST',
    path: '/v1/me/leave',
    needs: { role: 'viewer', isForPeople: true, isAlwaysOpen: true },
    rule: () => refuseLastOwner(membershipOf(caller)) ?? removed(model, membershipOf(caller), 'user.left'),
  }),
}

const transferring: Step = {
  name: 'hand ownership over',
  weight: 1,
  role: 'owner',
  plan(model, draw, caller) {
    const tenant = tenantOf(caller)
    const userId = drawPerson(draw, model, tenant)
    return {
      method: 'POST',
      path: `/v1/users/${userId}/transfer-ownership`,
      needs: { role: 'owner', isForPeople: true },
      rule() {
        const target = findMember(tenant, userId)
        if (!target) return refuse('not_found')
        const me = membershipOf(caller)
        if (target === me || target.status !== 'active') return refuse('conflict')
        return {
          status: 200,
          body: { id: userId, role: 'owner' },
          audit: ['', 'ownership.transferred', ''],
          apply() {
            target.role = 'owner'
            me.role = 'admin'
          },
        }
      },
    }
  },
}

const settling: Step = {
  name: 'change settings',
  weight: 1,
  role: 'admin',
  plan(_model, draw, caller) {
    const { settings } = tenantOf(caller)
    const body = { vat_rate_basis_points: draw.oneOf([2000, 1000, 0]), currency: draw.oneOf(['EUR', 'CHF']) }
    return {
      method: 'PATCH',
      path: '/v1/settings',
      body,
      needs: { role: 'admin' },
      rule: () => ({
        status: 200,
        body,
        audit: ['', 'settings.updated', ''],
        apply: () => void Object.assign(settings, body),
      }),
    }
  },
}

/** What is used of each limit. */
export const usageOf = (tenant: Tenant): Operation => ({
  method: 'GET',
  path: '/v1/usage',
  needs: { role: 'viewer' },
  rule: () => ({
    status: 200,
    body: {
      limits: Object.fromEntries(
        limits.map((limit) => [limit, { used: usedOf(tenant, limit), limit: allowedOf(tenant, limit) }]),
      ),
    },
  }),
})

const counting: Step = {
  name: 'ask what is used',
  weight: 3,
  plan: (_model, _draw, caller) => usageOf(tenantOf(caller)),
}

export const memberSteps = [changing, removing, leaving, transferring, settling, counting]
