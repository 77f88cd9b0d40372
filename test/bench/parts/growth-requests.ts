import { createHash } from 'node:crypto'
import { readConfig } from '../../../src/config.ts'
import { openDatabase } from '../../../src/db/database.ts'
import { withDirectClient } from '../../../src/db/direct-client.ts'
import { parseTenantId, type TenantId } from '../../../src/db/tenant-id.ts'
import { openKeyring } from '../../../src/features/sessions/signing-keys.ts'
import { createTokens } from '../../../src/features/sessions/tokens.ts'
import { openLoad } from '../load.ts'
import { aim, type Bench, type PartResult } from '../parts.ts'
import { type Contender, compare, type Row } from '../rounds.ts'
import { startTenantry } from '../servers.ts'
import type { Bearer, Stage } from '../stage.ts'
import { count, describeSize, type FilledDatabase } from './growth-stages.ts'

const path = '/v1/clients?limit=20'
const most = 1.2

/** A filled database with so many tenants. */
export interface Grown extends FilledDatabase {
  tenants: number
}

/**
 * Whole requests over HTTP, where there is little and where there is much, by as many people in both: the access of
 * somebody who comes again within a second is remembered, so that fewer callers would be answered sooner, however many
 * tenants there are. What that is worth is measured beside it, with ten callers.
 * @param stage where the databases are
 * @param small the smallest database
 * @param large the largest
 */
export async function measureRequests(
  bench: Bench,
  stage: Stage,
  series: string,
  small: Grown,
  large: Grown,
): Promise<PartResult> {
  const callers = bench.quick ? 500 : 10_000
  const contenders: Contender[] = []
  let by = ''
  const add = async (name: string, { tenantUrl, platformUrl }: Grown, bearers: Bearer[]) => {
    const server = await startTenantry({ ...stage, tenantUrl, platformUrl })
    bench.stopAfter(() => server.stop())
    const load = await openLoad(stage.folder, { method: 'GET', path, bearers, connections: 1 })
    bench.stopAfter(() => load.stop())
    by = load.by
    contenders.push({ name, measure: (milliseconds) => load.measure(server, milliseconds) })
  }
  for (const database of [small, large]) {
    const bearers = await addCallers(stage, database, callers)
    await add(`${count(callers)} callers, ${describeSize(database)}`, database, bearers)
    if (database === small && small.tenants < large.tenants) {
      await add('10 callers, whose access is remembered', small, bearers.slice(0, 10))
    }
  }
  // Each token is verified once, and each page of the database is new to a connection once.
  const pace = bench.quick ? bench.pace : { rounds: 15, roundMs: 2000, warmUpMs: 20_000 }
  const rows = await compare(contenders, pace, ({ p50Ms = Number.NaN }) => p50Ms)
  const { ratio } = rows.at(-1) as Row
  return {
    title: `GET ${path} as it grows, one at a time, load by ${by}, times as long: ${series}`,
    rows,
    targets: [aim(ratio, `the smallest, at ${describeSize(large)}`, '≤', most)],
    notes: ['Each request is of a random caller. The ratio is that of the medians (p50).'],
  }
}

/** Gives each tenant in turn a member who is signed in, until there are enough. */
async function addCallers(
  { tokenKeySecret: secret }: Stage,
  { adminUrl, tenantUrl, platformUrl, tenants }: Grown,
  callers: number,
): Promise<Bearer[]> {
  await withDirectClient(adminUrl, async (admin) => {
    // Seeding only, as of the clients.
    await admin.query('set session_replication_role = replica')
    for (const statement of statements) await admin.query(statement(tenants), [callers])
    await admin.query('vacuum analyze users, memberships, sessions')
  })
  const config = readConfig({})
  const { db } = openDatabase({
    ...config.database,
    tenantUrl,
    platformUrl,
    onError: (error) => console.error(error),
  })
  try {
    const clock = { now: () => new Date() }
    const keyring = await openKeyring({ db, clock, secret })
    const tokens = createTokens({ keyring, clock, issuer: config.tokenIssuer })
    const bearers: Bearer[] = []
    for (let caller = 0; caller < callers; caller++) {
      const tenantId = parseTenantId(`tenant-${caller % tenants}`) as TenantId
      const [userId, sessionId] = [idOf('user', caller), idOf('session', caller)]
      const token = await tokens.issueAccess({ userId, sessionId, tenantId, role: 'owner' })
      bearers.push({ tenantId, token })
    }
    return bearers
  } finally {
    await db.close()
  }
}

const statements = [
  () => `insert into users (id, email, password_hash, first_name, last_name, locale, password_changed_at, created_at,
      updated_at)
    select md5('user' || n)::uuid, 'user-' || n || '@company.example', '', 'Ada', 'Lovelace', 'fr', now(), now(), now()
    from generate_series(0, $1 - 1) n`,
  (tenants: number) => `insert into memberships (tenant_id, id, user_id, role, status, created_at, updated_at)
    select 'tenant-' || n % ${tenants}, md5('member' || n)::uuid, md5('user' || n)::uuid, 'owner', 'active', now(), now()
    from generate_series(0, $1 - 1) n`,
  (
    tenants: number,
  ) => `insert into sessions (id, user_id, subject_tenant_id, membership_id, lookup_hash, token_hash,
      rotated_at, created_at, expires_at)
    select md5('session' || n)::uuid, md5('user' || n)::uuid, 'tenant-' || n % ${tenants}, md5('member' || n)::uuid,
      sha256(n::text::bytea), sha256(''), now(), now(), now() + interval '30 days'
    from generate_series(0, $1 - 1) n`,
]

/** What md5(…)::uuid is in PostgreSQL. */
function idOf(kind: string, number: number): string {
  const hash = createHash('md5').update(`${kind}${number}`).digest('hex')
  return hash.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
