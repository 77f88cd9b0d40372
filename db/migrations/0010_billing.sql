-- What Stripe says of a tenant: its customer and subscription, the events that told so, and what they changed.

alter table plans
  -- Whether the price is for each member: the subscription's quantity follows them then.
  add column price_is_per_seat boolean not null default false;
create unique index plans_stripe_price_id on plans (stripe_price_id);

alter table tenants
  -- Who chose the plan: what an operator gave stays until Stripe says something new.
  add column plan_set_by text not null default 'system' check (plan_set_by in ('system', 'operator', 'billing')),
  -- The last thing that was said about a payment that is due.
  add column past_due_notice text check (past_due_notice in ('failed', '3_days', '1_day'));

-- One row for each tenant that has gone to a checkout.
create table billing_accounts (
  tenant_id text collate "C" not null default app.current_tenant() references tenants,
  -- Names the intent to make a customer: the idempotency key at Stripe is derived from it.
  id uuid not null,
  -- What the customer is made with, as it was when the intent was stored: one key goes with one request.
  customer_name text not null,
  customer_email text,
  customer_id text collate "C" check (length(customer_id) between 1 and 255),
  -- What the tenant lives by, as Stripe said at synced_at.
  subscription_id text check (length(subscription_id) between 1 and 255),
  subscription_status text,
  price_id text,
  quantity integer,
  current_period_end timestamptz(3),
  cancel_at timestamptz(3),
  -- What the status and the plan were last set by. Something else is news, and news goes over what an operator did.
  applied_status text,
  applied_plan text,
  -- An operator cancelled: subscriptions from before end, too.
  cancel_before timestamptz(3),
  -- The one that the tenant lived by then: whatever the clocks say, it began before.
  cancelled_subscription_id text,
  -- Goes up with each writing of what was read: who read before that reads anew.
  version bigint not null default 0,
  synced_at timestamptz(3),
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  primary key (tenant_id, id),
  unique (tenant_id)
);
create index billing_accounts_created_at on billing_accounts (tenant_id, created_at desc, id desc);
-- An event names the customer and no tenant, so this index does not begin with tenant_id; it is not unique.
create index billing_accounts_customer_id on billing_accounts (customer_id);

-- Every event that Stripe has sent, once.
create table billing_events (
  id text collate "C" primary key check (length(id) between 1 and 255),
  type text not null check (length(type) between 1 and 255),
  -- The tenant that it is about, where one is known.
  subject_tenant_id text collate "C" references tenants (tenant_id),
  customer_id text,
  -- As it was sent: json keeps what jsonb would change or refuse.
  payload json not null,
  source text not null check (source in ('webhook', 'reconciliation')),
  -- When Stripe made it, to the second.
  occurred_at timestamptz(3) not null,
  received_at timestamptz(3) not null,
  -- When its effect was there, and what that was; null until then.
  applied_at timestamptz(3) check ((applied_at is null) = (outcome is null)),
  -- changed: it is the cause of changes; unchanged: all was so already; ignored: of a type that nothing depends on;
  -- unmatched: of no tenant, or of another customer than the tenant's.
  outcome text check (outcome in ('changed', 'unchanged', 'ignored', 'unmatched')),
  -- What Stripe said of the subscription when it was applied, in a sentence.
  finding text check (length(finding) <= 1000),
  replays integer not null default 0
);
create index billing_events_received_at on billing_events (received_at desc, id desc);
create index billing_events_subject_tenant_id on billing_events (subject_tenant_id, received_at desc, id desc);
create index billing_events_waiting on billing_events (subject_tenant_id) where applied_at is null;

-- How each tenant came to its status and plan, change by change, in the order of id.
create table tenant_changes (
  id bigint generated always as identity primary key,
  subject_tenant_id text collate "C" not null references tenants (tenant_id),
  field text not null check (field in ('status', 'plan', 'trial_ends_at', 'past_due_since')),
  from_value text,
  to_value text,
  agent text not null check (agent in ('system', 'operator', 'billing')),
  cause text not null check (length(cause) <= 1000),
  billing_event_id text collate "C" references billing_events,
  created_at timestamptz(3) not null
);
create index tenant_changes_subject_tenant_id on tenant_changes (subject_tenant_id, id);
create index tenant_changes_billing_event_id on tenant_changes (billing_event_id);

-- The tenants there are: what they are by now is the first that is known of them.
alter table tenants no force row level security;
insert into tenant_changes (subject_tenant_id, field, to_value, agent, cause, created_at)
select t.tenant_id, f.field, case f.field when 'status' then t.status else t.plan end,
  case f.field when 'status' then t.status_set_by else 'system' end,
  coalesce(case f.field when 'status' then t.status_reason end, 'From before changes were recorded'),
  t.status_changed_at
from tenants t cross join (values ('status', 1), ('plan', 2)) f (field, place)
where t.tenant_id <> 'system-default'
order by t.tenant_id, f.place;
alter table tenants force row level security;
