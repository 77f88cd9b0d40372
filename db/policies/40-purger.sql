-- The purger: what deletes the rows of a tenant that is being deleted, its audit trail included, and counts them. It
-- cannot log in. It is bound by the same policy as everybody, so a call reaches the tenant of its transaction only, and
-- only the platform role may call. Its functions find the tables in the catalogue: one that is added later is covered.
grant usage, create on schema app to :"purger_role";
grant execute on function app.current_tenant() to :"purger_role";

set local role :"purger_role";

-- Tables that name a tenant and whose rows stay when it is deleted, and why. All others are emptied of it.
create or replace function app.kept_at_deletion() returns table (table_name name, why text)
  language sql immutable
  set search_path = pg_catalog, pg_temp
  as $$
    values ('tenants'::name, 'The id is never given out again; nothing but it, plan, region and dates is left'),
      ('deletion_certificates', 'What was deleted, when and by whom'),
      ('platform_audit_entries', 'What operators did, for which they answer'),
      ('tenant_changes', 'When it had which status and plan, for the statistics; why is not kept'),
      ('tenant_imports', 'That its line of an import was done, so that a repeated one does not make it again')
  $$;

-- Every table that belongs to tenants or names one, partitioned ones once, with the column that says whose a row is.
create or replace function app.tables_of_tenants() returns table (id oid, table_name name, tenant_column name)
  language sql stable
  set search_path = pg_catalog, pg_temp
  as $$
    select distinct on (c.relname) c.oid, c.relname, a.attname
    from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attname in ('tenant_id', 'subject_tenant_id') and not a.attisdropped
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
    order by c.relname, a.attname desc
  $$;

-- The tables that are emptied, in groups: no row of one group is referred to by a row of a later one. Several tables are
-- one group where each refers to the others, by however many steps.
create or replace function app.purge_order() returns table (tables oid[])
  language sql stable
  set search_path = pg_catalog, pg_temp
  as $$
    with recursive emptied as (
      select t.id, t.table_name from app.tables_of_tenants() t
      where t.table_name not in (select k.table_name from app.kept_at_deletion() k)
    ), refs as (
      select distinct coalesce(pg_partition_root(k.conrelid)::oid, k.conrelid) as child,
        coalesce(pg_partition_root(k.confrelid)::oid, k.confrelid) as parent
      from pg_constraint k where k.contype = 'f'
    ), above (id, referrer) as (
      select e.id, e.id from emptied e
      union
      select a.id, r.child from above a join refs r on r.parent = a.referrer join emptied e on e.id = r.child
    ), placed as (
      select e.id, e.table_name, array_agg(a.referrer order by a.referrer) as referrers
      from emptied e join above a on a.id = e.id group by e.id, e.table_name
    )
    select array_agg(p.id order by p.table_name) from placed p
    group by p.referrers order by cardinality(p.referrers), min(p.table_name)
  $$;

-- Raises unless the tenant of this transaction is being deleted.
create or replace function app.refuse_undeleted() returns void
  language plpgsql stable
  set search_path = pg_catalog, pg_temp
  as $$
begin
  if not exists (select from public.tenants t where t.tenant_id = app.current_tenant() and t.status = 'DELETING') then
    raise insufficient_privilege using message = 'only a tenant that is being deleted is purged';
  end if;
end $$;

-- How many rows each table has of the tenant of this transaction, and how large they are.
create or replace function app.count_tenant_rows() returns table (table_name name, row_count bigint, bytes bigint)
  language plpgsql stable security definer
  set search_path = pg_catalog, pg_temp
  as $$
declare
  t record;
  sizes text;
begin
  for t in select * from app.tables_of_tenants() order by tables_of_tenants.table_name loop
    -- Column by column: the size of a whole row would have PostgreSQL fetch and unpack what it keeps aside.
    select string_agg(format('coalesce(pg_column_size(%I), 0)', a.attname), ' + ') into sizes
    from pg_attribute a where a.attrelid = t.id and a.attnum > 0 and not a.attisdropped;
    table_name := t.table_name;
    execute format('select count(*), coalesce(sum(28 + %s), 0) from %s where %I = app.current_tenant()',
      sizes, t.id::regclass, t.tenant_column) into row_count, bytes;
    return next;
  end loop;
end $$;

-- The same of one table, for a tenant of any size: opens a cursor on the sizes of its rows, and on nothing else of them.
create or replace function app.open_tenant_rows(of_table name, with_bytes boolean) returns refcursor
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
  as $$
declare
  t record;
  sizes text := '0';
  opened refcursor;
begin
  select * into strict t from app.tables_of_tenants() f where f.table_name = of_table;
  if with_bytes then
    select '28 + ' || string_agg(format('coalesce(pg_column_size(%I), 0)', a.attname), ' + ') into sizes
    from pg_attribute a where a.attrelid = t.id and a.attnum > 0 and not a.attisdropped;
  end if;
  open opened no scroll for execute
    format('select %s from %s where %I = app.current_tenant()', sizes, t.id::regclass, t.tenant_column);
  return opened;
end $$;

-- Counts on for a while, far from the end that a statement is given. It has the rights of its caller: a cursor runs with
-- those of whoever reads on.
create or replace function app.count_on(opened refcursor, out row_count bigint, out bytes bigint, out is_over boolean)
  language plpgsql volatile
  set search_path = pg_catalog, pg_temp
  as $$
declare
  size bigint;
  until timestamptz;
begin
  select clock_timestamp() + least(coalesce(nullif(s.setting, '0')::integer / 4, 1000), 1000) * interval '1 ms' into until
  from pg_settings s where s.name = 'statement_timeout';
  row_count := 0;
  bytes := 0;
  loop
    fetch opened into size;
    is_over := not found;
    exit when is_over;
    row_count := row_count + 1;
    bytes := bytes + size;
    exit when clock_timestamp() > until;
  end loop;
  if is_over then
    close opened;
  end if;
end $$;

-- Deletes up to so many rows of the tenant of this transaction, from the first table that has any: from those that
-- refer to others on, so that nothing is ever referred to when it goes. Gives the table and how many, and of
-- memberships whose they were; no table when nothing is left.
create or replace function app.purge_batch(max_rows integer, out table_name text, out rows_deleted bigint,
    out user_ids uuid[])
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
  as $$
declare
  members oid[];
  root oid;
  leaf regclass;
  whose name;
  unreferred text;
  users text;
  gives text;
begin
  perform app.refuse_undeleted();
  update public.tenant_changes set cause = '', billing_event_id = null
  where subject_tenant_id = app.current_tenant() and (cause <> '' or billing_event_id is not null);

  for members in select o.tables from app.purge_order() o loop
    if cardinality(members) > 1 then
      -- References in a circle: whichever went first would be missed, so all go in one statement.
      execute (
        select format('with %s select %s, %s',
          string_agg(format('gone_%s as (delete from %s where %I = app.current_tenant() returning %s)', t.id,
            t.id::regclass, t.tenant_column, case t.table_name when 'memberships' then 'user_id' else '1' end), ', '),
          string_agg(format('(select count(*) from gone_%s)', t.id), ' + '),
          coalesce(max(format('(select array_agg(user_id) from gone_%s)', t.id))
            filter (where t.table_name = 'memberships'), 'null::uuid[]'))
        from app.tables_of_tenants() t where t.id = any (members)
      ) into rows_deleted, user_ids;
      if rows_deleted > 0 then
        select string_agg(t.table_name, ', ' order by t.table_name) into table_name
        from app.tables_of_tenants() t where t.id = any (members);
        return;
      end if;
      continue;
    end if;

    root := members[1];
    select t.table_name, t.tenant_column into table_name, whose from app.tables_of_tenants() t where t.id = root;
    users := 'null::uuid[]';
    gives := '1';
    if table_name = 'memberships' then
      users := 'array_agg(user_id)';
      gives := 'user_id';
    end if;
    -- Of a table that refers to itself first the rows that no other one refers to.
    select string_agg(format(' and not exists (select from %s r where (%s) = (%s) and (r.tableoid, r.ctid) <> (t.tableoid, t.ctid))',
        root::regclass,
        (select string_agg(format('r.%I', a.attname), ', ' order by u.place) from unnest(k.conkey) with ordinality u (num, place)
          join pg_attribute a on a.attrelid = k.conrelid and a.attnum = u.num),
        (select string_agg(format('t.%I', a.attname), ', ' order by u.place) from unnest(k.confkey) with ordinality u (num, place)
          join pg_attribute a on a.attrelid = k.confrelid and a.attnum = u.num)), '')
      into unreferred
    from pg_constraint k
    where k.contype = 'f' and k.conparentid = 0 and k.confrelid = root
      and coalesce(pg_partition_root(k.conrelid)::oid, k.conrelid) = root;
    for leaf in
      select p.relid from pg_partition_tree(root) p where p.isleaf
      union all select root where not exists (select from pg_partition_tree(root))
    loop
      -- By place: of the many rows of others nothing is read.
      execute format('with gone as (
          delete from %1$s where %2$I = app.current_tenant() and ctid = any (array(
            select t.ctid from %1$s t where t.%2$I = app.current_tenant()%3$s limit $1))
          returning %5$s)
        select count(*), %4$s from gone', leaf, whose, unreferred, users, gives)
      into rows_deleted, user_ids using max_rows;
      if rows_deleted > 0 then
        return;
      end if;
    end loop;
    if unreferred is not null then
      -- What refers to each other in a circle.
      execute format('with gone as (delete from %1$s where %2$I = app.current_tenant() returning %4$s)
        select count(*), %3$s from gone', root::regclass, whose, users, gives) into rows_deleted, user_ids;
      if rows_deleted > 0 then
        return;
      end if;
    end if;
  end loop;
  table_name := null;
  user_ids := null;
  rows_deleted := 0;
end $$;

-- Deletes people with what belongs to them alone. Who is still a member anywhere cannot go: the foreign keys see all
-- tenants, which the purger does not.
create or replace function app.purge_users(ids uuid[]) returns bigint
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
  as $$
declare
  deleted bigint;
begin
  perform app.refuse_undeleted();
  delete from public.sessions where user_id = any (ids);
  delete from public.one_time_tokens where user_id = any (ids);
  delete from public.known_addresses where person_id = any (ids);
  delete from public.users where id = any (ids);
  get diagnostics deleted = row_count;
  return deleted;
end $$;

revoke all on function app.kept_at_deletion(), app.tables_of_tenants(), app.purge_order(), app.refuse_undeleted(),
  app.count_tenant_rows(), app.open_tenant_rows(name, boolean), app.count_on(refcursor), app.purge_batch(integer),
  app.purge_users(uuid[]) from public, :"tenant_role", :"platform_role", :"jobs_role";
grant execute on function app.kept_at_deletion(), app.tables_of_tenants(), app.count_tenant_rows(),
  app.open_tenant_rows(name, boolean), app.count_on(refcursor), app.purge_batch(integer), app.purge_users(uuid[]) to :"platform_role";
-- For the loop below.
grant execute on function app.kept_at_deletion() to :"owner_role";

reset role;

-- It empties what app.purge_batch() does, and looks at the rest.
revoke all on all tables in schema public from :"purger_role";
do $$
declare
  t record;
begin
  for t in
    select c.oid::regclass as name,
      coalesce((select r.relname from pg_class r where r.oid = pg_partition_root(c.oid)), c.relname) as root
    from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
      and exists (select from pg_attribute a where a.attrelid = c.oid
        and a.attname in ('tenant_id', 'subject_tenant_id') and not a.attisdropped)
  loop
    execute format('grant select on %s to %I', t.name, :'purger_role');
    if t.root not in (select k.table_name from app.kept_at_deletion() k) then
      execute format('grant delete on %s to %I', t.name, :'purger_role');
    end if;
  end loop;
end $$;
grant update (cause, billing_event_id) on tenant_changes to :"purger_role";
grant select (id), delete on users to :"purger_role";
grant select (person_id), delete on known_addresses to :"purger_role";
