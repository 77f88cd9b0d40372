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
  perform graphile_worker.add_job(
    task,
    (coalesce(payload::jsonb, '{}') || jsonb_build_object('tenant_id', tenant))::json,
    run_at => run_at,
    -- Lower is earlier: nobody's own mail waits behind what a tenant sends to others, and none behind Stripe.
    priority => case task when 'send-invitation' then 10 when 'sync-billing' then 20 else 0 end,
    job_key => case when tenant is null then job_key else tenant || ':' || job_key end);
end $$;

-- Which session shows that a worker lives: PostgreSQL ends it with the process.
create table if not exists graphile_worker.worker_sessions (
  worker text primary key,
  pid integer not null,
  started_at timestamptz not null
);

revoke all on all functions in schema graphile_worker from public;
grant usage on schema graphile_worker to :"tenant_role", :"platform_role";
grant execute on function graphile_worker.enqueue_job(text, json, text, timestamptz)
  to :"tenant_role", :"platform_role";
