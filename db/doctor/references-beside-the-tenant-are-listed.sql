-- warning, for Tenantry: Between a table of tenants and a global one a foreign key cannot carry the tenant on both sides,
-- so each is looked at by a person: what it tells, and what goes when a row goes.
select format('%I of %s is none of the reviewed references: %s', k.conname, c.oid::regclass, pg_get_constraintdef(k.oid)) as problem
from pg_constraint k
join pg_class c on c.oid = k.conrelid
join pg_namespace n on n.oid = c.relnamespace and n.nspname = any (:'schemas'::text[])
where k.contype = 'f' and k.conparentid = 0
  and format('%s: %s', c.relname, pg_get_constraintdef(k.oid)) <> all (:'global_references'::text[])
  and exists (select from pg_attribute a
    where a.attrelid = k.conrelid and a.attname = :'tenant_column' and not a.attisdropped)
  <> exists (select from pg_attribute a
    where a.attrelid = k.confrelid and a.attname = :'tenant_column' and not a.attisdropped)
