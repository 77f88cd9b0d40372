-- The audit trail is sealed in batches: each seal holds the hashes of its entries in order and the hash of the seal
-- before, so that what is changed, removed or slipped in afterwards shows. Who writes an entry takes no lock for it.

-- Where a transaction stands in the order in which entries are sealed: its number, which only goes up. The migrate step
-- lets it go on from higher up where a database is restored into a cluster whose numbers are lower.
create function app.audit_position(of_transaction xid8) returns bigint
  language sql immutable parallel safe
  as $$ select of_transaction::text::bigint + 0 $$;

-- The entries there are have the position of this migration.
alter table audit_entries
  add column position bigint not null default app.audit_position(pg_current_xact_id());
-- What one entry says is short; anything longer was made to be more than a seal can take.
alter table audit_entries add constraint audit_entries_length check (octet_length(
  actor_id || action || object_type || object_id || request_id || array_to_string(changed_fields, ',')) <= 100000);
-- Nor is there an instant in it that no program could show.
alter table audit_entries add constraint audit_entries_time check (
  created_at between timestamptz '1970-01-01 00:00:00 UTC' and timestamptz '9999-12-31 23:59:59 UTC');
create index audit_entries_position on audit_entries (tenant_id, position, id);

create table audit_seals (
  tenant_id text collate "C" not null default app.current_tenant() references tenants,
  id uuid not null,
  -- 1, 2, 3 and so on: a seal that is gone leaves a gap.
  number bigint not null check (number > 0),
  -- It seals the entries from the one position on and before the other, and no other entry is ever to stand there.
  from_position bigint not null,
  to_position bigint not null check (to_position > from_position),
  -- By position, then by id.
  entry_ids uuid[] not null,
  entry_hashes bytea[] not null check (cardinality(entry_hashes) = cardinality(entry_ids)),
  previous_hash bytea not null check (length(previous_hash) = 32),
  hash bytea not null check (length(hash) = 32),
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null check (updated_at = created_at),
  primary key (tenant_id, id),
  unique (tenant_id, number)
);
create index audit_seals_created_at on audit_seals (tenant_id, created_at desc, id desc);

-- How far the whole platform is sealed, and since when: one row.
create table audit_clock (
  is_only boolean primary key default true check (is_only),
  sealed_to bigint not null,
  moved_at timestamptz(3) not null
);
insert into audit_clock (sealed_to, moved_at) values (0, 'epoch');

-- The position before which nothing of this database can appear any more: that of the oldest transaction that runs. Of
-- other databases of the cluster those do not count that are known to be theirs. Nor does one that has ended since the
-- snapshot: by the time that entries are read, everything of it is there. (A transaction has its number before its lock,
-- so that no lock is there does not tell; pg_xact_status does.)
create function app.audit_horizon() returns bigint
  language sql stable
  set search_path = pg_catalog, pg_temp
  as $$
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
  $$;

-- The horizon, which is kept, so that a restored database goes on behind it; and since when it has stood there.
create function app.move_audit_horizon(at timestamptz, out horizon bigint, out since timestamptz)
  language plpgsql volatile security definer
  set search_path = pg_catalog, public, pg_temp
  as $$
begin
  horizon := app.audit_horizon();
  update audit_clock c set sealed_to = horizon, moved_at = at where c.sealed_to < horizon;
  select c.moved_at into strict since from audit_clock c;
end $$;

-- SHA-256 over all of an entry, its position included; as JSON no two entries are written alike.
create function app.audit_entry_hash(e audit_entries) returns bytea
  language sql stable parallel safe
  as $$
    select sha256(convert_to(jsonb_build_array(e.tenant_id, e.id, e.position, e.actor_kind, e.actor_id, e.action,
      e.object_type, e.object_id, e.changed_fields, e.reason, text(e.ip), e.request_id,
      e.created_at at time zone 'UTC', e.updated_at at time zone 'UTC')::text, 'UTF8'))
  $$;

-- SHA-256 over all that a seal says, the hash of the one before included.
create function app.audit_seal_hash(of_tenant text, id uuid, number bigint, from_position bigint, to_position bigint,
    entry_ids uuid[], entry_hashes bytea[], previous_hash bytea, created_at timestamptz)
  returns bytea
  language sql stable parallel safe
  as $$
    select sha256(convert_to(jsonb_build_array(of_tenant, id, number, from_position, to_position,
        encode(previous_hash, 'hex'), created_at at time zone 'UTC')::text, 'UTF8')
      || (select coalesce(string_agg(uuid_send(e.id) || sha256(e.hash), '' order by e.place), '')
        from unnest(entry_ids, entry_hashes) with ordinality e (id, hash, place)))
  $$;

-- Seals the next entries of the current tenant that stand before the horizon, about so many of them. Of two callers at
-- once one does it; beyond where entries may still appear none is made, whatever horizon is named. Gives the seal, or
-- nothing when there is nothing to seal.
create function app.seal_audit(horizon bigint, max_entries integer, seal_id uuid, at timestamptz)
  returns table (number bigint, to_position bigint, hash bytea, entries integer)
  language plpgsql volatile security definer
  set search_path = pg_catalog, public, pg_temp
  as $$
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
end $$;
