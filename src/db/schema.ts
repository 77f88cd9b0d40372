// Made by test/support/generate-schema.ts from a migrated database; do not edit.
import type { ColumnType } from "kysely";

export type ArrayType<T> = ArrayTypeImpl<T> extends (infer U)[]
  ? U[]
  : ArrayTypeImpl<T>;

export type ArrayTypeImpl<T> = T extends ColumnType<infer S, infer I, infer U>
  ? ColumnType<S[], I[], U[]>
  : T[];

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

export type Numeric = ColumnType<string, number | string, number | string>;

export type Timestamp = ColumnType<Date, Date | string, Date | string>;

export interface ApiKeys {
  created_at: Timestamp;
  created_by: string | null;
  expires_at: Timestamp | null;
  id: string;
  last_used_at: Timestamp | null;
  name: string;
  revoked_at: Timestamp | null;
  role: string;
  secret_hash: Buffer;
  tenant_id: Generated<string>;
  updated_at: Timestamp;
}

export interface Articles {
  body: string;
  created_at: Timestamp;
  id: string;
  published_at: Timestamp | null;
  slug: string | null;
  status: Generated<string>;
  tenant_id: Generated<string>;
  title: string;
  updated_at: Timestamp;
}

export interface AuditClock {
  is_only: Generated<boolean>;
  moved_at: Timestamp;
  sealed_to: Int8;
}

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
  position: Generated<Int8>;
  reason: string | null;
  request_id: string;
  tenant_id: Generated<string>;
  updated_at: Timestamp;
}

export interface AuditSeals {
  created_at: Timestamp;
  entry_hashes: ArrayType<Buffer>;
  entry_ids: string[];
  from_position: Int8;
  hash: Buffer;
  id: string;
  number: Int8;
  previous_hash: Buffer;
  tenant_id: Generated<string>;
  to_position: Int8;
  updated_at: Timestamp;
}

export interface BillingAccounts {
  applied_plan: string | null;
  applied_status: string | null;
  cancel_at: Timestamp | null;
  cancel_before: Timestamp | null;
  cancelled_subscription_id: string | null;
  created_at: Timestamp;
  current_period_end: Timestamp | null;
  customer_email: string | null;
  customer_id: string | null;
  customer_name: string;
  id: string;
  price_id: string | null;
  quantity: number | null;
  subscription_id: string | null;
  subscription_status: string | null;
  synced_at: Timestamp | null;
  tenant_id: Generated<string>;
  updated_at: Timestamp;
  version: Generated<Int8>;
}

export interface BillingEvents {
  applied_at: Timestamp | null;
  customer_id: string | null;
  finding: string | null;
  id: string;
  occurred_at: Timestamp;
  outcome: string | null;
  payload: Json;
  received_at: Timestamp;
  replays: Generated<number>;
  source: string;
  subject_tenant_id: string | null;
  type: string;
}

export interface BusinessAnalyses {
  created_at: Timestamp;
  id: string;
  input: Generated<Json>;
  kind: string;
  result: Json | null;
  status: string;
  tenant_id: Generated<string>;
  title: string;
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

export interface Credentials {
  created_at: Timestamp;
  encrypted_secret: string;
  id: string;
  kind: string;
  name: string;
  secret_updated_at: Timestamp;
  secret_version: Generated<number>;
  tenant_id: Generated<string>;
  updated_at: Timestamp;
}

export interface CreditAccounts {
  balance: Generated<Int8>;
  created_at: Timestamp;
  id: string;
  tenant_id: Generated<string>;
  updated_at: Timestamp;
}

export interface CreditEntries {
  amount: Int8;
  created_at: Timestamp;
  id: string;
  lot_id: string;
  operation_id: string;
  tenant_id: Generated<string>;
  updated_at: Timestamp;
}

export interface CreditLots {
  amount: Int8;
  created_at: Timestamp;
  expires_at: Timestamp | null;
  id: string;
  remaining: Int8;
  tenant_id: Generated<string>;
  updated_at: Timestamp;
}

export interface CreditOperations {
  actor_id: string;
  actor_kind: string;
  amount: Int8;
  balance: Int8;
  created_at: Timestamp;
  debit_id: string | null;
  expires_at: Timestamp | null;
  id: string;
  idempotency_key: string | null;
  kind: string;
  reason: string | null;
  tenant_id: Generated<string>;
  updated_at: Timestamp;
}

export interface Deals {
  amount_cents: Int8;
  client_id: string | null;
  closed_at: Timestamp | null;
  created_at: Timestamp;
  currency: string;
  deleted_at: Timestamp | null;
  expected_close_on: Timestamp | null;
  id: string;
  lead_id: string | null;
  probability: number;
  stage: string;
  tenant_id: Generated<string>;
  title: string;
  updated_at: Timestamp;
}

export interface DeletionCertificates {
  completed_at: Timestamp | null;
  counts_after: Json | null;
  counts_before: Json | null;
  customer_id: string | null;
  id: string;
  jobs_deleted: Generated<Int8>;
  kept: Json | null;
  last_seal_hash: string | null;
  reason: string;
  requested_at: Timestamp;
  requested_by_id: string;
  requested_by_kind: string;
  rows_deleted: Generated<Int8>;
  status: string;
  subject_tenant_id: string;
  users_deleted: Generated<Int8>;
  waits_for: string | null;
}

export interface IdempotencyKeys {
  body: string | null;
  created_at: Timestamp;
  headers: Json | null;
  id: string;
  key: string;
  principal_id: string;
  principal_kind: string;
  request_hash: Buffer;
  status: number | null;
  tenant_id: Generated<string>;
  updated_at: Timestamp;
}

export interface Invitations {
  accepted_at: Timestamp | null;
  created_at: Timestamp;
  email: string;
  expires_at: Timestamp;
  id: string;
  invited_by: string | null;
  role: string;
  status: string;
  tenant_id: Generated<string>;
  token_id: string;
  updated_at: Timestamp;
}

export interface InvoiceCounters {
  created_at: Timestamp;
  id: string;
  last_issued_on: Timestamp;
  last_number: number;
  tenant_id: Generated<string>;
  updated_at: Timestamp;
}

export interface InvoiceLines {
  created_at: Timestamp;
  description: string;
  id: string;
  invoice_id: string;
  net_cents: Int8;
  position: number;
  quantity: Numeric;
  tenant_id: Generated<string>;
  unit_price_cents: Int8;
  updated_at: Timestamp;
  vat_rate_basis_points: number | null;
}

export interface Invoices {
  buyer_address: string | null;
  buyer_email: string | null;
  buyer_name: string | null;
  client_id: string | null;
  created_at: Timestamp;
  currency: string;
  due_on: Timestamp | null;
  id: string;
  issued_on: Timestamp | null;
  net_cents: Int8;
  note: string | null;
  number: string | null;
  paid_at: Timestamp | null;
  paid_on: Timestamp | null;
  seller_name: string | null;
  status: Generated<string>;
  tenant_id: Generated<string>;
  total_cents: Int8;
  updated_at: Timestamp;
  vat_cents: Int8;
  void_reason: string | null;
  voided_at: Timestamp | null;
}

export interface KnowledgeDocuments {
  content: string;
  content_bytes: number;
  created_at: Timestamp;
  id: string;
  language: string;
  source_url: string | null;
  tags: Generated<Json>;
  tenant_id: Generated<string>;
  title: string;
  updated_at: Timestamp;
}

export interface KnowledgeTerms {
  created_at: Timestamp;
  document_id: string;
  first_at: number | null;
  id: string;
  language: string;
  tenant_id: Generated<string>;
  term: string;
  updated_at: Timestamp;
  weight: number;
}

export interface KnownAddresses {
  address_hash: Buffer;
  person_id: string;
  seen_at: Timestamp;
}

export interface Leads {
  client_id: string | null;
  company: string | null;
  created_at: Timestamp;
  email: string | null;
  id: string;
  name: string;
  notes: string | null;
  phone: string | null;
  source: string;
  status: string;
  tenant_id: Generated<string>;
  updated_at: Timestamp;
}

export interface LimitCounters {
  created_at: Timestamp;
  id: string;
  limit_name: string;
  period: Timestamp | null;
  period_since: Timestamp | null;
  tenant_id: Generated<string>;
  updated_at: Timestamp;
  used: Generated<Int8>;
}

export interface MaterialCategories {
  created_at: Timestamp;
  description: string | null;
  id: string;
  name: string;
  position: Generated<number>;
  tenant_id: Generated<string>;
  updated_at: Timestamp;
}

export interface Memberships {
  created_at: Timestamp;
  date_format: string | null;
  id: string;
  language: string | null;
  role: string;
  status: string;
  tenant_id: Generated<string>;
  theme: string | null;
  time_zone: string | null;
  updated_at: Timestamp;
  user_id: string;
}

export interface NotificationPreferences {
  category: string;
  created_at: Timestamp;
  email: boolean;
  id: string;
  membership_id: string;
  minimum_priority: string;
  push: boolean;
  sound: boolean;
  tenant_id: Generated<string>;
  updated_at: Timestamp;
}

export interface Notifications {
  category: string;
  created_at: Timestamp;
  id: string;
  membership_id: string;
  priority: string;
  read_at: Timestamp | null;
  template: string;
  tenant_id: Generated<string>;
  updated_at: Timestamp;
  values: Json;
}

export interface NotificationTemplates {
  body_en: string;
  body_fr: string;
  category: string;
  name: string;
  priority: string;
  title_en: string;
  title_fr: string;
  updated_at: Timestamp;
}

export interface OneTimeTokens {
  created_at: Timestamp;
  expires_at: Timestamp;
  invitation_id: string | null;
  purpose: string;
  subject_tenant_id: string | null;
  token_hash: Buffer;
  used_at: Timestamp | null;
  user_id: string | null;
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
  price_is_per_seat: Generated<boolean>;
  requests_per_minute: Int8 | null;
  sites: Int8 | null;
  storage_bytes: Int8 | null;
  stripe_price_id: string | null;
  updated_at: Timestamp;
  users: Int8 | null;
  workflows: Int8 | null;
}

export interface PlatformAuditEntries {
  action: string;
  actor_id: string;
  actor_kind: string;
  changed_fields: string[];
  created_at: Timestamp;
  id: string;
  ip: string | null;
  object_id: string;
  object_type: string;
  reason: string | null;
  request_id: string;
  subject_tenant_id: string | null;
}

export interface PlatformIdempotencyKeys {
  body: string | null;
  caller: string;
  created_at: Timestamp;
  id: string;
  key: string;
  request_hash: Buffer;
  status: number | null;
  subject_tenant_id: Generated<string | null>;
}

export interface ProductionOrders {
  client_id: string | null;
  created_at: Timestamp;
  deleted_at: Timestamp | null;
  due_on: Timestamp | null;
  finished_at: Timestamp | null;
  id: string;
  material_category_id: string | null;
  notes: string | null;
  number: string;
  project_id: string | null;
  quantity: Generated<number>;
  site_id: string | null;
  started_at: Timestamp | null;
  status: Generated<string>;
  tenant_id: Generated<string>;
  title: string;
  unit: Generated<string>;
  updated_at: Timestamp;
}

export interface Projects {
  budget_cents: Int8 | null;
  client_id: string | null;
  created_at: Timestamp;
  deleted_at: Timestamp | null;
  description: string | null;
  ends_on: Timestamp | null;
  id: string;
  name: string;
  starts_on: Timestamp | null;
  status: Generated<string>;
  tenant_id: Generated<string>;
  updated_at: Timestamp;
}

export interface RateLimits {
  hits: number;
  key: string;
  resets_at: Timestamp;
}

export interface RequestCounts {
  hits: Int8;
  minute: Timestamp;
  subject_tenant_id: string;
}

export interface SavedQueries {
  created_at: Timestamp;
  definition: Json;
  id: string;
  name: string;
  tenant_id: Generated<string>;
  updated_at: Timestamp;
}

export interface Sessions {
  created_at: Timestamp;
  expires_at: Timestamp;
  id: string;
  lookup_hash: Buffer;
  membership_id: string;
  previous_token_hash: Buffer | null;
  rotated_at: Timestamp;
  subject_tenant_id: string;
  token_hash: Buffer;
  user_id: string;
}

export interface SigningKeys {
  active_from: Timestamp;
  created_at: Timestamp;
  kid: string;
  private_jwe: string;
  public_jwk: Json;
}

export interface Sites {
  address: string | null;
  city: string | null;
  country: string | null;
  created_at: Timestamp;
  id: string;
  name: string;
  tenant_id: Generated<string>;
  updated_at: Timestamp;
}

export interface SuperAdmins {
  created_at: Timestamp;
  credentials_changed_at: Timestamp;
  disabled_at: Timestamp | null;
  email: string;
  id: string;
  password_hash: string;
  totp_enrolled_at: Timestamp | null;
  totp_failed_at: Timestamp | null;
  totp_failures: Generated<number>;
  totp_last_step: Int8 | null;
  totp_secret_jwe: string | null;
  updated_at: Timestamp;
}

export interface SupportSessions {
  created_at: Timestamp;
  credentials_changed_at: Timestamp;
  ended_at: Timestamp | null;
  ended_by: string | null;
  ended_by_kind: string | null;
  expires_at: Timestamp;
  id: string;
  is_read_only: boolean;
  reason: string;
  super_admin_email: string;
  super_admin_id: string;
  tenant_id: Generated<string>;
  updated_at: Timestamp;
}

export interface SystemSettings {
  default_language: string;
  default_region: string;
  is_only: Generated<boolean>;
  signups_open: boolean;
  trial_days: number;
  updated_at: Timestamp;
}

export interface TenantChanges {
  agent: string;
  billing_event_id: string | null;
  cause: string;
  created_at: Timestamp;
  field: string;
  from_value: string | null;
  id: Generated<Int8>;
  subject_tenant_id: string;
  to_value: string | null;
}

export interface TenantImports {
  created_at: Timestamp;
  key: Buffer;
  subject_tenant_id: string;
}

export interface Tenants {
  admin_email: string | null;
  company_email: string | null;
  created_at: Timestamp;
  limit_overrides: Generated<Json>;
  metadata: Generated<Json>;
  module_overrides: Generated<Json>;
  name: string;
  past_due_notice: string | null;
  past_due_since: Timestamp | null;
  phone: string | null;
  plan: string;
  plan_set_by: Generated<string>;
  region: string;
  status: string;
  status_changed_at: Timestamp;
  status_reason: string | null;
  status_set_by: string;
  tenant_id: string;
  trial_ends_at: Timestamp | null;
  trial_notice: string | null;
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

export interface UsageDays {
  created_at: Timestamp;
  day: Timestamp;
  id: string;
  metric: string;
  quantity: Int8;
  tenant_id: Generated<string>;
  updated_at: Timestamp;
}

export interface UsageEvents {
  created_at: Timestamp;
  id: string;
  idempotency_key: string;
  metric: string;
  occurred_at: Timestamp;
  quantity: Int8;
  tenant_id: Generated<string>;
  updated_at: Timestamp;
}

export interface Users {
  created_at: Timestamp;
  email: string;
  email_verified_at: Timestamp | null;
  first_name: string;
  id: string;
  last_name: string;
  locale: string;
  password_changed_at: Timestamp;
  password_hash: string;
  privacy_accepted_at: Timestamp | null;
  terms_accepted_at: Timestamp | null;
  updated_at: Timestamp;
}

export interface VoiceConversations {
  channel: string;
  created_at: Timestamp;
  ended_at: Timestamp | null;
  id: string;
  participant: string | null;
  started_at: Timestamp;
  subject: string;
  summary: string | null;
  tenant_id: Generated<string>;
  transcription_id: string | null;
  updated_at: Timestamp;
}

export interface VoiceTranscriptions {
  created_at: Timestamp;
  duration_seconds: number | null;
  id: string;
  language: string | null;
  source: string;
  status: string;
  tenant_id: Generated<string>;
  text: string | null;
  title: string;
  updated_at: Timestamp;
}

export interface WorkflowExecutions {
  created_at: Timestamp;
  duration_ms: Int8 | null;
  error: string | null;
  external_id: string | null;
  finished_at: Timestamp | null;
  id: string;
  input: Generated<Json>;
  output: Json | null;
  started_at: Timestamp;
  status: Generated<string>;
  tenant_id: Generated<string>;
  updated_at: Timestamp;
  workflow_id: string;
}

export interface Workflows {
  created_at: Timestamp;
  definition: Generated<Json>;
  deleted_at: Timestamp | null;
  description: string | null;
  engine: string;
  id: string;
  is_active: Generated<boolean>;
  name: string;
  tenant_id: Generated<string>;
  updated_at: Timestamp;
}

export interface WorkflowStates {
  created_at: Timestamp;
  id: string;
  key: string;
  tenant_id: Generated<string>;
  updated_at: Timestamp;
  value: Json;
  version: Generated<number>;
  workflow_id: string;
}

export interface DB {
  api_keys: ApiKeys;
  articles: Articles;
  audit_clock: AuditClock;
  audit_entries: AuditEntries;
  audit_seals: AuditSeals;
  billing_accounts: BillingAccounts;
  billing_events: BillingEvents;
  business_analyses: BusinessAnalyses;
  clients: Clients;
  credentials: Credentials;
  credit_accounts: CreditAccounts;
  credit_entries: CreditEntries;
  credit_lots: CreditLots;
  credit_operations: CreditOperations;
  deals: Deals;
  deletion_certificates: DeletionCertificates;
  idempotency_keys: IdempotencyKeys;
  invitations: Invitations;
  invoice_counters: InvoiceCounters;
  invoice_lines: InvoiceLines;
  invoices: Invoices;
  knowledge_documents: KnowledgeDocuments;
  knowledge_terms: KnowledgeTerms;
  known_addresses: KnownAddresses;
  leads: Leads;
  limit_counters: LimitCounters;
  material_categories: MaterialCategories;
  memberships: Memberships;
  notification_preferences: NotificationPreferences;
  notification_templates: NotificationTemplates;
  notifications: Notifications;
  one_time_tokens: OneTimeTokens;
  plans: Plans;
  platform_audit_entries: PlatformAuditEntries;
  platform_idempotency_keys: PlatformIdempotencyKeys;
  production_orders: ProductionOrders;
  projects: Projects;
  rate_limits: RateLimits;
  request_counts: RequestCounts;
  saved_queries: SavedQueries;
  sessions: Sessions;
  signing_keys: SigningKeys;
  sites: Sites;
  super_admins: SuperAdmins;
  support_sessions: SupportSessions;
  system_settings: SystemSettings;
  tenant_changes: TenantChanges;
  tenant_imports: TenantImports;
  tenant_settings: TenantSettings;
  tenants: Tenants;
  usage_days: UsageDays;
  usage_events: UsageEvents;
  users: Users;
  voice_conversations: VoiceConversations;
  voice_transcriptions: VoiceTranscriptions;
  workflow_executions: WorkflowExecutions;
  workflow_states: WorkflowStates;
  workflows: Workflows;
}
