-- Policies and grants, applied again after every migrate, all files of this folder in one transaction. In them
-- :"tenant_role" stands for the quoted name of the role, :'tenant_role' for the same as a string.
revoke all on all tables in schema public from :"tenant_role", :"platform_role", :"jobs_role";

-- One rule makes a table tenant-owned: it has a tenant_id column. This loop protects every such table, those
-- of tomorrow included. It changes only what differs, so that starting a server takes no lock on a table. A partition is
-- protected for itself, since a statement that names it asks its policy and not its parent's; and nobody has rights on
-- it, since through its parent they need none.
--
-- Connections keep the plan of a statement for all tenants. With statistics of tenant_id it would be made for whichever
-- tenant is at work: for one of a single row every index that begins with tenant_id costs the same, and the newest is
-- taken, by which a tenant of thousands would be read as a whole for the one row that a key names. Without them
-- PostgreSQL takes each tenant for a 200th of the table (get_variable_numdistinct in selfuncs.c), and the index that has
-- the whole key is the cheapest. What it knows already is forgotten from PostgreSQL 18 on; older ones keep it.
do $$
declare
  t record;
begin
  for t in
    select c.oid, c.oid::regclass as name, c.relname, c.relkind, c.relispartition,
      c.relrowsecurity and c.relforcerowsecurity as is_forced,
      coalesce(a.attstattarget, -1) = 0 as is_uncounted,
      exists (
        select from pg_policy p
        where p.polrelid = c.oid and p.polname = 'tenant_isolation' and p.polcmd = '*' and p.polpermissive
          and p.polroles = '{0}'
          and pg_get_expr(p.polqual, p.polrelid) = '(tenant_id = app.current_tenant())'
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
      execute format('create policy tenant_isolation on %s
        using (tenant_id = app.current_tenant()) with check (tenant_id = app.current_tenant())', t.name);
    end if;
    if not t.is_uncounted then
      execute format('alter table %s alter column tenant_id set statistics 0', t.name);
      if to_regproc('pg_catalog.pg_clear_attribute_stats') is not null then
        execute 'select pg_clear_attribute_stats(''public'', $1, ''tenant_id'', $2)' using t.relname::text, t.relkind = 'p';
      end if;
    end if;
    if not t.relispartition then
      execute format('grant select, insert, update, delete on %s to %I', t.name, :'tenant_role');
    end if;
  end loop;
end $$;
