import { isDeepStrictEqual } from 'node:util'
import * as jose from 'jose'
import { type InferResult, sql } from 'kysely'
import type { Database, PlatformQueryBuilder, PlatformTx } from '../../db/database.ts'
import { createVault, type Vault } from '../../secrets.ts'
import { writePlatformAuditEntry } from '../audit/audit.ts'

export const algorithm = 'EdDSA'

/** A key that tokens can be signed with. */
export interface SigningKey {
  kid: string
  privateKey: jose.CryptoKey
}

/** The signing keys as this process knows them: what it has read is never older than `keptMs` when it counts. */
export interface Keyring {
  /**
   * The key to sign with now: of those that are active and that our secret opens the newest. Made when there is none.
   * @throws what the database throws
   */
  current(): Promise<SigningKey>
  /** What jose.jwtVerify asks for the public key of a token. */
  find: jose.JWTVerifyGetKey
  /** Whether the key still exists; what was verified with it before counts only then. */
  has(kid: string): Promise<boolean>
  /** The public keys (RFC 7517), those included that do not sign yet. */
  jwks(): Promise<{ keys: jose.JWK[] }>
}

interface KeyringOptions {
  db: Database
  clock: { now(): Date }
  /** Encrypts the private keys in the database. */
  secret: string
}

/**
 * So long a process goes on with what it has read: a key that is removed is worth nothing in any process by then. And
 * anybody can name a key that does not exist, so the database is not asked more often for those either.
 */
const keptMs = 1_000
/** From then on it is read again while it still counts: where requests come often, none waits for that. */
const renewedAfterMs = 700
/** How long before its first signature a key is published, for those who keep what the JWKS endpoint told them. */
export const publishedAheadSeconds = 60
/** A key that has been followed by another for so long has signed no token that is still good. */
const keptAfterSuccessorMs = 3_600_000

interface StoredKey {
  kid: string
  publicJwk: jose.JWK
  privateJwe: string
  activeFrom: Date
}

/**
 * Loads the signing keys, making the first one when there is none that this secret opens.
 * @throws what the database throws
 */
export async function openKeyring({ db, clock, secret }: KeyringOptions): Promise<Keyring> {
  const vault = createVault(secret)
  const opened = new Map<string, SigningKey | undefined>()
  let stored: StoredKey[] = []
  let publicKeys = jose.createLocalJWKSet({ keys: [] })
  let readAt = Number.NEGATIVE_INFINITY
  let reading: Promise<void> | undefined

  /** @param askedAt when they were asked for, of performance.now(); what was asked for later stays */
  function take(keys: StoredKey[], askedAt: number): void {
    if (askedAt < readAt) return
    readAt = askedAt
    // A kid is a thumbprint (RFC 7638): the same ones are the same keys, which are imported already.
    const areSame = isDeepStrictEqual(kidsOf(keys), kidsOf(stored))
    stored = keys
    if (!areSame) publicKeys = jose.createLocalJWKSet({ keys: keys.map(({ publicJwk }) => publicJwk) })
  }
  function read(): Promise<void> {
    const askedAt = performance.now()
    reading ??= db
      .readPlatform('signing keys', (queries) => [keysQuery(queries)])
      .then(([rows]) => take(rows.map(toStoredKey), askedAt))
      .finally(() => {
        reading = undefined
      })
    return reading
  }
  /** Reads again what is too old; while the database cannot be reached, what is known goes on. */
  async function refresh(): Promise<void> {
    const age = performance.now() - readAt
    if (age <= renewedAfterMs) return
    const renewed = read()
    if (age <= keptMs) return void renewed.catch(() => undefined)
    await renewed.catch((error) => {
      if (stored.length === 0) throw error
    })
  }
  async function findSigner(keys: StoredKey[]): Promise<SigningKey | undefined> {
    const now = clock.now()
    for (const key of keys) {
      if (key.activeFrom > now) continue
      if (!opened.has(key.kid)) opened.set(key.kid, await decryptKey(key, vault))
      const signer = opened.get(key.kid)
      if (signer) return signer
    }
    return undefined
  }

  /** Two processes that find none at once, as on an empty database, agree on one, unless their secrets differ. */
  async function addSigner(): Promise<SigningKey> {
    const made = await makeKey(vault, clock.now())
    const keys = await db.withPlatform('signing keys', async (tx) => {
      await sql`select pg_advisory_xact_lock(hashtext('signing keys'))`.execute(tx)
      const present = await readKeys(tx)
      return (await findSigner(present)) ? present : insert(tx, made)
    })
    // Whoever asked before it was saved may have been answered without it.
    take(keys, performance.now())
    return (await findSigner(keys)) as SigningKey
  }
  const keyring: Keyring = {
    async current() {
      await refresh()
      return (await findSigner(stored)) ?? addSigner()
    },
    async find(header, token) {
      await refresh()
      return publicKeys(header, token)
    },
    async has(kid) {
      await refresh()
      return stored.some((key) => key.kid === kid)
    },
    async jwks() {
      await refresh()
      return { keys: stored.map(({ publicJwk }) => publicJwk) }
    },
  }
  await keyring.current()
  return keyring
}

/** What a rotation did. */
export interface Rotation {
  kid: string
  active_from: Date
  /** Keys that are gone, and with them the tokens they signed. */
  removed: string[]
}

/**
 * Adds a signing key, which every running process publishes at once and signs with from `aheadSeconds` on. The keys
 * before it stay for as long as their tokens are good and are removed by a later rotation; with `removeOthers`, after
 * a theft, at once: then everybody's access token is void within a second, and refreshing brings a new one. It is
 * written to the platform's audit trail.
 * @throws what the database throws
 */
export async function rotateKeys(
  { db, clock, secret }: KeyringOptions,
  options: { aheadSeconds?: number; removeOthers?: boolean } = {},
): Promise<Rotation> {
  const { aheadSeconds = publishedAheadSeconds, removeOthers = false } = options
  const now = clock.now()
  const activeFrom = new Date(now.getTime() + (removeOthers ? 0 : aheadSeconds * 1000))
  const made = await makeKey(createVault(secret), now, activeFrom)
  return db.withPlatform('signing keys', async (tx) => {
    const before = await readKeys(tx)
    const removed = removeOthers ? before.map(({ kid }) => kid) : findOutlived(before, now)
    if (removed.length > 0) await tx.deleteFrom('signing_keys').where('kid', 'in', removed).execute()
    await insert(tx, made)
    writePlatformAuditEntry(tx, {
      actor: { kind: 'system', id: 'command line' },
      action: 'signing_keys.rotated',
      object: { type: 'signing_key', id: made.kid },
      changedFields: removed.length > 0 ? ['active_from', 'removed'] : ['active_from'],
      ip: null,
      requestId: 'command line',
      now,
    })
    return { kid: made.kid, active_from: activeFrom, removed }
  })
}

/** Newest first: those behind one that has been active for long. */
function findOutlived(keys: StoredKey[], now: Date): string[] {
  const successor = keys.findIndex(
    ({ activeFrom }) => now.getTime() - activeFrom.getTime() > keptAfterSuccessorMs,
  )
  return successor < 0 ? [] : keys.slice(successor + 1).map(({ kid }) => kid)
}

async function readKeys(tx: PlatformTx): Promise<StoredKey[]> {
  return (await keysQuery(tx).execute()).map(toStoredKey)
}

function keysQuery(queries: PlatformQueryBuilder) {
  return queries
    .selectFrom('signing_keys')
    .select(['kid', 'public_jwk', 'private_jwe', 'active_from'])
    .orderBy('active_from', 'desc')
    .orderBy('kid')
}

function toStoredKey(row: InferResult<ReturnType<typeof keysQuery>>[number]): StoredKey {
  return {
    kid: row.kid,
    publicJwk: row.public_jwk as unknown as jose.JWK,
    privateJwe: row.private_jwe,
    activeFrom: row.active_from,
  }
}

const kidsOf = (keys: StoredKey[]) => keys.map(({ kid }) => kid)

interface MadeKey {
  kid: string
  row: { kid: string; public_jwk: string; private_jwe: string; created_at: Date; active_from: Date }
}

async function insert(tx: PlatformTx, { row }: MadeKey): Promise<StoredKey[]> {
  await tx.insertInto('signing_keys').values(row).execute()
  return readKeys(tx)
}

/** Undefined when it was encrypted under another secret: its tokens stay verifiable, new ones need another key. */
async function decryptKey({ kid, privateJwe }: StoredKey, vault: Vault): Promise<SigningKey | undefined> {
  const text = await vault.decrypt('signing keys', privateJwe)
  if (text === undefined) return undefined
  return { kid, privateKey: (await jose.importJWK(JSON.parse(text), algorithm)) as jose.CryptoKey }
}

async function makeKey(vault: Vault, now: Date, activeFrom = now): Promise<MadeKey> {
  const { publicKey, privateKey } = await jose.generateKeyPair(algorithm, {
    crv: 'Ed25519',
    extractable: true,
  })
  const publicJwk: jose.JWK = { ...(await jose.exportJWK(publicKey)), alg: algorithm, use: 'sig' }
  const kid = await jose.calculateJwkThumbprint(publicJwk)
  publicJwk.kid = kid
  const privateJwk = JSON.stringify(await jose.exportJWK(privateKey))
  const private_jwe = await vault.encrypt('signing keys', privateJwk)
  const public_jwk = JSON.stringify(publicJwk)
  return { kid, row: { kid, public_jwk, private_jwe, created_at: now, active_from: activeFrom } }
}
