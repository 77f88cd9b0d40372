import { inTransaction, withDirectClient } from '../../../src/db/direct-client.ts'
import { prepareDatabase } from '../../../src/db/migrate/prepare-database.ts'
import { describeRoles } from '../../../src/db/roles.ts'
import type { Stage } from '../stage.ts'

/** A database of so many tenants with so many clients each. */
export interface Size {
  tenants: number
  clientsEach: number
}

/** A filled one, with the connections of its roles. Of clients there are fewer than were asked for where time or space ran out. */
export interface FilledDatabase extends Size {
  adminUrl: string
  tenantUrl: string
  platformUrl: string
}

/** How a table names a size. */
export function describeSize({ tenants, clientsEach }: Size): string {
  return `${withCommas(tenants)} tenants, ${withCommas(tenants * clientsEach)} rows`
}

/** A number with commas between thousands. */
export const withCommas = (number: number) => number.toLocaleString('en')

/** The largest may take so many times as long as the smallest. */
export const mostGrowth = 1.2

/** What filling may take. */
export interface Bounds {
  /** of performance.now() */
  endsAt: number
  bytes: number
}

const rowsAtOnce = 250_000

/**
 * Copies the stage's migrated and empty database, to which nobody may be connected, and fills it: clients are made hour
 * by hour in all tenants, so that those of one tenant lie as scattered as in life. Without the index by name, which no
 * query here reads. Stops early rather than pass the bounds.
 * @returns how far it came
 * @throws what the database throws
 */
export async function fillDatabase(
  stage: Stage,
  name: string,
  size: Size,
  bounds: Bounds,
): Promise<FilledDatabase> {
  const inDatabase = (url: string, database: string) =>
    Object.assign(new URL(url), { pathname: `/${database}` }).href
  const adminUrl = inDatabase(stage.adminUrl, name)
  const original = new URL(stage.adminUrl).pathname.slice(1)
  await withDirectClient(inDatabase(stage.adminUrl, 'postgres'), (admin) =>
    admin.query(`create database ${name} template ${original}`),
  )
  // A copy has neither the rights nor the settings that roles have in the database it is a copy of, whose name they bear.
  const { tokenKeySecret } = stage
  const roles = describeRoles({ adminUrl, tokenKeySecret, prefix: original })
  await withDirectClient(adminUrl, (admin) => inTransaction(admin, () => prepareDatabase(admin, roles)))
  const [tenantUrl, platformUrl] = [roles.tenant.url, roles.platform.url]
  return withDirectClient(adminUrl, async (admin) => {
    const { rows } = await admin.query<{ pg_get_indexdef: string }>(
      "select pg_get_indexdef('clients_created_at'::regclass)",
    )
    await admin.query('drop index clients_created_at, clients_name')
    await admin.query(
      `insert into tenants (tenant_id, name, company_email, admin_email, region, plan, status, status_set_by,
        status_changed_at, created_at, updated_at)
      select 'tenant-' || n, 'Company ' || n, 'hello@company.example', 'ada@company.example', 'FR', 'BUSINESS', 'ACTIVE',
        'operator', now(), now(), now() from generate_series(0, $1 - 1) n`,
      [size.tenants],
    )
    const clientsEach = await fillClients(adminUrl, size, bounds)
    // Sorted in memory: it is all that happens on the machine at that moment.
    await admin.query("set maintenance_work_mem = '1GB'")
    await admin.query(rows[0]?.pg_get_indexdef as string)
    await admin.query('vacuum analyze')
    await admin.query('checkpoint')
    return { adminUrl, tenantUrl, platformUrl, tenants: size.tenants, clientsEach }
  })
}

/** Two connections take turns at the next part of the rows. */
async function fillClients(
  adminUrl: string,
  { tenants, clientsEach }: Size,
  bounds: Bounds,
): Promise<number> {
  const total = tenants * clientsEach
  let next = 0
  const fill = () =>
    withDirectClient(adminUrl, async (admin) => {
      // Seeding only: the rows are sound, and millions of look-ups of their tenant would take longer than the rows.
      await admin.query('set session_replication_role = replica')
      while (next < total && (await isWithin(bounds))) {
        const from = next
        next = Math.min(from + rowsAtOnce, total)
        await admin.query(insertText, [from, next - 1, tenants])
      }
    })
  const isWithin = async ({ endsAt, bytes }: Bounds) =>
    performance.now() < endsAt && (await measureCluster(adminUrl)) < bytes
  await Promise.all([fill(), fill()])
  return Math.floor(next / tenants)
}

// Ids grow with time, as those of version 7 do.
const insertText = `insert into clients (tenant_id, id, name, email, phone, address, created_at, updated_at)
  select 'tenant-' || i % $3, lpad(to_hex(i), 32, '0')::uuid, 'Client ' || n, 'client-' || n || '@customers.example',
    '+33 1 23 45 67 89', n || ' rue de la République, 69001 Lyon', at, at
  from (select generate_series($1::bigint, $2::bigint) as i) number,
    lateral (select i / $3 as n, timestamptz '2016-01-01' + i / $3 * interval '1 minute' as at) row`

/** All databases and the log of changes, in bytes. */
async function measureCluster(adminUrl: string): Promise<number> {
  const text = `select (select sum(pg_database_size(oid)) from pg_database)
    + (select sum(size) from pg_ls_waldir()) as bytes`
  const { rows } = await withDirectClient(adminUrl, (admin) => admin.query<{ bytes: string }>(text))
  return Number(rows[0]?.bytes)
}
