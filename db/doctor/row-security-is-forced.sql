-- fatal: Without ENABLE no policy applies, and without FORCE none applies to the owner of the table, as whom views and
-- functions of theirs read it.
select format('%s has row security %s', c.oid::regclass,
  case when c.relrowsecurity then 'not forced' else 'disabled' end) as problem
from pg_class c
join pg_namespace n on n.oid = c.relnamespace and n.nspname = any (:'schemas'::text[])
join pg_attribute a on a.attrelid = c.oid and a.attname = :'tenant_column' and not a.attisdropped
where c.relkind in ('r', 'p') and not (c.relrowsecurity and c.relforcerowsecurity)
  -- Through its parent a partition is under the parent's policy.
  and (not c.relispartition
    or exists (select from pg_roles me where me.rolname = any (:'runtime_roles'::text[])
      and (has_table_privilege(me.oid, c.oid, 'select, insert, update, delete, truncate, references, trigger')
        or has_any_column_privilege(me.oid, c.oid, 'select, insert, update, references'))))
