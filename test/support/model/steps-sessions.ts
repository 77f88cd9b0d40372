import type { Draw } from './draw.ts'
import { nobodysId } from './draw.ts'
import {
  type ApiKey,
  day,
  hour,
  isAtLeast,
  iso,
  type Membership,
  type Model,
  membershipOf,
  minute,
  type Operation,
  refuse,
  roleOf,
  roles,
  type Session,
  tenantOf,
} from './model.ts'
import type { Step } from './steps.ts'

const sessionLasts = 30 * day
const accessLasts = 15 * minute
const graceOfRefresh = 10_000

// biome-ignore lint/suspicious/noExplicitAny: as in Answer
type Tokens = any

/** Opens a session with the tokens of an answer. */
export function enter(model: Model, membership: Membership, tokens: Tokens): Session {
  const session: Session = {
    kind: 'session',
    membership,
    isEnded: false,
    token: tokens.access_token,
    tokenUntil: model.now() + accessLasts,
    refreshTokens: [tokens.refresh_token],
    rotatedAt: model.now(),
  }
  model.sessions.push(session)
  return session
}

/**
 * A refresh token is used up by a refresh; the one before the last gets the same successor for ten seconds, and after
 * that, or if it is older, ends the session.
 * @param ago how many refreshes ago the token was the present one
 */
export function refreshStep(model: Model, session: Session, ago = 0): Operation {
  const { membership, refreshTokens } = session
  const refreshToken = refreshTokens.at(-1 - ago) ?? refreshTokens.at(-1)
  return {
    method: 'POST',
    path: '/auth/refresh',
    body: { refresh_token: refreshToken },
    rule() {
      const now = model.now()
      const { isGone, status } = membership
      const isOver = session.isEnded || now >= session.rotatedAt + sessionLasts
      if (isOver || isGone || status === 'disabled') return refuse('invalid_refresh_token')
      const place = refreshTokens.length - 1 - refreshTokens.indexOf(refreshToken ?? '')
      if (place > 1 || (place === 1 && now - session.rotatedAt > graceOfRefresh)) {
        return {
          code: 'invalid_refresh_token',
          apply() {
            session.isEnded = true
            tenantOf(session).audit.push(['system refresh token reuse', 'session.revoked', ''])
          },
        }
      }
      return {
        status: 200,
        body: {
          tenant_id: tenantOf(session).id,
          refresh_token: place === 1 ? refreshTokens.at(-1) : undefined,
        },
        apply(body: Tokens) {
          session.token = body.access_token
          session.tokenUntil = now + accessLasts
          if (place === 1) return
          refreshTokens.push(body.refresh_token)
          session.rotatedAt = now
        },
      }
    },
  }
}

const refreshing: Step = {
  name: 'refresh',
  weight: 3,
  plan: (model, draw, caller) =>
    caller.kind === 'session' ? refreshStep(model, caller, draw.oneOf([0, 0, 1, 2])) : undefined,
}

const loggingOut: Step = {
  name: 'log out',
  weight: 1,
  plan(_model, draw, caller) {
    if (caller.kind !== 'session') return undefined
    const refresh_token = draw.oneOf([caller.refreshTokens.at(-1), caller.refreshTokens[0]])
    return {
      method: 'POST',
      path: '/auth/logout',
      body: { refresh_token },
      // Each token of a session names it; what is no token of a live one is done already.
      rule: () => ({
        status: 204,
        audit: caller.isEnded || caller.membership.isGone ? undefined : ['', 'session.ended', ''],
        apply() {
          caller.isEnded = true
        },
      }),
    }
  },
}

/** A further session, in this or the other tenant, by an access token. */
const selecting: Step = {
  name: 'select a tenant',
  weight: 2,
  plan(model, draw, caller) {
    if (caller.kind !== 'session') return undefined
    const tenant = draw.oneOf(model.tenants)
    return {
      method: 'POST',
      path: '/auth/select-tenant',
      body: { tenant_id: tenant.id },
      rule() {
        const { person } = caller.membership
        if (caller.isEnded || caller.membership.isGone || caller.membership.status !== 'active') {
          return refuse('unauthenticated')
        }
        if (model.now() >= caller.tokenUntil) return refuse('unauthenticated')
        const there = tenant.members.find((member) => member.person === person && member.status === 'active')
        if (!there) return refuse('tenant_mismatch')
        return {
          status: 200,
          body: { tenant_id: tenant.id, user: { id: person.id, role: there.role } },
          apply(body: Tokens) {
            enter(model, there, body)
            tenant.audit.push([`user ${person.id}`, 'session.opened', ''])
          },
        }
      },
    }
  },
}

const making: Step = {
  name: 'make a key',
  weight: 2,
  role: 'admin',
  plan(model, draw, caller) {
    const role = draw.oneOf(roles)
    const expiresAt = draw.once(2) ? model.now() + hour * (1 + draw.below(100)) : null
    const body = { name: `${role} key`, role, expires_at: expiresAt === null ? null : iso(expiresAt) }
    return {
      method: 'POST',
      path: '/v1/api-keys',
      body,
      needs: { role: 'admin', isForPeople: true },
      rule() {
        if (!isAtLeast(roleOf(caller), role)) return refuse('role_too_high')
        // A request that is repeated much later.
        if (expiresAt !== null && expiresAt <= model.now()) {
          return refuse('invalid_request', { errors: [{ path: 'body.expires_at' }] })
        }
        const maker = membershipOf(caller)
        return {
          status: 201,
          body: { ...body, created_by: maker.person.id, revoked_at: null },
          audit: ['', 'api_key.created', ''],
          apply({ id, key: token }: Tokens) {
            const { keys, name } = tenantOf(caller)
            keys.push({ kind: 'key', id, token, role, maker, expiresAt, isRevoked: false })
            model.names.set(id, `key ${keys.length} of ${name}`)
          },
        }
      },
    }
  },
}

const revoking: Step = {
  name: 'revoke a key',
  weight: 1,
  role: 'admin',
  plan(model, draw, caller) {
    const tenant = tenantOf(caller)
    const id = drawKey(draw, model)?.id ?? nobodysId
    return {
      method: 'DELETE',
      path: `/v1/api-keys/${id}`,
      needs: { role: 'admin' },
      rule() {
        const key = tenant.keys.find((each) => each.id === id)
        if (!key || key.isRevoked) return refuse('not_found')
        return {
          status: 204,
          audit: ['', 'api_key.revoked', id],
          apply() {
            key.isRevoked = true
          },
        }
      },
    }
  },
}

const drawKey = (draw: Draw, { tenants }: Model): ApiKey | undefined => {
  const keys = tenants.flatMap((tenant) => tenant.keys)
  return keys.length > 0 ? draw.oneOf(keys) : undefined
}

/** Whoever is known learns who they are, also in a tenant that is blocked. */
const asking: Step = {
  name: 'ask who I am',
  weight: 3,
  plan: (_model, _draw, caller) => ({
    method: 'GET',
    path: '/v1/me',
    needs: { role: 'viewer', isForPeople: true, isAlwaysOpen: true },
    rule() {
      const { id, plan, status, trialEndsAt } = tenantOf(caller)
      const { person, role } = membershipOf(caller)
      const trial_ends_at = trialEndsAt === null ? null : iso(trialEndsAt)
      return {
        status: 200,
        body: { user: { id: person.id, role }, tenant: { tenant_id: id, plan, status, trial_ends_at } },
      }
    },
  }),
}

/** A token is good in its own tenant. */
const mixing: Step = {
  name: 'name the other tenant in the header',
  weight: 1,
  plan(model, _draw, caller) {
    const { id } = tenantOf(caller) === model.tenants[0] ? model.tenants[1] : model.tenants[0]
    return {
      method: 'GET',
      path: '/v1/clients',
      headers: { 'X-Tenant-ID': id },
      rule: () =>
        caller.kind === 'session' && model.now() >= caller.tokenUntil
          ? refuse('unauthenticated')
          : refuse('tenant_mismatch'),
    }
  },
}

export const sessionSteps = [refreshing, loggingOut, selecting, making, revoking, asking, mixing]
