-- fatal: A view reads with the rights of its owner and by the owner's policies, unless it is made with security_invoker.
select format('%s may use the view %s, which reads as %s', me.rolname, c.oid::regclass, pg_get_userbyid(c.relowner))
  as problem
from pg_roles me, pg_class c
join pg_namespace n on n.oid = c.relnamespace
where me.rolname = any (:'runtime_roles'::text[]) and c.relkind = 'v'
  and n.nspname = any (:'user_schemas'::text[])
  and (has_table_privilege(me.oid, c.oid, 'select, insert, update, delete')
    or has_any_column_privilege(me.oid, c.oid, 'select, insert, update'))
  and not exists (select from pg_depend d
    where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
  and not exists (select from pg_options_to_table(c.reloptions) o
    where case o.option_name when 'security_invoker' then o.option_value::boolean end)
