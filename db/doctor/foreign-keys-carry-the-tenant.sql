-- fatal: The check of a foreign key sees past row security: without the tenant on both sides a row can hang on another
-- tenant's, and tells that it is there.
with owned as (
  select c.oid, a.attnum
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace and n.nspname = any (:'schemas'::text[])
  join pg_attribute a on a.attrelid = c.oid and a.attname = :'tenant_column' and not a.attisdropped
  where c.relkind in ('r', 'p')
)
select format('%I of %s does not join %s with %s', k.conname, o.oid::regclass, :'tenant_column', :'tenant_column')
  as problem
from pg_constraint k
join owned o on o.oid = k.conrelid
join owned r on r.oid = k.confrelid
where k.contype = 'f' and k.conparentid = 0 and not exists (
  select from unnest(k.conkey, k.confkey) as pair (own, other) where pair.own = o.attnum and pair.other = r.attnum)
