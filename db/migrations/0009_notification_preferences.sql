-- About what and how each member wants to be told, where that is not what everybody begins with: those defaults are in
-- src/features/notifications/preferences.ts, and a member who has changed nothing has no row.

create table notification_preferences (
  tenant_id text collate "C" not null default app.current_tenant() references tenants,
  id uuid not null,
  membership_id uuid not null,
  category text collate "C" not null check (category in ('system', 'stock', 'project', 'production')),
  -- Notifications below this priority are not sent.
  minimum_priority text not null check (minimum_priority in ('normal', 'high', 'urgent')),
  email boolean not null,
  push boolean not null,
  sound boolean not null,
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  primary key (tenant_id, id),
  unique (tenant_id, membership_id, category),
  foreign key (tenant_id, membership_id) references memberships (tenant_id, id) on delete cascade
);
create index notification_preferences_created_at on notification_preferences (tenant_id, created_at desc, id desc);

-- The audit trail is kept for every tenant; the column only shows it.
alter table tenant_settings add constraint tenant_settings_audit check (audit);
