-- fatal: A setting that a connection begins with holds outside of every transaction: a tenant, a role, policies or triggers
-- switched off.
with preset as (
  select format('%s%s', case s.setrole when 0 then 'everybody' else pg_get_userbyid(s.setrole) end,
      case s.setdatabase when 0 then '' else ' in this database' end) as who,
    split_part(setting, '=', 1) as name, substring(setting from position('=' in setting) + 1) as value
  from pg_db_role_setting s, unnest(s.setconfig) setting
  where s.setdatabase in (0, (select d.oid from pg_database d where d.datname = current_database()))
    and (s.setrole = 0 or s.setrole in (select r.oid from pg_roles r where r.rolname = any (:'runtime_roles'::text[])))
  union all
  select 'this connection', s.name, s.setting
  from pg_settings s
  where current_user = any (:'runtime_roles'::text[])
    and (s.name, s.setting) in (('row_security', 'off'), ('session_replication_role', 'replica'))
)
select format('%s begins with %s = %s', who, name, value) as problem
from preset
where lower(name) in ('row_security', 'role', 'session_replication_role')
  or lower(name) like replace(split_part(lower(:'tenant_setting'), '.', 1), '_', '\_') || '.%'
  -- Whatever the policies compare with.
  or exists (select from pg_policy p
    where position(quote_literal(lower(name)) in lower(pg_get_expr(p.polqual, p.polrelid))) > 0)
