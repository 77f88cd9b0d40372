-- warning: A right with grant option can be given to others by whoever smuggles a statement in.
with me as (select oid, rolname from pg_roles where rolname = any (:'runtime_roles'::text[])),
granted as (
  select format('the database %I', d.datname) as what, acl.*
  from pg_database d, aclexplode(d.datacl) acl
  where d.datname = current_database()
  union all
  select format('the schema %I', n.nspname), acl.* from pg_namespace n, aclexplode(n.nspacl) acl
  union all
  select c.oid::regclass::text, acl.* from pg_class c, aclexplode(c.relacl) acl where c.relacl is not null
  union all
  select format('%I of %s', a.attname, a.attrelid::regclass), acl.*
  from pg_attribute a, aclexplode(a.attacl) acl where a.attacl is not null
  union all
  select p.oid::regprocedure::text, acl.* from pg_proc p, aclexplode(p.proacl) acl where p.proacl is not null
)
select format('%s may pass on %s on %s', me.rolname, granted.privilege_type, granted.what) as problem
from granted
join me on me.oid = granted.grantee
where granted.is_grantable and granted.grantor <> granted.grantee
