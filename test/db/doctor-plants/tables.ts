import { ownDatabase } from '../../../src/db/doctor-rules.ts'
import { isolating } from '../../support/isolating.ts'
import { type Plant, partitioned } from './plant.ts'

const { policy: reading } = ownDatabase

/** Tables, their policies, and what looks like a table. */
export const tablePlants: Plant[] = [
  {
    rule: 'row-security-is-forced',
    plant: 'alter table clients no force row level security',
    mend: 'alter table clients force row level security',
  },
  {
    rule: 'row-security-is-forced',
    plant: 'alter table clients disable row level security',
    mend: 'alter table clients enable row level security',
  },
  {
    rule: 'row-security-is-forced',
    also: [
      'default-privileges-give-nothing',
      'policies-are-canonical',
      'tenant-ids-compare-byte-by-byte',
      'tenant-owned-tables-have-their-shape',
    ],
    plant: 'create table planted (tenant_id text, day date) partition by range (day)',
    mend: 'drop table planted',
  },
  {
    rule: 'row-security-is-forced',
    also: [
      'default-privileges-give-nothing',
      'partitions-are-closed',
      'policies-are-canonical',
      'tenant-ids-compare-byte-by-byte',
      'tenant-owned-tables-have-their-shape',
    ],
    plant: `create table "Plan ted" (tenant_id text, day date) partition by range (day);
      create table "plan""ted" partition of "Plan ted" default;
      grant select on "plan""ted" to T;
      alter table "Plan ted" enable row level security, force row level security`,
    mend: 'drop table "Plan ted"',
  },
  {
    rule: 'policies-are-canonical',
    plant: 'drop policy tenant_isolation on clients',
    mend: `create policy tenant_isolation on clients ${isolating}`,
  },
  ...[
    'for all to T using (true)',
    'as restrictive for all to public using (true)',
    `for select to public using ${reading}`,
  ].map(
    (policy): Plant => ({
      rule: 'policies-are-canonical',
      plant: `create policy planted on clients ${policy}`,
      mend: 'drop policy planted on clients',
    }),
  ),
  ...[
    'using (true)',
    'with check (true)',
    `with check ${reading}`,
    'using (tenant_id = app.current_tenant())',
    `using (${reading} or false)`,
    'to OWNER',
  ].map(
    (change): Plant => ({
      rule: 'policies-are-canonical',
      plant: `alter policy tenant_isolation on clients ${change}`,
      mend: `alter policy tenant_isolation on clients to public ${isolating}`,
    }),
  ),
  {
    rule: 'policies-are-canonical',
    plant: `drop policy tenant_isolation on clients;
      create policy tenant_isolation on clients using ${reading}`,
    mend: `alter policy tenant_isolation on clients ${isolating}`,
  },
  {
    rule: 'policies-are-canonical',
    plant: 'create policy platform_access on clients for select to P using (true)',
    mend: 'drop policy platform_access on clients',
  },
  {
    rule: 'policies-are-canonical',
    plant: 'alter policy platform_access on memberships to T',
    mend: 'alter policy platform_access on memberships to P',
  },
  {
    rule: 'policies-are-canonical',
    plant: 'drop policy platform_access on tenants',
    mend: 'create policy platform_access on tenants for select to P using (true)',
  },
  {
    rule: 'every-table-is-tenant-owned-or-listed',
    // Whoever plants it makes functions that everybody may call.
    also: ['default-privileges-give-nothing'],
    plant: 'create table planted (id int)',
    mend: 'drop table planted',
  },
  {
    rule: 'every-table-is-tenant-owned-or-listed',
    also: ['default-privileges-give-nothing'],
    plant: 'create table planted (id int) partition by range (id)',
    mend: 'drop table planted',
  },
  {
    rule: 'global-tables-are-closed-to-tenants',
    plant: 'grant select (email) on users to T',
    mend: 'revoke select (email) on users from T',
  },
  {
    rule: 'global-tables-are-closed-to-tenants',
    plant: 'grant delete on sessions to T',
    mend: 'revoke delete on sessions from T',
  },
  {
    rule: 'global-tables-are-closed-to-tenants',
    plant: 'grant update on plans to T',
    mend: 'revoke update on plans from T',
  },
  {
    rule: 'tables-are-in-known-schemas',
    plant:
      'create schema planted; create table planted.notes (note text); grant select (note) on planted.notes to T',
    mend: 'drop schema planted cascade',
  },
  {
    rule: 'tables-are-in-known-schemas',
    plant: 'grant insert on app.migrations to P',
    mend: 'revoke insert on app.migrations from P',
  },
  {
    rule: 'views-ask-as-their-reader',
    plant: 'create view planted as select * from clients; grant select (name) on planted to T',
    mend: 'drop view planted',
  },
  {
    rule: 'views-ask-as-their-reader',
    plant: `create view planted with (security_invoker = off) as select * from clients; grant select on planted to P`,
    mend: 'drop view planted',
  },
  {
    rule: 'copies-of-tables-are-closed',
    plant: 'create materialized view planted as select * from clients; grant select on planted to T',
    mend: 'drop materialized view planted',
  },
  {
    rule: 'copies-of-tables-are-closed',
    plant: `create foreign data wrapper planted; create server planted foreign data wrapper planted;
      create foreign table planted (tenant_id text) server planted; grant delete on planted to P`,
    mend: 'drop foreign data wrapper planted cascade',
  },
  {
    rule: 'tables-have-no-rules',
    plant: `create rule planted as on update to clients do also delete from leads`,
    mend: 'drop rule planted on clients',
  },
  {
    rule: 'partitions-are-closed',
    also: ['default-privileges-give-nothing'],
    plant: `create table planted (like saved_queries including all, foreign key (tenant_id) references tenants)
        partition by hash (tenant_id);
      create table planted_part partition of planted for values with (modulus 1, remainder 0);
      alter table planted enable row level security, force row level security;
      alter table planted_part enable row level security, force row level security;
      create policy tenant_isolation on planted ${isolating};
      create policy tenant_isolation on planted_part ${isolating};
      grant update (name) on planted_part to T`,
    mend: 'revoke update (name) on planted_part from T; alter table planted owner to OWNER; alter table planted_part owner to OWNER',
  },
  {
    rule: 'policies-are-canonical',
    also: ['partitions-are-closed'],
    plant: `${partitioned};
      alter table planted_part enable row level security, force row level security;
      grant select (name) on planted_part to P`,
    mend: 'revoke select (name) on planted_part from P',
  },
  {
    rule: 'tenant-owned-tables-have-their-shape',
    plant: 'drop index clients_created_at',
    mend: 'create index clients_created_at on clients (tenant_id, created_at desc, id desc)',
  },
  {
    rule: 'tenant-owned-tables-have-their-shape',
    plant: 'alter table saved_queries drop constraint saved_queries_pkey',
    mend: 'alter table saved_queries add primary key (tenant_id, id)',
  },
  {
    rule: 'tenant-owned-tables-have-their-shape',
    plant: 'alter table clients alter updated_at type timestamptz',
    mend: 'alter table clients alter updated_at type timestamptz(3)',
  },
  {
    rule: 'tenant-owned-tables-have-their-shape',
    plant: 'alter table saved_queries rename id to other_id',
    mend: 'alter table saved_queries rename other_id to id',
  },
  {
    rule: 'tenant-owned-tables-have-their-shape',
    plant: 'alter table tenant_settings alter tenant_id drop default',
    mend: 'alter table tenant_settings alter tenant_id set default app.current_tenant()',
  },
  {
    rule: 'tenant-owned-tables-have-their-shape',
    plant: 'alter table saved_queries drop constraint saved_queries_tenant_id_fkey',
    mend: 'alter table saved_queries add foreign key (tenant_id) references tenants',
  },
]
