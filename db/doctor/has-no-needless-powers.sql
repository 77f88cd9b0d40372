-- warning: What a role that serves requests has no use for opens no row of another tenant by itself, but is more than it needs.
with me as (select oid, rolname from pg_roles where rolname = any (:'runtime_roles'::text[]) and not rolsuper)
select format('%s %s', me.rolname, power.text) as problem
from me, lateral (
  select case when r.oid <> me.oid then format('is a member of %s, which ', r.rolname) else '' end || had.text
  from pg_roles r, lateral (values
    (r.rolcreatedb, 'has CREATEDB'),
    (r.rolname = 'pg_signal_backend', 'ends other sessions'),
    (r.rolname = 'pg_create_subscription', 'connects to other servers')
  ) had (has, text)
  where had.has and pg_has_role(me.oid, r.oid, 'member')
  union all
  -- Before PostgreSQL 17 has_table_privilege() does not know it.
  select format('has MAINTAIN on %s', c.oid::regclass)
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace, aclexplode(c.relacl) acl
  where n.nspname = any (:'user_schemas'::text[]) and acl.privilege_type = 'MAINTAIN'
    and case acl.grantee when 0 then true else pg_has_role(me.oid, acl.grantee, 'member') end
  union all
  select format('has CREATE in the tablespace %I', t.spcname) from pg_tablespace t
  where has_tablespace_privilege(me.oid, t.oid, 'create')
  union all
  -- In Tenantry's own database makes-no-temporary-tables tells it; elsewhere it is what every new database gives.
  select 'has TEMPORARY on the database'
  where :'policy_name' = '' and has_database_privilege(me.oid, current_database(), 'temporary')
) power (text)
