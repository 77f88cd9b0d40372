import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { withDirectClient } from '../../src/db/direct-client.ts'
import type { TenantId } from '../../src/db/tenant-id.ts'
import { consume } from '../../src/features/plans/limits.ts'
import { countedLimits } from '../../src/features/plans/plans.ts'
import { testSecret } from '../support/cluster.ts'
import { createUnmigratedDatabase } from '../support/database.ts'
import { countClients, setLimits, takeWithClient, usageOf } from '../support/limits.ts'
import { type Answer, createMember, type Platform, signupBody, startPlatform } from '../support/platform.ts'
import { startServerProcess } from '../support/server-process.ts'
import { startAnother, whileLocked } from '../support/sessions.ts'
import { insertClient } from '../support/transactions.ts'
import { startWire, type Wire } from '../support/wire.ts'

describe.each(['on', 'off'])('PG_PIPELINE %s', (pipeline) => {
  let platform: Platform
  let wire: Wire
  let cut: Awaited<ReturnType<typeof startAnother>>
  beforeAll(async () => {
    platform = await startPlatform({ PG_PIPELINE: pipeline })
    wire = await startWire(platform.database.tenantUrl)
    const tenantUrl = wire.url(platform.database.tenantUrl)
    cut = await startAnother({ ...platform, database: { ...platform.database, tenantUrl } })
  })
  afterEach(() => {
    wire.onMessage = () => 'forward'
  })
  afterAll(async () => {
    await cut.stop()
    await wire.close()
    await platform.stop()
  })

  const acme = 'acme' as TenantId
  const now = () => platform.clock.now()
  const usedOf = async (limit: (typeof countedLimits)[number]) => (await usageOf(platform, acme, limit)).used

  test.each(countedLimits)(
    '%s: backends killed between write and commit leave nothing taken',
    async (limit) => {
      await setLimits(platform, acme, { [limit]: 100 })
      const [used, clients] = [await usedOf(limit), await countClients(platform, acme)]
      let saved = 0
      const takers = Array.from({ length: 10 }, () => () => {
        const taking = takeWithClient(platform.context.db, acme, limit, now()).then(() => saved++)
        return taking.catch((error) => error) as Promise<Answer>
      })
      // They have written and wait for the counter; then some of them are no more.
      const answers = await whileLocked(
        platform,
        `set local app.tenant_id = 'acme';
        select from limit_counters where tenant_id = 'acme' and limit_name = '${limit}' for update`,
        takers,
        `select pg_terminate_backend(pid) from (
        select pid, row_number() over (order by random()) as place
        from (select distinct pid from pg_locks join pg_stat_activity using (pid)
          where not granted and datname = current_database()) waiting) waiting
        where place <= 4`,
      )
      expect(answers.filter((answer) => answer instanceof Error)).toHaveLength(4)
      expect(saved).toBe(6)
      expect(await usedOf(limit)).toBe(used + 6)
      expect(await countClients(platform, acme)).toBe(clients + 6)
    },
  )

  test('a backend killed while the handler still thinks has taken nothing', async () => {
    await setLimits(platform, acme, { sites: 100 })
    const [used, clients] = [await usedOf('sites'), await countClients(platform, acme)]
    const lost = platform.context.db.withTenant(acme, async (tx) => {
      consume(tx, { sites: 1 }, now())
      await insertClient(tx, 'lost')
      const [row] = await tx.selectNoFrom(sql<number>`pg_backend_pid()`.as('pid')).execute()
      await platform.sql('select pg_terminate_backend($1)', [row?.pid])
      const isThere = () => platform.sql('select from pg_stat_activity where pid = $1', [row?.pid])
      await vi.waitFor(async () => expect(await isThere()).toEqual([]))
    })
    // Whether COMMIT was written before the loss was known, only chance decides.
    const error = await lost.catch((error) => error)
    expect(['database_unavailable', 'outcome_unknown']).toContain(error.code)
    expect(await usedOf('sites')).toBe(used)
    expect(await countClients(platform, acme)).toBe(clients)
  })

  test.each([
    ['cut' as const, 0],
    ['cut after' as const, 1],
  ])('a connection that is %s COMMIT: taken and written, or neither', async (verdict, saved) => {
    await setLimits(platform, acme, { sites: 100 })
    const [used, clients] = [await usedOf('sites'), await countClients(platform, acme)]
    let text = ''
    wire.onMessage = (message) => {
      if (message.type === 'B') text = message.sql
      const isIt = /^commit/.test(text) && message.type === (verdict === 'cut' ? 'B' : 'S')
      return isIt ? verdict : 'forward'
    }
    const taking = takeWithClient(cut.context.db, acme, 'sites', now())
    await expect(taking).rejects.toMatchObject({ code: 'outcome_unknown' })
    // The server may not have learnt it yet.
    await vi.waitFor(async () => expect(await countClients(platform, acme)).toBe(clients + saved))
    await expect
      .poll(() => platform.sql(`select from pg_locks where relation = 'limit_counters'::regclass`))
      .toEqual([])
    expect(await usedOf('sites')).toBe(used + saved)
    expect(await countClients(platform, acme)).toBe(clients + saved)
  })
})

test('a server that is killed under load, at any moment, leaves as many seats taken as there are', async () => {
  const database = await createUnmigratedDatabase()
  const env = {
    DATABASE_URL: database.adminUrl,
    TOKEN_KEY_SECRET: testSecret,
    RATE_LIMITS: 'off',
    LOG_LEVEL: 'info',
  }
  const ask = (text: string) =>
    withDirectClient(database.adminUrl, async (admin) => (await admin.query(text)).rows)
  let server = await startServerProcess(env)
  try {
    const { body: login } = await createMember(server.url, noLogin).post('/signup', signupBody('Acme'))
    await ask(`update tenants set limit_overrides = '{"users": null}'`)
    let people = 0
    let lost = 0
    for (let round = 0; round < 5; round++) {
      const acme = createMember(server.url, login)
      let isUp = true
      let answered = 0
      const work = async () => {
        while (isUp) {
          const email = `somebody-${++people}@people.example`
          const answer = await acme.post('/v1/invitations', { email, role: 'viewer' }).catch(() => undefined)
          if (!answer) lost++
          else expect(answer.status).toBe(201)
          answered++
          if (answer && people % 3 === 0) {
            const { status } = await acme
              .delete(`/v1/invitations/${answer.body.id}`)
              .catch(() => ({ status: 204 }))
            expect(status).toBe(204)
          }
        }
      }
      const workers = Array.from({ length: 12 }, work)
      await vi.waitFor(() => expect(answered).toBeGreaterThan(12), { timeout: 10_000, interval: 5 })
      await sleep(Math.random() * 300)
      await server.end('SIGKILL')
      isUp = false
      await Promise.all(workers)
      // What it has sent may be under way yet.
      const sessions = `select from pg_stat_activity
        where datname = current_database() and usename <> current_user`
      await vi.waitFor(async () => expect(await ask(sessions)).toEqual([]), { timeout: 10_000 })
      const [seats] =
        await ask(`select (select count(*) from memberships where status = 'active')::int as members,
        (select count(*) from invitations where status = 'pending')::int as pending,
        (select used from limit_counters where limit_name = 'users')::int as counted,
        (select sum(quantity) from usage_days where metric = 'users')::int as added`)
      expect(seats).toMatchObject({ counted: seats.members + seats.pending, added: seats.counted - 1 })
      server = await startServerProcess(env)
    }
    expect(lost, 'requests were under way when it was killed').toBeGreaterThan(0)
  } finally {
    await server.end('SIGKILL')
    await database.drop()
  }
}, 60_000)

const noLogin = { access_token: 'none', tenant_id: 'none', user: { id: '', email: '' } }
