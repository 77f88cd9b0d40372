import { createCaller, type Platform } from './platform.ts'
import { addSignedInAdmin } from './super-admins.ts'

/** A further super admin who has signed in, as a client of the API. */
export async function signInOperator(platform: Platform) {
  const { id, token } = await addSignedInAdmin(platform)
  return { id, ...createCaller(platform.url, { Authorization: `Bearer ${token}` }) }
}

/** Sets what a tenant has used of its limits, past every guard. */
export async function setUsage(platform: Platform, tenantId: string, used: Record<string, number>) {
  await platform.sql(
    `update limit_counters set used = given.used, period = null, period_since = null
      from unnest($1::text[], $2::bigint[]) given (name, used)
      where tenant_id = $3 and limit_name = given.name`,
    [Object.keys(used), Object.values(used), tenantId],
    tenantId,
  )
}

/** A tenant's audit trail, oldest first. */
export function auditOf(platform: Platform, tenantId: string) {
  return platform.sql(
    `select actor_kind, actor_id, action, object_type, object_id, changed_fields, reason, host(ip) as ip, request_id
      from audit_entries where tenant_id = $1 order by xmin::text::bigint, cmin::text::bigint`,
    [tenantId],
    tenantId,
  )
}

/** What the platform's audit trail holds of operators' acts, oldest first. */
export function platformAudit(platform: Platform) {
  return platform.sql(
    `select actor_kind, actor_id, action, object_type, object_id, subject_tenant_id, changed_fields, reason,
        host(ip) as ip, request_id
      from platform_audit_entries where action ~ '^(tenant|plan)[.]' order by xmin::text::bigint, cmin::text::bigint`,
  )
}
