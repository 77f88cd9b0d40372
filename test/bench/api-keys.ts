import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { v7 as uuidv7 } from 'uuid'
import { withDirectClient } from '../../src/db/direct-client.ts'
import type { TenantId } from '../../src/db/tenant-id.ts'
import { makeApiKey } from '../../src/features/api-keys/key-format.ts'
import { openLoad } from './load.ts'
import { type Contender, compare } from './rounds.ts'
import { startTenantry } from './servers.ts'
import { type Bearer, type Stage, signUp, startStage } from './stage.ts'

// Requests per second with an API key, in a tenant that has one and in a tenant that has 10,000, and with a token.
// GET /v1/clients of nobody's clients, so that finding out who asks is most of the work.
const pace = { rounds: 25, roundMs: 1000, warmUpMs: 3000 }
const many = 10_000
/** Of the many, so many take turns. */
const used = 100

/** Gives a tenant keys of its owner, past the API, and returns the first of them as bearers. */
async function addKeys({ adminUrl }: Stage, { tenantId }: Bearer, count: number): Promise<Bearer[]> {
  const made = Array.from({ length: count }, () => {
    const id = uuidv7()
    return { id, ...makeApiKey(tenantId as TenantId, id) }
  })
  await withDirectClient(adminUrl, async (admin) => {
    await admin.query(
      `insert into api_keys (tenant_id, id, name, role, secret_hash, created_by, created_at, updated_at)
       select $1, key.id, 'Many', 'member', key.hash, memberships.id, now(), now()
       from unnest($2::uuid[], $3::bytea[]) as key (id, hash), memberships where tenant_id = $1`,
      [tenantId, made.map(({ id }) => id), made.map(({ secretHash }) => secretHash)],
    )
    await admin.query('vacuum analyze api_keys')
  })
  return made.slice(0, used).map(({ key }) => ({ tenantId, token: key }))
}

async function measure(stage: Stage, stops: (() => Promise<void>)[]): Promise<void> {
  const server = await startTenantry(stage)
  stops.push(() => server.stop())
  const [few, full, other] = (await signUp(await server.ask<string>('url'), 3)) as [Bearer, Bearer, Bearer]
  const one = await addKeys(stage, few, 1)
  const ofMany = await addKeys(stage, full, many)
  await addKeys(stage, other, many)

  const contenders: Contender[] = []
  const callers: [string, Bearer[]][] = [
    ['the one key of a tenant', one],
    [`${used} of the ${many} keys of a tenant`, ofMany],
    ['a token, tenant with one key', [few]],
    [`a token, tenant with ${many} keys`, [full]],
  ]
  for (const [name, bearers] of callers) {
    const folder = join(stage.folder, String(contenders.length))
    await mkdir(folder)
    const load = await openLoad(folder, { method: 'GET', path: '/v1/clients?limit=20', bearers })
    stops.push(() => load.stop())
    contenders.push({ name, measure: (milliseconds) => load.measure(server, milliseconds) })
  }
  const rows = await compare(contenders, pace)
  console.log(`Node ${process.versions.node}, PostgreSQL ${stage.postgres}; medians of ${pace.rounds} rounds`)
  console.log(' ratio      (range)  per second  CPU µs  p50 ms')
  for (const { name, ratio, ratioRange, perSecond, cpuMicros, p50Ms } of rows) {
    const range = `(${ratioRange.map((each) => each.toFixed(2)).join('–')})`
    const cells = [ratio.toFixed(2).padStart(6), range.padStart(12), perSecond.toFixed(0).padStart(11)]
    cells.push(cpuMicros.toFixed(0).padStart(7), (p50Ms?.toFixed(1) ?? '').padStart(7))
    console.log(`${cells.join(' ')}  ${name}`)
  }
}

const stops: (() => Promise<void>)[] = []
try {
  const stage = await startStage({ fsync: false })
  stops.push(() => stage.stop())
  await measure(stage, stops)
} finally {
  for (const stop of stops.reverse()) await stop()
}
