import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { JWK } from 'jose'
import { withDirectClient } from '../../src/db/direct-client.ts'
import { startEmbeddedPostgres } from '../../src/db/embedded.ts'
import { migrate } from '../../src/db/migrate.ts'
import type { LimitName } from '../../src/features/plans/plans.ts'

/** A migrated database on a PostgreSQL of its own, and whoever connects to it. */
export interface Stage {
  folder: string
  adminUrl: string
  tenantUrl: string
  platformUrl: string
  jobsUrl: string
  /** A role that row security does not bind: what an application without it would connect as. */
  plainUrl: string
  /** A role under the same policy as Tenantry's, with the rights that others' ways of setting the tenant need. */
  boundUrl: string
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
    const urls = { adminUrl, tenantUrl, platformUrl, jobsUrl, ...(await makeRoles(adminUrl)) }
    return { folder, ...urls, tokenKeySecret, postgres: await describePostgres(adminUrl), stop }
  } catch (error) {
    await stop()
    throw error
  }
}

async function makeRoles(adminUrl: string): Promise<{ plainUrl: string; boundUrl: string }> {
  const [plain, bound] = ['plain', 'bound'].map((name) => {
    const url = new URL(adminUrl)
    url.username = name
    url.password = randomBytes(16).toString('hex')
    return url
  }) as [URL, URL]
  await withDirectClient(adminUrl, async (admin) => {
    await admin.query(`create role plain login bypassrls password '${plain.password}'`)
    await admin.query(`create role bound login password '${bound.password}'`)
    // As Tenantry's roles have it.
    for (const role of ['plain', 'bound']) {
      await admin.query(`alter role ${role} in database tenantry set enable_seqscan = off`)
      await admin.query(`alter role ${role} in database tenantry set jit = off`)
    }
    await admin.query('grant connect on database tenantry to plain, bound')
    await admin.query('grant usage on schema public, app to plain, bound')
    await admin.query('grant select, insert on clients, workflows, audit_entries to plain')
    await admin.query('grant select, update on limit_counters to plain')
    await admin.query('grant select on users, memberships to plain')
    await admin.query('grant insert on sessions to plain')
    await admin.query('grant select on clients to bound')
    await admin.query('grant execute on function app.current_tenant() to plain, bound')
    await admin.query('grant execute on function app.audit_position(xid8) to plain')
    // Tenantry's roles may not call it: whoever smuggles a statement in would become another tenant by it.
    await admin.query('grant execute on function pg_catalog.set_config(text, text, boolean) to bound')
  })
  return { plainUrl: plain.href, boundUrl: bound.href }
}

async function describePostgres(adminUrl: string): Promise<string> {
  const text = `select current_setting('server_version') || ', fsync ' || current_setting('fsync') as text`
  const { rows } = await withDirectClient(adminUrl, (admin) => admin.query(text))
  return rows[0].text
}

/** The public keys of the tokens, for servers that verify them. */
export async function readKeys({ adminUrl }: Stage): Promise<JWK[]> {
  const text = 'select public_jwk from signing_keys'
  const { rows } = await withDirectClient(adminUrl, (admin) => admin.query(text))
  return rows.map((row) => row.public_jwk as JWK)
}

/** Somebody with a token, in a tenant of their own. */
export interface Bearer {
  tenantId: string
  token: string
}

/** Signs companies up, as anybody would, at a server that has no rate limits. */
export function signUp(url: string, count: number): Promise<Bearer[]> {
  return askForEach(count, (number) =>
    askForToken(`${url}/signup`, {
      company_name: `Company ${number}`,
      company_email: `hello@company-${number}.example`,
      admin_email: adminEmail(number),
      admin_password: password,
      admin_first_name: 'Ada',
      admin_last_name: 'Lovelace',
      plan: 'professional',
      accept_terms: true,
      accept_privacy: true,
    }),
  )
}

/** Signs their owners in, in the order in which `signUp` named them. */
export function signIn(url: string, count: number): Promise<Bearer[]> {
  return askForEach(count, (number) =>
    askForToken(`${url}/auth/login`, { email: adminEmail(number), password }),
  )
}

const password = 'correct-horse-7'
const adminEmail = (number: number) => `ada@company-${number}.example`

async function askForEach(count: number, ask: (number: number) => Promise<Bearer>): Promise<Bearer[]> {
  const bearers: Bearer[] = []
  const line = Array.from({ length: count }, (_, index) => index + 1)
  const workers = Array.from({ length: 4 }, async () => {
    for (let number = line.shift(); number; number = line.shift()) bearers[number - 1] = await ask(number)
  })
  await Promise.all(workers)
  return bearers
}

async function askForToken(url: string, body: object): Promise<Bearer> {
  const headers = { 'Content-Type': 'application/json' }
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })
  const answer = (await response.json()) as { tenant_id: string; access_token: string }
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${JSON.stringify(answer)}`)
  return { tenantId: answer.tenant_id, token: answer.access_token }
}

/**
 * Gives tenants limits of their own in place of their plan's.
 * @param limits by their names in a plan; none gives them their plan's again
 */
export async function setLimits(
  { adminUrl }: Stage,
  bearers: Bearer[],
  limits: Partial<Record<LimitName, number>>,
): Promise<void> {
  const text = 'update tenants set limit_overrides = $2 where tenant_id = any($1)'
  const values = [bearers.map(({ tenantId }) => tenantId), limits]
  await withDirectClient(adminUrl, (admin) => admin.query(text, values))
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

/** Some ids of each bearer's own clients, the same ones each time. */
export async function addClientIds(
  { adminUrl }: Stage,
  bearers: Bearer[],
  idsEach: number,
): Promise<(Bearer & { ids: string[] })[]> {
  const text = `select tenant_id, array_agg(id order by id) as ids
    from unnest($1::text[]) as tenant (id_of), lateral (
      select tenant_id, id from clients where tenant_id = id_of order by id limit $2) one
    group by tenant_id`
  const values = [bearers.map(({ tenantId }) => tenantId), idsEach]
  const { rows } = await withDirectClient(adminUrl, (admin) => admin.query(text, values))
  const idsOf = new Map(rows.map((row) => [row.tenant_id as string, row.ids as string[]]))
  return bearers.map((bearer) => ({ ...bearer, ids: idsOf.get(bearer.tenantId) ?? [] }))
}
