import { createHash } from 'node:crypto'
import { shuffle } from 'es-toolkit'
import { readConfig } from '../../../src/config.ts'
import { openDatabase } from '../../../src/db/database.ts'
import { withDirectClient } from '../../../src/db/direct-client.ts'
import { parseTenantId, type TenantId } from '../../../src/db/tenant-id.ts'
import { openKeyring } from '../../../src/features/sessions/signing-keys.ts'
import { createTokens } from '../../../src/features/sessions/tokens.ts'
import { ask } from '../contests.ts'
import { openLoad } from '../load.ts'
import { aim, type Bench, type PartResult } from '../parts.ts'
import { type Contender, compare, type Row, ratioBetween } from '../rounds.ts'
import { startTenantry } from '../servers.ts'
import type { Bearer, Stage } from '../stage.ts'
import { describeSize, type FilledDatabase, mostGrowth, withCommas } from './growth-databases.ts'

const path = '/v1/clients?limit=20'
/**
 * As many as a process remembers verified tokens of, and more than one connection asks for in a second, so that the access of
 * nobody who asks in turn is remembered; all come in the warm-up.
 */
const callers = { quick: 3000, full: 10_000 }

/**
 * Whole requests over HTTP, where there is little and where there is much, of as many people in both: the access of
 * somebody who comes again within a second is remembered, so that fewer callers are answered sooner, however many
 * tenants there are. What that is worth is measured beside it, with ten callers.
 * @param stage where the databases are
 * @param series what grows, for the title
 * @returns a table whose first row is the smallest database and whose last is the largest
 * @throws Error when a database's first caller is not answered a whole page, or a request fails
 */
export async function measureRequests(
  bench: Bench,
  stage: Stage,
  series: string,
  smallest: FilledDatabase,
  largest: FilledDatabase,
): Promise<PartResult> {
  const number = bench.quick ? callers.quick : callers.full
  const contenders: Contender[] = []
  let by = ''
  const add = async (name: string, { tenantUrl, platformUrl }: FilledDatabase, bearers: Bearer[]) => {
    // Otherwise connections are closed while others are warmed up.
    const settings = { TENANT_POOL_IDLE_SECONDS: '600', PLATFORM_POOL_IDLE_SECONDS: '600' }
    const server = await startTenantry({ ...stage, tenantUrl, platformUrl }, { settings })
    bench.stopAfter(() => server.stop())
    const request = { method: 'GET', path } as const
    const { body } = await ask(server, request, bearers[0] as Bearer)
    if (JSON.parse(body).data?.length !== 20) throw new Error(`${name}: not a whole page: ${body}`)
    const load = await openLoad(stage.folder, { ...request, bearers, connections: 1, inTurn: true })
    bench.stopAfter(() => load.stop())
    by = load.by
    contenders.push({ name, measure: (milliseconds) => load.measure(server, milliseconds) })
  }
  const grows = smallest.tenants < largest.tenants
  for (const database of [smallest, largest]) {
    const bearers = shuffle(await addCallers(stage, database, number))
    await add(`${withCommas(number)} callers, ${describeSize(database)}`, database, bearers)
    if (database === smallest && grows) {
      await add(`10 callers, ${describeSize(database)}`, database, bearers.slice(0, 10))
    }
  }
  // Each token is verified once, and each page of the database is new to a connection once.
  const pace = bench.quick
    ? { ...bench.pace, warmUpMs: 5000 }
    : { rounds: 15, roundMs: 2000, warmUpMs: 20_000 }
  const rows = await compare(contenders, pace, ({ p50Ms = Number.NaN }) => p50Ms)
  const last = rows.at(-1) as Row
  const notes = [
    `The ratio is that of the medians (p50) of a round, of which there were ${pace.rounds}, on one connection. Callers come in turn: of ${withCommas(number)} the access is asked for each time. Verified tokens are remembered, which a process does for 10,000.`,
  ]
  if (grows) {
    const both = ratioBetween(last, rows[1] as Row).toFixed(2)
    notes.push(
      `Where callers grow with the tenants, from ten whose access is remembered, it takes ${both} × as long, since access is asked for each time then.`,
    )
  }
  return {
    title: `GET ${path} as it grows, one at a time, load by ${by}, times as long: ${series}`,
    rows,
    targets: [
      aim(last.ratio, `as many callers of the smallest, at ${describeSize(largest)}`, '≤', mostGrowth),
    ],
    notes,
  }
}

/** Gives each tenant in turn a member who is signed in, until there are enough. Their tokens last 15 minutes. */
async function addCallers(
  { tokenKeySecret: secret }: Stage,
  { adminUrl, tenantUrl, platformUrl, tenants }: FilledDatabase,
  callers: number,
): Promise<Bearer[]> {
  await withDirectClient(adminUrl, async (admin) => {
    // Seeding only: the rows are sound, and need not be looked up one by one.
    await admin.query('set session_replication_role = replica')
    for (const statement of statements) await admin.query(statement(tenants), [callers])
    await admin.query('vacuum analyze')
    await admin.query('checkpoint')
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
