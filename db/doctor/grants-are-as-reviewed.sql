-- fatal at the start, for Tenantry: What a role may do beyond db/grants.txt nobody has looked at: a tenant that may make
-- memberships makes one of anybody, and is told who they are. Each right has a line there, which npm run generate writes.
with kinds (kind, role) as (
  select 'tenant', oid from pg_roles where rolname = :'tenant_role'
  union all select 'platform', oid from pg_roles where rolname = :'platform_role'
  union all select 'jobs', nspowner from pg_namespace where nspname = 'graphile_worker'
  union all select 'everybody', 0
), ours as (
  select n.oid, n.nspname, n.nspowner, n.nspacl, case n.nspname when 'public' then '' else quote_ident(n.nspname) || '.' end as prefix
  from pg_namespace n where n.nspname = any (:'user_schemas'::text[])
), of_extensions as (
  select d.classid, d.objid from pg_depend d where d.deptype = 'e'
), granted as (
  select acl.grantee, lower(acl.privilege_type) as privilege, format('schema %I', n.nspname) as what, n.nspowner as owner,
    false as is_of_extension
  -- Being let into a schema opens nothing where there is nothing in it but an extension.
  from ours n, aclexplode(n.nspacl) acl
  where exists (select from pg_class c where c.relnamespace = n.oid
      and ('pg_class'::regclass, c.oid) not in (select classid, objid from of_extensions))
    or exists (select from pg_proc p where p.pronamespace = n.oid
      and ('pg_proc'::regclass, p.oid) not in (select classid, objid from of_extensions))
  union all
  select acl.grantee, lower(acl.privilege_type), format('%s%I', n.prefix, c.relname), c.relowner,
    ('pg_class'::regclass, c.oid) in (select classid, objid from of_extensions)
  from ours n
  join pg_class c on c.relnamespace = n.oid, aclexplode(c.relacl) acl
  union all
  select acl.grantee, format('%s (%I)', lower(acl.privilege_type), a.attname), format('%s%I', n.prefix, c.relname), c.relowner,
    ('pg_class'::regclass, c.oid) in (select classid, objid from of_extensions)
  from ours n
  join pg_class c on c.relnamespace = n.oid
  join pg_attribute a on a.attrelid = c.oid and not a.attisdropped, aclexplode(a.attacl) acl
  union all
  select acl.grantee, lower(acl.privilege_type),
    format('%I.%I(%s)', n.nspname, p.proname, replace(replace(oidvectortypes(p.proargtypes), ', ', ','), 'public.', '')),
    p.proowner, ('pg_proc'::regclass, p.oid) in (select classid, objid from of_extensions)
  from ours n
  join pg_proc p on p.pronamespace = n.oid, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) acl
  union all
  -- Among them is what switches triggers off.
  select acl.grantee, lower(acl.privilege_type), format('parameter %s', s.parname), 10, false
  from pg_parameter_acl s, aclexplode(s.paracl) acl
)
select distinct line.text as problem
from granted g
join kinds k on k.role = g.grantee and k.role <> g.owner,
lateral (select format('%s: %s on %s', k.kind, g.privilege, g.what)) line (text)
where line.text <> all (:'reviewed_grants'::text[])
  -- Not before PostgreSQL 17; has-no-needless-powers tells of it.
  and g.privilege <> 'maintain'
  -- What lets everybody in or call something opens no table: nothing-is-granted-to-everybody tells of it.
  and not (k.kind = 'everybody' and (g.is_of_extension or g.privilege in ('create', 'execute', 'usage')))
  -- A table that no line names yet has been given to the tenant role by the loop of 10-tenant-isolation.sql.
  and not (:'reviewed_grants' <> '{}' and k.kind = 'tenant' and g.privilege in ('select', 'insert', 'update', 'delete')
    and exists (select from pg_class c
      join pg_namespace n on n.oid = c.relnamespace and n.nspname = any (:'schemas'::text[])
      join pg_attribute a on a.attrelid = c.oid and a.attname = :'tenant_column' and not a.attisdropped
      where quote_ident(c.relname) = g.what and c.relkind in ('r', 'p') and not c.relispartition)
    and not exists (select from unnest(:'reviewed_grants'::text[]) reviewed
      where right(reviewed, length(g.what) + 4) = ' on ' || g.what))
