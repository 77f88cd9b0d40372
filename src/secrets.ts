import { createHmac, createSecretKey, hkdfSync, type KeyObject, randomBytes } from 'node:crypto'
import { link, mkdir, open, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import * as jose from 'jose'
import type { Config } from './config.ts'

/**
 * The secret that passwords of database roles and keys are derived from: TOKEN_KEY_SECRET, or in development the
 * one in `<dataDir>/secrets.json`, made at the first call. Two processes that make it at once get the same one.
 * @throws Error when the file is there and holds no secret: a new one would lock out what the old one made
 */
export async function loadTokenKeySecret(
  config: Pick<Config, 'tokenKeySecret' | 'dataDir' | 'isProduction'>,
): Promise<string> {
  if (config.tokenKeySecret) return config.tokenKeySecret
  // readConfig refuses this first; no production system shall ever live on a secret it made up itself.
  if (config.isProduction) throw new Error('TOKEN_KEY_SECRET: required in production')
  const path = join(config.dataDir, 'secrets.json')
  return (await readSecret(path)) ?? (await makeSecret(config.dataDir, path))
}

async function readSecret(path: string): Promise<string | undefined> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
  const secret = parseSecret(text)
  if (secret === undefined) {
    throw new Error(`${path} holds no tokenKeySecret: restore it, or remove the folder to begin anew.`)
  }
  return secret
}

function parseSecret(text: string): string | undefined {
  try {
    const { tokenKeySecret } = JSON.parse(text)
    return typeof tokenKeySecret === 'string' && tokenKeySecret.length >= 32 ? tokenKeySecret : undefined
  } catch {
    return undefined
  }
}

/** The file appears under its name with its whole content or not at all; whoever comes second uses the first's. */
async function makeSecret(folder: string, path: string): Promise<string> {
  await mkdir(folder, { recursive: true })
  const tokenKeySecret = randomBytes(32).toString('base64url')
  const draft = `${path}.${randomBytes(6).toString('hex')}`
  const file = await open(draft, 'wx', 0o600)
  try {
    await file.writeFile(`${JSON.stringify({ tokenKeySecret })}\n`)
    await file.sync()
    await link(draft, path)
    return tokenKeySecret
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    const other = await readSecret(path)
    if (other === undefined) throw error
    return other
  } finally {
    await file.close()
    await rm(draft, { force: true })
  }
}

/** What is derived from TOKEN_KEY_SECRET by keyed hash; each purpose has a key of its own. */
export type HashPurpose =
  | 'refresh token'
  | 'one-time token'
  | 'rate limit'
  | 'known address'
  | 'repeated request'

/** HMAC-SHA256 of a text under the key of a purpose. */
export type KeyedHash = (purpose: HashPurpose, text: string) => Buffer

/** Makes the keyed hash of this secret: who has only the database cannot compute it. */
export function createKeyedHash(secret: string): KeyedHash {
  const keys = new Map<HashPurpose, KeyObject>()
  return (purpose, text) => {
    let key = keys.get(purpose)
    if (!key) {
      // HKDF: RFC 5869. Out of bytes createHmac would make a key each time.
      key = createSecretKey(Buffer.from(hkdfSync('sha256', secret, '', purpose, 32)))
      keys.set(purpose, key)
    }
    return createHmac('sha256', key).update(text).digest()
  }
}

/** What is encrypted under TOKEN_KEY_SECRET; each purpose has a key of its own, and so each super admin and credential. */
export type VaultPurpose =
  | 'signing keys'
  | `one-time passwords of ${string}`
  | `credential ${string} of ${string}`

/** Encrypts what has to be read again, so that who has only the database cannot: JWE (RFC 7516), A256GCM. */
export interface Vault {
  encrypt(purpose: VaultPurpose, text: string): Promise<string>
  /** Undefined for what was encrypted for another purpose or under another secret, and for what was changed since. */
  decrypt(purpose: VaultPurpose, jwe: string): Promise<string | undefined>
}

/** Makes the vault of this secret, whose keys are derived by HKDF (RFC 5869). */
export function createVault(secret: string): Vault {
  const keyOf = (purpose: VaultPurpose) => new Uint8Array(hkdfSync('sha256', secret, '', purpose, 32))
  return {
    encrypt: (purpose, text) =>
      new jose.CompactEncrypt(new TextEncoder().encode(text))
        .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
        .encrypt(keyOf(purpose)),
    async decrypt(purpose, jwe) {
      try {
        const { plaintext } = await jose.compactDecrypt(jwe, keyOf(purpose))
        return new TextDecoder().decode(plaintext)
      } catch (error) {
        if (error instanceof jose.errors.JWEDecryptionFailed) return undefined
        throw error
      }
    },
  }
}
