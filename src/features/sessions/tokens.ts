import { hkdfSync, randomUUID } from 'node:crypto'
import * as jose from 'jose'
import type { Database } from '../../db/database.ts'
import { parseTenantId, type TenantId } from '../../db/tenant-id.ts'
import { AppError } from '../../errors.ts'
import { bearerChallenge, type Claims } from '../members/access.ts'
import type { Role } from '../members/roles.ts'

/** Issues and verifies the signed tokens. Times come from the clock it was opened with. */
export interface Tokens {
  /** An access token (RFC 9068) for one user in one tenant, good for `accessSeconds`. */
  issueAccess(subject: Claims & { role: Role }): Promise<string>
  /** @throws AppError 401 `unauthenticated` for anything but a token of ours that is good now */
  verifyAccess(token: string): Promise<Claims>
  /** A token that lets a user with several tenants choose one; opens nothing else. */
  issueSelection(userId: string): Promise<string>
  /** @returns the user's id. @throws AppError 401 `unauthenticated` */
  verifySelection(token: string): Promise<string>
  /** The public keys (RFC 7517), those of processes that started later included. */
  jwks(): Promise<{ keys: jose.JWK[] }>
  /** How long an access token lives, in seconds. */
  readonly accessSeconds: number
}

interface TokenOptions {
  db: Database
  clock: { now(): Date }
  issuer: string
  /** Encrypts the private keys in the database. */
  secret: string
}

const algorithm = 'EdDSA'
const accessSeconds = 900
const selectionSeconds = 300
const accessAudience = 'tenantry:tenant'
const selectionAudience = 'tenantry:selection'
const rememberedTokens = 10_000

/** Anybody can name a key that does not exist, so the database is asked for unknown ones at most this often. */
const keysAskedEveryMs = 3000

interface SigningKey {
  kid: string
  privateKey: jose.CryptoKey
}

/**
 * Loads the signing keys, making the first one when there is none that this secret opens.
 * @throws what the database throws
 */
export async function openTokens({ db, clock, issuer, secret }: TokenOptions): Promise<Tokens> {
  const encryptionKey = new Uint8Array(hkdfSync('sha256', secret, '', 'signing keys', 32))
  const { publicJwks, current } = await loadKeys(db, encryptionKey, clock.now())
  const keys = createKeySet(db, publicJwks)
  const verified = new Map<string, { claims: Claims; expiresAt: number }>()

  const sign = (
    typ: string,
    audience: string,
    subject: string,
    seconds: number,
    payload: jose.JWTPayload,
  ) => {
    const issuedAt = Math.floor(clock.now().getTime() / 1000)
    return new jose.SignJWT({ ...payload, jti: randomUUID() })
      .setProtectedHeader({ alg: algorithm, typ, kid: current.kid })
      .setIssuer(issuer)
      .setAudience(audience)
      .setSubject(subject)
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + seconds)
      .sign(current.privateKey)
  }
  const verify = async (token: string, typ: string, audience: string, requiredClaims: string[]) => {
    const options = {
      algorithms: [algorithm],
      issuer,
      audience,
      typ,
      requiredClaims: ['sub', 'jti', 'iat', 'exp', ...requiredClaims],
      currentDate: clock.now(),
    }
    try {
      const { payload } = await jose.jwtVerify(token, keys.find, options)
      return payload
    } catch (cause) {
      // The database was asked for the key and is not there: that says nothing about the token.
      if (cause instanceof AppError) throw cause
      throw new AppError('unauthenticated', { ...bearerChallenge, cause })
    }
  }

  return {
    accessSeconds,
    issueAccess: ({ userId, sessionId, tenantId, role }) =>
      sign('at+jwt', accessAudience, userId, accessSeconds, { tenant_id: tenantId, sid: sessionId, role }),

    async verifyAccess(token) {
      const known = verified.get(token)
      if (known) {
        if (known.expiresAt > clock.now().getTime()) return known.claims
        verified.delete(token)
      }
      const payload = await verify(token, 'at+jwt', accessAudience, ['tenant_id', 'role', 'sid'])
      const tenantId = parseTenantId(payload.tenant_id)
      if (!tenantId || !payload.sub) throw new AppError('unauthenticated', bearerChallenge)
      const claims = { userId: payload.sub, sessionId: String(payload.sid), tenantId }
      if (verified.size >= rememberedTokens) verified.delete(verified.keys().next().value as string)
      verified.set(token, { claims, expiresAt: Number(payload.exp) * 1000 })
      return claims
    },

    issueSelection: (userId) => sign('selection+jwt', selectionAudience, userId, selectionSeconds, {}),
    async verifySelection(token) {
      const payload = await verify(token, 'selection+jwt', selectionAudience, [])
      return payload.sub as string
    },

    async jwks() {
      // What is known already is good without the database, too.
      await keys.refresh().catch(() => undefined)
      return { keys: keys.jwks }
    },
  }
}

/**
 * The public keys, which learns of those that other processes made: two that start at once on an empty database
 * make one each.
 */
function createKeySet(db: Database, known: jose.JWK[]) {
  let jwks = known
  let find = jose.createLocalJWKSet({ keys: jwks })
  let asked: { at: number; answer: Promise<void> } | undefined

  async function reload(): Promise<void> {
    const stored = await readKeys(db)
    jwks = stored.map((row) => row.public_jwk as unknown as jose.JWK)
    find = jose.createLocalJWKSet({ keys: jwks })
  }
  async function refresh(): Promise<void> {
    if (!asked || performance.now() - asked.at > keysAskedEveryMs) {
      asked = { at: performance.now(), answer: reload() }
    }
    await asked.answer
  }
  return {
    get jwks() {
      return jwks
    },
    refresh,
    find: async (header: jose.JWTHeaderParameters, token: jose.FlattenedJWSInput) => {
      try {
        return await find(header, token)
      } catch (error) {
        if (!(error instanceof jose.errors.JWKSNoMatchingKey) || header.alg !== algorithm) throw error
        await refresh()
        return find(header, token)
      }
    },
  }
}

function readKeys(db: Database) {
  return db.withPlatform('signing keys', (tx) =>
    tx
      .selectFrom('signing_keys')
      .select(['kid', 'public_jwk', 'private_jwe'])
      .orderBy('created_at', 'desc')
      .orderBy('kid')
      .execute(),
  )
}

async function loadKeys(
  db: Database,
  encryptionKey: Uint8Array,
  now: Date,
): Promise<{ publicJwks: jose.JWK[]; current: SigningKey }> {
  const stored = await readKeys(db)
  const publicJwks = stored.map((row) => row.public_jwk as unknown as jose.JWK)
  for (const row of stored) {
    const current = await decryptKey(row.kid, row.private_jwe, encryptionKey)
    if (current) return { publicJwks, current }
  }
  const made = await createKey(db, encryptionKey, now)
  return { publicJwks: [made.publicJwk, ...publicJwks], current: made.current }
}

async function decryptKey(
  kid: string,
  jwe: string,
  encryptionKey: Uint8Array,
): Promise<SigningKey | undefined> {
  try {
    const { plaintext } = await jose.compactDecrypt(jwe, encryptionKey)
    const jwk = JSON.parse(new TextDecoder().decode(plaintext)) as jose.JWK
    return { kid, privateKey: (await jose.importJWK(jwk, algorithm)) as jose.CryptoKey }
  } catch (error) {
    // Encrypted under another secret: tokens of that key stay verifiable, new ones need a key we can open.
    if (error instanceof jose.errors.JWEDecryptionFailed) return undefined
    throw error
  }
}

async function createKey(db: Database, encryptionKey: Uint8Array, now: Date) {
  const { publicKey, privateKey } = await jose.generateKeyPair(algorithm, {
    crv: 'Ed25519',
    extractable: true,
  })
  const publicJwk: jose.JWK = { ...(await jose.exportJWK(publicKey)), alg: algorithm, use: 'sig' }
  const kid = await jose.calculateJwkThumbprint(publicJwk)
  publicJwk.kid = kid
  const privateJwk = new TextEncoder().encode(JSON.stringify(await jose.exportJWK(privateKey)))
  const private_jwe = await new jose.CompactEncrypt(privateJwk)
    .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
    .encrypt(encryptionKey)
  await db.withPlatform('signing keys', (tx) =>
    tx
      .insertInto('signing_keys')
      .values({ kid, public_jwk: JSON.stringify(publicJwk), private_jwe, created_at: now })
      .execute(),
  )
  return { publicJwk, current: { kid, privateKey } }
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
