import type { IncomingMessage } from 'node:http'
import * as jose from 'jose'

/** What a good token says. */
export interface Known {
  tenantId: string
  userId: string
  expiresAt: number
}

/** An answer other than 2xx. */
export class Refusal extends Error {
  readonly status: number
  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

/**
 * The check of the servers that Tenantry is compared with: a good token, and X-Tenant-ID that says the same tenant.
 * With `remembers` a token is verified once. Tenantry remembers them, too, and those that it signed itself from the first.
 * @returns a function that throws Refusal 401, 400 or 403
 */
export function openTokenCheck({ keys, remembers }: { keys: jose.JWK[]; remembers: boolean }) {
  const keySet = jose.createLocalJWKSet({ keys })
  const remembered = new Map<string, Known>()
  const verify = async (token: string): Promise<Known> => {
    const options = { algorithms: ['EdDSA'], issuer: 'tenantry' }
    const { payload } = await jose.jwtVerify(token, keySet, options).catch(() => {
      throw new Refusal(401, 'no good token')
    })
    const { tenant_id, sub, exp } = payload
    const known = { tenantId: String(tenant_id), userId: String(sub), expiresAt: Number(exp) * 1000 }
    if (remembered.size > 10_000) remembered.clear()
    if (remembers) remembered.set(token, known)
    return known
  }
  return async ({ headers }: Pick<IncomingMessage, 'headers'>): Promise<Known> => {
    const token = headers.authorization?.slice('Bearer '.length) ?? ''
    let known = remembered.get(token)
    if (!known || known.expiresAt < Date.now()) known = await verify(token)
    const named = headers['x-tenant-id']
    if (named === undefined) throw new Refusal(400, 'no X-Tenant-ID')
    if (named !== known.tenantId) throw new Refusal(403, 'another tenant')
    return known
  }
}
