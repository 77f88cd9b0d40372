import { type Plant, since } from './plant.ts'

/** Keys, indexes, numbers, and whether they are in force. */
export const keyPlants: Plant[] = [
  {
    rule: 'unique-keys-begin-with-the-tenant',
    plant: 'create unique index planted on clients (email)',
    mend: 'drop index planted',
  },
  {
    rule: 'unique-keys-begin-with-the-tenant',
    plant: 'create unique index planted on clients (email, tenant_id)',
    mend: 'drop index planted',
  },
  {
    rule: 'unique-keys-begin-with-the-tenant',
    plant: 'create unique index planted on clients (lower(email), tenant_id) where email is not null',
    mend: 'drop index planted',
  },
  {
    rule: 'unique-keys-begin-with-the-tenant',
    plant: 'alter table clients add constraint planted unique nulls not distinct (email)',
    mend: 'alter table clients drop constraint planted',
  },
  {
    rule: 'unique-keys-begin-with-the-tenant',
    plant: 'alter table clients add constraint planted exclude (email with =)',
    mend: 'alter table clients drop constraint planted',
  },
  {
    rule: 'foreign-keys-carry-the-tenant',
    also: ['foreign-keys-are-indexed', 'unique-keys-begin-with-the-tenant'],
    plant: `alter table audit_entries add column client_id uuid;
      alter table clients add constraint u unique (id);
      alter table audit_entries add constraint planted foreign key (client_id) references clients (id)`,
    mend: 'alter table audit_entries drop column client_id; alter table clients drop constraint u',
  },
  {
    rule: 'foreign-keys-carry-the-tenant',
    also: ['foreign-keys-are-indexed', 'unique-keys-begin-with-the-tenant'],
    plant: `alter table leads add column planted_tenant text;
      alter table clients add constraint u unique (id, tenant_id);
      alter table leads add constraint planted foreign key (id, planted_tenant) references clients (id, tenant_id)`,
    mend: 'alter table leads drop column planted_tenant; alter table clients drop constraint u',
  },
  {
    rule: 'references-beside-the-tenant-are-listed',
    also: ['foreign-keys-are-indexed'],
    plant: 'alter table clients add column plan text references plans (plan)',
    mend: 'alter table clients drop column plan',
  },
  {
    rule: 'references-beside-the-tenant-are-listed',
    also: ['foreign-keys-are-indexed'],
    plant: `alter table plans add column of_tenant text references tenants (tenant_id) on delete cascade`,
    mend: 'alter table plans drop column of_tenant',
  },
  {
    rule: 'indexes-begin-with-the-tenant',
    plant: 'create index planted on clients (email, tenant_id)',
    mend: 'drop index planted',
  },
  {
    rule: 'indexes-begin-with-the-tenant',
    plant: 'create index planted on clients ((lower(name)))',
    mend: 'drop index planted',
  },
  {
    rule: 'foreign-keys-are-indexed',
    plant: `alter table leads add column planted_id uuid;
      alter table leads add constraint planted foreign key (tenant_id, planted_id) references clients (tenant_id, id)`,
    mend: 'create index planted on leads (tenant_id, planted_id) where planted_id is not null',
  },
  {
    rule: 'foreign-keys-are-indexed',
    plant: `alter table leads add column planted_id uuid;
      alter table leads add constraint planted foreign key (tenant_id, planted_id) references clients (tenant_id, id);
      create index planted_some on leads (tenant_id, planted_id) where name > 'm';
      create index planted_late on leads (tenant_id, name, planted_id)`,
    mend: 'create index planted on leads (tenant_id, planted_id, name)',
  },
  {
    rule: 'constraints-are-in-force',
    plant: 'alter table tenants disable trigger tenants_status',
    mend: 'alter table tenants enable trigger tenants_status',
  },
  {
    rule: 'constraints-are-in-force',
    plant: 'alter table invoices enable replica trigger invoices_stay',
    mend: 'alter table invoices enable trigger invoices_stay',
  },
  {
    rule: 'constraints-are-in-force',
    plant: 'alter table invoice_lines disable trigger all',
    mend: 'alter table invoice_lines enable trigger all',
  },
  {
    rule: 'constraints-are-in-force',
    plant: `alter table clients add constraint planted check (name <> '') not valid`,
    mend: 'alter table clients validate constraint planted',
  },
  {
    rule: 'constraints-are-in-force',
    plant: since(
      18,
      `alter table clients add constraint planted check (name <> '') not enforced`,
      'alter table clients disable trigger all',
    ),
    mend: since(18, 'alter table clients drop constraint planted', 'alter table clients enable trigger all'),
  },
  {
    rule: 'numbers-are-not-shared',
    plant: 'alter table clients add column number bigint generated always as identity',
    mend: 'alter table clients drop column number',
  },
  {
    rule: 'numbers-are-not-shared',
    plant: 'alter table clients add column number bigserial',
    mend: 'alter table clients drop column number',
  },
  {
    rule: 'numbers-are-not-shared',
    plant: 'grant select on sequence tenant_changes_id_seq to T',
    mend: 'revoke select on sequence tenant_changes_id_seq from T',
  },
]
