-- fatal: Rules that are asked about a role that does not exist find nothing, whatever is wrong.
select format('there is no role %s', name) as problem
from unnest(:'runtime_roles'::text[]) name
where name not in (select rolname from pg_roles)
