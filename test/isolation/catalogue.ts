import type pg from 'pg'
import type { Row } from './rows.ts'

/** A tenant-owned table as the catalogue describes it, with acme's and globex's row in it. */
export interface OwnedTable {
  name: string
  /** What identifies a row within a tenant: id, or tenant_id where there is none. */
  key: string
  primaryKey: string[]
  /** The table that it is a partition of. */
  root?: string
  mine: Row
  theirs: Row
}

/** Every table with a tenant_id, those first that others refer to. */
export async function findTables(admin: pg.Client): Promise<OwnedTable[]> {
  const { rows } = await admin.query(`
    with recursive owned as (
      select c.oid, c.relname, c.relispartition,
        exists (select from pg_attribute where attrelid = c.oid and attname = 'id') as has_id
      from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id' and not attisdropped
      where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
    ), depths as (
      select oid, 0 as depth from owned
      union
      select k.conrelid, d.depth + 1 from depths d
      join pg_constraint k on k.confrelid = d.oid and k.contype = 'f' and k.conrelid <> d.oid
    )
    select relname as name, case when has_id then 'id' else 'tenant_id' end as key,
      case when relispartition then (select r.relname from pg_class r where r.oid = pg_partition_root(o.oid)) end as root,
      array(select attname::text from pg_index i
        join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any(i.indkey)
        where i.indrelid = o.oid and i.indisprimary) as "primaryKey"
    from owned o order by (select max(depth) from depths d where d.oid = o.oid), relname`)
  return rows.map(({ root, ...table }) => (root === null ? table : { ...table, root }))
}

/** A foreign key of a tenant-owned table, its columns in pairs. */
export interface ForeignKey {
  name: string
  table: string
  columns: string[]
  target: string
  targetColumns: string[]
  /** PostgreSQL's letter for what a delete does: a(ction none), r(estrict), c(ascade), n(ull), d(efault). */
  onDelete: string
}

/** Every foreign key of a tenant-owned table, whatever it refers to; of partitioned tables only their own. */
export async function findForeignKeys(admin: pg.Client): Promise<ForeignKey[]> {
  const names = (relation: string, keys: string) => `array(select a.attname::text
    from unnest(k.${keys}) with ordinality u (num, place)
    join pg_attribute a on a.attrelid = k.${relation} and a.attnum = u.num order by u.place)`
  const { rows } = await admin.query(`
    select k.conname as name, k.conrelid::regclass::text as table, ${names('conrelid', 'conkey')} as columns,
      k.confrelid::regclass::text as target, ${names('confrelid', 'confkey')} as "targetColumns",
      k.confdeltype as "onDelete"
    from pg_constraint k
    join pg_attribute t on t.attrelid = k.conrelid and t.attname = 'tenant_id' and not t.attisdropped
    where k.contype = 'f' and k.conparentid = 0 and k.connamespace = 'public'::regnamespace order by 2, 1`)
  return rows
}

/** A unique key of a tenant-owned table, and what says whether globex's row is in it, nulls and predicate considered. */
export interface UniqueKey {
  name: string
  table: string
  isThere: string
}

/** Every unique index of a tenant-owned table: primary keys, constraints, partial ones and those of expressions. */
export async function findUniqueKeys(admin: pg.Client): Promise<UniqueKey[]> {
  const { rows } = await admin.query(`
    select i.indexrelid::regclass::text as name, i.indrelid::regclass::text as table,
      format('select exists (select from %s where tenant_id = ''globex'' and (%s) and %s) as is_there',
        i.indrelid::regclass, coalesce(pg_get_expr(i.indpred, i.indrelid), 'true'),
        (select string_agg(format('(%s) is not null', pg_get_indexdef(i.indexrelid, n, true)), ' and ')
          from generate_series(1, i.indnkeyatts) n)) as "isThere"
    from pg_index i
    join pg_class c on c.oid = i.indrelid and c.relnamespace = 'public'::regnamespace and not c.relispartition
    join pg_attribute t on t.attrelid = i.indrelid and t.attname = 'tenant_id' and not t.attisdropped
    where i.indisunique order by 2, 1`)
  return rows
}

/** A function that a role may call, and the types that it takes, as PostgreSQL writes them. */
export interface CallableFunction {
  name: string
  types: string[]
  /** What it compares with and writes down: the strings in its source. */
  words: string[]
  /** It runs with the rights of its owner. */
  isDefiner: boolean
}

/** Every function, but those of PostgreSQL itself and of triggers, that this connection's role may execute. */
export async function findFunctions(client: pg.Client): Promise<CallableFunction[]> {
  const { rows } = await client.query(`
    select format('%I.%I', n.nspname, p.proname) as name, p.prosecdef as "isDefiner",
      array(select distinct m[1] from regexp_matches(p.prosrc, '''([^'']+)''', 'g') m order by 1) as words,
      array(select format_type(t, null) from unnest(p.proargtypes) with ordinality u (t, place) order by place) as types
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where n.nspname not in ('pg_catalog', 'information_schema') and p.prorettype <> 'trigger'::regtype
      and has_schema_privilege(n.oid, 'usage') and has_function_privilege(p.oid, 'execute') order by 1, 3`)
  return rows
}

/** Views, materialized views, foreign tables and sequences, and whether this connection's role may read them. */
export async function findOtherRelations(
  client: pg.Client,
): Promise<{ name: string; kind: string; isReadable: boolean }[]> {
  const { rows } = await client.query(`
    select format('%I.%I', n.nspname, c.relname) as name, c.relkind as kind,
      case c.relkind when 'S' then has_sequence_privilege(c.oid, 'usage, select, update')
        else has_table_privilege(c.oid, 'select') or has_any_column_privilege(c.oid, 'select') end as "isReadable"
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('v', 'm', 'f', 'S') and n.nspname not in ('pg_catalog', 'information_schema')
      and n.nspname !~ '^pg_t' order by 1`)
  return rows
}

/** One statement that gives a hash of whatever is not acme's in each table that this connection may read. */
export async function composeFingerprints(admin: pg.Client): Promise<string> {
  const { rows } = await admin.query(`
    select format('select %L as name, md5(coalesce(string_agg(t::text, E''\\n'' order by t::text), '''')) as hash from %s t
        where %s', c.oid::regclass, c.oid::regclass,
      coalesce((select format('%I is distinct from ''acme''', a.attname) from pg_attribute a
        where a.attrelid = c.oid and a.attname in ('tenant_id', 'subject_tenant_id') and not a.attisdropped
        order by a.attname limit 1),
        case c.relname when '_private_jobs' then 'payload ->> ''tenant_id'' is distinct from ''acme''' end, 'true')) as text
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where (n.nspname in ('public', 'app') or c.relname = '_private_jobs') and c.relkind in ('r', 'p')
      and not c.relispartition
      and has_schema_privilege(n.oid, 'usage') and has_table_privilege(c.oid, 'select')
    order by c.oid::regclass::text`)
  return rows.map(({ text }) => text).join('\nunion all ')
}
