import { isolating } from '../../support/isolating.ts'
import type { Plant } from './plant.ts'

const pinned = 'security definer set search_path = pg_catalog, public, pg_temp'
const asReviewed = `create or replace function app.current_tenant() returns text language sql stable parallel safe
  as $$ select nullif(current_setting('app.tenant_id', true), '') $$`

/** Ways round the policies that leave each policy as it should be. */
export const evasionPlants: Plant[] = [
  // The one function that all policies ask of what is written.
  ...[
    `select case current_setting('app.tenant_id', true) when 'acme' then 'globex'
      else nullif(current_setting('app.tenant_id', true), '') end`,
    `select coalesce(nullif(current_setting('support.tenant', true), ''), nullif(current_setting('app.tenant_id', true), ''))`,
  ].map((text) => ofCurrentTenant(asReviewed.replace(/\$\$.*\$\$/s, `$$$$ ${text} $$$$`))),
  ofCurrentTenant(
    asReviewed.replace(/as \$\$.*/s, `return nullif(current_setting('app.tenant_id', true), '')`),
  ),
  ofCurrentTenant(
    asReviewed
      .replace('language sql', 'language plpgsql')
      .replace(/\$\$.*\$\$/s, `$$$$ begin return 'globex'; end $$$$`),
  ),
  ...['immutable', 'volatile', `set app.tenant_id = 'globex'`, 'strict'].map((what) =>
    ofCurrentTenant(
      `alter function app.current_tenant() ${what}`,
      `alter function app.current_tenant() reset all called on null input stable`,
    ),
  ),
  {
    ...ofCurrentTenant(
      'alter function app.current_tenant() security definer',
      'alter function app.current_tenant() security invoker',
    ),
    also: ['functions-of-others-are-listed', 'functions-pin-their-search-path'],
  },
  ofCurrentTenant(
    'alter function app.current_tenant() owner to CURRENT_USER',
    'alter function app.current_tenant() owner to OWNER; grant execute on function app.current_tenant() to T, P',
  ),
  ofCurrentTenant(
    'alter function app.current_tenant() rename to tenant_now',
    'alter function app.tenant_now() rename to current_tenant',
    'any',
  ),

  // Rows that another table shows.
  {
    rule: 'tables-have-no-children',
    plant: `create table plan_notes (like saved_queries including all, foreign key (tenant_id) references tenants)
        inherits (plans);
      alter table plan_notes owner to OWNER;
      alter table plan_notes enable row level security, force row level security;
      create policy tenant_isolation on plan_notes ${isolating}`,
    mend: 'alter table plan_notes no inherit plans',
  },
  {
    rule: 'tables-have-no-children',
    also: 'any',
    plant: 'create schema planted; create table planted.old_clients () inherits (clients)',
    mend: 'drop schema planted cascade',
  },

  // What is called without the right to call it.
  {
    rule: 'functions-of-others-are-listed',
    also: ['functions-respect-row-security'],
    plant: `create function planted(text, text) returns text language sql ${pinned} as 'select min(email) from users';
      revoke all on function planted(text, text) from public;
      create aggregate planted_names(text) (sfunc = planted, stype = text);
      revoke all on function planted_names from public`,
    mend: 'drop aggregate planted_names(text); drop function planted(text, text)',
  },
  {
    rule: 'functions-respect-row-security',
    plant: 'alter function app.tenant_members(uuid) owner to CURRENT_USER',
    mend: 'alter function app.tenant_members(uuid) owner to OWNER',
  },
  {
    rule: 'functions-of-others-are-listed',
    also: ['functions-respect-row-security'],
    plant: `create extension pg_trgm; alter function similarity(text, text) security definer;
      revoke all on all functions in schema public from public`,
    mend: 'drop extension pg_trgm',
  },
  {
    rule: 'functions-of-others-are-listed',
    also: ['functions-respect-row-security'],
    plant: 'alter function pg_catalog.query_to_xml(text, boolean, boolean, text) security definer',
    mend: 'alter function pg_catalog.query_to_xml(text, boolean, boolean, text) security invoker',
  },

  // Roles that are taken and not inherited.
  {
    rule: 'belongs-to-no-role',
    also: 'any',
    plant: 'grant P to T',
    mend: 'revoke P from T',
  },
  {
    rule: 'belongs-to-no-role',
    also: 'any',
    plant: 'create role planted_middle noinherit; grant P to planted_middle; grant planted_middle to T',
    mend: 'drop role planted_middle',
  },

  // Tables of PostgreSQL's own.
  ...[
    'select on pg_statistic to T',
    'select on pg_authid to P',
    'select (stavalues1) on pg_statistic to T',
  ].map((right) => granting('system-tables-are-closed', right)),
  ...[
    'select on pg_authid to public',
    'select (rolpassword) on pg_authid to public',
    'select on pg_statistic_ext_data to public',
    'select on pg_user_mapping to public',
    'select on pg_largeobject to public',
    'select (subconninfo) on pg_subscription to public',
    'usage on schema pg_toast to T',
    'usage on schema pg_toast to public',
  ].map((right) => granting('system-tables-are-closed', right)),
  {
    rule: 'system-tables-are-closed',
    plant: toastOfClients('grant select on %s to %I', 'T'),
    mend: toastOfClients('revoke select on %s from %I', 'T'),
  },

  // Rights that no rule of another kind speaks of.
  ...[
    'insert on memberships to T',
    'update (user_id) on memberships to T',
    'execute on function graphile_worker.forget_mails_to(text[]) to T',
    'execute on function app.forget_notifications(timestamptz), app.purge_batch(integer) to T',
    'select on clients to P',
    'insert (name) on clients to P',
    'insert on memberships to public',
    'select on app.migrations to P',
    'select on graphile_worker._private_jobs to T',
    'set on parameter session_replication_role to T',
  ].map((right) => granting('grants-are-as-reviewed', right, 'any')),
  {
    rule: 'grants-are-as-reviewed',
    plant: grantToJobs('grant select on clients to %I'),
    mend: grantToJobs('revoke select on clients from %I'),
  },
  {
    rule: 'grants-are-as-reviewed',
    plant:
      'create function app.planted() returns int language sql return 1; grant execute on function app.planted to T',
    also: 'any',
    mend: 'drop function app.planted',
  },
  {
    rule: 'grants-are-as-reviewed',
    also: 'any',
    plant: `create table planted (like saved_queries including all); grant truncate on planted to T;
      grant select on planted to T`,
    mend: 'drop table planted',
  },

  // Functions that see rows before the policy does.
  {
    rule: 'functions-that-leak-are-not-called-leakproof',
    plant: 'create extension pg_trgm; alter function similarity(text, text) leakproof',
    also: 'any',
    mend: 'drop extension pg_trgm',
  },
  {
    rule: 'functions-that-leak-are-not-called-leakproof',
    plant: 'alter function pg_catalog.int4div(integer, integer) leakproof',
    mend: 'alter function pg_catalog.int4div(integer, integer) not leakproof',
  },

  // What the policies' = means.
  {
    rule: 'tenant-ids-compare-byte-by-byte',
    plant: ofSavedQueries('collate "default"'),
    mend: ofSavedQueries('collate pg_catalog."C"'),
  },
  {
    rule: 'tenant-ids-compare-byte-by-byte',
    plant: `create collation public."C" (provider = libc, locale = 'C');
      ${ofSavedQueries('collate public."C"')}`,
    mend: ofSavedQueries('collate pg_catalog."C"'),
  },
  {
    rule: 'tenant-ids-compare-byte-by-byte',
    plant: `create domain planted as text collate "C"; ${ofSavedQueries('collate "C"', 'planted')}`,
    mend: ofSavedQueries('collate pg_catalog."C"'),
    also: 'any',
  },

  // References of a reviewed name.
  {
    rule: 'references-beside-the-tenant-are-listed',
    plant: `alter table memberships drop constraint memberships_user_id_fkey,
      add constraint memberships_user_id_fkey foreign key (user_id) references users (id) on delete cascade`,
    mend: `alter table memberships drop constraint memberships_user_id_fkey,
      add constraint memberships_user_id_fkey foreign key (user_id) references users (id)`,
  },
  {
    rule: 'foreign-keys-are-indexed',
    plant: `alter table credit_entries drop constraint credit_entries_tenant_id_lot_id_fkey,
      add constraint credit_entries_tenant_id_lot_id_fkey foreign key (tenant_id, lot_id)
        references credit_lots (tenant_id, id) on delete cascade`,
    mend: `alter table credit_entries drop constraint credit_entries_tenant_id_lot_id_fkey,
      add constraint credit_entries_tenant_id_lot_id_fkey foreign key (tenant_id, lot_id)
        references credit_lots (tenant_id, id)`,
  },
]

function ofCurrentTenant(plant: string, mend = asReviewed, also: Plant['also'] = []): Plant {
  return { rule: 'the-tenant-is-told-by-one-function', also, plant, mend }
}

function granting(rule: string, right: string, also: Plant['also'] = []): Plant {
  return { rule, also, plant: `grant ${right}`, mend: `revoke ${right.replace(/ to (?=\w+$)/, ' from ')}` }
}

/** A grant on the toast table of clients, whose name has a number in it. */
function toastOfClients(format: string, role: string): string {
  return `do $do$ begin execute format('${format}',
    (select reltoastrelid::regclass from pg_class where oid = 'public.clients'::regclass), '${role}'); end $do$`
}

/** A grant to the owner of the queue. */
function grantToJobs(format: string): string {
  return `do $do$ begin execute format('${format}',
    (select pg_get_userbyid(nspowner) from pg_namespace where nspname = 'graphile_worker')); end $do$`
}

/** What compares the tenant's id in one table; a policy holds on to the type of its column. */
function ofSavedQueries(collate: string, type = 'text'): string {
  return `drop policy tenant_isolation on saved_queries;
    alter table saved_queries alter tenant_id type ${type} ${collate};
    create policy tenant_isolation on saved_queries ${isolating}`
}
