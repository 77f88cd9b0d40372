-- What was answered to a POST with an Idempotency-Key, kept for 24 hours by the context's clock without its secrets. A
-- row is written in the transaction of what it answers: committed, it always has an answer. Without a status it is
-- that transaction's own, for whose end every repeat waits.

create table idempotency_keys (
  tenant_id text collate "C" not null default app.current_tenant() references tenants,
  id uuid not null,
  -- Who called, as the audit trail names them: each has keys of their own.
  principal_kind text collate "C" not null check (principal_kind in ('user', 'api_key', 'operator')),
  principal_id text collate "C" not null,
  key text collate "C" not null check (length(key) between 1 and 200),
  -- Of what was asked for, by a keyed hash: a body may hold a password, and few of those are long.
  request_hash bytea not null check (octet_length(request_hash) = 32),
  status smallint check (status between 200 and 299),
  -- The JSON as it was sent, but for its secrets; null where nothing was.
  body text,
  headers jsonb check (jsonb_typeof(headers) = 'object'),
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  primary key (tenant_id, id),
  constraint idempotency_keys_of_principal unique (tenant_id, principal_kind, principal_id, key)
);
create index idempotency_keys_created_at on idempotency_keys (tenant_id, created_at desc, id desc);

-- The same for what the platform does, for operators and for people inside a tenant.
create table platform_idempotency_keys (
  id uuid primary key,
  -- Who called, and from inside which tenant.
  caller text collate "C" not null check (length(caller) between 1 and 200),
  key text collate "C" not null check (length(key) between 1 and 200),
  -- The tenant that the answer tells of, with which it is deleted.
  subject_tenant_id text collate "C" default app.current_tenant(),
  request_hash bytea not null check (octet_length(request_hash) = 32),
  status smallint check (status between 200 and 299),
  body text,
  created_at timestamptz(3) not null,
  constraint platform_idempotency_keys_of_caller unique (caller, key)
);
create index platform_idempotency_keys_created_at on platform_idempotency_keys (created_at);
create index platform_idempotency_keys_subject on platform_idempotency_keys (subject_tenant_id);

-- Forgets up to so many of the current tenant's from before an instant, and gives how many. Both conditions on the
-- time: one that is used anew meanwhile stays.
create function app.forget_idempotency_keys(before timestamptz, max_rows integer) returns integer
  language sql volatile security definer
  set search_path = pg_catalog, public, pg_temp
  as $$
    with gone as (
      delete from public.idempotency_keys k
      where k.tenant_id = app.current_tenant() and k.created_at <= before and k.id = any (array(
        select o.id from public.idempotency_keys o
        where o.tenant_id = app.current_tenant() and o.created_at <= before limit max_rows))
      returning 1
    )
    select count(*)::integer from gone
  $$;
