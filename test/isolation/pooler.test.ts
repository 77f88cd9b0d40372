import { sql } from 'kysely'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, inject, test, vi } from 'vitest'
import { type OpenedDatabase, openDatabase } from '../../src/db/database.ts'
import type { TenantId } from '../../src/db/tenant-id.ts'
import { type PgBouncer, startPgBouncer } from '../support/pgbouncer.ts'
import { type Answer, createMember, type Member, type Platform, startPlatform } from '../support/platform.ts'
import { startAnother } from '../support/sessions.ts'
import { inside } from './attempt.ts'

/*
 * What there is only behind PgBouncer in transaction mode: server connections that all tenants share, transaction by
 * transaction, with whatever somebody left on them.
 */
const cluster = inject('testCluster')
const isAsked = cluster.pooler === 'pgbouncer'
const acme = 'acme' as TenantId
const globex = 'globex' as TenantId
/** For how long PgBouncer lets somebody wait for a server connection, in seconds. */
const waitSeconds = 1

describe.skipIf(!isAsked)(`behind PgBouncer${isAsked ? '' : ': only with TEST_POOLER=pgbouncer'}`, () => {
  let platform: Platform
  /** One of these tests alone, with a single server connection for each role. */
  let pooler: PgBouncer
  let opened: OpenedDatabase
  let server: Awaited<ReturnType<typeof startAnother>>
  const members: Partial<Record<'acme' | 'globex', Member>> = {}
  const closers: (() => Promise<unknown>)[] = []

  beforeAll(async () => {
    platform = await startPlatform()
    pooler = await startPgBouncer(cluster, { default_pool_size: 1, query_wait_timeout: waitSeconds })
    const tenantUrl = pooler.url(platform.database.tenantUrl)
    const platformUrl = pooler.url(platform.database.platformUrl)
    const { database } = platform.context.config
    opened = openDatabase({ ...database, tenantUrl, platformUrl, onError: () => undefined })
    server = await startAnother({ ...platform, database: { ...platform.database, tenantUrl, platformUrl } })
    for (const name of ['acme', 'globex'] as const) {
      const { token, tenantId, userId: id, email } = platform[name]
      const member = createMember(server.url, {
        access_token: token,
        tenant_id: tenantId,
        user: { id, email },
      })
      members[name] = member
      await member.post('/v1/clients', { name: `of ${name}` })
    }
  })
  afterAll(async () => {
    await Promise.all(closers.map((close) => close().catch(() => undefined)))
    await opened?.db.close()
    await server?.stop()
    await pooler?.remove()
    await platform?.stop()
  })

  /** A session of the tenant role that is no server of ours, through the same PgBouncer. */
  async function connect(through = pooler): Promise<pg.Client> {
    const client = new pg.Client(through.url(platform.database.tenantUrl))
    client.on('error', () => undefined)
    closers.push(() => client.end())
    await client.connect()
    return client
  }
  /** What a tenant sees, and the server process that told. */
  const look = (tenantId: TenantId, through = opened) =>
    through.db.withTenant(tenantId, async (tx) => {
      const clients = await tx.selectFrom('clients').select('name').execute()
      const { rows } = await sql<{
        tenant: string
        pid: number
      }>`select app.current_tenant() as tenant, pg_backend_pid() as pid`.execute(tx)
      return { names: clients.map(({ name }) => name), ...rows[0] }
    })
  const told = ({ status, body, headers }: Answer) =>
    status < 400 ? status : [status, body.code, headers.get('retry-after') !== null]
  const askBoth = () =>
    Promise.all(
      [members.acme, members.globex].map(async (member) => {
        const answer = await (member as Member).get('/v1/clients')
        return answer.status === 200
          ? answer.body.data.map(({ name }: { name: string }) => name)
          : told(answer)
      }),
    )
  const asEver = [['of acme'], ['of globex']]

  test('many tenants’ transactions take turns on one server connection, and none sees another', async () => {
    const before = await pooler.traffic()
    const seen = await Promise.all(Array.from({ length: 60 }, (_, index) => look(index % 2 ? acme : globex)))
    for (const [index, { names, tenant }] of seen.entries()) {
      const tenantId = index % 2 ? acme : globex
      expect([tenant, names]).toEqual([tenantId, [`of ${tenantId}`]])
    }
    expect(new Set(seen.map(({ pid }) => pid)).size, 'server processes').toBe(1)
    expect(opened.db.counts().tenant.total, 'connections of ours').toBeGreaterThan(5)
    const { transactions } = await pooler.traffic()
    expect(transactions - before.transactions).toBeGreaterThanOrEqual(60)
  })

  describe('what a session of the tenant role left on the shared connection', () => {
    /** What of it stands in the way of whoever comes next: a refusal, never a row of somebody else's. */
    const left: [statement: string, next: unknown][] = [
      ["set app.tenant_id = 'globex'", 'as ever'],
      ['set session characteristics as transaction read only', 'as ever'],
      ['set statement_timeout = 1', 'as ever'],
      ['set idle_in_transaction_session_timeout = 1', 'as ever'],
      ['set role none', 'as ever'],
      ["set plan_cache_mode = 'force_generic_plan'", 'as ever'],
      ['set standard_conforming_strings = off', 'as ever'],
      ['set application_name = $$globex$$', 'as ever'],
      ['prepare mine as select 1', 'as ever'],
      ['listen "jobs:insert"', 'as ever'],
      ['declare kept cursor with hold for select name from clients', 'as ever'],
      // Whoever has the role's password can keep its servers from working; they see nothing by it.
      ['set row_security = off', '42501'],
      ['set search_path = pg_catalog', '42P01'],
      ["set default_transaction_isolation = 'serializable'", 'as ever'],
    ]
    test.each(left)('%s: the next transactions are %s', async (statement, next) => {
      const intruder = await connect()
      await inside(intruder, 'globex', () => intruder.query('select'))
      await intruder.query(statement)
      try {
        for (const tenantId of [acme, globex, acme]) {
          const seen = await look(tenantId).catch(({ code }) => code)
          if (next === 'as ever') expect(seen).toMatchObject({ tenant: tenantId, names: [`of ${tenantId}`] })
          else expect(seen).toBe(next)
        }
      } finally {
        await intruder.query('discard all')
        await intruder.end()
      }
      expect(await askBoth()).toEqual(asEver)
    })

    test('is really there: a transaction that names no tenant is in that one’s', async () => {
      const intruder = await connect()
      await intruder.query("set app.tenant_id = 'globex'")
      const seen = () => opened.ask.tenant('select name from clients', [])
      expect(await seen()).toEqual([{ name: 'of globex' }])
      await intruder.query('discard all')
      expect(await seen()).toEqual([])
    })

    test('is gone with server_reset_query_always, whatever it was', async () => {
      const careful = await startPgBouncer(cluster, { default_pool_size: 1, server_reset_query_always: 1 })
      const { database } = platform.context.config
      const through = openDatabase({
        ...database,
        tenantUrl: careful.url(platform.database.tenantUrl),
        platformUrl: careful.url(platform.database.platformUrl),
        onError: () => undefined,
      })
      const intruder = await connect(careful)
      try {
        for (const [statement] of left) {
          await intruder.query(statement).catch(({ code }) => expect(code).toBe('25001'))
          expect(await look(acme, through)).toMatchObject({ tenant: 'acme', names: ['of acme'] })
          expect(await through.ask.tenant('select app.current_tenant() as tenant', [])).toEqual([
            { tenant: null },
          ])
        }
      } finally {
        await intruder.end()
        await through.db.close()
        await careful.remove()
      }
    })
  })

  test('who waits in vain for a server connection is told 503, and is served when there is one', async () => {
    const hog = await connect()
    await hog.query('begin')
    await hog.query('select')
    expect(await askBoth()).toEqual([
      [503, 'database_unavailable', true],
      [503, 'database_unavailable', true],
    ])
    const waiting = askBoth()
    await vi.waitFor(async () => {
      const pools = await pooler.ask('SHOW POOLS')
      expect(pools.some(({ cl_waiting }) => Number(cl_waiting) > 0)).toBe(true)
    })
    await hog.query('rollback')
    expect(await waiting).toEqual(asEver)
  })

  test.each(['SIGTERM', 'SIGKILL'] as const)(
    'when PgBouncer ends by %s in the midst of requests they are told 503, and all is well when it is back',
    async (signal) => {
      const begun = Promise.withResolvers<void>()
      const cut = opened.db.withTenant(acme, async (tx) => {
        await sql`select`.execute(tx)
        begun.resolve()
        await sql`select pg_sleep(5)`.execute(tx)
      })
      const outcome = expect(cut).rejects.toMatchObject({ code: 'database_unavailable' })
      await begun.promise
      await pooler.stop(signal)
      await outcome
      expect(await askBoth()).toEqual([
        [503, 'database_unavailable', true],
        [503, 'database_unavailable', true],
      ])
      await pooler.start()
      expect(await askBoth()).toEqual(asEver)
      expect(await look(globex)).toMatchObject({ tenant: 'globex', names: ['of globex'] })
    },
  )

  test('when PostgreSQL ends the shared connection in mid-transaction only that one is told 503', async () => {
    const begun = Promise.withResolvers<number>()
    const cut = opened.db.withTenant(acme, async (tx) => {
      const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(tx)
      begun.resolve(rows[0]?.pid ?? 0)
      await sql`select pg_sleep(5)`.execute(tx)
    })
    const outcome = expect(cut).rejects.toMatchObject({ code: 'database_unavailable' })
    const next = begun.promise.then(() => look(globex))
    await platform.sql('select pg_terminate_backend($1)', [await begun.promise])
    await outcome
    expect(await next).toMatchObject({ tenant: 'globex', names: ['of globex'] })
    const { total, idle, waiting } = opened.db.counts().tenant
    expect([total - idle, waiting], 'under way, in line').toEqual([0, 0])
  })

  test('an answer to COMMIT that PgBouncer takes with it is an unknown outcome', async () => {
    await platform.sql(`create function slow() returns trigger language plpgsql
      as $$ begin perform pg_sleep(5); return null; end $$`)
    await platform.sql(`create constraint trigger slow after insert on clients
      deferrable initially deferred for each row execute function slow()`)
    try {
      const writing = (members.acme as Member).post('/v1/clients', { name: 'lost' })
      await vi.waitFor(async () => {
        const committing = await platform.sql(
          `select from pg_stat_activity where datname = current_database() and query = 'commit' and state = 'active'`,
        )
        expect(committing).toHaveLength(1)
      })
      await pooler.stop('SIGKILL')
      const { status, body } = await writing
      expect([status, body.code]).toEqual([503, 'outcome_unknown'])
    } finally {
      await pooler.stop()
      await pooler.start()
      await platform.sql('drop trigger slow on clients')
    }
  })
})
