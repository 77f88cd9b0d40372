/**
 * Queries on pg_catalog, each giving one column `line`. A role's name stands in « » so that it can be told from
 * other words. Left out on purpose: NOT NULL constraints as rows of pg_constraint and the privilege MAINTAIN,
 * which older versions do not have; what an owner may do with its own things.
 */

/** Grants in `acl`, one line per grantee, ready for `on`. */
function grants(acl: string, owner: string, on: string): string {
  return `(
    select string_agg(format(E'\\ngrant %s on %s to %s;', privileges, ${on}, grantee), '' order by grantee)
    from (
      select case when a.grantee = 0 then 'public' else '«' || pg_get_userbyid(a.grantee) || '»' end as grantee,
        string_agg(lower(a.privilege_type) || case when a.is_grantable then ' with grant option' else '' end,
          ', ' order by a.privilege_type) as privileges
      from aclexplode(${acl}) a
      where a.grantee <> ${owner} and a.privilege_type <> 'MAINTAIN'
      group by a.grantee
    ) g
  )`
}

const schemas = `
  select format('-- schema %I, owner «%s»', n.nspname, pg_get_userbyid(n.nspowner)) || coalesce(${grants(
    `coalesce(n.nspacl, acldefault('n', n.nspowner))`,
    'n.nspowner',
    `format('schema %I', n.nspname)`,
  )}, '') as line
  from pg_namespace n
  where n.nspname in ('public', 'app', 'graphile_worker')
  order by n.nspname`

const defaultPrivileges = `
  select format('-- functions made by «%s» in %s are %s', pg_get_userbyid(d.defaclrole),
    coalesce('schema ' || quote_ident(n.nspname), 'any schema'),
    case when exists (select from aclexplode(d.defaclacl) a where a.grantee = 0)
      then 'open to public' else 'closed to public' end) as line
  from pg_default_acl d left join pg_namespace n on n.oid = d.defaclnamespace
  where d.defaclobjtype = 'f' and pg_get_userbyid(d.defaclrole) in
    (select pg_get_userbyid(relowner) from pg_class where relnamespace = 'public'::regnamespace)
  order by 1`

const columns = `(
  select string_agg(
    format(E'  %I %s', a.attname, format_type(a.atttypid, a.atttypmod)) ||
    case when a.attcollation <> t.typcollation then format(' collate %I', l.collname) else '' end ||
    case when a.attnotnull then ' not null' else '' end ||
    case when a.attidentity <> '' then ' generated as identity' else '' end ||
    case when a.attgenerated <> '' then ' generated always as (' when d.adbin is not null then ' default ' else '' end ||
    coalesce(pg_get_expr(d.adbin, d.adrelid), '') ||
    case when a.attgenerated <> '' then ')' else '' end,
    E',\\n' order by a.attnum)
  from pg_attribute a
  join pg_type t on t.oid = a.atttypid
  left join pg_collation l on l.oid = a.attcollation
  left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
  where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
)`

const constraints = `(
  select string_agg(format(E',\\n  constraint %I %s', k.conname, pg_get_constraintdef(k.oid)), ''
    order by strpos('pufcx', k.contype::text), k.conname)
  from pg_constraint k
  where k.conrelid = c.oid and k.contype in ('p', 'u', 'f', 'c', 'x')
)`

const indexes = `(
  select string_agg(E'\\n' || pg_get_indexdef(i.indexrelid) || ';', '' order by i.indexrelid::regclass::text)
  from pg_index i
  where i.indrelid = c.oid and not exists (select from pg_constraint k where k.conindid = i.indexrelid)
)`

const triggers = `(
  select string_agg(E'\\n' || pg_get_triggerdef(g.oid) || ';', '' order by g.tgname)
  from pg_trigger g
  where g.tgrelid = c.oid and not g.tgisinternal
)`

const policies = `(
  select string_agg(format(E'\\ncreate policy %I on %s as %s for %s to %s%s%s;', p.polname, c.oid::regclass,
    case when p.polpermissive then 'permissive' else 'restrictive' end,
    case p.polcmd when '*' then 'all' when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update'
      else 'delete' end,
    (select string_agg(case when r = 0 then 'public' else '«' || pg_get_userbyid(r) || '»' end, ', ' order by r)
      from unnest(p.polroles) r),
    ' using (' || pg_get_expr(p.polqual, p.polrelid) || ')',
    ' with check (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')'), '' order by p.polname)
  from pg_policy p
  where p.polrelid = c.oid
)`

const columnGrants = `(
  select string_agg(format(E'\\ngrant %s (%s) on %s to %s;', privilege, names, c.oid::regclass, grantee), ''
    order by grantee, privilege)
  from (
    select case when a.grantee = 0 then 'public' else '«' || pg_get_userbyid(a.grantee) || '»' end as grantee,
      lower(a.privilege_type) as privilege,
      string_agg(quote_ident(t.attname), ', ' order by t.attname) as names
    from pg_attribute t, aclexplode(t.attacl) a
    where t.attrelid = c.oid and not t.attisdropped
    group by a.grantee, a.privilege_type
  ) g
)`

const tables = `
  select format(E'-- owner «%s»\\ncreate %s %s (\\n%s%s\\n)%s;', pg_get_userbyid(c.relowner),
      case when c.relpersistence = 'u' then 'unlogged table' else 'table' end, c.oid::regclass,
      ${columns}, ${constraints},
      case when c.relkind = 'p' then ' partition by ' || pg_get_partkeydef(c.oid) else '' end ||
      coalesce(' partition of ' || (select inhparent::regclass from pg_inherits where inhrelid = c.oid) || ' ' ||
        pg_get_expr(c.relpartbound, c.oid), '')) ||
    coalesce(${indexes}, '') || coalesce(${triggers}, '') ||
    case when c.relrowsecurity then format(E'\\nalter table %s enable row level security;', c.oid::regclass) else '' end ||
    case when c.relforcerowsecurity then format(E'\\nalter table %s force row level security;', c.oid::regclass) else '' end ||
    coalesce(${policies}, '') ||
    coalesce(${grants(`coalesce(c.relacl, acldefault('r', c.relowner))`, 'c.relowner', 'c.oid::regclass')}, '') ||
    coalesce(${columnGrants}, '') as line
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where n.nspname in ('public', 'app') and c.relkind in ('r', 'p')
  order by n.nspname, c.relname`

const viewsAndSequences = `
  select case when c.relkind = 'S' then format('create sequence %s;', c.oid::regclass)
    else format(E'create view %s as\\n%s', c.oid::regclass, pg_get_viewdef(c.oid)) end ||
    coalesce(${grants(`coalesce(c.relacl, acldefault(case when c.relkind = 'S' then 's' else 'r' end::"char", c.relowner))`, 'c.relowner', 'c.oid::regclass')}, '') as line
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where n.nspname in ('public', 'app') and c.relkind in ('v', 'm', 'S')
  order by n.nspname, c.relname`

const functions = `
  select format(E'-- owner «%s»\\n', pg_get_userbyid(p.proowner)) || rtrim(pg_get_functiondef(p.oid), E'\\n') || ';' ||
    coalesce(${grants(
      `coalesce(p.proacl, acldefault('f', p.proowner))`,
      'p.proowner',
      `format('function %s', p.oid::regprocedure)`,
    )}, '') as line
  from pg_proc p join pg_namespace n on n.oid = p.pronamespace
  where n.nspname in ('public', 'app') or (n.nspname, p.proname) = ('graphile_worker', 'enqueue_job')
  order by n.nspname, p.oid::regprocedure::text`

export const catalogQueries = [schemas, defaultPrivileges, tables, viewsAndSequences, functions]
