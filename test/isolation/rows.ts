import { createHash } from 'node:crypto'
import { resources } from '../../src/business/resources.ts'
import { rowWith } from '../support/resource-examples.ts'

/** Columns and values of one row. */
export type Row = Record<string, unknown>

/** Whom the rows are made for. `canary` is a word that no other tenant may ever see. */
export interface Owner {
  tenantId: string
  canary: string
  userId: string
  /** The id of this owner's row in a table, for references. */
  idOf(table: string): string
}

const times = { created_at: '2026-03-02T10:00:00.000Z', updated_at: '2026-03-02T10:00:00.000Z' }

/** One row for each tenant-owned table, with the canary wherever a text fits; tenant_id and id are added. */
export const rowFactories: Record<string, (owner: Owner) => Row> = {
  // Of a business table from its definition, unless there is one below.
  ...Object.fromEntries(
    resources.map((resource) => [
      resource.table.name,
      (owner: Owner) => ({ ...rowWith(resource, owner), ...times }),
    ]),
  ),
  tenants: ({ canary }) => ({
    name: canary,
    company_email: `${canary}@example.com`,
    region: 'FR',
    plan: 'PROFESSIONAL',
    status: 'ACTIVE',
    status_set_by: 'system',
    status_changed_at: times.created_at,
    metadata: { canary },
    ...times,
  }),
  memberships: ({ userId }) => ({ user_id: userId, role: 'owner', status: 'active', ...times }),
  tenant_settings: ({ canary }) => ({
    theme: 'light',
    language: 'fr',
    time_zone: 'Europe/Paris',
    date_format: canary,
    currency: 'EUR',
    vat_rate_basis_points: 2000,
    automatic_numbering: true,
    backups: true,
    audit: true,
    ...times,
  }),
  billing_accounts: ({ canary }) => ({
    customer_name: canary,
    customer_email: `${canary}@example.com`,
    customer_id: `cus_${canary}`,
    subscription_id: `sub_${canary}`,
    subscription_status: 'active',
    ...times,
  }),
  audit_seals: () => ({
    number: 1,
    from_position: 0,
    to_position: 1,
    entry_ids: [],
    entry_hashes: [],
    previous_hash: Buffer.alloc(32),
    hash: Buffer.alloc(32),
    ...times,
  }),
  audit_entries: ({ canary, userId }) => ({
    actor_kind: 'user',
    actor_id: userId,
    action: canary,
    object_type: canary,
    object_id: canary,
    changed_fields: [canary],
    ip: '192.0.2.1',
    request_id: canary,
    ...times,
  }),
  invitations: ({ canary, idOf }) => ({
    email: `${canary}@example.com`,
    role: 'viewer',
    status: 'pending',
    invited_by: idOf('memberships'),
    token_id: idOf('memberships'),
    expires_at: times.created_at,
    ...times,
  }),
  api_keys: ({ canary, idOf }) => ({
    name: canary,
    role: 'viewer',
    secret_hash: createHash('sha256').update(canary).digest(),
    created_by: idOf('memberships'),
    ...times,
  }),
  support_sessions: ({ canary, userId }) => ({
    // The world has a super admin of each tenant's.
    super_admin_id: userId,
    super_admin_email: `${canary}@example.com`,
    credentials_changed_at: times.created_at,
    reason: canary,
    is_read_only: true,
    expires_at: '2026-03-02T11:00:00.000Z',
    ...times,
  }),
  notification_preferences: ({ idOf }) => ({
    membership_id: idOf('memberships'),
    category: 'stock',
    minimum_priority: 'urgent',
    email: false,
    push: true,
    sound: true,
    ...times,
  }),
  notifications: ({ canary, idOf }) => ({
    membership_id: idOf('memberships'),
    template: canary,
    category: 'stock',
    priority: 'urgent',
    values: { name: canary },
    ...times,
  }),
  idempotency_keys: ({ canary, userId }) => ({
    principal_kind: 'user',
    principal_id: userId,
    key: canary,
    request_hash: createHash('sha256').update(canary).digest(),
    status: 201,
    body: JSON.stringify({ name: canary }),
    headers: { ETag: canary },
    ...times,
  }),
  invoices: ({ canary, idOf }) => ({
    client_id: idOf('clients'),
    note: canary,
    currency: 'EUR',
    net_cents: 10_000,
    vat_cents: 2000,
    total_cents: 12_000,
    ...times,
  }),
  invoice_lines: ({ canary, idOf }) => ({
    invoice_id: idOf('invoices'),
    position: 1,
    description: canary,
    quantity: '2.5',
    unit_price_cents: 4000,
    net_cents: 10_000,
    ...times,
  }),
  invoice_counters: () => ({ last_number: 1, last_issued_on: '2026-03-02', ...times }),
  limit_counters: () => ({ limit_name: 'users', used: 1, ...times }),
  usage_days: ({ canary }) => ({ metric: canary, day: '2026-03-02', quantity: 1, ...times }),
  usage_events: ({ canary }) => ({
    metric: 'mails.sent',
    quantity: 1,
    occurred_at: times.created_at,
    idempotency_key: canary,
    ...times,
  }),
  credit_accounts: () => ({ balance: 7, ...times }),
  credit_operations: ({ canary }) => ({
    kind: 'grant',
    amount: 7,
    balance: 7,
    reason: canary,
    idempotency_key: canary,
    actor_kind: 'operator',
    actor_id: canary,
    ...times,
  }),
  credit_lots: ({ idOf }) => ({ id: idOf('credit_operations'), amount: 7, remaining: 7, ...times }),
  credit_entries: ({ idOf }) => ({
    operation_id: idOf('credit_operations'),
    lot_id: idOf('credit_operations'),
    amount: 7,
    ...times,
  }),
  knowledge_documents: ({ canary }) => ({
    title: canary,
    content: canary,
    language: 'en',
    tags: JSON.stringify([canary]),
    source_url: `https://${canary}.example`,
    content_bytes: Buffer.byteLength(canary),
    ...times,
  }),
  knowledge_terms: ({ canary, idOf }) => ({
    document_id: idOf('knowledge_documents'),
    language: 'en',
    term: canary,
    weight: 1,
    first_at: 0,
    ...times,
  }),
  leads: ({ canary, idOf }) => ({
    name: canary,
    company: canary,
    source: 'other',
    status: 'converted',
    client_id: idOf('clients'),
    ...times,
  }),
  workflow_executions: ({ canary, idOf }) => ({
    workflow_id: idOf('workflows'),
    external_id: canary,
    input: { canary },
    started_at: times.created_at,
    ...times,
  }),
  workflow_states: ({ canary, idOf }) => ({
    workflow_id: idOf('workflows'),
    key: canary,
    value: JSON.stringify(canary),
    ...times,
  }),
  credentials: ({ canary }) => ({
    name: canary,
    kind: 'basic',
    encrypted_secret: canary,
    secret_updated_at: times.created_at,
    ...times,
  }),
  material_categories: ({ canary }) => ({ name: canary, description: canary, position: 1, ...times }),
}

/** Another row of a table, for the unique keys that the one above is not in: a column of theirs is null there. */
export const rowsForKeys: Record<string, (owner: Owner) => Row> = {
  invoices: (owner) => ({
    ...rowFactories.invoices?.(owner),
    status: 'issued',
    number: owner.canary,
    issued_on: '2026-03-02',
    seller_name: owner.canary,
    buyer_name: owner.canary,
  }),
}

/**
 * Three tenant-owned tables that no policy and no grant names: the second has a foreign key to the first, and the third is
 * in partitions, the rows of all tenants in one of them.
 */
export const plantedTables = {
  migration: `
    create table test_orders (
      tenant_id text collate "C" not null default app.current_tenant() references tenants,
      id uuid not null,
      title text not null,
      created_at timestamptz(3) not null,
      updated_at timestamptz(3) not null,
      primary key (tenant_id, id),
      unique (tenant_id, title)
    );
    create index on test_orders (tenant_id, created_at desc, id desc);
    create table test_order_lines (
      tenant_id text collate "C" not null default app.current_tenant() references tenants,
      id uuid not null,
      order_id uuid not null,
      title text not null,
      created_at timestamptz(3) not null,
      updated_at timestamptz(3) not null,
      primary key (tenant_id, id),
      foreign key (tenant_id, order_id) references test_orders (tenant_id, id) on delete cascade
    );
    create index on test_order_lines (tenant_id, created_at desc, id desc);
    create index on test_order_lines (tenant_id, order_id);
    create table test_events (
      tenant_id text collate "C" not null default app.current_tenant() references tenants,
      id uuid not null,
      order_id uuid not null,
      title text not null,
      created_at timestamptz(3) not null,
      updated_at timestamptz(3) not null,
      primary key (tenant_id, id),
      unique (tenant_id, id, title),
      foreign key (tenant_id, order_id) references test_orders (tenant_id, id) on delete cascade
    ) partition by range (id);
    create index on test_events (tenant_id, created_at desc, id desc);
    create index on test_events (tenant_id, order_id);
    create table test_events_all partition of test_events default;
    create table test_events_none partition of test_events
      for values from ('ffffffff-ffff-4fff-bfff-fffffffffff0') to (maxvalue);`,
  rows: {
    test_orders: ({ canary }: Owner): Row => ({ title: canary, ...times }),
    test_order_lines: ({ canary, idOf }: Owner): Row => ({
      order_id: idOf('test_orders'),
      title: canary,
      ...times,
    }),
    test_events: ({ canary, idOf }: Owner): Row => ({
      order_id: idOf('test_orders'),
      title: canary,
      ...times,
    }),
  },
}
