-- fatal: The owner of a table may switch its row security off, and the owner of a function may rewrite it.
with me as (select oid, rolname from pg_roles where rolname = any (:'runtime_roles'::text[]))
select format('%s owns %s', me.rolname, owned.thing) as problem
from me, lateral (
  select c.oid::regclass::text from pg_class c where c.relowner = me.oid
  union all select p.oid::regprocedure::text from pg_proc p where p.proowner = me.oid
  union all select 'schema ' || n.nspname from pg_namespace n where n.nspowner = me.oid
  union all select 'database ' || d.datname from pg_database d where d.datdba = me.oid and d.datname = current_database()
) owned (thing)
