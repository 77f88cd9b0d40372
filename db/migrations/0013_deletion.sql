-- What is left of a tenant that was deleted, beside its id: what went, what did not, when and by whom.
create table deletion_certificates (
  id uuid primary key,
  -- An id is deleted once, since it is never given out again.
  subject_tenant_id text collate "C" not null unique references tenants (tenant_id),
  status text not null check (status in ('running', 'done')),
  requested_by_kind text not null check (requested_by_kind in ('super_admin', 'admin_key', 'system')),
  requested_by_id text not null,
  reason text not null check (length(reason) between 1 and 1000),
  -- What keeps it from going on, where something does.
  waits_for text check (length(waits_for) <= 1000),
  -- Rows of the tenant by table, such as {"clients": 12}: when its last request had ended, and when all was over.
  counts_before jsonb check (jsonb_typeof(counts_before) = 'object'),
  counts_after jsonb check (jsonb_typeof(counts_after) = 'object'),
  -- The tables whose rows stay, each with the reason.
  kept jsonb check (jsonb_typeof(kept) = 'object'),
  rows_deleted bigint not null default 0,
  users_deleted bigint not null default 0,
  jobs_deleted bigint not null default 0,
  -- What its audit trail ended with.
  last_seal_hash text,
  -- Who it was at Stripe, so that events of theirs that come later are not kept either.
  customer_id text collate "C",
  requested_at timestamptz(3) not null,
  completed_at timestamptz(3),
  check ((status = 'done') = (completed_at is not null)),
  check (status = 'running' or (counts_before is not null and counts_after is not null and kept is not null))
);
create index deletion_certificates_requested_at on deletion_certificates (requested_at desc, id desc);
create index deletion_certificates_customer_id on deletion_certificates (customer_id);
