-- fatal: A role that serves requests and is a superuser, or could become one, is bound by no policy and no grant. It may
-- become each role that it is a member of, by however many steps, so the powers of those count as its own.
select format('%s %s%s', me.rolname,
  case when r.oid <> me.oid then format('is a member of %s, which ', r.rolname) else '' end, power.text) as problem
from pg_roles me, pg_roles r, lateral (values
  (r.rolsuper, 'is a superuser'),
  (r.rolbypassrls, 'has BYPASSRLS'),
  (r.rolcreaterole, 'has CREATEROLE'),
  (r.rolreplication, 'has REPLICATION'),
  (r.rolname in ('pg_read_all_data', 'pg_write_all_data', 'pg_read_server_files', 'pg_write_server_files',
    'pg_execute_server_program', 'pg_maintain'), 'sees past grants'),
  (r.rolname in ('pg_monitor', 'pg_read_all_settings', 'pg_read_all_stats', 'pg_stat_scan_tables'),
    'sees what other sessions do'),
  (r.oid <> me.oid and exists (
    select relowner from pg_class where relowner = r.oid and oid >= 16384
    union all select proowner from pg_proc where proowner = r.oid and oid >= 16384
    union all select nspowner from pg_namespace where nspowner = r.oid
    union all select datdba from pg_database where datdba = r.oid and datname = current_database()), 'owns things')
) power (has, text)
where me.rolname = any (:'runtime_roles'::text[]) and power.has and pg_has_role(me.oid, r.oid, 'member')
  -- A superuser is a member of all.
  and (r.oid = me.oid or not me.rolsuper)
