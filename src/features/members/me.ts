import { sql } from 'kysely'
import type { TenantQueryBuilder } from '../../db/database.ts'

interface Member {
  user_id: string
  email: string
  first_name: string
  last_name: string
  locale: string
}

/** The person, their tenant and its settings, as one row. */
export function meQuery(queries: TenantQueryBuilder, userId: string) {
  return queries
    .selectFrom(sql<Member>`app.tenant_members(${userId})`.as('member'))
    .innerJoin('tenants', (join) => join.onTrue())
    .innerJoin('tenant_settings', 'tenant_settings.tenant_id', 'tenants.tenant_id')
    .select(['member.user_id', 'member.email', 'member.first_name', 'member.last_name', 'member.locale'])
    .select(['tenants.tenant_id', 'tenants.name', 'tenants.plan', 'tenants.status', 'tenants.trial_ends_at'])
    .select(['tenant_settings.theme', 'tenant_settings.language', 'tenant_settings.time_zone'])
    .select(['tenant_settings.date_format', 'tenant_settings.currency'])
}
