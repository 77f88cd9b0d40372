-- The platform role sees across tenants only here: a second policy, on these tables and no other.
do $$
declare
  t text;
begin
  foreach t in array array['audit_entries', 'audit_seals', 'billing_accounts', 'credit_lots', 'idempotency_keys', 'limit_counters',
    'memberships', 'notifications', 'tenant_settings', 'tenants', 'usage_days'] loop
    if not exists (
      select from pg_policy p
      where p.polrelid = t::regclass and p.polname = 'platform_access' and p.polcmd = 'r' and p.polpermissive
        and p.polroles = array[(select oid from pg_roles where rolname = :'platform_role')]
        and pg_get_expr(p.polqual, p.polrelid) = 'true'
    ) then
      execute format('drop policy if exists platform_access on %I', t);
      execute format('create policy platform_access on %I for select to %I using (true)', t, :'platform_role');
    end if;
  end loop;
end $$;
