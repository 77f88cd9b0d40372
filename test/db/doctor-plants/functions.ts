import type { Plant } from './plant.ts'

const pinned = `language sql security definer set search_path = pg_catalog, public, pg_temp`

/** Functions with the rights of others, settings of roles, and what works on the whole database. */
export const functionPlants: Plant[] = [
  {
    rule: 'functions-respect-row-security',
    also: ['functions-of-others-are-listed'],
    plant: `create function planted() returns bigint ${pinned} as 'select count(*) from tenants';
      revoke all on function planted from public; grant execute on function planted to T`,
    mend: 'drop function planted',
  },
  {
    rule: 'functions-of-others-are-listed',
    plant: `create function app.planted() returns bigint ${pinned} as 'select count(*) from tenants';
      alter function app.planted owner to OWNER;
      revoke all on function app.planted from public; grant execute on function app.planted to P`,
    mend: 'drop function app.planted',
  },
  {
    rule: 'functions-of-others-are-listed',
    also: ['functions-respect-row-security'],
    plant: `create function planted() returns trigger language plpgsql security definer
        set search_path = pg_catalog, pg_temp as 'begin return new; end';
      revoke all on function planted from public;
      create trigger planted before update on clients for each row execute function planted()`,
    mend: 'drop function planted cascade',
  },
  {
    rule: 'functions-pin-their-search-path',
    plant: 'alter function app.tenant_members(uuid) reset search_path',
    mend: 'alter function app.tenant_members(uuid) set search_path = pg_catalog, public, pg_temp',
  },
  {
    rule: 'functions-pin-their-search-path',
    plant: 'alter function app.tenant_members(uuid) set search_path = pg_catalog, public',
    mend: 'alter function app.tenant_members(uuid) set search_path = pg_catalog, public, pg_temp',
  },
  {
    rule: 'functions-pin-their-search-path',
    plant: 'alter function app.tenant_members(uuid) set search_path = pg_temp, public',
    mend: 'alter function app.tenant_members(uuid) set search_path = pg_catalog, public, pg_temp',
  },
  {
    rule: 'functions-that-leak-are-not-called-leakproof',
    plant: 'alter function app.current_tenant() leakproof',
    mend: 'alter function app.current_tenant() not leakproof',
  },
  {
    rule: 'functions-that-leak-are-not-called-leakproof',
    plant: 'alter function pg_catalog.textlike(text, text) leakproof',
    mend: 'alter function pg_catalog.textlike(text, text) not leakproof',
  },
  ...[
    ['T', `set app.support = 'acme'`],
    ['P', `set app.tenant_id = 'acme'`],
    ['T', 'set row_security = off'],
    ['T', 'set role = OWNER'],
    ['P', 'set session_replication_role = replica'],
    ['T in database DB', 'set row_security = off'],
    ['all', 'set row_security = off'],
  ].map(
    ([who, what]): Plant => ({
      rule: 'settings-are-not-preset',
      plant: `alter role ${who} ${what}`,
      mend: `alter role ${who} reset all`,
    }),
  ),
  {
    rule: 'settings-are-not-preset',
    plant: `alter database DB set app.tenant_id = 'acme'`,
    mend: 'alter database DB reset app.tenant_id',
  },
  {
    rule: 'settings-are-not-preset',
    plant: 'set local row_security = off',
    mend: 'set local row_security = on',
  },
  ...['role P', 'role T in database DB', 'role all', 'database DB'].map(
    (whose): Plant => ({
      rule: 'search-paths-are-not-preset',
      plant: `alter ${whose} set search_path = app, public`,
      mend: `alter ${whose} reset search_path`,
    }),
  ),
  {
    rule: 'publications-and-event-triggers-are-listed',
    plant: 'create publication planted for table clients',
    mend: 'drop publication planted',
  },
  {
    rule: 'publications-and-event-triggers-are-listed',
    plant: `create function planted() returns event_trigger language plpgsql as 'begin end';
      revoke all on function planted from public;
      create event trigger planted on ddl_command_end execute function planted()`,
    mend: 'drop function planted cascade',
  },
  {
    rule: 'tenants-can-be-deleted',
    also: ['functions-of-others-are-listed'],
    plant: 'alter function app.purge_batch(integer) rename to purge_later',
    mend: 'alter function app.purge_later(integer) rename to purge_batch',
  },
]
