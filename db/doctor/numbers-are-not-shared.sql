-- warning: A sequence counts for all tenants: the gaps in what one gets tell how much the others make.
select format('%I of %s is numbered by a sequence for all tenants', a.attname, c.oid::regclass) as problem
from pg_class c
join pg_namespace n on n.oid = c.relnamespace and n.nspname = any (:'schemas'::text[])
join pg_attribute t on t.attrelid = c.oid and t.attname = :'tenant_column' and not t.attisdropped
join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
where c.relkind in ('r', 'p') and not c.relispartition
  and (a.attidentity <> '' or pg_get_expr(d.adbin, d.adrelid) like '%nextval(%')
union all
select format('%s may use the sequence %s', me.rolname, c.oid::regclass)
from pg_roles me, pg_class c
join pg_namespace n on n.oid = c.relnamespace and n.nspname = any (:'user_schemas'::text[])
where me.rolname = :'tenant_role' and c.relkind = 'S' and has_sequence_privilege(me.oid, c.oid, 'usage, select, update')
