-- What a tenant asks its own tables again and again: a declaration, of which a query is made each time it is run.
create table saved_queries (
  tenant_id text collate "C" not null default app.current_tenant() references tenants,
  id uuid not null,
  name text not null check (length(name) between 1 and 200),
  definition jsonb not null check (jsonb_typeof(definition) = 'object'),
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  primary key (tenant_id, id)
);
create index saved_queries_created_at on saved_queries (tenant_id, created_at desc, id desc);
create index saved_queries_name on saved_queries (tenant_id, name collate "C", id);
