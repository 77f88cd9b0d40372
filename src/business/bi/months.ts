import { sql } from 'kysely'
import { z } from 'zod'
import type { TenantQueryBuilder } from '../../db/database.ts'
import { AppError } from '../../errors.ts'

/** Whole months of a tenant's calendar. */
export interface Months {
  /** The first and the last, such as 2026-03. */
  from: string
  to: string
  /** The first day of the first, and the first behind the last. */
  firstDay: string
  dayAfter: string
  timeZone: string
}

const month = z.string().regex(/^(?!0000)\d{4}-(0[1-9]|1[0-2])$/, 'should be a month such as 2026-03')
const mostMonths = 120

/** Which months a report is of: the last twelve with the present one, unless it is asked for others. */
export const monthsQuery = z.strictObject({ from: month.optional(), to: month.optional() })

/** The tenant's time zone, and the month that it is there, as one row. */
export function calendarQuery(queries: TenantQueryBuilder, now: Date) {
  return queries
    .selectFrom('tenant_settings')
    .select('time_zone')
    .select(sql<string>`to_char(${now}::timestamptz at time zone time_zone, 'YYYY-MM')`.as('this_month'))
}

/**
 * The months that are asked for.
 * @throws AppError 400 `invalid_request` when there are none or more than 120
 */
export function readMonths(
  asked: z.output<typeof monthsQuery>,
  calendar: { time_zone: string; this_month: string },
): Months {
  const last = countOf(asked.to ?? calendar.this_month)
  const first = asked.from === undefined ? Math.max(last - 11, 12) : countOf(asked.from)
  if (first > last || last - first >= mostMonths) {
    const errors = [{ path: 'query.from', message: 'should be up to 120 months that end with to' }]
    throw new AppError('invalid_request', { errors })
  }
  const [from, to, after] = [first, last, last + 1].map(nameOf) as [string, string, string]
  return { from, to, firstDay: `${from}-01`, dayAfter: `${after}-01`, timeZone: calendar.time_zone }
}

const countOf = (name: string) => Number(name.slice(0, 4)) * 12 + Number(name.slice(5)) - 1
const nameOf = (count: number) =>
  `${String(Math.floor(count / 12)).padStart(4, '0')}-${String((count % 12) + 1).padStart(2, '0')}`
