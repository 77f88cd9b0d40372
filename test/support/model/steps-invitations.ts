import { nobodysId, otherOf } from './draw.ts'
import {
  day,
  isAtLeast,
  type Membership,
  type Model,
  membershipOf,
  type Operation,
  refuse,
  refuseOver,
  roleOf,
  roles,
  type Tenant,
  tenantOf,
} from './model.ts'
import type { Step } from './steps.ts'
import { enter } from './steps-sessions.ts'

const invitationLasts = 7 * day

export const overdueOf = ({ invitations }: Tenant, now: number) =>
  invitations.filter(({ status, expiresAt }) => status === 'pending' && expiresAt <= now)

/** Writes down which invitations are over: their seats are free from then on. */
export function expireInvitations(tenant: Tenant, now: number): void {
  for (const invitation of overdueOf(tenant, now)) invitation.status = 'expired'
}

/** A pending invitation holds a seat. */
const inviting: Step = {
  name: 'invite',
  weight: 4,
  role: 'admin',
  plan(model, draw, caller) {
    const tenant = tenantOf(caller)
    const { email } = draw.oneOf(model.people)
    const role = draw.oneOf(roles)
    return {
      method: 'POST',
      path: '/v1/invitations',
      body: { email, role },
      needs: { role: 'admin' },
      rule() {
        const now = model.now()
        if (!isAtLeast(roleOf(caller), role)) return refuse('role_too_high')
        if (tenant.members.some(({ person }) => person.email === email)) return refuse('already_member')
        const pending = tenant.invitations.find((each) => each.email === email && each.status === 'pending')
        if (pending && pending.expiresAt > now) return refuse('already_invited')
        const refusal = refuseOver(tenant, 'users', overdueOf(tenant, now).length)
        if (refusal) return refusal
        return {
          status: 201,
          body: { email, role, status: 'pending', invited_by: membershipOf(caller).person.id },
          audit: ['', 'invitation.created', ''],
          apply({ id }) {
            expireInvitations(tenant, now)
            const inviter = membershipOf(caller)
            tenant.invitations.push({
              id,
              email,
              role,
              status: 'pending',
              inviter,
              expiresAt: now + invitationLasts,
            })
            model.names.set(id, `invitation-${tenant.invitations.length}-of-${tenant.name}`)
          },
        }
      },
    }
  },
}

const revoking: Step = {
  name: 'revoke an invitation',
  weight: 1,
  role: 'admin',
  plan(model, draw, caller) {
    const tenant = tenantOf(caller)
    const all = (draw.once(5) ? otherOf(model, tenant) : tenant).invitations
    const id = all.length > 0 ? draw.oneOf(all.slice(-4)).id : nobodysId
    return {
      method: 'DELETE',
      path: `/v1/invitations/${id}`,
      needs: { role: 'admin' },
      rule() {
        const invitation = tenant.invitations.find((each) => each.id === id)
        if (!invitation) return refuse('not_found')
        if (invitation.status !== 'pending' || invitation.expiresAt <= model.now()) return refuse('conflict')
        return {
          status: 204,
          audit: ['', 'invitation.revoked', id],
          apply() {
            invitation.status = 'revoked'
          },
        }
      },
    }
  },
}

/** An invitation is as good as its inviter: who has lost the right to invite leaves no way in behind. */
export function acceptStep(
  model: Model,
  tenant: Tenant,
  id: string,
  token: string,
  password: string,
): Operation {
  const invitation = tenant.invitations.find((each) => each.id === id)
  const person = model.people.find(({ email }) => email === invitation?.email)
  if (!invitation || !person) throw new Error('nobody was invited')
  const names = { first_name: person.name, last_name: 'Newcomer' }
  return {
    as: `${person.name}, invited to ${tenant.name}`,
    method: 'POST',
    path: '/auth/accept-invitation',
    body: { token, password, ...(person.id === undefined && names) },
    rule() {
      const { status, inviter, role, expiresAt } = invitation
      const isGood =
        status === 'pending' &&
        expiresAt > model.now() &&
        !inviter.isGone &&
        inviter.status === 'active' &&
        isAtLeast(inviter.role, 'admin') &&
        isAtLeast(inviter.role, role) &&
        tenant.status !== 'CANCELLED'
      if (!isGood) return refuse('token_invalid')
      if (tenant.members.some((member) => member.person === person)) return refuse('already_member')
      return {
        status: 200,
        body: { tenant_id: tenant.id, user: { id: person.id, email: person.email, role } },
        apply(body) {
          person.id = String(body.user.id)
          model.names.set(person.id, person.name)
          invitation.status = 'accepted'
          const membership: Membership = { person, tenant, role, status: 'active', isGone: false }
          tenant.members.push(membership)
          tenant.audit.push([`user ${person.id}`, 'invitation.accepted', id])
          enter(model, membership, body)
        },
      }
    },
  }
}

export const invitationSteps = [inviting, revoking]
