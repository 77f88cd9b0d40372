-- fatal at the start: A table of tenants' data without the tenant's column has no policy, and one that is wide open looks
-- the same. What belongs to nobody is listed.
select format('%s has no %s and is none of the global tables', c.oid::regclass, :'tenant_column') as problem
from pg_class c
join pg_namespace n on n.oid = c.relnamespace and n.nspname = any (:'schemas'::text[])
where c.relkind in ('r', 'p') and not exists (select from pg_attribute a
    where a.attrelid = c.oid and a.attname = :'tenant_column' and not a.attisdropped)
  and c.relname <> all (:'global_tables'::text[])
  and not exists (select from pg_depend d
    where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
  -- A table that nobody reaches today is given to somebody tomorrow. Where no list is kept, that is told which can be reached.
  and (:'global_tables' <> '{}'
    or exists (select from pg_roles me where me.rolname = any (:'runtime_roles'::text[])
      and (has_table_privilege(me.oid, c.oid, 'select, insert, update, delete')
        or has_any_column_privilege(me.oid, c.oid, 'select, insert, update'))))
