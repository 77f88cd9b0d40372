-- warning: What is made later begins with these rights: a table that is open from its first moment, or a function that
-- everybody may call.
select format('what %s makes%s begins with %s for %s', pg_get_userbyid(d.defaclrole),
  case d.defaclnamespace when 0 then '' else format(' in %I', (
    select n.nspname from pg_namespace n where n.oid = d.defaclnamespace)) end, acl.privilege_type,
  case acl.grantee when 0 then 'everybody' else pg_get_userbyid(acl.grantee) end) as problem
from pg_default_acl d, aclexplode(d.defaclacl) acl
where acl.grantee <> d.defaclrole
  and (acl.grantee = 0 or acl.grantee in (select r.oid from pg_roles r where r.rolname = any (:'runtime_roles'::text[])))
union all
select format('every function that %s makes can be called by everybody', pg_get_userbyid(o.relowner))
from (
  select distinct c.relowner
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace and n.nspname = any (:'schemas'::text[])
  where c.relkind in ('r', 'p')
) o
where not exists (select from pg_default_acl d
  where d.defaclrole = o.relowner and d.defaclobjtype = 'f' and d.defaclnamespace = 0)
