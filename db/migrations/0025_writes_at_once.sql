-- Who writes on what is remembered of their tenant may have COMMIT in the same write as everything else: that the tenant's
-- row is another by now has to be an error, which the server skips COMMIT for.
create function app.refuse_changed_tenant() returns boolean
  language plpgsql
  set search_path = pg_catalog, public, pg_temp
  as $$
begin
  raise exception using errcode = 'TN007', message = 'the tenant is not as it was remembered';
end $$;
