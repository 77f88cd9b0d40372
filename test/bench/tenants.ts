import { randomBytes } from 'node:crypto'
import type pg from 'pg'
import { withDirectClient } from '../../src/db/direct-client.ts'
import { startStage } from './stage.ts'
import { startSubject } from './subject.ts'
import type { TenantryOptions } from './tenantry-subject.ts'

// What operators wait for with 10,000 tenants of 5 members: each filter, sort and search of the list, the first page and
// a late one, a tenant's detail, the statistics over 50,000 changes and 600,000 days of usage, and the platform's audit
// trail of 100,000 entries. Over HTTP, one request after another.
const tenants = 10_000
const timesEach = 30

async function fill(admin: pg.Client): Promise<void> {
  // Seeding only: the rows are sound, and a million lookups of their tenant would take longer than the rows.
  await admin.query('set session_replication_role = replica')
  for (const statement of [
    `insert into tenants (tenant_id, name, company_email, admin_email, region, plan, status, status_set_by,
        status_changed_at, trial_ends_at, metadata, created_at, updated_at)
      select 'tenant-' || n, (array['Société', 'École', 'Agence', 'Ferronnerie'])[1 + n % 4] || ' Número ' || n,
        'hello@company-' || n || '.example', 'ada@company-' || n || '.example',
        (array['DZ', 'CH', 'FR', 'BE', 'CA'])[1 + n % 5],
        (array['STARTER', 'PROFESSIONAL', 'BUSINESS', 'ENTERPRISE'])[1 + n / 7 % 4],
        (array['ACTIVE', 'ACTIVE', 'ACTIVE', 'ACTIVE', 'TRIAL', 'SUSPENDED', 'CANCELLED', 'DELETED'])[1 + n / 3 % 8],
        'operator', at, at + interval '14 days',
        jsonb_build_object('sector', (array['metal', 'school', 'agency'])[1 + n % 3], 'number', n, 'vip', n % 50 = 0),
        at, at
      from generate_series(1, ${tenants}) n, lateral (select now() - n * interval '2 hours' as at) moment`,
    `insert into users (id, email, password_hash, first_name, last_name, locale, password_changed_at, created_at, updated_at)
      select md5('user' || n)::uuid, 'user-' || n || '@company.example', repeat('x', 97), 'Ada', 'Lovelace', 'fr',
        now(), now(), now() from generate_series(1, ${tenants * 5}) n`,
    `insert into memberships (tenant_id, id, user_id, role, status, created_at, updated_at)
      select 'tenant-' || n, md5(n || '/' || m)::uuid, md5('user' || ((n - 1) * 5 + m))::uuid,
        case m when 1 then 'owner' else 'member' end, case m when 5 then 'disabled' else 'active' end, now(), now()
      from generate_series(1, ${tenants}) n, generate_series(1, 5) m`,
    `insert into tenant_settings (tenant_id, id, theme, language, time_zone, date_format, currency, vat_rate_basis_points,
        automatic_numbering, backups, audit, created_at, updated_at)
      select tenant_id, gen_random_uuid(), 'light', 'fr', 'Europe/Paris', 'DD/MM/YYYY', 'EUR', 2000, true, true, true,
        now(), now() from tenants where tenant_id <> 'system-default'`,
    `insert into limit_counters (tenant_id, id, limit_name, used, created_at, updated_at)
      select tenant_id, gen_random_uuid(), counted, 5, now(), now() from tenants, unnest(array['articles_per_week',
        'executions_per_month', 'sites', 'storage_bytes', 'users', 'workflows']) counted where tenant_id <> 'system-default'`,
    `insert into billing_accounts (tenant_id, id, customer_name, customer_id, subscription_id, subscription_status,
        quantity, created_at, updated_at)
      select 'tenant-' || n, gen_random_uuid(), 'Company', 'cus_' || n, 'sub_' || n, 'active', 1, now(), now()
      from generate_series(1, ${tenants}, 2) n`,
    `insert into sessions (id, user_id, subject_tenant_id, membership_id, lookup_hash, token_hash, rotated_at,
        created_at, expires_at)
      select gen_random_uuid(), md5('user' || ((n - 1) * 5 + 1))::uuid, 'tenant-' || n, md5(n || '/1')::uuid,
        sha256(n::text::bytea), sha256(''), now(), now(), now() from generate_series(1, ${tenants}) n`,
    `insert into tenant_changes (subject_tenant_id, field, from_value, to_value, agent, cause, created_at)
      select t.tenant_id, field, was, becomes, 'system', 'Of the benchmark', t.created_at + n * interval '5 days'
      from tenants t, lateral (values (1, 'status', null, 'TRIAL'), (2, 'plan', null, 'STARTER'), (3, 'status', 'TRIAL', 'ACTIVE'),
        (4, 'plan', 'STARTER', t.plan), (5, 'status', 'ACTIVE', t.status)) c (n, field, was, becomes)
      where t.tenant_id <> 'system-default' order by t.created_at + n * interval '5 days'`,
    `insert into usage_days (tenant_id, id, metric, day, quantity, created_at, updated_at)
      select 'tenant-' || n, gen_random_uuid(), metric, current_date - ago, 7, now(), now()
      from generate_series(1, ${tenants}) n, generate_series(0, 29) ago, unnest(array['users', 'api_calls']) metric`,
    `insert into platform_audit_entries (id, actor_kind, actor_id, action, object_type, object_id, subject_tenant_id,
        changed_fields, request_id, created_at)
      select gen_random_uuid(), 'super_admin', 'admin-' || n % 20, (array['tenant.updated', 'tenant.suspended'])[1 + n % 2],
        'tenant', 'tenant-' || n % ${tenants}, 'tenant-' || n % ${tenants}, '{}', 'request', now() - n * interval '1 minute'
      from generate_series(1, 100000) n`,
    'vacuum analyze',
  ]) {
    await admin.query(statement)
  }
}

const key = randomBytes(24).toString('hex')

async function ask(url: string, path: string): Promise<{ next_cursor?: string }> {
  const response = await fetch(url + path, { headers: { 'X-Admin-Key': key } })
  const body = await response.json()
  if (response.status !== 200) throw new Error(`${path} answered ${response.status}: ${JSON.stringify(body)}`)
  return body as { next_cursor?: string }
}

async function measure(url: string, path: string): Promise<string> {
  const times: number[] = []
  for (let round = 0; round < timesEach; round++) {
    const start = performance.now()
    await ask(url, path)
    times.push(performance.now() - start)
  }
  times.sort((a, b) => a - b)
  const at = (share: number) => (times[Math.floor(timesEach * share)] as number).toFixed(1).padStart(7)
  return `${at(0.5)} ms  ${at(0.95)} ms`
}

/** A page deep in a list, as its cursor. */
async function findCursor(url: string, path: string, pages: number): Promise<string> {
  let cursor = ''
  for (let page = 0; page < pages; page++) {
    const { next_cursor } = await ask(url, `${path}&limit=100${cursor && `&cursor=${cursor}`}`)
    if (!next_cursor) throw new Error(`${path} has fewer pages`)
    cursor = next_cursor
  }
  return cursor
}

const stage = await startStage({ fsync: false })
try {
  await withDirectClient(stage.adminUrl, fill)
  const { folder: dataDir, tenantUrl, platformUrl, tokenKeySecret } = stage
  const options: TenantryOptions = {
    ...{ dataDir, tenantUrl, platformUrl, tokenKeySecret },
    ...{ logLevel: 'silent', rateLimits: 'off', settings: { SUPER_ADMIN_KEY: key } },
  }
  const server = await startSubject('tenantry-subject.ts', options)
  try {
    const url = await server.ask<string>('url')
    const list = '/v1/admin/tenants'
    const late = await findCursor(url, `${list}?sort=-created_at`, 80)
    const lateByName = await findCursor(url, `${list}?sort=name`, 80)
    console.log(`${stage.postgres}; ${tenants} tenants\n${'p50'.padStart(7)}       p95`)
    for (const path of [
      list,
      `${list}?limit=100`,
      `${list}?sort=created_at`,
      `${list}?sort=name`,
      `${list}?sort=-name`,
      `${list}?cursor=${late}`,
      `${list}?sort=name&cursor=${lateByName}`,
      `${list}?status=trial`,
      `${list}?status=deleted&sort=name`,
      `${list}?plan=pro`,
      `${list}?region=be`,
      `${list}?status=active&plan=starter&region=dz`,
      `${list}?q=ecole`,
      `${list}?q=company-9998.example`,
      `${list}?q=nobody-has-this`,
      `${list}?metadata.sector=metal`,
      `${list}?metadata.number=9998`,
      `${list}?metadata.vip=true&sort=name`,
      `${list}?metadata.sector=nothing`,
      `${list}/tenant-77`,
      '/v1/admin/stats',
      '/v1/admin/audit',
      '/v1/admin/audit?tenant_id=tenant-77',
      '/v1/admin/audit?actor_id=admin-7',
      '/v1/admin/audit?action=tenant.suspended',
      '/v1/admin/audit?object_type=tenant&object_id=tenant-77',
      '/v1/admin/audit?from=2020-01-01T00:00:00Z&to=2020-02-01T00:00:00Z',
    ]) {
      console.log(`${await measure(url, path)}  ${path.replace(/cursor=.+/, 'cursor=…')}`)
    }
  } finally {
    await server.stop()
  }
} finally {
  await stage.stop()
}
