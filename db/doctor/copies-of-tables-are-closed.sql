-- fatal: A materialized view and a foreign table have no policies: who may read them reads the rows of every tenant.
select format('%s may %s the %s %s', me.rolname, p,
  case c.relkind when 'm' then 'materialized view' else 'foreign table' end, c.oid::regclass) as problem
from pg_roles me, unnest(array['select', 'insert', 'update', 'delete']) p, pg_class c
join pg_namespace n on n.oid = c.relnamespace
where me.rolname = any (:'runtime_roles'::text[]) and c.relkind in ('m', 'f')
  and n.nspname = any (:'user_schemas'::text[])
  and case p when 'delete' then has_table_privilege(me.oid, c.oid, p)
    else has_any_column_privilege(me.oid, c.oid, p) end
