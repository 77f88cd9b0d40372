import type { TenantId } from '../../../src/db/tenant-id.ts'
import { newTokenId, storeToken } from '../../../src/features/sessions/one-time-tokens.ts'
import { tasks } from '../../../src/jobs/tasks.ts'
import { goodPassword } from '../platform.ts'
import { day, hour, isTrialOver, type Membership, minute, type Session } from './model.ts'
import { perform, type Stage } from './play.ts'
import type { Happening } from './steps.ts'
import { acceptStep, expireInvitations } from './steps-invitations.ts'
import { enter } from './steps-sessions.ts'

const waiting: Happening = {
  name: 'wait',
  weight: 3,
  async happen({ platform, account }, draw) {
    const ms = draw.oneOf([minute, hour, 8 * hour, day, 4 * day])
    platform.clock.advance(ms)
    account.push(`${ms / hour} hours go by`)
  },
}

/** What runs by itself, and may run at any time and twice. */
const jobs = ['recount-seats', 'expire-credits', 'trial-notices'] as const

const working: Happening = {
  name: 'run a job',
  weight: 1,
  async happen({ platform, model, account }, draw) {
    const name = draw.oneOf(jobs)
    account.push(`the job ${name} runs`)
    await tasks[name](platform.context, {}, { tenantId: null, messageId: '' })
    const now = model.now()
    for (const tenant of model.tenants) {
      if (name === 'recount-seats') expireInvitations(tenant, now)
      if (name === 'expire-credits') tenant.credits.expire(now)
      if (name === 'trial-notices' && isTrialOver(tenant, now) && !tenant.isToldOfTrialEnd) {
        tenant.isToldOfTrialEnd = true
        tenant.audit.push(['system trial-notices', 'tenant.trial_ended', tenant.id])
      }
    }
  },
}

/** Somebody opens the link of an invitation, be it still good or not. */
const accepting: Happening = {
  name: 'accept an invitation',
  weight: 3,
  async happen(stage, draw) {
    const { platform, model } = stage
    const tenant = draw.oneOf(model.tenants)
    const pending = tenant.invitations.filter(({ status }) => status === 'pending')
    const pool = pending.length > 0 && !draw.once(5) ? pending : tenant.invitations
    if (pool.length === 0) return
    const { id, email, expiresAt } = draw.oneOf(pool)
    const [row] = await platform.sql('select token_id from invitations where id = $1', [id], tenant.id)
    // As the job that mails it.
    const token = await platform.context.db.withPlatform(
      'mail',
      (tx) =>
        storeToken(tx, platform.context, {
          purpose: 'accept_invitation',
          tokenId: row?.token_id ?? newTokenId(platform.clock.now()),
          email,
          subject: { tenantId: tenant.id as TenantId, invitationId: id },
          expiresAt: new Date(expiresAt),
          now: platform.clock.now(),
        }),
      { tenantId: tenant.id as TenantId },
    )
    const operation = acceptStep(model, tenant, id, token, goodPassword)
    await perform(stage, model.operator, operation, { server: draw.below(2) })
  },
}

/** Opens a session as who has shown their password does; the check of one would take most of the time. */
export async function signIn({ platform, model, account }: Stage, membership: Membership): Promise<Session> {
  const { person, tenant } = membership
  const [user] = await platform.sql('select password_changed_at from users where id = $1', [person.id])
  const passwordChangedAt = user.password_changed_at
  const token = await platform.context.tokens.issueSelection({ userId: person.id ?? '', passwordChangedAt })
  const headers = { Authorization: `Bearer ${token}` }
  const { status, body } = await platform.post('/auth/select-tenant', { tenant_id: tenant.id }, headers)
  account.push(`${person.name} signs in to ${tenant.name} → ${status}`)
  if (status !== 200) throw new Error(`a member could not sign in: ${JSON.stringify(body)}`)
  tenant.audit.push([`user ${person.id}`, 'session.opened', ''])
  return enter(model, membership, body)
}

/** Mostly who is signed out. */
const signingIn: Happening = {
  name: 'sign in',
  weight: 4,
  async happen(stage, draw) {
    const { tenants, sessions } = stage.model
    const active = tenants.flatMap(({ members }) => members.filter(({ status }) => status === 'active'))
    const isOut = (member: Membership) =>
      !sessions.some((each) => each.membership === member && !each.isEnded)
    const out = active.filter(isOut)
    await signIn(stage, draw.oneOf(out.length > 0 ? out : active))
  },
}

/** A program that has had no answer asks again with the same key; or a mistaken one asks for something else with it. */
const repeating: Happening = {
  name: 'repeat a request',
  weight: 5,
  async happen(stage, draw) {
    if (stage.keyed.length === 0) return
    const { caller, operation, key } = draw.oneOf(stage.keyed.slice(-5))
    const other = draw.once(4) && stage.keyed.find((each) => each.caller === caller && each.key !== key)
    await perform(stage, caller, other ? other.operation : operation, { server: draw.below(2), key })
  },
}

export const clockSteps = [waiting, working, accepting, signingIn, repeating]
