-- What provisioning writes beside a tenant's own rows: the first table that templates fill, and which lines of a file
-- have become tenants already.

-- What a workshop makes things of, or a school buys: the kinds of material by which a tenant sorts them.
create table material_categories (
  tenant_id text collate "C" not null default app.current_tenant() references tenants,
  id uuid not null,
  name text not null check (length(name) between 1 and 200),
  description text check (length(description) <= 2000),
  -- Where it stands in the list.
  position integer not null default 0,
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  primary key (tenant_id, id),
  unique (tenant_id, name)
);
create index material_categories_created_at on material_categories (tenant_id, created_at desc, id desc);

-- The lines of files whose tenant was made, each by the SHA-256 of what it says and of how many lines that say the same
-- came before it: an import that was broken off goes on where it was.
create table tenant_imports (
  key bytea primary key check (length(key) = 32),
  subject_tenant_id text collate "C" not null references tenants (tenant_id),
  created_at timestamptz(3) not null
);
create index tenant_imports_subject_tenant_id on tenant_imports (subject_tenant_id);
