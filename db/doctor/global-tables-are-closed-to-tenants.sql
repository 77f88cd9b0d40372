-- fatal at the start: No policy keeps the rows of a global table apart, such as names, addresses and sessions of
-- everybody.
select format('%s may %s %s', me.rolname, p, c.oid::regclass) as problem
from pg_roles me, unnest(array['select', 'insert', 'update', 'delete']) p, pg_class c
join pg_namespace n on n.oid = c.relnamespace and n.nspname = any (:'schemas'::text[])
where me.rolname = :'tenant_role' and c.relkind in ('r', 'p') and not exists (select from pg_attribute a
    where a.attrelid = c.oid and a.attname = :'tenant_column' and not a.attisdropped)
  and case p when 'delete' then has_table_privilege(me.oid, c.oid, p)
    else has_any_column_privilege(me.oid, c.oid, p) end
  and not (p = 'select' and c.relname = any (:'shared_tables'::text[]))
  and not exists (select from pg_depend d
    where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
  -- Elsewhere the table of the tenants themselves has a policy by its own key.
  and not (:'policy_name' = '' and c.relrowsecurity and c.relforcerowsecurity and coalesce((
    select bool_and(pg_get_expr(o.polqual, o.polrelid) is distinct from 'true')
    from pg_policy o where o.polrelid = c.oid), false))
