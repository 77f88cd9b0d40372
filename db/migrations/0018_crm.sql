-- Who may become a client, and what is being sold to whom.

create table leads (
  tenant_id text collate "C" not null default app.current_tenant() references tenants,
  id uuid not null,
  name text not null check (length(name) between 1 and 200),
  company text check (length(company) between 1 and 200),
  email text check (length(email) <= 254),
  phone text check (length(phone) <= 40),
  source text not null check (source in ('website', 'referral', 'phone', 'event', 'other')),
  status text not null check (status in ('new', 'contacted', 'qualified', 'lost', 'converted')),
  notes text check (length(notes) <= 20000),
  -- The client that the lead has become.
  client_id uuid,
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  primary key (tenant_id, id),
  foreign key (tenant_id, client_id) references clients (tenant_id, id),
  check ((status = 'converted') = (client_id is not null))
);
create index leads_created_at on leads (tenant_id, created_at desc, id desc);
create index leads_name on leads (tenant_id, name collate "C", id);
create index leads_client_id on leads (tenant_id, client_id);

create table deals (
  tenant_id text collate "C" not null default app.current_tenant() references tenants,
  id uuid not null,
  title text not null check (length(title) between 1 and 200),
  client_id uuid,
  lead_id uuid,
  stage text not null check (stage in ('lead', 'qualified', 'proposal', 'negotiation', 'won', 'lost')),
  amount_cents bigint not null check (amount_cents between 0 and 1000000000000000),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  -- In percent.
  probability integer not null check (probability between 0 and 100),
  expected_close_on date,
  -- Since when it is won or lost.
  closed_at timestamptz(3),
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  deleted_at timestamptz(3),
  primary key (tenant_id, id),
  foreign key (tenant_id, client_id) references clients (tenant_id, id),
  foreign key (tenant_id, lead_id) references leads (tenant_id, id),
  check ((stage in ('won', 'lost')) = (closed_at is not null))
);
create index deals_created_at on deals (tenant_id, created_at desc, id desc);
create index deals_title on deals (tenant_id, title collate "C", id);
create index deals_amount_cents on deals (tenant_id, amount_cents, id);
create index deals_client_id on deals (tenant_id, client_id);
create index deals_lead_id on deals (tenant_id, lead_id);
-- All that the pipeline adds up.
create index deals_pipeline on deals (tenant_id, stage, currency) include (amount_cents, probability)
  where deleted_at is null;
