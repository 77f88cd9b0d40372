import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { withDirectClient } from '../../src/db/direct-client.ts'
import { startEmbeddedPostgres } from '../../src/db/embedded.ts'
import { migrate } from '../../src/db/migrate.ts'

/** A migrated database on a PostgreSQL of its own, and whoever connects to it. */
export interface Stage {
  folder: string
  adminUrl: string
  tenantUrl: string
  platformUrl: string
  jobsUrl: string
  /** A role that row security does not bind: what an application without it would connect as. */
  plainUrl: string
  tokenKeySecret: string
  /** Version and durability of PostgreSQL, for the reader. */
  postgres: string
  stop(): Promise<void>
}

/** Starts it in a temporary folder. Without `fsync` a commit costs no disk, only work. */
export async function startStage({ fsync }: { fsync: boolean }): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), 'tenantry-bench-'))
  const removeFolder = () => rm(folder, { recursive: true, force: true, maxRetries: 10 })
  const log = () => undefined
  const cluster = await startEmbeddedPostgres({
    dataDir: folder,
    log,
    ephemeral: !fsync,
    maxConnections: 200,
  }).catch(async (error) => {
    await removeFolder()
    throw error
  })
  const stop = async () => {
    await cluster.stop()
    await removeFolder()
  }
  try {
    const adminUrl = cluster.url
    const tokenKeySecret = randomBytes(32).toString('base64url')
    const { tenantUrl, platformUrl, jobsUrl } = await migrate({ adminUrl, tokenKeySecret, log })
    const { plainUrl, postgres } = await makePlainRole(adminUrl)
    return { folder, adminUrl, tenantUrl, platformUrl, jobsUrl, plainUrl, tokenKeySecret, postgres, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

async function makePlainRole(adminUrl: string) {
  const url = new URL(adminUrl)
  url.username = 'plain'
  url.password = randomBytes(16).toString('hex')
  const { rows } = await withDirectClient(adminUrl, async (admin) => {
    await admin.query(`create role plain login bypassrls password '${url.password}'`)
    await admin.query('grant connect on database tenantry to plain')
    await admin.query('grant usage on schema public, app to plain')
    await admin.query('grant select, insert on clients, audit_entries to plain')
    await admin.query('grant select on signing_keys to plain')
    await admin.query('grant execute on function app.current_tenant(), app.audit_position(xid8) to plain')
    return admin.query(
      `select current_setting('server_version') || ', fsync ' || current_setting('fsync') as text`,
    )
  })
  return { plainUrl: url.href, postgres: rows[0].text as string }
}

/** Somebody with a token, in a tenant of their own. */
export interface Bearer {
  tenantId: string
  token: string
}

/** Signs companies up, as anybody would, at a server that has no rate limits. */
export async function signUp(url: string, count: number): Promise<Bearer[]> {
  const bearers: Bearer[] = []
  const line = Array.from({ length: count }, (_, index) => index + 1)
  const workers = Array.from({ length: 4 }, async () => {
    for (let number = line.shift(); number; number = line.shift()) bearers.push(await signUpOne(url, number))
  })
  await Promise.all(workers)
  return bearers
}

async function signUpOne(url: string, number: number): Promise<Bearer> {
  const response = await fetch(`${url}/signup`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({
      company_name: `Company ${number}`,
      company_email: `hello@company-${number}.example`,
      admin_email: `ada@company-${number}.example`,
      admin_password: 'correct-horse-7',
      admin_first_name: 'Ada',
      admin_last_name: 'Lovelace',
      plan: 'professional',
      accept_terms: true,
      accept_privacy: true,
    }),
  })
  const answer = (await response.json()) as { tenant_id: string; access_token: string }
  if (response.status !== 201)
    throw new Error(`signup answered ${response.status}: ${JSON.stringify(answer)}`)
  return { tenantId: answer.tenant_id, token: answer.access_token }
}

/** Copies the first tenant until there are enough, gives each its clients, and returns the tenants' ids. */
export async function fillTenants(adminUrl: string, tenants: number, clientsEach: number): Promise<string[]> {
  return withDirectClient(adminUrl, async (admin) => {
    // Seeding only: the rows are sound, and a million lookups of their tenant would take longer than the rows.
    await admin.query('set session_replication_role = replica')
    await admin.query(
      `insert into tenants
       select (jsonb_populate_record(original, jsonb_build_object('tenant_id', 'copy-' || n))).*
       from (select t as original from tenants t where plan <> 'FREE' limit 1) one,
         generate_series(1, $1 - (select count(*) from tenants where plan <> 'FREE')) n`,
      [tenants],
    )
    await admin.query(
      `insert into clients (tenant_id, id, name, email, phone, address, created_at, updated_at)
       select tenant_id, gen_random_uuid(), 'Client ' || n, 'client-' || n || '@customers.example',
         '+33 1 23 45 67 89', n || ' rue de la République, 69001 Lyon', at, at
       from (select tenant_id from tenants where plan <> 'FREE') t, generate_series(1, $1) n,
         lateral (select timestamptz '2026-01-01' + n * interval '1 hour' as at) moment`,
      [clientsEach],
    )
    await admin.query('vacuum analyze clients')
    await admin.query('checkpoint')
    const { rows } = await admin.query("select tenant_id from tenants where plan <> 'FREE'")
    return rows.map((row) => row.tenant_id as string)
  })
}
