import { kinds, recordKinds } from './kinds.ts'
import type { KindName, Model, Operation, Row, Tenant } from './model.ts'
import { tenantOf } from './model.ts'
import type { Step } from './steps.ts'

/** What a list is asked for. */
export interface ListOf {
  kind: KindName
  limit: number
  sort?: string
  filter?: [name: string, value: string]
  isOfDeleted?: boolean
}

/** Columns that lists leave out. */
const large: Partial<Record<KindName, string>> = { workflows: 'definition', invoices: 'lines' }

/** The rows of a list, all pages together: the newest first unless it is sorted; of the same by their ids. */
function rowsOf(tenant: Tenant, { kind, sort = '-created_at', filter, isOfDeleted = false }: ListOf) {
  const [column, factor] = sort.startsWith('-') ? [sort.slice(1), -1] : [sort, 1]
  const order = (one: unknown, other: unknown) =>
    one === other ? 0 : (one as string) < (other as string) ? -1 : 1
  return [...tenant.rows[kind].values()]
    .filter(({ isDeleted }) => isDeleted === isOfDeleted)
    .map(({ shown }): Row['shown'] => shown)
    .filter((row) => !filter || String(row[filter[0]]) === filter[1])
    .sort((one, other) => factor * (order(one[column], other[column]) || order(one.id, other.id)))
    .map(({ [large[kind] ?? '']: _, ...row }) => row)
}

/** A list from its first page to its last. */
export function listPage(model: Model, tenant: Tenant, list: ListOf, from = 0, cursor?: string): Operation {
  const { kind, limit, sort, filter, isOfDeleted } = list
  const query = new URLSearchParams({
    limit: String(limit),
    ...(sort && { sort }),
    ...(filter && { [filter[0]]: filter[1] }),
    ...(isOfDeleted && { deleted: 'true' }),
    ...(cursor && { cursor }),
  })
  const module = kind === 'invoices' ? 'accounting' : kinds[kind].module
  return {
    method: 'GET',
    path: `/v1/${kind}?${query}`,
    needs: { role: 'viewer', module },
    rule() {
      const rows = rowsOf(tenant, list)
      const isLast = from + limit >= rows.length
      return {
        status: 200,
        body: { data: rows.slice(from, from + limit), ...(isLast && { next_cursor: null }) },
        next: ({ next_cursor }) =>
          isLast ? undefined : listPage(model, tenant, list, from + limit, String(next_cursor)),
      }
    },
  }
}

const listing: Step = {
  name: 'list records',
  weight: 7,
  plan(model, draw, caller) {
    const tenant = tenantOf(caller)
    const kind = draw.oneOf(recordKinds)
    const { sort, filter, isSoft } = kinds[kind]
    const values = [...tenant.rows[kind].values()]
      .map(({ shown }) => shown[filter])
      .filter((value) => value !== null)
    return listPage(model, tenant, {
      kind,
      limit: 2 + draw.below(4),
      ...(draw.once(3) && { sort: draw.oneOf([sort, `-${sort}`]) }),
      ...(draw.once(3) && values.length > 0 && { filter: [filter, String(draw.oneOf(values))] }),
      isOfDeleted: isSoft && draw.once(3),
    })
  },
}

export const listSteps = [listing]
