-- fatal: Files of the server and connections to others know no policy: the tables are files, too.
with me as (select oid, rolname from pg_roles where rolname = any (:'runtime_roles'::text[]))
select format('%s may %s', me.rolname, way.out) as problem
from me, lateral (
  select format('call %s', p.oid::regprocedure)
  from pg_proc p
  where p.proname in ('lo_export', 'lo_import', 'pg_ls_dir', 'pg_read_binary_file', 'pg_read_file', 'pg_stat_file')
    and p.pronamespace = 'pg_catalog'::regnamespace and has_function_privilege(me.oid, p.oid, 'execute')
  union all
  select format('call %s, which is written in %s', p.oid::regprocedure, l.lanname)
  from pg_proc p
  join pg_language l on l.oid = p.prolang and not l.lanpltrusted and l.lanname not in ('internal', 'c')
  where p.oid >= 16384 and has_function_privilege(me.oid, p.oid, 'execute')
  union all
  select format('call %s of the extension %s', p.oid::regprocedure, e.extname)
  from pg_extension e
  join pg_depend d on d.refclassid = 'pg_extension'::regclass and d.refobjid = e.oid and d.deptype = 'e'
    and d.classid = 'pg_proc'::regclass
  join pg_proc p on p.oid = d.objid
  where e.extname in ('adminpack', 'dblink', 'http', 'pageinspect', 'pg_net', 'pg_walinspect', 'pgrowlocks', 'pgstattuple')
    and has_function_privilege(me.oid, p.oid, 'execute')
  union all
  select format('use the foreign server %I', s.srvname)
  from pg_foreign_server s where has_server_privilege(me.oid, s.oid, 'usage')
  union all
  select format('use the foreign data wrapper %I', w.fdwname)
  from pg_foreign_data_wrapper w where has_foreign_data_wrapper_privilege(me.oid, w.oid, 'usage')
) way (out)
