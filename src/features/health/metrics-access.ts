import { createHash, timingSafeEqual } from 'node:crypto'
import type { Request } from 'express'
import type { Config } from '../../config.ts'

const loopback = /^(127\.|::1$|::ffff:127\.)/

/** What a proxy adds, one or the other: RFC 7239, RFC 9110 7.6.3, and the older habits. */
const forwardingHeaders = [
  'forwarded',
  'via',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-real-ip',
]

/**
 * Whether the request may read the metrics: with METRICS_TOKEN as bearer token or, where none is set, from this
 * machine itself, not through a proxy on it.
 */
export function isMetricsReader(config: Config, request: Request): boolean {
  if (config.metricsToken) {
    const given = request.headers.authorization?.replace(/^Bearer /i, '') ?? ''
    return timingSafeEqual(digest(given), digest(config.metricsToken))
  }
  const isForwarded = forwardingHeaders.some((name) => name in request.headers)
  return !isForwarded && loopback.test(request.socket.remoteAddress ?? '')
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
