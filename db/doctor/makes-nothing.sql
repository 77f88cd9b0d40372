-- fatal: TRUNCATE and a foreign key's check reach past row security, a trigger runs in the writes of others, and in what a
-- role may create it can leave something for others to run.
with me as (select oid, rolname from pg_roles where rolname = any (:'runtime_roles'::text[])),
  ours as (select oid, nspname from pg_namespace where nspname = any (:'user_schemas'::text[]))
select format('%s has %s', me.rolname, held.privilege) as problem
from me, lateral (
  select format('TRUNCATE, REFERENCES or TRIGGER on %s', c.oid::regclass)
  from pg_class c
  where c.relnamespace in (select oid from ours) and c.relkind in ('r', 'p', 'v', 'm', 'f')
    and (has_table_privilege(me.oid, c.oid, 'truncate, references, trigger')
      or has_any_column_privilege(me.oid, c.oid, 'references'))
  union all
  select format('CREATE on schema %I', ours.nspname) from ours where has_schema_privilege(me.oid, ours.oid, 'create')
  union all
  select 'CREATE on the database' where has_database_privilege(me.oid, current_database(), 'create')
) held (privilege)
