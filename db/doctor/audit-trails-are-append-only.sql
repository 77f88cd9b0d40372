-- fatal, for Tenantry: A trail that its writer may rewrite proves nothing, and neither does one whose seals or positions they
-- may choose.
with me as (select oid, rolname from pg_roles where rolname = any (:'runtime_roles'::text[]))
select format('%s may change %s', me.rolname, c.relname) as problem
from me, pg_class c
join pg_namespace n on n.oid = c.relnamespace and n.nspname = any (:'schemas'::text[])
where c.relname = any (:'append_only_tables'::text[])
  and (has_any_column_privilege(me.oid, c.oid, 'update') or has_table_privilege(me.oid, c.oid, 'delete'))
union all
select format('%s may write %s of %s', me.rolname, a.attname, c.relname)
from me, pg_class c
join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
where (c.oid = to_regclass('public.audit_seals')
    or a.attname = 'position' and c.oid = to_regclass('public.audit_entries'))
  and has_column_privilege(me.oid, c.oid, a.attnum, 'insert')
