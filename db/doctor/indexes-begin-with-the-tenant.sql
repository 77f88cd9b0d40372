-- warning: Each statement asks for one tenant. An index that begins with something else has it read the entries of all the
-- others, and what takes longer the more they have tells how much that is.
select format('%s of %s does not begin with %s', i.indexrelid::regclass, c.oid::regclass, :'tenant_column') as problem
from pg_index i
join pg_class x on x.oid = i.indexrelid and not x.relispartition and x.relname <> all (:'platform_indexes'::text[])
-- Others cannot begin with a text, such as GIN.
join pg_am m on m.oid = x.relam and m.amname = 'btree'
join pg_class c on c.oid = i.indrelid and c.relkind in ('r', 'p')
join pg_namespace n on n.oid = c.relnamespace and n.nspname = any (:'schemas'::text[])
join pg_attribute a on a.attrelid = c.oid and a.attname = :'tenant_column' and not a.attisdropped
where not i.indisunique and i.indkey[0] <> a.attnum
  and not exists (select from pg_constraint k where k.conindid = i.indexrelid and k.contype = 'x')
