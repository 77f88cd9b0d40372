-- What a tenant's own software says was used, event by event. Each key counts once; app.record_usage() writes them, and
-- nothing changes them.
create table usage_events (
  tenant_id text collate "C" not null default app.current_tenant() references tenants,
  id uuid not null,
  -- Never the name of a limit, whose days are in usage_days, too.
  metric text collate "C" not null check (metric ~ '^[a-z][a-z0-9_.]{0,99}$' and metric <> all (array['users',
    'storage_bytes', 'sites', 'workflows', 'executions_per_month', 'articles_per_week', 'requests_per_minute'])),
  quantity bigint not null check (quantity > 0),
  occurred_at timestamptz(3) not null,
  idempotency_key text collate "C" not null check (length(idempotency_key) between 1 and 200),
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  primary key (tenant_id, id),
  unique (tenant_id, idempotency_key)
);
create index usage_events_created_at on usage_events (tenant_id, created_at desc, id desc);

-- What is read of a tenant's days is the last ones, of all metrics.
create index usage_days_day on usage_days (tenant_id, day, metric);

-- How many metrics the current tenant's events since a day have, with those that are given. For app.record_usage().
create function app.count_metrics(added text[], since date) returns bigint
  language plpgsql volatile
  set search_path = pg_catalog, public, pg_temp
  as $$
begin
  return (
    select count(*) from (
      select d.metric from usage_days d
      where d.tenant_id = app.current_tenant() and d.day >= since
        and d.metric not in (select c.limit_name from limit_counters c where c.tenant_id = app.current_tenant())
      union
      select unnest(added)
    ) known
  );
end $$;

-- Keeps the events of the current tenant whose keys are new, and adds them to its days in its time zone. Gives for each
-- event whether it was new: of one key only the first is. An event without an instant occurred at the given one, and
-- repeats any of its key. Where a key stands for something else already, all of the events are refused.
-- Rows are written in the order of their keys, then of metric and day, so that nobody waits in a circle; whoever brings
-- a key that another transaction has written waits until that one has ended.
create function app.record_usage(ids uuid[], metrics text[], quantities bigint[], instants timestamptz[], keys text[],
    at timestamptz)
  returns boolean[]
  language plpgsql volatile security definer
  set search_path = pg_catalog, public, pg_temp
  as $$
declare
  zone text;
  were_new boolean[];
  reused text;
  oldest date;
  new_metrics text[];
  most_metrics constant bigint := 100;
begin
  select s.time_zone into strict zone from tenant_settings s where s.tenant_id = app.current_tenant();
  -- Names without end, such as ones with an id in them, would make everything that is read of a tenant's days endless.
  -- Who brings a new one waits for whoever does so, too; a name that is known already is never refused.
  oldest := timezone(zone, at)::date - 36;
  new_metrics := array(
    select distinct g.metric from unnest(metrics, keys) g (metric, key)
    where not exists (select from usage_days d
      where d.tenant_id = app.current_tenant() and d.metric = g.metric and d.day >= oldest)
    and not exists (select from usage_events e
      where e.tenant_id = app.current_tenant() and e.idempotency_key = g.key));
  if cardinality(new_metrics) > 0 then
    perform 1 from tenant_settings s where s.tenant_id = app.current_tenant() for update;
    if app.count_metrics(new_metrics, oldest) > most_metrics then
      raise exception using errcode = 'TN001', message = 'too many metrics', detail = json_build_object(
        'limit', 'metrics', 'used', app.count_metrics('{}', oldest), 'allowed', most_metrics,
        'resets_at', null)::text;
    end if;
  end if;
  with given as materialized (
    select g.* from unnest(ids, metrics, quantities, instants, keys) with ordinality
      g (id, metric, quantity, instant, key, position)
  ),
  added as (
    insert into usage_events (tenant_id, id, metric, quantity, occurred_at, idempotency_key, created_at, updated_at)
    select app.current_tenant(), g.id, g.metric, g.quantity, coalesce(g.instant, at), g.key, at, at
    from given g order by g.key collate "C", g.position
    on conflict (tenant_id, idempotency_key) do nothing
    returning id, metric, quantity, timezone(zone, occurred_at)::date as day
  ),
  counted as (
    insert into usage_days (tenant_id, id, metric, day, quantity, created_at, updated_at)
    select app.current_tenant(), gen_random_uuid(), a.metric, a.day, sum(a.quantity), at, at
    from added a group by a.metric, a.day order by a.metric, a.day
    on conflict (tenant_id, metric, day)
      do update set quantity = usage_days.quantity + excluded.quantity, updated_at = excluded.updated_at
  )
  select array_agg(a.id is not null order by g.position) into were_new from given g left join added a on a.id = g.id;

  -- New statements: they see what was committed while this one waited.
  if false = any (were_new) then
    select g.key into reused
    from unnest(metrics, quantities, instants, keys) with ordinality g (metric, quantity, instant, key, position)
    -- The limit keeps it to one look-up for each key: a plan made while there were few events reads all of them instead.
    cross join lateral (
      select e.metric, e.quantity, e.occurred_at from usage_events e
      where e.tenant_id = app.current_tenant() and e.idempotency_key = g.key limit 1
    ) e
    where (g.metric, g.quantity) <> (e.metric, e.quantity) or g.instant <> e.occurred_at
    order by g.position limit 1;
    if found then
      raise exception using errcode = 'TN004', message = 'this key stands for another event',
        detail = json_build_object('idempotency_key', reused)::text;
    end if;
  end if;

  return were_new;
end $$;
