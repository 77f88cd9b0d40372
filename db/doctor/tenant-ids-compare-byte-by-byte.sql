-- fatal, for Tenantry: A policy compares the tenant's id by the rules of its column: by a collation that takes two ids for one,
-- the tenants Acme and acme see each other's rows.
select format('%s of %s is %s collate %s', a.attname, c.oid::regclass, format_type(a.atttypid, a.atttypmod),
  case a.attcollation when 0 then 'nothing' else a.attcollation::regcollation::text end) as problem
from pg_class c
join pg_namespace n on n.oid = c.relnamespace and n.nspname = any (:'schemas'::text[])
join pg_attribute a on a.attrelid = c.oid and a.attname = :'tenant_column' and not a.attisdropped
where c.relkind in ('r', 'p')
  and (a.atttypid <> 'pg_catalog.text'::regtype or a.attcollation <> 'pg_catalog."C"'::regcollation)
