-- Credits: what a tenant was given, in lots, and has spent of them, as a ledger to which rows are only added. Every
-- number here is written by the functions below, and by nothing else.

-- The balance of a tenant that has had credits. Whoever changes them holds this row until their transaction ends.
create table credit_accounts (
  tenant_id text collate "C" not null default app.current_tenant() references tenants,
  id uuid not null,
  -- Up to what JSON holds exactly.
  balance bigint not null default 0 check (balance between 0 and 9007199254740991),
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  primary key (tenant_id, id),
  unique (tenant_id)
);
create index credit_accounts_created_at on credit_accounts (tenant_id, created_at desc, id desc);

-- What was done and answered: it is what a repeated idempotency key gives again.
create table credit_operations (
  tenant_id text collate "C" not null default app.current_tenant() references tenants,
  id uuid not null,
  kind text collate "C" not null check (kind in ('grant', 'debit', 'refund', 'expiry')),
  amount bigint not null check (amount > 0 and (kind = 'expiry' or amount <= 1000000000)),
  -- The balance when it was done.
  balance bigint not null check (balance >= 0),
  reason text check (length(reason) between 1 and 1000),
  idempotency_key text collate "C" check (length(idempotency_key) between 1 and 200),
  -- When the credits of a grant expire; null for never.
  expires_at timestamptz(3) check (kind = 'grant' or expires_at is null),
  -- The debit that a refund gives back, or a part of it.
  debit_id uuid check ((kind = 'refund') = (debit_id is not null)),
  actor_kind text collate "C" not null check (actor_kind in ('user', 'api_key', 'operator', 'system')),
  actor_id text not null,
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  check (kind = 'expiry' or reason is not null and idempotency_key is not null)
);
create index credit_operations_created_at on credit_operations (tenant_id, created_at desc, id desc);
create index credit_operations_debit on credit_operations (tenant_id, debit_id) where debit_id is not null;
-- A tenant's own keys are not the platform's: no member can use up the key of a grant that is still to come.
create unique index credit_operations_key on credit_operations
  (tenant_id, idempotency_key, (actor_kind in ('user', 'api_key')));
-- Behind the other indexes: without statistics PostgreSQL takes the newest of those that cost it the same, and checks of
-- foreign keys hold on to that for as long as the connection lives, or until the table is analyzed.
alter table credit_operations add primary key (tenant_id, id),
  add foreign key (tenant_id, debit_id) references credit_operations (tenant_id, id);

-- What is left of each grant, whose id it has.
create table credit_lots (
  tenant_id text collate "C" not null default app.current_tenant() references tenants,
  id uuid not null,
  amount bigint not null,
  remaining bigint not null check (remaining between 0 and amount),
  expires_at timestamptz(3),
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  primary key (tenant_id, id),
  foreign key (tenant_id, id) references credit_operations (tenant_id, id)
);
create index credit_lots_created_at on credit_lots (tenant_id, created_at desc, id desc);
-- In the order in which they are spent.
create index credit_lots_open on credit_lots (tenant_id, expires_at, created_at, id) where remaining > 0;

-- The ledger: what each operation put into each lot, or took out of it.
create table credit_entries (
  tenant_id text collate "C" not null default app.current_tenant() references tenants,
  id uuid not null,
  operation_id uuid not null,
  lot_id uuid not null,
  amount bigint not null check (amount <> 0),
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  primary key (tenant_id, id),
  unique (tenant_id, operation_id, lot_id),
  foreign key (tenant_id, operation_id) references credit_operations (tenant_id, id),
  foreign key (tenant_id, lot_id) references credit_lots (tenant_id, id)
);
create index credit_entries_created_at on credit_entries (tenant_id, created_at desc, id desc);

-- The functions up to app.change_credits() are for those behind them, which alone have the rights to call them.

-- Holds the credits of the current tenant until the transaction ends, and gives their balance.
create function app.lock_credits(at timestamptz) returns bigint
  language plpgsql volatile
  set search_path = pg_catalog, public, pg_temp
  as $$
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
end $$;

-- Puts credits into a lot, or takes them out when they are below zero. Lot, balance and ledger change here and nowhere
-- else, so they always say the same.
create function app.move_credits(of_operation uuid, of_lot uuid, credits bigint, at timestamptz) returns void
  language plpgsql volatile
  set search_path = pg_catalog, public, pg_temp
  as $$
begin
  update credit_lots l set remaining = l.remaining + credits, updated_at = at
  where l.tenant_id = app.current_tenant() and l.id = of_lot;
  update credit_accounts a set balance = a.balance + credits, updated_at = at
  where a.tenant_id = app.current_tenant();
  insert into credit_entries (tenant_id, id, operation_id, lot_id, amount, created_at, updated_at)
  values (app.current_tenant(), gen_random_uuid(), of_operation, of_lot, credits, at, at);
end $$;

-- Takes what is left out of the lots that are overdue, oldest first; the account is locked already. Gives the balance
-- from there on.
create function app.expire_lots(held bigint, at timestamptz) returns bigint
  language plpgsql volatile
  set search_path = pg_catalog, public, pg_temp
  as $$
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
end $$;

-- One grant, debit or refund of the current tenant, or the answer that was given to the same key before. First what is
-- overdue expires. A debit takes from the lot that expires soonest. A refund gives back last what was taken first, so
-- the lots stand as if the debit had been smaller; what it gives to a lot that has expired since, expires at once.
create function app.change_credits(of_kind text, new_id uuid, credits bigint, why text, key text, by_kind text,
    by_id text, at timestamptz, lot_expires_at timestamptz, of_debit uuid,
    out operation_id uuid, out new_balance bigint, out is_repeat boolean)
  language plpgsql volatile
  set search_path = pg_catalog, public, pg_temp
  as $$
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
end $$;

-- What the roles may call: a tenant's statement can spend its credits, and make none.
create function app.debit_credits(new_id uuid, credits bigint, why text, key text, by_kind text, by_id text,
    at timestamptz, out operation_id uuid, out new_balance bigint, out is_repeat boolean)
  language sql volatile security definer
  set search_path = pg_catalog, public, pg_temp
  as $$
    select * from app.change_credits('debit', new_id, credits, why, key, by_kind, by_id, at, null, null)
  $$;

create function app.grant_credits(new_id uuid, credits bigint, why text, key text, by_kind text, by_id text,
    at timestamptz, lot_expires_at timestamptz, out operation_id uuid, out new_balance bigint, out is_repeat boolean)
  language sql volatile security definer
  set search_path = pg_catalog, public, pg_temp
  as $$
    select * from app.change_credits('grant', new_id, credits, why, key, by_kind, by_id, at, lot_expires_at, null)
  $$;

create function app.refund_credits(new_id uuid, credits bigint, why text, key text, by_kind text, by_id text,
    at timestamptz, of_debit uuid, out operation_id uuid, out new_balance bigint, out is_repeat boolean)
  language sql volatile security definer
  set search_path = pg_catalog, public, pg_temp
  as $$
    select * from app.change_credits('refund', new_id, credits, why, key, by_kind, by_id, at, null, of_debit)
  $$;

create function app.expire_credits(at timestamptz) returns void
  language plpgsql volatile security definer
  set search_path = pg_catalog, public, pg_temp
  as $$
begin
  perform app.expire_lots(app.lock_credits(at), at);
end $$;
