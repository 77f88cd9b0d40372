-- fatal: PostgreSQL's own tables hold values of every tenant's rows: statistics are samples of them, what is long lies in
-- toast tables, and neither knows a policy. What a new server lets everybody read is all that anybody needs.
with theirs as (
  select oid, nspname, nspacl from pg_namespace where nspname like 'pg\_%'
), granted as (
  select format('schema %I', n.nspname) as what, acl.grantee, acl.privilege_type,
    'pg_namespace'::regclass as class, n.oid as object, 0 as part
  from theirs n, aclexplode(n.nspacl) acl
  union all
  select c.oid::regclass::text, acl.grantee, acl.privilege_type, 'pg_class'::regclass, c.oid, 0
  from theirs n
  join pg_class c on c.relnamespace = n.oid, aclexplode(c.relacl) acl
  union all
  select format('%I of %s', a.attname, c.oid::regclass), acl.grantee, acl.privilege_type, 'pg_class'::regclass, c.oid,
    a.attnum
  from theirs n
  join pg_class c on c.relnamespace = n.oid
  join pg_attribute a on a.attrelid = c.oid, aclexplode(a.attacl) acl
)
select format('%s has %s on %s', case g.grantee when 0 then 'everybody' else pg_get_userbyid(g.grantee)::text end,
  g.privilege_type, g.what) as problem
from granted g
where pg_get_userbyid(g.grantee) = any (:'runtime_roles'::text[])
  or g.grantee = 0 and not exists (select from pg_init_privs i, aclexplode(i.initprivs) acl
    where i.classoid = g.class and i.objoid = g.object and i.objsubid = g.part
      and acl.grantee = 0 and acl.privilege_type = g.privilege_type)
