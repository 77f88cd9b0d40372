-- fatal: Policies are joined by OR, so one that is wider than the others opens the table. There is one text for all to read
-- by and one to write by, and beside them what db/policies/20-platform.sql says.
with owned as (
  select c.oid, c.relname
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace and n.nspname = any (:'schemas'::text[])
  join pg_attribute a on a.attrelid = c.oid and a.attname = :'tenant_column' and not a.attisdropped
  where c.relkind in ('r', 'p')
    -- Through its parent a partition is under the parent's policy.
    and (not c.relispartition
      or exists (select from pg_roles me where me.rolname = any (:'runtime_roles'::text[])
        and (has_table_privilege(me.oid, c.oid, 'select, insert, update, delete, truncate, references, trigger')
          or has_any_column_privilege(me.oid, c.oid, 'select, insert, update, references'))))
), policies as (
  select p.*, pg_get_expr(p.polqual, p.polrelid) as reads, pg_get_expr(p.polwithcheck, p.polrelid) as writes,
    0 = any (p.polroles) or exists (select from pg_roles r, pg_roles me
      where r.oid = any (p.polroles) and me.rolname = :'tenant_role' and pg_has_role(me.oid, r.oid, 'member')) as concerns
  from owned join pg_policy p on p.polrelid = owned.oid
), canonical as (
  -- In a database whose policies nobody has told us: what most of them say.
  select coalesce(nullif(:'policy', ''), (select p.reads from policies p
    where p.reads is not null and p.polpermissive and p.concerns
    group by p.reads order by count(*) desc, p.reads limit 1)) as text
)
select found.problem
from owned, canonical, lateral (
  select format('%s has no policy %s', owned.oid::regclass, :'policy_name')
  where :'policy_name' <> ''
    and not exists (select from policies p where p.polrelid = owned.oid and p.polname = :'policy_name')
  union all
  select format('%s has no policy that says %s', owned.oid::regclass, coalesce(canonical.text, 'whose row is whose'))
  where :'policy_name' = '' and not exists (select from policies p
    where p.polrelid = owned.oid and p.polpermissive and p.polcmd in ('*', 'r') and p.concerns and p.reads = canonical.text)
  union all
  select format('%s has no policy platform_access', owned.oid::regclass)
  where owned.relname = any (:'platform_tables'::text[])
    and not exists (select from policies p where p.polrelid = owned.oid and p.polname = 'platform_access')
  union all
  select format('%s has the policy %I, which is not as it should be', owned.oid::regclass, p.polname)
  from policies p
  where p.polrelid = owned.oid and not coalesce(
    case when :'policy_name' <> '' then
      p.polname = :'policy_name' and p.polcmd = '*' and p.polpermissive and p.polroles = '{0}'
        and p.reads = canonical.text and p.writes = :'policy_for_writing'
      or p.polname = 'platform_access' and owned.relname = any (:'platform_tables'::text[])
        and p.polcmd = 'r' and p.polpermissive and p.reads = 'true'
        and p.polroles = array(select oid from pg_roles where rolname = :'platform_role')
    -- Elsewhere one for each command will do, the same text for reading and writing, and what only narrows.
    else not p.polpermissive or not p.concerns
      or coalesce(p.reads, p.writes) = canonical.text and coalesce(p.writes, p.reads) = canonical.text end, false)
) found (problem)
