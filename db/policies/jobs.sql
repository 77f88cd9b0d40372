-- Applied as the role jobs, which owns this schema and nothing else. The other roles add a job through this
-- one function, in their own transaction. A tenant's job carries the tenant of that transaction, whatever the
-- payload says; without a tenant only the platform role may add one. What a tenant's statement may ask for is listed:
-- a task trusts its payload, and this one could be of an attacker's making.
create or replace function graphile_worker.enqueue_job(
    task text, payload json, job_key text default null, run_at timestamptz default null)
  returns void
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
  as $$
declare
  tenant text := nullif(current_setting('app.tenant_id', true), '');
  added bigint;
begin
  if tenant is null and session_user <> :'platform_role' then
    raise insufficient_privilege using message = 'a job needs a tenant';
  end if;
  -- Anything else joined to an object makes an array, in which nobody would find the tenant.
  if jsonb_typeof(payload::jsonb) <> 'object' then
    raise invalid_parameter_value using message = 'the payload of a job is an object';
  end if;
  if session_user <> :'platform_role' and task <> all (array['send-invitation', 'sync-billing']) then
    raise insufficient_privilege using message = 'a tenant cannot ask for this task';
  end if;
  if session_user <> :'platform_role' then
    -- Nothing that could crowd the queue: comparing with Stripe asks for nothing but the tenant.
    if octet_length(payload::text) > 10000 then
      raise invalid_parameter_value using message = 'the payload of a job is too large';
    end if;
    if task = 'sync-billing' then
      payload := '{}';
      job_key := 'sync-billing';
      run_at := null;
    end if;
  end if;
  -- Where a worker takes the job of this key while add_job waits for its row, nothing is added, and what runs may have read
  -- too early: github.com/graphile/worker/issues/580. The next statement sees that it is taken (READ COMMITTED), and adds
  -- another.
  while added is null loop
    select job.id into added from graphile_worker.add_job(
      task,
      (coalesce(payload::jsonb, '{}') || jsonb_build_object('tenant_id', tenant))::json,
      -- One deletion at a time, since each takes long.
      queue_name => case task when 'delete-tenant' then task end,
      run_at => run_at,
      -- Lower is earlier: nobody's own mail waits behind what a tenant sends to others, and none behind Stripe.
      priority => case task when 'send-invitation' then 10 when 'sync-billing' then 20 when 'delete-tenant' then 30 else 0 end,
      job_key => case when tenant is null then job_key else tenant || ':' || job_key end) job;
  end loop;
end $$;

-- Forgets the jobs of the transaction's tenant, whose payloads hold addresses: of a tenant that is gone nothing is left
-- to do. One that is running loses only its row, which it would delete at its end; the deletion itself keeps its own.
create or replace function graphile_worker.forget_jobs() returns bigint
  language sql volatile security definer
  set search_path = pg_catalog, pg_temp
  as $$
    with gone as (
      delete from graphile_worker._private_jobs j using graphile_worker._private_tasks t
      where t.id = j.task_id and t.identifier <> 'delete-tenant'
        and j.payload ->> 'tenant_id' = nullif(current_setting('app.tenant_id', true), '')
      returning 1
    )
    select count(*) from gone
  $$;

-- Forgets the mails to people who are being deleted, whichever tenant they were about or none: one whose attempts are
-- used up would keep the address for good.
create or replace function graphile_worker.forget_mails_to(addresses text[]) returns bigint
  language sql volatile security definer
  set search_path = pg_catalog, pg_temp
  as $$
    with gone as (
      delete from graphile_worker._private_jobs j using graphile_worker._private_tasks t
      where t.id = j.task_id and t.identifier = 'send-account-mail'
        and lower(j.payload ->> 'email') = any (addresses)
      returning 1
    )
    select count(*) from gone
  $$;

-- Which session shows that a worker lives: PostgreSQL ends it with the process.
create table if not exists graphile_worker.worker_sessions (
  worker text primary key,
  pid integer not null,
  started_at timestamptz not null
);

revoke all on all functions in schema graphile_worker from public, :"tenant_role", :"platform_role";
revoke all on all tables in schema graphile_worker from :"tenant_role", :"platform_role";
revoke all on all sequences in schema graphile_worker from :"tenant_role", :"platform_role";
grant usage on schema graphile_worker to :"tenant_role", :"platform_role";
grant execute on function graphile_worker.enqueue_job(text, json, text, timestamptz)
  to :"tenant_role", :"platform_role";
grant execute on function graphile_worker.forget_jobs(), graphile_worker.forget_mails_to(text[]) to :"platform_role";
