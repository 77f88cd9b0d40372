-- warning: A function with the rights of its owner that finds its tables by the caller's search_path can be handed others,
-- and temporary ones come first unless pg_temp stands last.
select format('%s has the rights of %s and %s', p.oid::regprocedure, pg_get_userbyid(p.proowner),
  case when path.setting is null then 'no search_path of its own' else 'does not end with pg_temp: ' || path.setting end)
  as problem
from pg_proc p
join pg_namespace n on n.oid = p.pronamespace and n.nspname = any (:'user_schemas'::text[])
left join lateral (
  select setting from unnest(p.proconfig) setting where setting like 'search\_path=%'
) path on true
where p.prosecdef and (path.setting is null or path.setting !~ '[=,] *"?pg_temp"?$')
  and not exists (select from pg_depend d
    where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
