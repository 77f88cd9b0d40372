-- warning, for Tenantry: Which table a name means is not for a setting of a role to say, and the texts of policies, which other
-- rules compare, are written as the search_path has them.
select format('%s begins with %s', concat_ws(' in ',
    case s.setrole when 0 then 'everybody' else pg_get_userbyid(s.setrole)::text end,
    case s.setdatabase when 0 then null else 'this database' end), setting) as problem
from pg_db_role_setting s, unnest(s.setconfig) setting
where setting like 'search\_path=%'
  and s.setdatabase in (0, (select d.oid from pg_database d where d.datname = current_database()))
  and (s.setrole = 0 or s.setrole in (select r.oid from pg_roles r where r.rolname = any (:'runtime_roles'::text[])))
