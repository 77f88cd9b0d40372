import { randomUUID } from 'node:crypto'
import * as jose from 'jose'
import { LRUCache } from 'lru-cache'
import { parseTenantId, type TenantId } from '../../db/tenant-id.ts'
import { AppError } from '../../errors.ts'
import type { SupportClaims, UserClaims } from '../members/access.ts'
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
  /** An access token for a super admin in one tenant, marked as support, good until the given whole second. */
  issueSupport(subject: Omit<SupportClaims, 'kind'> & { expiresAt: Date }): Promise<string>
  /** @throws AppError 401 `unauthenticated` for anything but a token of ours that is good now */
  verifyAccess(token: string): Promise<UserClaims | SupportClaims>
  /** As verifyAccess, for what is a member's alone. @throws AppError 401 `unauthenticated` for one of support, too */
  verifyUser(token: string): Promise<UserClaims>
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

/**
 * The claim that makes an access token one of support. A private claim (RFC 7519, 4.3), and not `act` of RFC 8693,
 * section 4.1, which would name who acts beside a member as the subject: here nobody is acted for.
 */
type SupportMark = 'read_only' | 'read_write'

interface TokenOptions {
  keyring: Keyring
  clock: { now(): Date }
  issuer: string
}

/** What an access token says that this process signed or verified, so that it need not be verified again. */
interface KnownToken {
  claims: UserClaims | SupportClaims
  /** The key it is signed with: the token is void when that is removed. */
  kid: string
  /** Milliseconds since 1970. */
  expiresAt: number
}

/** Makes the issuer over the signing keys. */
export function createTokens({ keyring, clock, issuer }: TokenOptions): Tokens {
  // No Map in order of use, in which a key goes and comes again with each request: see src/gate.ts.
  const known = new LRUCache<string, KnownToken>({ max: rememberedTokens })
  const sign = async (kind: Kind, subject: string, payload: jose.JWTPayload, expiresAt?: Date) => {
    const { typ, audience, seconds } = kinds[kind]
    const { kid, privateKey } = await keyring.current()
    const issuedAt = Math.floor(clock.now().getTime() / 1000)
    const end = expiresAt ?? new Date((issuedAt + seconds) * 1000)
    const token = await new jose.SignJWT({ ...payload, jti: randomUUID() })
      .setProtectedHeader({ alg: algorithm, typ, kid })
      .setIssuer(issuer)
      .setAudience(audience)
      .setSubject(subject)
      .setIssuedAt(issuedAt)
      .setExpirationTime(end)
      .sign(privateKey)
    // Whoever signed it need not verify it.
    if (kind === 'access')
      known.set(token, { claims: readClaims({ ...payload, sub: subject }), kid, expiresAt: end.getTime() })
    return token
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

  const verifyAccess: Tokens['verifyAccess'] = async (token) => {
    const before = known.get(token)
    if (before) {
      const isGood = before.expiresAt > clock.now().getTime() && (await keyring.has(before.kid))
      if (isGood) return before.claims
      known.delete(token)
    }
    const { payload, kid } = await verify('access', token, ['tenant_id', 'role', 'sid'])
    const claims = readClaims(payload)
    known.set(token, { claims, kid, expiresAt: Number(payload.exp) * 1000 })
    return claims
  }

  return {
    accessSeconds,
    issueAccess: ({ userId, sessionId, tenantId, role }) =>
      sign('access', userId, { tenant_id: tenantId, sid: sessionId, role }),
    issueSupport: ({ adminId, supportSessionId, tenantId, isReadOnly, expiresAt }) =>
      sign(
        'access',
        adminId,
        {
          tenant_id: tenantId,
          sid: supportSessionId,
          role: 'admin' satisfies Role,
          support: (isReadOnly ? 'read_only' : 'read_write') satisfies SupportMark,
        },
        expiresAt,
      ),
    verifyAccess,
    async verifyUser(token) {
      const claims = await verifyAccess(token)
      if (claims.kind !== 'user') throw new AppError('unauthenticated')
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

/** @throws AppError 401 `unauthenticated` without a tenant or subject, or with a mark of support that we do not give */
function readClaims({ tenant_id, sub, sid, support }: jose.JWTPayload): UserClaims | SupportClaims {
  const tenantId = parseTenantId(tenant_id)
  if (!tenantId || !sub) throw new AppError('unauthenticated')
  if (support === undefined) return { kind: 'user', userId: sub, sessionId: String(sid), tenantId }
  if (support !== 'read_only' && support !== 'read_write') throw new AppError('unauthenticated')
  const isReadOnly = support === ('read_only' satisfies SupportMark)
  return { kind: 'support', supportSessionId: String(sid), adminId: sub, tenantId, isReadOnly }
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
