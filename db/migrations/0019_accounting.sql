-- Invoices and their lines. Amounts are whole numbers of the currency's minor unit.

create table invoices (
  tenant_id text collate "C" not null default app.current_tenant() references tenants,
  id uuid not null,
  client_id uuid,
  due_on date,
  note text check (length(note) <= 5000),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  status text collate "C" not null default 'draft' check (status in ('draft', 'issued', 'paid', 'void')),
  -- A draft has none; what was issued keeps it for good, void or not.
  number text collate "C" check (length(number) between 1 and 40),
  -- Days of the tenant's calendar.
  issued_on date,
  -- Who bills and who is billed, as they were on that day (EN 16931-1, BT-27 and BT-44).
  seller_name text check (length(seller_name) between 1 and 200),
  buyer_name text check (length(buyer_name) between 1 and 200),
  buyer_email text,
  buyer_address text,
  paid_on date check (paid_on >= issued_on),
  paid_at timestamptz(3),
  voided_at timestamptz(3),
  void_reason text check (length(void_reason) between 1 and 1000),
  -- Bounded so that the sum of hundreds of the largest is exact in JSON, and that of millions in bigint.
  net_cents bigint not null check (abs(net_cents) <= 10000000000000),
  vat_cents bigint not null check (abs(vat_cents) <= 10000000000000),
  total_cents bigint not null check (abs(total_cents) <= 10000000000000),
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  check (total_cents = net_cents + vat_cents),
  check ((status = 'draft') = (number is null) and (status = 'draft') = (issued_on is null)),
  check (status = 'draft' or client_id is not null),
  check ((status = 'draft') = (seller_name is null) and (status = 'draft') = (buyer_name is null)),
  check (status <> 'draft' or (buyer_email is null and buyer_address is null)),
  check ((status = 'paid') = (paid_on is not null) and (status = 'paid') = (paid_at is not null)),
  check ((status = 'void') = (voided_at is not null) and (status = 'void') = (void_reason is not null)),
  unique (tenant_id, number),
  -- Here and not below: of a table that is there already a key is checked, which row security forbids.
  foreign key (tenant_id, client_id) references clients (tenant_id, id)
);
create index invoices_created_at on invoices (tenant_id, created_at desc, id desc);
create index invoices_client_id on invoices (tenant_id, client_id);
-- Behind the other indexes, since checks of foreign keys hold on to the newest of those that look alike to them.
alter table invoices add primary key (tenant_id, id);

create table invoice_lines (
  tenant_id text collate "C" not null default app.current_tenant() references tenants,
  id uuid not null,
  invoice_id uuid not null,
  position integer not null check (position between 1 and 200),
  description text not null check (length(description) between 1 and 1000),
  quantity numeric(9, 3) not null,
  unit_price_cents bigint not null check (unit_price_cents between 0 and 10000000000000),
  -- Hundredths of a percent; null is the tenant's, which takes its place when the invoice is issued.
  vat_rate_basis_points integer check (vat_rate_basis_points between 0 and 10000),
  net_cents bigint not null check (abs(net_cents) <= 10000000000000),
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  primary key (tenant_id, id),
  unique (tenant_id, invoice_id, position),
  foreign key (tenant_id, invoice_id) references invoices (tenant_id, id) on delete cascade,
  -- numeric rounds half away from zero, as the rules do.
  check (net_cents = round(quantity * unit_price_cents))
);
create index invoice_lines_created_at on invoice_lines (tenant_id, created_at desc, id desc);

-- The last number, and the day it was given on, whose year it is of. Whoever issues an invoice holds the row until their
-- transaction ends: what is rolled back has used no number, so there is never a gap, and no day comes before the last one.
create table invoice_counters (
  tenant_id text collate "C" not null default app.current_tenant() references tenants,
  id uuid not null,
  last_number integer not null check (last_number > 0),
  last_issued_on date not null,
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  primary key (tenant_id, id),
  unique (tenant_id)
);
create index invoice_counters_created_at on invoice_counters (tenant_id, created_at desc, id desc);

-- No number is left out or given twice: it goes up by one, from 1 in the tenant's first year and in each that begins.
create function app.check_invoice_counter() returns trigger
  language plpgsql
  set search_path = pg_catalog, public, pg_temp
  as $$
begin
  if tg_op = 'INSERT' and new.last_number = 1
    or tg_op = 'UPDATE' and new.last_issued_on >= old.last_issued_on
      and new.last_number = (case when extract(year from new.last_issued_on) > extract(year from old.last_issued_on) then 1
        else old.last_number + 1 end)
  then
    return new;
  end if;
  raise exception using errcode = 'TN006', message = 'invoices are numbered one by one';
end $$;
create trigger invoice_counters_count before insert or update on invoice_counters
  for each row execute function app.check_invoice_counter();

-- What was issued stays as it is: it is paid or made void, once, and nothing else. It goes with its tenant.
create function app.check_invoice() returns trigger
  language plpgsql
  set search_path = pg_catalog, public, pg_temp
  as $$
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
end $$;
create trigger invoices_stay before update or delete on invoices for each row execute function app.check_invoice();

-- The lines of what was issued stay, too. Whoever changes a line holds its invoice, so that nobody issues it meanwhile.
create function app.check_invoice_line() returns trigger
  language plpgsql
  set search_path = pg_catalog, public, pg_temp
  as $$
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
end $$;
create trigger invoice_lines_stay before insert or update or delete on invoice_lines
  for each row execute function app.check_invoice_line();
