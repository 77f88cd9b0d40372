import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { closedRights } from './migrate/prepare-database.ts'

/** One thing that must hold: a file of db/doctor, whose first lines say how much hangs on it, and why. */
export interface Rule {
  /** That of its file. */
  name: string
  file: string
  /** A fatal one is what isolation hangs on: without it the server does not start. */
  severity: 'fatal' | 'warning'
  /**
   * It compares with a list of this version, so a server that is running does not stop for it: a newer one may have
   * migrated the database, and has asked before it started.
   */
  isOfVersion: boolean
  reason: string
  /** It speaks of what only Tenantry has, and is not asked of other databases. */
  isOurs: boolean
  /**
   * Gives a row with the text `problem` for each place where it does not hold. Its variables are of RuleVariables, and
   * `user_schemas`: all that do not belong to PostgreSQL.
   */
  sql: string
}

/** What the rules ask a database about: the values of their variables. */
export interface RuleVariables extends Record<string, string | readonly string[]> {
  /** Whose statements may be of an attacker's making: that which serves the requests of tenants. */
  tenant_role: string
  /** All roles of the running server that see tenants' tables, `tenant_role` among them. */
  runtime_roles: readonly string[]
  /** Where the tables are; none: in every schema that does not belong to PostgreSQL. */
  schemas: readonly string[]
  /** A table with this column is tenant-owned. */
  tenant_column: string
  /** The setting that says which tenant a transaction is inside. */
  tenant_setting: string
  /** What every policy says of reading, as pg_get_expr() writes it; empty: what most policies say. */
  policy: string
  /** What it says of writing, its `with check`; not asked where `policy_name` is empty: there both say the same. */
  policy_for_writing: string
  /** What that policy is called; empty: whatever it likes, and there may be one for each command. */
  policy_name: string
  /** Tables without that column: one that is neither here nor tenant-owned is a mistake. */
  global_tables: readonly string[]
  /** Global tables that the tenant role may read. */
  shared_tables: readonly string[]
  /** Tenant-owned tables that the platform role sees across tenants: those of db/policies/20-platform.sql. */
  platform_tables: readonly string[]
  /** The role that they are open to; empty where there is none. */
  platform_role: string
  /** Tenant-owned tables whose key is the tenant alone. */
  root_tables: readonly string[]
  /** Tables whose rows nobody may change or delete. */
  append_only_tables: readonly string[]
  /** Functions that run with the rights of another, as schema.name(type,type). */
  definer_functions: readonly string[]
  /** Foreign keys between a tenant-owned table and a global one, as `table: definition`. */
  global_references: readonly string[]
  /** Foreign keys without an index, as `table: definition`. */
  unindexed_references: readonly string[]
  /** Indexes of tenant-owned tables for what the platform asks about all tenants. */
  platform_indexes: readonly string[]
  publications: readonly string[]
  event_triggers: readonly string[]
  /** What the roles of the server may do, one right each, as db/grants.txt has it. */
  reviewed_grants: readonly string[]
  /** Rights that neither everybody nor the tenant role has, as GRANT writes them. */
  closed_rights: readonly string[]
  /** As in server_version_num; empty: that of the server which is asked. */
  server_version: string
}

/** What Tenantry's own database should be like; its roles are those of the connections. */
export const ownDatabase = {
  schemas: ['public'],
  tenant_column: 'tenant_id',
  tenant_setting: 'app.tenant_id',
  policy: "(tenant_id = current_setting('app.tenant_id'::text, true))",
  policy_for_writing: '(tenant_id = app.current_tenant())',
  policy_name: 'tenant_isolation',
  global_tables: [
    'audit_clock',
    'billing_events',
    'deletion_certificates',
    'known_addresses',
    'notification_templates',
    'one_time_tokens',
    'plans',
    'platform_audit_entries',
    'platform_idempotency_keys',
    'rate_limits',
    'request_counts',
    'sessions',
    'signing_keys',
    'super_admins',
    'system_settings',
    'tenant_changes',
    'tenant_imports',
    'users',
  ],
  shared_tables: ['notification_templates', 'plans'],
  platform_tables: [
    'audit_entries',
    'audit_seals',
    'billing_accounts',
    'credit_lots',
    'idempotency_keys',
    'limit_counters',
    'memberships',
    'notifications',
    'tenant_settings',
    'tenants',
    'usage_days',
  ],
  root_tables: ['tenants'],
  append_only_tables: ['audit_entries', 'audit_seals', 'platform_audit_entries'],
  definer_functions: [
    'app.change_usage(text[],bigint[],timestamp with time zone[],timestamp with time zone)',
    'app.count_tenant_rows()',
    'app.debit_credits(uuid,bigint,text,text,text,text,timestamp with time zone)',
    'app.end_sessions(uuid)',
    'app.end_support_session(uuid,text,text,timestamp with time zone)',
    'app.expire_credits(timestamp with time zone)',
    'app.forget_idempotency_keys(timestamp with time zone,integer)',
    'app.forget_notifications(timestamp with time zone)',
    'app.grant_credits(uuid,bigint,text,text,text,text,timestamp with time zone,timestamp with time zone)',
    'app.lock_usage()',
    'app.move_audit_horizon(timestamp with time zone)',
    'app.notify(text,text[],uuid[],uuid,jsonb,timestamp with time zone)',
    'app.open_tenant_rows(name,boolean)',
    'app.purge_batch(integer)',
    'app.purge_users(uuid[])',
    'app.record_usage(uuid[],text[],bigint[],timestamp with time zone[],text[],timestamp with time zone)',
    'app.recount_users(timestamp with time zone)',
    'app.refund_credits(uuid,bigint,text,text,text,text,timestamp with time zone,uuid)',
    'app.seal_audit(bigint,integer,uuid,timestamp with time zone)',
    'app.session_membership(uuid)',
    'app.support_session_admin(uuid)',
    'app.tenant_members(uuid)',
    'graphile_worker.enqueue_job(text,json,text,timestamp with time zone)',
    'graphile_worker.forget_jobs()',
    'graphile_worker.forget_mails_to(text[])',
  ],
  global_references: [
    'billing_events: FOREIGN KEY (subject_tenant_id) REFERENCES tenants(tenant_id)',
    'deletion_certificates: FOREIGN KEY (subject_tenant_id) REFERENCES tenants(tenant_id)',
    'memberships: FOREIGN KEY (user_id) REFERENCES users(id)',
    'one_time_tokens: FOREIGN KEY (subject_tenant_id, invitation_id) REFERENCES invitations(tenant_id, id) ON DELETE CASCADE',
    'sessions: FOREIGN KEY (subject_tenant_id, membership_id) REFERENCES memberships(tenant_id, id) ON DELETE CASCADE',
    'support_sessions: FOREIGN KEY (super_admin_id) REFERENCES super_admins(id)',
    'tenant_changes: FOREIGN KEY (subject_tenant_id) REFERENCES tenants(tenant_id)',
    'tenant_imports: FOREIGN KEY (subject_tenant_id) REFERENCES tenants(tenant_id)',
    'tenants: FOREIGN KEY (plan) REFERENCES plans(plan)',
  ],
  unindexed_references: [
    // A lot goes with its tenant only, after all entries.
    'credit_entries: FOREIGN KEY (tenant_id, lot_id) REFERENCES credit_lots(tenant_id, id)',
    // Nobody deletes a plan or an operator.
    'support_sessions: FOREIGN KEY (super_admin_id) REFERENCES super_admins(id)',
    'tenants: FOREIGN KEY (plan) REFERENCES plans(plan)',
  ],
  platform_indexes: [
    'billing_accounts_customer_id',
    'memberships_user_id',
    'tenants_created_at',
    'tenants_name',
    'tenants_past_due_since',
    'tenants_trial_ends_at',
    'usage_days_of_all',
  ],
  publications: [],
  event_triggers: [],
  reviewed_grants: readFileSync(join(import.meta.dirname, '../../db/grants.txt'), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('--')),
  closed_rights: closedRights,
  server_version: '',
} satisfies Omit<RuleVariables, 'tenant_role' | 'platform_role' | 'runtime_roles'>

/** What the owner of a database that is not Tenantry's can tell about it. */
export interface ForeignDatabase {
  /** The role that serves requests. */
  tenantRole: string
  /** The column that says whose a row is. */
  tenantColumn: string
  /** The setting that the policies compare it with. */
  tenantSetting?: string | undefined
  /** Where its tables are; without it, in every schema that does not belong to PostgreSQL. */
  schemas?: readonly string[] | undefined
  /** The expression of the policies, as pg_get_expr() writes it; without it, what most of them say. */
  policy?: string | undefined
  /** Tables without that column that the role may read. */
  globalTables?: readonly string[] | undefined
  /** Reviewed functions that run with the rights of their owner, as in public.name(integer,text). */
  definerFunctions?: readonly string[] | undefined
}

/** What the rules that are not ours ask about another database: what nobody has reviewed is on no list. */
export function foreignDatabase(options: ForeignDatabase): RuleVariables {
  return {
    tenant_role: options.tenantRole,
    runtime_roles: [options.tenantRole],
    schemas: options.schemas ?? [],
    tenant_column: options.tenantColumn,
    tenant_setting: options.tenantSetting ?? '',
    policy: options.policy ?? '',
    policy_for_writing: '',
    policy_name: '',
    global_tables: options.globalTables ?? [],
    shared_tables: options.globalTables ?? [],
    platform_tables: [],
    platform_role: '',
    root_tables: [],
    append_only_tables: [],
    definer_functions: options.definerFunctions ?? [],
    global_references: [],
    unindexed_references: [],
    platform_indexes: [],
    publications: [],
    event_triggers: [],
    reviewed_grants: [],
    closed_rights: [],
    server_version: '',
  }
}

const folder = join(import.meta.dirname, '../../db/doctor')
const firstLine = /^-- (fatal|warning)( at the start)?(, for Tenantry)?: /

/** The rules of db/doctor, in the order of their names. */
export const rules: readonly Rule[] = readdirSync(folder)
  .filter((file) => file.endsWith('.sql'))
  .sort()
  .map(readRule)

function readRule(file: string): Rule {
  const text = readFileSync(join(folder, file), 'utf8')
  const [head, severity, isOfVersion, isOurs] = firstLine.exec(text) ?? []
  const comment = /^(-- .*\n)+/.exec(text)?.[0]
  if (!head || !comment)
    throw new Error(`${file} should begin with "-- fatal: " or "-- warning: " and the reason`)
  return {
    name: file.slice(0, -'.sql'.length),
    file,
    severity: severity as Rule['severity'],
    isOfVersion: isOfVersion !== undefined,
    isOurs: isOurs !== undefined,
    reason: comment
      .slice(head.length)
      .replaceAll(/\n(-- )?/g, ' ')
      .trim(),
    sql: text.slice(comment.length),
  }
}
