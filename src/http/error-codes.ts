import type { ErrorCode } from '../errors.ts'
import { lowestRole, roles } from '../features/members/roles.ts'
import { takesIdempotencyKey } from './idempotency.ts'
import type { Route, TenantRoute } from './route.ts'

/** What Node or the router refuses before it is known which operation is meant: any of them can be answered so. */
export const codesBeforeRouting: readonly ErrorCode[] = ['request_timeout', 'headers_too_large']

/** What can go wrong on our side. */
const failures: ErrorCode[] = ['internal_error', 'overloaded', 'database_unavailable', 'outcome_unknown']

/**
 * Every code that a route can answer: those that follow from what it declares, and those that it lists.
 * In tests an error of any other code is told as a bug, so this is what the API documents.
 */
export function codesOf(route: Route): ErrorCode[] {
  const codes = new Set<ErrorCode>(['invalid_request', 'malformed_request'])
  const add = (...more: readonly ErrorCode[]) => {
    for (const code of more) codes.add(code)
  }
  if (route.body) {
    const hasLines = route.scope === 'write' && route.bodyType
    add(hasLines ? 'request_timeout' : 'malformed_json', 'body_too_large', 'unsupported_media_type')
  }
  if (route.scope === 'open' && route.rawBody) add('body_too_large', 'unsupported_media_type')
  if (route.rateLimit || ('accountLimit' in route && route.accountLimit)) add('too_many_requests')
  if (route.scope === 'admin') {
    add('unauthenticated')
    if (!route.beforeEnrolment) add('totp_enrolment_required')
    if (route.caller) add('session_required')
  }
  if (route.scope === 'read' || route.scope === 'write') add(...codesInTenant(route))
  if (takesIdempotencyKey(route)) add('idempotency_key_reused')
  add(...(asksNobody(route) ? (['internal_error'] as const) : failures), ...(route.errors ?? []))
  return [...codes]
}

/** The order of src/features/members/access.ts. */
function codesInTenant(route: TenantRoute): ErrorCode[] {
  const codes: ErrorCode[] = [
    'unauthenticated',
    'tenant_header_missing',
    'tenant_mismatch',
    'too_many_requests',
    'tenant_cancelled',
  ]
  if (route.whenBlocked !== 'allowed') {
    codes.push('tenant_pending', 'trial_expired', 'payment_required', 'tenant_suspended')
  }
  if (route.module) codes.push('module_not_in_plan')
  if (lowestRole[route.permission] !== roles[0]) codes.push('insufficient_role')
  if (route.caller) codes.push('session_required')
  else if (route.method !== 'GET' || route.scope !== 'read') codes.push('support_read_only')
  if (route.scope !== 'write') return codes
  if (route.ifMatch) codes.push('precondition_failed')
  if (route.limits && Object.keys(route.limits).length > 0) codes.push('limit_reached')
  return codes
}

/** Whether it answers without the database: what tells of the process, and the documentation. */
function asksNobody(route: Route): boolean {
  return route.scope === 'open' && route.method === 'GET' && !route.rateLimit
}
