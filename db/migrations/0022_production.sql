-- What is made, where, for whom and of what; projects; and articles.

create table projects (
  tenant_id text collate "C" not null default app.current_tenant() references tenants,
  id uuid not null,
  name text not null check (length(name) between 1 and 200),
  description text check (length(description) <= 20000),
  client_id uuid,
  status text not null default 'planned' check (status in ('planned', 'active', 'on_hold', 'done')),
  starts_on date,
  ends_on date,
  budget_cents bigint check (budget_cents between 0 and 9007199254740991),
  deleted_at timestamptz(3),
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  primary key (tenant_id, id),
  foreign key (tenant_id, client_id) references clients (tenant_id, id),
  constraint projects_ends_behind_start check (ends_on >= starts_on)
);
create index projects_created_at on projects (tenant_id, created_at desc, id desc);
create index projects_name on projects (tenant_id, name collate "C", id);
create index projects_client_id on projects (tenant_id, client_id);

create table sites (
  tenant_id text collate "C" not null default app.current_tenant() references tenants,
  id uuid not null,
  name text not null check (length(name) between 1 and 200),
  address text check (length(address) <= 1000),
  city text check (length(city) between 1 and 200),
  -- ISO 3166-1, such as FR.
  country text check (country ~ '^[A-Z]{2}$'),
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  primary key (tenant_id, id),
  unique (tenant_id, name)
);
create index sites_created_at on sites (tenant_id, created_at desc, id desc);
create index sites_name on sites (tenant_id, name collate "C", id);

create index material_categories_position on material_categories (tenant_id, position, id);
create index material_categories_name on material_categories (tenant_id, name collate "C", id);

create table production_orders (
  tenant_id text collate "C" not null default app.current_tenant() references tenants,
  id uuid not null,
  -- Also of one that is deleted, which can come back.
  number text not null check (length(number) between 1 and 50),
  title text not null check (length(title) between 1 and 200),
  site_id uuid,
  client_id uuid,
  project_id uuid,
  material_category_id uuid,
  quantity double precision not null default 1 check (quantity > 0 and quantity <= 1e12),
  unit text not null default 'piece' check (length(unit) between 1 and 20),
  due_on date,
  notes text check (length(notes) <= 20000),
  status text not null default 'planned' check (status in ('planned', 'in_progress', 'done', 'cancelled')),
  started_at timestamptz(3),
  finished_at timestamptz(3),
  deleted_at timestamptz(3),
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  primary key (tenant_id, id),
  unique (tenant_id, number),
  foreign key (tenant_id, site_id) references sites (tenant_id, id),
  foreign key (tenant_id, client_id) references clients (tenant_id, id),
  foreign key (tenant_id, project_id) references projects (tenant_id, id),
  foreign key (tenant_id, material_category_id) references material_categories (tenant_id, id),
  -- One that was cancelled may have been started or not; only one that is done was finished.
  check (status = 'cancelled' or (started_at is null) = (status = 'planned')),
  check ((finished_at is null) = (status <> 'done'))
);
create index production_orders_created_at on production_orders (tenant_id, created_at desc, id desc);
create index production_orders_number on production_orders (tenant_id, number collate "C", id);
create index production_orders_site_id on production_orders (tenant_id, site_id);
create index production_orders_client_id on production_orders (tenant_id, client_id);
create index production_orders_project_id on production_orders (tenant_id, project_id);
create index production_orders_material_category_id on production_orders (tenant_id, material_category_id);

create table articles (
  tenant_id text collate "C" not null default app.current_tenant() references tenants,
  id uuid not null,
  title text not null check (length(title) between 1 and 200),
  slug text check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and length(slug) <= 200),
  body text not null check (length(body) <= 200000),
  status text not null default 'draft' check (status in ('draft', 'published')),
  published_at timestamptz(3) check ((published_at is null) = (status = 'draft')),
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  primary key (tenant_id, id),
  unique (tenant_id, slug)
);
create index articles_created_at on articles (tenant_id, created_at desc, id desc);
create index articles_title on articles (tenant_id, title collate "C", id);
