-- warning: When a row goes, each table that may refer to it is searched: without an index all of it, the rows of every
-- tenant, and with the row locked.
select format('%I of %s has no index that begins with %s', k.conname, k.conrelid::regclass, (
    select string_agg(quote_ident(a.attname), ', ' order by u.place)
    from unnest(k.conkey) with ordinality u (attnum, place)
    join pg_attribute a on a.attrelid = k.conrelid and a.attnum = u.attnum)) as problem
from pg_constraint k
join pg_class c on c.oid = k.conrelid
join pg_namespace n on n.oid = c.relnamespace and n.nspname = any (:'schemas'::text[])
where k.contype = 'f' and k.conparentid = 0
  and format('%s: %s', c.relname, pg_get_constraintdef(k.oid)) <> all (:'unindexed_references'::text[])
  and not exists (
    select from pg_index i
    where i.indrelid = k.conrelid and i.indisvalid and i.indnkeyatts >= cardinality(k.conkey)
      and (i.indkey::int2[])[0:cardinality(k.conkey) - 1] @> k.conkey
      -- A row without a value refers to none.
      and (i.indpred is null or pg_get_expr(i.indpred, i.indrelid) in (
        select format('(%I IS NOT NULL)', a.attname) from pg_attribute a
        where a.attrelid = k.conrelid and a.attnum = any (k.conkey))))
