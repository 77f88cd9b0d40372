import { type RawBuilder, type SqlBool, sql } from 'kysely'
import type { PlatformTx } from '../../db/database.ts'
import { bindCursor, decodeCursor, encodeCursor, toPage } from '../../db/keyset.ts'
import type { TenantId } from '../../db/tenant-id.ts'
import type { PlanName } from '../plans/plans.ts'
import type { Region } from './provision.ts'
import type { TenantStatus } from './status.ts'

/** The orders a list of tenants can have; `-` is descending. */
export const tenantSorts = ['-created_at', 'created_at', '-name', 'name'] as const

/** Which tenants to list; what is left out asks for nothing. */
export interface TenantFilters {
  /** Tenants of which only the id is left are listed where this asks for them, and nowhere else. */
  status?: TenantStatus
  plan?: PlanName
  region?: Region
  /** Part of an id or an e-mail address, in any case; part of a name, with accents or without, too. */
  q?: string
  /** Each member of the operator's own JSON that is this text, or a number or boolean that JSON writes so. */
  metadata?: Record<string, string>
}

/** Which tenants to list, in which order, and after which one. */
export interface TenantList extends TenantFilters {
  /** How many at most. */
  limit: number
  sort: (typeof tenantSorts)[number]
  cursor?: string
}

/** A tenant in the list. */
export interface ListedTenant {
  tenant_id: TenantId
  name: string
  status: TenantStatus
  plan: PlanName
  region: Region
  /** Active members. */
  users: number
  created_at: Date
  trial_ends_at: Date | null
}

/** How many tenants there are, whatever the list was asked for. */
export interface TenantCounts {
  /** All that are more than an id, those that are being deleted included, which no other number counts. */
  total: number
  pending: number
  active: number
  trial: number
  suspended: number
  cancelled: number
}

/**
 * One page of tenants. The one for rows from before there were tenants is none of them.
 * @returns with the cursor behind the page, null behind the last one
 * @throws AppError 400 `invalid_request` for a cursor of another sort or other filters
 */
export async function listTenants(
  tx: PlatformTx,
  { limit, sort, cursor, ...filters }: TenantList,
): Promise<{ tenants: ListedTenant[]; next_cursor: string | null }> {
  const direction = sort.startsWith('-') ? 'desc' : 'asc'
  const isByName = sort.endsWith('name')
  const sorted = isByName ? sql`tenants.name collate "C"` : sql.ref('tenants.created_at')
  const { metadata = {}, ...others } = filters
  const bound = bindCursor(sort, { ...others, ...members(metadata) })
  let query = selectFiltered(tx, filters)
  if (cursor !== undefined) {
    const after = decodeCursor(cursor, bound, isByName ? 'text' : 'instant', tenantIdPattern)
    const value = isByName ? sql`${after.value}::text` : sql`${after.value}::timestamptz`
    const than = sql.raw(direction === 'desc' ? '<' : '>')
    query = query.where(sql<SqlBool>`(${sorted}, tenants.tenant_id) ${than} (${value}, ${after.id})`)
  }
  const rows = await query
    .select(['tenants.tenant_id', 'tenants.name', 'tenants.status', 'tenants.plan', 'tenants.region'])
    .select(['tenants.created_at', 'tenants.trial_ends_at'])
    .select(
      sql<number>`(select count(*)::int from memberships
        where memberships.tenant_id = tenants.tenant_id and memberships.status = 'active')`.as('users'),
    )
    .orderBy(sorted, direction)
    .orderBy('tenants.tenant_id', direction)
    .limit(sql.lit(limit + 1))
    .execute()
  const page = toPage(rows as ListedTenant[], limit, (tenant) =>
    encodeCursor(bound, {
      value: isByName ? tenant.name : tenant.created_at.toISOString(),
      id: tenant.tenant_id,
    }),
  )
  return { tenants: page.data, next_cursor: page.next_cursor }
}

/** Counts the tenants by status. */
export async function countTenants(tx: PlatformTx): Promise<TenantCounts> {
  const rows = await tx
    .selectFrom('tenants')
    .select(['status', sql<number>`count(*)::int`.as('n')])
    .where('tenant_id', '<>', 'system-default')
    .where('status', '<>', 'DELETED')
    .groupBy('status')
    .execute()
  const of = (status: TenantStatus) => rows.find((row) => row.status === status)?.n ?? 0
  return {
    total: rows.reduce((sum, { n }) => sum + n, 0),
    pending: of('PENDING'),
    active: of('ACTIVE'),
    trial: of('TRIAL'),
    suspended: of('SUSPENDED'),
    cancelled: of('CANCELLED'),
  }
}

const tenantIdPattern = /^[a-z0-9][a-z0-9-]{0,39}$/

function members(metadata: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(metadata).map(([key, text]) => [`metadata.${key}`, text]))
}

function selectFiltered(tx: PlatformTx, { status, plan, region, q, metadata = {} }: TenantFilters) {
  let query = tx.selectFrom('tenants').where('tenants.tenant_id', '<>', 'system-default')
  query =
    status === undefined
      ? query.where('tenants.status', '<>', 'DELETED')
      : query.where('tenants.status', '=', status)
  if (plan !== undefined) query = query.where('tenants.plan', '=', plan)
  if (region !== undefined) query = query.where('tenants.region', '=', region)
  if (q !== undefined) {
    const holds = (text: RawBuilder<unknown>, part: RawBuilder<unknown>) =>
      // In a subquery: it is asked once, and not for each tenant.
      sql<SqlBool>`strpos(${text}, (select ${part})) > 0`
    query = query.where(({ or }) =>
      or([
        ...['tenants.tenant_id', 'tenants.company_email', 'tenants.admin_email'].map((column) =>
          holds(sql`lower(${sql.ref(column)})`, sql`lower(${q})`),
        ),
        holds(withoutAccents(sql.ref('tenants.name')), withoutAccents(sql`${q}::text`)),
      ]),
    )
  }
  for (const [key, text] of Object.entries(metadata)) {
    const wanted = valuesOf(text).map((value) => JSON.stringify({ [key]: value }))
    query = query.where(sql<SqlBool>`tenants.metadata @> any (${wanted}::jsonb[])`)
  }
  return query
}

/** A text in lower case, its letters without the marks that Unicode lets take off. */
function withoutAccents(text: RawBuilder<unknown>): RawBuilder<string> {
  return sql`lower(regexp_replace(normalize(${text}, nfkd), '[\\u0300-\\u036f]+', '', 'g'))`
}

/** What a text in a query can stand for: itself, and the number or boolean that JSON writes so. */
function valuesOf(text: string): (string | number | boolean)[] {
  if (text === 'true' || text === 'false') return [text, text === 'true']
  const number = Number(text)
  return Number.isFinite(number) && String(number) === text ? [text, number] : [text]
}
