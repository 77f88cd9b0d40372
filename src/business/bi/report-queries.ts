import { type SqlBool, sql } from 'kysely'
import type { TenantQueryBuilder } from '../../db/database.ts'
import type { Months } from './months.ts'

// Sums are read digit by digit; what is grouped by is named by its number, since it may hold parameters, of which no two
// are the same to PostgreSQL.
const first = sql<never>`1`
const second = sql<never>`2`
const digits = (sum: ReturnType<typeof sql>) => sql<string>`coalesce(${sum}, 0)::text`
const count = (condition = sql`true`) => sql<number>`(count(*) filter (where ${condition}))::float8`

const isWithin = (column: string, { firstDay, dayAfter, timeZone }: Months) => {
  const midnight = (day: string) => sql`${day}::timestamp at time zone ${timeZone}`
  return sql<SqlBool>`${sql.ref(column)} >= ${midnight(firstDay)} and ${sql.ref(column)} < ${midnight(dayAfter)}`
}
const monthOf = (column: string, { timeZone }: Months) =>
  sql<string>`to_char(${sql.ref(column)} at time zone ${timeZone}, 'YYYY-MM')`.as('month')

/** Invoices by the month they were issued in, and by that in which they were paid, but for those that are void. */
export function salesQuery(queries: TenantQueryBuilder, { firstDay, dayAfter }: Months) {
  const those = (day: 'issued_on' | 'paid_on') =>
    queries
      .selectFrom('invoices')
      .select(['currency', 'total_cents', sql<string>`to_char(${sql.ref(day)}, 'YYYY-MM')`.as('month')])
      .select(sql.lit(day).as('day'))
      .where('status', '<>', 'void')
      .where(sql<SqlBool>`${sql.ref(day)} >= ${firstDay}::date and ${sql.ref(day)} < ${dayAfter}::date`)
  const issued = sql`day = 'issued_on'`
  const paid = sql`day = 'paid_on'`
  return queries
    .selectFrom(those('issued_on').unionAll(those('paid_on')).as('events'))
    .select(['month', 'currency'])
    .select([
      count(issued).as('issued_count'),
      digits(sql`sum(total_cents) filter (where ${issued})`).as('issued_cents'),
      count(paid).as('paid_count'),
      digits(sql`sum(total_cents) filter (where ${paid})`).as('paid_cents'),
    ])
    .groupBy(['month', 'currency'])
    .orderBy('month')
    .orderBy('currency')
}

/** Deals by the month since which they are won or lost. */
export function closedDealsQuery(queries: TenantQueryBuilder, months: Months) {
  const won = sql`stage = 'won'`
  const lost = sql`stage = 'lost'`
  return queries
    .selectFrom('deals')
    .select([monthOf('closed_at', months), 'currency'])
    .select([
      count(won).as('won_count'),
      digits(sql`sum(amount_cents) filter (where ${won})`).as('won_cents'),
      count(lost).as('lost_count'),
      digits(sql`sum(amount_cents) filter (where ${lost})`).as('lost_cents'),
    ])
    .where('deleted_at', 'is', null)
    .where(isWithin('closed_at', months))
    .groupBy([first, second])
    .orderBy(first)
    .orderBy(second)
}

/** Runs of workflows by the month they began in, with how long those that ended took on average. */
export function executionsQuery(queries: TenantQueryBuilder, months: Months) {
  return queries
    .selectFrom('workflow_executions')
    .innerJoin('workflows', (join) =>
      join
        .onRef('workflows.tenant_id', '=', 'workflow_executions.tenant_id')
        .onRef('workflows.id', '=', 'workflow_executions.workflow_id'),
    )
    .select([monthOf('started_at', months), 'workflow_id', 'workflows.name as workflow_name'])
    .select([
      count().as('count'),
      count(sql`status = 'succeeded'`).as('succeeded'),
      count(sql`status = 'failed'`).as('failed'),
      sql<number | null>`round(avg(duration_ms))::float8`.as('average_duration_ms'),
    ])
    .where(isWithin('started_at', months))
    .groupBy([first, second, 'workflows.name'])
    .orderBy(first)
    .orderBy('workflows.name')
    .orderBy(second)
}

/** Documents by the month they were made in, with what they take of the storage. */
export function documentsQuery(queries: TenantQueryBuilder, months: Months) {
  return queries
    .selectFrom('knowledge_documents')
    .select(monthOf('created_at', months))
    .select([count().as('count'), digits(sql`sum(content_bytes)`).as('bytes')])
    .where(isWithin('created_at', months))
    .groupBy(first)
    .orderBy(first)
}

/** Articles by the month they were made in, and by that in which they were published. */
export function articlesQuery(queries: TenantQueryBuilder, months: Months) {
  const those = (instant: 'created_at' | 'published_at') =>
    queries
      .selectFrom('articles')
      .select([monthOf(instant, months), sql.lit(instant).as('instant')])
      .where(isWithin(instant, months))
  return queries
    .selectFrom(those('created_at').unionAll(those('published_at')).as('events'))
    .select('month')
    .select([
      count(sql`instant = 'created_at'`).as('made'),
      count(sql`instant = 'published_at'`).as('published'),
    ])
    .groupBy('month')
    .orderBy('month')
}
