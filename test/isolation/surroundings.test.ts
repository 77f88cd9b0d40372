import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { inside } from './attempt.ts'
import { canary, openWorld, type World } from './world.ts'

// What PostgreSQL keeps beside the tables: statistics, other sessions, large objects, locks, channels, cursors.
// All of it is of a session, so no pooler stands before this one.
let world: World
let acme: pg.Client
let globex: pg.Client

beforeAll(async () => {
  world = await openWorld()
  acme = await world.connect(world.database.directTenantUrl)
  globex = await world.connect(world.database.directTenantUrl)
  const owner = await world.connect(world.database.ownerUrl)
  // A value so frequent that the statistics quote it.
  await inside(owner, 'globex', () =>
    owner.query(
      `insert into clients (id, name, created_at, updated_at)
        select gen_random_uuid(), '${canary}', now(), now() from generate_series(1, 500)`,
    ),
  )
  await owner.query('analyze')
})

afterAll(() => world.close())

describe('statistics', () => {
  test('hold values of globex, for those who may read them', async () => {
    const { rows } = await world.admin.query('select * from pg_statistic')
    expect(JSON.stringify(rows)).toContain(canary)
  })

  test.each(['pg_stats', 'pg_stats_ext', 'pg_stats_ext_exprs'])(
    '%s shows no tenant-owned table',
    async (view) => {
      const { rows } = await asAcme(`select * from ${view} where schemaname = 'public'`)
      expect(JSON.stringify(rows)).not.toContain(canary)
      const names = new Set(world.tables.map(({ name }) => name))
      expect(rows.filter(({ tablename }) => names.has(tablename))).toEqual([])
    },
  )

  test.each(['pg_statistic', 'pg_statistic_ext_data'])('%s itself is closed', async (table) => {
    await expect(asAcme(`select * from ${table}`)).rejects.toMatchObject({ code: '42501' })
  })

  test('the planner never tries a leaky operator on kept values', async () => {
    // Were `/` tried on the most common values, the plan itself would fail.
    const { rows } = await asAcme(
      `select id from clients where 1 / (case when name = '${canary}' then 0 else 1 end) = 1`,
    )
    expect(rows).toHaveLength(1)
  })
})

describe('other sessions', () => {
  const views = [
    'select * from pg_stat_activity',
    'select * from pg_stat_get_activity(null)',
    'select pg_stat_get_backend_activity(id) from pg_stat_get_backend_idset() id',
  ]

  // Sessions of one role see each other's statements, and BEGIN names the tenant.
  test.each(views)('do not show what they run in %s', async (view) => {
    await globex.query("begin; set local app.tenant_id = 'globex'")
    try {
      const seen = await asAcme(view).then(({ rows }) => JSON.stringify(rows), codeOf)
      expect(seen).not.toContain('globex')
    } finally {
      await globex.query('rollback')
    }
  })

  test('hold values as parameters only, which no view shows', async () => {
    await globex.query("begin; set local app.tenant_id = 'globex'")
    await globex.query({ text: 'select id from clients where name = $1', values: [canary] })
    const seen = await asAcme(views[0] ?? '').then(({ rows }) => JSON.stringify(rows), codeOf)
    await globex.query('rollback')
    expect(seen).not.toContain(canary)
  })

  test.each(['pg_cancel_backend', 'pg_terminate_backend'])('cannot be ended with %s', async (name) => {
    const victim = await world.connect(world.database.directTenantUrl)
    const { rows } = await victim.query('select pg_backend_pid() as pid')
    const outcome = await asAcme(`select ${name}(${rows[0].pid})`).catch(codeOf)
    expect(outcome).toBe('42501')
  })

  test.each(['pg_prepared_statements', 'pg_cursors'])(
    'keep what they have in %s to themselves',
    async (view) => {
      await globex.query(`prepare theirs as select '${canary}'::text`)
      await globex.query("begin; set local app.tenant_id = 'globex'; declare theirs cursor for select 1")
      const { rows } = await asAcme(`select name from ${view} where name = 'theirs'`)
      await globex.query('rollback; deallocate theirs')
      expect(rows).toEqual([])
    },
  )
})

describe('beside the tables nothing can be kept:', () => {
  // Large objects know roles, not tenants: what one writes all can read.
  test.each(['select lo_create(0)', 'select lo_creat(-1)', `select lo_from_bytea(0, '${canary}')`])(
    'no large object by %s',
    async (statement) => {
      expect(await asAcme(statement).catch(codeOf)).toBe('42501')
    },
  )

  test('no temporary table, no function, no view, no sequence', async () => {
    for (const what of [
      'temp table x (t text)',
      'temp view x as select 1',
      'temp sequence x',
      'view x as select 1',
    ]) {
      expect(await asAcme(`create ${what}`).catch(codeOf)).toBe('42501')
    }
  })

  test('no setting of a session that another session sees', async () => {
    await acme.query("set app.note = 'of acme'")
    const { rows } = await globex.query("select current_setting('app.note', true) as note")
    await acme.query('reset app.note')
    expect(rows).toEqual([{ note: null }])
  })
})

describe('channels', () => {
  test('carry no names or values of a tenant when its rows are written', async () => {
    const listener = await world.connect(world.database.directTenantUrl)
    const heard: unknown[] = []
    listener.on('notification', (message) => heard.push(message))
    for (const channel of ['"jobs:insert"', '"worker:migrate"', 'tenants', 'memberships']) {
      await listener.query(`listen ${channel}`)
    }
    await inside(globex, 'globex', () =>
      globex.query(`select graphile_worker.enqueue_job('send-invitation', '{"text":"${canary}"}')`),
    )
    await listener.query('select 1')
    expect(heard).not.toEqual([])
    expect(JSON.stringify(heard)).not.toMatch(/canary|globex/)
  })

  // Graphile Worker shuts down at a message on "worker:migrate", whoever sent it.
  test('cannot be written to from inside a statement', async () => {
    expect(await asAcme("select pg_notify('worker:migrate', '{}')").catch(codeOf)).toBe('42501')
  })
})

test('rows that no longer exist are not seen either', async () => {
  await inside(globex, 'globex', () => globex.query(`update clients set name = name`))
  const { rows } = await asAcme('select xmin, xmax, ctid, * from clients')
  expect(JSON.stringify(rows)).not.toContain(canary)
  expect(rows).toHaveLength(1)
})

function asAcme(text: string) {
  return inside(acme, 'acme', () => acme.query({ text, queryMode: 'extended' } as pg.QueryConfig))
}

function codeOf(error: pg.DatabaseError): string {
  expect(error).toBeInstanceOf(pg.DatabaseError)
  return error.code ?? ''
}
