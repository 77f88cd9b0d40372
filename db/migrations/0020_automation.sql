-- Workflows that engines outside run, what is told of each run, what they keep between runs, and what they sign in with.

create table workflows (
  tenant_id text collate "C" not null default app.current_tenant() references tenants,
  id uuid not null,
  name text not null check (length(name) between 1 and 200),
  description text check (length(description) <= 20000),
  engine text not null check (engine in ('n8n', 'bolt', 'bmad')),
  definition jsonb not null default '{}' check (jsonb_typeof(definition) = 'object'),
  is_active boolean not null default true,
  deleted_at timestamptz(3),
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  primary key (tenant_id, id)
);
create index workflows_created_at on workflows (tenant_id, created_at desc, id desc);
create index workflows_name on workflows (tenant_id, name collate "C", id);

-- Each was taken of the month's limit, so none is ever deleted but with its tenant: 30-grants.sql.
create table workflow_executions (
  tenant_id text collate "C" not null default app.current_tenant() references tenants,
  id uuid not null,
  workflow_id uuid not null,
  -- What the engine calls it.
  external_id text check (length(external_id) between 1 and 200),
  input jsonb not null default '{}' check (jsonb_typeof(input) = 'object'),
  status text not null default 'running' check (status in ('running', 'succeeded', 'failed', 'cancelled')),
  output jsonb check (jsonb_typeof(output) = 'object'),
  error text check (length(error) between 1 and 10000),
  started_at timestamptz(3) not null,
  finished_at timestamptz(3),
  duration_ms bigint,
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  primary key (tenant_id, id),
  foreign key (tenant_id, workflow_id) references workflows (tenant_id, id),
  check ((finished_at is null) = (status = 'running')),
  check ((duration_ms is null) = (status = 'running')),
  check (duration_ms = extract(epoch from finished_at - started_at) * 1000 and duration_ms >= 0),
  check (status <> 'running' or (output is null and error is null))
);
create index workflow_executions_created_at on workflow_executions (tenant_id, created_at desc, id desc);
create index workflow_executions_workflow_id
  on workflow_executions (tenant_id, workflow_id, created_at desc, id desc);
create index workflow_executions_status on workflow_executions (tenant_id, status, created_at desc, id desc);
create index workflow_executions_external_id on workflow_executions (tenant_id, external_id);

create function app.refuse_execution_change() returns trigger
  language plpgsql
  set search_path = pg_catalog, public, pg_temp
  as $$
begin
  raise exception using errcode = 'TN006', message = 'an execution ends once, and is not changed otherwise';
end $$;
create trigger workflow_executions_end before update on workflow_executions
  for each row when (old.status <> 'running' or new.status = 'running')
  execute function app.refuse_execution_change();

create table workflow_states (
  tenant_id text collate "C" not null default app.current_tenant() references tenants,
  id uuid not null,
  workflow_id uuid not null,
  key text collate "C" not null check (key ~ '^[A-Za-z0-9_:-][A-Za-z0-9_.:-]{0,99}$'),
  -- Any JSON, null included.
  value jsonb not null,
  -- How many times it was written.
  version integer not null default 1 check (version > 0),
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  primary key (tenant_id, id),
  unique (tenant_id, workflow_id, key),
  foreign key (tenant_id, workflow_id) references workflows (tenant_id, id)
);
create index workflow_states_created_at on workflow_states (tenant_id, created_at desc, id desc);

create table credentials (
  tenant_id text collate "C" not null default app.current_tenant() references tenants,
  id uuid not null,
  name text not null check (length(name) between 1 and 200),
  kind text not null check (kind in ('api_key', 'basic', 'oauth2', 'header')),
  -- JWE under a key of this tenant and this row, so that it says nothing anywhere else.
  encrypted_secret text not null,
  secret_version integer not null default 1 check (secret_version > 0),
  secret_updated_at timestamptz(3) not null,
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  primary key (tenant_id, id)
);
create index credentials_created_at on credentials (tenant_id, created_at desc, id desc);
create index credentials_name on credentials (tenant_id, name collate "C", id);
