import { randomUUID } from 'node:crypto'
import type pg from 'pg'
import { findForeignKeys, findTables } from '../../isolation/catalogue.ts'
import { type Row, rowFactories } from '../../isolation/rows.ts'
import { insertInto } from '../../isolation/world.ts'

/** The tenant that has most of the rows, and one of those that have one of each. */
export const tenants = { big: 'big', small: 'small-1' }

/** How many rows there are per table: of the big tenant, and of each of so many small ones. */
export interface Sizes {
  big: number
  small: number
  smallTenants: number
}

/** What one column of a copied row holds. */
interface Column {
  name: string
  type: string
  /** In a unique key, where two rows of one tenant have to differ. */
  isUnique: boolean
  /** The tenant-owned table whose ids it holds. */
  target?: string
}

/** The tenant whose rows are copied; it has one of each. */
const pattern = 'pattern'
/** Names of ours, not words of theirs: all tenants have the same few. */
const names = [
  'usage_days.metric',
  'usage_events.metric',
  'audit_entries.action',
  'audit_entries.object_type',
]
/** So many rows a tenant has at most, however big it is. */
const atMost: Record<string, number> = { limit_counters: 8 }
/** So many rows of one tenant refer to the same row. */
const perReference = 4

/**
 * Fills a migrated database with tenants of very different sizes: one row of each tenant-owned table is made as the
 * attacks on isolation make theirs, and copied with other ids and other words.
 * @param admin a superuser, since triggers, foreign keys and checks are left aside while it fills
 * @throws Error when there is a tenant-owned table that no row can be made for
 */
export async function fillSkewed(admin: pg.Client, sizes: Sizes): Promise<void> {
  await admin.query(`set session_replication_role = replica; set synchronous_commit = off`)
  await dropChecks(admin)
  const tables = (await findTables(admin)).filter(({ root }) => root === undefined)
  const ids = new Map(tables.map(({ name }) => [name, randomUUID()]))
  const owner = {
    tenantId: pattern,
    canary: pattern,
    userId: randomUUID(),
    idOf: (table: string) => ids.get(table) ?? '',
  }
  await admin.query(
    `create temporary table filled as
      select $1::text collate "C" as tenant_id, $2::int as rows
      union all select 'small-' || n, $3::int from generate_series(1, $4::int) n`,
    [tenants.big, sizes.big, sizes.small, sizes.smallTenants],
  )
  const columns = await findColumns(admin)
  const single = await findSingleRowTables(admin)
  for (const { name, key } of tables) {
    const factory = rowFactories[name]
    if (!factory) throw new Error(`test/isolation/rows.ts has no row for ${name}: add one`)
    const id = key === 'id' ? { id: owner.idOf(name) } : {}
    const row: Row = { tenant_id: pattern, ...id, ...factory(owner) }
    await admin.query(insertInto(name, row))
    await admin.query(copyRow(name, row, columns.get(name) ?? [], single))
  }
  await fillPeople(admin)
  await admin.query('set session_replication_role = origin')
  await admin.query('vacuum analyze')
}

/** A copy of a word need not be one that the column allows, and no plan depends on it. */
async function dropChecks(admin: pg.Client): Promise<void> {
  const { rows } = await admin.query(
    `select format('alter table %s drop constraint %I', conrelid::regclass, conname) as text
      from pg_constraint where contype = 'c' and connamespace = 'public'::regnamespace and conrelid <> 0`,
  )
  await admin.query(rows.map(({ text }) => text).join(';'))
}

async function findColumns(admin: pg.Client): Promise<Map<string, Column[]>> {
  const keys = await findForeignKeys(admin)
  const { rows } = await admin.query(`
    select a.attrelid::regclass::text as table, a.attname as name, format_type(a.atttypid, null) as type,
      exists (select from pg_index i
        where i.indrelid = a.attrelid and i.indisunique and a.attnum = any (i.indkey)) as "isUnique"
    from pg_attribute a join pg_class c on c.oid = a.attrelid and c.relkind in ('r', 'p')
    where c.relnamespace = 'public'::regnamespace and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''`)
  const columns = new Map<string, Column[]>()
  for (const { table, ...column } of rows) {
    const key = keys.find((each) => each.table === table && each.columns.includes(column.name))
    const place = key?.columns.indexOf(column.name) ?? -1
    const target = key?.targetColumns[place] === 'id' ? { target: key.target } : {}
    columns.set(table, [...(columns.get(table) ?? []), { ...column, ...target }])
  }
  return columns
}

/** Tables with at most one row per tenant. */
async function findSingleRowTables(admin: pg.Client): Promise<Set<string>> {
  const { rows } = await admin.query(`
    select i.indrelid::regclass::text as name from pg_index i
    join pg_attribute a on a.attrelid = i.indrelid and a.attname = 'tenant_id' and not a.attisdropped
    where i.indisunique and i.indnkeyatts = 1 and i.indkey[0] = a.attnum and i.indpred is null`)
  return new Set(rows.map(({ name }) => name))
}

function copyRow(table: string, row: Row, columns: Column[], single: Set<string>): string {
  const copied = columns.filter(({ name }) => name in row)
  const values = copied.map((column) => otherValue(table, column, row[column.name], single))
  return `insert into ${table} (${copied.map(({ name }) => `"${name}"`).join(', ')})
    select ${values.join(', ')} from ${table} r, filled f, generate_series(1, ${rowsOf(table, single)}) n
    where r.tenant_id = '${pattern}'`
}

/** How many rows of a table the tenant f has. */
function rowsOf(table: string, single: Set<string>): string {
  return single.has(table) ? '1' : `least(f.rows, ${atMost[table] ?? 'f.rows'})`
}

/** The value of a column in copy n of the row r, for tenant f.tenant_id, as SQL. */
function otherValue(table: string, column: Column, value: unknown, single: Set<string>): string {
  const { name, type, isUnique, target } = column
  if (name === 'tenant_id') return 'f.tenant_id'
  if (value === null) return 'null'
  if (target) {
    const place = single.has(target) ? '1' : isUnique ? 'n' : `1 + n / ${perReference}`
    return idOf(target, place)
  }
  if (name === 'id') return idOf(table, 'n')
  if (type === 'timestamp with time zone') return `r."${name}" + n * interval '1 minute'`
  const isWord = type === 'text' && typeof value === 'string' && value.includes(pattern)
  const isName = names.includes(`${table}.${name}`)
  if (isName || (!isUnique && !isWord)) return `r."${name}"`
  if (type === 'text') return `r."${name}" || '-' || n`
  if (type === 'uuid') return idOf(name, 'n')
  if (type === 'bytea') return `sha256(convert_to(f.tenant_id || n, 'UTF8'))`
  if (['date', 'integer', 'bigint', 'real', 'numeric'].includes(type)) return `r."${name}" + n`
  throw new Error(`skewed-database.ts makes no other ${type} for ${table}.${name}`)
}

function idOf(table: string, place: string): string {
  return `md5('${table} ' || f.tenant_id || ' ' || ${place})::uuid`
}

/** Everybody has signed up, and the members are signed in. */
async function fillPeople(admin: pg.Client): Promise<void> {
  await admin.query(`
    insert into users (id, email, password_hash, first_name, last_name, locale, password_changed_at, terms_accepted_at,
        privacy_accepted_at, created_at, updated_at)
      select user_id, user_id || '@example.com', '', 'Ada', 'Lovelace', 'en', created_at, created_at, created_at,
        created_at, updated_at from memberships;
    insert into sessions (id, user_id, subject_tenant_id, membership_id, lookup_hash, token_hash, rotated_at, created_at,
        expires_at)
      select id, user_id, tenant_id, id, sha256(id::text::bytea), sha256(id::text::bytea), created_at, created_at,
        created_at + interval '1 day' from memberships`)
}
