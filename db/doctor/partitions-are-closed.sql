-- warning: A statement that names a partition asks the partition's policy and grants and not those of its table, so nobody
-- has rights on one.
select format('%s may use %s, which is a partition of %s', me.rolname, c.oid::regclass, i.inhparent::regclass) as problem
from pg_roles me, pg_class c
join pg_inherits i on i.inhrelid = c.oid
join pg_namespace n on n.oid = c.relnamespace and n.nspname = any (:'schemas'::text[])
where me.rolname = any (:'runtime_roles'::text[]) and c.relispartition and c.relkind in ('r', 'p', 'f')
  and (has_table_privilege(me.oid, c.oid, 'select, insert, update, delete, truncate, references, trigger')
    or has_any_column_privilege(me.oid, c.oid, 'select, insert, update, references'))
