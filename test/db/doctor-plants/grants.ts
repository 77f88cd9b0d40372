import { type Plant, since } from './plant.ts'

/** What the roles of the running server may do, and what everybody may. */
export const grantPlants: Plant[] = [
  ...[
    'truncate on clients to T',
    'references (name) on clients to T',
    'trigger on tenants to P',
    'create on schema app to T',
  ].map((right): Plant => granting('makes-nothing', right)),
  granting('makes-nothing', 'create on database DB to public', ['nothing-is-granted-to-everybody']),
  granting('makes-no-temporary-tables', 'temporary on database DB to T'),
  granting('makes-no-temporary-tables', 'temporary on database DB to public', [
    'nothing-is-granted-to-everybody',
  ]),
  granting('has-no-needless-powers', 'create on tablespace pg_default to T'),
  {
    rule: 'has-no-needless-powers',
    plant: since(17, 'grant maintain on clients to T', 'grant create on tablespace pg_default to T'),
    mend: since(17, 'revoke maintain on clients from T', 'revoke create on tablespace pg_default from T'),
  },
  ...[
    'delete on audit_entries to T',
    'delete on platform_audit_entries to P',
    'delete on audit_seals to T',
    'update (hash) on audit_seals to P',
    'insert on audit_seals to P',
    'insert (position) on audit_entries to T',
    'update (action) on audit_entries to P',
  ].map((right): Plant => granting('audit-trails-are-append-only', right)),
  granting('cannot-call-set-config', 'execute on function set_config to T'),
  granting('cannot-call-set-config', 'update on pg_settings to P', ['system-tables-are-closed']),
  ...[
    'connect on database DB to public',
    'usage on schema app to public',
    'select on clients to public',
    'update (name) on clients to public',
    'usage on sequence tenant_changes_id_seq to public',
  ].map((right): Plant => granting('nothing-is-granted-to-everybody', right, 'any')),
  {
    rule: 'nothing-is-granted-to-everybody',
    plant: 'create function planted() returns int language sql return 1',
    mend: 'revoke all on function planted from public',
  },
  ...[
    'select on clients to T',
    'select (email) on users to P',
    'usage on schema public to T',
    'connect on database DB to T',
    'execute on function app.current_tenant() to T',
  ].map(
    (right): Plant => ({
      rule: 'nothing-is-passed-on',
      plant: `grant ${right} with grant option`,
      mend: `revoke grant option for ${right.replace(/ to (?=\w+$)/, ' from ')}`,
    }),
  ),
  {
    rule: 'default-privileges-give-nothing',
    plant: 'alter default privileges for role OWNER in schema public grant select on tables to T',
    mend: 'alter default privileges for role OWNER in schema public revoke select on tables from T',
  },
  {
    rule: 'default-privileges-give-nothing',
    plant: 'alter default privileges for role OWNER grant execute on functions to public',
    mend: 'alter default privileges for role OWNER revoke execute on functions from public',
  },
  {
    rule: 'default-privileges-give-nothing',
    plant: 'alter default privileges grant usage on schemas to public',
    mend: 'alter default privileges revoke usage on schemas from public',
  },
  ...[
    'usage on language plpgsql to T',
    'execute on function lo_creat(integer) to T',
    'execute on function lo_from_bytea(oid, bytea) to public',
    'execute on function pg_terminate_backend(integer, bigint) to public',
    'execute on function pg_notify(text, text) to T',
    'execute on function pg_try_advisory_xact_lock(integer, integer) to T',
  ].map((right): Plant => granting('surroundings-are-closed', right)),
  granting('surroundings-are-closed', 'select on pg_stat_activity to T', ['system-tables-are-closed']),
  ...[
    'execute on function pg_read_file(text) to T',
    'execute on function lo_export(oid, text) to P',
    'execute on function pg_ls_dir(text) to public',
  ].map((right): Plant => granting('nothing-outside-is-reached', right)),
  {
    rule: 'nothing-outside-is-reached',
    plant: `create foreign data wrapper planted; create server planted foreign data wrapper planted;
      grant usage on foreign server planted to T`,
    mend: 'revoke usage on foreign server planted from T',
  },
  {
    rule: 'nothing-outside-is-reached',
    plant: 'create foreign data wrapper planted; grant usage on foreign data wrapper planted to P',
    mend: 'drop foreign data wrapper planted',
  },
  {
    rule: 'nothing-outside-is-reached',
    plant:
      'create schema planted; create extension pageinspect schema planted; grant execute on all functions in schema planted to T',
    mend: 'drop extension pageinspect',
  },
  {
    rule: 'nothing-outside-is-reached',
    // Not trusted, as languages are that reach the system.
    plant: `create language planted handler plpgsql_call_handler;
      create function planted() returns int language planted as 'begin return 1; end';
      revoke all on function planted from public; grant execute on function planted to P`,
    mend: 'drop language planted cascade',
  },
]

function granting(rule: string, right: string, also: Plant['also'] = []): Plant {
  return { rule, also, plant: `grant ${right}`, mend: `revoke ${right.replace(/ to (?=\w+$)/, ' from ')}` }
}
