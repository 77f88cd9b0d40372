-- fatal, for Tenantry: Every policy compares what is written with app.current_tenant(), and functions ask it for whom they
-- work. With another text, another owner, or a promise to the planner that its answer never changes, one tenant writes
-- into another, and no policy looks wrong.
select format('app.current_tenant() %s', wrong.what) as problem
from (values (to_regprocedure('app.current_tenant()'), to_regclass('public.tenants'))) there (function, tenants)
left join pg_proc p on p.oid = there.function
left join pg_language l on l.oid = p.prolang
left join pg_class t on t.oid = there.tenants
, lateral (values
  (p.oid is null, 'is not there'),
  (p.prosqlbody is not null or l.lanname <> 'sql' or p.probin is not null
    or btrim(regexp_replace(p.prosrc, '\s+', ' ', 'g')) <> 'select nullif(current_setting(''app.tenant_id'', true), '''')',
    'has another text than its migration'),
  (p.provolatile <> 's', case p.provolatile when 'i' then 'is immutable' else 'is volatile' end || ' and not stable'),
  (p.prosecdef, 'runs with the rights of its owner'),
  (p.proconfig is not null, 'has settings of its own: ' || array_to_string(p.proconfig, ', ')),
  (p.proretset or p.prorettype <> 'text'::regtype or p.prokind <> 'f' or p.proisstrict, 'is not a function that gives a text'),
  (p.proowner <> t.relowner, 'belongs to ' || pg_get_userbyid(p.proowner))
) wrong (is_so, what)
where wrong.is_so
