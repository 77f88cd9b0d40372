-- What a tenant may use and what it uses: its own exceptions from its plan, counters of what it has taken, and the
-- changes of its status that are possible.

alter table plans add column updated_at timestamptz(3) not null default 'epoch';
alter table plans alter column updated_at drop default;

-- Why it was done, such as what an operator wrote.
alter table audit_entries add column reason text check (length(reason) <= 1000);
alter table platform_audit_entries add column reason text check (length(reason) <= 1000);

alter table tenants
  -- Limits that replace the plan's, such as {"users": 10, "sites": null}; null is unlimited.
  add column limit_overrides jsonb not null default '{}' check (
    jsonb_typeof(limit_overrides) = 'object'
    and limit_overrides - array['users', 'storage_bytes', 'sites', 'workflows', 'executions_per_month',
      'articles_per_week', 'requests_per_minute'] = '{}'
    and not jsonb_path_exists(limit_overrides,
      'strict $.* ? (@.type() != "null" && (@.type() != "number" || @ < 0 || @ > 9007199254740991 || @ != @.floor()))')),
  -- Modules beyond the plan's, or without one of them, such as {"ai": true, "crm": false}.
  add column module_overrides jsonb not null default '{}' check (
    jsonb_typeof(module_overrides) = 'object'
    and not jsonb_path_exists(module_overrides, 'strict $.* ? (@.type() != "boolean")')),
  -- The last thing that was said about the end of the trial.
  add column trial_notice text check (trial_notice in ('3_days', '1_day', 'over')),
  -- Since when a payment is due; seven days later access ends, and until then nobody joins.
  add column past_due_since timestamptz(3);
create index tenants_trial_ends_at on tenants (trial_ends_at) where status = 'TRIAL';
create index tenants_past_due_since on tenants (past_due_since) where past_due_since is not null;

-- Periods begin in the tenant's time zone, so it has to be one.
alter table tenant_settings
  add constraint tenant_settings_time_zone check (timezone(time_zone, timestamptz 'epoch') is not null);

-- The changes of status that src/features/tenants/status.ts allows, for every code path there is or will be.
create function app.check_tenant_status() returns trigger
  language plpgsql
  set search_path = pg_catalog, public, pg_temp
  as $$
begin
  if tg_op = 'INSERT' then
    if new.status not in ('PENDING', 'TRIAL', 'ACTIVE') then
      raise exception using errcode = 'TN000', message = format('no tenant begins as %s', new.status);
    end if;
    return new;
  end if;
  if new.status = old.status and new.status_set_by = old.status_set_by then
    return new;
  end if;
  -- What an operator suspended, only an operator lets go.
  if old.status = 'SUSPENDED' and old.status_set_by = 'operator' and new.status_set_by <> 'operator'
    or not exists (
      select from (values
        ('PENDING', '{TRIAL,ACTIVE}', '{system,operator}'),
        ('PENDING', '{CANCELLED,DELETING}', '{operator}'),
        ('TRIAL', '{ACTIVE,SUSPENDED,CANCELLED}', '{billing,operator}'),
        ('TRIAL', '{DELETING}', '{operator}'),
        ('ACTIVE', '{SUSPENDED,CANCELLED}', '{billing,operator}'),
        ('ACTIVE', '{DELETING}', '{operator}'),
        ('SUSPENDED', '{ACTIVE,CANCELLED}', '{billing,operator}'),
        ('SUSPENDED', '{TRIAL,SUSPENDED,DELETING}', '{operator}'),
        ('CANCELLED', '{ACTIVE}', '{billing,operator}'),
        ('CANCELLED', '{DELETING}', '{operator}'),
        ('DELETING', '{DELETED}', '{system,operator}')
      ) allowed (was, becomes, agents)
      where was = old.status and new.status = any (becomes::text[]) and new.status_set_by = any (agents::text[]))
  then
    raise exception using errcode = 'TN000',
      message = format('a tenant cannot go from %s to %s (%s)', old.status, new.status, new.status_set_by);
  end if;
  return new;
end $$;
create trigger tenants_status before insert or update of status, status_set_by on tenants
  for each row execute function app.check_tenant_status();

-- What a tenant has taken of each limit. The rows are made with the tenant and changed by the functions below only.
create table limit_counters (
  tenant_id text collate "C" not null default app.current_tenant() references tenants,
  id uuid not null,
  limit_name text collate "C" not null check (limit_name in
    ('articles_per_week', 'executions_per_month', 'sites', 'storage_bytes', 'users', 'workflows')),
  used bigint not null default 0 check (used >= 0),
  -- The tenant's date on which the period began that was counted last; null before that, and without periods.
  period date check (period between '1970-01-01' and '9999-12-31'),
  -- When the first of that period was taken: what was taken before is none of it, in whatever time zone.
  period_since timestamptz(3) check ((period is null) = (period_since is null)),
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  primary key (tenant_id, id),
  unique (tenant_id, limit_name)
);
create index limit_counters_created_at on limit_counters (tenant_id, created_at desc, id desc);

-- How much was added on each of the tenant's days, less what was given back, by limit or by metric of usage events.
create table usage_days (
  tenant_id text collate "C" not null default app.current_tenant() references tenants,
  id uuid not null,
  metric text collate "C" not null check (length(metric) between 1 and 100),
  day date not null check (day between '1970-01-01' and '9999-12-31'),
  quantity bigint not null,
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  primary key (tenant_id, id),
  unique (tenant_id, metric, day)
);
create index usage_days_created_at on usage_days (tenant_id, created_at desc, id desc);

-- A tenant's limit: its own where it has one, and else its plan's. Null is unlimited.
create function app.allowed(of_plan plans, overrides jsonb, limit_name text) returns bigint
  language sql immutable parallel safe
  as $$
    select case when overrides ? limit_name then (overrides ->> limit_name)::numeric::bigint
      else case limit_name
        when 'users' then of_plan.users
        when 'storage_bytes' then of_plan.storage_bytes
        when 'sites' then of_plan.sites
        when 'workflows' then of_plan.workflows
        when 'executions_per_month' then of_plan.executions_per_month
        when 'articles_per_week' then of_plan.articles_per_week
        when 'requests_per_minute' then of_plan.requests_per_minute
      end end
  $$;

-- The date in a time zone on which the period of a limit began; null for limits without periods.
create function app.period_of(limit_name text, at timestamptz, time_zone text) returns date
  language sql immutable parallel safe
  as $$
    select case limit_name
      when 'executions_per_month' then date_trunc('month', timezone(time_zone, at))::date
      when 'articles_per_week' then date_trunc('week', timezone(time_zone, at))::date
    end
  $$;

-- When the period ends that began on a date. Where the clock is put back at midnight that comes twice, and the first
-- one counts.
create function app.period_end(limit_name text, period date, time_zone text) returns timestamptz
  language sql immutable parallel safe
  as $$
    select case when timezone(time_zone, later - interval '1 hour') >= midnight then later - interval '1 hour'
      else later end
    from (
      select midnight, timezone(time_zone, midnight) as later
      from (
        select (period + case limit_name when 'executions_per_month' then interval '1 month'
          when 'articles_per_week' then interval '7 days' end) as midnight
      ) ends
    ) ends
  $$;

-- Row security would hide the rows of these from the owner, and it refuses a function's body that reads them.
alter table tenants no force row level security;
alter table memberships no force row level security;
alter table tenant_settings no force row level security;
alter table invitations no force row level security;

-- What tenants have used and may use at an instant, of those that the caller sees.
create function app.usage_at(at timestamptz)
  returns table (tenant_id text, limit_name text, used bigint, allowed bigint, resets_at timestamptz)
  language sql stable
  as $$
    select c.tenant_id, c.limit_name, case when c.period < p.period then 0 else c.used end,
      app.allowed(plans, t.limit_overrides, c.limit_name),
      app.period_end(c.limit_name, greatest(c.period, p.period), s.time_zone)
    from limit_counters c
    join tenants t on t.tenant_id = c.tenant_id
    join plans on plans.plan = t.plan
    join tenant_settings s on s.tenant_id = c.tenant_id
    cross join lateral (select app.period_of(c.limit_name, at, s.time_zone) as period) p
  $$;

-- Takes of the current tenant's limits, or gives back what amounts below zero say: all or nothing. Of each limit the
-- sum counts. The counters are locked in the order of their names until the transaction ends, so that nobody waits in a
-- circle, and only then is the plan read: whoever changes the tenant's plan or its exceptions holds the same locks. A period never begins twice, however
-- often the tenant's time zone is changed, and what was taken before it, by taken_at, gives nothing back to it. A
-- statement that somebody injected could give back what was never taken, in the tenant that it runs in:
-- app.recount_users() puts that right.
create function app.change_usage(names text[], amounts bigint[], taken_at timestamptz[], at timestamptz)
  returns void
  language plpgsql volatile security definer
  set search_path = pg_catalog, public, pg_temp
  as $$
declare
  wanted text;
  tenant record;
  counter record;
  now_period date;
  is_new_period boolean;
  now_used bigint;
  now_allowed bigint;
  change bigint;
  taken bigint;
begin
  for wanted in select distinct n.name collate "C" as name from unnest(names) n (name) order by name loop
    select c.used, c.period, c.period_since into strict counter from limit_counters c
    where c.tenant_id = app.current_tenant() and c.limit_name = wanted for update;
    if tenant is null then
      select plans as plan, t.limit_overrides, t.past_due_since, s.time_zone into strict tenant
      from tenants t join plans on plans.plan = t.plan join tenant_settings s on s.tenant_id = t.tenant_id
      where t.tenant_id = app.current_tenant();
    end if;
    now_period := greatest(counter.period, app.period_of(wanted, at, tenant.time_zone));
    is_new_period := now_period is distinct from counter.period;
    now_used := case when counter.period < now_period then 0 else counter.used end;
    select coalesce(sum(w.amount), 0), coalesce(sum(w.amount) filter (where w.amount > 0), 0) into strict change, taken
    from unnest(names, amounts, taken_at) w (name, amount, taken_at)
    where w.name = wanted
      and (w.amount > 0 or now_period is null
        or w.taken_at >= case when is_new_period then at else counter.period_since end);
    -- A seat that somebody has given back is not for another while there are too few, or a payment is due.
    if change > 0 or wanted = 'users' and taken > 0 then
      if wanted = 'users' and tenant.past_due_since is not null then
        raise exception using errcode = 'TN002', message = 'no new seats while a payment is due';
      end if;
      now_allowed := app.allowed(tenant.plan, tenant.limit_overrides, wanted);
      if now_used + change > now_allowed then
        raise exception using errcode = 'TN001', message = 'limit reached', detail = json_build_object(
          'limit', wanted, 'used', now_used, 'allowed', now_allowed, 'resets_at',
          to_char(app.period_end(wanted, now_period, tenant.time_zone) at time zone 'UTC',
            'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))::text;
      end if;
    end if;
    -- Not below zero: a counter that is wrong must not keep anybody from removing what it counts.
    change := greatest(change, -now_used);
    if change <> 0 then
      update limit_counters c
      set used = now_used + change, period = now_period, updated_at = at,
        -- Who takes a little earlier by their clock, and is counted later, has taken of this period, too.
        period_since = case when is_new_period then at
          when change > 0 and app.period_of(wanted, at, tenant.time_zone) = now_period
            then least(counter.period_since, at)
          else counter.period_since end
      where c.tenant_id = app.current_tenant() and c.limit_name = wanted;
      perform app.add_to_day(wanted, timezone(tenant.time_zone, at)::date, change, at);
    end if;
  end loop;
end $$;

-- For the functions here, whose callers hold no right of their own to call it.
create function app.add_to_day(of_metric text, of_day date, amount bigint, at timestamptz) returns void
  language plpgsql volatile
  set search_path = pg_catalog, public, pg_temp
  as $$
begin
  insert into usage_days (tenant_id, id, metric, day, quantity, created_at, updated_at)
  values (app.current_tenant(), gen_random_uuid(), of_metric, of_day, amount, at, at)
  on conflict (tenant_id, metric, day)
    do update set quantity = usage_days.quantity + excluded.quantity, updated_at = excluded.updated_at;
end $$;

-- Holds all counters of the current tenant, so that nothing is taken until the transaction ends.
create function app.lock_usage() returns void
  language plpgsql volatile security definer
  set search_path = pg_catalog, public, pg_temp
  as $$
begin
  perform 1 from limit_counters c where c.tenant_id = app.current_tenant() order by c.limit_name for update;
end $$;

-- Counts the seats of the current tenant anew: active members and pending invitations. Gives what the counter was off.
create function app.recount_users(at timestamptz) returns bigint
  language plpgsql volatile security definer
  set search_path = pg_catalog, public, pg_temp
  as $$
declare
  counted bigint;
  right_count bigint;
begin
  select c.used into strict counted from limit_counters c
  where c.tenant_id = app.current_tenant() and c.limit_name = 'users' for update;
  -- A new statement: who held the counter before has committed what they counted.
  select (select count(*) from memberships m where m.tenant_id = app.current_tenant() and m.status = 'active')
    + (select count(*) from invitations i where i.tenant_id = app.current_tenant() and i.status = 'pending')
    into right_count;
  if counted <> right_count then
    update limit_counters c set used = right_count, updated_at = at
    where c.tenant_id = app.current_tenant() and c.limit_name = 'users';
    perform app.add_to_day('users', (select timezone(s.time_zone, at)::date from tenant_settings s
      where s.tenant_id = app.current_tenant()), right_count - counted, at);
  end if;
  return counted - right_count;
end $$;

-- The counters of the tenants there are.
insert into limit_counters (tenant_id, id, limit_name, used, created_at, updated_at)
select t.tenant_id, gen_random_uuid(), l.name,
  case l.name when 'users' then
    (select count(*) from memberships m where m.tenant_id = t.tenant_id and m.status = 'active')
    + (select count(*) from invitations i where i.tenant_id = t.tenant_id and i.status = 'pending')
  else 0 end, t.created_at, t.created_at
from tenants t, unnest(array['articles_per_week', 'executions_per_month', 'sites', 'storage_bytes', 'users',
  'workflows']) l (name)
where t.tenant_id <> 'system-default';
alter table tenants force row level security;
alter table memberships force row level security;
alter table tenant_settings force row level security;
alter table invitations force row level security;
