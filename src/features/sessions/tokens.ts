import { randomUUID } from 'node:crypto'
import * as jose from 'jose'
import { parseTenantId, type TenantId } from '../../db/tenant-id.ts'
import { AppError } from '../../errors.ts'
import type { UserClaims } from '../members/access.ts'
import type { Role } from '../members/roles.ts'
import { algorithm, type Keyring } from './signing-keys.ts'

/** Whom a token that chooses a tenant stands for. */
export interface Selector {
  userId: string
  /** What users.password_changed_at was when it was issued: with a newer one the token is void. */
  passwordChangedAt: Date
}

/** Whom an operator's token stands for. */
export interface AdminClaims {
  adminId: string
  /** What super_admins.credentials_changed_at was when it was issued: with a newer one the token is void. */
  credentialsChangedAt: Date
}

/** Issues and verifies the signed tokens, each kind with its own type and audience. Times come from the clock. */
export interface Tokens {
  /** An access token (RFC 9068) for one user in one tenant, good for `accessSeconds`. */
  issueAccess(subject: Omit<UserClaims, 'kind'> & { role: Role }): Promise<string>
  /** @throws AppError 401 `unauthenticated` for anything but a token of ours that is good now */
  verifyAccess(token: string): Promise<UserClaims>
  /** A token that lets a user with several tenants choose one, good for five minutes; opens nothing else. */
  issueSelection(subject: Selector): Promise<string>
  /** @throws AppError 401 `unauthenticated` */
  verifySelection(token: string): Promise<Selector>
  /** An access token for the super-admin API, good for `accessSeconds`. */
  issueAdmin(subject: AdminClaims): Promise<string>
  /** @throws AppError 401 `unauthenticated` */
  verifyAdmin(token: string): Promise<AdminClaims>
  /** The public keys (RFC 7517). */
  jwks(): Promise<{ keys: jose.JWK[] }>
  /** How long an access token lives, in seconds. */
  readonly accessSeconds: number
}

const accessSeconds = 900
const selectionSeconds = 300
const rememberedTokens = 10_000

/** RFC 8725, 3.11 and 3.12: no token of one kind can be mistaken for one of another. */
const kinds = {
  access: { typ: 'at+jwt', audience: 'tenantry:tenant', seconds: accessSeconds },
  selection: { typ: 'selection+jwt', audience: 'tenantry:selection', seconds: selectionSeconds },
  admin: { typ: 'admin+jwt', audience: 'tenantry:admin', seconds: accessSeconds },
} as const
type Kind = keyof typeof kinds

interface TokenOptions {
  keyring: Keyring
  clock: { now(): Date }
  issuer: string
}

/** Makes the issuer over the signing keys. */
export function createTokens({ keyring, clock, issuer }: TokenOptions): Tokens {
  const verified = new Map<string, { claims: UserClaims; kid: string; expiresAt: number }>()

  const sign = async (kind: Kind, subject: string, payload: jose.JWTPayload) => {
    const { typ, audience, seconds } = kinds[kind]
    const { kid, privateKey } = await keyring.current()
    const issuedAt = Math.floor(clock.now().getTime() / 1000)
    return new jose.SignJWT({ ...payload, jti: randomUUID() })
      .setProtectedHeader({ alg: algorithm, typ, kid })
      .setIssuer(issuer)
      .setAudience(audience)
      .setSubject(subject)
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + seconds)
      .sign(privateKey)
  }
  const verify = async (kind: Kind, token: string, requiredClaims: string[]) => {
    const { typ, audience } = kinds[kind]
    const options = {
      algorithms: [algorithm],
      issuer,
      audience,
      typ,
      requiredClaims: ['sub', 'jti', 'iat', 'exp', ...requiredClaims],
      currentDate: clock.now(),
    }
    try {
      const { payload, protectedHeader } = await jose.jwtVerify(token, keyring.find, options)
      return { payload, kid: String(protectedHeader.kid) }
    } catch (cause) {
      // The database was asked for the key and is not there: that says nothing about the token.
      if (cause instanceof AppError) throw cause
      throw new AppError('unauthenticated', { cause })
    }
  }

  return {
    accessSeconds,
    issueAccess: ({ userId, sessionId, tenantId, role }) =>
      sign('access', userId, { tenant_id: tenantId, sid: sessionId, role }),

    async verifyAccess(token) {
      const known = verified.get(token)
      if (known) {
        const isGood = known.expiresAt > clock.now().getTime() && (await keyring.has(known.kid))
        if (isGood) return known.claims
        verified.delete(token)
      }
      const { payload, kid } = await verify('access', token, ['tenant_id', 'role', 'sid'])
      const tenantId = parseTenantId(payload.tenant_id)
      if (!tenantId || !payload.sub) throw new AppError('unauthenticated')
      const claims = { kind: 'user', userId: payload.sub, sessionId: String(payload.sid), tenantId } as const
      if (verified.size >= rememberedTokens) verified.delete(verified.keys().next().value as string)
      verified.set(token, { claims, kid, expiresAt: Number(payload.exp) * 1000 })
      return claims
    },

    issueSelection: ({ userId, passwordChangedAt }) =>
      sign('selection', userId, { password_changed_at: passwordChangedAt.getTime() }),
    async verifySelection(token) {
      const { payload } = await verify('selection', token, ['password_changed_at'])
      return { userId: String(payload.sub), passwordChangedAt: new Date(Number(payload.password_changed_at)) }
    },

    issueAdmin: ({ adminId, credentialsChangedAt }) =>
      sign('admin', adminId, { credentials_changed_at: credentialsChangedAt.getTime() }),
    async verifyAdmin(token) {
      const { payload } = await verify('admin', token, ['credentials_changed_at'])
      const credentialsChangedAt = new Date(Number(payload.credentials_changed_at))
      return { adminId: String(payload.sub), credentialsChangedAt }
    },

    jwks: () => keyring.jwks(),
  }
}

/** What a login answers about tokens, in the terms of RFC 6749, section 5.1. */
export interface TokenAnswer {
  access_token: string
  token_type: 'bearer'
  /** Seconds. */
  expires_in: number
  refresh_token: string
  tenant_id: TenantId
}
