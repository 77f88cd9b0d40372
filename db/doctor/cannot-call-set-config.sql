-- warning: set_config() is a function, so an injected SELECT could become another tenant by it; SET, which stands alone in a
-- message, it could not. Where a DBA cannot revoke this, every statement has to be known to have no text of a caller in it.
select format('%s may %s, so an injected SELECT could become another tenant', me.rolname, acts.act) as problem
from pg_roles me, lateral (values
  (has_function_privilege(me.oid, 'pg_catalog.set_config(text, text, boolean)', 'execute'), 'call set_config'),
  (has_table_privilege(me.oid, 'pg_catalog.pg_settings', 'update')
    or has_any_column_privilege(me.oid, 'pg_catalog.pg_settings', 'update'), 'update pg_settings')
) acts (may, act)
where me.rolname = any (:'runtime_roles'::text[]) and acts.may
