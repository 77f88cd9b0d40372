import { isIP } from 'node:net'
import type { Request } from 'express'
import { ipKeyGenerator } from 'express-rate-limit'
import type { Origin } from '../features/audit/audit.ts'

/**
 * The caller's IP address, or null when there is none that PostgreSQL's inet could hold. Behind TRUST_PROXY
 * proxies it is what the outermost of them wrote, which may carry a port or a zone.
 */
export function addressOf(request: Request): string | null {
  const text = request.ip ?? ''
  const withoutPort = /^\[(.+)\](?::\d+)?$/.exec(text)?.[1] ?? /^([\d.]+):\d+$/.exec(text)?.[1] ?? text
  const address = withoutPort.replace(/%.*$/, '').replace(/^::ffff:(?=[\d.]+$)/i, '')
  return isIP(address) ? address : null
}

/** Whose share an unknown caller takes: an IPv6 customer holds a whole /56; those without an address have one together. */
export function networkOf(request: Request): string {
  const address = addressOf(request)
  return address === null ? 'no address' : ipKeyGenerator(address)
}

/** Where a request came from, for the audit trails. */
export function originOf(request: Request): Origin {
  return { ip: addressOf(request), requestId: request.id }
}
