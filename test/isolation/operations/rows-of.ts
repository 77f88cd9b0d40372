import type { Platform } from '../../support/platform.ts'

/** The tables whose rows belong to a tenant, or speak of one, by the column that says of which. */
interface Tables {
  name: string
  column: 'tenant_id' | 'subject_tenant_id'
  hasId: boolean
}

function tablesOf({ sql }: Platform): Promise<Tables[]> {
  return sql(`
    select relname as name, a.attname as column, exists (
      select from pg_attribute i where i.attrelid = c.oid and i.attname = 'id' and i.atttypid = 'uuid'::regtype
    ) as "hasId"
    from pg_class c join pg_attribute a on a.attrelid = c.oid and not attisdropped
    where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition
      and a.attname in ('tenant_id', 'subject_tenant_id')
    order by relname`) as Promise<Tables[]>
}

/** The ids of a tenant's rows and of its people. */
export async function idsOf(platform: Platform, tenantId: string): Promise<Set<string>> {
  const tables = (await tablesOf(platform)).filter(({ column, hasId }) => column === 'tenant_id' && hasId)
  const parts = tables.map(({ name }) => `select id::text from ${name} where tenant_id = $1`)
  parts.push('select user_id::text from memberships where tenant_id = $1')
  const rows = await platform.sql(parts.join(' union '), [tenantId], tenantId)
  return new Set(rows.map(({ id }) => id))
}

/**
 * Prepares to look at all rows of a tenant, of its people and their sessions. A look tells of each table how many there
 * are, and by which transactions each was written last: also a change to the same values is one.
 * @param sharedUserId a person who belongs elsewhere, too, and is looked at as a member only
 */
export async function createLook(platform: Platform, tenantId: string, sharedUserId: string) {
  const people = `select user_id from memberships where tenant_id = $1 and user_id <> '${sharedUserId}'`
  const chosen = [
    ...(await tablesOf(platform)).map(({ name, column }) => ({ name, where: `${column} = $1` })),
    { name: 'users', where: `id in (${people})` },
    { name: 'sessions', where: `user_id in (${people})` },
  ]
  const parts = chosen.map(
    ({ name, where }) =>
      `select '${name}' as name, count(*) || ' ' || coalesce(sum(xmin::text::bigint), 0) as rows from ${name} where ${where}`,
  )
  const query = parts.join(' union all ')
  return async function look(): Promise<Map<string, string>> {
    const rows = await platform.sql(query, [tenantId], tenantId)
    return new Map(rows.map(({ name, rows }) => [name, rows]))
  }
}

/** What is otherwise in the second look. */
export function differenceOf(before: Map<string, string>, after: Map<string, string>): string[] {
  return [...after].filter(([name, rows]) => before.get(name) !== rows).map(([name]) => name)
}
