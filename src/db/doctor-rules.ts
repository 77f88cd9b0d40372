/** Tables of schema public without a tenant_id: a table that is neither here nor tenant-owned is a mistake. */
export const globalTables = [
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
]
/** Global tables that the tenant role may read. */
export const sharedTables = ['notification_templates', 'plans']
/** Tenant-owned tables that the platform role sees across tenants: those of db/policies/20-platform.sql. */
export const platformTables = [
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
]

/** One thing that must hold. The statement gives a row with the text `problem` for each place where it does not. */
export interface Rule {
  name: string
  severity: 'fatal' | 'warning'
  /** Whose connection asks: `current_user` is that role. */
  asks: 'tenant' | 'platform' | 'both'
  sql: string
  params?: unknown[]
}

const isTenantOwned = `(c.relkind in ('r', 'p') and exists (select from pg_attribute a
  where a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped))`
const isInPublic = `(c.relnamespace = to_regnamespace('public') and c.relkind in ('r', 'p', 'v', 'm', 'f'))`
const ourSchemas = `(select oid from pg_namespace
  where nspname not in ('pg_catalog', 'information_schema') and nspname not like 'pg\\_%')`
const canonical = '(tenant_id = app.current_tenant())'
/** Roles of PostgreSQL's own that read or write past every grant. */
const mightyRoles = [
  'pg_read_all_data',
  'pg_write_all_data',
  'pg_read_server_files',
  'pg_write_server_files',
  'pg_execute_server_program',
  'pg_maintain',
]

/** The functions of db/policies/40-purger.sql: none is made where the owner may not act as the purger. */
const purgerFunctions = ['app.count_tenant_rows()', 'app.purge_batch(integer)', 'app.purge_users(uuid[])']

/** The rules on roles: what they are, own, and may do to tables, schemas and the database. */
export const roleRules: Rule[] = [
  {
    name: 'has no powers',
    severity: 'fatal',
    asks: 'both',
    // A member may become the role it belongs to, so each of those counts as the role itself.
    sql: `select format('%s %s%s', current_user, case when r.rolname <> current_user
        then format('is a member of %s, which ', r.rolname) else '' end, power.text) as problem
      from pg_roles r, lateral (values
        (r.rolsuper, 'is a superuser'), (r.rolbypassrls, 'has BYPASSRLS'), (r.rolcreaterole, 'has CREATEROLE'),
        (r.rolreplication, 'has REPLICATION'), (r.rolcreatedb, 'has CREATEDB'),
        (r.rolname = any($1::text[]), 'sees past grants'),
        (r.rolname <> current_user and exists (select from pg_class c
          where c.relowner = r.oid and c.relnamespace in ${ourSchemas}), 'owns tables')
      ) power (has, text)
      where power.has and pg_has_role(current_user, r.oid, 'member')`,
    params: [mightyRoles],
  },
  {
    name: 'owns nothing',
    severity: 'fatal',
    asks: 'both',
    sql: `with me as (select oid from pg_roles where rolname = current_user)
      select format('%s owns %s', current_user, thing) as problem from (
        select c.oid::regclass::text from pg_class c, me where c.relowner = me.oid
        union all select p.oid::regprocedure::text from pg_proc p, me where p.proowner = me.oid
        union all select 'schema ' || n.nspname from pg_namespace n, me where n.nspowner = me.oid
        union all select 'database ' || d.datname from pg_database d, me where d.datdba = me.oid
      ) owned (thing)`,
  },
  {
    name: 'makes nothing',
    severity: 'fatal',
    asks: 'both',
    sql: `select format('%s has %s', current_user, privilege) as problem from (
        select format('TRUNCATE, REFERENCES or TRIGGER on %s', c.oid::regclass) from pg_class c
        where c.relnamespace in ${ourSchemas} and c.relkind in ('r', 'p', 'v', 'm', 'f')
          and (has_table_privilege(c.oid, 'truncate, references, trigger')
            or has_any_column_privilege(c.oid, 'references'))
        union all
        select format('CREATE on schema %s', n.nspname) from pg_namespace n
        where n.oid in ${ourSchemas} and has_schema_privilege(n.oid, 'create')
        union all
        select format('%s on the database', upper(p)) from unnest(array['create', 'temporary']) p
        where has_database_privilege(current_database(), p)
      ) held (privilege)`,
  },
  {
    name: 'cannot call set_config',
    severity: 'warning',
    asks: 'both',
    sql: `select format('%s may %s', current_user, act) || ', so an injected SELECT could become another tenant'
        as problem
      from (values
        (has_function_privilege('pg_catalog.set_config(text, text, boolean)', 'execute'), 'call set_config'),
        (has_table_privilege('pg_catalog.pg_settings', 'update')
          or has_any_column_privilege('pg_catalog.pg_settings', 'update'), 'update pg_settings')
      ) acts (may, act)
      where may`,
  },
  {
    name: 'tenants can be deleted',
    severity: 'warning',
    asks: 'platform',
    sql: `select format('%s may not call %s: see the warnings of migrate', current_user, name) as problem
      from unnest($1::text[]) name
      where has_function_privilege(to_regprocedure(name), 'execute') is not true`,
    params: [purgerFunctions],
  },
  {
    name: 'functions respect row security',
    severity: 'fatal',
    asks: 'both',
    sql: `select format('%s may call %s with the rights of %s, whom row security does not bind',
        current_user, p.oid::regprocedure, r.rolname) as problem
      from pg_proc p join pg_roles r on r.oid = p.proowner
      where p.pronamespace in ${ourSchemas} and p.prosecdef and (r.rolsuper or r.rolbypassrls)
        and has_function_privilege(p.oid, 'execute')`,
  },
]

/** The rules on tables: that each is either protected or known to be global, and who reaches it. */
export const tableRules: Rule[] = [
  {
    name: 'row security is forced',
    severity: 'fatal',
    asks: 'tenant',
    sql: `select format('%s has row security %s', c.oid::regclass,
        case when c.relrowsecurity then 'not forced' else 'disabled' end) as problem
      from pg_class c where ${isInPublic} and ${isTenantOwned} and not (c.relrowsecurity and c.relforcerowsecurity)`,
  },
  {
    name: 'policies are canonical',
    severity: 'fatal',
    asks: 'platform',
    sql: `select problem from pg_class c, lateral (
        select format('%s has no policy tenant_isolation', c.oid::regclass)
        where not exists (select from pg_policy p where p.polrelid = c.oid and p.polname = 'tenant_isolation')
        union all
        select format('%s has no policy platform_access', c.oid::regclass) where c.relname = any($1::text[])
          and not exists (select from pg_policy p where p.polrelid = c.oid and p.polname = 'platform_access')
        union all
        select format('%s has the policy %s, which is not as it should be', c.oid::regclass, p.polname)
        from pg_policy p where p.polrelid = c.oid and not coalesce(
          p.polname = 'tenant_isolation' and p.polcmd = '*' and p.polpermissive and p.polroles = '{0}'
            and pg_get_expr(p.polqual, p.polrelid) = '${canonical}'
            and pg_get_expr(p.polwithcheck, p.polrelid) = '${canonical}'
          or p.polname = 'platform_access' and c.relname = any($1::text[])
            and p.polcmd = 'r' and p.polpermissive and pg_get_expr(p.polqual, p.polrelid) = 'true'
            and p.polroles = array(select oid from pg_roles where rolname = current_user), false)
      ) found (problem)
      where ${isInPublic} and ${isTenantOwned}`,
    params: [platformTables],
  },
  {
    name: 'every table is tenant-owned or listed',
    severity: 'fatal',
    asks: 'tenant',
    sql: `select format('%s has no tenant_id and is none of the global tables', c.oid::regclass) as problem
      from pg_class c where ${isInPublic} and not ${isTenantOwned} and c.relname <> all($1::text[])`,
    params: [globalTables],
  },
  {
    name: 'global tables are closed to tenants',
    severity: 'fatal',
    asks: 'tenant',
    sql: `select format('%s may %s %s', current_user, p, c.oid::regclass) as problem
      from pg_class c, unnest(array['select', 'insert', 'update', 'delete']) p
      where ${isInPublic} and not ${isTenantOwned}
        and case p when 'delete' then has_table_privilege(c.oid, p) else has_any_column_privilege(c.oid, p) end
        and not (p = 'select' and c.relname = any($1::text[]))`,
    params: [sharedTables],
  },
  {
    name: 'keys carry the tenant',
    severity: 'fatal',
    asks: 'tenant',
    // A reference without it reaches another tenant's row, and a unique key without it tells what others have.
    sql: `with owned as (select c.oid, a.attnum from pg_class c join pg_attribute a
          on a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped
        where ${isInPublic} and c.relkind in ('r', 'p'))
      select format('%s of %s does not join tenant_id with tenant_id', k.conname, k.conrelid::regclass) as problem
      from pg_constraint k join owned o on o.oid = k.conrelid join owned r on r.oid = k.confrelid
      where k.contype = 'f' and not exists (select from unnest(k.conkey, k.confkey) as pair (own, other)
        where pair.own = o.attnum and pair.other = r.attnum)
      union all
      select format('%s of %s is unique and does not begin with tenant_id', i.indexrelid::regclass, o.oid::regclass)
      from pg_index i join owned o on o.oid = i.indrelid
      where i.indisunique and i.indkey[0] <> o.attnum`,
  },
  {
    name: 'tenant-owned tables have their shape',
    severity: 'warning',
    asks: 'tenant',
    // tenants itself, whose key is tenant_id alone, is the one exception.
    sql: `select format('%s has no %s', c.oid::regclass, wanted.thing) as problem
      from pg_class c, lateral (values
        ('tenant_id text collate "C" not null, by default the current tenant', exists (select from pg_attribute a join pg_collation l
          on l.oid = a.attcollation and l.collname = 'C' where a.attrelid = c.oid and a.attname = 'tenant_id'
            and a.atttypid = 'text'::regtype and a.attnotnull and exists (select from pg_attrdef d
              where d.adrelid = c.oid and d.adnum = a.attnum
                and pg_get_expr(d.adbin, d.adrelid) = 'app.current_tenant()'))),
        ('id uuid', exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'id'
          and a.atttypid = 'uuid'::regtype)),
        ('created_at and updated_at as timestamptz(3) not null', 2 = (select count(*) from pg_attribute a
          where a.attrelid = c.oid and a.attname in ('created_at', 'updated_at') and a.attnotnull
            and format_type(a.atttypid, a.atttypmod) = 'timestamp(3) with time zone')),
        ('primary key (tenant_id, id)', exists (select from pg_constraint k where k.conrelid = c.oid
          and k.contype = 'p' and pg_get_constraintdef(k.oid) = 'PRIMARY KEY (tenant_id, id)')),
        ('index (tenant_id, created_at desc, id desc)', exists (select from pg_index i where i.indrelid = c.oid
          and pg_get_indexdef(i.indexrelid) like '%(tenant_id, created_at DESC, id DESC)'))
      ) wanted (thing, is_there)
      where ${isInPublic} and ${isTenantOwned} and c.relname <> 'tenants' and not wanted.is_there`,
  },
  {
    name: 'audit trails are append-only',
    severity: 'fatal',
    asks: 'both',
    sql: `select format('%s may change %s', current_user, c.relname) as problem
      from pg_class c
      where c.oid in (to_regclass('public.audit_entries'), to_regclass('public.audit_seals'),
        to_regclass('public.platform_audit_entries'))
        and (has_any_column_privilege(c.oid, 'update') or has_table_privilege(c.oid, 'delete'))
      union all
      select format('%s may write %s of %s', current_user, a.attname, c.relname)
      from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
      where (c.oid = to_regclass('public.audit_seals') or a.attname = 'position' and c.oid = to_regclass('public.audit_entries'))
        and has_column_privilege(c.oid, a.attnum, 'insert')`,
  },
]

/** The tenant-owned tables that the tenant role may read: a statement that gives `name`, quoted. */
export const readableTables = `select c.oid::regclass::text as name
  from pg_class c where ${isInPublic} and ${isTenantOwned} and has_any_column_privilege(c.oid, 'select')
  order by 1`
