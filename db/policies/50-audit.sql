-- A database that was restored from a dump into another cluster begins with lower numbers of transactions than its seals
-- end with: what is written from now on stands behind them all the same, and behind what was not sealed yet.
do $$
declare
  sealed_to bigint := (select c.sealed_to from audit_clock c);
  here bigint := pg_current_xact_id()::text::bigint;
begin
  if sealed_to > app.audit_position(pg_current_xact_id()) then
    execute format('create or replace function app.audit_position(of_transaction xid8) returns bigint
      language sql immutable parallel safe as %L', format(' select of_transaction::text::bigint + %s ',
        sealed_to - here + 1000000000));
  end if;
end $$;
