-- fatal: A key that is unique among all tenants tells each of them which values the others have: an insert of such a value
-- fails.
with owned as (
  select c.oid, a.attnum
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace and n.nspname = any (:'schemas'::text[])
  join pg_attribute a on a.attrelid = c.oid and a.attname = :'tenant_column' and not a.attisdropped
  where c.relkind in ('r', 'p')
)
select format('%s of %s is unique and does not begin with %s', i.indexrelid::regclass, o.oid::regclass,
  :'tenant_column') as problem
from pg_index i
join pg_class x on x.oid = i.indexrelid and not x.relispartition
join owned o on o.oid = i.indrelid
where i.indisunique and i.indkey[0] <> o.attnum
  -- Elsewhere a key of uuids alone will do, whose values nobody guesses.
  and (:'policy_name' <> '' or exists (
    select from unnest((i.indkey::int2[])[0:i.indnkeyatts - 1]) part (attnum)
    left join pg_attribute a on a.attrelid = o.oid and a.attnum = part.attnum
    where a.atttypid is distinct from 'uuid'::regtype))
union all
select format('%I of %s excludes rows of other tenants, since %s is not compared by =', k.conname, o.oid::regclass,
  :'tenant_column')
from pg_constraint k
join owned o on o.oid = k.conrelid
where k.contype = 'x' and k.conparentid = 0 and not exists (
  select from unnest(k.conkey, k.conexclop) as part (attnum, operator)
  join pg_operator p on p.oid = part.operator
  where part.attnum = o.attnum and p.oprname = '=')
