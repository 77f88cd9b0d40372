-- Made by test/support/generate-schema.ts from a migrated database; do not edit.

-- schema app, owner tenantry_owner
grant usage on schema app to tenantry_platform;
grant create, usage on schema app to tenantry_purger;
grant usage on schema app to tenantry_tenant;

-- schema graphile_worker, owner tenantry_jobs
grant usage on schema graphile_worker to tenantry_platform;
grant usage on schema graphile_worker to tenantry_tenant;

-- schema public, owner pg_database_owner
grant create, usage on schema public to tenantry_owner;
grant usage on schema public to tenantry_platform;
grant usage on schema public to tenantry_purger;
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
create policy tenant_isolation on public.api_keys as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true))) with check ((tenant_id = app.current_tenant()));
grant delete, select on public.api_keys to tenantry_purger;
grant delete, insert, select on public.api_keys to tenantry_tenant;
grant select (last_used_at, tenant_id) on public.api_keys to tenantry_platform;
grant update (last_used_at, revoked_at, updated_at) on public.api_keys to tenantry_tenant;

-- owner tenantry_owner
create table public.articles (
  tenant_id text collate "C" not null default app.current_tenant(),
  id uuid not null,
  title text not null,
  slug text,
  body text not null,
  status text not null default 'draft'::text,
  published_at timestamp(3) with time zone,
  created_at timestamp(3) with time zone not null,
  updated_at timestamp(3) with time zone not null,
  constraint articles_pkey PRIMARY KEY (tenant_id, id),
  constraint articles_tenant_id_slug_key UNIQUE (tenant_id, slug),
  constraint articles_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id),
  constraint articles_body_check CHECK ((length(body) <= 200000)),
  constraint articles_check CHECK (((published_at IS NULL) = (status = 'draft'::text))),
  constraint articles_slug_check CHECK (((slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'::text) AND (length(slug) <= 200))),
  constraint articles_status_check CHECK ((status = ANY (ARRAY['draft'::text, 'published'::text]))),
  constraint articles_title_check CHECK (((length(title) >= 1) AND (length(title) <= 200)))
);
CREATE INDEX articles_created_at ON public.articles USING btree (tenant_id, created_at DESC, id DESC);
CREATE INDEX articles_title ON public.articles USING btree (tenant_id, title COLLATE "C", id);
alter table public.articles enable row level security;
alter table public.articles force row level security;
create policy tenant_isolation on public.articles as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true))) with check ((tenant_id = app.current_tenant()));
grant delete, select on public.articles to tenantry_purger;
grant delete, insert, select, update on public.articles to tenantry_tenant;

-- owner tenantry_owner
create table public.audit_clock (
  is_only boolean not null default true,
  sealed_to bigint not null,
  moved_at timestamp(3) with time zone not null,
  constraint audit_clock_pkey PRIMARY KEY (is_only),
  constraint audit_clock_is_only_check CHECK (is_only)
);

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
  reason text,
  "position" bigint not null default app.audit_position(pg_current_xact_id()),
  constraint audit_entries_pkey PRIMARY KEY (tenant_id, id),
  constraint audit_entries_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id),
  constraint audit_entries_actor_kind_check CHECK ((actor_kind = ANY (ARRAY['user'::text, 'api_key'::text, 'operator'::text, 'system'::text]))),
  constraint audit_entries_check CHECK ((updated_at = created_at)),
  constraint audit_entries_length CHECK ((octet_length((((((actor_id || action) || object_type) || object_id) || request_id) || array_to_string(changed_fields, ','::text))) <= 100000)),
  constraint audit_entries_reason_check CHECK ((length(reason) <= 1000)),
  constraint audit_entries_time CHECK (((created_at >= '1970-01-01 00:00:00+00'::timestamp with time zone) AND (created_at <= '9999-12-31 23:59:59+00'::timestamp with time zone)))
);
CREATE INDEX audit_entries_created_at ON public.audit_entries USING btree (tenant_id, created_at DESC, id DESC);
CREATE INDEX audit_entries_position ON public.audit_entries USING btree (tenant_id, "position", id);
alter table public.audit_entries enable row level security;
alter table public.audit_entries force row level security;
create policy platform_access on public.audit_entries as permissive for select to tenantry_platform using (true);
create policy tenant_isolation on public.audit_entries as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true))) with check ((tenant_id = app.current_tenant()));
grant delete, select on public.audit_entries to tenantry_purger;
grant select on public.audit_entries to tenantry_tenant;
grant insert (action, actor_id, actor_kind, changed_fields, created_at, id, ip, object_id, object_type, reason, request_id, tenant_id, updated_at) on public.audit_entries to tenantry_platform;
grant select ("position", tenant_id) on public.audit_entries to tenantry_platform;
grant insert (action, actor_id, actor_kind, changed_fields, created_at, id, ip, object_id, object_type, reason, request_id, tenant_id, updated_at) on public.audit_entries to tenantry_tenant;

-- owner tenantry_owner
create table public.audit_seals (
  tenant_id text collate "C" not null default app.current_tenant(),
  id uuid not null,
  number bigint not null,
  from_position bigint not null,
  to_position bigint not null,
  entry_ids uuid[] not null,
  entry_hashes bytea[] not null,
  previous_hash bytea not null,
  hash bytea not null,
  created_at timestamp(3) with time zone not null,
  updated_at timestamp(3) with time zone not null,
  constraint audit_seals_pkey PRIMARY KEY (tenant_id, id),
  constraint audit_seals_tenant_id_number_key UNIQUE (tenant_id, number),
  constraint audit_seals_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id),
  constraint audit_seals_check CHECK ((to_position > from_position)),
  constraint audit_seals_check1 CHECK ((cardinality(entry_hashes) = cardinality(entry_ids))),
  constraint audit_seals_check2 CHECK ((updated_at = created_at)),
  constraint audit_seals_hash_check CHECK ((length(hash) = 32)),
  constraint audit_seals_number_check CHECK ((number > 0)),
  constraint audit_seals_previous_hash_check CHECK ((length(previous_hash) = 32))
);
CREATE INDEX audit_seals_created_at ON public.audit_seals USING btree (tenant_id, created_at DESC, id DESC);
alter table public.audit_seals enable row level security;
alter table public.audit_seals force row level security;
create policy platform_access on public.audit_seals as permissive for select to tenantry_platform using (true);
create policy tenant_isolation on public.audit_seals as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true))) with check ((tenant_id = app.current_tenant()));
grant delete, select on public.audit_seals to tenantry_purger;
grant select on public.audit_seals to tenantry_tenant;
grant select (hash, number, tenant_id, to_position) on public.audit_seals to tenantry_platform;

-- owner tenantry_owner
create table public.billing_accounts (
  tenant_id text collate "C" not null default app.current_tenant(),
  id uuid not null,
  customer_name text not null,
  customer_email text,
  customer_id text collate "C",
  subscription_id text,
  subscription_status text,
  price_id text,
  quantity integer,
  current_period_end timestamp(3) with time zone,
  cancel_at timestamp(3) with time zone,
  applied_status text,
  applied_plan text,
  cancel_before timestamp(3) with time zone,
  cancelled_subscription_id text,
  version bigint not null default 0,
  synced_at timestamp(3) with time zone,
  created_at timestamp(3) with time zone not null,
  updated_at timestamp(3) with time zone not null,
  constraint billing_accounts_pkey PRIMARY KEY (tenant_id, id),
  constraint billing_accounts_tenant_id_key UNIQUE (tenant_id),
  constraint billing_accounts_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id),
  constraint billing_accounts_customer_id_check CHECK (((length(customer_id) >= 1) AND (length(customer_id) <= 255))),
  constraint billing_accounts_subscription_id_check CHECK (((length(subscription_id) >= 1) AND (length(subscription_id) <= 255)))
);
CREATE INDEX billing_accounts_created_at ON public.billing_accounts USING btree (tenant_id, created_at DESC, id DESC);
CREATE INDEX billing_accounts_customer_id ON public.billing_accounts USING btree (customer_id);
alter table public.billing_accounts enable row level security;
alter table public.billing_accounts force row level security;
create policy platform_access on public.billing_accounts as permissive for select to tenantry_platform using (true);
create policy tenant_isolation on public.billing_accounts as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true))) with check ((tenant_id = app.current_tenant()));
grant insert, select, update on public.billing_accounts to tenantry_platform;
grant delete, select on public.billing_accounts to tenantry_purger;
grant select on public.billing_accounts to tenantry_tenant;

-- owner tenantry_owner
create table public.billing_events (
  id text collate "C" not null,
  type text not null,
  subject_tenant_id text collate "C",
  customer_id text,
  payload json not null,
  source text not null,
  occurred_at timestamp(3) with time zone not null,
  received_at timestamp(3) with time zone not null,
  applied_at timestamp(3) with time zone,
  outcome text,
  finding text,
  replays integer not null default 0,
  constraint billing_events_pkey PRIMARY KEY (id),
  constraint billing_events_subject_tenant_id_fkey FOREIGN KEY (subject_tenant_id) REFERENCES public.tenants(tenant_id),
  constraint billing_events_check CHECK (((applied_at IS NULL) = (outcome IS NULL))),
  constraint billing_events_finding_check CHECK ((length(finding) <= 1000)),
  constraint billing_events_id_check CHECK (((length(id) >= 1) AND (length(id) <= 255))),
  constraint billing_events_outcome_check CHECK ((outcome = ANY (ARRAY['changed'::text, 'unchanged'::text, 'ignored'::text, 'unmatched'::text]))),
  constraint billing_events_source_check CHECK ((source = ANY (ARRAY['webhook'::text, 'reconciliation'::text]))),
  constraint billing_events_type_check CHECK (((length(type) >= 1) AND (length(type) <= 255)))
);
CREATE INDEX billing_events_received_at ON public.billing_events USING btree (received_at DESC, id DESC);
CREATE INDEX billing_events_subject_tenant_id ON public.billing_events USING btree (subject_tenant_id, received_at DESC, id DESC);
CREATE INDEX billing_events_waiting ON public.billing_events USING btree (subject_tenant_id) WHERE (applied_at IS NULL);
grant insert, select on public.billing_events to tenantry_platform;
grant delete, select on public.billing_events to tenantry_purger;
grant update (applied_at, finding, outcome, replays, subject_tenant_id) on public.billing_events to tenantry_platform;

-- owner tenantry_owner
create table public.business_analyses (
  tenant_id text collate "C" not null default app.current_tenant(),
  id uuid not null,
  title text not null,
  kind text not null,
  status text not null,
  input jsonb not null default '{}'::jsonb,
  result jsonb,
  created_at timestamp(3) with time zone not null,
  updated_at timestamp(3) with time zone not null,
  constraint business_analyses_pkey PRIMARY KEY (tenant_id, id),
  constraint business_analyses_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id),
  constraint business_analyses_input_check CHECK ((jsonb_typeof(input) = 'object'::text)),
  constraint business_analyses_kind_check CHECK ((kind = ANY (ARRAY['swot'::text, 'forecast'::text, 'market'::text, 'competitors'::text, 'customers'::text]))),
  constraint business_analyses_result_check CHECK ((jsonb_typeof(result) = 'object'::text)),
  constraint business_analyses_status_check CHECK ((status = ANY (ARRAY['draft'::text, 'running'::text, 'done'::text, 'failed'::text]))),
  constraint business_analyses_title_check CHECK (((length(title) >= 1) AND (length(title) <= 200)))
);
CREATE INDEX business_analyses_created_at ON public.business_analyses USING btree (tenant_id, created_at DESC, id DESC);
CREATE INDEX business_analyses_kind ON public.business_analyses USING btree (tenant_id, kind, created_at DESC, id DESC);
CREATE INDEX business_analyses_title ON public.business_analyses USING btree (tenant_id, title COLLATE "C", id);
alter table public.business_analyses enable row level security;
alter table public.business_analyses force row level security;
create policy tenant_isolation on public.business_analyses as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true))) with check ((tenant_id = app.current_tenant()));
grant delete, select on public.business_analyses to tenantry_purger;
grant delete, insert, select, update on public.business_analyses to tenantry_tenant;

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
create policy tenant_isolation on public.clients as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true))) with check ((tenant_id = app.current_tenant()));
grant delete, select on public.clients to tenantry_purger;
grant delete, insert, select, update on public.clients to tenantry_tenant;

-- owner tenantry_owner
create table public.credentials (
  tenant_id text collate "C" not null default app.current_tenant(),
  id uuid not null,
  name text not null,
  kind text not null,
  encrypted_secret text not null,
  secret_version integer not null default 1,
  secret_updated_at timestamp(3) with time zone not null,
  created_at timestamp(3) with time zone not null,
  updated_at timestamp(3) with time zone not null,
  constraint credentials_pkey PRIMARY KEY (tenant_id, id),
  constraint credentials_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id),
  constraint credentials_kind_check CHECK ((kind = ANY (ARRAY['api_key'::text, 'basic'::text, 'oauth2'::text, 'header'::text]))),
  constraint credentials_name_check CHECK (((length(name) >= 1) AND (length(name) <= 200))),
  constraint credentials_secret_version_check CHECK ((secret_version > 0))
);
CREATE INDEX credentials_created_at ON public.credentials USING btree (tenant_id, created_at DESC, id DESC);
CREATE INDEX credentials_name ON public.credentials USING btree (tenant_id, name COLLATE "C", id);
alter table public.credentials enable row level security;
alter table public.credentials force row level security;
create policy tenant_isolation on public.credentials as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true))) with check ((tenant_id = app.current_tenant()));
grant delete, select on public.credentials to tenantry_purger;
grant delete, insert, select, update on public.credentials to tenantry_tenant;

-- owner tenantry_owner
create table public.credit_accounts (
  tenant_id text collate "C" not null default app.current_tenant(),
  id uuid not null,
  balance bigint not null default 0,
  created_at timestamp(3) with time zone not null,
  updated_at timestamp(3) with time zone not null,
  constraint credit_accounts_pkey PRIMARY KEY (tenant_id, id),
  constraint credit_accounts_tenant_id_key UNIQUE (tenant_id),
  constraint credit_accounts_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id),
  constraint credit_accounts_balance_check CHECK (((balance >= 0) AND (balance <= '9007199254740991'::bigint)))
);
CREATE INDEX credit_accounts_created_at ON public.credit_accounts USING btree (tenant_id, created_at DESC, id DESC);
alter table public.credit_accounts enable row level security;
alter table public.credit_accounts force row level security;
create policy tenant_isolation on public.credit_accounts as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true))) with check ((tenant_id = app.current_tenant()));
grant delete, select on public.credit_accounts to tenantry_purger;
grant select on public.credit_accounts to tenantry_tenant;

-- owner tenantry_owner
create table public.credit_entries (
  tenant_id text collate "C" not null default app.current_tenant(),
  id uuid not null,
  operation_id uuid not null,
  lot_id uuid not null,
  amount bigint not null,
  created_at timestamp(3) with time zone not null,
  updated_at timestamp(3) with time zone not null,
  constraint credit_entries_pkey PRIMARY KEY (tenant_id, id),
  constraint credit_entries_tenant_id_operation_id_lot_id_key UNIQUE (tenant_id, operation_id, lot_id),
  constraint credit_entries_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id),
  constraint credit_entries_tenant_id_lot_id_fkey FOREIGN KEY (tenant_id, lot_id) REFERENCES public.credit_lots(tenant_id, id),
  constraint credit_entries_tenant_id_operation_id_fkey FOREIGN KEY (tenant_id, operation_id) REFERENCES public.credit_operations(tenant_id, id),
  constraint credit_entries_amount_check CHECK ((amount <> 0))
);
CREATE INDEX credit_entries_created_at ON public.credit_entries USING btree (tenant_id, created_at DESC, id DESC);
alter table public.credit_entries enable row level security;
alter table public.credit_entries force row level security;
create policy tenant_isolation on public.credit_entries as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true))) with check ((tenant_id = app.current_tenant()));
grant delete, select on public.credit_entries to tenantry_purger;
grant select on public.credit_entries to tenantry_tenant;

-- owner tenantry_owner
create table public.credit_lots (
  tenant_id text collate "C" not null default app.current_tenant(),
  id uuid not null,
  amount bigint not null,
  remaining bigint not null,
  expires_at timestamp(3) with time zone,
  created_at timestamp(3) with time zone not null,
  updated_at timestamp(3) with time zone not null,
  constraint credit_lots_pkey PRIMARY KEY (tenant_id, id),
  constraint credit_lots_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id),
  constraint credit_lots_tenant_id_id_fkey FOREIGN KEY (tenant_id, id) REFERENCES public.credit_operations(tenant_id, id),
  constraint credit_lots_check CHECK (((remaining >= 0) AND (remaining <= amount)))
);
CREATE INDEX credit_lots_created_at ON public.credit_lots USING btree (tenant_id, created_at DESC, id DESC);
CREATE INDEX credit_lots_open ON public.credit_lots USING btree (tenant_id, expires_at, created_at, id) WHERE (remaining > 0);
alter table public.credit_lots enable row level security;
alter table public.credit_lots force row level security;
create policy platform_access on public.credit_lots as permissive for select to tenantry_platform using (true);
create policy tenant_isolation on public.credit_lots as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true))) with check ((tenant_id = app.current_tenant()));
grant delete, select on public.credit_lots to tenantry_purger;
grant select on public.credit_lots to tenantry_tenant;
grant select (expires_at, remaining, tenant_id) on public.credit_lots to tenantry_platform;

-- owner tenantry_owner
create table public.credit_operations (
  tenant_id text collate "C" not null default app.current_tenant(),
  id uuid not null,
  kind text collate "C" not null,
  amount bigint not null,
  balance bigint not null,
  reason text,
  idempotency_key text collate "C",
  expires_at timestamp(3) with time zone,
  debit_id uuid,
  actor_kind text collate "C" not null,
  actor_id text not null,
  created_at timestamp(3) with time zone not null,
  updated_at timestamp(3) with time zone not null,
  constraint credit_operations_pkey PRIMARY KEY (tenant_id, id),
  constraint credit_operations_tenant_id_debit_id_fkey FOREIGN KEY (tenant_id, debit_id) REFERENCES public.credit_operations(tenant_id, id),
  constraint credit_operations_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id),
  constraint credit_operations_actor_kind_check CHECK ((actor_kind = ANY (ARRAY['user'::text, 'api_key'::text, 'operator'::text, 'system'::text]))),
  constraint credit_operations_balance_check CHECK ((balance >= 0)),
  constraint credit_operations_check CHECK (((amount > 0) AND ((kind = 'expiry'::text) OR (amount <= 1000000000)))),
  constraint credit_operations_check1 CHECK (((kind = 'grant'::text) OR (expires_at IS NULL))),
  constraint credit_operations_check2 CHECK (((kind = 'refund'::text) = (debit_id IS NOT NULL))),
  constraint credit_operations_check3 CHECK (((kind = 'expiry'::text) OR ((reason IS NOT NULL) AND (idempotency_key IS NOT NULL)))),
  constraint credit_operations_idempotency_key_check CHECK (((length(idempotency_key) >= 1) AND (length(idempotency_key) <= 200))),
  constraint credit_operations_kind_check CHECK ((kind = ANY (ARRAY['grant'::text, 'debit'::text, 'refund'::text, 'expiry'::text]))),
  constraint credit_operations_reason_check CHECK (((length(reason) >= 1) AND (length(reason) <= 1000)))
);
CREATE INDEX credit_operations_created_at ON public.credit_operations USING btree (tenant_id, created_at DESC, id DESC);
CREATE INDEX credit_operations_debit ON public.credit_operations USING btree (tenant_id, debit_id) WHERE (debit_id IS NOT NULL);
CREATE UNIQUE INDEX credit_operations_key ON public.credit_operations USING btree (tenant_id, idempotency_key, ((actor_kind = ANY (ARRAY['user'::text, 'api_key'::text]))));
alter table public.credit_operations enable row level security;
alter table public.credit_operations force row level security;
create policy tenant_isolation on public.credit_operations as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true))) with check ((tenant_id = app.current_tenant()));
grant delete, select on public.credit_operations to tenantry_purger;
grant select on public.credit_operations to tenantry_tenant;

-- owner tenantry_owner
create table public.deals (
  tenant_id text collate "C" not null default app.current_tenant(),
  id uuid not null,
  title text not null,
  client_id uuid,
  lead_id uuid,
  stage text not null,
  amount_cents bigint not null,
  currency text not null,
  probability integer not null,
  expected_close_on date,
  closed_at timestamp(3) with time zone,
  created_at timestamp(3) with time zone not null,
  updated_at timestamp(3) with time zone not null,
  deleted_at timestamp(3) with time zone,
  constraint deals_pkey PRIMARY KEY (tenant_id, id),
  constraint deals_tenant_id_client_id_fkey FOREIGN KEY (tenant_id, client_id) REFERENCES public.clients(tenant_id, id),
  constraint deals_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id),
  constraint deals_tenant_id_lead_id_fkey FOREIGN KEY (tenant_id, lead_id) REFERENCES public.leads(tenant_id, id),
  constraint deals_amount_cents_check CHECK (((amount_cents >= 0) AND (amount_cents <= '1000000000000000'::bigint))),
  constraint deals_check CHECK (((stage = ANY (ARRAY['won'::text, 'lost'::text])) = (closed_at IS NOT NULL))),
  constraint deals_currency_check CHECK ((currency ~ '^[A-Z]{3}$'::text)),
  constraint deals_probability_check CHECK (((probability >= 0) AND (probability <= 100))),
  constraint deals_stage_check CHECK ((stage = ANY (ARRAY['lead'::text, 'qualified'::text, 'proposal'::text, 'negotiation'::text, 'won'::text, 'lost'::text]))),
  constraint deals_title_check CHECK (((length(title) >= 1) AND (length(title) <= 200)))
);
CREATE INDEX deals_amount_cents ON public.deals USING btree (tenant_id, amount_cents, id);
CREATE INDEX deals_client_id ON public.deals USING btree (tenant_id, client_id);
CREATE INDEX deals_created_at ON public.deals USING btree (tenant_id, created_at DESC, id DESC);
CREATE INDEX deals_lead_id ON public.deals USING btree (tenant_id, lead_id);
CREATE INDEX deals_pipeline ON public.deals USING btree (tenant_id, stage, currency) INCLUDE (amount_cents, probability) WHERE (deleted_at IS NULL);
CREATE INDEX deals_title ON public.deals USING btree (tenant_id, title COLLATE "C", id);
alter table public.deals enable row level security;
alter table public.deals force row level security;
create policy tenant_isolation on public.deals as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true))) with check ((tenant_id = app.current_tenant()));
grant delete, select on public.deals to tenantry_purger;
grant delete, insert, select, update on public.deals to tenantry_tenant;

-- owner tenantry_owner
create table public.deletion_certificates (
  id uuid not null,
  subject_tenant_id text collate "C" not null,
  status text not null,
  requested_by_kind text not null,
  requested_by_id text not null,
  reason text not null,
  waits_for text,
  counts_before jsonb,
  counts_after jsonb,
  kept jsonb,
  rows_deleted bigint not null default 0,
  users_deleted bigint not null default 0,
  jobs_deleted bigint not null default 0,
  last_seal_hash text,
  customer_id text collate "C",
  requested_at timestamp(3) with time zone not null,
  completed_at timestamp(3) with time zone,
  constraint deletion_certificates_pkey PRIMARY KEY (id),
  constraint deletion_certificates_subject_tenant_id_key UNIQUE (subject_tenant_id),
  constraint deletion_certificates_subject_tenant_id_fkey FOREIGN KEY (subject_tenant_id) REFERENCES public.tenants(tenant_id),
  constraint deletion_certificates_check CHECK (((status = 'done'::text) = (completed_at IS NOT NULL))),
  constraint deletion_certificates_check1 CHECK (((status = 'running'::text) OR ((counts_before IS NOT NULL) AND (counts_after IS NOT NULL) AND (kept IS NOT NULL)))),
  constraint deletion_certificates_counts_after_check CHECK ((jsonb_typeof(counts_after) = 'object'::text)),
  constraint deletion_certificates_counts_before_check CHECK ((jsonb_typeof(counts_before) = 'object'::text)),
  constraint deletion_certificates_kept_check CHECK ((jsonb_typeof(kept) = 'object'::text)),
  constraint deletion_certificates_reason_check CHECK (((length(reason) >= 1) AND (length(reason) <= 1000))),
  constraint deletion_certificates_requested_by_kind_check CHECK ((requested_by_kind = ANY (ARRAY['super_admin'::text, 'admin_key'::text, 'system'::text]))),
  constraint deletion_certificates_status_check CHECK ((status = ANY (ARRAY['running'::text, 'done'::text]))),
  constraint deletion_certificates_waits_for_check CHECK ((length(waits_for) <= 1000))
);
CREATE INDEX deletion_certificates_customer_id ON public.deletion_certificates USING btree (customer_id);
CREATE INDEX deletion_certificates_requested_at ON public.deletion_certificates USING btree (requested_at DESC, id DESC);
grant insert, select on public.deletion_certificates to tenantry_platform;
grant select on public.deletion_certificates to tenantry_purger;
grant update (completed_at, counts_after, counts_before, customer_id, jobs_deleted, kept, last_seal_hash, rows_deleted, status, users_deleted, waits_for) on public.deletion_certificates to tenantry_platform;

-- owner tenantry_owner
create table public.idempotency_keys (
  tenant_id text collate "C" not null default app.current_tenant(),
  id uuid not null,
  principal_kind text collate "C" not null,
  principal_id text collate "C" not null,
  key text collate "C" not null,
  request_hash bytea not null,
  status smallint,
  body text,
  headers jsonb,
  created_at timestamp(3) with time zone not null,
  updated_at timestamp(3) with time zone not null,
  constraint idempotency_keys_pkey PRIMARY KEY (tenant_id, id),
  constraint idempotency_keys_of_principal UNIQUE (tenant_id, principal_kind, principal_id, key),
  constraint idempotency_keys_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id),
  constraint idempotency_keys_headers_check CHECK ((jsonb_typeof(headers) = 'object'::text)),
  constraint idempotency_keys_key_check CHECK (((length(key) >= 1) AND (length(key) <= 200))),
  constraint idempotency_keys_principal_kind_check CHECK ((principal_kind = ANY (ARRAY['user'::text, 'api_key'::text, 'operator'::text]))),
  constraint idempotency_keys_request_hash_check CHECK ((octet_length(request_hash) = 32)),
  constraint idempotency_keys_status_check CHECK (((status >= 200) AND (status <= 299)))
);
CREATE INDEX idempotency_keys_created_at ON public.idempotency_keys USING btree (tenant_id, created_at DESC, id DESC);
alter table public.idempotency_keys enable row level security;
alter table public.idempotency_keys force row level security;
create policy platform_access on public.idempotency_keys as permissive for select to tenantry_platform using (true);
create policy tenant_isolation on public.idempotency_keys as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true))) with check ((tenant_id = app.current_tenant()));
grant delete, select on public.idempotency_keys to tenantry_purger;
grant insert, select, update on public.idempotency_keys to tenantry_tenant;
grant select (created_at, tenant_id) on public.idempotency_keys to tenantry_platform;

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
create policy tenant_isolation on public.invitations as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true))) with check ((tenant_id = app.current_tenant()));
grant select, update on public.invitations to tenantry_platform;
grant delete, select on public.invitations to tenantry_purger;
grant delete, insert, select on public.invitations to tenantry_tenant;
grant update (expires_at, invited_by, status, token_id, updated_at) on public.invitations to tenantry_tenant;

-- owner tenantry_owner
create table public.invoice_counters (
  tenant_id text collate "C" not null default app.current_tenant(),
  id uuid not null,
  last_number integer not null,
  last_issued_on date not null,
  created_at timestamp(3) with time zone not null,
  updated_at timestamp(3) with time zone not null,
  constraint invoice_counters_pkey PRIMARY KEY (tenant_id, id),
  constraint invoice_counters_tenant_id_key UNIQUE (tenant_id),
  constraint invoice_counters_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id),
  constraint invoice_counters_last_number_check CHECK ((last_number > 0))
);
CREATE INDEX invoice_counters_created_at ON public.invoice_counters USING btree (tenant_id, created_at DESC, id DESC);
CREATE TRIGGER invoice_counters_count BEFORE INSERT OR UPDATE ON public.invoice_counters FOR EACH ROW EXECUTE FUNCTION app.check_invoice_counter();
alter table public.invoice_counters enable row level security;
alter table public.invoice_counters force row level security;
create policy tenant_isolation on public.invoice_counters as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true))) with check ((tenant_id = app.current_tenant()));
grant delete, select on public.invoice_counters to tenantry_purger;
grant insert, select on public.invoice_counters to tenantry_tenant;
grant update (last_issued_on, last_number, updated_at) on public.invoice_counters to tenantry_tenant;

-- owner tenantry_owner
create table public.invoice_lines (
  tenant_id text collate "C" not null default app.current_tenant(),
  id uuid not null,
  invoice_id uuid not null,
  "position" integer not null,
  description text not null,
  quantity numeric(9,3) not null,
  unit_price_cents bigint not null,
  vat_rate_basis_points integer,
  net_cents bigint not null,
  created_at timestamp(3) with time zone not null,
  updated_at timestamp(3) with time zone not null,
  constraint invoice_lines_pkey PRIMARY KEY (tenant_id, id),
  constraint invoice_lines_tenant_id_invoice_id_position_key UNIQUE (tenant_id, invoice_id, "position"),
  constraint invoice_lines_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id),
  constraint invoice_lines_tenant_id_invoice_id_fkey FOREIGN KEY (tenant_id, invoice_id) REFERENCES public.invoices(tenant_id, id) ON DELETE CASCADE,
  constraint invoice_lines_check CHECK (((net_cents)::numeric = round((quantity * (unit_price_cents)::numeric)))),
  constraint invoice_lines_description_check CHECK (((length(description) >= 1) AND (length(description) <= 1000))),
  constraint invoice_lines_net_cents_check CHECK ((abs(net_cents) <= '10000000000000'::bigint)),
  constraint invoice_lines_position_check CHECK ((("position" >= 1) AND ("position" <= 200))),
  constraint invoice_lines_unit_price_cents_check CHECK (((unit_price_cents >= 0) AND (unit_price_cents <= '10000000000000'::bigint))),
  constraint invoice_lines_vat_rate_basis_points_check CHECK (((vat_rate_basis_points >= 0) AND (vat_rate_basis_points <= 10000)))
);
CREATE INDEX invoice_lines_created_at ON public.invoice_lines USING btree (tenant_id, created_at DESC, id DESC);
CREATE TRIGGER invoice_lines_stay BEFORE INSERT OR DELETE OR UPDATE ON public.invoice_lines FOR EACH ROW EXECUTE FUNCTION app.check_invoice_line();
alter table public.invoice_lines enable row level security;
alter table public.invoice_lines force row level security;
create policy tenant_isolation on public.invoice_lines as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true))) with check ((tenant_id = app.current_tenant()));
grant delete, select on public.invoice_lines to tenantry_purger;
grant delete, insert, select on public.invoice_lines to tenantry_tenant;
grant update (updated_at, vat_rate_basis_points) on public.invoice_lines to tenantry_tenant;

-- owner tenantry_owner
create table public.invoices (
  tenant_id text collate "C" not null default app.current_tenant(),
  id uuid not null,
  client_id uuid,
  due_on date,
  note text,
  currency text not null,
  status text collate "C" not null default 'draft'::text,
  number text collate "C",
  issued_on date,
  seller_name text,
  buyer_name text,
  buyer_email text,
  buyer_address text,
  paid_on date,
  paid_at timestamp(3) with time zone,
  voided_at timestamp(3) with time zone,
  void_reason text,
  net_cents bigint not null,
  vat_cents bigint not null,
  total_cents bigint not null,
  created_at timestamp(3) with time zone not null,
  updated_at timestamp(3) with time zone not null,
  constraint invoices_pkey PRIMARY KEY (tenant_id, id),
  constraint invoices_tenant_id_number_key UNIQUE (tenant_id, number),
  constraint invoices_tenant_id_client_id_fkey FOREIGN KEY (tenant_id, client_id) REFERENCES public.clients(tenant_id, id),
  constraint invoices_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id),
  constraint invoices_buyer_name_check CHECK (((length(buyer_name) >= 1) AND (length(buyer_name) <= 200))),
  constraint invoices_check CHECK ((paid_on >= issued_on)),
  constraint invoices_check1 CHECK ((total_cents = (net_cents + vat_cents))),
  constraint invoices_check2 CHECK ((((status = 'draft'::text) = (number IS NULL)) AND ((status = 'draft'::text) = (issued_on IS NULL)))),
  constraint invoices_check3 CHECK (((status = 'draft'::text) OR (client_id IS NOT NULL))),
  constraint invoices_check4 CHECK ((((status = 'draft'::text) = (seller_name IS NULL)) AND ((status = 'draft'::text) = (buyer_name IS NULL)))),
  constraint invoices_check5 CHECK (((status <> 'draft'::text) OR ((buyer_email IS NULL) AND (buyer_address IS NULL)))),
  constraint invoices_check6 CHECK ((((status = 'paid'::text) = (paid_on IS NOT NULL)) AND ((status = 'paid'::text) = (paid_at IS NOT NULL)))),
  constraint invoices_check7 CHECK ((((status = 'void'::text) = (voided_at IS NOT NULL)) AND ((status = 'void'::text) = (void_reason IS NOT NULL)))),
  constraint invoices_currency_check CHECK ((currency ~ '^[A-Z]{3}$'::text)),
  constraint invoices_net_cents_check CHECK ((abs(net_cents) <= '10000000000000'::bigint)),
  constraint invoices_note_check CHECK ((length(note) <= 5000)),
  constraint invoices_number_check CHECK (((length(number) >= 1) AND (length(number) <= 40))),
  constraint invoices_seller_name_check CHECK (((length(seller_name) >= 1) AND (length(seller_name) <= 200))),
  constraint invoices_status_check CHECK ((status = ANY (ARRAY['draft'::text, 'issued'::text, 'paid'::text, 'void'::text]))),
  constraint invoices_total_cents_check CHECK ((abs(total_cents) <= '10000000000000'::bigint)),
  constraint invoices_vat_cents_check CHECK ((abs(vat_cents) <= '10000000000000'::bigint)),
  constraint invoices_void_reason_check CHECK (((length(void_reason) >= 1) AND (length(void_reason) <= 1000)))
);
CREATE INDEX invoices_client_id ON public.invoices USING btree (tenant_id, client_id);
CREATE INDEX invoices_created_at ON public.invoices USING btree (tenant_id, created_at DESC, id DESC);
CREATE TRIGGER invoices_stay BEFORE DELETE OR UPDATE ON public.invoices FOR EACH ROW EXECUTE FUNCTION app.check_invoice();
alter table public.invoices enable row level security;
alter table public.invoices force row level security;
create policy tenant_isolation on public.invoices as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true))) with check ((tenant_id = app.current_tenant()));
grant delete, select on public.invoices to tenantry_purger;
grant delete, select, update on public.invoices to tenantry_tenant;
grant insert (client_id, created_at, currency, due_on, id, net_cents, note, tenant_id, total_cents, updated_at, vat_cents) on public.invoices to tenantry_tenant;

-- owner tenantry_owner
create table public.knowledge_documents (
  tenant_id text collate "C" not null default app.current_tenant(),
  id uuid not null,
  title text not null,
  content text not null,
  language text not null,
  tags jsonb not null default '[]'::jsonb,
  source_url text,
  content_bytes integer not null,
  created_at timestamp(3) with time zone not null,
  updated_at timestamp(3) with time zone not null,
  constraint knowledge_documents_pkey PRIMARY KEY (tenant_id, id),
  constraint knowledge_documents_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id),
  constraint knowledge_documents_check CHECK ((content_bytes = octet_length(content))),
  constraint knowledge_documents_content_check CHECK ((length(content) <= 500000)),
  constraint knowledge_documents_language_check CHECK ((language = ANY (ARRAY['en'::text, 'fr'::text]))),
  constraint knowledge_documents_source_url_check CHECK ((length(source_url) <= 2000)),
  constraint knowledge_documents_tags_check CHECK ((jsonb_typeof(tags) = 'array'::text)),
  constraint knowledge_documents_title_check CHECK (((length(title) >= 1) AND (length(title) <= 200)))
);
CREATE INDEX knowledge_documents_created_at ON public.knowledge_documents USING btree (tenant_id, created_at DESC, id DESC);
CREATE INDEX knowledge_documents_title ON public.knowledge_documents USING btree (tenant_id, title COLLATE "C", id);
alter table public.knowledge_documents enable row level security;
alter table public.knowledge_documents force row level security;
create policy tenant_isolation on public.knowledge_documents as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true))) with check ((tenant_id = app.current_tenant()));
grant delete, select on public.knowledge_documents to tenantry_purger;
grant delete, insert, select, update on public.knowledge_documents to tenantry_tenant;

-- owner tenantry_owner
create table public.knowledge_terms (
  tenant_id text collate "C" not null default app.current_tenant(),
  id uuid not null,
  document_id uuid not null,
  language text collate "C" not null,
  term text collate "C" not null,
  weight real not null,
  first_at integer,
  created_at timestamp(3) with time zone not null,
  updated_at timestamp(3) with time zone not null,
  constraint knowledge_terms_pkey PRIMARY KEY (tenant_id, id),
  constraint knowledge_terms_tenant_id_document_id_fkey FOREIGN KEY (tenant_id, document_id) REFERENCES public.knowledge_documents(tenant_id, id) ON DELETE CASCADE,
  constraint knowledge_terms_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id),
  constraint knowledge_terms_first_at_check CHECK ((first_at >= 0)),
  constraint knowledge_terms_language_check CHECK ((language = ANY (ARRAY['en'::text, 'fr'::text]))),
  constraint knowledge_terms_term_check CHECK (((length(term) >= 1) AND (length(term) <= 100))),
  constraint knowledge_terms_weight_check CHECK ((weight > (0)::double precision))
);
CREATE INDEX knowledge_terms_created_at ON public.knowledge_terms USING btree (tenant_id, created_at DESC, id DESC);
CREATE INDEX knowledge_terms_document_id ON public.knowledge_terms USING btree (tenant_id, document_id);
CREATE UNIQUE INDEX knowledge_terms_term ON public.knowledge_terms USING btree (tenant_id, language, term, document_id) INCLUDE (weight, first_at);
alter table public.knowledge_terms enable row level security;
alter table public.knowledge_terms force row level security;
create policy tenant_isolation on public.knowledge_terms as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true))) with check ((tenant_id = app.current_tenant()));
grant delete, select on public.knowledge_terms to tenantry_purger;
grant delete, insert, select, update on public.knowledge_terms to tenantry_tenant;

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
grant delete on public.known_addresses to tenantry_purger;
grant select (person_id) on public.known_addresses to tenantry_purger;

-- owner tenantry_owner
create table public.leads (
  tenant_id text collate "C" not null default app.current_tenant(),
  id uuid not null,
  name text not null,
  company text,
  email text,
  phone text,
  source text not null,
  status text not null,
  notes text,
  client_id uuid,
  created_at timestamp(3) with time zone not null,
  updated_at timestamp(3) with time zone not null,
  constraint leads_pkey PRIMARY KEY (tenant_id, id),
  constraint leads_tenant_id_client_id_fkey FOREIGN KEY (tenant_id, client_id) REFERENCES public.clients(tenant_id, id),
  constraint leads_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id),
  constraint leads_check CHECK (((status = 'converted'::text) = (client_id IS NOT NULL))),
  constraint leads_company_check CHECK (((length(company) >= 1) AND (length(company) <= 200))),
  constraint leads_email_check CHECK ((length(email) <= 254)),
  constraint leads_name_check CHECK (((length(name) >= 1) AND (length(name) <= 200))),
  constraint leads_notes_check CHECK ((length(notes) <= 20000)),
  constraint leads_phone_check CHECK ((length(phone) <= 40)),
  constraint leads_source_check CHECK ((source = ANY (ARRAY['website'::text, 'referral'::text, 'phone'::text, 'event'::text, 'other'::text]))),
  constraint leads_status_check CHECK ((status = ANY (ARRAY['new'::text, 'contacted'::text, 'qualified'::text, 'lost'::text, 'converted'::text])))
);
CREATE INDEX leads_client_id ON public.leads USING btree (tenant_id, client_id);
CREATE INDEX leads_created_at ON public.leads USING btree (tenant_id, created_at DESC, id DESC);
CREATE INDEX leads_name ON public.leads USING btree (tenant_id, name COLLATE "C", id);
alter table public.leads enable row level security;
alter table public.leads force row level security;
create policy tenant_isolation on public.leads as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true))) with check ((tenant_id = app.current_tenant()));
grant delete, select on public.leads to tenantry_purger;
grant delete, insert, select, update on public.leads to tenantry_tenant;

-- owner tenantry_owner
create table public.limit_counters (
  tenant_id text collate "C" not null default app.current_tenant(),
  id uuid not null,
  limit_name text collate "C" not null,
  used bigint not null default 0,
  period date,
  period_since timestamp(3) with time zone,
  created_at timestamp(3) with time zone not null,
  updated_at timestamp(3) with time zone not null,
  constraint limit_counters_pkey PRIMARY KEY (tenant_id, id),
  constraint limit_counters_tenant_id_limit_name_key UNIQUE (tenant_id, limit_name),
  constraint limit_counters_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id),
  constraint limit_counters_check CHECK (((period IS NULL) = (period_since IS NULL))),
  constraint limit_counters_limit_name_check CHECK ((limit_name = ANY (ARRAY['articles_per_week'::text, 'executions_per_month'::text, 'sites'::text, 'storage_bytes'::text, 'users'::text, 'workflows'::text]))),
  constraint limit_counters_period_check CHECK (((period >= '1970-01-01'::date) AND (period <= '9999-12-31'::date))),
  constraint limit_counters_used_check CHECK ((used >= 0))
);
CREATE INDEX limit_counters_created_at ON public.limit_counters USING btree (tenant_id, created_at DESC, id DESC);
alter table public.limit_counters enable row level security;
alter table public.limit_counters force row level security;
create policy platform_access on public.limit_counters as permissive for select to tenantry_platform using (true);
create policy tenant_isolation on public.limit_counters as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true))) with check ((tenant_id = app.current_tenant()));
grant insert, select on public.limit_counters to tenantry_platform;
grant delete, select on public.limit_counters to tenantry_purger;
grant select on public.limit_counters to tenantry_tenant;

-- owner tenantry_owner
create table public.material_categories (
  tenant_id text collate "C" not null default app.current_tenant(),
  id uuid not null,
  name text not null,
  description text,
  "position" integer not null default 0,
  created_at timestamp(3) with time zone not null,
  updated_at timestamp(3) with time zone not null,
  constraint material_categories_pkey PRIMARY KEY (tenant_id, id),
  constraint material_categories_tenant_id_name_key UNIQUE (tenant_id, name),
  constraint material_categories_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id),
  constraint material_categories_description_check CHECK ((length(description) <= 2000)),
  constraint material_categories_name_check CHECK (((length(name) >= 1) AND (length(name) <= 200)))
);
CREATE INDEX material_categories_created_at ON public.material_categories USING btree (tenant_id, created_at DESC, id DESC);
CREATE INDEX material_categories_name ON public.material_categories USING btree (tenant_id, name COLLATE "C", id);
CREATE INDEX material_categories_position ON public.material_categories USING btree (tenant_id, "position", id);
alter table public.material_categories enable row level security;
alter table public.material_categories force row level security;
create policy tenant_isolation on public.material_categories as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true))) with check ((tenant_id = app.current_tenant()));
grant insert on public.material_categories to tenantry_platform;
grant delete, select on public.material_categories to tenantry_purger;
grant delete, insert, select, update on public.material_categories to tenantry_tenant;

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
create policy tenant_isolation on public.memberships as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true))) with check ((tenant_id = app.current_tenant()));
grant insert, select, update on public.memberships to tenantry_platform;
grant delete, select on public.memberships to tenantry_purger;
grant delete, select on public.memberships to tenantry_tenant;
grant update (role, status, updated_at) on public.memberships to tenantry_tenant;

-- owner tenantry_owner
create table public.notification_preferences (
  tenant_id text collate "C" not null default app.current_tenant(),
  id uuid not null,
  membership_id uuid not null,
  category text collate "C" not null,
  minimum_priority text not null,
  email boolean not null,
  push boolean not null,
  sound boolean not null,
  created_at timestamp(3) with time zone not null,
  updated_at timestamp(3) with time zone not null,
  constraint notification_preferences_pkey PRIMARY KEY (tenant_id, id),
  constraint notification_preferences_tenant_id_membership_id_category_key UNIQUE (tenant_id, membership_id, category),
  constraint notification_preferences_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id),
  constraint notification_preferences_tenant_id_membership_id_fkey FOREIGN KEY (tenant_id, membership_id) REFERENCES public.memberships(tenant_id, id) ON DELETE CASCADE,
  constraint notification_preferences_category_check CHECK ((category = ANY (ARRAY['system'::text, 'stock'::text, 'project'::text, 'production'::text]))),
  constraint notification_preferences_minimum_priority_check CHECK ((minimum_priority = ANY (ARRAY['normal'::text, 'high'::text, 'urgent'::text])))
);
CREATE INDEX notification_preferences_created_at ON public.notification_preferences USING btree (tenant_id, created_at DESC, id DESC);
alter table public.notification_preferences enable row level security;
alter table public.notification_preferences force row level security;
create policy tenant_isolation on public.notification_preferences as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true))) with check ((tenant_id = app.current_tenant()));
grant insert on public.notification_preferences to tenantry_platform;
grant delete, select on public.notification_preferences to tenantry_purger;
grant delete, insert, select, update on public.notification_preferences to tenantry_tenant;

-- owner tenantry_owner
create table public.notification_templates (
  name text collate "C" not null,
  category text collate "C" not null,
  priority text not null,
  title_en text not null,
  title_fr text not null,
  body_en text not null,
  body_fr text not null,
  updated_at timestamp(3) with time zone not null,
  constraint notification_templates_pkey PRIMARY KEY (name),
  constraint notification_templates_body_en_check CHECK (((length(body_en) >= 1) AND (length(body_en) <= 2000))),
  constraint notification_templates_body_fr_check CHECK (((length(body_fr) >= 1) AND (length(body_fr) <= 2000))),
  constraint notification_templates_category_check CHECK ((category = ANY (ARRAY['system'::text, 'stock'::text, 'project'::text, 'production'::text]))),
  constraint notification_templates_name_check CHECK ((name ~ '^[a-z][a-z0-9_]{0,63}$'::text)),
  constraint notification_templates_priority_check CHECK ((priority = ANY (ARRAY['normal'::text, 'high'::text, 'urgent'::text]))),
  constraint notification_templates_title_en_check CHECK (((length(title_en) >= 1) AND (length(title_en) <= 200))),
  constraint notification_templates_title_fr_check CHECK (((length(title_fr) >= 1) AND (length(title_fr) <= 200)))
);
grant select on public.notification_templates to tenantry_platform;
grant select on public.notification_templates to tenantry_tenant;
grant update (body_en, body_fr, priority, title_en, title_fr, updated_at) on public.notification_templates to tenantry_platform;

-- owner tenantry_owner
create table public.notifications (
  tenant_id text collate "C" not null default app.current_tenant(),
  id uuid not null,
  membership_id uuid not null,
  template text collate "C" not null,
  category text collate "C" not null,
  priority text not null,
  "values" jsonb not null,
  read_at timestamp(3) with time zone,
  created_at timestamp(3) with time zone not null,
  updated_at timestamp(3) with time zone not null,
  constraint notifications_pkey PRIMARY KEY (tenant_id, id),
  constraint notifications_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id),
  constraint notifications_tenant_id_membership_id_fkey FOREIGN KEY (tenant_id, membership_id) REFERENCES public.memberships(tenant_id, id) ON DELETE CASCADE,
  constraint notifications_category_check CHECK ((category = ANY (ARRAY['system'::text, 'stock'::text, 'project'::text, 'production'::text]))),
  constraint notifications_priority_check CHECK ((priority = ANY (ARRAY['normal'::text, 'high'::text, 'urgent'::text]))),
  constraint notifications_values_check CHECK (((jsonb_typeof("values") = 'object'::text) AND (NOT jsonb_path_exists("values", 'strict $.*?(@.type() != "string" && @.type() != "number")'::jsonpath))))
);
CREATE INDEX notifications_created_at ON public.notifications USING btree (tenant_id, created_at DESC, id DESC);
CREATE INDEX notifications_membership_id ON public.notifications USING btree (tenant_id, membership_id, created_at DESC, id DESC);
CREATE INDEX notifications_unread ON public.notifications USING btree (tenant_id, membership_id, created_at DESC, id DESC) WHERE (read_at IS NULL);
alter table public.notifications enable row level security;
alter table public.notifications force row level security;
create policy platform_access on public.notifications as permissive for select to tenantry_platform using (true);
create policy tenant_isolation on public.notifications as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true))) with check ((tenant_id = app.current_tenant()));
grant delete, select on public.notifications to tenantry_purger;
grant select on public.notifications to tenantry_tenant;
grant select (created_at, tenant_id) on public.notifications to tenantry_platform;
grant update (read_at, updated_at) on public.notifications to tenantry_tenant;

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
grant delete, select on public.one_time_tokens to tenantry_purger;

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
  updated_at timestamp(3) with time zone not null,
  price_is_per_seat boolean not null default false,
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
CREATE UNIQUE INDEX plans_stripe_price_id ON public.plans USING btree (stripe_price_id);
grant select on public.plans to tenantry_platform;
grant select on public.plans to tenantry_tenant;
grant update (articles_per_week, executions_per_month, modules, price_cents, price_is_minimum, price_is_per_seat, requests_per_minute, sites, storage_bytes, stripe_price_id, updated_at, users, workflows) on public.plans to tenantry_platform;

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
  reason text,
  constraint platform_audit_entries_pkey PRIMARY KEY (id),
  constraint platform_audit_entries_actor_kind_check CHECK ((actor_kind = ANY (ARRAY['super_admin'::text, 'admin_key'::text, 'user'::text, 'system'::text]))),
  constraint platform_audit_entries_reason_check CHECK ((length(reason) <= 1000))
);
CREATE INDEX platform_audit_entries_actor_id ON public.platform_audit_entries USING btree (actor_id, created_at DESC, id DESC);
CREATE INDEX platform_audit_entries_created_at ON public.platform_audit_entries USING btree (created_at DESC, id DESC);
CREATE INDEX platform_audit_entries_object_id ON public.platform_audit_entries USING btree (object_id, created_at DESC, id DESC);
CREATE INDEX platform_audit_entries_subject_tenant_id ON public.platform_audit_entries USING btree (subject_tenant_id, created_at DESC, id DESC);
grant insert, select on public.platform_audit_entries to tenantry_platform;
grant select on public.platform_audit_entries to tenantry_purger;

-- owner tenantry_owner
create table public.platform_idempotency_keys (
  id uuid not null,
  caller text collate "C" not null,
  key text collate "C" not null,
  subject_tenant_id text collate "C" default app.current_tenant(),
  request_hash bytea not null,
  status smallint,
  body text,
  created_at timestamp(3) with time zone not null,
  constraint platform_idempotency_keys_pkey PRIMARY KEY (id),
  constraint platform_idempotency_keys_of_caller UNIQUE (caller, key),
  constraint platform_idempotency_keys_caller_check CHECK (((length(caller) >= 1) AND (length(caller) <= 200))),
  constraint platform_idempotency_keys_key_check CHECK (((length(key) >= 1) AND (length(key) <= 200))),
  constraint platform_idempotency_keys_request_hash_check CHECK ((octet_length(request_hash) = 32)),
  constraint platform_idempotency_keys_status_check CHECK (((status >= 200) AND (status <= 299)))
);
CREATE INDEX platform_idempotency_keys_created_at ON public.platform_idempotency_keys USING btree (created_at);
CREATE INDEX platform_idempotency_keys_subject ON public.platform_idempotency_keys USING btree (subject_tenant_id);
grant delete, insert, select, update on public.platform_idempotency_keys to tenantry_platform;
grant delete, select on public.platform_idempotency_keys to tenantry_purger;

-- owner tenantry_owner
create table public.production_orders (
  tenant_id text collate "C" not null default app.current_tenant(),
  id uuid not null,
  number text not null,
  title text not null,
  site_id uuid,
  client_id uuid,
  project_id uuid,
  material_category_id uuid,
  quantity double precision not null default 1,
  unit text not null default 'piece'::text,
  due_on date,
  notes text,
  status text not null default 'planned'::text,
  started_at timestamp(3) with time zone,
  finished_at timestamp(3) with time zone,
  deleted_at timestamp(3) with time zone,
  created_at timestamp(3) with time zone not null,
  updated_at timestamp(3) with time zone not null,
  constraint production_orders_pkey PRIMARY KEY (tenant_id, id),
  constraint production_orders_tenant_id_number_key UNIQUE (tenant_id, number),
  constraint production_orders_tenant_id_client_id_fkey FOREIGN KEY (tenant_id, client_id) REFERENCES public.clients(tenant_id, id),
  constraint production_orders_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id),
  constraint production_orders_tenant_id_material_category_id_fkey FOREIGN KEY (tenant_id, material_category_id) REFERENCES public.material_categories(tenant_id, id),
  constraint production_orders_tenant_id_project_id_fkey FOREIGN KEY (tenant_id, project_id) REFERENCES public.projects(tenant_id, id),
  constraint production_orders_tenant_id_site_id_fkey FOREIGN KEY (tenant_id, site_id) REFERENCES public.sites(tenant_id, id),
  constraint production_orders_check CHECK (((status = 'cancelled'::text) OR ((started_at IS NULL) = (status = 'planned'::text)))),
  constraint production_orders_check1 CHECK (((finished_at IS NULL) = (status <> 'done'::text))),
  constraint production_orders_notes_check CHECK ((length(notes) <= 20000)),
  constraint production_orders_number_check CHECK (((length(number) >= 1) AND (length(number) <= 50))),
  constraint production_orders_quantity_check CHECK (((quantity > (0)::double precision) AND (quantity <= ('1000000000000'::numeric)::double precision))),
  constraint production_orders_status_check CHECK ((status = ANY (ARRAY['planned'::text, 'in_progress'::text, 'done'::text, 'cancelled'::text]))),
  constraint production_orders_title_check CHECK (((length(title) >= 1) AND (length(title) <= 200))),
  constraint production_orders_unit_check CHECK (((length(unit) >= 1) AND (length(unit) <= 20)))
);
CREATE INDEX production_orders_client_id ON public.production_orders USING btree (tenant_id, client_id);
CREATE INDEX production_orders_created_at ON public.production_orders USING btree (tenant_id, created_at DESC, id DESC);
CREATE INDEX production_orders_material_category_id ON public.production_orders USING btree (tenant_id, material_category_id);
CREATE INDEX production_orders_number ON public.production_orders USING btree (tenant_id, number COLLATE "C", id);
CREATE INDEX production_orders_project_id ON public.production_orders USING btree (tenant_id, project_id);
CREATE INDEX production_orders_site_id ON public.production_orders USING btree (tenant_id, site_id);
alter table public.production_orders enable row level security;
alter table public.production_orders force row level security;
create policy tenant_isolation on public.production_orders as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true))) with check ((tenant_id = app.current_tenant()));
grant delete, select on public.production_orders to tenantry_purger;
grant delete, insert, select, update on public.production_orders to tenantry_tenant;

-- owner tenantry_owner
create table public.projects (
  tenant_id text collate "C" not null default app.current_tenant(),
  id uuid not null,
  name text not null,
  description text,
  client_id uuid,
  status text not null default 'planned'::text,
  starts_on date,
  ends_on date,
  budget_cents bigint,
  deleted_at timestamp(3) with time zone,
  created_at timestamp(3) with time zone not null,
  updated_at timestamp(3) with time zone not null,
  constraint projects_pkey PRIMARY KEY (tenant_id, id),
  constraint projects_tenant_id_client_id_fkey FOREIGN KEY (tenant_id, client_id) REFERENCES public.clients(tenant_id, id),
  constraint projects_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id),
  constraint projects_budget_cents_check CHECK (((budget_cents >= 0) AND (budget_cents <= '9007199254740991'::bigint))),
  constraint projects_description_check CHECK ((length(description) <= 20000)),
  constraint projects_ends_behind_start CHECK ((ends_on >= starts_on)),
  constraint projects_name_check CHECK (((length(name) >= 1) AND (length(name) <= 200))),
  constraint projects_status_check CHECK ((status = ANY (ARRAY['planned'::text, 'active'::text, 'on_hold'::text, 'done'::text])))
);
CREATE INDEX projects_client_id ON public.projects USING btree (tenant_id, client_id);
CREATE INDEX projects_created_at ON public.projects USING btree (tenant_id, created_at DESC, id DESC);
CREATE INDEX projects_name ON public.projects USING btree (tenant_id, name COLLATE "C", id);
alter table public.projects enable row level security;
alter table public.projects force row level security;
create policy tenant_isolation on public.projects as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true))) with check ((tenant_id = app.current_tenant()));
grant delete, select on public.projects to tenantry_purger;
grant delete, insert, select, update on public.projects to tenantry_tenant;

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
create unlogged table public.request_counts (
  subject_tenant_id text collate "C" not null,
  minute timestamp(3) with time zone not null,
  hits bigint not null,
  constraint request_counts_pkey PRIMARY KEY (subject_tenant_id, minute)
);
grant delete, insert, select, update on public.request_counts to tenantry_platform;
grant delete, select on public.request_counts to tenantry_purger;

-- owner tenantry_owner
create table public.saved_queries (
  tenant_id text collate "C" not null default app.current_tenant(),
  id uuid not null,
  name text not null,
  definition jsonb not null,
  created_at timestamp(3) with time zone not null,
  updated_at timestamp(3) with time zone not null,
  constraint saved_queries_pkey PRIMARY KEY (tenant_id, id),
  constraint saved_queries_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id),
  constraint saved_queries_definition_check CHECK ((jsonb_typeof(definition) = 'object'::text)),
  constraint saved_queries_name_check CHECK (((length(name) >= 1) AND (length(name) <= 200)))
);
CREATE INDEX saved_queries_created_at ON public.saved_queries USING btree (tenant_id, created_at DESC, id DESC);
CREATE INDEX saved_queries_name ON public.saved_queries USING btree (tenant_id, name COLLATE "C", id);
alter table public.saved_queries enable row level security;
alter table public.saved_queries force row level security;
create policy tenant_isolation on public.saved_queries as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true))) with check ((tenant_id = app.current_tenant()));
grant delete, select on public.saved_queries to tenantry_purger;
grant delete, insert, select, update on public.saved_queries to tenantry_tenant;

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
grant delete, select on public.sessions to tenantry_purger;

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
create table public.sites (
  tenant_id text collate "C" not null default app.current_tenant(),
  id uuid not null,
  name text not null,
  address text,
  city text,
  country text,
  created_at timestamp(3) with time zone not null,
  updated_at timestamp(3) with time zone not null,
  constraint sites_pkey PRIMARY KEY (tenant_id, id),
  constraint sites_tenant_id_name_key UNIQUE (tenant_id, name),
  constraint sites_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id),
  constraint sites_address_check CHECK ((length(address) <= 1000)),
  constraint sites_city_check CHECK (((length(city) >= 1) AND (length(city) <= 200))),
  constraint sites_country_check CHECK ((country ~ '^[A-Z]{2}$'::text)),
  constraint sites_name_check CHECK (((length(name) >= 1) AND (length(name) <= 200)))
);
CREATE INDEX sites_created_at ON public.sites USING btree (tenant_id, created_at DESC, id DESC);
CREATE INDEX sites_name ON public.sites USING btree (tenant_id, name COLLATE "C", id);
alter table public.sites enable row level security;
alter table public.sites force row level security;
create policy tenant_isolation on public.sites as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true))) with check ((tenant_id = app.current_tenant()));
grant delete, select on public.sites to tenantry_purger;
grant delete, insert, select, update on public.sites to tenantry_tenant;

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
create table public.support_sessions (
  tenant_id text collate "C" not null default app.current_tenant(),
  id uuid not null,
  super_admin_id uuid not null,
  super_admin_email text not null,
  credentials_changed_at timestamp(3) with time zone not null,
  reason text not null,
  is_read_only boolean not null,
  expires_at timestamp(3) with time zone not null,
  ended_at timestamp(3) with time zone,
  ended_by_kind text,
  ended_by text,
  created_at timestamp(3) with time zone not null,
  updated_at timestamp(3) with time zone not null,
  constraint support_sessions_pkey PRIMARY KEY (tenant_id, id),
  constraint support_sessions_super_admin_id_fkey FOREIGN KEY (super_admin_id) REFERENCES public.super_admins(id),
  constraint support_sessions_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id),
  constraint support_sessions_check CHECK ((ended_at >= created_at)),
  constraint support_sessions_check1 CHECK (((expires_at > created_at) AND (expires_at <= (created_at + '01:00:00'::interval)))),
  constraint support_sessions_check2 CHECK ((((ended_at IS NULL) = (ended_by_kind IS NULL)) AND ((ended_at IS NULL) = (ended_by IS NULL)))),
  constraint support_sessions_ended_by_kind_check CHECK ((ended_by_kind = ANY (ARRAY['user'::text, 'api_key'::text, 'operator'::text]))),
  constraint support_sessions_reason_check CHECK (((length(reason) >= 1) AND (length(reason) <= 1000)))
);
CREATE INDEX support_sessions_created_at ON public.support_sessions USING btree (tenant_id, created_at DESC, id DESC);
alter table public.support_sessions enable row level security;
alter table public.support_sessions force row level security;
create policy tenant_isolation on public.support_sessions as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true))) with check ((tenant_id = app.current_tenant()));
grant insert, select on public.support_sessions to tenantry_platform;
grant delete, select on public.support_sessions to tenantry_purger;
grant select on public.support_sessions to tenantry_tenant;

-- owner tenantry_owner
create table public.system_settings (
  is_only boolean not null default true,
  trial_days integer not null,
  signups_open boolean not null,
  default_region text not null,
  default_language text not null,
  updated_at timestamp(3) with time zone not null,
  constraint system_settings_pkey PRIMARY KEY (is_only),
  constraint system_settings_default_language_check CHECK ((default_language = ANY (ARRAY['en'::text, 'fr'::text]))),
  constraint system_settings_default_region_check CHECK ((default_region = ANY (ARRAY['DZ'::text, 'CH'::text, 'FR'::text, 'BE'::text, 'CA'::text]))),
  constraint system_settings_is_only_check CHECK (is_only),
  constraint system_settings_trial_days_check CHECK (((trial_days >= 1) AND (trial_days <= 90)))
);
grant select on public.system_settings to tenantry_platform;
grant update (default_language, default_region, signups_open, trial_days, updated_at) on public.system_settings to tenantry_platform;

-- owner tenantry_owner
create table public.tenant_changes (
  id bigint not null generated as identity,
  subject_tenant_id text collate "C" not null,
  field text not null,
  from_value text,
  to_value text,
  agent text not null,
  cause text not null,
  billing_event_id text collate "C",
  created_at timestamp(3) with time zone not null,
  constraint tenant_changes_pkey PRIMARY KEY (id),
  constraint tenant_changes_billing_event_id_fkey FOREIGN KEY (billing_event_id) REFERENCES public.billing_events(id),
  constraint tenant_changes_subject_tenant_id_fkey FOREIGN KEY (subject_tenant_id) REFERENCES public.tenants(tenant_id),
  constraint tenant_changes_agent_check CHECK ((agent = ANY (ARRAY['system'::text, 'operator'::text, 'billing'::text]))),
  constraint tenant_changes_cause_check CHECK ((length(cause) <= 1000)),
  constraint tenant_changes_field_check CHECK ((field = ANY (ARRAY['status'::text, 'plan'::text, 'trial_ends_at'::text, 'past_due_since'::text])))
);
CREATE INDEX tenant_changes_billing_event_id ON public.tenant_changes USING btree (billing_event_id);
CREATE INDEX tenant_changes_created_at ON public.tenant_changes USING btree (created_at);
CREATE INDEX tenant_changes_subject_tenant_id ON public.tenant_changes USING btree (subject_tenant_id, id);
grant insert, select on public.tenant_changes to tenantry_platform;
grant select on public.tenant_changes to tenantry_purger;
grant update (billing_event_id, cause) on public.tenant_changes to tenantry_purger;

-- owner tenantry_owner
create table public.tenant_imports (
  key bytea not null,
  subject_tenant_id text collate "C" not null,
  created_at timestamp(3) with time zone not null,
  constraint tenant_imports_pkey PRIMARY KEY (key),
  constraint tenant_imports_subject_tenant_id_fkey FOREIGN KEY (subject_tenant_id) REFERENCES public.tenants(tenant_id),
  constraint tenant_imports_key_check CHECK ((length(key) = 32))
);
CREATE INDEX tenant_imports_subject_tenant_id ON public.tenant_imports USING btree (subject_tenant_id);
grant insert, select on public.tenant_imports to tenantry_platform;
grant select on public.tenant_imports to tenantry_purger;

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
  constraint tenant_settings_audit CHECK (audit),
  constraint tenant_settings_currency_check CHECK ((currency ~ '^[A-Z]{3}$'::text)),
  constraint tenant_settings_language_check CHECK ((language = ANY (ARRAY['en'::text, 'fr'::text]))),
  constraint tenant_settings_theme_check CHECK ((theme = ANY (ARRAY['light'::text, 'dark'::text]))),
  constraint tenant_settings_time_zone CHECK ((timezone(time_zone, '1970-01-01 00:00:00+00'::timestamp with time zone) IS NOT NULL)),
  constraint tenant_settings_vat_rate_basis_points_check CHECK (((vat_rate_basis_points >= 0) AND (vat_rate_basis_points <= 10000)))
);
CREATE INDEX tenant_settings_created_at ON public.tenant_settings USING btree (tenant_id, created_at DESC, id DESC);
alter table public.tenant_settings enable row level security;
alter table public.tenant_settings force row level security;
create policy platform_access on public.tenant_settings as permissive for select to tenantry_platform using (true);
create policy tenant_isolation on public.tenant_settings as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true))) with check ((tenant_id = app.current_tenant()));
grant insert on public.tenant_settings to tenantry_platform;
grant delete, select on public.tenant_settings to tenantry_purger;
grant select, update on public.tenant_settings to tenantry_tenant;
grant select (audit, automatic_numbering, backups, currency, date_format, language, tenant_id, theme, time_zone, vat_rate_basis_points) on public.tenant_settings to tenantry_platform;

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
  limit_overrides jsonb not null default '{}'::jsonb,
  module_overrides jsonb not null default '{}'::jsonb,
  trial_notice text,
  past_due_since timestamp(3) with time zone,
  plan_set_by text not null default 'system'::text,
  past_due_notice text,
  constraint tenants_pkey PRIMARY KEY (tenant_id),
  constraint tenants_plan_fkey FOREIGN KEY (plan) REFERENCES public.plans(plan),
  constraint tenants_check CHECK (((status <> 'TRIAL'::text) OR (trial_ends_at IS NOT NULL))),
  constraint tenants_limit_overrides_check CHECK (((jsonb_typeof(limit_overrides) = 'object'::text) AND ((limit_overrides - ARRAY['users'::text, 'storage_bytes'::text, 'sites'::text, 'workflows'::text, 'executions_per_month'::text, 'articles_per_week'::text, 'requests_per_minute'::text]) = '{}'::jsonb) AND (NOT jsonb_path_exists(limit_overrides, 'strict $.*?(@.type() != "null" && (((@.type() != "number" || @ < 0) || @ > 9007199254740991) || @ != @.floor()))'::jsonpath)))),
  constraint tenants_metadata_check CHECK ((jsonb_typeof(metadata) = 'object'::text)),
  constraint tenants_module_overrides_check CHECK (((jsonb_typeof(module_overrides) = 'object'::text) AND (NOT jsonb_path_exists(module_overrides, 'strict $.*?(@.type() != "boolean")'::jsonpath)))),
  constraint tenants_name_check CHECK (((length(name) >= 1) AND (length(name) <= 200))),
  constraint tenants_past_due_notice_check CHECK ((past_due_notice = ANY (ARRAY['failed'::text, '3_days'::text, '1_day'::text]))),
  constraint tenants_plan_set_by_check CHECK ((plan_set_by = ANY (ARRAY['system'::text, 'operator'::text, 'billing'::text]))),
  constraint tenants_region_check CHECK ((region = ANY (ARRAY['DZ'::text, 'CH'::text, 'FR'::text, 'BE'::text, 'CA'::text]))),
  constraint tenants_status_check CHECK ((status = ANY (ARRAY['PENDING'::text, 'TRIAL'::text, 'ACTIVE'::text, 'SUSPENDED'::text, 'CANCELLED'::text, 'DELETING'::text, 'DELETED'::text]))),
  constraint tenants_status_set_by_check CHECK ((status_set_by = ANY (ARRAY['system'::text, 'operator'::text, 'billing'::text]))),
  constraint tenants_tenant_id_check CHECK ((tenant_id ~ '^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$'::text)),
  constraint tenants_trial_notice_check CHECK ((trial_notice = ANY (ARRAY['3_days'::text, '1_day'::text, 'over'::text])))
);
CREATE INDEX tenants_created_at ON public.tenants USING btree (created_at DESC, tenant_id DESC);
CREATE INDEX tenants_name ON public.tenants USING btree (name COLLATE "C", tenant_id);
CREATE INDEX tenants_past_due_since ON public.tenants USING btree (past_due_since) WHERE (past_due_since IS NOT NULL);
CREATE INDEX tenants_trial_ends_at ON public.tenants USING btree (trial_ends_at) WHERE (status = 'TRIAL'::text);
CREATE TRIGGER tenants_status BEFORE INSERT OR UPDATE OF status, status_set_by ON public.tenants FOR EACH ROW EXECUTE FUNCTION app.check_tenant_status();
alter table public.tenants enable row level security;
alter table public.tenants force row level security;
create policy platform_access on public.tenants as permissive for select to tenantry_platform using (true);
create policy tenant_isolation on public.tenants as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true))) with check ((tenant_id = app.current_tenant()));
grant insert, select, update on public.tenants to tenantry_platform;
grant select on public.tenants to tenantry_purger;
grant select on public.tenants to tenantry_tenant;
grant update (admin_email, company_email, name, phone, updated_at) on public.tenants to tenantry_tenant;

-- owner tenantry_owner
create table public.usage_days (
  tenant_id text collate "C" not null default app.current_tenant(),
  id uuid not null,
  metric text collate "C" not null,
  day date not null,
  quantity bigint not null,
  created_at timestamp(3) with time zone not null,
  updated_at timestamp(3) with time zone not null,
  constraint usage_days_pkey PRIMARY KEY (tenant_id, id),
  constraint usage_days_tenant_id_metric_day_key UNIQUE (tenant_id, metric, day),
  constraint usage_days_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id),
  constraint usage_days_day_check CHECK (((day >= '1970-01-01'::date) AND (day <= '9999-12-31'::date))),
  constraint usage_days_metric_check CHECK (((length(metric) >= 1) AND (length(metric) <= 100)))
);
CREATE INDEX usage_days_created_at ON public.usage_days USING btree (tenant_id, created_at DESC, id DESC);
CREATE INDEX usage_days_day ON public.usage_days USING btree (tenant_id, day, metric);
CREATE INDEX usage_days_of_all ON public.usage_days USING btree (day);
alter table public.usage_days enable row level security;
alter table public.usage_days force row level security;
create policy platform_access on public.usage_days as permissive for select to tenantry_platform using (true);
create policy tenant_isolation on public.usage_days as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true))) with check ((tenant_id = app.current_tenant()));
grant select on public.usage_days to tenantry_platform;
grant delete, select on public.usage_days to tenantry_purger;
grant select on public.usage_days to tenantry_tenant;

-- owner tenantry_owner
create table public.usage_events (
  tenant_id text collate "C" not null default app.current_tenant(),
  id uuid not null,
  metric text collate "C" not null,
  quantity bigint not null,
  occurred_at timestamp(3) with time zone not null,
  idempotency_key text collate "C" not null,
  created_at timestamp(3) with time zone not null,
  updated_at timestamp(3) with time zone not null,
  constraint usage_events_pkey PRIMARY KEY (tenant_id, id),
  constraint usage_events_tenant_id_idempotency_key_key UNIQUE (tenant_id, idempotency_key),
  constraint usage_events_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id),
  constraint usage_events_idempotency_key_check CHECK (((length(idempotency_key) >= 1) AND (length(idempotency_key) <= 200))),
  constraint usage_events_metric_check CHECK (((metric ~ '^[a-z][a-z0-9_.]{0,99}$'::text) AND (metric <> ALL (ARRAY['users'::text, 'storage_bytes'::text, 'sites'::text, 'workflows'::text, 'executions_per_month'::text, 'articles_per_week'::text, 'requests_per_minute'::text])))),
  constraint usage_events_quantity_check CHECK ((quantity > 0))
);
CREATE INDEX usage_events_created_at ON public.usage_events USING btree (tenant_id, created_at DESC, id DESC);
alter table public.usage_events enable row level security;
alter table public.usage_events force row level security;
create policy tenant_isolation on public.usage_events as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true))) with check ((tenant_id = app.current_tenant()));
grant delete, select on public.usage_events to tenantry_purger;
grant select on public.usage_events to tenantry_tenant;

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
grant delete on public.users to tenantry_purger;
grant select (id) on public.users to tenantry_purger;

-- owner tenantry_owner
create table public.voice_conversations (
  tenant_id text collate "C" not null default app.current_tenant(),
  id uuid not null,
  subject text not null,
  participant text,
  channel text not null,
  started_at timestamp(3) with time zone not null,
  ended_at timestamp(3) with time zone,
  summary text,
  transcription_id uuid,
  created_at timestamp(3) with time zone not null,
  updated_at timestamp(3) with time zone not null,
  constraint voice_conversations_pkey PRIMARY KEY (tenant_id, id),
  constraint voice_conversations_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id),
  constraint voice_conversations_tenant_id_transcription_id_fkey FOREIGN KEY (tenant_id, transcription_id) REFERENCES public.voice_transcriptions(tenant_id, id),
  constraint voice_conversations_channel_check CHECK ((channel = ANY (ARRAY['phone'::text, 'video'::text, 'in_person'::text, 'assistant'::text]))),
  constraint voice_conversations_ended_behind_start CHECK ((ended_at >= started_at)),
  constraint voice_conversations_participant_check CHECK (((length(participant) >= 1) AND (length(participant) <= 200))),
  constraint voice_conversations_subject_check CHECK (((length(subject) >= 1) AND (length(subject) <= 200))),
  constraint voice_conversations_summary_check CHECK ((length(summary) <= 20000))
);
CREATE INDEX voice_conversations_created_at ON public.voice_conversations USING btree (tenant_id, created_at DESC, id DESC);
CREATE INDEX voice_conversations_started_at ON public.voice_conversations USING btree (tenant_id, started_at, id);
CREATE INDEX voice_conversations_subject ON public.voice_conversations USING btree (tenant_id, subject COLLATE "C", id);
CREATE INDEX voice_conversations_transcription_id ON public.voice_conversations USING btree (tenant_id, transcription_id);
alter table public.voice_conversations enable row level security;
alter table public.voice_conversations force row level security;
create policy tenant_isolation on public.voice_conversations as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true))) with check ((tenant_id = app.current_tenant()));
grant delete, select on public.voice_conversations to tenantry_purger;
grant delete, insert, select, update on public.voice_conversations to tenantry_tenant;

-- owner tenantry_owner
create table public.voice_transcriptions (
  tenant_id text collate "C" not null default app.current_tenant(),
  id uuid not null,
  title text not null,
  source text not null,
  language text,
  duration_seconds integer,
  status text not null,
  text text,
  created_at timestamp(3) with time zone not null,
  updated_at timestamp(3) with time zone not null,
  constraint voice_transcriptions_pkey PRIMARY KEY (tenant_id, id),
  constraint voice_transcriptions_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id),
  constraint voice_transcriptions_duration_seconds_check CHECK (((duration_seconds >= 0) AND (duration_seconds <= 604800))),
  constraint voice_transcriptions_language_check CHECK ((language ~ '^[a-z]{2,3}(-[A-Z]{2})?$'::text)),
  constraint voice_transcriptions_source_check CHECK ((source = ANY (ARRAY['upload'::text, 'call'::text, 'meeting'::text, 'dictation'::text]))),
  constraint voice_transcriptions_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'processing'::text, 'done'::text, 'failed'::text]))),
  constraint voice_transcriptions_text_check CHECK ((length(text) <= 500000)),
  constraint voice_transcriptions_title_check CHECK (((length(title) >= 1) AND (length(title) <= 200)))
);
CREATE INDEX voice_transcriptions_created_at ON public.voice_transcriptions USING btree (tenant_id, created_at DESC, id DESC);
CREATE INDEX voice_transcriptions_title ON public.voice_transcriptions USING btree (tenant_id, title COLLATE "C", id);
alter table public.voice_transcriptions enable row level security;
alter table public.voice_transcriptions force row level security;
create policy tenant_isolation on public.voice_transcriptions as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true))) with check ((tenant_id = app.current_tenant()));
grant delete, select on public.voice_transcriptions to tenantry_purger;
grant delete, insert, select, update on public.voice_transcriptions to tenantry_tenant;

-- owner tenantry_owner
create table public.workflow_executions (
  tenant_id text collate "C" not null default app.current_tenant(),
  id uuid not null,
  workflow_id uuid not null,
  external_id text,
  input jsonb not null default '{}'::jsonb,
  status text not null default 'running'::text,
  output jsonb,
  error text,
  started_at timestamp(3) with time zone not null,
  finished_at timestamp(3) with time zone,
  duration_ms bigint,
  created_at timestamp(3) with time zone not null,
  updated_at timestamp(3) with time zone not null,
  constraint workflow_executions_pkey PRIMARY KEY (tenant_id, id),
  constraint workflow_executions_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id),
  constraint workflow_executions_tenant_id_workflow_id_fkey FOREIGN KEY (tenant_id, workflow_id) REFERENCES public.workflows(tenant_id, id),
  constraint workflow_executions_check CHECK (((finished_at IS NULL) = (status = 'running'::text))),
  constraint workflow_executions_check1 CHECK (((duration_ms IS NULL) = (status = 'running'::text))),
  constraint workflow_executions_check2 CHECK ((((duration_ms)::numeric = (EXTRACT(epoch FROM (finished_at - started_at)) * (1000)::numeric)) AND (duration_ms >= 0))),
  constraint workflow_executions_check3 CHECK (((status <> 'running'::text) OR ((output IS NULL) AND (error IS NULL)))),
  constraint workflow_executions_error_check CHECK (((length(error) >= 1) AND (length(error) <= 10000))),
  constraint workflow_executions_external_id_check CHECK (((length(external_id) >= 1) AND (length(external_id) <= 200))),
  constraint workflow_executions_input_check CHECK ((jsonb_typeof(input) = 'object'::text)),
  constraint workflow_executions_output_check CHECK ((jsonb_typeof(output) = 'object'::text)),
  constraint workflow_executions_status_check CHECK ((status = ANY (ARRAY['running'::text, 'succeeded'::text, 'failed'::text, 'cancelled'::text])))
);
CREATE INDEX workflow_executions_created_at ON public.workflow_executions USING btree (tenant_id, created_at DESC, id DESC);
CREATE INDEX workflow_executions_external_id ON public.workflow_executions USING btree (tenant_id, external_id);
CREATE INDEX workflow_executions_status ON public.workflow_executions USING btree (tenant_id, status, created_at DESC, id DESC);
CREATE INDEX workflow_executions_workflow_id ON public.workflow_executions USING btree (tenant_id, workflow_id, created_at DESC, id DESC);
CREATE TRIGGER workflow_executions_end BEFORE UPDATE ON public.workflow_executions FOR EACH ROW WHEN (((old.status <> 'running'::text) OR (new.status = 'running'::text))) EXECUTE FUNCTION app.refuse_execution_change();
alter table public.workflow_executions enable row level security;
alter table public.workflow_executions force row level security;
create policy tenant_isolation on public.workflow_executions as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true))) with check ((tenant_id = app.current_tenant()));
grant delete, select on public.workflow_executions to tenantry_purger;
grant insert, select on public.workflow_executions to tenantry_tenant;
grant update (duration_ms, error, finished_at, output, status, updated_at) on public.workflow_executions to tenantry_tenant;

-- owner tenantry_owner
create table public.workflow_states (
  tenant_id text collate "C" not null default app.current_tenant(),
  id uuid not null,
  workflow_id uuid not null,
  key text collate "C" not null,
  value jsonb not null,
  version integer not null default 1,
  created_at timestamp(3) with time zone not null,
  updated_at timestamp(3) with time zone not null,
  constraint workflow_states_pkey PRIMARY KEY (tenant_id, id),
  constraint workflow_states_tenant_id_workflow_id_key_key UNIQUE (tenant_id, workflow_id, key),
  constraint workflow_states_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id),
  constraint workflow_states_tenant_id_workflow_id_fkey FOREIGN KEY (tenant_id, workflow_id) REFERENCES public.workflows(tenant_id, id),
  constraint workflow_states_key_check CHECK ((key ~ '^[A-Za-z0-9_:-][A-Za-z0-9_.:-]{0,99}$'::text)),
  constraint workflow_states_version_check CHECK ((version > 0))
);
CREATE INDEX workflow_states_created_at ON public.workflow_states USING btree (tenant_id, created_at DESC, id DESC);
alter table public.workflow_states enable row level security;
alter table public.workflow_states force row level security;
create policy tenant_isolation on public.workflow_states as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true))) with check ((tenant_id = app.current_tenant()));
grant delete, select on public.workflow_states to tenantry_purger;
grant delete, insert, select, update on public.workflow_states to tenantry_tenant;

-- owner tenantry_owner
create table public.workflows (
  tenant_id text collate "C" not null default app.current_tenant(),
  id uuid not null,
  name text not null,
  description text,
  engine text not null,
  definition jsonb not null default '{}'::jsonb,
  is_active boolean not null default true,
  deleted_at timestamp(3) with time zone,
  created_at timestamp(3) with time zone not null,
  updated_at timestamp(3) with time zone not null,
  constraint workflows_pkey PRIMARY KEY (tenant_id, id),
  constraint workflows_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(tenant_id),
  constraint workflows_definition_check CHECK ((jsonb_typeof(definition) = 'object'::text)),
  constraint workflows_description_check CHECK ((length(description) <= 20000)),
  constraint workflows_engine_check CHECK ((engine = ANY (ARRAY['n8n'::text, 'bolt'::text, 'bmad'::text]))),
  constraint workflows_name_check CHECK (((length(name) >= 1) AND (length(name) <= 200)))
);
CREATE INDEX workflows_created_at ON public.workflows USING btree (tenant_id, created_at DESC, id DESC);
CREATE INDEX workflows_name ON public.workflows USING btree (tenant_id, name COLLATE "C", id);
alter table public.workflows enable row level security;
alter table public.workflows force row level security;
create policy tenant_isolation on public.workflows as permissive for all to public using ((tenant_id = current_setting('app.tenant_id'::text, true))) with check ((tenant_id = app.current_tenant()));
grant delete, select on public.workflows to tenantry_purger;
grant delete, insert, select, update on public.workflows to tenantry_tenant;

create sequence public.tenant_changes_id_seq;

-- owner tenantry_owner
CREATE OR REPLACE FUNCTION app.add_to_day(of_metric text, of_day date, amount bigint, at timestamp with time zone)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
begin
  insert into usage_days (tenant_id, id, metric, day, quantity, created_at, updated_at)
  values (app.current_tenant(), gen_random_uuid(), of_metric, of_day, amount, at, at)
  on conflict (tenant_id, metric, day)
    do update set quantity = usage_days.quantity + excluded.quantity, updated_at = excluded.updated_at;
end $function$;

-- owner tenantry_owner
CREATE OR REPLACE FUNCTION app.allowed(of_plan public.plans, overrides jsonb, limit_name text)
 RETURNS bigint
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
    select case when overrides ? limit_name then (overrides ->> limit_name)::numeric::bigint
      else case limit_name
        when 'users' then of_plan.users
        when 'storage_bytes' then of_plan.storage_bytes
        when 'sites' then of_plan.sites
        when 'workflows' then of_plan.workflows
        when 'executions_per_month' then of_plan.executions_per_month
        when 'articles_per_week' then of_plan.articles_per_week
        when 'requests_per_minute' then of_plan.requests_per_minute
      end end
  $function$;
grant execute on function app.allowed(public.plans,jsonb,text) to tenantry_platform;
grant execute on function app.allowed(public.plans,jsonb,text) to tenantry_tenant;

-- owner tenantry_owner
CREATE OR REPLACE FUNCTION app.audit_entry_hash(e public.audit_entries)
 RETURNS bytea
 LANGUAGE sql
 STABLE PARALLEL SAFE
AS $function$
    select sha256(convert_to(jsonb_build_array(e.tenant_id, e.id, e.position, e.actor_kind, e.actor_id, e.action,
      e.object_type, e.object_id, e.changed_fields, e.reason, text(e.ip), e.request_id,
      e.created_at at time zone 'UTC', e.updated_at at time zone 'UTC')::text, 'UTF8'))
  $function$;
grant execute on function app.audit_entry_hash(public.audit_entries) to tenantry_tenant;

-- owner tenantry_owner
CREATE OR REPLACE FUNCTION app.audit_horizon()
 RETURNS bigint
 LANGUAGE sql
 STABLE
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
    select app.audit_position(least(pg_current_xact_id_if_assigned(), pg_snapshot_xmax(s.now),
      (select min(x.id) from pg_snapshot_xip(s.now) x (id)
        where case
          when exists (
              select from pg_locks l join pg_stat_activity a on a.pid = l.pid
              where l.locktype = 'transactionid' and l.transactionid = x.id::xid and l.mode = 'ExclusiveLock' and l.granted
                and a.datname <> current_database())
            or exists (
              select from pg_prepared_xacts p
              where p.transaction = x.id::xid and p.database <> current_database())
          then false
          else pg_xact_status(x.id) = 'in progress' end)))
    from (select pg_current_snapshot()) s (now)
  $function$;

-- owner tenantry_owner
CREATE OR REPLACE FUNCTION app.audit_position(of_transaction xid8)
 RETURNS bigint
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$ select of_transaction::text::bigint + 0 $function$;
grant execute on function app.audit_position(xid8) to tenantry_platform;
grant execute on function app.audit_position(xid8) to tenantry_tenant;

-- owner tenantry_owner
CREATE OR REPLACE FUNCTION app.audit_seal_hash(of_tenant text, id uuid, number bigint, from_position bigint, to_position bigint, entry_ids uuid[], entry_hashes bytea[], previous_hash bytea, created_at timestamp with time zone)
 RETURNS bytea
 LANGUAGE sql
 STABLE PARALLEL SAFE
AS $function$
    select sha256(convert_to(jsonb_build_array(of_tenant, id, number, from_position, to_position,
        encode(previous_hash, 'hex'), created_at at time zone 'UTC')::text, 'UTF8')
      || (select coalesce(string_agg(uuid_send(e.id) || sha256(e.hash), '' order by e.place), '')
        from unnest(entry_ids, entry_hashes) with ordinality e (id, hash, place)))
  $function$;
grant execute on function app.audit_seal_hash(text,uuid,bigint,bigint,bigint,uuid[],bytea[],bytea,timestamp with time zone) to tenantry_tenant;

-- owner tenantry_owner
CREATE OR REPLACE FUNCTION app.change_credits(of_kind text, new_id uuid, credits bigint, why text, key text, by_kind text, by_id text, at timestamp with time zone, lot_expires_at timestamp with time zone, of_debit uuid, OUT operation_id uuid, OUT new_balance bigint, OUT is_repeat boolean)
 RETURNS record
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
declare
  held bigint;
  earlier record;
  lot record;
  lots uuid[] := '{}';
  parts bigint[] := '{}';
  missing bigint := credits;
  expiring bigint := 0;
begin
  -- A tenant's statement speaks for its members and keys; the platform's role may do what follows for others.
  if (by_kind in ('user', 'api_key')) is not true
    and not has_function_privilege(session_user, 'app.expire_credits(timestamptz)', 'execute')
  then
    raise insufficient_privilege using message = 'a tenant changes its credits as a member or a key of it';
  end if;
  held := app.lock_credits(at);
  -- A new statement: who held the lock before has committed what they did. As a range, which no other index fits: this
  -- plan, too, is kept from when there were few rows.
  select o.id, o.kind, o.amount, o.reason, o.expires_at, o.debit_id, o.balance into earlier from credit_operations o
  where o.tenant_id = app.current_tenant() and o.idempotency_key >= key and o.idempotency_key <= key
    and (o.actor_kind in ('user', 'api_key')) = (by_kind in ('user', 'api_key'))
  order by o.idempotency_key limit 1;
  if found then
    if (earlier.kind, earlier.amount, earlier.reason, earlier.expires_at, earlier.debit_id)
      is distinct from (of_kind, credits, why, lot_expires_at::timestamptz(3), of_debit)
    then
      raise exception using errcode = 'TN004', message = 'the idempotency key was used for something else';
    end if;
    operation_id := earlier.id;
    new_balance := earlier.balance;
    is_repeat := true;
    return;
  end if;

  held := app.expire_lots(held, at);
  case of_kind
    when 'grant' then
      if lot_expires_at <= at then
        raise exception using errcode = 'TN005', message = 'a grant expires in the future', column = 'expires_at';
      end if;
      lots := array[new_id];
      parts := array[credits];
    when 'debit' then
      if held < credits then
        raise exception using errcode = 'TN003', message = 'not enough credits',
          detail = json_build_object('balance', held, 'needed', credits)::text;
      end if;
      for lot in
        select l.id, l.remaining from credit_lots l where l.tenant_id = app.current_tenant() and l.remaining > 0
        order by l.expires_at, l.created_at, l.id
      loop
        lots := lots || lot.id;
        parts := parts || -least(lot.remaining, missing);
        missing := missing - least(lot.remaining, missing);
        exit when missing = 0;
      end loop;
    when 'refund' then
      if not exists (select from credit_operations o
        where o.tenant_id = app.current_tenant() and o.id = of_debit and o.kind = 'debit')
      then
        raise exception using errcode = 'TN005', message = 'there is no such debit', column = 'debit_id';
      end if;
      for lot in
        select l.id, l.expires_at, -sum(e.amount) as taken
        from credit_operations o
        join credit_entries e on e.tenant_id = o.tenant_id and e.operation_id = o.id
        join credit_lots l on l.tenant_id = e.tenant_id and l.id = e.lot_id
        where o.tenant_id = app.current_tenant() and (o.id = of_debit or o.debit_id = of_debit)
        group by l.tenant_id, l.id
        having sum(e.amount) < 0
        order by l.expires_at desc, l.created_at desc, l.id desc
      loop
        lots := lots || lot.id;
        parts := parts || least(lot.taken, missing)::bigint;
        if lot.expires_at <= at then
          expiring := expiring + least(lot.taken, missing);
        end if;
        missing := missing - least(lot.taken, missing);
        exit when missing = 0;
      end loop;
      if missing > 0 then
        raise exception using errcode = 'TN005', message = 'more than is left of the debit', column = 'amount';
      end if;
  end case;

  operation_id := new_id;
  new_balance := held + case of_kind when 'debit' then -credits else credits - expiring end;
  is_repeat := false;
  insert into credit_operations (tenant_id, id, kind, amount, balance, reason, idempotency_key, expires_at, debit_id,
    actor_kind, actor_id, created_at, updated_at)
  values (app.current_tenant(), new_id, of_kind, credits, new_balance, why, key, lot_expires_at, of_debit,
    by_kind, by_id, at, at);
  if of_kind = 'grant' then
    insert into credit_lots (tenant_id, id, amount, remaining, expires_at, created_at, updated_at)
    values (app.current_tenant(), new_id, credits, 0, lot_expires_at, at, at);
  end if;
  perform app.move_credits(new_id, m.lot, m.part, at) from unnest(lots, parts) m (lot, part);
  if expiring > 0 then
    perform app.expire_lots(new_balance + expiring, at);
  end if;
end $function$;

-- owner tenantry_owner
CREATE OR REPLACE FUNCTION app.change_usage(names text[], amounts bigint[], taken_at timestamp with time zone[], at timestamp with time zone)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
declare
  wanted text;
  tenant record;
  counter record;
  now_period date;
  is_new_period boolean;
  now_used bigint;
  now_allowed bigint;
  change bigint;
  taken bigint;
begin
  for wanted in select distinct n.name collate "C" as name from unnest(names) n (name) order by name loop
    select c.used, c.period, c.period_since into strict counter from limit_counters c
    where c.tenant_id = app.current_tenant() and c.limit_name = wanted for update;
    if tenant is null then
      select plans as plan, t.limit_overrides, t.past_due_since, s.time_zone into strict tenant
      from tenants t join plans on plans.plan = t.plan join tenant_settings s on s.tenant_id = t.tenant_id
      where t.tenant_id = app.current_tenant();
    end if;
    now_period := greatest(counter.period, app.period_of(wanted, at, tenant.time_zone));
    is_new_period := now_period is distinct from counter.period;
    now_used := case when counter.period < now_period then 0 else counter.used end;
    select coalesce(sum(w.amount), 0), coalesce(sum(w.amount) filter (where w.amount > 0), 0) into strict change, taken
    from unnest(names, amounts, taken_at) w (name, amount, taken_at)
    where w.name = wanted
      and (w.amount > 0 or now_period is null
        or w.taken_at >= case when is_new_period then at else counter.period_since end);
    -- A seat that somebody has given back is not for another while there are too few, or a payment is due.
    if change > 0 or wanted = 'users' and taken > 0 then
      if wanted = 'users' and tenant.past_due_since is not null then
        raise exception using errcode = 'TN002', message = 'no new seats while a payment is due';
      end if;
      now_allowed := app.allowed(tenant.plan, tenant.limit_overrides, wanted);
      if now_used + change > now_allowed then
        raise exception using errcode = 'TN001', message = 'limit reached', detail = json_build_object(
          'limit', wanted, 'used', now_used, 'allowed', now_allowed, 'resets_at',
          to_char(app.period_end(wanted, now_period, tenant.time_zone) at time zone 'UTC',
            'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))::text;
      end if;
    end if;
    -- Not below zero: a counter that is wrong must not keep anybody from removing what it counts.
    change := greatest(change, -now_used);
    if change <> 0 then
      update limit_counters c
      set used = now_used + change, period = now_period, updated_at = at,
        -- Who takes a little earlier by their clock, and is counted later, has taken of this period, too.
        period_since = case when is_new_period then at
          when change > 0 and app.period_of(wanted, at, tenant.time_zone) = now_period
            then least(counter.period_since, at)
          else counter.period_since end
      where c.tenant_id = app.current_tenant() and c.limit_name = wanted;
      perform app.add_to_day(wanted, timezone(tenant.time_zone, at)::date, change, at);
    end if;
  end loop;
end $function$;
grant execute on function app.change_usage(text[],bigint[],timestamp with time zone[],timestamp with time zone) to tenantry_platform;
grant execute on function app.change_usage(text[],bigint[],timestamp with time zone[],timestamp with time zone) to tenantry_tenant;

-- owner tenantry_owner
CREATE OR REPLACE FUNCTION app.check_invoice()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
declare
  -- What becomes of an issued invoice; the rest of it is for good.
  later constant text[] := array['status', 'paid_on', 'paid_at', 'voided_at', 'void_reason', 'updated_at'];
begin
  if tg_op = 'DELETE' then
    if old.status = 'draft'
      or exists (select from tenants t where t.tenant_id = old.tenant_id and t.status = 'DELETING')
    then
      return old;
    end if;
  elsif old.status = 'draft' and new.status in ('draft', 'issued')
    or old.status = 'issued' and new.status in ('paid', 'void') and to_jsonb(new) - later = to_jsonb(old) - later
  then
    return new;
  end if;
  raise exception using errcode = 'TN006', message = format('an invoice that is %s stays as it is', old.status);
end $function$;

-- owner tenantry_owner
CREATE OR REPLACE FUNCTION app.check_invoice_counter()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
begin
  if tg_op = 'INSERT' and new.last_number = 1
    or tg_op = 'UPDATE' and new.last_issued_on >= old.last_issued_on
      and new.last_number = (case when extract(year from new.last_issued_on) > extract(year from old.last_issued_on) then 1
        else old.last_number + 1 end)
  then
    return new;
  end if;
  raise exception using errcode = 'TN006', message = 'invoices are numbered one by one';
end $function$;

-- owner tenantry_owner
CREATE OR REPLACE FUNCTION app.check_invoice_line()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
declare
  invoice record;
begin
  if tg_op = 'DELETE' and exists (select from tenants t where t.tenant_id = old.tenant_id and t.status = 'DELETING') then
    return old;
  end if;
  for invoice in
    select i.status from invoices i
    where i.tenant_id = coalesce(new.tenant_id, old.tenant_id) and i.id in (old.invoice_id, new.invoice_id)
    order by i.id for share
  loop
    if invoice.status <> 'draft' then
      raise exception using errcode = 'TN006',
        message = format('a line of an invoice that is %s stays as it is', invoice.status);
    end if;
  end loop;
  if tg_op = 'DELETE' then
    return old;
  end if;
  return new;
end $function$;

-- owner tenantry_owner
CREATE OR REPLACE FUNCTION app.check_tenant_status()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
begin
  if tg_op = 'INSERT' then
    if new.status not in ('PENDING', 'TRIAL', 'ACTIVE') then
      raise exception using errcode = 'TN000', message = format('no tenant begins as %s', new.status);
    end if;
    return new;
  end if;
  if new.status = old.status and new.status_set_by = old.status_set_by then
    return new;
  end if;
  -- What an operator suspended, only an operator lets go.
  if old.status = 'SUSPENDED' and old.status_set_by = 'operator' and new.status_set_by <> 'operator'
    or not exists (
      select from (values
        ('PENDING', '{TRIAL,ACTIVE}', '{system,operator}'),
        ('PENDING', '{CANCELLED,DELETING}', '{operator}'),
        ('TRIAL', '{ACTIVE,SUSPENDED,CANCELLED}', '{billing,operator}'),
        ('TRIAL', '{DELETING}', '{operator}'),
        ('ACTIVE', '{SUSPENDED,CANCELLED}', '{billing,operator}'),
        ('ACTIVE', '{DELETING}', '{operator}'),
        ('SUSPENDED', '{ACTIVE,CANCELLED}', '{billing,operator}'),
        ('SUSPENDED', '{TRIAL,SUSPENDED,DELETING}', '{operator}'),
        ('CANCELLED', '{ACTIVE}', '{billing,operator}'),
        ('CANCELLED', '{DELETING}', '{operator}'),
        ('DELETING', '{DELETED}', '{system,operator}')
      ) allowed (was, becomes, agents)
      where was = old.status and new.status = any (becomes::text[]) and new.status_set_by = any (agents::text[]))
  then
    raise exception using errcode = 'TN000',
      message = format('a tenant cannot go from %s to %s (%s)', old.status, new.status, new.status_set_by);
  end if;
  return new;
end $function$;

-- owner tenantry_owner
CREATE OR REPLACE FUNCTION app.count_metrics(added text[], since date)
 RETURNS bigint
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
begin
  return (
    select count(*) from (
      select d.metric from usage_days d
      where d.tenant_id = app.current_tenant() and d.day >= since
        and d.metric not in (select c.limit_name from limit_counters c where c.tenant_id = app.current_tenant())
      union
      select unnest(added)
    ) known
  );
end $function$;

-- owner tenantry_purger
CREATE OR REPLACE FUNCTION app.count_on(opened refcursor, OUT row_count bigint, OUT bytes bigint, OUT is_over boolean)
 RETURNS record
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  size bigint;
  until timestamptz;
begin
  select clock_timestamp() + least(coalesce(nullif(s.setting, '0')::integer / 4, 1000), 1000) * interval '1 ms' into until
  from pg_settings s where s.name = 'statement_timeout';
  row_count := 0;
  bytes := 0;
  loop
    fetch opened into size;
    is_over := not found;
    exit when is_over;
    row_count := row_count + 1;
    bytes := bytes + size;
    exit when clock_timestamp() > until;
  end loop;
  if is_over then
    close opened;
  end if;
end $function$;
grant execute on function app.count_on(refcursor) to tenantry_platform;

-- owner tenantry_purger
CREATE OR REPLACE FUNCTION app.count_tenant_rows()
 RETURNS TABLE(table_name name, row_count bigint, bytes bigint)
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  t record;
  sizes text;
begin
  for t in select * from app.tables_of_tenants() order by tables_of_tenants.table_name loop
    -- Column by column: the size of a whole row would have PostgreSQL fetch and unpack what it keeps aside.
    select string_agg(format('coalesce(pg_column_size(%I), 0)', a.attname), ' + ') into sizes
    from pg_attribute a where a.attrelid = t.id and a.attnum > 0 and not a.attisdropped;
    table_name := t.table_name;
    execute format('select count(*), coalesce(sum(28 + %s), 0) from %s where %I = app.current_tenant()',
      sizes, t.id::regclass, t.tenant_column) into row_count, bytes;
    return next;
  end loop;
end $function$;
grant execute on function app.count_tenant_rows() to tenantry_platform;

-- owner tenantry_owner
CREATE OR REPLACE FUNCTION app.current_tenant()
 RETURNS text
 LANGUAGE sql
 STABLE PARALLEL SAFE
AS $function$ select nullif(current_setting('app.tenant_id', true), '') $function$;
grant execute on function app.current_tenant() to tenantry_platform;
grant execute on function app.current_tenant() to tenantry_purger;
grant execute on function app.current_tenant() to tenantry_tenant;

-- owner tenantry_owner
CREATE OR REPLACE FUNCTION app.debit_credits(new_id uuid, credits bigint, why text, key text, by_kind text, by_id text, at timestamp with time zone, OUT operation_id uuid, OUT new_balance bigint, OUT is_repeat boolean)
 RETURNS record
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
    select * from app.change_credits('debit', new_id, credits, why, key, by_kind, by_id, at, null, null)
  $function$;
grant execute on function app.debit_credits(uuid,bigint,text,text,text,text,timestamp with time zone) to tenantry_platform;
grant execute on function app.debit_credits(uuid,bigint,text,text,text,text,timestamp with time zone) to tenantry_tenant;

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
CREATE OR REPLACE FUNCTION app.end_support_session(session_id uuid, by_kind text, by_id text, at timestamp with time zone)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
begin
  -- A tenant's statement speaks for its members and keys; an operator speaks through a role that may open sessions.
  if (by_kind in ('user', 'api_key')) is not true
    and not has_table_privilege(session_user, 'public.support_sessions', 'insert')
  then
    raise insufficient_privilege using message = 'a tenant ends a support session as a member or a key of it';
  end if;
  update public.support_sessions s
  set ended_at = greatest(at, s.created_at), ended_by_kind = by_kind, ended_by = by_id,
    updated_at = greatest(at, s.created_at)
  where s.tenant_id = app.current_tenant() and s.id = session_id and s.ended_at is null and s.expires_at > at;
  return found;
end $function$;
grant execute on function app.end_support_session(uuid,text,text,timestamp with time zone) to tenantry_platform;
grant execute on function app.end_support_session(uuid,text,text,timestamp with time zone) to tenantry_tenant;

-- owner tenantry_owner
CREATE OR REPLACE FUNCTION app.expire_credits(at timestamp with time zone)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
begin
  perform app.expire_lots(app.lock_credits(at), at);
end $function$;
grant execute on function app.expire_credits(timestamp with time zone) to tenantry_platform;

-- owner tenantry_owner
CREATE OR REPLACE FUNCTION app.expire_lots(held bigint, at timestamp with time zone)
 RETURNS bigint
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
declare
  operation uuid := gen_random_uuid();
  overdue bigint;
begin
  select sum(l.remaining) into overdue from credit_lots l
  where l.tenant_id = app.current_tenant() and l.remaining > 0 and l.expires_at <= at;
  if overdue is null then
    return held;
  end if;
  insert into credit_operations (tenant_id, id, kind, amount, balance, actor_kind, actor_id, created_at, updated_at)
  values (app.current_tenant(), operation, 'expiry', overdue, held - overdue, 'system', 'expire-credits', at, at);
  perform app.move_credits(operation, l.id, -l.remaining, at)
  from (
    select o.id, o.remaining from credit_lots o
    where o.tenant_id = app.current_tenant() and o.remaining > 0 and o.expires_at <= at
    order by o.expires_at, o.created_at, o.id
  ) l;
  return held - overdue;
end $function$;

-- owner tenantry_owner
CREATE OR REPLACE FUNCTION app.forget_idempotency_keys(before timestamp with time zone, max_rows integer)
 RETURNS integer
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
    with gone as (
      delete from public.idempotency_keys k
      where k.tenant_id = app.current_tenant() and k.created_at <= before and k.id = any (array(
        select o.id from public.idempotency_keys o
        where o.tenant_id = app.current_tenant() and o.created_at <= before limit max_rows))
      returning 1
    )
    select count(*)::integer from gone
  $function$;
grant execute on function app.forget_idempotency_keys(timestamp with time zone,integer) to tenantry_platform;

-- owner tenantry_owner
CREATE OR REPLACE FUNCTION app.forget_notifications(before timestamp with time zone)
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
    delete from public.notifications where tenant_id = app.current_tenant() and created_at < before
  $function$;
grant execute on function app.forget_notifications(timestamp with time zone) to tenantry_platform;

-- owner tenantry_owner
CREATE OR REPLACE FUNCTION app.grant_credits(new_id uuid, credits bigint, why text, key text, by_kind text, by_id text, at timestamp with time zone, lot_expires_at timestamp with time zone, OUT operation_id uuid, OUT new_balance bigint, OUT is_repeat boolean)
 RETURNS record
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
    select * from app.change_credits('grant', new_id, credits, why, key, by_kind, by_id, at, lot_expires_at, null)
  $function$;
grant execute on function app.grant_credits(uuid,bigint,text,text,text,text,timestamp with time zone,timestamp with time zone) to tenantry_platform;

-- owner tenantry_purger
CREATE OR REPLACE FUNCTION app.kept_at_deletion()
 RETURNS TABLE(table_name name, why text)
 LANGUAGE sql
 IMMUTABLE
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
    values ('tenants'::name, 'The id is never given out again; nothing but it, plan, region and dates is left'),
      ('deletion_certificates', 'What was deleted, when and by whom'),
      ('platform_audit_entries', 'What operators did, for which they answer'),
      ('tenant_changes', 'When it had which status and plan, for the statistics; why is not kept'),
      ('tenant_imports', 'That its line of an import was done, so that a repeated one does not make it again')
  $function$;
grant execute on function app.kept_at_deletion() to tenantry_owner;
grant execute on function app.kept_at_deletion() to tenantry_platform;

-- owner tenantry_owner
CREATE OR REPLACE FUNCTION app.lock_credits(at timestamp with time zone)
 RETURNS bigint
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
declare
  held bigint;
begin
  select a.balance into held from credit_accounts a where a.tenant_id = app.current_tenant() for update;
  if not found then
    insert into credit_accounts (tenant_id, id, created_at, updated_at)
    values (app.current_tenant(), gen_random_uuid(), at, at) on conflict (tenant_id) do nothing;
    select a.balance into strict held from credit_accounts a where a.tenant_id = app.current_tenant() for update;
  end if;
  return held;
end $function$;

-- owner tenantry_owner
CREATE OR REPLACE FUNCTION app.lock_usage()
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
begin
  perform 1 from limit_counters c where c.tenant_id = app.current_tenant() order by c.limit_name for update;
end $function$;
grant execute on function app.lock_usage() to tenantry_platform;

-- owner tenantry_owner
CREATE OR REPLACE FUNCTION app.move_audit_horizon(at timestamp with time zone, OUT horizon bigint, OUT since timestamp with time zone)
 RETURNS record
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
begin
  horizon := app.audit_horizon();
  update audit_clock c set sealed_to = horizon, moved_at = at where c.sealed_to < horizon;
  select c.moved_at into strict since from audit_clock c;
end $function$;
grant execute on function app.move_audit_horizon(timestamp with time zone) to tenantry_platform;

-- owner tenantry_owner
CREATE OR REPLACE FUNCTION app.move_credits(of_operation uuid, of_lot uuid, credits bigint, at timestamp with time zone)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
begin
  update credit_lots l set remaining = l.remaining + credits, updated_at = at
  where l.tenant_id = app.current_tenant() and l.id = of_lot;
  update credit_accounts a set balance = a.balance + credits, updated_at = at
  where a.tenant_id = app.current_tenant();
  insert into credit_entries (tenant_id, id, operation_id, lot_id, amount, created_at, updated_at)
  values (app.current_tenant(), gen_random_uuid(), of_operation, of_lot, credits, at, at);
end $function$;

-- owner tenantry_owner
CREATE OR REPLACE FUNCTION app.notify(template_name text, wanted_roles text[], wanted_members uuid[], except_member uuid, given_values jsonb, at timestamp with time zone)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
begin
    insert into public.notifications
      (tenant_id, id, membership_id, template, category, priority, values, created_at, updated_at)
    select m.tenant_id,
      encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid()) placing
        substring(int8send((extract(epoch from at) * 1000)::bigint) from 3) from 1 for 6), 52, 1), 53, 1), 'hex')::uuid,
      m.id, t.name, t.category, t.priority, given_values, at, at
    from public.memberships m
    join public.notification_templates t on t.name = template_name
    left join public.notification_preferences p
      on p.tenant_id = m.tenant_id and p.membership_id = m.id and p.category = t.category
    where m.tenant_id = app.current_tenant() and m.status = 'active'
      and (m.role = any(wanted_roles) or m.id = any(wanted_members)) and m.id is distinct from except_member
      and array_position(array['normal', 'high', 'urgent'], t.priority)
        >= array_position(array['normal', 'high', 'urgent'], coalesce(p.minimum_priority, 'normal'))
    order by m.id
    for key share of m skip locked;
end $function$;
grant execute on function app.notify(text,text[],uuid[],uuid,jsonb,timestamp with time zone) to tenantry_platform;
grant execute on function app.notify(text,text[],uuid[],uuid,jsonb,timestamp with time zone) to tenantry_tenant;

-- owner tenantry_purger
CREATE OR REPLACE FUNCTION app.open_tenant_rows(of_table name, with_bytes boolean)
 RETURNS refcursor
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  t record;
  sizes text := '0';
  opened refcursor;
begin
  select * into strict t from app.tables_of_tenants() f where f.table_name = of_table;
  if with_bytes then
    select '28 + ' || string_agg(format('coalesce(pg_column_size(%I), 0)', a.attname), ' + ') into sizes
    from pg_attribute a where a.attrelid = t.id and a.attnum > 0 and not a.attisdropped;
  end if;
  open opened no scroll for execute
    format('select %s from %s where %I = app.current_tenant()', sizes, t.id::regclass, t.tenant_column);
  return opened;
end $function$;
grant execute on function app.open_tenant_rows(name,boolean) to tenantry_platform;

-- owner tenantry_owner
CREATE OR REPLACE FUNCTION app.period_end(limit_name text, period date, time_zone text)
 RETURNS timestamp with time zone
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
    select case when timezone(time_zone, later - interval '1 hour') >= midnight then later - interval '1 hour'
      else later end
    from (
      select midnight, timezone(time_zone, midnight) as later
      from (
        select (period + case limit_name when 'executions_per_month' then interval '1 month'
          when 'articles_per_week' then interval '7 days' end) as midnight
      ) ends
    ) ends
  $function$;
grant execute on function app.period_end(text,date,text) to tenantry_platform;
grant execute on function app.period_end(text,date,text) to tenantry_tenant;

-- owner tenantry_owner
CREATE OR REPLACE FUNCTION app.period_of(limit_name text, at timestamp with time zone, time_zone text)
 RETURNS date
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
    select case limit_name
      when 'executions_per_month' then date_trunc('month', timezone(time_zone, at))::date
      when 'articles_per_week' then date_trunc('week', timezone(time_zone, at))::date
    end
  $function$;
grant execute on function app.period_of(text,timestamp with time zone,text) to tenantry_platform;
grant execute on function app.period_of(text,timestamp with time zone,text) to tenantry_tenant;

-- owner tenantry_purger
CREATE OR REPLACE FUNCTION app.purge_batch(max_rows integer, OUT table_name text, OUT rows_deleted bigint, OUT user_ids uuid[])
 RETURNS record
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  members oid[];
  root oid;
  leaf regclass;
  whose name;
  unreferred text;
  users text;
  gives text;
begin
  perform app.refuse_undeleted();
  update public.tenant_changes set cause = '', billing_event_id = null
  where subject_tenant_id = app.current_tenant() and (cause <> '' or billing_event_id is not null);

  for members in select o.tables from app.purge_order() o loop
    if cardinality(members) > 1 then
      -- References in a circle: whichever went first would be missed, so all go in one statement.
      execute (
        select format('with %s select %s, %s',
          string_agg(format('gone_%s as (delete from %s where %I = app.current_tenant() returning %s)', t.id,
            t.id::regclass, t.tenant_column, case t.table_name when 'memberships' then 'user_id' else '1' end), ', '),
          string_agg(format('(select count(*) from gone_%s)', t.id), ' + '),
          coalesce(max(format('(select array_agg(user_id) from gone_%s)', t.id))
            filter (where t.table_name = 'memberships'), 'null::uuid[]'))
        from app.tables_of_tenants() t where t.id = any (members)
      ) into rows_deleted, user_ids;
      if rows_deleted > 0 then
        select string_agg(t.table_name, ', ' order by t.table_name) into table_name
        from app.tables_of_tenants() t where t.id = any (members);
        return;
      end if;
      continue;
    end if;

    root := members[1];
    select t.table_name, t.tenant_column into table_name, whose from app.tables_of_tenants() t where t.id = root;
    users := 'null::uuid[]';
    gives := '1';
    if table_name = 'memberships' then
      users := 'array_agg(user_id)';
      gives := 'user_id';
    end if;
    -- Of a table that refers to itself first the rows that no other one refers to.
    select string_agg(format(' and not exists (select from %s r where (%s) = (%s) and (r.tableoid, r.ctid) <> (t.tableoid, t.ctid))',
        root::regclass,
        (select string_agg(format('r.%I', a.attname), ', ' order by u.place) from unnest(k.conkey) with ordinality u (num, place)
          join pg_attribute a on a.attrelid = k.conrelid and a.attnum = u.num),
        (select string_agg(format('t.%I', a.attname), ', ' order by u.place) from unnest(k.confkey) with ordinality u (num, place)
          join pg_attribute a on a.attrelid = k.confrelid and a.attnum = u.num)), '')
      into unreferred
    from pg_constraint k
    where k.contype = 'f' and k.conparentid = 0 and k.confrelid = root
      and coalesce(pg_partition_root(k.conrelid)::oid, k.conrelid) = root;
    for leaf in
      select p.relid from pg_partition_tree(root) p where p.isleaf
      union all select root where not exists (select from pg_partition_tree(root))
    loop
      -- By place: of the many rows of others nothing is read.
      execute format('with gone as (
          delete from %1$s where %2$I = app.current_tenant() and ctid = any (array(
            select t.ctid from %1$s t where t.%2$I = app.current_tenant()%3$s limit $1))
          returning %5$s)
        select count(*), %4$s from gone', leaf, whose, unreferred, users, gives)
      into rows_deleted, user_ids using max_rows;
      if rows_deleted > 0 then
        return;
      end if;
    end loop;
    if unreferred is not null then
      -- What refers to each other in a circle.
      execute format('with gone as (delete from %1$s where %2$I = app.current_tenant() returning %4$s)
        select count(*), %3$s from gone', root::regclass, whose, users, gives) into rows_deleted, user_ids;
      if rows_deleted > 0 then
        return;
      end if;
    end if;
  end loop;
  table_name := null;
  user_ids := null;
  rows_deleted := 0;
end $function$;
grant execute on function app.purge_batch(integer) to tenantry_platform;

-- owner tenantry_purger
CREATE OR REPLACE FUNCTION app.purge_order()
 RETURNS TABLE(tables oid[])
 LANGUAGE sql
 STABLE
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
    with recursive emptied as (
      select t.id, t.table_name from app.tables_of_tenants() t
      where t.table_name not in (select k.table_name from app.kept_at_deletion() k)
    ), refs as (
      select distinct coalesce(pg_partition_root(k.conrelid)::oid, k.conrelid) as child,
        coalesce(pg_partition_root(k.confrelid)::oid, k.confrelid) as parent
      from pg_constraint k where k.contype = 'f'
    ), above (id, referrer) as (
      select e.id, e.id from emptied e
      union
      select a.id, r.child from above a join refs r on r.parent = a.referrer join emptied e on e.id = r.child
    ), placed as (
      select e.id, e.table_name, array_agg(a.referrer order by a.referrer) as referrers
      from emptied e join above a on a.id = e.id group by e.id, e.table_name
    )
    select array_agg(p.id order by p.table_name) from placed p
    group by p.referrers order by cardinality(p.referrers), min(p.table_name)
  $function$;

-- owner tenantry_purger
CREATE OR REPLACE FUNCTION app.purge_users(ids uuid[])
 RETURNS bigint
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  deleted bigint;
begin
  perform app.refuse_undeleted();
  delete from public.sessions where user_id = any (ids);
  delete from public.one_time_tokens where user_id = any (ids);
  delete from public.known_addresses where person_id = any (ids);
  delete from public.users where id = any (ids);
  get diagnostics deleted = row_count;
  return deleted;
end $function$;
grant execute on function app.purge_users(uuid[]) to tenantry_platform;

-- owner tenantry_owner
CREATE OR REPLACE FUNCTION app.record_usage(ids uuid[], metrics text[], quantities bigint[], instants timestamp with time zone[], keys text[], at timestamp with time zone)
 RETURNS boolean[]
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
declare
  zone text;
  were_new boolean[];
  reused text;
  oldest date;
  new_metrics text[];
  most_metrics constant bigint := 100;
begin
  select s.time_zone into strict zone from tenant_settings s where s.tenant_id = app.current_tenant();
  -- Names without end, such as ones with an id in them, would make everything that is read of a tenant's days endless.
  -- Who brings a new one waits for whoever does so, too; a name that is known already is never refused.
  oldest := timezone(zone, at)::date - 36;
  new_metrics := array(
    select distinct g.metric from unnest(metrics, keys) g (metric, key)
    where not exists (select from usage_days d
      where d.tenant_id = app.current_tenant() and d.metric = g.metric and d.day >= oldest)
    and not exists (select from usage_events e
      where e.tenant_id = app.current_tenant() and e.idempotency_key = g.key));
  if cardinality(new_metrics) > 0 then
    perform 1 from tenant_settings s where s.tenant_id = app.current_tenant() for update;
    if app.count_metrics(new_metrics, oldest) > most_metrics then
      raise exception using errcode = 'TN001', message = 'too many metrics', detail = json_build_object(
        'limit', 'metrics', 'used', app.count_metrics('{}', oldest), 'allowed', most_metrics,
        'resets_at', null)::text;
    end if;
  end if;
  with given as materialized (
    select g.* from unnest(ids, metrics, quantities, instants, keys) with ordinality
      g (id, metric, quantity, instant, key, position)
  ),
  added as (
    insert into usage_events (tenant_id, id, metric, quantity, occurred_at, idempotency_key, created_at, updated_at)
    select app.current_tenant(), g.id, g.metric, g.quantity, coalesce(g.instant, at), g.key, at, at
    from given g order by g.key collate "C", g.position
    on conflict (tenant_id, idempotency_key) do nothing
    returning id, metric, quantity, timezone(zone, occurred_at)::date as day
  ),
  counted as (
    insert into usage_days (tenant_id, id, metric, day, quantity, created_at, updated_at)
    select app.current_tenant(), gen_random_uuid(), a.metric, a.day, sum(a.quantity), at, at
    from added a group by a.metric, a.day order by a.metric, a.day
    on conflict (tenant_id, metric, day)
      do update set quantity = usage_days.quantity + excluded.quantity, updated_at = excluded.updated_at
  )
  select array_agg(a.id is not null order by g.position) into were_new from given g left join added a on a.id = g.id;

  -- New statements: they see what was committed while this one waited.
  if false = any (were_new) then
    select g.key into reused
    from unnest(metrics, quantities, instants, keys) with ordinality g (metric, quantity, instant, key, position)
    -- The limit keeps it to one look-up for each key: a plan made while there were few events reads all of them instead.
    cross join lateral (
      select e.metric, e.quantity, e.occurred_at from usage_events e
      where e.tenant_id = app.current_tenant() and e.idempotency_key = g.key limit 1
    ) e
    where (g.metric, g.quantity) <> (e.metric, e.quantity) or g.instant <> e.occurred_at
    order by g.position limit 1;
    if found then
      raise exception using errcode = 'TN004', message = 'this key stands for another event',
        detail = json_build_object('idempotency_key', reused)::text;
    end if;
  end if;

  return were_new;
end $function$;
grant execute on function app.record_usage(uuid[],text[],bigint[],timestamp with time zone[],text[],timestamp with time zone) to tenantry_tenant;

-- owner tenantry_owner
CREATE OR REPLACE FUNCTION app.recount_users(at timestamp with time zone)
 RETURNS bigint
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
declare
  counted bigint;
  right_count bigint;
begin
  select c.used into strict counted from limit_counters c
  where c.tenant_id = app.current_tenant() and c.limit_name = 'users' for update;
  -- A new statement: who held the counter before has committed what they counted.
  select (select count(*) from memberships m where m.tenant_id = app.current_tenant() and m.status = 'active')
    + (select count(*) from invitations i where i.tenant_id = app.current_tenant() and i.status = 'pending')
    into right_count;
  if counted <> right_count then
    update limit_counters c set used = right_count, updated_at = at
    where c.tenant_id = app.current_tenant() and c.limit_name = 'users';
    perform app.add_to_day('users', (select timezone(s.time_zone, at)::date from tenant_settings s
      where s.tenant_id = app.current_tenant()), right_count - counted, at);
  end if;
  return counted - right_count;
end $function$;
grant execute on function app.recount_users(timestamp with time zone) to tenantry_platform;

-- owner tenantry_owner
CREATE OR REPLACE FUNCTION app.refund_credits(new_id uuid, credits bigint, why text, key text, by_kind text, by_id text, at timestamp with time zone, of_debit uuid, OUT operation_id uuid, OUT new_balance bigint, OUT is_repeat boolean)
 RETURNS record
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
    select * from app.change_credits('refund', new_id, credits, why, key, by_kind, by_id, at, null, of_debit)
  $function$;
grant execute on function app.refund_credits(uuid,bigint,text,text,text,text,timestamp with time zone,uuid) to tenantry_platform;

-- owner tenantry_owner
CREATE OR REPLACE FUNCTION app.refuse_changed_tenant()
 RETURNS boolean
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
begin
  raise exception using errcode = 'TN007', message = 'the tenant is not as it was remembered';
end $function$;
grant execute on function app.refuse_changed_tenant() to tenantry_tenant;

-- owner tenantry_owner
CREATE OR REPLACE FUNCTION app.refuse_execution_change()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
begin
  raise exception using errcode = 'TN006', message = 'an execution ends once, and is not changed otherwise';
end $function$;

-- owner tenantry_purger
CREATE OR REPLACE FUNCTION app.refuse_undeleted()
 RETURNS void
 LANGUAGE plpgsql
 STABLE
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  if not exists (select from public.tenants t where t.tenant_id = app.current_tenant() and t.status = 'DELETING') then
    raise insufficient_privilege using message = 'only a tenant that is being deleted is purged';
  end if;
end $function$;

-- owner tenantry_owner
CREATE OR REPLACE FUNCTION app.seal_audit(horizon bigint, max_entries integer, seal_id uuid, at timestamp with time zone)
 RETURNS TABLE(number bigint, to_position bigint, hash bytea, entries integer)
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
#variable_conflict use_column
declare
  last record;
  first_position bigint;
  cut bigint;
  ids uuid[];
  hashes bytea[];
begin
  horizon := least(horizon, app.audit_horizon());
  at := at::timestamptz(3);
  -- Of a tenant that is being deleted nothing is to be written any more. Who holds its row is not waited for: that
  -- transaction keeps the horizon before it, too.
  perform from tenants t
  where t.tenant_id = app.current_tenant() and t.status not in ('DELETING', 'DELETED') for key share skip locked;
  if not found then
    return;
  end if;
  select coalesce(max(s.number), 0) as number, coalesce(max(s.to_position), 0) as to_position,
    coalesce((array_agg(s.hash order by s.number desc))[1], sha256('')) as hash
    into strict last
  from (select s.number, s.to_position, s.hash from audit_seals s
    where s.tenant_id = app.current_tenant() order by s.number desc limit 1) s;
  select min(e.position) into first_position from audit_entries e
  where e.tenant_id = app.current_tenant() and e.position >= last.to_position and e.position < horizon;
  if first_position is null then
    return;
  end if;
  -- Entries of one transaction have one position, and all of them go under one seal.
  select greatest(e.position, first_position + 1) into cut from audit_entries e
  where e.tenant_id = app.current_tenant() and e.position >= last.to_position and e.position < horizon
  order by e.position, e.id offset max_entries limit 1;
  cut := coalesce(cut, horizon);
  select array_agg(e.id order by e.position, e.id), array_agg(app.audit_entry_hash(e) order by e.position, e.id)
    into strict ids, hashes
  from audit_entries e
  where e.tenant_id = app.current_tenant() and e.position >= last.to_position and e.position < cut;
  return query
    insert into audit_seals (tenant_id, id, number, from_position, to_position, entry_ids, entry_hashes, previous_hash,
      hash, created_at, updated_at)
    values (app.current_tenant(), seal_id, last.number + 1, last.to_position, cut, ids, hashes, last.hash,
      app.audit_seal_hash(app.current_tenant(), seal_id, last.number + 1, last.to_position, cut, ids, hashes, last.hash, at),
      at, at)
    on conflict (tenant_id, number) do nothing
    returning audit_seals.number, audit_seals.to_position, audit_seals.hash, cardinality(ids);
end $function$;
grant execute on function app.seal_audit(bigint,integer,uuid,timestamp with time zone) to tenantry_platform;

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
CREATE OR REPLACE FUNCTION app.support_session_admin(session_id uuid)
 RETURNS uuid
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
begin
  return (
    select s.super_admin_id from public.support_sessions s
    join public.super_admins a on a.id = s.super_admin_id
    where s.tenant_id = app.current_tenant() and s.id = session_id and s.ended_at is null
      and a.disabled_at is null and a.credentials_changed_at = s.credentials_changed_at
  );
end $function$;
grant execute on function app.support_session_admin(uuid) to tenantry_tenant;

-- owner tenantry_purger
CREATE OR REPLACE FUNCTION app.tables_of_tenants()
 RETURNS TABLE(id oid, table_name name, tenant_column name)
 LANGUAGE sql
 STABLE
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
    select distinct on (c.relname) c.oid, c.relname, a.attname
    from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attname in ('tenant_id', 'subject_tenant_id') and not a.attisdropped
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
    order by c.relname, a.attname desc
  $function$;
grant execute on function app.tables_of_tenants() to tenantry_platform;

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

-- owner tenantry_owner
CREATE OR REPLACE FUNCTION app.usage_at(at timestamp with time zone)
 RETURNS TABLE(tenant_id text, limit_name text, used bigint, allowed bigint, resets_at timestamp with time zone)
 LANGUAGE sql
 STABLE
AS $function$
    select c.tenant_id, c.limit_name, case when c.period < p.period then 0 else c.used end,
      app.allowed(plans, t.limit_overrides, c.limit_name),
      app.period_end(c.limit_name, greatest(c.period, p.period), s.time_zone)
    from limit_counters c
    join tenants t on t.tenant_id = c.tenant_id
    join plans on plans.plan = t.plan
    join tenant_settings s on s.tenant_id = c.tenant_id
    cross join lateral (select app.period_of(c.limit_name, at, s.time_zone) as period) p
  $function$;
grant execute on function app.usage_at(timestamp with time zone) to tenantry_platform;
grant execute on function app.usage_at(timestamp with time zone) to tenantry_tenant;

-- owner tenantry_jobs
CREATE OR REPLACE FUNCTION graphile_worker.enqueue_job(task text, payload json, job_key text DEFAULT NULL::text, run_at timestamp with time zone DEFAULT NULL::timestamp with time zone)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
  tenant text := nullif(current_setting('app.tenant_id', true), '');
  added bigint;
begin
  if tenant is null and session_user <> 'tenantry_platform' then
    raise insufficient_privilege using message = 'a job needs a tenant';
  end if;
  -- Anything else joined to an object makes an array, in which nobody would find the tenant.
  if jsonb_typeof(payload::jsonb) <> 'object' then
    raise invalid_parameter_value using message = 'the payload of a job is an object';
  end if;
  if session_user <> 'tenantry_platform' and task <> all (array['send-invitation', 'sync-billing']) then
    raise insufficient_privilege using message = 'a tenant cannot ask for this task';
  end if;
  if session_user <> 'tenantry_platform' then
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
  -- Where a worker takes the job of this key while add_job waits for its row, nothing is added, and what runs may have read
  -- too early: github.com/graphile/worker/issues/580. The next statement sees that it is taken (READ COMMITTED), and adds
  -- another.
  while added is null loop
    select job.id into added from graphile_worker.add_job(
      task,
      (coalesce(payload::jsonb, '{}') || jsonb_build_object('tenant_id', tenant))::json,
      -- One deletion at a time, since each takes long.
      queue_name => case task when 'delete-tenant' then task end,
      run_at => run_at,
      -- Lower is earlier: nobody's own mail waits behind what a tenant sends to others, and none behind Stripe.
      priority => case task when 'send-invitation' then 10 when 'sync-billing' then 20 when 'delete-tenant' then 30 else 0 end,
      job_key => case when tenant is null then job_key else tenant || ':' || job_key end) job;
  end loop;
end $function$;
grant execute on function graphile_worker.enqueue_job(text,json,text,timestamp with time zone) to tenantry_platform;
grant execute on function graphile_worker.enqueue_job(text,json,text,timestamp with time zone) to tenantry_tenant;
