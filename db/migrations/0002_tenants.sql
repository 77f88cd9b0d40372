-- The tenants, who belongs to them, their settings and their audit trail.

create table tenants (
  tenant_id text collate "C" primary key check (tenant_id ~ '^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$'),
  name text not null check (length(name) between 1 and 200),
  company_email text,
  admin_email text,
  phone text,
  region text not null check (region in ('DZ', 'CH', 'FR', 'BE', 'CA')),
  plan text collate "C" not null references plans,
  status text not null check
    (status in ('PENDING', 'TRIAL', 'ACTIVE', 'SUSPENDED', 'CANCELLED', 'DELETING', 'DELETED')),
  status_reason text,
  -- Who caused the status: a suspension by an operator is lifted only by an operator.
  status_set_by text not null check (status_set_by in ('system', 'operator', 'billing')),
  status_changed_at timestamptz(3) not null,
  trial_ends_at timestamptz(3) check (status <> 'TRIAL' or trial_ends_at is not null),
  metadata jsonb not null default '{}' check (jsonb_typeof(metadata) = 'object'),
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null
);
create index tenants_created_at on tenants (created_at desc, tenant_id desc);

-- For rows that existed before tenants did: blocked, without members, left out of statistics.
insert into tenants (tenant_id, name, region, plan, status, status_reason, status_set_by, status_changed_at,
  created_at, updated_at)
values ('system-default', 'System default', 'FR', 'FREE', 'SUSPENDED',
  'Holds rows from before there were tenants', 'operator', 'epoch', 'epoch', 'epoch');

create table memberships (
  tenant_id text collate "C" not null default app.current_tenant() references tenants,
  id uuid not null,
  user_id uuid not null references users,
  role text not null check (role in ('owner', 'admin', 'manager', 'member', 'viewer')),
  status text not null check (status in ('active', 'disabled')),
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  primary key (tenant_id, id),
  unique (tenant_id, user_id)
);
create index memberships_created_at on memberships (tenant_id, created_at desc, id desc);
-- Login looks a person up across tenants, so this index does not begin with tenant_id; it is not unique.
create index memberships_user_id on memberships (user_id);

create table tenant_settings (
  tenant_id text collate "C" not null default app.current_tenant() references tenants,
  id uuid not null,
  theme text not null check (theme in ('light', 'dark')),
  language text not null check (language in ('en', 'fr')),
  time_zone text not null,
  date_format text not null,
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  -- Hundredths of a percent: 2000 is 20 %.
  vat_rate_basis_points integer not null check (vat_rate_basis_points between 0 and 10000),
  automatic_numbering boolean not null,
  backups boolean not null,
  audit boolean not null,
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  primary key (tenant_id, id),
  unique (tenant_id)
);
create index tenant_settings_created_at on tenant_settings (tenant_id, created_at desc, id desc);

create table audit_entries (
  tenant_id text collate "C" not null default app.current_tenant() references tenants,
  id uuid not null,
  actor_kind text not null check (actor_kind in ('user', 'api_key', 'operator', 'system')),
  actor_id text not null,
  action text not null,
  object_type text not null,
  object_id text not null,
  changed_fields text[] not null,
  ip inet,
  request_id text not null,
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null check (updated_at = created_at),
  primary key (tenant_id, id)
);
create index audit_entries_created_at on audit_entries (tenant_id, created_at desc, id desc);

-- A refresh token is presented before a tenant is known, so sessions are global and name a subject tenant.
create table sessions (
  id uuid primary key,
  user_id uuid not null references users,
  subject_tenant_id text collate "C" not null references tenants (tenant_id),
  refresh_token_hash bytea not null unique,
  created_at timestamptz(3) not null,
  expires_at timestamptz(3) not null
);
create index sessions_user_id on sessions (user_id);
create index sessions_subject_tenant_id on sessions (subject_tenant_id);

-- Names and addresses of the current tenant's own members: the only way from a tenant to the table users.
-- Its owner is subject to the same policy as everybody, so it reads memberships of the current tenant only.
create function app.tenant_members(only_user_id uuid default null)
  returns table (user_id uuid, email text, first_name text, last_name text, locale text, role text, status text)
  language sql stable security definer
  set search_path = pg_catalog, public, pg_temp
  as $$
    select u.id, u.email, u.first_name, u.last_name, u.locale, m.role, m.status
    from public.memberships m join public.users u on u.id = m.user_id
    where m.tenant_id = app.current_tenant() and (only_user_id is null or m.user_id = only_user_id)
  $$;
