import { sql } from 'kysely'
import type { PlatformTx } from '../../db/database.ts'
import { toPage } from '../../db/keyset.ts'
import type { CountedLimit, LimitName, ModuleName, PlanName } from './plans.ts'

/** A limit that allows less than is used. */
export interface OverLimit {
  limit: CountedLimit
  used: number
  allowed: number
}

/** What a plan would be instead of what it is; what is left out stays. */
export interface ChangedPlan {
  plan: PlanName
  limits?: Partial<Record<LimitName, number | null>>
  modules?: ModuleName[]
}

/**
 * Whether a change puts a tenant over a limit: it allows less than before (`usage.allowed`), and less than is used.
 * Who is over by as much already is not put there by the change.
 */
export const isPutOver = sql<boolean>`changed.allowed < usage.used
  and (usage.allowed is null or changed.allowed < usage.allowed)`

/**
 * What a changed plan does to its tenants: how many there are, how many of them it puts over a limit, and those by
 * tenant_id, each judged by its own overrides; and how many lose a module. Those who have left do not count.
 * @param page how many, and after which tenant_id
 */
export async function findImpact(
  tx: PlatformTx,
  { plan, limits, modules }: ChangedPlan,
  now: Date,
  page: { limit: number; cursor?: string },
) {
  const changes = JSON.stringify({ ...limits, modules })
  const { rows } = await sql<ImpactRow>`
    with changed as (
      select plans as old, jsonb_populate_record(plans, ${changes}::jsonb) as new from plans where plan = ${plan}
    ), live as (
      select t.tenant_id, t.limit_overrides, t.module_overrides from tenants t
      where t.plan = ${plan} and t.status not in ('CANCELLED', 'DELETING', 'DELETED')
        and t.tenant_id <> 'system-default'
    ), over as (
      select live.tenant_id, json_agg(
        json_build_object('limit', usage.limit_name, 'used', usage.used, 'allowed', changed.allowed)
        order by usage.limit_name) as over
      from live
      join app.usage_at(${now}) usage on usage.tenant_id = live.tenant_id
      cross join lateral (
        select app.allowed(changed.new, live.limit_overrides, usage.limit_name) as allowed from changed
      ) changed
      where ${isPutOver}
      group by live.tenant_id
    ), losing as (
      select from live, changed
      where exists (
        select from unnest((changed.old).modules) m (name)
        where m.name <> all ((changed.new).modules) and not live.module_overrides ? m.name
      )
    ), page as (
      select tenant_id, over from over where tenant_id > ${page.cursor ?? ''}
      order by tenant_id limit ${sql.lit(page.limit + 1)}
    )
    select (select count(*) from live)::int as tenants, (select count(*) from over)::int as tenants_over,
      (select count(*) from losing)::int as tenants_losing_modules,
      coalesce((select json_agg(page order by tenant_id) from page), '[]') as data
  `.execute(tx)
  const { data, ...counts } = rows[0] as ImpactRow
  return { ...counts, ...toPage(data, page.limit, ({ tenant_id }) => tenant_id) }
}

interface ImpactRow {
  tenants: number
  tenants_over: number
  tenants_losing_modules: number
  data: { tenant_id: string; over: OverLimit[] }[]
}
