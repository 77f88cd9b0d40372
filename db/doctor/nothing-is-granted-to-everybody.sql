-- warning: What is granted to PUBLIC every role has that will ever log in, and nobody can take it from one of them.
with ours as (select oid, nspname, nspacl, nspowner from pg_namespace
  where nspname = any (:'user_schemas'::text[])),
granted as (
  select format('the database %I', d.datname) as what, acl.privilege_type, acl.grantee
  from pg_database d, aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) acl
  where d.datname = current_database()
  union all
  select format('the schema %I', ours.nspname), acl.privilege_type, acl.grantee
  from ours, aclexplode(ours.nspacl) acl
  union all
  select c.oid::regclass::text, acl.privilege_type, acl.grantee
  from ours join pg_class c on c.relnamespace = ours.oid, aclexplode(c.relacl) acl
  where not exists (select from pg_depend d
    where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
  union all
  select format('%I of %s', a.attname, c.oid::regclass), acl.privilege_type, acl.grantee
  from ours join pg_class c on c.relnamespace = ours.oid
  join pg_attribute a on a.attrelid = c.oid, aclexplode(a.attacl) acl
  union all
  select p.oid::regprocedure::text, acl.privilege_type, acl.grantee
  from ours join pg_proc p on p.pronamespace = ours.oid, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) acl
  where not exists (select from pg_depend d
    where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
)
select format('everybody has %s on %s', string_agg(privilege_type, ', ' order by privilege_type), what) as problem
from granted where grantee = 0
group by what
