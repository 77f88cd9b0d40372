create table clients (
  tenant_id text collate "C" not null default app.current_tenant() references tenants,
  id uuid not null,
  name text not null check (length(name) between 1 and 200),
  email text,
  phone text,
  address text,
  notes text,
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  primary key (tenant_id, id)
);
create index clients_created_at on clients (tenant_id, created_at desc, id desc);
create index clients_name on clients (tenant_id, name collate "C", id);
