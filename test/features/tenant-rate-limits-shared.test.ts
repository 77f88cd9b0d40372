import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { withDirectClient } from '../../src/db/direct-client.ts'
import type { TenantId } from '../../src/db/tenant-id.ts'
import type { Claims } from '../../src/features/members/access.ts'
import { createRequestRates } from '../../src/features/plans/request-rates.ts'
import { forgetExpired } from '../../src/jobs/forget-expired.ts'
import { createUnmigratedDatabase } from '../support/database.ts'
import { signIn } from '../support/members.ts'
import {
  createCaller,
  createMember,
  type Member,
  type Platform,
  signupBody,
  startPlatform,
} from '../support/platform.ts'
import { startServerProcess } from '../support/server-process.ts'
import { at, startAnother } from '../support/sessions.ts'

const minute = 60_000
const limit = 60
let platform: Platform
let other: Awaited<ReturnType<typeof startAnother>>
let here: Member
let there: Member
beforeAll(async () => {
  platform = await startPlatform({ RATE_LIMITS: 'on', STATEMENT_TIMEOUT_MS: '500' })
  other = await startAnother(platform)
  await setTenant(`plan = 'FREE'`)
})
afterAll(async () => {
  await other.stop()
  await platform.stop()
})
beforeEach(async () => {
  const { clock } = platform
  clock.advance(minute - (clock.now().getTime() % minute))
  await platform.sql('delete from request_counts')
  here = await signIn(platform, 'acme', platform.acme.email)
  there = at(other, here)
})

const setTenant = (assignments: string) => platform.forceTenant('acme', assignments)
/** Sends so many, one after the other, and says how many were let through. */
const send = async (member: Member, count: number) => {
  let passed = 0
  for (let index = 0; index < count; index++) {
    const { status } = await member.get('/v1/clients')
    if (status === 200) passed++
    else if (status !== 429) throw new Error(`answered ${status}`)
  }
  return passed
}
const leftAt = async (member: Member) => {
  const { headers } = await member.get('/v1/clients')
  return Number(/r=(\d+)/.exec(headers.get('ratelimit') ?? '')?.[1])
}
const mergeHere = () => platform.context.requestRates.merge()
const mergeThere = () => other.context.requestRates.merge()
const stored = async (tenantId = 'acme') => {
  const rows = await platform.sql(
    'select hits from request_counts where subject_tenant_id = $1 order by minute',
    [tenantId],
  )
  return rows.map(({ hits }) => Number(hits))
}

test('two processes let through the limit and what each did not know yet of the other, and refuse once they do', async () => {
  expect(await send(here, 20)).toBe(20)
  await mergeHere()
  expect(await leftAt(there), 'not told yet').toBe(limit - 1)
  await mergeThere()
  expect(await leftAt(there), 'told of 20').toBe(limit - 22)
  await mergeThere()
  expect(await send(here, 1)).toBe(1)
  await mergeHere()
  expect(await leftAt(here), 'told of 2').toBe(limit - 24)

  const [passedHere, passedThere] = await Promise.all([send(here, 40), send(there, 40)])
  expect([passedHere, passedThere]).toEqual([limit - 24, limit - 22])
  const total = 24 + passedHere + passedThere
  expect(total, 'the limit, and what this process was not told of the other').toBe(limit + passedThere)

  await mergeHere()
  await mergeThere()
  await mergeHere()
  expect(await send(here, 5)).toBe(0)
  expect(await send(there, 5)).toBe(0)
  expect(await stored(), 'refused ones are not told').toEqual([total])

  platform.clock.advance(minute)
  expect(await Promise.all([send(here, 3), send(there, 3)])).toEqual([3, 3])
})

test('of a tenant that sends to one process only, another refuses what comes after its first merge', async () => {
  expect(await send(here, limit + 5)).toBe(limit)
  await mergeHere()
  expect(await send(there, 3), 'before it').toBe(3)
  await mergeThere()
  expect(await send(there, 3), 'after it').toBe(0)
})

test('a plan that is raised holds in each process after its merge, once what was remembered of the old one is over', async () => {
  await send(here, limit + 1)
  await mergeHere()
  await send(there, 1)
  await mergeThere()
  expect([await send(here, 1), await send(there, 1)]).toEqual([0, 0])
  await setTenant(`plan = 'STARTER'`)
  try {
    await mergeHere()
    await mergeThere()
    expect(await leftAt(here)).toBe(300 - limit - 2)
    // There the old limit is remembered for less than a second; whom it refused meanwhile waits for one more merge.
    const untilThere = async () => {
      await mergeThere()
      expect(await leftAt(there)).toBe(300 - limit - 2)
    }
    await vi.waitFor(untilThere, { timeout: 5000, interval: 25 })
  } finally {
    await setTenant(`plan = 'FREE'`)
  }
})

test('while the counts cannot be merged, requests go on, and nothing is lost', async () => {
  const warnings = () => platform.logLines.filter((line) => line.includes('are not merged'))
  await send(there, 10)
  await mergeThere()
  await platform.sql('alter table request_counts rename to away')
  try {
    expect(await send(here, 20)).toBe(20)
    for (let failing = 0; failing < 3; failing++) await mergeHere()
    expect(await send(here, 10)).toBe(10)
    expect(warnings(), 'said once').toHaveLength(1)
  } finally {
    await platform.sql('alter table away rename to request_counts')
  }
  await mergeHere()
  expect(await stored()).toEqual([40])
  expect(await leftAt(here)).toBe(limit - 41)

  await withDirectClient(platform.database.adminUrl, async (client) => {
    await client.query('begin; lock table request_counts in access exclusive mode')
    const merging = mergeHere()
    expect(await send(here, 25), 'its own count holds').toBe(limit - 41)
    await merging
    await client.query('rollback')
  })
  expect(warnings(), 'and once more when it fails anew').toHaveLength(2)
  await mergeHere()
  expect(await stored()).toEqual([limit])
})

test('a crash of PostgreSQL, which empties the table, gives nobody their requests back', async () => {
  await send(there, 30)
  await mergeThere()
  await send(here, 10)
  await mergeHere()
  await platform.sql('delete from request_counts')
  await send(here, 1)
  await mergeHere()
  expect(await leftAt(here)).toBe(limit - 42)
})

test('merges go out one after the other, and only when there is something to tell or to ask', async () => {
  const asked = vi.spyOn(platform.context.db, 'withPlatform')
  const merges = () => asked.mock.calls.filter(([reason]) => reason === 'request counts').length
  try {
    await mergeHere()
    expect(merges()).toBe(0)
    await send(here, 2)
    const answers = await Promise.all([mergeHere(), mergeHere(), mergeHere()])
    expect([answers.length, merges()]).toEqual([3, 1])
    expect(await stored()).toEqual([2])
    platform.clock.advance(minute)
    await send(here, 1)
    platform.clock.advance(minute)
    await mergeHere()
    expect(merges(), 'of a minute that is over nobody asks').toBe(1)
  } finally {
    vi.restoreAllMocks()
  }
})

test('many tenants in opposite orders are counted exactly, without a deadlock', async () => {
  const tenants = Array.from({ length: 200 }, (_, index) => `crowd-${index}`)
  await platform.sql(`
    do $$ declare id text; begin
      foreach id in array array['${tenants.join("','")}'] loop
        perform set_config('app.tenant_id', id, true);
        insert into tenants (tenant_id, name, region, plan, status, status_set_by, status_changed_at, created_at, updated_at)
          values (id, id, 'FR', 'PROFESSIONAL', 'ACTIVE', 'system', now(), now(), now());
      end loop;
    end $$`)
  const callerOf = (tenantId: string): Claims => ({
    kind: 'user',
    tenantId: tenantId as TenantId,
    userId: '',
    sessionId: '',
  })
  const processes = [platform.context, other.context, platform.context, other.context].map(createRequestRates)
  const rounds = 15
  for (let round = 0; round < rounds; round++) {
    for (const [index, rates] of processes.entries()) {
      for (const tenantId of index % 2 ? tenants : tenants.toReversed()) rates.take(callerOf(tenantId), 1000)
    }
    await Promise.all(processes.map((rates) => rates.merge()))
  }
  const [row] = await platform.sql(
    `select count(*)::int as tenants, min(hits)::int as least, max(hits)::int as most from request_counts
      where subject_tenant_id like 'crowd-%'`,
  )
  expect(row).toEqual({ tenants: 200, least: 4 * rounds, most: 4 * rounds })
})

test('by itself it merges every second, and a last time when it stops', async () => {
  const merging = platform.context.requestRates.start()
  try {
    await send(here, 3)
    await vi.waitFor(async () => expect(await stored()).toEqual([3]), { timeout: 10_000 })
    await send(here, 4)
  } finally {
    await merging.stop()
  }
  expect(await stored()).toEqual([7])
})

test('servers in processes of their own hold a tenant to its plan together', async () => {
  const database = await createUnmigratedDatabase()
  const launch = () =>
    startServerProcess({
      DATABASE_URL: database.adminUrl,
      TOKEN_KEY_SECRET: 'a secret of at least 32 characters',
    })
  const servers = await Promise.all([launch(), launch()])
  try {
    const [first, second] = servers as [(typeof servers)[0], (typeof servers)[0]]
    const { body } = await createCaller(first.url).post('/signup', signupBody('Acme', { plan: 'free' }))
    const [here, there] = [createMember(first.url, body), createMember(second.url, body)]
    let passed = 0
    await vi.waitFor(
      async () => {
        // Both begin anew where a minute ends meanwhile.
        while ((await here.get('/v1/clients')).status === 200) passed = 0
        const { status } = await there.get('/v1/clients')
        if (status === 200) passed++
        expect(status).toBe(429)
      },
      { timeout: 20_000, interval: 100 },
    )
    expect(passed, 'it was told, rather than that it has counted so many itself').toBeLessThan(limit)
  } finally {
    await Promise.all(servers.map((server) => server.end()))
    await database.drop()
  }
})

test('what was counted in minutes that are over is deleted', async () => {
  await send(here, 1)
  await mergeHere()
  platform.clock.advance(5 * minute)
  await forgetExpired(platform.context)
  expect(await stored()).toEqual([1])
  platform.clock.advance(1)
  await forgetExpired(platform.context)
  expect(await stored()).toEqual([])
})
