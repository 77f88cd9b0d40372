-- fatal: What no rule looks at protects nobody: a table in another schema has no policy that anybody asked for.
select format('%s reaches %s, which is in none of the schemas %s', me.rolname, c.oid::regclass,
  array_to_string(:'schemas'::text[], ', ')) as problem
from pg_roles me, pg_class c
join pg_namespace n on n.oid = c.relnamespace
where me.rolname = any (:'runtime_roles'::text[]) and c.relkind in ('r', 'p', 'v', 'm', 'f')
  and n.nspname = any (:'user_schemas'::text[]) and n.nspname <> all (:'schemas'::text[])
  and (has_table_privilege(me.oid, c.oid, 'select, insert, update, delete, truncate, references, trigger')
    or has_any_column_privilege(me.oid, c.oid, 'select, insert, update, references'))
  and not exists (select from pg_depend d
    where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
