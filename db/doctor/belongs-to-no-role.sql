-- fatal, for Tenantry: A member takes the rights of another role by SET ROLE, even where it does not inherit them: the tenant
-- role as a member of the platform role reads everybody's names and sessions.
select format('%s is a member of %s', pg_get_userbyid(m.member), pg_get_userbyid(m.roleid)) as problem
from pg_auth_members m
where pg_get_userbyid(m.member) = any (:'runtime_roles'::text[])
group by m.member, m.roleid
