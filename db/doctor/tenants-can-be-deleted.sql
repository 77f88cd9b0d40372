-- warning, for Tenantry: The owner makes what deletes a tenant's rows as the purger, which a DBA may have kept from it; see
-- the warnings of migrate.
select format('%s may not call %s', me.rolname, wanted.name) as problem
from pg_roles me,
  unnest(array['app.count_tenant_rows()', 'app.purge_batch(integer)', 'app.purge_users(uuid[])']) wanted (name)
where me.rolname = :'platform_role'
  and has_function_privilege(me.oid, to_regprocedure(wanted.name), 'execute') is not true
