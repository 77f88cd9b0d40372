-- Made by test/support/generate-schema.ts from a migrated database; do not edit.

-- schema app, owner tenantry_owner
grant usage on schema app to tenantry_platform;
grant usage on schema app to tenantry_tenant;

-- schema graphile_worker, owner tenantry_jobs
grant usage on schema graphile_worker to tenantry_platform;
grant usage on schema graphile_worker to tenantry_tenant;

-- schema public, owner pg_database_owner
grant create, usage on schema public to tenantry_owner;
grant usage on schema public to tenantry_platform;
grant usage on schema public to tenantry_tenant;

-- functions made by tenantry_owner in any schema are closed to public

-- owner tenantry_owner
create table app.migrations (
  number integer not null,
  name text not null,
  hash text not null,
  applied_at timestamp(3) with time zone not null default now(),
  constraint migrations_pkey PRIMARY KEY (number)
);

-- owner tenantry_owner
create table public.api_keys (
  tenant_id text collate "C" not null default app.current_tenant(),
  id uuid not null,
  name text not null,
  role text not null,
  secret_hash bytea not null,
  created_by uuid,
  expires_at timestamp(3) with time zone,
  last_used_at timestamp(3) with time zone,
  revoked_at timestamp(3) with time zone,
  created_at timestamp(3) with time zone not null,
  updated_at timestamp(3) with time zone not null,
  constraint api_keys_pkey PRIMARY KEY (tenant_id, id),
  constraint api_keys_tenant_id_created_by_fkey FOREIGN KEY (tenant_id, created_by) REFERENCES public.memberships(tenant_id, id) ON DELETE SET NULL (created_by),
  constraint api_keys_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id),
  constraint api_keys_name_check CHECK (((length(name) >= 1) AND (length(name) <= 200))),
  constraint api_keys_role_check CHECK ((role = ANY (ARRAY['owner'::text, 'admin'::text, 'manager'::text, 'member'::text, 'viewer'::text]))),
  constraint api_keys_secret_hash_check CHECK ((length(secret_hash) = 32))
);
CREATE INDEX api_keys_created_at ON public.api_keys USING btree (tenant_id, created_at DESC, id DESC);
CREATE INDEX api_keys_created_by ON public.api_keys USING btree (tenant_id, created_by);
alter table public.api_keys enable row level security;
alter table public.api_keys force row level security;
create policy tenant_isolation on public.api_keys as permissive for all to public using ((tenant_id = app.current_tenant())) with check ((tenant_id = app.current_tenant()));
grant delete, insert, select on public.api_keys to tenantry_tenant;
grant update (last_used_at, revoked_at, updated_at) on public.api_keys to tenantry_tenant;

-- owner tenantry_owner
create table public.audit_entries (
  tenant_id text collate "C" not null default app.current_tenant(),
  id uuid not null,
  actor_kind text not null,
  actor_id text not null,
  action text not null,
  object_type text not null,
  object_id text not null,
  changed_fields text[] not null,
  ip inet,
  request_id text not null,
  created_at timestamp(3) with time zone not null,
  updated_at timestamp(3) with time zone not null,
  constraint audit_entries_pkey PRIMARY KEY (tenant_id, id),
  constraint audit_entries_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id),
  constraint audit_entries_actor_kind_check CHECK ((actor_kind = ANY (ARRAY['user'::text, 'api_key'::text, 'operator'::text, 'system'::text]))),
  constraint audit_entries_check CHECK ((updated_at = created_at))
);
CREATE INDEX audit_entries_created_at ON public.audit_entries USING btree (tenant_id, created_at DESC, id DESC);
alter table public.audit_entries enable row level security;
alter table public.audit_entries force row level security;
create policy tenant_isolation on public.audit_entries as permissive for all to public using ((tenant_id = app.current_tenant())) with check ((tenant_id = app.current_tenant()));
grant insert on public.audit_entries to tenantry_platform;
grant insert, select on public.audit_entries to tenantry_tenant;

-- owner tenantry_owner
create table public.clients (
  tenant_id text collate "C" not null default app.current_tenant(),
  id uuid not null,
  name text not null,
  email text,
  phone text,
  address text,
  notes text,
  created_at timestamp(3) with time zone not null,
  updated_at timestamp(3) with time zone not null,
  constraint clients_pkey PRIMARY KEY (tenant_id, id),
  constraint clients_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id),
  constraint clients_name_check CHECK (((length(name) >= 1) AND (length(name) <= 200)))
);
CREATE INDEX clients_created_at ON public.clients USING btree (tenant_id, created_at DESC, id DESC);
CREATE INDEX clients_name ON public.clients USING btree (tenant_id, name COLLATE "C", id);
alter table public.clients enable row level security;
alter table public.clients force row level security;
create policy tenant_isolation on public.clients as permissive for all to public using ((tenant_id = app.current_tenant())) with check ((tenant_id = app.current_tenant()));
grant delete, insert, select, update on public.clients to tenantry_tenant;

-- owner tenantry_owner
create table public.invitations (
  tenant_id text collate "C" not null default app.current_tenant(),
  id uuid not null,
  email text not null,
  role text not null,
  status text not null,
  invited_by uuid,
  token_id uuid not null,
  expires_at timestamp(3) with time zone not null,
  accepted_at timestamp(3) with time zone,
  created_at timestamp(3) with time zone not null,
  updated_at timestamp(3) with time zone not null,
  constraint invitations_pkey PRIMARY KEY (tenant_id, id),
  constraint invitations_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id),
  constraint invitations_tenant_id_invited_by_fkey FOREIGN KEY (tenant_id, invited_by) REFERENCES public.memberships(tenant_id, id) ON DELETE SET NULL (invited_by),
  constraint invitations_email_check CHECK (((email = lower(email)) AND ((length(email) >= 3) AND (length(email) <= 254)))),
  constraint invitations_role_check CHECK ((role = ANY (ARRAY['owner'::text, 'admin'::text, 'manager'::text, 'member'::text, 'viewer'::text]))),
  constraint invitations_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'accepted'::text, 'revoked'::text, 'expired'::text])))
);
CREATE INDEX invitations_created_at ON public.invitations USING btree (tenant_id, created_at DESC, id DESC);
CREATE INDEX invitations_invited_by ON public.invitations USING btree (tenant_id, invited_by);
CREATE UNIQUE INDEX invitations_pending ON public.invitations USING btree (tenant_id, email) WHERE (status = 'pending'::text);
alter table public.invitations enable row level security;
alter table public.invitations force row level security;
create policy tenant_isolation on public.invitations as permissive for all to public using ((tenant_id = app.current_tenant())) with check ((tenant_id = app.current_tenant()));
grant select, update on public.invitations to tenantry_platform;
grant delete, insert, select on public.invitations to tenantry_tenant;
grant update (expires_at, invited_by, status, token_id, updated_at) on public.invitations to tenantry_tenant;

-- owner tenantry_owner
create table public.known_addresses (
  person_id uuid not null,
  address_hash bytea not null,
  seen_at timestamp(3) with time zone not null,
  constraint known_addresses_pkey PRIMARY KEY (person_id, address_hash),
  constraint known_addresses_address_hash_check CHECK ((length(address_hash) = 32))
);
CREATE INDEX known_addresses_seen_at ON public.known_addresses USING btree (seen_at);
grant delete, insert, select, update on public.known_addresses to tenantry_platform;

-- owner tenantry_owner
create table public.memberships (
  tenant_id text collate "C" not null default app.current_tenant(),
  id uuid not null,
  user_id uuid not null,
  role text not null,
  status text not null,
  created_at timestamp(3) with time zone not null,
  updated_at timestamp(3) with time zone not null,
  theme text,
  language text,
  time_zone text,
  date_format text,
  constraint memberships_pkey PRIMARY KEY (tenant_id, id),
  constraint memberships_tenant_id_user_id_key UNIQUE (tenant_id, user_id),
  constraint memberships_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id),
  constraint memberships_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id),
  constraint memberships_language_check CHECK ((language = ANY (ARRAY['en'::text, 'fr'::text]))),
  constraint memberships_role_check CHECK ((role = ANY (ARRAY['owner'::text, 'admin'::text, 'manager'::text, 'member'::text, 'viewer'::text]))),
  constraint memberships_status_check CHECK ((status = ANY (ARRAY['active'::text, 'disabled'::text]))),
  constraint memberships_theme_check CHECK ((theme = ANY (ARRAY['light'::text, 'dark'::text])))
);
CREATE INDEX memberships_created_at ON public.memberships USING btree (tenant_id, created_at DESC, id DESC);
CREATE INDEX memberships_user_id ON public.memberships USING btree (user_id);
alter table public.memberships enable row level security;
alter table public.memberships force row level security;
create policy platform_access on public.memberships as permissive for select to tenantry_platform using (true);
create policy tenant_isolation on public.memberships as permissive for all to public using ((tenant_id = app.current_tenant())) with check ((tenant_id = app.current_tenant()));
grant insert, select, update on public.memberships to tenantry_platform;
grant delete, select on public.memberships to tenantry_tenant;
grant update (role, status, updated_at) on public.memberships to tenantry_tenant;

-- owner tenantry_owner
create table public.one_time_tokens (
  token_hash bytea not null,
  purpose text not null,
  user_id uuid,
  subject_tenant_id text collate "C",
  invitation_id uuid,
  created_at timestamp(3) with time zone not null,
  expires_at timestamp(3) with time zone not null,
  used_at timestamp(3) with time zone,
  constraint one_time_tokens_pkey PRIMARY KEY (token_hash),
  constraint one_time_tokens_subject_tenant_id_invitation_id_fkey FOREIGN KEY (subject_tenant_id, invitation_id) REFERENCES public.invitations(tenant_id, id) ON DELETE CASCADE,
  constraint one_time_tokens_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id),
  constraint one_time_tokens_check CHECK (((purpose = 'accept_invitation'::text) = (user_id IS NULL))),
  constraint one_time_tokens_check1 CHECK (((purpose = 'accept_invitation'::text) = ((subject_tenant_id IS NOT NULL) AND (invitation_id IS NOT NULL)))),
  constraint one_time_tokens_purpose_check CHECK ((purpose = ANY (ARRAY['verify_email'::text, 'reset_password'::text, 'accept_invitation'::text]))),
  constraint one_time_tokens_token_hash_check CHECK ((length(token_hash) = 32))
);
CREATE INDEX one_time_tokens_expires_at ON public.one_time_tokens USING btree (expires_at);
CREATE INDEX one_time_tokens_invitation ON public.one_time_tokens USING btree (subject_tenant_id, invitation_id);
CREATE INDEX one_time_tokens_user_id ON public.one_time_tokens USING btree (user_id);
grant delete, insert, select, update on public.one_time_tokens to tenantry_platform;

-- owner tenantry_owner
create table public.plans (
  plan text collate "C" not null,
  "position" smallint not null,
  price_cents integer not null,
  price_is_minimum boolean not null default false,
  currency text not null default 'EUR'::text,
  users bigint,
  storage_bytes bigint,
  sites bigint,
  workflows bigint,
  executions_per_month bigint,
  articles_per_week bigint,
  requests_per_minute bigint,
  modules text[] not null,
  stripe_price_id text,
  constraint plans_pkey PRIMARY KEY (plan),
  constraint plans_position_key UNIQUE ("position"),
  constraint plans_articles_per_week_check CHECK ((articles_per_week >= 0)),
  constraint plans_currency_check CHECK ((currency ~ '^[A-Z]{3}$'::text)),
  constraint plans_executions_per_month_check CHECK ((executions_per_month >= 0)),
  constraint plans_plan_check CHECK ((plan ~ '^[A-Z]{2,30}$'::text)),
  constraint plans_price_cents_check CHECK ((price_cents >= 0)),
  constraint plans_requests_per_minute_check CHECK ((requests_per_minute >= 0)),
  constraint plans_sites_check CHECK ((sites >= 0)),
  constraint plans_storage_bytes_check CHECK ((storage_bytes >= 0)),
  constraint plans_users_check CHECK ((users >= 0)),
  constraint plans_workflows_check CHECK ((workflows >= 0))
);
grant select on public.plans to tenantry_platform;
grant select on public.plans to tenantry_tenant;

-- owner tenantry_owner
create table public.platform_audit_entries (
  id uuid not null,
  actor_kind text not null,
  actor_id text not null,
  action text not null,
  object_type text not null,
  object_id text not null,
  subject_tenant_id text collate "C",
  changed_fields text[] not null,
  ip inet,
  request_id text not null,
  created_at timestamp(3) with time zone not null,
  constraint platform_audit_entries_pkey PRIMARY KEY (id),
  constraint platform_audit_entries_actor_kind_check CHECK ((actor_kind = ANY (ARRAY['super_admin'::text, 'admin_key'::text, 'user'::text, 'system'::text])))
);
CREATE INDEX platform_audit_entries_created_at ON public.platform_audit_entries USING btree (created_at DESC, id DESC);
grant insert, select on public.platform_audit_entries to tenantry_platform;

-- owner tenantry_owner
create unlogged table public.rate_limits (
  key text collate "C" not null,
  hits integer not null,
  resets_at timestamp(3) with time zone not null,
  constraint rate_limits_pkey PRIMARY KEY (key)
);
CREATE INDEX rate_limits_resets_at ON public.rate_limits USING btree (resets_at);
grant delete, insert, select, update on public.rate_limits to tenantry_platform;

-- owner tenantry_owner
create table public.sessions (
  id uuid not null,
  user_id uuid not null,
  subject_tenant_id text collate "C" not null,
  membership_id uuid not null,
  lookup_hash bytea not null,
  token_hash bytea not null,
  previous_token_hash bytea,
  rotated_at timestamp(3) with time zone not null,
  created_at timestamp(3) with time zone not null,
  expires_at timestamp(3) with time zone not null,
  constraint sessions_pkey PRIMARY KEY (id),
  constraint sessions_lookup_hash_key UNIQUE (lookup_hash),
  constraint sessions_subject_tenant_id_membership_id_fkey FOREIGN KEY (subject_tenant_id, membership_id) REFERENCES public.memberships(tenant_id, id) ON DELETE CASCADE,
  constraint sessions_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id),
  constraint sessions_lookup_hash_check CHECK ((length(lookup_hash) = 32)),
  constraint sessions_previous_token_hash_check CHECK ((length(previous_token_hash) = 32)),
  constraint sessions_token_hash_check CHECK ((length(token_hash) = 32))
);
CREATE INDEX sessions_expires_at ON public.sessions USING btree (expires_at);
CREATE INDEX sessions_membership ON public.sessions USING btree (subject_tenant_id, membership_id);
CREATE INDEX sessions_user_id ON public.sessions USING btree (user_id);
grant delete, insert, select, update on public.sessions to tenantry_platform;

-- owner tenantry_owner
create table public.signing_keys (
  kid text not null,
  public_jwk jsonb not null,
  private_jwe text not null,
  created_at timestamp(3) with time zone not null,
  active_from timestamp(3) with time zone not null,
  constraint signing_keys_pkey PRIMARY KEY (kid)
);
grant delete, insert, select on public.signing_keys to tenantry_platform;

-- owner tenantry_owner
create table public.super_admins (
  id uuid not null,
  email text not null,
  password_hash text not null,
  credentials_changed_at timestamp(3) with time zone not null,
  totp_secret_jwe text,
  totp_enrolled_at timestamp(3) with time zone,
  totp_last_step bigint,
  totp_failures integer not null default 0,
  totp_failed_at timestamp(3) with time zone,
  disabled_at timestamp(3) with time zone,
  created_at timestamp(3) with time zone not null,
  updated_at timestamp(3) with time zone not null,
  constraint super_admins_pkey PRIMARY KEY (id),
  constraint super_admins_email_key UNIQUE (email),
  constraint super_admins_check CHECK (((totp_enrolled_at IS NULL) OR (totp_secret_jwe IS NOT NULL))),
  constraint super_admins_email_check CHECK (((email = lower(email)) AND ((length(email) >= 3) AND (length(email) <= 254))))
);
grant insert, select, update on public.super_admins to tenantry_platform;

-- owner tenantry_owner
create table public.tenant_settings (
  tenant_id text collate "C" not null default app.current_tenant(),
  id uuid not null,
  theme text not null,
  language text not null,
  time_zone text not null,
  date_format text not null,
  currency text not null,
  vat_rate_basis_points integer not null,
  automatic_numbering boolean not null,
  backups boolean not null,
  audit boolean not null,
  created_at timestamp(3) with time zone not null,
  updated_at timestamp(3) with time zone not null,
  constraint tenant_settings_pkey PRIMARY KEY (tenant_id, id),
  constraint tenant_settings_tenant_id_key UNIQUE (tenant_id),
  constraint tenant_settings_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id),
  constraint tenant_settings_currency_check CHECK ((currency ~ '^[A-Z]{3}$'::text)),
  constraint tenant_settings_language_check CHECK ((language = ANY (ARRAY['en'::text, 'fr'::text]))),
  constraint tenant_settings_theme_check CHECK ((theme = ANY (ARRAY['light'::text, 'dark'::text]))),
  constraint tenant_settings_vat_rate_basis_points_check CHECK (((vat_rate_basis_points >= 0) AND (vat_rate_basis_points <= 10000)))
);
CREATE INDEX tenant_settings_created_at ON public.tenant_settings USING btree (tenant_id, created_at DESC, id DESC);
alter table public.tenant_settings enable row level security;
alter table public.tenant_settings force row level security;
create policy tenant_isolation on public.tenant_settings as permissive for all to public using ((tenant_id = app.current_tenant())) with check ((tenant_id = app.current_tenant()));
grant insert on public.tenant_settings to tenantry_platform;
grant delete, insert, select, update on public.tenant_settings to tenantry_tenant;

-- owner tenantry_owner
create table public.tenants (
  tenant_id text collate "C" not null,
  name text not null,
  company_email text,
  admin_email text,
  phone text,
  region text not null,
  plan text collate "C" not null,
  status text not null,
  status_reason text,
  status_set_by text not null,
  status_changed_at timestamp(3) with time zone not null,
  trial_ends_at timestamp(3) with time zone,
  metadata jsonb not null default '{}'::jsonb,
  created_at timestamp(3) with time zone not null,
  updated_at timestamp(3) with time zone not null,
  constraint tenants_pkey PRIMARY KEY (tenant_id),
  constraint tenants_plan_fkey FOREIGN KEY (plan) REFERENCES public.plans(plan),
  constraint tenants_check CHECK (((status <> 'TRIAL'::text) OR (trial_ends_at IS NOT NULL))),
  constraint tenants_metadata_check CHECK ((jsonb_typeof(metadata) = 'object'::text)),
  constraint tenants_name_check CHECK (((length(name) >= 1) AND (length(name) <= 200))),
  constraint tenants_region_check CHECK ((region = ANY (ARRAY['DZ'::text, 'CH'::text, 'FR'::text, 'BE'::text, 'CA'::text]))),
  constraint tenants_status_check CHECK ((status = ANY (ARRAY['PENDING'::text, 'TRIAL'::text, 'ACTIVE'::text, 'SUSPENDED'::text, 'CANCELLED'::text, 'DELETING'::text, 'DELETED'::text]))),
  constraint tenants_status_set_by_check CHECK ((status_set_by = ANY (ARRAY['system'::text, 'operator'::text, 'billing'::text]))),
  constraint tenants_tenant_id_check CHECK ((tenant_id ~ '^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$'::text))
);
CREATE INDEX tenants_created_at ON public.tenants USING btree (created_at DESC, tenant_id DESC);
alter table public.tenants enable row level security;
alter table public.tenants force row level security;
create policy platform_access on public.tenants as permissive for select to tenantry_platform using (true);
create policy tenant_isolation on public.tenants as permissive for all to public using ((tenant_id = app.current_tenant())) with check ((tenant_id = app.current_tenant()));
grant insert, select, update on public.tenants to tenantry_platform;
grant select on public.tenants to tenantry_tenant;
grant update (admin_email, company_email, name, phone, updated_at) on public.tenants to tenantry_tenant;

-- owner tenantry_owner
create table public.users (
  id uuid not null,
  email text not null,
  password_hash text not null,
  first_name text not null,
  last_name text not null,
  locale text not null,
  terms_accepted_at timestamp(3) with time zone,
  privacy_accepted_at timestamp(3) with time zone,
  created_at timestamp(3) with time zone not null,
  updated_at timestamp(3) with time zone not null,
  email_verified_at timestamp(3) with time zone,
  password_changed_at timestamp(3) with time zone not null,
  constraint users_pkey PRIMARY KEY (id),
  constraint users_email_key UNIQUE (email),
  constraint users_email_check CHECK (((email = lower(email)) AND ((length(email) >= 3) AND (length(email) <= 254)))),
  constraint users_locale_check CHECK ((locale = ANY (ARRAY['en'::text, 'fr'::text])))
);
grant insert, select, update on public.users to tenantry_platform;

-- owner tenantry_owner
CREATE OR REPLACE FUNCTION app.current_tenant()
 RETURNS text
 LANGUAGE sql
 STABLE PARALLEL SAFE
AS $function$ select nullif(current_setting('app.tenant_id', true), '') $function$;
grant execute on function app.current_tenant() to tenantry_platform;
grant execute on function app.current_tenant() to tenantry_tenant;

-- owner tenantry_owner
CREATE OR REPLACE FUNCTION app.end_sessions(of_membership uuid)
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
    delete from public.sessions s
    where s.subject_tenant_id = app.current_tenant() and s.membership_id = of_membership
  $function$;
grant execute on function app.end_sessions(uuid) to tenantry_tenant;

-- owner tenantry_owner
CREATE OR REPLACE FUNCTION app.session_membership(session_id uuid)
 RETURNS uuid
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
begin
  return (
    select s.membership_id from public.sessions s
    where s.id = session_id and s.subject_tenant_id = app.current_tenant()
  );
end $function$;
grant execute on function app.session_membership(uuid) to tenantry_tenant;

-- owner tenantry_owner
CREATE OR REPLACE FUNCTION app.tenant_members(only_user_id uuid DEFAULT NULL::uuid)
 RETURNS TABLE(user_id uuid, email text, first_name text, last_name text, locale text, role text, status text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
    select u.id, u.email, u.first_name, u.last_name, u.locale, m.role, m.status
    from public.memberships m join public.users u on u.id = m.user_id
    where m.tenant_id = app.current_tenant() and (only_user_id is null or m.user_id = only_user_id)
  $function$;
grant execute on function app.tenant_members(uuid) to tenantry_tenant;

-- owner tenantry_jobs
CREATE OR REPLACE FUNCTION graphile_worker.enqueue_job(task text, payload json, job_key text DEFAULT NULL::text, run_at timestamp with time zone DEFAULT NULL::timestamp with time zone)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  tenant text := nullif(current_setting('app.tenant_id', true), '');
begin
  if tenant is null and session_user <> 'tenantry_platform' then
    raise insufficient_privilege using message = 'a job needs a tenant';
  end if;
  -- Anything else joined to an object makes an array, in which nobody would find the tenant.
  if jsonb_typeof(payload::jsonb) <> 'object' then
    raise invalid_parameter_value using message = 'the payload of a job is an object';
  end if;
  if session_user <> 'tenantry_platform' and task <> all (array['send-invitation']) then
    raise insufficient_privilege using message = 'a tenant cannot ask for this task';
  end if;
  perform graphile_worker.add_job(
    task,
    (coalesce(payload::jsonb, '{}') || jsonb_build_object('tenant_id', tenant))::json,
    run_at => run_at,
    -- Lower is earlier: nobody's own mail waits behind what a tenant sends to others.
    priority => case task when 'send-invitation' then 10 else 0 end,
    job_key => case when tenant is null then job_key else tenant || ':' || job_key end);
end $function$;
grant execute on function graphile_worker.enqueue_job(text,json,text,timestamp with time zone) to tenantry_platform;
grant execute on function graphile_worker.enqueue_job(text,json,text,timestamp with time zone) to tenantry_tenant;
