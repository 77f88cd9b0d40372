// Made by test/support/generate-schema.ts from a migrated database; do not edit.
import type { ColumnType } from "kysely";

export type Generated<T> = T extends ColumnType<infer S, infer I, infer U>
  ? ColumnType<S, I | undefined, U>
  : ColumnType<T, T | undefined, T>;

export type Int8 = ColumnType<string, bigint | number | string, bigint | number | string>;

export type Json = JsonValue;

export type JsonArray = JsonValue[];

export type JsonObject = {
  [x: string]: JsonValue | undefined;
};

export type JsonPrimitive = boolean | number | string | null;

export type JsonValue = JsonArray | JsonObject | JsonPrimitive;

export type Timestamp = ColumnType<Date, Date | string, Date | string>;

export interface AuditEntries {
  action: string;
  actor_id: string;
  actor_kind: string;
  changed_fields: string[];
  created_at: Timestamp;
  id: string;
  ip: string | null;
  object_id: string;
  object_type: string;
  request_id: string;
  tenant_id: Generated<string>;
  updated_at: Timestamp;
}

export interface Clients {
  address: string | null;
  created_at: Timestamp;
  email: string | null;
  id: string;
  name: string;
  notes: string | null;
  phone: string | null;
  tenant_id: Generated<string>;
  updated_at: Timestamp;
}

export interface Memberships {
  created_at: Timestamp;
  id: string;
  role: string;
  status: string;
  tenant_id: Generated<string>;
  updated_at: Timestamp;
  user_id: string;
}

export interface Plans {
  articles_per_week: Int8 | null;
  currency: Generated<string>;
  executions_per_month: Int8 | null;
  modules: string[];
  plan: string;
  position: number;
  price_cents: number;
  price_is_minimum: Generated<boolean>;
  requests_per_minute: Int8 | null;
  sites: Int8 | null;
  storage_bytes: Int8 | null;
  stripe_price_id: string | null;
  users: Int8 | null;
  workflows: Int8 | null;
}

export interface Sessions {
  created_at: Timestamp;
  expires_at: Timestamp;
  id: string;
  refresh_token_hash: Buffer;
  subject_tenant_id: string;
  user_id: string;
}

export interface SigningKeys {
  created_at: Timestamp;
  kid: string;
  private_jwe: string;
  public_jwk: Json;
}

export interface Tenants {
  admin_email: string | null;
  company_email: string | null;
  created_at: Timestamp;
  metadata: Generated<Json>;
  name: string;
  phone: string | null;
  plan: string;
  region: string;
  status: string;
  status_changed_at: Timestamp;
  status_reason: string | null;
  status_set_by: string;
  tenant_id: string;
  trial_ends_at: Timestamp | null;
  updated_at: Timestamp;
}

export interface TenantSettings {
  audit: boolean;
  automatic_numbering: boolean;
  backups: boolean;
  created_at: Timestamp;
  currency: string;
  date_format: string;
  id: string;
  language: string;
  tenant_id: Generated<string>;
  theme: string;
  time_zone: string;
  updated_at: Timestamp;
  vat_rate_basis_points: number;
}

export interface Users {
  created_at: Timestamp;
  email: string;
  first_name: string;
  id: string;
  last_name: string;
  locale: string;
  password_hash: string;
  privacy_accepted_at: Timestamp;
  terms_accepted_at: Timestamp;
  updated_at: Timestamp;
}

export interface DB {
  audit_entries: AuditEntries;
  clients: Clients;
  memberships: Memberships;
  plans: Plans;
  sessions: Sessions;
  signing_keys: SigningKeys;
  tenant_settings: TenantSettings;
  tenants: Tenants;
  users: Users;
}
