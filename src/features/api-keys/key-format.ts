import { createHash, randomBytes } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { parseTenantId, type TenantId } from '../../db/tenant-id.ts'
import type { ApiKeyClaims } from '../members/access.ts'

const secretBytes = 24
// tnt_<tenant>_<32 hex digits of the id><32 characters of the secret><8 hex digits of the checksum>
const shape = /^tnt_([a-z0-9-]{1,40})_([0-9a-f]{32})([A-Za-z0-9_-]{32})([0-9a-f]{8})$/

/**
 * A new API key: `tnt_`, its id (the tenant's and its own, so that one indexed read finds it), 192 random bits, and
 * a checksum by which scanners for leaked secrets tell a key from what looks like one.
 * @returns the key, shown once, and the hash of its secret, to be stored
 */
export function makeApiKey(tenantId: TenantId, id: string): { key: string; secretHash: Buffer } {
  const secret = randomBytes(secretBytes).toString('base64url')
  const text = `tnt_${tenantId}_${id.replaceAll('-', '')}${secret}`
  return { key: text + checksum(text), secretHash: hashSecret(secret) }
}

/** What a key says of itself; undefined for anything that is not written like one. */
export function parseApiKey(token: string): ApiKeyClaims | undefined {
  const [, tenant = '', digits = '', secret = '', sum = ''] = shape.exec(token) ?? []
  const tenantId = parseTenantId(tenant)
  if (!tenantId || checksum(token.slice(0, -sum.length)) !== sum) return undefined
  const keyId = digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
  return { kind: 'api_key', keyId, secretHash: hashSecret(secret), tenantId }
}

function hashSecret(secret: string): Buffer {
  return createHash('sha256').update(secret).digest()
}

function checksum(text: string): string {
  return crc32(text).toString(16).padStart(8, '0')
}
