-- Policies and grants, applied again after every migrate, all files of this folder in one transaction. In them
-- :"tenant_role" stands for the quoted name of the role, :'tenant_role' for the same as a string.
revoke all on all tables in schema public from :"tenant_role", :"platform_role", :"jobs_role";

-- One rule makes a table tenant-owned: it has a tenant_id column. This loop protects every such table, those
-- of tomorrow included. It changes only what differs, so that starting a server takes no lock on a table. A partition is
-- protected for itself, since a statement that names it asks its policy and not its parent's; and nobody has rights on
-- it, since through its parent they need none.
--
-- Outside of a tenant the setting is null in a new session, and '' once a SET LOCAL has ended. Writing compares with
-- app.current_tenant(), which makes null of '', and nothing equals null: so nobody writes a row of the tenant '', and there
-- is none to read. Reading compares with the setting as it is, which takes PostgreSQL some 2 % less of a read by id.
--
-- Connections keep the plan of a statement for all tenants, and it is made for whichever is at work. For one of a single
-- row every index that begins with tenant_id costs the same, and the newest is taken: of a tenant of thousands that reads
-- all rows for the one that a key names. So ANALYZE is told of 200 tenants, however many there are: who is none of the
-- largest, which it knows, is taken for one of 200 that share what is left, and from some 300 rows of theirs on asking for
-- the whole key is the cheapest. Below 100 tenants it knows each; what is asked with every request does not depend on it
-- (membershipOf in src/features/members/access-queries.ts).
do $$
declare
  t record;
begin
  for t in
    select c.oid, c.oid::regclass as name, c.relispartition, c.relrowsecurity and c.relforcerowsecurity as is_forced,
      coalesce(a.attoptions, '{}') @> '{n_distinct=200}' as has_n_distinct,
      exists (
        select from pg_policy p
        where p.polrelid = c.oid and p.polname = 'tenant_isolation' and p.polcmd = '*' and p.polpermissive
          and p.polroles = '{0}'
          and pg_get_expr(p.polqual, p.polrelid) = '(tenant_id = current_setting(''app.tenant_id''::text, true))'
          and pg_get_expr(p.polwithcheck, p.polrelid) = '(tenant_id = app.current_tenant())'
      ) as has_policy
    from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
    order by c.relname
  loop
    if not t.is_forced then
      execute format('alter table %s enable row level security, force row level security', t.name);
    end if;
    if not t.has_policy then
      execute format('drop policy if exists tenant_isolation on %s', t.name);
      execute format('create policy tenant_isolation on %s using (tenant_id = current_setting(''app.tenant_id'', true))
        with check (tenant_id = app.current_tenant())', t.name);
    end if;
    if not t.has_n_distinct then
      execute format('alter table %s alter column tenant_id set (n_distinct = 200)', t.name);
    end if;
    if not t.relispartition then
      execute format('grant select, insert, update, delete on %s to %I', t.name, :'tenant_role');
    end if;
  end loop;
end $$;
